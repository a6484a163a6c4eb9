#include "scim/protocol/origin.h"

#include <string.h>

char *origin_of_directory(const char *name)
{
    return g_strconcat(ORIGIN_DIRECTORY, name, NULL);
}

gboolean origin_is_directory(const char *origin)
{
    return g_str_has_prefix(origin, ORIGIN_DIRECTORY);
}

const char *origin_directory_name(const char *origin)
{
    return origin_is_directory(origin) ? origin + strlen(ORIGIN_DIRECTORY) : NULL;
}
