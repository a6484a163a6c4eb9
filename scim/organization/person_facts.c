#include "scim/organization/person_facts.h"

#include <string.h>

#include "scim/protocol/address.h"

/* One select: who is asked for, and what has been found. */
struct selection {
    StoreSession *session;
    const char *condition;
    const struct store_value *values;
    gboolean keep;
    gint64 now;
    GPtrArray *people;
    GHashTable *by_id; /* id -> struct person_facts, both borrowed */
};

static void clear_role(gpointer data)
{
    g_free(((struct project_role_facts *)data)->project);
}

static GArray *roles_new(void)
{
    GArray *roles = g_array_new(FALSE, FALSE, sizeof(struct project_role_facts));
    g_array_set_clear_func(roles, clear_role);
    return roles;
}

static void link_free(gpointer data)
{
    struct link_facts *link = data;
    g_free(link->origin);
    g_free(link->external_id);
    g_free(link->unknown_roles);
    g_free(link->profile);
    g_array_unref(link->projects);
    g_free(link);
}

static PersonFacts *facts_new(void)
{
    PersonFacts *facts = g_new0(struct person_facts, 1);
    facts->projects = roles_new();
    facts->overrides = roles_new();
    facts->links = g_ptr_array_new_with_free_func(link_free);
    facts->stands_in = g_ptr_array_new_with_free_func(g_free);
    return facts;
}

void person_facts_free(PersonFacts *facts)
{
    if (facts == NULL)
        return;
    g_free(facts->id);
    g_free(facts->user_name);
    g_free(facts->address);
    g_free(facts->profile);
    g_free(facts->display_name);
    g_free(facts->reason);
    g_free(facts->invitation);
    g_array_unref(facts->projects);
    g_array_unref(facts->overrides);
    g_ptr_array_unref(facts->links);
    g_ptr_array_unref(facts->stands_in);
    if (facts->groups != NULL)
        g_ptr_array_unref(facts->groups);
    g_free(facts);
}

static void facts_destroy(gpointer data)
{
    person_facts_free(data);
}

static void add_role(GArray *roles, struct store_rows *rows, int column)
{
    struct project_role_facts entry = {
        .project = g_strdup(store_text_at(rows, column)),
        .role = (enum project_role)store_int_at(rows, column + 1),
    };
    g_array_append_val(roles, entry);
}

static PersonFacts *read_person(struct store_rows *rows, gint64 now)
{
    PersonFacts *facts = facts_new();
    facts->id = g_strdup(store_text_at(rows, 0));
    facts->user_name = g_strdup(store_text_at(rows, 1));
    facts->address = g_strdup(store_text_at(rows, 2));
    facts->profile = g_strdup(store_text_at(rows, 3));
    facts->display_name = g_strdup(store_text_at(rows, 4));
    enum person_status stored = PERSON_SUSPENDED;
    person_status_parse(store_text_at(rows, 5), &stored);
    facts->reason = g_strdup(store_text_at(rows, 6));
    facts->protected = store_int_at(rows, 7) != 0;
    facts->suspended_by_owner = store_int_at(rows, 8) != 0;
    facts->role = (enum organization_role)store_int_at(rows, 9);
    facts->joined_at = store_int_at(rows, 10);
    facts->expires_at = store_int_at(rows, 11);
    facts->created = store_int_at(rows, 12);
    facts->modified = store_int_at(rows, 13);
    facts->version = store_int_at(rows, 14);
    facts->invitation = g_strdup(store_text_at(rows, 15));
    facts->waiting_since = store_int_at(rows, 16);
    facts->status = person_status_at(stored, facts->expires_at, now);
    /* The sweep will count this as a change: the version is already the one it will give. */
    if (facts->status != stored) {
        facts->version++;
        facts->modified = facts->expires_at;
    }
    return facts;
}

/* Runs head, condition and tail as one text. */
static struct store_rows *query(const struct selection *selection, const char *head,
                                const char *tail)
{
    g_autofree char *sql = g_strconcat(head, selection->condition, tail, NULL);
    return store_query(selection->session, sql, selection->values, selection->keep);
}

static PersonFacts *find(const struct selection *selection, struct store_rows *rows)
{
    return g_hash_table_lookup(selection->by_id, store_text_at(rows, 0));
}

static gboolean select_people(const struct selection *selection, GError **error)
{
    struct store_rows *rows = query(
        selection,
        "SELECT p.id, p.user_name, p.address, p.profile, p.display_name,"
        " CASE WHEN p.held_as <> '' THEN p.held_as ELSE p.status END, p.reason,"
        " p.protected, p.owner_suspended, p.role, p.accepted_at, p.expires_at, p.created,"
        " p.modified, p.version,"
        " (SELECT i.id FROM invitation i WHERE i.organization = p.organization"
        "  AND i.person = p.id AND p.status IN ('invited', 'expired')"
        "  AND i.status IN ('pending', 'expired')"
        "  ORDER BY i.status = 'pending' DESC, i.created DESC, i.sent_at DESC, i.id LIMIT 1),"
        " p.waiting_since"
        " FROM person p WHERE ",
        " ORDER BY p.seq");
    while (store_next(rows)) {
        PersonFacts *facts = read_person(rows, selection->now);
        g_ptr_array_add(selection->people, facts);
        g_hash_table_insert(selection->by_id, facts->id, facts);
    }
    return store_end(rows, error);
}

static gboolean select_links(const struct selection *selection, GError **error)
{
    struct store_rows *rows =
        query(selection,
              "SELECT l.person, l.origin, l.external_id, l.active, l.role, l.attached,"
              " l.rehearsed, l.unknown_roles, l.profile FROM link l"
              " JOIN person p ON p.organization = l.organization AND p.id = l.person WHERE ",
              " ORDER BY l.seq");
    while (store_next(rows)) {
        PersonFacts *facts = find(selection, rows);
        struct link_facts *link = g_new0(struct link_facts, 1);
        link->origin = g_strdup(store_text_at(rows, 1));
        link->external_id = g_strdup(store_text_at(rows, 2));
        link->active = store_int_at(rows, 3) != 0;
        link->role = (enum organization_role)store_int_at(rows, 4);
        link->attached = store_int_at(rows, 5) != 0;
        link->rehearsed = store_int_at(rows, 6) != 0;
        link->unknown_roles = g_strdup(store_text_at(rows, 7));
        link->profile = g_strdup(store_text_at(rows, 8));
        link->projects = roles_new();
        g_ptr_array_add(facts->links, link);
    }
    return store_end(rows, error);
}

static gboolean select_link_projects(const struct selection *selection, GError **error)
{
    struct store_rows *rows =
        query(selection,
              "SELECT l.person, l.origin, l.project, l.role FROM link_project l"
              " JOIN person p ON p.organization = l.organization AND p.id = l.person WHERE ",
              " ORDER BY l.project");
    while (store_next(rows)) {
        PersonFacts *facts = find(selection, rows);
        const struct link_facts *link = person_facts_link(facts, store_text_at(rows, 1));
        if (link != NULL)
            add_role(link->projects, rows, 2);
    }
    return store_end(rows, error);
}

static gboolean select_overrides(const struct selection *selection, GError **error)
{
    struct store_rows *rows =
        query(selection,
              "SELECT o.person, o.project, o.role FROM override o"
              " JOIN person p ON p.organization = o.organization AND p.id = o.person WHERE ",
              " ORDER BY o.project");
    while (store_next(rows)) {
        PersonFacts *facts = find(selection, rows);
        if (*store_text_at(rows, 1) == '\0')
            facts->override = (enum organization_role)store_int_at(rows, 2);
        else
            add_role(facts->overrides, rows, 1);
    }
    return store_end(rows, error);
}

static gboolean select_stand_ins(const struct selection *selection, GError **error)
{
    struct store_rows *rows =
        query(selection,
              "SELECT s.person, s.project FROM stand_in s"
              " JOIN person p ON p.organization = s.organization AND p.id = s.person WHERE ",
              " ORDER BY s.project");
    while (store_next(rows))
        g_ptr_array_add(find(selection, rows)->stands_in, g_strdup(store_text_at(rows, 1)));
    return store_end(rows, error);
}

static gboolean select_projects(const struct selection *selection, GError **error)
{
    struct store_rows *rows =
        query(selection,
              "SELECT e.person, e.project, e.role FROM person_project e"
              " JOIN person p ON p.organization = e.organization AND p.id = e.person WHERE ",
              " ORDER BY e.project");
    while (store_next(rows))
        add_role(find(selection, rows)->projects, rows, 1);
    return store_end(rows, error);
}

GPtrArray *person_facts_select(StoreSession *session, const char *condition,
                               const struct store_value *values, gint64 now, gboolean keep,
                               GError **error)
{
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(facts_destroy);
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
    const struct selection selection = {.session = session,
                                        .condition = condition,
                                        .values = values,
                                        .keep = keep,
                                        .now = now,
                                        .people = people,
                                        .by_id = by_id};
    if (!select_people(&selection, error))
        return NULL;
    if (people->len > 0 &&
        !(select_links(&selection, error) && select_link_projects(&selection, error) &&
          select_overrides(&selection, error) && select_stand_ins(&selection, error) &&
          select_projects(&selection, error)))
        return NULL;
    return g_steal_pointer(&people);
}

gboolean person_facts_read(StoreSession *session, const char *organization, const char *id,
                           gint64 now, PersonFacts **facts, GError **error)
{
    g_autoptr(GPtrArray) people = person_facts_select(
        session, "p.organization = ? AND p.id = ?",
        STORE_BIND(store_text(organization), store_text(id)), now, TRUE, error);
    if (people == NULL)
        return FALSE;
    *facts = people->len > 0 ? g_ptr_array_steal_index(people, 0) : NULL;
    return TRUE;
}

const struct link_facts *person_facts_link(const struct person_facts *facts, const char *origin)
{
    for (guint i = 0; i < facts->links->len; i++) {
        const struct link_facts *link = facts->links->pdata[i];
        if (strcmp(link->origin, origin) == 0)
            return link;
    }
    return NULL;
}

enum project_role project_roles_find(const GArray *projects, const char *project)
{
    for (guint i = 0; i < projects->len; i++) {
        const struct project_role_facts *entry =
            &g_array_index(projects, struct project_role_facts, i);
        if (strcmp(entry->project, project) == 0)
            return entry->role;
    }
    return PROJECT_ROLE_NONE;
}

static gboolean find_id(StoreSession *session, const char *sql,
                        const struct store_value *values, char **id, GError **error)
{
    struct store_rows *rows = store_query(session, sql, values, TRUE);
    *id = store_next(rows) ? g_strdup(store_text_at(rows, 0)) : NULL;
    return store_end(rows, error);
}

gboolean person_find_by_user_name(StoreSession *session, const char *organization,
                                  const char *user_name, char **id, GError **error)
{
    g_autofree char *folded = address_fold(user_name);
    return find_id(session,
                   "SELECT id FROM person WHERE organization = ? AND user_name_folded = ?",
                   STORE_BIND(store_text(organization), store_text(folded)), id, error);
}

gboolean person_find_by_address(StoreSession *session, const char *organization,
                                const char *address, char **id, GError **error)
{
    g_autofree char *folded = address_fold(address);
    return find_id(session,
                   "SELECT id FROM person WHERE organization = ? AND address_folded = ?",
                   STORE_BIND(store_text(organization), store_text(folded)), id, error);
}

gboolean person_find_by_external_id(StoreSession *session, const char *organization,
                                    const char *origin, const char *external_id, char **id,
                                    GError **error)
{
    return find_id(
        session,
        "SELECT person FROM link"
        " WHERE organization = ? AND origin = ? AND external_id = ?"
        " ORDER BY seq LIMIT 1",
        STORE_BIND(store_text(organization), store_text(origin), store_text(external_id)), id,
        error);
}
