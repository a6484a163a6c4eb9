#include "scim/protocol/list_response.h"

#include "scim/protocol/membership.h"

static void settle(struct list_page *page, gint64 max_count)
{
    page->start_index = MAX(page->start_index, 1);
    page->count = CLAMP(page->count, 0, max_count);
}

static gboolean parse_number(const char *name, const char *text, gint64 *number,
                             struct fault *fault)
{
    if (text == NULL || text[0] == '\0')
        return TRUE;
    if (g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, number, NULL))
        return TRUE;
    return fault_set(fault, FAULT_INVALID_VALUE, "'%s' must be a whole number", name);
}

static gboolean take_number(const char *name, const json_t *value, gint64 *number,
                            struct fault *fault)
{
    if (value == NULL || json_is_null(value))
        return TRUE;
    if (!json_is_integer(value))
        return fault_set(fault, FAULT_INVALID_VALUE, "'%s' must be a whole number", name);
    *number = json_integer_value(value);
    return TRUE;
}

gboolean list_response_page(const char *start_index, const char *count, gint64 max_count,
                            struct list_page *page, struct fault *fault)
{
    *page = (struct list_page){.start_index = 1, .count = LIST_RESPONSE_DEFAULT_COUNT};
    if (!parse_number("startIndex", start_index, &page->start_index, fault) ||
        !parse_number("count", count, &page->count, fault))
        return FALSE;
    settle(page, max_count);
    return TRUE;
}

gboolean list_response_page_of(const json_t *start_index, const json_t *count, gint64 max_count,
                               struct list_page *page, struct fault *fault)
{
    *page = (struct list_page){.start_index = 1, .count = LIST_RESPONSE_DEFAULT_COUNT};
    if (!take_number("startIndex", start_index, &page->start_index, fault) ||
        !take_number("count", count, &page->count, fault))
        return FALSE;
    settle(page, max_count);
    return TRUE;
}

json_t *list_response_print(gint64 total, gint64 start_index, json_t *resources)
{
    if (resources == NULL)
        resources = json_array();
    return json_pack("{s:[s], s:I, s:I, s:I, s:o}", "schemas", SCIM_URN_LIST, "totalResults",
                     (json_int_t)total, "startIndex", (json_int_t)start_index, "itemsPerPage",
                     (json_int_t)json_array_size(resources), "Resources", resources);
}

json_t *list_response_print_cursor(gint64 total, const char *next, json_t *resources)
{
    if (resources == NULL)
        resources = json_array();
    return json_pack("{s:[s], s:I, s:I, s:s*, s:o}", "schemas", SCIM_URN_LIST, "totalResults",
                     (json_int_t)total, "itemsPerPage", (json_int_t)json_array_size(resources),
                     "nextCursor", next, "Resources", resources);
}
