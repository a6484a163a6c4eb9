#include "scim/organization/audit_anchor_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scim/protocol/outcome.h"

#define SEAL_BYTES 32
#define WORDS      6

/* Where the reading is. */
struct place {
    struct audit_anchor_file *file;
    struct audit_report *report; /* may be NULL */
    const struct audit_key *key;
    guint8 seal[SEAL_BYTES]; /* of the last whole line */
    gint64 torn;             /* half lines since then */
};

static void chain_free(gpointer data)
{
    g_array_unref(data);
}

static gboolean read_bytes(const char *hex, guint8 bytes[SEAL_BYTES])
{
    for (int i = 0; i < SEAL_BYTES; i++, hex += 2) {
        if (!g_ascii_isxdigit(hex[0]) || !g_ascii_isxdigit(hex[1]))
            return FALSE;
        bytes[i] = (guint8)(g_ascii_xdigit_value(hex[0]) * 16 + g_ascii_xdigit_value(hex[1]));
    }
    return *hex == '\0';
}

static gboolean read_number(const char *text, gint64 *number)
{
    guint64 value = 0;
    gboolean ok = g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &value, NULL);
    *number = (gint64)value;
    return ok;
}

/* number organization seq hash time seal */
static gboolean read_words(char *const words[WORDS], struct audit_anchor *anchor,
                           guint8 seal[SEAL_BYTES])
{
    return read_number(words[0], &anchor->number) && *words[1] != '\0' &&
           read_number(words[2], &anchor->seq) && read_bytes(words[3], anchor->hash) &&
           read_bytes(words[5], seal);
}

static gboolean seal_holds(const struct place *place, const char *line,
                           const guint8 seal[SEAL_BYTES])
{
    gsize size = SEAL_BYTES;
    guint8 is[SEAL_BYTES];
    g_autoptr(GByteArray) sealed = g_byte_array_new();
    g_byte_array_append(sealed, (const guint8 *)"anchor", 6);
    g_byte_array_append(sealed, place->seal, SEAL_BYTES);
    g_byte_array_append(sealed, (const guint8 *)line, (guint)(strrchr(line, ' ') - line));
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, place->key->bytes, AUDIT_KEY_BYTES);
    g_hmac_update(hmac, sealed->data, (gssize)sealed->len);
    g_hmac_get_digest(hmac, is, &size);
    g_hmac_unref(hmac);
    return memcmp(is, seal, SEAL_BYTES) == 0;
}

static void complain(const struct place *place, gint64 line, const char *text)
{
    if (place->report != NULL)
        audit_report_add(place->report, NULL, 0,
                         "line %" G_GINT64_FORMAT " of the anchors file %s", line, text);
}

static void keep(struct place *place, const char *organization, struct audit_anchor anchor)
{
    GArray *chain = g_hash_table_lookup(place->file->chains, organization);
    if (chain == NULL) {
        chain = g_array_new(FALSE, FALSE, sizeof(struct audit_anchor));
        g_hash_table_insert(place->file->chains, g_strdup(organization), chain);
    }
    anchor.most = anchor.seq;
    if (chain->len > 0)
        anchor.most =
            MAX(anchor.seq, g_array_index(chain, struct audit_anchor, chain->len - 1).most);
    g_array_append_val(chain, anchor);
    place->file->read++;
}

static void take(struct place *place, const char *line, char *const words[WORDS],
                 const struct audit_anchor *anchor, const guint8 seal[SEAL_BYTES])
{
    const gint64 expected = place->file->lines + 1;
    if (anchor->number != expected)
        complain(place, expected,
                 anchor->number > expected ? "is missing, or more than that one"
                                           : "stands there a second time");
    else if (!seal_holds(place, line, seal))
        complain(place, expected,
                 "was changed, or is not sealed with this key: it does not follow from the "
                 "line before");
    place->file->lines = anchor->number;
    place->torn = 0;
    memcpy(place->seal, seal, SEAL_BYTES);
    keep(place, words[1], *anchor);
}

/* TRUE: the text ended with a newline. */
static gboolean cut_newline(char *line, ssize_t length)
{
    if (length == 0 || line[length - 1] != '\n')
        return FALSE;
    line[length - 1] = '\0';
    return TRUE;
}

static void read_line(struct place *place, char *line, ssize_t length)
{
    guint8 seal[SEAL_BYTES];
    struct audit_anchor anchor = {0};
    const gboolean is_whole = cut_newline(line, length);
    g_auto(GStrv) words = g_strsplit(line, " ", WORDS + 1);
    if (strlen(line) != (size_t)length - (is_whole ? 1 : 0)) {
        complain(place, place->file->lines + 1, "holds what is no text");
        return;
    }
    if (is_whole && g_strv_length(words) == WORDS && read_words(words, &anchor, seal))
        take(place, line, words, &anchor, seal);
    else if (is_whole)
        place->torn++;
}

gboolean audit_anchor_file_read(const char *path, const struct audit_key *key,
                                struct audit_anchor_file *file, struct audit_report *report,
                                GError **error)
{
    struct place place = {.file = file, .report = report, .key = key};
    *file = (struct audit_anchor_file){
        .chains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, chain_free)};
    FILE *stream = fopen(path, "re");
    if (stream == NULL && errno == ENOENT)
        return TRUE;
    if (stream == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "the audit anchors \"%s\" cannot be read: %s", path, g_strerror(errno));
        return FALSE;
    }
    char *line = NULL;
    size_t size = 0;
    file->is_there = TRUE;
    for (ssize_t length; (length = getline(&line, &size, stream)) > 0;)
        read_line(&place, line, length);
    gboolean ok = ferror(stream) == 0;
    free(line);
    fclose(stream);
    /* Whoever goes on after half a line writes a whole one behind it. */
    if (place.torn > 0)
        complain(&place, file->lines + 1, "is no anchor");
    if (!ok)
        g_set_error(error, OUTCOME, OUTCOME_RETRY, "the audit anchors \"%s\" cannot be read",
                    path);
    return ok;
}

void audit_anchor_file_clear(struct audit_anchor_file *file)
{
    if (file->chains != NULL)
        g_hash_table_unref(file->chains);
    *file = (struct audit_anchor_file){0};
}
