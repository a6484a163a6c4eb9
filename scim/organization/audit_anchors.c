#include "scim/organization/audit_anchors.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scim/organization/audit.h"
#include "scim/protocol/clock.h"
#include "scim/protocol/outcome.h"

/* A line is at most 20 + 40 + 20 + 64 + 20 + 64 characters and what is between: the window holds the
 * end of the file and some torn lines. */
#define WINDOW 4096

#define SEAL_BYTES 32

/* The file is forced to the disk at most this often, in seconds: only what is there counts in the
 * records. */
#define SYNC_STEP 5

struct end {
    gint64 number; /* of the last whole line; 0: none */
    guint8 seal[SEAL_BYTES];
    gboolean is_torn; /* behind it stands half a line */
};

struct audit_anchors {
    char *path;
    struct audit_key key;
    GHashTable *noted; /* names, owned: chains that grew in the transaction that is open */
    GHashTable *due;   /* names, owned: grew, committed, not anchored yet */
    gint64 records_noted, records_due;
    GHashTable *written; /* name, owned -> the place last anchored (gint64 *) */
    struct end end;      /* as this process knows it */
    gint64 durable, synced_at;
};

static gboolean fail(const AuditAnchors *anchors, enum outcome outcome, const char *what,
                     GError **error)
{
    g_set_error(error, OUTCOME, (gint)outcome, "the audit anchors file \"%s\" %s",
                anchors->path, what);
    return FALSE;
}

/* In the system's words, of errno. */
static gboolean fail_there(const AuditAnchors *anchors, enum outcome outcome, GError **error)
{
    g_autofree char *what = g_strdup_printf("cannot be used: %s", g_strerror(errno));
    return fail(anchors, outcome, what, error);
}

static void seal_line(const struct audit_key *key, const guint8 *before, const char *text,
                      gsize length, guint8 *seal)
{
    gsize size = SEAL_BYTES;
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, key->bytes, sizeof key->bytes);
    g_hmac_update(hmac, (const guchar *)"anchor", 6);
    g_hmac_update(hmac, before, SEAL_BYTES);
    g_hmac_update(hmac, (const guchar *)text, (gssize)length);
    g_hmac_get_digest(hmac, seal, &size);
    g_hmac_unref(hmac);
}

static void append_hex(GString *text, const guint8 *bytes, gsize count)
{
    for (gsize i = 0; i < count; i++)
        g_string_append_printf(text, "%02x", bytes[i]);
}

static gboolean parse_hex(const char *text, guint8 *bytes, gsize count)
{
    if (strlen(text) != 2 * count)
        return FALSE;
    for (gsize i = 0; i < count; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = g_ascii_xdigit_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return FALSE;
        bytes[i] = (guint8)(high << 4 | low);
    }
    return TRUE;
}

/* FALSE: half a line, or no line of ours. */
static gboolean parse_line(const char *line, struct end *end)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    guint64 number = 0;
    if (g_strv_length(words) != 6 ||
        !g_ascii_string_to_unsigned(words[0], 10, 1, G_MAXINT64, &number, NULL) ||
        !parse_hex(words[5], end->seal, SEAL_BYTES))
        return FALSE;
    end->number = (gint64)number;
    return TRUE;
}

static gboolean is_sealed(const AuditAnchors *anchors, const char *line,
                          const struct end *before, const struct end *end)
{
    guint8 seal[SEAL_BYTES];
    const char *last = strrchr(line, ' ');
    seal_line(&anchors->key, before->seal, line, (gsize)(last - line), seal);
    return memcmp(seal, end->seal, SEAL_BYTES) == 0;
}

/* The last whole line of `text`, which begins at the start of the file or anywhere in it. *is_ours:
 * its seal holds, as far as the line before is there to tell. */
static void find_end(const AuditAnchors *anchors, char *text, gboolean is_start,
                     struct end *end, gboolean *is_ours)
{
    struct end before = {0};
    gboolean knows_before = is_start;
    char *line = is_start ? text : strchr(text, '\n');
    line = line == NULL ? text + strlen(text) : line + (is_start ? 0 : 1);
    *end = (struct end){0};
    *is_ours = TRUE;
    for (char *stop; (stop = strchr(line, '\n')) != NULL; line = stop + 1) {
        struct end here = {0};
        *stop = '\0';
        if (!parse_line(line, &here))
            continue;
        *is_ours = !knows_before || is_sealed(anchors, line, &before, &here);
        *end = before = here;
        knows_before = TRUE;
    }
    end->is_torn = *line != '\0';
}

static gboolean read_end(const AuditAnchors *anchors, int file, struct end *end,
                         gboolean *is_ours, GError **error)
{
    char text[WINDOW + 1];
    struct stat about;
    if (fstat(file, &about) != 0)
        return fail_there(anchors, OUTCOME_RETRY, error);
    off_t from = about.st_size > WINDOW ? about.st_size - WINDOW : 0;
    ssize_t length = pread(file, text, WINDOW, from);
    if (length < 0)
        return fail_there(anchors, OUTCOME_RETRY, error);
    text[length] = '\0';
    find_end(anchors, text, from == 0, end, is_ours);
    if (end->number == 0 && from > 0)
        *is_ours = FALSE;
    return TRUE;
}

static int open_file(const AuditAnchors *anchors, int flags)
{
    return open(anchors->path, flags | O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* A new file is there after a loss of power only when its folder was written too. */
static void sync_folder(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return;
    fsync(file);
    close(file);
}

static gboolean check_file(const AuditAnchors *anchors, int file, GError **error)
{
    struct stat about;
    if (fstat(file, &about) != 0)
        return fail_there(anchors, OUTCOME_SETTINGS, error);
    if (!S_ISREG(about.st_mode))
        return fail(anchors, OUTCOME_SETTINGS, "is no plain file", error);
    if ((about.st_mode & 022) != 0)
        return fail(anchors, OUTCOME_SETTINGS, "may be written by others: chmod 600", error);
    return TRUE;
}

static gboolean start(AuditAnchors *anchors, GError **error)
{
    gboolean is_ours = FALSE;
    int file = open_file(anchors, O_CREAT);
    if (file < 0)
        return fail_there(anchors, OUTCOME_SETTINGS, error);
    gboolean ok = check_file(anchors, file, error) &&
                  (flock(file, LOCK_SH) == 0 || fail_there(anchors, OUTCOME_SETTINGS, error)) &&
                  read_end(anchors, file, &anchors->end, &is_ours, error);
    if (ok && fdatasync(file) == 0)
        anchors->durable = anchors->end.number;
    close(file);
    if (!ok)
        return FALSE;
    sync_folder(anchors->path);
    return is_ours || fail(anchors, OUTCOME_SETTINGS,
                           "ends with a line that is not sealed with the audit key in use: put "
                           "the right key back, or begin a new file and keep the old one",
                           error);
}

AuditAnchors *audit_anchors_open(const char *path, const struct audit_key *key, GError **error)
{
    AuditAnchors *anchors = g_new0(struct audit_anchors, 1);
    anchors->path = g_strdup(path);
    anchors->key = *key;
    anchors->noted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    anchors->due = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    anchors->written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (start(anchors, error))
        return anchors;
    audit_anchors_close(anchors);
    return NULL;
}

void audit_anchors_close(AuditAnchors *anchors)
{
    if (anchors == NULL)
        return;
    g_hash_table_unref(anchors->noted);
    g_hash_table_unref(anchors->due);
    g_hash_table_unref(anchors->written);
    audit_key_wipe(&anchors->key);
    g_free(anchors->path);
    g_free(anchors);
}

void audit_anchors_note(AuditAnchors *anchors, const char *organization)
{
    anchors->records_noted++;
    g_hash_table_add(anchors->noted, g_strdup(organization));
}

void audit_anchors_forget(AuditAnchors *anchors)
{
    anchors->records_noted = 0;
    g_hash_table_remove_all(anchors->noted);
}

/* The transaction stands: what grew in it is to be anchored. */
static void take_noted(AuditAnchors *anchors)
{
    GHashTableIter at;
    gpointer name;
    g_hash_table_iter_init(&at, anchors->noted);
    while (g_hash_table_iter_next(&at, &name, NULL))
        g_hash_table_add(anchors->due, g_strdup(name));
    anchors->records_due += anchors->records_noted;
    audit_anchors_forget(anchors);
}

struct page {
    GString *text;
    struct end end;
    GHashTable *written; /* as AuditAnchors has it, for what stands in the text */
};

static gboolean is_written(const AuditAnchors *anchors, const char *name, gint64 seq)
{
    const gint64 *written = g_hash_table_lookup(anchors->written, name);
    return written != NULL && *written == seq;
}

static void remember(GHashTable *written, const char *name, gint64 seq)
{
    g_hash_table_replace(written, g_strdup(name), g_memdup2(&seq, sizeof seq));
}

static gboolean add_line(AuditAnchors *anchors, struct page *page, StoreSession *session,
                         const char *name, gint64 now, GError **error)
{
    struct audit_head head;
    if (!audit_read_head(session, name, &head, error))
        return FALSE;
    if (head.seq == 0 || is_written(anchors, name, head.seq))
        return TRUE;
    gsize from = page->text->len;
    g_autofree char *time = clock_print(now);
    g_string_append_printf(page->text, "%" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " ",
                           ++page->end.number, name, head.seq);
    append_hex(page->text, head.hash, sizeof head.hash);
    g_string_append_printf(page->text, " %s", time);
    guint8 seal[SEAL_BYTES];
    seal_line(&anchors->key, page->end.seal, page->text->str + from, page->text->len - from,
              seal);
    memcpy(page->end.seal, seal, SEAL_BYTES);
    g_string_append_c(page->text, ' ');
    append_hex(page->text, seal, SEAL_BYTES);
    g_string_append_c(page->text, '\n');
    remember(page->written, name, head.seq);
    return TRUE;
}

static gboolean add_lines(AuditAnchors *anchors, struct page *page, StoreSession *session,
                          gint64 now, GError **error)
{
    GHashTableIter at;
    gpointer name;
    if (page->end.is_torn)
        g_string_append_c(page->text, '\n');
    g_hash_table_iter_init(&at, anchors->due);
    while (g_hash_table_iter_next(&at, &name, NULL))
        if (!add_line(anchors, page, session, name, now, error))
            return FALSE;
    return TRUE;
}

static gboolean is_as_left(const AuditAnchors *anchors, const struct end *end)
{
    if (end->number == anchors->end.number)
        return memcmp(end->seal, anchors->end.seal, SEAL_BYTES) == 0;
    return end->number > anchors->end.number; /* another process went on */
}

static gboolean write_page(AuditAnchors *anchors, int file, const struct page *page, gint64 now,
                           GError **error)
{
    const GString *text = page->text;
    if (text->len > 0 && write(file, text->str, text->len) != (ssize_t)text->len)
        return fail(anchors, OUTCOME_RETRY, "cannot be written: is the disk full?", error);
    anchors->end = page->end;
    anchors->end.is_torn = FALSE;
    if (now - anchors->synced_at < SYNC_STEP && now >= anchors->synced_at)
        return TRUE;
    if (fdatasync(file) != 0)
        return fail_there(anchors, OUTCOME_RETRY, error);
    anchors->durable = page->end.number;
    anchors->synced_at = now;
    return TRUE;
}

static gboolean write_due(AuditAnchors *anchors, int file, struct page *page,
                          StoreSession *session, gint64 now, GError **error)
{
    gboolean is_ours = FALSE;
    if (flock(file, LOCK_EX) != 0)
        return fail_there(anchors, OUTCOME_RETRY, error);
    if (!read_end(anchors, file, &page->end, &is_ours, error))
        return FALSE;
    if (!is_ours || !is_as_left(anchors, &page->end))
        return fail(anchors, OUTCOME_INTERNAL,
                    "is not as it was left: somebody cut or changed it, keep it for "
                    "`rolecall audit verify` and restart with a new one",
                    error);
    return add_lines(anchors, page, session, now, error) &&
           write_page(anchors, file, page, now, error);
}

static void take_written(AuditAnchors *anchors, GHashTable *written)
{
    GHashTableIter at;
    gpointer name, seq;
    g_hash_table_iter_init(&at, written);
    while (g_hash_table_iter_next(&at, &name, &seq))
        remember(anchors->written, name, *(gint64 *)seq);
    g_hash_table_remove_all(anchors->due);
    anchors->records_due = 0;
}

gboolean audit_anchors_flush(AuditAnchors *anchors, StoreSession *session, gint64 now,
                             GError **error)
{
    take_noted(anchors);
    if (g_hash_table_size(anchors->due) == 0)
        return TRUE;
    int file = open_file(anchors, 0);
    if (file < 0)
        return fail_there(anchors, OUTCOME_RETRY, error);
    struct page page = {.text = g_string_new(NULL),
                        .written =
                            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    gboolean ok = write_due(anchors, file, &page, session, now, error);
    close(file);
    if (ok)
        take_written(anchors, page.written);
    g_hash_table_unref(page.written);
    g_string_free(page.text, TRUE);
    return ok;
}

gboolean audit_anchors_are_stuck(const AuditAnchors *anchors)
{
    return anchors->records_due > AUDIT_ANCHORS_BEHIND;
}

gint64 audit_anchors_count(const AuditAnchors *anchors)
{
    return anchors->durable;
}
