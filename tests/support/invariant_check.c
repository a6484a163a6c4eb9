#include "tests/support/invariant_check.h"

#include "scim/store/store_open.h"

/* Each query finds what must not be: a row is a broken invariant, its first column says where. */
struct invariant {
    const char *name;
    const char *sql;
};

static const struct invariant invariants[] = {
    {"I1: an organization without an active owner",
     "SELECT name FROM organization o WHERE NOT EXISTS (SELECT 1 FROM person p WHERE"
     " p.organization = o.name AND p.status = 'active' AND p.role = 3)"},
    {"I2: a project without an active admin",
     "SELECT j.organization || '/' || j.name FROM project j WHERE NOT EXISTS ("
     " SELECT 1 FROM person_project e JOIN person p"
     "  ON p.organization = e.organization AND p.id = e.person"
     " WHERE e.organization = j.organization AND e.project = j.name AND e.role = 3"
     "  AND p.status = 'active')"},
    {"I3: more seats held than the cap or the ceiling allows",
     "SELECT o.name FROM organization o WHERE (SELECT COUNT(*) FROM person p WHERE"
     " p.organization = o.name AND p.status IN ('active', 'invited'))"
     " > MAX(o.seats, o.seats_ceiling)"},
    {"I3: a ceiling above the cap that use has fallen below",
     "SELECT name FROM organization WHERE seats_ceiling > seats AND seats_ceiling > "
     "seats_used"},
    {"the count of seats is wrong",
     "SELECT o.name FROM organization o WHERE o.seats_used <> (SELECT COUNT(*) FROM person p"
     " WHERE p.organization = o.name AND p.status IN ('active', 'invited'))"},
    {"the count of owners is wrong",
     "SELECT o.name FROM organization o WHERE o.owners <> (SELECT COUNT(*) FROM person p WHERE"
     " p.organization = o.name AND p.status = 'active' AND p.role = 3)"},
    {"the count of a project's admins is wrong",
     "SELECT j.organization || '/' || j.name FROM project j WHERE j.admins <> ("
     " SELECT COUNT(*) FROM person_project e JOIN person p"
     "  ON p.organization = e.organization AND p.id = e.person"
     " WHERE e.organization = j.organization AND e.project = j.name AND e.role = 3"
     "  AND p.status = 'active')"},
    {"I4: a project role without an organization role",
     "SELECT p.organization || '/' || p.id FROM person p JOIN person_project e"
     " ON e.organization = p.organization AND e.person = p.id"
     " WHERE p.role = 0 AND p.status <> 'suspended'"},
    {"an effective project role that nothing gives",
     "SELECT e.organization || '/' || e.person || ' in ' || e.project FROM person_project e"
     " WHERE e.role <> COALESCE("
     "  (SELECT o.role FROM override o WHERE o.organization = e.organization"
     "   AND o.person = e.person AND o.project = e.project),"
     "  (SELECT 3 FROM stand_in s WHERE s.organization = e.organization AND s.person = e.person"
     "   AND s.project = e.project),"
     "  (SELECT MAX(lp.role) FROM link_project lp JOIN link l ON l.organization = "
     "lp.organization"
     "   AND l.person = lp.person AND l.origin = lp.origin WHERE lp.organization = "
     "e.organization"
     "   AND lp.person = e.person AND lp.project = e.project AND l.active = 1"
     "   AND l.rehearsed = 0), 0)"},
    {"a project role of an active link that has no effect",
     "SELECT lp.organization || '/' || lp.person || ' in ' || lp.project FROM link_project lp"
     " JOIN link l ON l.organization = lp.organization AND l.person = lp.person"
     "  AND l.origin = lp.origin WHERE l.active = 1 AND l.rehearsed = 0 AND NOT EXISTS (SELECT "
     "1 FROM "
     "person_project e"
     "  WHERE e.organization = lp.organization AND e.person = lp.person"
     "   AND e.project = lp.project) AND NOT EXISTS (SELECT 1 FROM override o"
     "  WHERE o.organization = lp.organization AND o.person = lp.person"
     "   AND o.project = lp.project AND o.role = 0)"},
    {"an effective organization role that nothing gives",
     "SELECT p.organization || '/' || p.id FROM person p WHERE p.role <> COALESCE("
     " (SELECT o.role FROM override o WHERE o.organization = p.organization AND o.person = p.id"
     "  AND o.project = ''), (SELECT MAX(l.role) FROM link l WHERE l.organization = "
     "p.organization"
     "  AND l.person = p.id AND l.active = 1 AND l.rehearsed = 0), (SELECT MAX(MIN(e.role, 1)) "
     "FROM person_project "
     "e"
     "  WHERE e.organization = p.organization AND e.person = p.id), 0)"},
    {"somebody who lives without a link",
     "SELECT organization || '/' || id FROM person p WHERE NOT EXISTS (SELECT 1 FROM link l"
     " WHERE l.organization = p.organization AND l.person = p.id)"},
    {"somebody active or invited whom an origin or an owner suspended",
     "SELECT organization || '/' || id FROM person p WHERE status <> 'suspended' AND"
     " (owner_suspended = 1 OR EXISTS (SELECT 1 FROM link l"
     "  WHERE l.organization = p.organization AND l.person = p.id AND l.active = 0"
     "   AND l.rehearsed = 0))"},
    {"somebody suspended by nobody",
     "SELECT organization || '/' || id FROM person p WHERE status = 'suspended' AND"
     " owner_suspended = 0 AND NOT EXISTS (SELECT 1 FROM link l"
     "  WHERE l.organization = p.organization AND l.person = p.id AND l.active = 0"
     "   AND l.rehearsed = 0)"},
    {"held_as of somebody who is not held",
     "SELECT organization || '/' || id FROM person WHERE held_as <> '' AND status <> 'held'"},
    {"somebody waits for a seat since no time, or does not and has one",
     "SELECT organization || '/' || id FROM person"
     " WHERE (held_as = 'waiting') <> (waiting_since > 0)"},
    {"somebody waits who could not be invited or restored",
     "SELECT organization || '/' || id FROM person WHERE held_as = 'waiting'"
     " AND address IS NULL AND accepted_at = 0"},
    {"rehearsed, or not, against what their links say",
     "SELECT organization || '/' || id FROM person p WHERE status <> 'suspended' AND"
     " (held_as = 'rehearsed') <> (NOT EXISTS (SELECT 1 FROM link l"
     "  WHERE l.organization = p.organization AND l.person = p.id AND l.rehearsed = 0"
     "   AND l.attached = 0) AND EXISTS (SELECT 1 FROM link l"
     "  WHERE l.organization = p.organization AND l.person = p.id AND l.rehearsed = 1))"},
    {"a link in rehearsal of a connection that is not, or the reverse",
     "SELECT l.organization || '/' || l.person FROM link l JOIN connection c"
     " ON c.organization = l.organization AND l.origin = 'scim:' || c.name"
     " WHERE c.scope = 'people' AND (l.rehearsed <> 0) <> (c.rehearsal <> 0)"},
    {"somebody whom a rehearsal alone knows takes an address",
     "SELECT organization || '/' || id FROM person WHERE held_as = 'rehearsed'"
     " AND address IS NOT NULL"},
    {"I5: a pending invitation of somebody who is not invited, or the reverse",
     "SELECT p.organization || '/' || p.id FROM person p WHERE (p.status = 'invited') <>"
     " EXISTS (SELECT 1 FROM invitation i WHERE i.organization = p.organization"
     "  AND i.person = p.id AND i.status = 'pending' AND i.expires_at = p.expires_at)"},
    {"I5: a pending invitation of nobody",
     "SELECT i.organization || '/' || i.id FROM invitation i WHERE i.status = 'pending'"
     " AND NOT EXISTS (SELECT 1 FROM person p"
     "  WHERE p.organization = i.organization AND p.id = i.person)"},
    {"I5: a token that is not pending any more",
     "SELECT organization || '/' || id FROM invitation WHERE status <> 'pending'"
     " AND token_hash IS NOT NULL"},
    {"a stand-in who is not an active owner",
     "SELECT s.organization || '/' || s.project FROM stand_in s JOIN person p"
     " ON p.organization = s.organization AND p.id = s.person"
     " WHERE p.status <> 'active' OR p.role <> 3"},
    {"a row of another organization's person or project",
     "SELECT e.person FROM person_project e WHERE NOT EXISTS (SELECT 1 FROM person p"
     " WHERE p.organization = e.organization AND p.id = e.person) OR NOT EXISTS ("
     " SELECT 1 FROM project j WHERE j.organization = e.organization AND j.name = e.project)"},
};

static char *check_one(StoreSession *session, const struct invariant *invariant)
{
    g_autoptr(GError) error = NULL;
    char *broken = NULL;
    struct store_rows *rows = store_query(session, invariant->sql, STORE_NOTHING, TRUE);
    if (store_next(rows))
        broken = g_strdup_printf("%s: %s", invariant->name, store_text_at(rows, 0));
    if (store_end(rows, &error))
        return broken;
    g_free(broken);
    return g_strdup_printf("%s: cannot be asked: %s", invariant->name, error->message);
}

/* Whoever accepted did so in time, and nobody's times are in the future. */
static char *check_clock(StoreSession *session, gint64 now)
{
    gint64 count = 0;
    if (!store_number(session,
                      "SELECT COUNT(*) FROM invitation WHERE status = 'accepted'"
                      " AND closed_at >= expires_at OR sent_at > ?",
                      STORE_BIND(store_int(now)), 0, &count, NULL))
        return g_strdup("the clock cannot be checked");
    return count == 0 ? NULL : g_strdup("I5: an invitation accepted after its time");
}

char *invariant_check(StoreSession *session, gint64 now)
{
    for (gsize i = 0; i < G_N_ELEMENTS(invariants); i++) {
        char *broken = check_one(session, &invariants[i]);
        if (broken != NULL)
            return broken;
    }
    return now == 0 ? NULL : check_clock(session, now);
}

char *invariant_check_at(const char *uri, gint64 now)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = store_open(uri, &error);
    if (store == NULL)
        return g_strdup(error->message);
    g_autoptr(StoreSession) session = store_session_open(store, STORE_READ, &error);
    return session == NULL ? g_strdup(error->message) : invariant_check(session, now);
}
