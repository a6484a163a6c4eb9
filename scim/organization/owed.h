/*
 * What a provider asked of the only owner and was refused, as rows: it is remembered, owners read it
 * of that person, and judge_owed.h does it in the provider's name as soon as another owner is active
 * (product, "Succession").
 *
 * A later word of the provider to the contrary drops it; so does the end of its link.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

enum owed_deed {
    OWED_REMOVE, /* the strongest first */
    OWED_SUSPEND,
    OWED_ROLE,
    OWED_COUNT,
};

struct owed {
    char *person, *origin;
    enum owed_deed deed;
    enum organization_role role; /* what they are to have; NONE: nothing is owed of it */
    gint64 since;
};

/* Remembers it; the same again is owed since the first time. */
gboolean owed_put(struct change *change, const struct owed *owed, GError **error);

/* What is owed in an organization and not hindered by the person being the only owner any more, the
 * oldest first. struct owed; NULL: the store failed. */
GPtrArray *owed_due(StoreSession *session, const char *organization, GError **error);

gboolean owed_forget(struct change *change, const char *person, const char *origin,
                     GError **error);

/* Remembers it beside what was owed before: who is to go, goes, although another role was asked for
 * since. What `draft` (NULL: a removal) unsays of that is dropped. */
gboolean owed_remember(struct change *change, const struct owed *owed,
                       const struct person_draft *draft, GError **error);

/* The provider says something else of its person now. `draft` NULL: it posts them anew. Convention of
 * change.h. */
gboolean owed_drop(struct change *change, const struct touched *touched,
                   const struct person_draft *draft, GError **error);

/* Did the provider ask for them to be removed or deactivated? */
gboolean owed_is_leaving(struct change *change, const char *person, const char *origin,
                         gboolean *is_leaving, GError **error);

/* What is owed of that person, a sentence for owners; *reason NULL: nothing. The caller frees. */
gboolean owed_reason(StoreSession *session, const char *organization, const char *person,
                     char **reason, GError **error);
