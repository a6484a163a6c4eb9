#include "scim/organization/waiting.h"

static gint64 seat_of(const struct person_facts *facts)
{
    return facts != NULL && person_status_holds_seat(facts->status);
}

/* Who is not settled yet stands as before, but for who is gone. */
static gint64 seats_taken(const struct change *change, const struct touched *but)
{
    gint64 taken = change->home->seats_used - seat_of(but->before);
    for (guint i = 0; i < change->touched->len; i++) {
        const struct touched *touched = change->touched->pdata[i];
        if (touched != but && (touched->after != NULL || touched->is_gone))
            taken += seat_of(touched->after) - seat_of(touched->before);
    }
    return taken;
}

gboolean waiting_must(const struct change *change, const struct touched *touched)
{
    gboolean may_wait = touched->may_wait || (change->actor->kind == ACTOR_CONNECTION &&
                                              change->actor->waits_at_cap);
    return may_wait && seat_of(touched->before) == 0 &&
           seats_taken(change, touched) >= change->home->seats;
}

GPtrArray *waiting_next(StoreSession *session, const char *organization, GError **error)
{
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);
    struct store_rows *rows =
        store_query(session,
                    "SELECT id FROM person WHERE organization = ?1 AND held_as = 'waiting'"
                    " ORDER BY waiting_since, seq LIMIT (SELECT CASE WHEN seats > seats_used"
                    "  THEN seats - seats_used ELSE 0 END FROM organization WHERE name = ?1)",
                    STORE_BIND(store_text(organization)), TRUE);
    while (store_next(rows))
        g_ptr_array_add(people, g_strdup(store_text_at(rows, 0)));
    return store_end(rows, error) ? g_steal_pointer(&people) : NULL;
}

gboolean waiting_place(StoreSession *session, const char *organization,
                       const struct person_facts *facts, gint64 *place, GError **error)
{
    *place = 0;
    return facts->status != PERSON_WAITING ||
           store_number(session,
                        "SELECT COUNT(*) FROM person p JOIN person me"
                        " ON me.organization = p.organization AND me.id = ?2"
                        " WHERE p.organization = ?1 AND p.held_as = 'waiting'"
                        " AND (p.waiting_since < me.waiting_since"
                        "  OR (p.waiting_since = me.waiting_since AND p.seq <= me.seq))",
                        STORE_BIND(store_text(organization), store_text(facts->id)), 0, place,
                        error);
}

char *waiting_reason(gint64 place)
{
    return g_strdup_printf("%s They are number %" G_GINT64_FORMAT " in the line.",
                           WAITING_REASON, place);
}
