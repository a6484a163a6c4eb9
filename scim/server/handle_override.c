#include "scim/server/handle_override.h"

#include "scim/organization/person_list.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/entity_tag.h"
#include "scim/server/list_query.h"
#include "scim/server/override_codec.h"
#include "scim/server/user_codec.h"

json_t *handle_override_all(struct call *call)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) people =
        person_list_overridden(call->session, call->organization, call->now, &error);
    if (people == NULL) {
        call_store_failed(call, error);
        return NULL;
    }
    json_t *all = json_array();
    for (guint i = 0; i < people->len; i++) {
        override_codec_print_all(call->base, g_ptr_array_index(people, i), all);
    }
    return all;
}

gboolean handle_override_list(struct call *call)
{
    return list_query_serve(call, &schema_tables_override, handle_override_all);
}

/* What the path names. */
struct found {
    PersonFacts *facts;
    char *project; /* NULL: the organization role */
    json_t *resource;
};

static void found_clear(struct found *found)
{
    g_clear_pointer(&found->facts, person_facts_free);
    g_clear_pointer(&found->project, g_free);
    json_decref(found->resource);
}

/* FALSE with a fault; to be cleared either way. */
static gboolean find(struct call *call, struct found *found)
{
    g_autofree char *person = NULL;
    *found = (struct found){0};
    override_codec_parse_id(call->captured[0], &person, &found->project);
    found->facts = user_codec_find(call, person);
    if (found->facts == NULL) {
        return FALSE;
    }
    found->resource = override_codec_print(call->base, found->facts, found->project);
    return found->resource != NULL || call_missing(call);
}

static gboolean answer(struct call *call, const struct found *found,
                       const Projection *projection)
{
    return entity_tag_is_known(call, found->facts->version) ||
           call_answer(call, 200, projection_apply(projection, found->resource));
}

gboolean handle_override_read(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_override);
    struct found found = {0};
    gboolean good =
        projection != NULL && find(call, &found) && answer(call, &found, projection);
    found_clear(&found);
    return good;
}

static gboolean lift(struct call *call, const struct found *found)
{
    const struct act act = {
        .kind = ACT_OVERRIDE_LIFT, .id = found->facts->id, .name = found->project};
    struct verdict verdict = {0};
    gboolean good = call_judge(call, &act, &verdict) && call_answer_empty(call, 204);
    verdict_clear(&verdict);
    return good;
}

gboolean handle_override_lift(struct call *call)
{
    struct found found = {0};
    gboolean good = find(call, &found) && entity_tag_check(call, found.facts->version) &&
                    lift(call, &found);
    found_clear(&found);
    return good;
}
