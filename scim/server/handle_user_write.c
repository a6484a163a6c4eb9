#include "scim/server/handle_user_write.h"

#include "scim/protocol/body.h"
#include "scim/protocol/resource_check.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/entity_tag.h"
#include "scim/server/user_codec.h"
#include "scim/server/user_draft.h"
#include "scim/server/user_edit.h"

static gboolean is_lenient(const struct call *call)
{
    return call->bearer->kind == ACTOR_CONNECTION && !call->bearer->is_strict;
}

gboolean handle_user_write_create(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_user);
    json_t *after = projection != NULL ? resource_check(&schema_tables_user, call->body, NULL,
                                                        &call->tolerances, &call->fault)
                                       : NULL;
    if (after == NULL) {
        return FALSE;
    }
    const struct user_draft_source source = {after, NULL, ROLE_READING_ONCE, is_lenient(call)};
    struct user_draft draft = {0};
    struct verdict verdict = {0};
    gboolean good = user_draft_read(&source, &draft, &call->tolerances, &call->fault) &&
                    call_check_strictness(call);
    if (good) {
        const struct act act = {.kind = ACT_PERSON_CREATE, .draft = &draft.draft};
        good = call_judge(call, &act, &verdict);
    }
    user_edit_count(call, &verdict);
    if (good) {
        g_autoptr(PersonFacts) facts = user_codec_find(call, verdict.id);
        good = facts != NULL && user_codec_answer(call, 201, facts, projection);
    }
    verdict_clear(&verdict);
    user_draft_clear(&draft);
    json_decref(after);
    return good;
}

/* What both edits begin with: the person, the precondition, the resource before. */
static PersonFacts *begin_edit(struct call *call, json_t **before)
{
    g_autoptr(PersonFacts) facts = user_codec_find(call, call->captured[0]);
    if (facts == NULL || !entity_tag_check(call, facts->version)) {
        return NULL;
    }
    /* Only of who sends back whole what was read: whether it says something else of them. */
    if (body_member(call->body, "groups") != NULL && !user_codec_add_groups(call, facts)) {
        return NULL;
    }
    struct user_view view = user_codec_writer(call);
    *before = user_codec_print(&view, facts);
    return g_steal_pointer(&facts);
}

static gboolean edit(struct call *call, enum role_reading reading,
                     json_t *(*read)(struct call *call, const json_t *before))
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_user);
    json_t *before = NULL;
    g_autoptr(PersonFacts) facts = projection != NULL ? begin_edit(call, &before) : NULL;
    if (facts == NULL) {
        return FALSE;
    }
    json_t *after = read(call, before);
    if (after != NULL && reading == ROLE_READING_ONCE) {
        user_codec_forget_read(call, facts, before, after);
    }
    gboolean good = user_edit_apply(call, facts, before, after, reading) &&
                    user_edit_answer(call, facts->id, projection);
    json_decref(after);
    json_decref(before);
    return good;
}

static json_t *read_whole(struct call *call, const json_t *before)
{
    return resource_check(&schema_tables_user, call->body, before, &call->tolerances,
                          &call->fault);
}

gboolean handle_user_write_replace(struct call *call)
{
    return resource_check_id(call->body, call->captured[0], &call->fault) &&
           edit(call, ROLE_READING_ONCE, read_whole);
}

gboolean handle_user_write_patch(struct call *call)
{
    return edit(call, ROLE_READING_LAST, user_edit_patch);
}

gboolean handle_user_write_remove(struct call *call)
{
    g_autoptr(PersonFacts) facts = user_codec_find(call, call->captured[0]);
    if (facts == NULL || !entity_tag_check(call, facts->version)) {
        return FALSE;
    }
    const struct act act = {.kind = ACT_PERSON_REMOVE, .id = facts->id};
    struct verdict verdict = {0};
    gboolean good = call_judge(call, &act, &verdict) && call_answer_empty(call, 204);
    verdict_clear(&verdict);
    return good;
}
