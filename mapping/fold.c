#include "mapping/fold.h"

guint fold_hash(gconstpointer text)
{
    guint hash = 2166136261u;

    for (const char *at = text; *at != '\0'; at++)
        hash = (hash ^ (guint8)g_ascii_tolower(*at)) * 16777619u;
    return hash;
}

gpointer fold_key(gconstpointer borrowed)
{
    const union {
        gconstpointer borrowed;
        gpointer key;
    } same = {.borrowed = borrowed};

    return same.key;
}

gboolean fold_equal(gconstpointer left, gconstpointer right)
{
    return g_ascii_strcasecmp(left, right) == 0;
}
