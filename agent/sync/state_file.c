#include "agent/sync/state_file.h"

#include <stdlib.h>

#include "scim/protocol/outcome.h"

json_t *state_file_read(const char *state, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(state, name, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;
    gsize length = 0;
    json_error_t where;
    if (!g_file_get_contents(path, &text, &length, &problem)) {
        if (g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return json_object();
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "cannot read '%s': %s", path,
                    problem->message);
        return NULL;
    }
    json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    if (json_is_object(object))
        return object;
    json_decref(object);
    g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT,
                "'%s' is broken (no JSON object); a run can start without it: move it away",
                path);
    return NULL;
}

gboolean state_file_write(const char *state, const char *name, const json_t *object,
                          GError **error)
{
    g_autofree char *path = g_build_filename(state, name, NULL);
    g_autoptr(GError) problem = NULL;
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    gboolean done = g_file_set_contents_full(
        path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
        &problem);
    free(text);
    if (!done)
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "cannot write '%s': %s", path,
                    problem->message);
    return done;
}
