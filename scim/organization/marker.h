/*
 * Markers: who must not be invited again by a sync or a provider, read-only.
 */
#pragma once

#include <glib.h>

#include "scim/store/store.h"

enum marker_kind {
    MARKER_LEFT,
    MARKER_DECLINED,
    MARKER_REMOVED,
    MARKER_REVOKED,
};

struct marker {
    char *id;
    char *origin;
    char *external_id; /* NULL: none */
    char *user_name;
    enum marker_kind kind;
    gint64 since;
};

typedef struct marker Marker;

/* "left" ... Never NULL. */
const char *marker_kind_name(enum marker_kind kind);

/* Who it is about, what became of them and what lifts it, for an administrator. The caller frees. */
char *marker_sentence(const struct marker *marker);

void marker_free(Marker *marker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Marker, marker_free)

/* struct marker, the oldest first, of origins that begin with `prefix` ("directory:", "" for
 * all). NULL: the store failed. */
GPtrArray *marker_list(StoreSession *session, const char *organization, const char *prefix,
                       GError **error);

/* Nothing found: TRUE and *marker NULL. */
gboolean marker_read(StoreSession *session, const char *organization, const char *id,
                     Marker **marker, GError **error);

/* For the judge's rooms. Texts borrowed. */
struct marker_row {
    const char *organization, *id, *origin, *external_id, *user_name, *address;
    enum marker_kind kind;
    gint64 since;
};

gboolean marker_insert(StoreSession *session, const struct marker_row *row, GError **error);
gboolean marker_delete(StoreSession *session, const char *organization, const char *id,
                       GError **error);

/* The marker that keeps `origin` from inviting: of that externalId; or of that userName or
 * address, where one of the two has no externalId, and always where `origin` is no directory: a
 * provider's externalId is no proof of being somebody else. NULL when there is none. */
gboolean marker_find(StoreSession *session, const struct marker_row *row, Marker **marker,
                     GError **error);

/* Every marker of that userName or address. struct marker; NULL: the store failed. */
GPtrArray *marker_named(StoreSession *session, const char *organization, const char *address,
                        GError **error);

/* Every marker of that origin and externalId. */
GPtrArray *marker_anchored(StoreSession *session, const char *organization, const char *origin,
                           const char *external_id, GError **error);
