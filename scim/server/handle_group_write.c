#include "scim/server/handle_group_write.h"

#include "scim/protocol/body.h"
#include "scim/protocol/resource_check.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/entity_tag.h"
#include "scim/server/group_codec.h"
#include "scim/server/group_member_form.h"
#include "scim/server/group_patch.h"

/* Ids that are nobody's were left out (a strict connection never gets here), and what was so already
 * was not done again: both are counted. */
static void note(struct call *call, const struct verdict *verdict)
{
    for (guint i = 0; i < verdict->unknown_members; i++) {
        tolerance_note(&call->tolerances, TOLERANCE_UNKNOWN);
    }
    for (guint i = 0; i < verdict->repeated_members; i++) {
        tolerance_note(&call->tolerances, TOLERANCE_REPEATED);
    }
}

static gboolean answer_empty(struct call *call, gint64 version)
{
    g_autofree char *tag = entity_tag_of_version(version);
    exchange_set_header(call->exchange, "ETag", tag);
    return call_answer_empty(call, 204);
}

/* `status` 204 answers without the group. */
static gboolean judge_and_answer(struct call *call, enum act_kind kind,
                                 struct group_draft *draft, unsigned status,
                                 const Projection *projection)
{
    draft->refuses_unknown = tolerance_is_strict(&call->tolerances);
    const struct act act = {.kind = kind, .id = call->captured[0], .group = draft};
    struct verdict verdict = {0};
    gboolean good = call_check_strictness(call) && call_judge(call, &act, &verdict);
    if (good) {
        note(call, &verdict);
    }
    if (good && status == 204) {
        good = answer_empty(call, verdict.version);
    } else if (good) {
        g_autoptr(PushedGroup) group = group_codec_find(call, verdict.id);
        good = group != NULL && group_codec_answer(call, status, group, projection, FALSE);
    }
    verdict_clear(&verdict);
    return good;
}

/* The members of a whole resource, of struct member_push. Borrows from it. */
static GArray *read_members(const json_t *wanted)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(struct member_push));
    size_t i;
    json_t *member;
    json_array_foreach(json_object_get(wanted, "members"), i, member)
    {
        const struct member_push push = group_codec_member(member);
        g_array_append_val(members, push);
    }
    return members;
}

static struct group_draft draft_of(const json_t *wanted, const GArray *members)
{
    return (struct group_draft){
        .display_name = json_string_value(json_object_get(wanted, "displayName")),
        .external_id = json_string_value(json_object_get(wanted, "externalId")),
        .has_external_id = TRUE,
        .add = (const struct member_push *)(const void *)members->data,
        .add_count = members->len};
}

gboolean handle_group_write_create(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_group);
    json_auto_t *sent = group_member_form_of_resource(call->body, &call->tolerances);
    json_auto_t *wanted = projection != NULL ? resource_check(&schema_tables_group, sent, NULL,
                                                              &call->tolerances, &call->fault)
                                             : NULL;
    if (wanted == NULL) {
        return FALSE;
    }
    g_autoptr(GArray) members = read_members(wanted);
    struct group_draft draft = draft_of(wanted, members);
    return judge_and_answer(call, ACT_GROUP_CREATE, &draft, 201, projection);
}

/* The group that is asked for, as If-Match wants it; NULL with a fault. */
static PushedGroup *find(struct call *call)
{
    g_autoptr(PushedGroup) group = group_codec_find(call, call->captured[0]);
    return group != NULL && entity_tag_check(call, group->version) ? g_steal_pointer(&group)
                                                                   : NULL;
}

static gboolean replace(struct call *call, const PushedGroup *group,
                        const Projection *projection)
{
    if (!resource_check_id(call->body, group->id, &call->fault)) {
        return FALSE;
    }
    json_auto_t *before = group_codec_print(call->base, group, NULL);
    json_auto_t *sent = group_member_form_of_resource(call->body, &call->tolerances);
    json_auto_t *wanted =
        resource_check(&schema_tables_group, sent, before, &call->tolerances, &call->fault);
    if (wanted == NULL) {
        return FALSE;
    }
    g_autoptr(GArray) members = read_members(wanted);
    struct group_draft draft = draft_of(wanted, members);
    draft.replace_members = body_member(call->body, "members") != NULL;
    return judge_and_answer(call, ACT_GROUP_EDIT, &draft, 200, projection);
}

gboolean handle_group_write_replace(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_group);
    g_autoptr(PushedGroup) group = projection != NULL ? find(call) : NULL;
    return group != NULL && replace(call, group, projection);
}

gboolean handle_group_write_patch(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_group);
    g_autoptr(PushedGroup) group = projection != NULL ? find(call) : NULL;
    if (group == NULL) {
        return FALSE;
    }
    struct group_patch folded;
    unsigned status = projection_is_chosen(projection) ? 200 : 204;
    gboolean good = group_patch_read(call, group, &folded) &&
                    judge_and_answer(call, ACT_GROUP_EDIT, &folded.draft, status, projection);
    group_patch_clear(&folded);
    return good;
}

gboolean handle_group_write_remove(struct call *call)
{
    g_autoptr(PushedGroup) group = find(call);
    const struct act act = {.kind = ACT_GROUP_REMOVE, .id = call->captured[0]};
    struct verdict verdict = {0};
    gboolean good = group != NULL && call_judge(call, &act, &verdict);
    verdict_clear(&verdict);
    return good && call_answer_empty(call, 204);
}
