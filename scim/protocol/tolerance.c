#include "scim/protocol/tolerance.h"

#include <string.h>

/* By number: what a strict connection gets for it. FAULT_UNTYPED: nothing, it is the standard's
 * own rule. */
static const struct {
    const char *name;
    const char *meaning; /* what the provider does, for the fault */
    enum fault_type strict;
} rules[TOLERANCE_COUNT] = {
    [TOLERANCE_NONE] = {"none", "nothing", FAULT_UNTYPED},
    [TOLERANCE_OPERATION_CASE] = {"operation-case", "'op' is not in lower case",
                                  FAULT_INVALID_SYNTAX},
    [TOLERANCE_BOOLEAN_TEXT] = {"boolean-text", "true and false stand in quotes",
                                FAULT_INVALID_VALUE},
    [TOLERANCE_PATHLESS] = {"pathless", "an operation of a PATCH has no path",
                            FAULT_INVALID_SYNTAX},
    [TOLERANCE_REMOVE_VALUE] = {"remove-value", "a remove has a value", FAULT_INVALID_SYNTAX},
    [TOLERANCE_VALUE_PATH_ADDS] = {"value-path-adds",
                                   "the filter of a PATCH path matches nothing, and the value "
                                   "is to be made",
                                   FAULT_NO_TARGET},
    [TOLERANCE_MANAGER] = {"manager", "a manager is no object with an id as its value",
                           FAULT_INVALID_VALUE},
    [TOLERANCE_ROLE_TEXT] = {"role-text", "a role is JSON in a text", FAULT_INVALID_VALUE},
    [TOLERANCE_UNKNOWN] = {"unknown",
                           "an attribute or schema is not one of this resource type, or is "
                           "not listed once in 'schemas'",
                           FAULT_INVALID_SYNTAX},
    [TOLERANCE_EMPTY_CLEARS] = {"empty-clears", "an empty text stands for no value",
                                FAULT_INVALID_VALUE},
    [TOLERANCE_READ_ONLY] = {"read-only", "a read-only attribute is to get another value",
                             FAULT_MUTABILITY},
    [TOLERANCE_QUERY] = {"query", "the query has a part without name and value",
                         FAULT_INVALID_SYNTAX},
    [TOLERANCE_SCIM_1] = {"scim-1", "a schema is named as in SCIM 1", FAULT_INVALID_SYNTAX},
    [TOLERANCE_REPEATED] = {"repeated", "what is there is added, or what is not is removed",
                            FAULT_UNTYPED},
    [TOLERANCE_RESTORE] = {"restore", "someone who is suspended is created again",
                           FAULT_UNIQUENESS},
    [TOLERANCE_PASSWORD] = {"password", "a password is sent", FAULT_INVALID_SYNTAX},
    [TOLERANCE_UNQUOTED] = {"unquoted", "a filter has a text without quotes",
                            FAULT_INVALID_FILTER},
    [TOLERANCE_EMPTY_OPERATIONS] = {"empty-operations", "a PATCH has no operations",
                                    FAULT_INVALID_SYNTAX},
};

void tolerance_note(struct tolerance_use *use, enum tolerance tolerance)
{
    if (use == NULL || tolerance <= TOLERANCE_NONE || tolerance >= TOLERANCE_COUNT)
        return;
    if (use->is_strict && rules[tolerance].strict == FAULT_UNTYPED)
        return;
    use->count[tolerance]++;
}

void tolerance_note_filter(struct tolerance_use *use, enum tolerance tolerance)
{
    tolerance_note(use, tolerance);
    if (use != NULL && tolerance > TOLERANCE_NONE && tolerance < TOLERANCE_COUNT)
        use->in_filter[tolerance]++;
}

void tolerance_note_unknown(struct tolerance_use *use, const char *name, size_t length)
{
    static const char password[] = "password";
    gboolean is_password =
        length == strlen(password) && g_ascii_strncasecmp(name, password, length) == 0;
    tolerance_note(use, is_password ? TOLERANCE_PASSWORD : TOLERANCE_UNKNOWN);
}

gboolean tolerance_is_strict(const struct tolerance_use *use)
{
    return use != NULL && use->is_strict;
}

gboolean tolerance_check(const struct tolerance_use *use, struct fault *fault)
{
    if (!tolerance_is_strict(use))
        return TRUE;
    for (int i = TOLERANCE_NONE + 1; i < TOLERANCE_COUNT; i++) {
        if (use->count[i] == 0 || rules[i].strict == FAULT_UNTYPED)
            continue;
        return fault_set(fault, use->in_filter[i] > 0 ? FAULT_INVALID_FILTER : rules[i].strict,
                         "this connection is strict: %s", rules[i].meaning);
    }
    if (use->whole_values > 0)
        return fault_set(fault, FAULT_INVALID_PATH,
                         "this connection is strict: a path with a filter must name a "
                         "sub-attribute");
    if (use->several_values > 0)
        return fault_set(fault, FAULT_INVALID_FILTER,
                         "this connection is strict: the filter of a path chooses more than "
                         "one value");
    return TRUE;
}

const char *tolerance_name(enum tolerance tolerance)
{
    return rules[tolerance < TOLERANCE_COUNT ? tolerance : TOLERANCE_NONE].name;
}
