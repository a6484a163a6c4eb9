#include "scim/server/handle_project.h"

#include "scim/organization/project.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/patch_apply.h"
#include "scim/protocol/resource_check.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/entity_tag.h"
#include "scim/server/list_query.h"
#include "scim/server/project_codec.h"

json_t *handle_project_all(struct call *call)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) projects =
        project_list(call->session, call->organization, call->now, &error);
    if (projects == NULL) {
        call_store_failed(call, error);
        return NULL;
    }
    json_t *all = json_array();
    for (guint i = 0; i < projects->len; i++) {
        json_array_append_new(all,
                              project_codec_print(call->base, g_ptr_array_index(projects, i)));
    }
    return all;
}

gboolean handle_project_list(struct call *call)
{
    return list_query_serve(call, &schema_tables_project, handle_project_all);
}

static Project *find(struct call *call, const char *id)
{
    Project *project = NULL;
    GError *error = NULL;
    if (!project_read(call->session, call->organization, id, call->now, &project, &error)) {
        call_store_failed(call, error);
    } else if (project == NULL) {
        call_missing(call);
    }
    return project;
}

static gboolean answer(struct call *call, unsigned status, const struct project *project,
                       const Projection *projection)
{
    json_t *resource = project_codec_print(call->base, project);
    g_autofree char *tag = entity_tag_of_version(project->version);
    g_autofree char *location = g_strdup_printf("%s/Projects/%s", call->base, project->id);
    exchange_set_header(call->exchange, "ETag", tag);
    if (status == 201) {
        exchange_set_header(call->exchange, "Location", location);
    }
    json_t *shown = projection_apply(projection, resource);
    json_decref(resource);
    return call_answer(call, status, shown);
}

gboolean handle_project_read(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_project);
    g_autoptr(Project) project = projection != NULL ? find(call, call->captured[0]) : NULL;
    if (project == NULL) {
        return FALSE;
    }
    return entity_tag_is_known(call, project->version) ||
           answer(call, 200, project, projection);
}

static gboolean judge_and_answer(struct call *call, const struct act *act, unsigned status,
                                 const Projection *projection)
{
    struct verdict verdict = {0};
    gboolean good = call_judge(call, act, &verdict);
    if (good) {
        g_autoptr(Project) project = find(call, act->id != NULL ? act->id : verdict.id);
        good = project != NULL && answer(call, status, project, projection);
    }
    verdict_clear(&verdict);
    return good;
}

/* One that is taken away or empty is the short name again: nothing is shown without a name. */
static const char *display_of(const json_t *resource)
{
    const char *display = json_string_value(json_object_get(resource, "displayName"));
    return display != NULL && *display != '\0'
               ? display
               : json_string_value(json_object_get(resource, "name"));
}

gboolean handle_project_create(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_project);
    json_t *wanted = projection != NULL ? resource_check(&schema_tables_project, call->body,
                                                         NULL, &call->tolerances, &call->fault)
                                        : NULL;
    if (wanted == NULL) {
        return FALSE;
    }
    g_autoptr(GArray) members = project_codec_members(NULL, wanted, &call->fault);
    gboolean good = members != NULL && call_check_strictness(call);
    if (good) {
        const struct act act = {
            .kind = ACT_PROJECT_CREATE,
            .name = json_string_value(json_object_get(wanted, "name")),
            .display_name = display_of(wanted),
            .members = (const struct member_grant *)(void *)members->data,
            .member_count = members->len,
        };
        good = judge_and_answer(call, &act, 201, projection);
    }
    json_decref(wanted);
    return good;
}

/* Only the members that differ are named to the judge: an edit touches the rows it means. */
static gboolean judge_edit(struct call *call, const json_t *before, json_t *after,
                           const Projection *projection)
{
    g_autoptr(GArray) members = project_codec_members(before, after, &call->fault);
    if (members == NULL || !call_check_strictness(call)) {
        return FALSE;
    }
    const char *display = display_of(after);
    const struct act act = {
        .kind = ACT_PROJECT_EDIT,
        .id = call->captured[0],
        .display_name = g_strcmp0(display, display_of(before)) != 0 ? display : NULL,
        .members = (const struct member_grant *)(void *)members->data,
        .member_count = members->len,
    };
    return judge_and_answer(call, &act, 200, projection);
}

static json_t *read_patch(struct call *call, const json_t *before)
{
    g_autoptr(Patch) patch = patch_parse(&schema_tables_project, call->body, call_limits(call),
                                         &call->tolerances, &call->fault);
    return patch != NULL ? patch_apply(&schema_tables_project, before, patch, &call->tolerances,
                                       NULL, &call->fault)
                         : NULL;
}

static void keep(json_t *after, const json_t *before, const char *name)
{
    if (json_object_get(after, name) == NULL) {
        json_object_set(after, name, json_object_get(before, name));
    }
}

/* What a PUT does not speak of stays: leaving members out is how a client that only renames would
 * empty a project. */
static json_t *read_whole(struct call *call, const json_t *before)
{
    if (!resource_check_id(call->body, call->captured[0], &call->fault)) {
        return NULL;
    }
    json_t *after = resource_check(&schema_tables_project, call->body, before,
                                   &call->tolerances, &call->fault);
    if (after != NULL) {
        keep(after, before, "members");
        keep(after, before, "displayName");
    }
    return after;
}

static gboolean edit(struct call *call,
                     json_t *(*read)(struct call *call, const json_t *before))
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_project);
    g_autoptr(Project) project = projection != NULL ? find(call, call->captured[0]) : NULL;
    if (project == NULL || !entity_tag_check(call, project->version)) {
        return FALSE;
    }
    json_t *before = project_codec_print(call->base, project);
    json_t *after = read(call, before);
    gboolean good = after != NULL && judge_edit(call, before, after, projection);
    json_decref(after);
    json_decref(before);
    return good;
}

gboolean handle_project_replace(struct call *call)
{
    return edit(call, read_whole);
}

gboolean handle_project_patch(struct call *call)
{
    return edit(call, read_patch);
}
