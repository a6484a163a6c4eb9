#include "agent/command/people_list.h"

#include "scim/organization/person_list.h"

#define PAGE 1000

gboolean people_list_visit(struct operator_access *access, const char *organization,
                           void (*visit)(void *context, const struct person_facts *facts),
                           void *context, GError **error)
{
    struct person_query query = {
        .organization = organization, .count = PAGE, .now = clock_now(access->judge.clock)};
    for (gint64 total = 1; query.start < total; query.start += PAGE) {
        struct person_page page = {NULL};
        if (!person_list(access->session, &query, &page, error))
            return FALSE;
        for (guint i = 0; i < page.people->len; i++)
            visit(context, g_ptr_array_index(page.people, i));
        total = page.total;
        person_page_clear(&page);
    }
    return TRUE;
}
