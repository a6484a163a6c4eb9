#include "scim/server/override_codec.h"

#include <string.h>

#include "scim/protocol/membership.h"
#include "scim/server/entity_tag.h"
#include "scim/server/role_codec.h"

#define ORGANIZATION_ID "organization."

static json_t *print(const char *base, const struct person_facts *facts, const char *project,
                     const char *value)
{
    g_autofree char *id = project != NULL ? g_strconcat(facts->id, ".", project, NULL)
                                          : g_strconcat(ORGANIZATION_ID, facts->id, NULL);
    g_autofree char *location = g_strdup_printf("%s/Overrides/%s", base, id);
    g_autofree char *person = g_strdup_printf("%s/Users/%s", base, facts->id);
    g_autofree char *version = entity_tag_of_version(facts->version);
    json_t *meta = json_pack("{s:s, s:s, s:s}", "resourceType", "Override", "location",
                             location, "version", version);
    const char *shown = facts->display_name != NULL ? facts->display_name : facts->user_name;
    return json_pack("{s:[s], s:s, s:o, s:{s:s, s:s, s:s*}, s:s, s:s}", "schemas",
                     SCIM_URN_OVERRIDE, "id", id, "meta", meta, "person", "value", facts->id,
                     "$ref", person, "display", shown, "type",
                     project != NULL ? "project" : "organization", "value", value);
}

static json_t *print_project(const char *base, const struct person_facts *facts,
                             const struct project_role_facts *override)
{
    g_autofree char *value = role_codec_name(override->project, override->role);
    return print(base, facts, override->project, value);
}

json_t *override_codec_print(const char *base, const struct person_facts *facts,
                             const char *project)
{
    if (project == NULL) {
        return facts->override != ORGANIZATION_ROLE_NONE
                   ? print(base, facts, NULL, organization_role_name(facts->override))
                   : NULL;
    }
    for (guint i = 0; i < facts->overrides->len; i++) {
        const struct project_role_facts *each =
            &g_array_index(facts->overrides, struct project_role_facts, i);
        if (strcmp(each->project, project) == 0) {
            return print_project(base, facts, each);
        }
    }
    return NULL;
}

void override_codec_print_all(const char *base, const struct person_facts *facts, json_t *array)
{
    json_t *own = override_codec_print(base, facts, NULL);
    if (own != NULL) {
        json_array_append_new(array, own);
    }
    for (guint i = 0; i < facts->overrides->len; i++) {
        json_array_append_new(
            array,
            print_project(base, facts,
                          &g_array_index(facts->overrides, struct project_role_facts, i)));
    }
}

void override_codec_parse_id(const char *id, char **person, char **project)
{
    if (g_str_has_prefix(id, ORGANIZATION_ID)) {
        *person = g_strdup(id + strlen(ORGANIZATION_ID));
        *project = NULL;
        return;
    }
    const char *dot = strchr(id, '.');
    *person = dot != NULL ? g_strndup(id, (gsize)(dot - id)) : g_strdup(id);
    *project = g_strdup(dot != NULL ? dot + 1 : "");
}
