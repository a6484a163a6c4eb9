#include "scim/server/handle_user.h"

#include <string.h>

#include "scim/organization/person_list.h"
#include "scim/protocol/filter_match.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/entity_tag.h"
#include "scim/server/list_query.h"
#include "scim/server/user_codec.h"

gboolean handle_user_read(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_user);
    if (projection == NULL) {
        return FALSE;
    }
    g_autoptr(PersonFacts) facts = user_codec_find(call, call->captured[0]);
    gboolean had_reason = facts != NULL && facts->reason != NULL;
    if (facts == NULL || !user_codec_add_reason(call, facts)) {
        return FALSE;
    }
    /* What became of a mail does not change the person's version: the whole is answered. */
    if (!had_reason && facts->reason != NULL) {
        return user_codec_answer(call, 200, facts, projection);
    }
    return entity_tag_is_known(call, facts->version) ||
           user_codec_answer(call, 200, facts, projection);
}

/* What person_list() needs to look at a person as the caller does. */
struct matching {
    struct user_view view;
    const struct filter *filter;
};

static gboolean matches(void *context, const struct person_facts *facts)
{
    const struct matching *matching = context;
    json_t *user = user_codec_print(&matching->view, facts);
    gboolean match = filter_match(matching->filter, user);
    json_decref(user);
    return match;
}

/* `userName eq "x"` or `externalId eq "x"`: then a protected owner is found as well, so that a
 * provider learns that it need not create it. */
static gboolean asks_for_one(const struct filter *filter)
{
    const struct filter_node *root = filter != NULL ? filter->root : NULL;
    if (root == NULL || root->kind != FILTER_COMPARE || root->comparison != FILTER_EQ ||
        root->reference.attribute == NULL || root->reference.container != NULL) {
        return FALSE;
    }
    const char *name = root->reference.attribute->name;
    return strcmp(name, "userName") == 0 || strcmp(name, "externalId") == 0;
}

/* NULL with a fault. */
static json_t *print_people(struct call *call, const struct user_view *view,
                            const GPtrArray *people)
{
    json_t *users = json_array();
    for (guint i = 0; i < people->len; i++) {
        struct person_facts *facts = g_ptr_array_index(people, i);
        if (!user_codec_add_reason(call, facts)) {
            json_decref(users);
            return NULL;
        }
        json_array_append_new(users, user_codec_print(view, facts));
    }
    return users;
}

static gboolean answer_list(struct call *call, const struct list_query *query)
{
    struct matching matching = {user_codec_reader(call), query->filter};
    const struct person_query wanted = {
        .organization = call->organization,
        .filter = query->filter != NULL ? query->filter->root : NULL,
        .matches = matches,
        .context = &matching,
        .view = matching.view.origin,
        .hide_protected =
            call->bearer->kind == ACTOR_CONNECTION && !asks_for_one(query->filter),
        /* To be put in another order they must all be there. */
        .start = query->sorts ? 0 : query->page.start_index - 1,
        .count = query->sorts ? G_MAXINT32 : query->page.count,
        .now = call->now,
    };
    struct person_page page = {0};
    GError *error = NULL;
    if (!person_list(call->session, &wanted, &page, &error)) {
        return call_store_failed(call, error);
    }
    json_t *users = print_people(call, &matching.view, page.people);
    gint64 total = page.total;
    person_page_clear(&page);
    if (users == NULL) {
        return FALSE;
    }
    return query->sorts ? list_query_answer(call, query, users)
                        : list_query_answer_page(call, query, total, users);
}

gboolean handle_user_list(struct call *call)
{
    gboolean known = FALSE;
    if (!entity_tag_of_list(call, &known) || known) {
        return known;
    }
    struct list_query query;
    gboolean good =
        list_query_read(call, &schema_tables_user, &query) && answer_list(call, &query);
    list_query_clear(&query);
    return good;
}

gboolean handle_user_search(struct call *call)
{
    struct list_query query;
    gboolean good =
        list_query_read_search(call, &schema_tables_user, &query) && answer_list(call, &query);
    list_query_clear(&query);
    return good;
}
