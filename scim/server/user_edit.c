#include "scim/server/user_edit.h"

#include <string.h>

#include "scim/protocol/body.h"
#include "scim/protocol/dialect.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/patch_apply.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/entity_tag.h"
#include "scim/server/user_codec.h"
#include "scim/server/user_draft.h"

#define ANSWERS_EMPTY 204

static gboolean means_false(const json_t *value)
{
    const char *text = json_string_value(value);
    gboolean truth = TRUE;
    return json_is_false(value) || (text != NULL && dialect_boolean(text, &truth) && !truth);
}

/* Does a path, or a name in a value without one, begin with that attribute of the core schema? */
static gboolean names_attribute(const char *path, const char *attribute)
{
    const size_t prefix = strlen(SCIM_URN_USER ":"), length = strlen(attribute);
    if (g_ascii_strncasecmp(path, SCIM_URN_USER ":", prefix) == 0) {
        path += prefix;
    }
    return g_ascii_strncasecmp(path, attribute, length) == 0 &&
           (path[length] == '\0' || path[length] == '[' || path[length] == '.');
}

/* What an operation gives for the attribute; itself where it gives none; NULL where it does not name
 * it. */
static json_t *find_value(json_t *operation, const char *attribute)
{
    const char *path = json_string_value(body_member(operation, "path"));
    json_t *value = body_member(operation, "value");
    if (path != NULL) {
        json_t *given = value != NULL ? value : operation;
        return names_attribute(path, attribute) ? given : NULL;
    }
    const char *name;
    json_t *inner;
    json_object_foreach(value, name, inner)
    {
        if (names_attribute(name, attribute)) {
            return inner;
        }
    }
    return NULL;
}

static gboolean operation_suspends(json_t *operation)
{
    return means_false(find_value(operation, "active"));
}

gboolean user_edit_says(json_t *body, const char *attribute)
{
    const json_t *operations = body_member(body, "Operations");
    if (operations == NULL) {
        const json_t *value = body_member(body, attribute);
        return value != NULL && !json_is_null(value);
    }
    for (size_t i = 0; i < json_array_size(operations); i++) {
        if (find_value(json_array_get(operations, i), attribute) != NULL) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean user_edit_asks_suspension(json_t *body)
{
    const json_t *operations = body_member(body, "Operations");
    if (operations == NULL) {
        /* A whole resource without what is required is none (RFC 7644 3.5.1). */
        return means_false(body_member(body, "active")) && user_edit_says(body, "userName");
    }
    gboolean suspends = FALSE;
    for (size_t i = 0; i < json_array_size(operations); i++) {
        suspends = suspends || operation_suspends(json_array_get(operations, i));
    }
    return suspends;
}

json_t *user_edit_patch(struct call *call, const json_t *before)
{
    g_autoptr(Patch) patch = patch_parse(&schema_tables_user, call->body, call_limits(call),
                                         &call->tolerances, &call->fault);
    if (patch == NULL) {
        return NULL;
    }
    return patch_apply(&schema_tables_user, before, patch, &call->tolerances, NULL,
                       &call->fault);
}

void user_edit_count(struct call *call, const struct verdict *verdict)
{
    for (guint i = 0; i < verdict->forgiven; i++) {
        tolerance_note(&call->tolerances, TOLERANCE_READ_ONLY);
    }
    if (verdict->resumed) {
        tolerance_note(&call->tolerances, TOLERANCE_RESTORE);
    }
}

static gboolean judge_edit(struct call *call, const struct person_facts *facts,
                           const struct user_draft_source *source)
{
    struct user_draft draft = {0};
    struct verdict verdict = {0};
    gboolean good = user_draft_read(source, &draft, &call->tolerances, &call->fault) &&
                    call_check_strictness(call);
    draft.draft.suspends =
        source->reading == ROLE_READING_LAST && user_edit_asks_suspension(call->body);
    draft.draft.says_active = user_edit_says(call->body, "active");
    draft.draft.says_roles = user_edit_says(call->body, "roles");
    if (good) {
        const struct act act = {
            .kind = ACT_PERSON_EDIT, .id = facts->id, .draft = &draft.draft};
        good = call_judge(call, &act, &verdict);
    }
    user_edit_count(call, &verdict);
    verdict_clear(&verdict);
    user_draft_clear(&draft);
    return good;
}

/* Nothing but the suspension: everything else stays as it was. */
static gboolean suspend_alone(struct call *call, const struct person_facts *facts,
                              json_t *before)
{
    fault_clear(&call->fault);
    json_t *after = json_copy(before);
    json_object_set_new(after, "active", json_false());
    const struct user_draft_source source = {after, before, ROLE_READING_LAST, TRUE};
    gboolean good = judge_edit(call, facts, &source);
    tolerance_note(&call->tolerances, TOLERANCE_READ_ONLY);
    json_decref(after);
    return good;
}

gboolean user_edit_apply(struct call *call, const struct person_facts *facts, json_t *before,
                         json_t *after, enum role_reading reading)
{
    gboolean is_provider = call->bearer->kind == ACTOR_CONNECTION;
    const struct user_draft_source source = {after, before, reading,
                                             is_provider && !call->bearer->is_strict};
    if (after != NULL && judge_edit(call, facts, &source)) {
        return TRUE;
    }
    /* What failed was not done at all; a store that fails would only fail again. */
    return is_provider && call->fault.status < 500 && user_edit_asks_suspension(call->body) &&
           suspend_alone(call, facts, before);
}

gboolean user_edit_answer(struct call *call, const char *id, const Projection *projection)
{
    g_autoptr(PersonFacts) facts = user_codec_find(call, id);
    if (facts == NULL) {
        return FALSE;
    }
    if (strcmp(call->exchange->method, "PATCH") == 0 &&
        call->bearer->patch_answer == ANSWERS_EMPTY && !projection_is_chosen(projection)) {
        g_autofree char *tag = entity_tag_of_version(facts->version);
        exchange_set_header(call->exchange, "ETag", tag);
        return call_answer_empty(call, ANSWERS_EMPTY);
    }
    return user_codec_answer(call, 200, facts, projection);
}
