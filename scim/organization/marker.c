#include "scim/organization/marker.h"

#include <string.h>

#include "scim/protocol/address.h"
#include "scim/protocol/clock.h"
#include "scim/protocol/origin.h"

static const char *const names[] = {
    [MARKER_LEFT] = "left",
    [MARKER_DECLINED] = "declined",
    [MARKER_REMOVED] = "removed",
    [MARKER_REVOKED] = "revoked",
};

const char *marker_kind_name(enum marker_kind kind)
{
    return names[kind];
}

char *marker_sentence(const struct marker *marker)
{
    g_autofree char *since = clock_print(marker->since);
    gboolean by_others = marker->kind == MARKER_REMOVED || marker->kind == MARKER_REVOKED;
    return g_strdup_printf(
        "\"%s\" %s%s on %s: an owner's invitation of this address lifts that.",
        marker->user_name, by_others ? "was " : "", marker_kind_name(marker->kind), since);
}

void marker_free(Marker *marker)
{
    if (marker == NULL)
        return;
    g_free(marker->id);
    g_free(marker->origin);
    g_free(marker->external_id);
    g_free(marker->user_name);
    g_free(marker);
}

static void destroy(gpointer data)
{
    marker_free(data);
}

#define MARKER_COLUMNS "SELECT id, origin, external_id, user_name, kind, since FROM marker"

static Marker *read_row(struct store_rows *rows)
{
    Marker *marker = g_new0(struct marker, 1);
    marker->id = g_strdup(store_text_at(rows, 0));
    marker->origin = g_strdup(store_text_at(rows, 1));
    marker->external_id = g_strdup(store_text_at(rows, 2));
    marker->user_name = g_strdup(store_text_at(rows, 3));
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i], store_text_at(rows, 4)) == 0)
            marker->kind = (enum marker_kind)i;
    marker->since = store_int_at(rows, 5);
    return marker;
}

GPtrArray *marker_list(StoreSession *session, const char *organization, const char *prefix,
                       GError **error)
{
    g_autoptr(GPtrArray) markers = g_ptr_array_new_with_free_func(destroy);
    struct store_rows *rows =
        store_query(session, MARKER_COLUMNS " WHERE organization = ? ORDER BY since, id",
                    STORE_BIND(store_text(organization)), TRUE);
    while (store_next(rows))
        if (g_str_has_prefix(store_text_at(rows, 1), prefix))
            g_ptr_array_add(markers, read_row(rows));
    return store_end(rows, error) ? g_steal_pointer(&markers) : NULL;
}

gboolean marker_read(StoreSession *session, const char *organization, const char *id,
                     Marker **marker, GError **error)
{
    struct store_rows *rows =
        store_query(session, MARKER_COLUMNS " WHERE organization = ? AND id = ?",
                    STORE_BIND(store_text(organization), store_text(id)), TRUE);
    *marker = store_next(rows) ? read_row(rows) : NULL;
    return store_end(rows, error);
}

gboolean marker_insert(StoreSession *session, const struct marker_row *row, GError **error)
{
    g_autofree char *user_name = address_fold(row->user_name);
    g_autofree char *address = row->address == NULL ? NULL : address_fold(row->address);
    return store_run(session,
                     "INSERT INTO marker (organization, id, origin, external_id, user_name,"
                     " user_name_folded, address_folded, kind, since)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     STORE_BIND(store_text(row->organization), store_text(row->id),
                                store_text(row->origin), store_text(row->external_id),
                                store_text(row->user_name), store_text(user_name),
                                store_text(address), store_text(names[row->kind]),
                                store_int(row->since)),
                     error);
}

gboolean marker_delete(StoreSession *session, const char *organization, const char *id,
                       GError **error)
{
    return store_run(session, "DELETE FROM marker WHERE organization = ? AND id = ?",
                     STORE_BIND(store_text(organization), store_text(id)), error);
}

gboolean marker_find(StoreSession *session, const struct marker_row *row, Marker **marker,
                     GError **error)
{
    g_autofree char *user_name = address_fold(row->user_name);
    g_autofree char *address = row->address == NULL ? NULL : address_fold(row->address);
    gboolean by_name = row->external_id == NULL || !origin_is_directory(row->origin);
    struct store_rows *rows = store_query(
        session,
        MARKER_COLUMNS " WHERE organization = ? AND origin = ? AND"
                       " (external_id = ? OR ((user_name_folded = ? OR address_folded = ?)"
                       "  AND (? OR external_id IS NULL)))"
                       " ORDER BY since DESC LIMIT 1",
        STORE_BIND(store_text(row->organization), store_text(row->origin),
                   store_text(row->external_id), store_text(user_name), store_text(address),
                   store_int(by_name)),
        TRUE);
    *marker = store_next(rows) ? read_row(rows) : NULL;
    return store_end(rows, error);
}

static GPtrArray *select_markers(StoreSession *session, const char *sql,
                                 const struct store_value *values, GError **error)
{
    g_autoptr(GPtrArray) markers = g_ptr_array_new_with_free_func(destroy);
    struct store_rows *rows = store_query(session, sql, values, TRUE);
    while (store_next(rows))
        g_ptr_array_add(markers, read_row(rows));
    return store_end(rows, error) ? g_steal_pointer(&markers) : NULL;
}

GPtrArray *marker_named(StoreSession *session, const char *organization, const char *address,
                        GError **error)
{
    g_autofree char *folded = address_fold(address);
    return select_markers(session,
                          MARKER_COLUMNS " WHERE organization = ?1 AND"
                                         " (user_name_folded = ?2 OR address_folded = ?2)"
                                         " ORDER BY since, id",
                          STORE_BIND(store_text(organization), store_text(folded)), error);
}

GPtrArray *marker_anchored(StoreSession *session, const char *organization, const char *origin,
                           const char *external_id, GError **error)
{
    return select_markers(
        session,
        MARKER_COLUMNS " WHERE organization = ? AND origin = ? AND external_id = ?"
                       " ORDER BY since, id",
        STORE_BIND(store_text(organization), store_text(origin), store_text(external_id)),
        error);
}
