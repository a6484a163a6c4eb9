/*
 * Filters and PATCH of scim/protocol for scripts: one JSON object a line in, one a line out.
 *
 *   { "resource": User, "filter": text }      ->  { "match": true | false }
 *   { "resource": User, "patch": PatchOp }    ->  { "resource": User }
 *
 * What is refused gives { "fault": scimType, "detail": text } instead.
 */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "scim/protocol/filter_match.h"
#include "scim/protocol/patch_apply.h"
#include "scim/protocol/schema_tables.h"

static json_t *print_fault(struct fault *fault)
{
    const char *type = fault_type_name(fault->type);
    json_t *answer = json_pack("{s:s, s:s}", "fault", type != NULL ? type : "untyped", "detail",
                               fault->detail);
    fault_clear(fault);
    return answer;
}

static json_t *answer_filter(const json_t *resource, const json_t *text)
{
    struct tolerance_use use = {0};
    struct fault fault = {0};
    g_autoptr(Filter) filter = filter_parse(&schema_tables_user, json_string_value(text),
                                            json_string_length(text), NULL, &use, &fault);
    if (filter == NULL)
        return print_fault(&fault);
    return json_pack("{s:b}", "match", filter_match(filter, resource));
}

static json_t *answer_patch(const json_t *resource, json_t *message)
{
    struct tolerance_use use = {0};
    struct fault fault = {0};
    g_autoptr(Patch) patch = patch_parse(&schema_tables_user, message, NULL, &use, &fault);
    if (patch == NULL)
        return print_fault(&fault);
    json_t *after = patch_apply(&schema_tables_user, resource, patch, &use, NULL, &fault);
    return after != NULL ? json_pack("{s:o}", "resource", after) : print_fault(&fault);
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        json_auto_t *request = json_loads(line, 0, NULL);
        const json_t *resource = json_object_get(request, "resource");
        const json_t *filter = json_object_get(request, "filter");
        json_auto_t *answer = filter != NULL
                                  ? answer_filter(resource, filter)
                                  : answer_patch(resource, json_object_get(request, "patch"));
        (void)json_dumpf(answer, stdout, JSON_COMPACT);
        (void)putchar('\n');
    }
    free(line);
    return 0;
}
