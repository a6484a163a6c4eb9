#include "scim/protocol/tolerance.h"

#include <string.h>

static const char *const names[TOLERANCE_COUNT] = {
    [TOLERANCE_NONE] = "none",
    [TOLERANCE_OPERATION_CASE] = "operation-case",
    [TOLERANCE_BOOLEAN_TEXT] = "boolean-text",
    [TOLERANCE_PATHLESS_KEYS] = "pathless-keys",
    [TOLERANCE_REMOVE_VALUE] = "remove-value",
    [TOLERANCE_VALUE_PATH_ADDS] = "value-path-adds",
    [TOLERANCE_MANAGER] = "manager",
    [TOLERANCE_ROLE_TEXT] = "role-text",
    [TOLERANCE_UNKNOWN] = "unknown",
    [TOLERANCE_EMPTY_CLEARS] = "empty-clears",
    [TOLERANCE_READ_ONLY] = "read-only",
    [TOLERANCE_QUERY] = "query",
    [TOLERANCE_SCIM_1] = "scim-1",
    [TOLERANCE_REPEATED] = "repeated",
    [TOLERANCE_RESTORE] = "restore",
    [TOLERANCE_PASSWORD] = "password",
    [TOLERANCE_UNQUOTED] = "unquoted",
    [TOLERANCE_EMPTY_OPERATIONS] = "empty-operations",
};

void tolerance_note(struct tolerance_use *use, enum tolerance tolerance)
{
    if (use != NULL && tolerance > TOLERANCE_NONE && tolerance < TOLERANCE_COUNT)
        use->count[tolerance]++;
}

void tolerance_note_unknown(struct tolerance_use *use, const char *name, size_t length)
{
    static const char password[] = "password";
    gboolean is_password =
        length == strlen(password) && g_ascii_strncasecmp(name, password, length) == 0;
    tolerance_note(use, is_password ? TOLERANCE_PASSWORD : TOLERANCE_UNKNOWN);
}

const char *tolerance_name(enum tolerance tolerance)
{
    return tolerance < TOLERANCE_COUNT ? names[tolerance] : names[TOLERANCE_NONE];
}
