#include "scim/organization/audit_verify.h"

#include <string.h>

#include "scim/organization/audit.h"
#include "scim/organization/audit_anchor_file.h"
#include "scim/organization/audit_replay.h"

#define HASH_BYTES 32

/* One chain on the way from its first record to its last. */
struct walk {
    const char *organization;
    struct audit_report *report;
    GHmac *blank; /* keyed, nothing in it yet */
    guint8 hash[HASH_BYTES];
    gint64 seq, broken;    /* broken: records that do not follow from the one before */
    gint64 claimed;        /* the most anchors that a record knew of */
    const GArray *anchors; /* struct audit_anchor of this chain as they stand; NULL: none */
    GHashTable *by_place;  /* seq (gint64 *) -> the anchor, borrowed */
    AuditReplay *replay;
};

static gboolean follows(const struct walk *walk, gint64 seq, const char *record,
                        const guint8 *stored)
{
    guint8 number[8], is[HASH_BYTES];
    gsize size = HASH_BYTES;
    for (int i = 0; i < 8; i++)
        number[i] = (guint8)((guint64)seq >> (56 - 8 * i));
    GHmac *hmac = g_hmac_copy(walk->blank);
    g_hmac_update(hmac, walk->hash, HASH_BYTES);
    g_hmac_update(hmac, number, sizeof number);
    g_hmac_update(hmac, (const guchar *)record, (gssize)strlen(record));
    g_hmac_get_digest(hmac, is, &size);
    g_hmac_unref(hmac);
    return memcmp(is, stored, HASH_BYTES) == 0;
}

/* The anchors of this chain that stood in the file when a record of the chain was written are of
 * records before it. */
static void check_claim(struct walk *walk, gint64 claim)
{
    const GArray *anchors = walk->anchors;
    walk->claimed = MAX(walk->claimed, claim);
    guint low = 0, high = anchors == NULL ? 0 : anchors->len;
    while (low < high) {
        guint middle = (low + high) / 2;
        if (g_array_index(anchors, struct audit_anchor, middle).number <= claim)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && g_array_index(anchors, struct audit_anchor, low - 1).most >= walk->seq)
        audit_report_add(walk->report, walk->organization, walk->seq,
                         "the anchors file is not the one that was there when this record was "
                         "written: it was begun anew");
}

static void check_anchor(const struct walk *walk, const guint8 *stored)
{
    const struct audit_anchor *anchor =
        walk->by_place == NULL ? NULL : g_hash_table_lookup(walk->by_place, &walk->seq);
    if (anchor != NULL && memcmp(anchor->hash, stored, HASH_BYTES) != 0)
        audit_report_add(walk->report, walk->organization, walk->seq,
                         "another record stood here when it was anchored: an old state of the "
                         "database was put back, or the chain was written anew");
}

static void check_text(struct walk *walk, const char *text)
{
    json_t *record = json_loads(text, 0, NULL);
    const char *organization = json_string_value(json_object_get(record, "organization"));
    const json_t *anchors = json_object_get(record, "anchors");
    if (g_strcmp0(organization, walk->organization) != 0 ||
        json_integer_value(json_object_get(record, "seq")) != walk->seq)
        audit_report_add(walk->report, walk->organization, walk->seq,
                         "the record is of another place or another organization");
    if (anchors != NULL)
        check_claim(walk, json_integer_value(anchors));
    if (record != NULL)
        audit_replay_take(walk->replay, walk->seq, record);
    json_decref(record);
}

static void take(struct walk *walk, gint64 seq, const char *record, const guint8 *stored)
{
    walk->report->records++;
    if (seq != walk->seq + 1)
        audit_report_add(walk->report, walk->organization, walk->seq + 1,
                         "records %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " are missing",
                         walk->seq + 1, seq - 1);
    else if (!follows(walk, seq, record, stored)) {
        walk->broken++;
        audit_report_add(walk->report, walk->organization, seq,
                         "the record does not follow from the one before: it was changed, "
                         "moved, or written without the key");
    }
    walk->seq = seq;
    memcpy(walk->hash, stored, HASH_BYTES);
    check_anchor(walk, stored);
    check_text(walk, record);
}

static gboolean walk_records(struct walk *walk, StoreSession *session, GError **error)
{
    static const guint8 none[HASH_BYTES] = {0};
    struct store_rows *rows = store_query(
        session, "SELECT seq, record, hash FROM audit WHERE organization = ? ORDER BY seq",
        STORE_BIND(store_text(walk->organization)), TRUE);
    while (store_next(rows)) {
        gsize length = 0;
        const char *record = store_text_at(rows, 1);
        const guint8 *hash = store_blob_at(rows, 2, &length);
        take(walk, store_int_at(rows, 0), record == NULL ? "" : record,
             length == HASH_BYTES ? hash : none);
    }
    return store_end(rows, error);
}

static gboolean check_head(const struct walk *walk, StoreSession *session, GError **error)
{
    gint64 seq = 0;
    gboolean is_same = walk->seq == 0;
    struct store_rows *rows =
        store_query(session, "SELECT seq, hash FROM audit_head WHERE organization = ?",
                    STORE_BIND(store_text(walk->organization)), TRUE);
    if (store_next(rows)) {
        gsize length = 0;
        const void *hash = store_blob_at(rows, 1, &length);
        seq = store_int_at(rows, 0);
        is_same = seq == walk->seq && length == HASH_BYTES &&
                  memcmp(hash, walk->hash, HASH_BYTES) == 0;
    }
    if (!store_end(rows, error))
        return FALSE;
    if (!is_same)
        audit_report_add(walk->report, walk->organization, walk->seq,
                         "the chain ends at record %" G_GINT64_FORMAT
                         ", its end was noted at %" G_GINT64_FORMAT ": records are missing or "
                         "were added by hand",
                         walk->seq, seq);
    return TRUE;
}

/* The anchors that no record of the chain stands at. */
static void check_length(const struct walk *walk)
{
    gint64 most = 0;
    if (walk->anchors != NULL && walk->anchors->len > 0)
        most = g_array_index(walk->anchors, struct audit_anchor, walk->anchors->len - 1).most;
    if (most > walk->seq)
        audit_report_add(
            walk->report, walk->organization, walk->seq,
            "%s was anchored at record %" G_GINT64_FORMAT " and ends at %" G_GINT64_FORMAT
            ": the end was cut off, or an old state of the database was put back",
            walk->seq == 0 ? "a chain that is gone" : "the chain", most, walk->seq);
}

static gboolean has_people(StoreSession *session, const char *organization, gboolean *has,
                           GError **error)
{
    gint64 count = 0;
    gboolean ok = store_number(session, "SELECT COUNT(*) FROM person WHERE organization = ?",
                               STORE_BIND(store_text(organization)), 0, &count, error);
    *has = count > 0;
    return ok;
}

static gboolean check_end(struct walk *walk, StoreSession *session, GError **error)
{
    gboolean has = FALSE;
    if (walk->broken > 0 && walk->broken == walk->seq)
        audit_report_add(walk->report, walk->organization, 0,
                         "not one record fits the key: is it the right key?");
    check_length(walk);
    if (!check_head(walk, session, error) ||
        !has_people(session, walk->organization, &has, error))
        return FALSE;
    if (walk->seq > 0 || strcmp(walk->organization, AUDIT_EVERYWHERE) == 0)
        return audit_replay_compare(walk->replay, session, error);
    if (has)
        audit_report_add(walk->report, walk->organization, 0,
                         "there are people and no record: the trail was deleted, or it has not "
                         "begun yet (it does when `rolecall serve` first runs)");
    return TRUE;
}

static GHashTable *index_anchors(const GArray *anchors)
{
    GHashTable *index = g_hash_table_new(g_int64_hash, g_int64_equal);
    /* The first one of a place stays: what came later must be the same. */
    for (guint i = anchors->len; i > 0; i--) {
        struct audit_anchor *anchor = &g_array_index(anchors, struct audit_anchor, i - 1);
        g_hash_table_insert(index, &anchor->seq, anchor);
    }
    return index;
}

struct verification {
    StoreSession *session;
    const struct audit_key *key;
    const struct audit_anchor_file *file; /* NULL: the chain alone */
    struct audit_report *report;
    gint64 claimed;
};

static gboolean verify_chain(struct verification *verification, const char *organization,
                             GError **error)
{
    const struct audit_anchor_file *file = verification->file;
    struct walk walk = {
        .organization = organization,
        .report = verification->report,
        .blank = g_hmac_new(G_CHECKSUM_SHA256, verification->key->bytes, AUDIT_KEY_BYTES),
        .anchors = file == NULL ? NULL : g_hash_table_lookup(file->chains, organization),
        .replay = audit_replay_new(organization, verification->report),
    };
    walk.by_place = walk.anchors == NULL ? NULL : index_anchors(walk.anchors);
    gboolean ok = walk_records(&walk, verification->session, error) &&
                  check_end(&walk, verification->session, error);
    if (walk.by_place != NULL)
        g_hash_table_unref(walk.by_place);
    audit_replay_free(walk.replay);
    g_hmac_unref(walk.blank);
    verification->report->organizations += strcmp(organization, AUDIT_EVERYWHERE) != 0;
    verification->claimed = MAX(verification->claimed, walk.claimed);
    return ok;
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

/* Every chain that there is, should be, or was. */
static GPtrArray *find_chains(const struct verification *verification, GError **error)
{
    GHashTableIter at;
    gpointer name;
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct store_rows *rows =
        store_query(verification->session,
                    "SELECT name FROM organization UNION SELECT organization FROM audit_head"
                    " UNION SELECT DISTINCT organization FROM audit UNION SELECT '*'",
                    STORE_NOTHING, TRUE);
    while (store_next(rows))
        g_hash_table_add(names, g_strdup(store_text_at(rows, 0)));
    if (!store_end(rows, error))
        return NULL;
    if (verification->file != NULL) {
        g_hash_table_iter_init(&at, verification->file->chains);
        while (g_hash_table_iter_next(&at, &name, NULL))
            g_hash_table_add(names, g_strdup(name));
    }
    GPtrArray *chains = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_iter_init(&at, names);
    while (g_hash_table_iter_next(&at, &name, NULL))
        g_ptr_array_add(chains, g_strdup(name));
    g_ptr_array_sort(chains, by_name);
    return chains;
}

static gboolean verify_all(struct verification *verification, GError **error)
{
    g_autoptr(GPtrArray) chains = find_chains(verification, error);
    for (guint i = 0; chains != NULL && i < chains->len; i++)
        if (!verify_chain(verification, chains->pdata[i], error))
            return FALSE;
    return chains != NULL;
}

/* Read after the snapshot was taken: the records in it cannot know of more lines. */
static gboolean count_lines(const char *path, const struct audit_key *key, gint64 *lines,
                            GError **error)
{
    struct audit_anchor_file file;
    gboolean ok = audit_anchor_file_read(path, key, &file, NULL, error);
    *lines = file.lines;
    audit_anchor_file_clear(&file);
    return ok;
}

static gboolean check_file(const struct verification *verification, const char *path,
                           GError **error)
{
    gint64 lines = 0;
    if (!verification->file->is_there && verification->report->records > 0)
        audit_report_add(verification->report, NULL, 0, "the anchors file is missing");
    if (!count_lines(path, verification->key, &lines, error))
        return FALSE;
    if (verification->claimed > lines)
        audit_report_add(verification->report, NULL, 0,
                         "the anchors file ends at line %" G_GINT64_FORMAT
                         ", records know of %" G_GINT64_FORMAT ": it was cut or begun anew",
                         lines, verification->claimed);
    return TRUE;
}

static gboolean verify(struct verification *verification, const char *organization,
                       const char *anchors, GError **error)
{
    /* One snapshot: the caller's, or one of its own. */
    const gboolean is_ours = !store_in_transaction(verification->session);
    if (is_ours && !store_begin(verification->session, error))
        return FALSE;
    gboolean ok = organization == NULL ? verify_all(verification, error)
                                       : verify_chain(verification, organization, error);
    ok = ok && (verification->file == NULL || check_file(verification, anchors, error));
    if (is_ours)
        store_rollback(verification->session);
    return ok;
}

gboolean audit_verify(StoreSession *session, const char *organization,
                      const struct audit_key *key, const char *anchors,
                      struct audit_report *report, GError **error)
{
    struct audit_anchor_file file = {0};
    audit_report_init(report);
    struct verification verification = {
        .session = session,
        .key = key,
        .file = anchors == NULL ? NULL : &file,
        .report = report,
    };
    /* Before the snapshot: what is anchored by then is in it. */
    gboolean ok = anchors == NULL || audit_anchor_file_read(anchors, key, &file, report, error);
    report->anchors = file.read;
    ok = ok && verify(&verification, organization, anchors, error);
    audit_anchor_file_clear(&file);
    return ok;
}
