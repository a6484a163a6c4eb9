#include "scim/client/pager.h"

#include <string.h>

#include "scim/protocol/membership.h"
#include "scim/protocol/outcome.h"

/* What the pages so far agreed on. */
struct reading {
    const char *path;
    const struct pager_sink *sink;
    GHashTable *ids; /* char *, owned */
    char *etag;
    json_int_t total; /* -1 before the first page */
    json_int_t rows;
};

static gboolean fail(const struct reading *reading, enum outcome outcome, const char *what,
                     GError **error)
{
    g_set_error(error, OUTCOME, (gint)outcome, "list \"%s\": %s", reading->path, what);
    return FALSE;
}

static gboolean is_list(const json_t *body)
{
    const json_t *schemas = json_object_get(body, "schemas");
    const char *urn = json_string_value(json_array_get(schemas, 0));
    return json_array_size(schemas) == 1 && urn != NULL &&
           g_ascii_strcasecmp(urn, SCIM_URN_LIST) == 0;
}

/* totalResults and ETag of a page against those of the first. */
static gboolean check_agreement(struct reading *reading, const struct scim_reply *page,
                                GError **error)
{
    const json_t *total = json_object_get(page->body, "totalResults");
    if (!is_list(page->body) || !json_is_integer(total)) {
        return fail(reading, OUTCOME_BAD_INPUT, "the answer is no ListResponse", error);
    }
    json_int_t claimed = json_integer_value(total);
    if (claimed < 0 || claimed > PAGER_MAX_ROWS) {
        return fail(reading, OUTCOME_BAD_INPUT, "totalResults is not believable", error);
    }
    if (reading->total < 0) {
        reading->total = claimed;
        reading->etag = g_strdup(page->etag);
        return TRUE;
    }
    if (claimed != reading->total || g_strcmp0(page->etag, reading->etag) != 0) {
        return fail(reading, OUTCOME_CONFLICT, "it changed while it was read", error);
    }
    return TRUE;
}

static gboolean take_row(struct reading *reading, json_t *row, GError **error)
{
    const char *id = json_string_value(json_object_get(row, "id"));
    if (id == NULL || id[0] == '\0') {
        return fail(reading, OUTCOME_BAD_INPUT, "a row has no id", error);
    }
    if (reading->rows == reading->total) {
        return fail(reading, OUTCOME_BAD_INPUT, "more rows came than totalResults claims",
                    error);
    }
    if (!g_hash_table_add(reading->ids, g_strdup(id))) {
        return fail(reading, OUTCOME_CONFLICT, "a row came twice", error);
    }
    reading->rows++;
    return reading->sink->row(reading->sink->context, row, error);
}

static gboolean take_page(struct reading *reading, const struct scim_reply *page,
                          GError **error)
{
    json_t *rows = json_object_get(page->body, "Resources");
    json_t *row;
    size_t at;
    if (!check_agreement(reading, page, error)) {
        return FALSE;
    }
    if (rows != NULL && !json_is_array(rows)) {
        return fail(reading, OUTCOME_BAD_INPUT, "the answer is no ListResponse", error);
    }
    if (json_array_size(rows) == 0 && reading->rows < reading->total) {
        return fail(reading, OUTCOME_BAD_INPUT, "fewer rows came than totalResults claims",
                    error);
    }
    json_array_foreach(rows, at, row) if (!take_row(reading, row, error))
    {
        return FALSE;
    }
    return TRUE;
}

static char *page_path(const char *path, json_int_t start_index)
{
    return g_strdup_printf("%s%cstartIndex=%" JSON_INTEGER_FORMAT "&count=%d", path,
                           strchr(path, '?') != NULL ? '&' : '?', start_index, PAGER_COUNT);
}

static gboolean read_page(ScimClient *client, struct reading *reading, GError **error)
{
    g_autofree char *path = page_path(reading->path, reading->rows + 1);
    const struct scim_call call = {.method = "GET", .path = path};
    struct scim_reply page = {0};
    gboolean good =
        scim_client_send(client, &call, &page, error) && take_page(reading, &page, error);
    scim_reply_clear(&page);
    return good;
}

gboolean pager_read(ScimClient *client, const char *path, const struct pager_sink *sink,
                    char **etag, GError **error)
{
    struct reading reading = {.path = path, .sink = sink, .total = -1};
    gboolean good = TRUE;
    reading.ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    while (good && reading.rows != reading.total) {
        good = read_page(client, &reading, error);
    }
    g_hash_table_unref(reading.ids);
    if (good && etag != NULL) {
        *etag = g_steal_pointer(&reading.etag);
    }
    g_free(reading.etag);
    return good;
}

gboolean pager_is_unchanged(ScimClient *client, const char *path, const char *etag,
                            gboolean *unchanged, GError **error)
{
    g_autofree char *first = page_path(path, 1);
    const struct scim_call call = {.method = "GET", .path = first, .if_none_match = etag};
    struct scim_reply page = {0};
    gboolean good = scim_client_send(client, &call, &page, error);
    if (good) {
        *unchanged = page.status == 304 || g_strcmp0(page.etag, etag) == 0;
    }
    scim_reply_clear(&page);
    return good;
}
