#include "scim/protocol/refusal.h"

#include <stdarg.h>
#include <string.h>

static const char *const names[] = {
    [REFUSAL_NONE] = "none",
    [REFUSAL_SEAT_CAP] = "seat-cap",
    [REFUSAL_LAST_OWNER] = "last-owner",
    [REFUSAL_LAST_PROJECT_ADMIN] = "last-project-admin",
    [REFUSAL_PERMISSION] = "permission",
    [REFUSAL_PROTECTED] = "protected",
    [REFUSAL_ORIGIN] = "origin",
    [REFUSAL_MAX_ROLE] = "max-role",
};

const char *refusal_name(enum refusal_rule rule)
{
    return names[rule];
}

gboolean refusal_parse(const char *name, enum refusal_rule *rule)
{
    for (size_t i = REFUSAL_NONE + 1; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i], name) == 0) {
            *rule = (enum refusal_rule)i;
            return TRUE;
        }
    }
    return FALSE;
}

void refusal_set(struct refusal *refusal, enum refusal_rule rule, const char *format, ...)
{
    if (refusal->rule != REFUSAL_NONE)
        return;
    va_list arguments;
    va_start(arguments, format);
    refusal->rule = rule;
    g_free(refusal->detail);
    refusal->detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void refusal_clear(struct refusal *refusal)
{
    g_clear_pointer(&refusal->projects, g_ptr_array_unref);
    g_free(refusal->detail);
    *refusal = (struct refusal){.rule = REFUSAL_NONE};
}
