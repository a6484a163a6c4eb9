#include "scim/server/handle_me.h"

#include <string.h>

#include "scim/protocol/schema_tables.h"
#include "scim/server/entity_tag.h"
#include "scim/server/user_codec.h"
#include "scim/server/user_edit.h"

/* The person of the token, or NULL with 404: a service is nobody. */
static PersonFacts *find_me(struct call *call)
{
    if (call->bearer->kind != ACTOR_PERSON) {
        fault_set_status(&call->fault, 404, "this token is a service's: there is no person");
        return NULL;
    }
    return user_codec_find(call, call->bearer->person);
}

static void set_location(struct call *call, const struct person_facts *facts)
{
    g_autofree char *location = g_strdup_printf("%s/Users/%s", call->base, facts->id);
    exchange_set_header(call->exchange, "Location", location);
}

gboolean handle_me_read(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_user);
    g_autoptr(PersonFacts) facts = projection != NULL ? find_me(call) : NULL;
    if (facts == NULL) {
        return FALSE;
    }
    set_location(call, facts);
    return entity_tag_is_known(call, facts->version) ||
           user_codec_answer(call, 200, facts, projection);
}

static gboolean leave_project(struct call *call, const char *project)
{
    const struct act act = {.kind = ACT_LEAVE_PROJECT, .name = project};
    struct verdict verdict = {0};
    gboolean good = call_judge(call, &act, &verdict);
    verdict_clear(&verdict);
    return good;
}

/* Leaves every project whose role `after` no longer has, and takes those roles out of `before`:
 * what then still differs is an edit like any other. */
static gboolean leave_projects(struct call *call, const struct person_facts *facts,
                               const struct role_grants *wanted, GArray *stays)
{
    for (guint i = 0; i < facts->projects->len; i++) {
        const struct project_role_facts *held =
            &g_array_index(facts->projects, struct project_role_facts, i);
        gboolean is_wanted = FALSE;
        for (guint j = 0; j < wanted->projects->len; j++) {
            is_wanted = is_wanted ||
                        strcmp(g_array_index(wanted->projects, struct project_grant, j).project,
                               held->project) == 0;
        }
        if (is_wanted) {
            g_array_append_val(stays, *held);
        } else if (!leave_project(call, held->project)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* The rest of the edit, when there is one. */
static gboolean edit_rest(struct call *call, const struct person_facts *facts, json_t *before,
                          json_t *after, const GArray *stays)
{
    json_t *left = json_copy(before);
    json_t *roles = role_codec_print(facts->role, stays);
    if (json_array_size(roles) > 0) {
        json_object_set(left, "roles", roles);
    } else {
        json_object_del(left, "roles");
    }
    json_decref(roles);
    gboolean good =
        json_equal(left, after) || user_edit_apply(call, facts, left, after, ROLE_READING_LAST);
    json_decref(left);
    return good;
}

static gboolean edit_me(struct call *call, const struct person_facts *facts, json_t *before,
                        json_t *after)
{
    struct role_grants wanted;
    g_autoptr(GArray) stays = g_array_new(FALSE, FALSE, sizeof(struct project_role_facts));
    const struct role_source source = {.roles = json_object_get(after, "roles"),
                                       .before = json_object_get(before, "roles"),
                                       .reading = ROLE_READING_LAST};
    gboolean good = role_codec_read(&source, &wanted, &call->tolerances, &call->fault) &&
                    leave_projects(call, facts, &wanted, stays) &&
                    edit_rest(call, facts, before, after, stays);
    role_grants_clear(&wanted);
    return good;
}

/* Several acts, one request: all of them or none (RFC 7644 3.5.2). */
static gboolean edit_me_whole(struct call *call, const struct person_facts *facts,
                              json_t *before, json_t *after)
{
    GError *error = NULL;
    if (!store_savepoint(call->session, &error)) {
        return call_store_failed(call, error);
    }
    if (!edit_me(call, facts, before, after)) {
        /* A store that failed may have rolled everything back already. */
        if (store_in_transaction(call->session) && !store_undo(call->session, &error)) {
            fault_clear(&call->fault);
            return call_store_failed(call, error);
        }
        return FALSE;
    }
    return store_release(call->session, &error) || call_store_failed(call, error);
}

gboolean handle_me_patch(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_user);
    g_autoptr(PersonFacts) facts = projection != NULL ? find_me(call) : NULL;
    if (facts == NULL || !entity_tag_check(call, facts->version)) {
        return FALSE;
    }
    struct user_view view = user_codec_writer(call);
    json_t *before = user_codec_print(&view, facts);
    json_t *after = user_edit_patch(call, before);
    gboolean good = after != NULL && edit_me_whole(call, facts, before, after) &&
                    user_edit_answer(call, facts->id, projection);
    if (good) {
        set_location(call, facts);
    }
    json_decref(after);
    json_decref(before);
    return good;
}

gboolean handle_me_leave(struct call *call)
{
    g_autoptr(PersonFacts) facts = find_me(call);
    if (facts == NULL || !entity_tag_check(call, facts->version)) {
        return FALSE;
    }
    const struct act act = {.kind = ACT_LEAVE_ORGANIZATION};
    struct verdict verdict = {0};
    gboolean good = call_judge(call, &act, &verdict) && call_answer_empty(call, 204);
    verdict_clear(&verdict);
    return good;
}
