#include "mapping/needs.h"

Needs *needs_new(void)
{
    Needs *needs = g_new0(Needs, 1);

    needs->group_dns = g_ptr_array_new_with_free_func(g_free);
    needs->group_names = g_ptr_array_new_with_free_func(g_free);
    needs->group_anchors = g_ptr_array_new_with_free_func(g_free);
    needs->attributes = g_ptr_array_new_with_free_func(g_free);
    return needs;
}

void needs_free(Needs *needs)
{
    if (needs == NULL)
        return;
    g_ptr_array_unref(needs->group_dns);
    g_ptr_array_unref(needs->group_names);
    g_ptr_array_unref(needs->group_anchors);
    g_ptr_array_unref(needs->attributes);
    g_free(needs);
}
