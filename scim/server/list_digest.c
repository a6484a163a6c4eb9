#include "scim/server/list_digest.h"

#include <string.h>

void list_digest_add(GChecksum *sum, const char *text)
{
    /* With its NUL. */
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

gboolean list_digest_is_of_page(const char *name)
{
    static const char *const names[] = {"startIndex", "count", "cursor"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_ascii_strcasecmp(name, names[i]) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

void list_digest_add_query(GChecksum *sum, const Exchange *exchange)
{
    g_autoptr(GList) names = g_hash_table_get_keys(exchange->query_values);
    names = g_list_sort(names, (GCompareFunc)strcmp);
    for (GList *each = names; each != NULL; each = each->next) {
        if (!list_digest_is_of_page(each->data)) {
            list_digest_add(sum, each->data);
            list_digest_add(sum, g_hash_table_lookup(exchange->query_values, each->data));
        }
    }
}
