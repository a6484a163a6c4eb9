#include "scim/organization/organization.h"

void organization_free(Organization *organization)
{
    if (organization == NULL)
        return;
    g_free(organization->name);
    g_free(organization->display_name);
    g_strfreev(organization->domains);
    g_free(organization);
}

gboolean organization_read(StoreSession *session, const char *name, gint64 now,
                           Organization **organization, GError **error)
{
    struct store_rows *rows = store_query(
        session,
        "SELECT o.name, o.display_name, o.seats, o.seats_used, o.invitation_lifetime, "
        "o.domains,"
        " o.owners, o.version, (SELECT COUNT(*) FROM invitation i WHERE i.organization = o.name"
        "  AND i.status = 'pending' AND i.expires_at <= ?)"
        " FROM organization o WHERE o.name = ?",
        STORE_BIND(store_int(now), store_text(name)), TRUE);
    *organization = NULL;
    if (store_next(rows)) {
        Organization *found = g_new0(struct organization, 1);
        found->name = g_strdup(store_text_at(rows, 0));
        found->display_name = g_strdup(store_text_at(rows, 1));
        found->seats = store_int_at(rows, 2);
        found->invitation_lifetime = store_int_at(rows, 4);
        const char *domains = store_text_at(rows, 5);
        found->domains = g_strsplit(domains, "\n", -1);
        found->owners = store_int_at(rows, 6);
        found->version = store_int_at(rows, 7);
        found->due = store_int_at(rows, 8);
        found->seats_used = store_int_at(rows, 3) - found->due;
        *organization = found;
    }
    return store_end(rows, error);
}

GPtrArray *organization_names(StoreSession *session, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    struct store_rows *rows = store_query(
        session, "SELECT name FROM organization ORDER BY name", STORE_NOTHING, TRUE);
    while (store_next(rows))
        g_ptr_array_add(names, g_strdup(store_text_at(rows, 0)));
    return store_end(rows, error) ? g_steal_pointer(&names) : NULL;
}

char *organization_state(StoreSession *session, const char *name, gint64 now, GError **error)
{
    g_autoptr(Organization) organization = NULL;
    if (!organization_read(session, name, now, &organization, error) || organization == NULL)
        return NULL;
    return g_strdup_printf("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, organization->version,
                           organization->due);
}

gboolean organization_read_counts(StoreSession *session, const char *name,
                                  struct organization_counts *counts, GError **error)
{
    struct store_rows *rows = store_query(
        session, "SELECT seats_used, seats_ceiling, owners FROM organization WHERE name = ?",
        STORE_BIND(store_text(name)), TRUE);
    *counts = (struct organization_counts){0};
    if (store_next(rows))
        *counts = (struct organization_counts){.seats_used = store_int_at(rows, 0),
                                               .seats_ceiling = store_int_at(rows, 1),
                                               .owners = store_int_at(rows, 2)};
    return store_end(rows, error);
}

gboolean organization_write_counts(StoreSession *session, const char *name,
                                   const struct organization_counts *counts, GError **error)
{
    return store_run(session,
                     "UPDATE organization SET seats_used = ?, seats_ceiling = ?, owners = ?,"
                     " version = version + 1 WHERE name = ?",
                     STORE_BIND(store_int(counts->seats_used), store_int(counts->seats_ceiling),
                                store_int(counts->owners), store_text(name)),
                     error);
}

/* The first owners come in the same transaction, before the counts are written. */
gboolean organization_insert(StoreSession *session, const Organization *organization,
                             GError **error)
{
    g_autofree char *domains = g_strjoinv("\n", organization->domains);
    return store_run(
        session,
        "INSERT INTO organization (name, display_name, seats, invitation_lifetime,"
        " domains, owners, seats_used, seats_ceiling) VALUES (?, ?, ?, ?, ?, 1, 0, ?)",
        STORE_BIND(store_text(organization->name), store_text(organization->display_name),
                   store_int(organization->seats), store_int(organization->invitation_lifetime),
                   store_text(domains), store_int(organization->seats)),
        error);
}

gboolean organization_write(StoreSession *session, const Organization *organization,
                            GError **error)
{
    g_autofree char *domains = g_strjoinv("\n", organization->domains);
    return store_run(session,
                     "UPDATE organization SET display_name = ?, seats = ?,"
                     " invitation_lifetime = ?, domains = ? WHERE name = ?",
                     STORE_BIND(store_text(organization->display_name),
                                store_int(organization->seats),
                                store_int(organization->invitation_lifetime),
                                store_text(domains), store_text(organization->name)),
                     error);
}
