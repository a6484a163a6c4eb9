/*
 * An organization as it stands, read-only: limits, counts, domains, and the state that a list's
 * ETag is made of.
 */
#pragma once

#include <glib.h>

#include "scim/store/store.h"

#define ORGANIZATION_SEATS               100
#define ORGANIZATION_INVITATION_LIFETIME ((gint64)48 * 3600)

struct organization {
    char *name, *display_name;
    gint64 seats;               /* the cap */
    gint64 seats_used;          /* at the time asked for: unswept expiries hold no seat */
    gint64 invitation_lifetime; /* seconds */
    char **domains;             /* NULL-terminated, empty: every domain */
    gint64 owners;              /* active ones */
    gint64 version;
    gint64 due; /* invitations over by time and not yet swept */
};

typedef struct organization Organization;

void organization_free(Organization *organization);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Organization, organization_free)

/* Nobody of that name: TRUE and *organization NULL. */
gboolean organization_read(StoreSession *session, const char *name, gint64 now,
                           Organization **organization, GError **error);

/* Names (char *, owned) in the order of the alphabet. */
GPtrArray *organization_names(StoreSession *session, GError **error);

/* A text that differs whenever anything in the organization does, what time changes included:
 * the base of a list's ETag. NULL: no such organization (no error) or the store failed. */
char *organization_state(StoreSession *session, const char *name, gint64 now, GError **error);

/* For the judge's rooms. The counts are written last of all in a transaction: their CHECKs are
 * I1 and I3. `ceiling` as seats.h computes it. Each write is one version up. */
struct organization_counts {
    gint64 seats_used, seats_ceiling, owners;
};

gboolean organization_read_counts(StoreSession *session, const char *name,
                                  struct organization_counts *counts, GError **error);
gboolean organization_write_counts(StoreSession *session, const char *name,
                                   const struct organization_counts *counts, GError **error);
gboolean organization_insert(StoreSession *session, const Organization *organization,
                             GError **error);

/* Display name, cap, lifetime and domains of `organization`. */
gboolean organization_write(StoreSession *session, const Organization *organization,
                            GError **error);
