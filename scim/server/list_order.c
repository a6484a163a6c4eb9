#include "scim/server/list_order.h"

#include <string.h>

/* A resource with what it is sorted by. */
struct row {
    json_t *resource;
    const json_t *key; /* NULL: no value */
    char *folded;      /* of a text that is not case-exact */
    guint place;       /* where it stood */
};

/* The one of several values that counts. */
static const json_t *choose(const json_t *value)
{
    if (!json_is_array(value)) {
        return value;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *each = json_array_get(value, i);
        if (json_is_true(json_object_get(each, "primary"))) {
            return each;
        }
    }
    return json_array_get(value, 0);
}

static const json_t *find_key(const struct attribute_reference *by, const json_t *resource,
                              const struct schema_attribute **decides)
{
    const json_t *value = choose(attribute_reference_get(by, resource));
    *decides = by->sub != NULL ? by->sub : by->attribute;
    if (by->sub == NULL && json_is_object(value)) {
        *decides = schema_value_of(by->attribute);
    }
    if (!json_is_object(value)) {
        return value;
    }
    return *decides != NULL ? json_object_get(value, (*decides)->name) : NULL;
}

static int compare_numbers(double left, double right)
{
    return (left > right) - (left < right);
}

static int compare_keys(const struct row *left, const struct row *right)
{
    if (left->key == NULL || right->key == NULL) {
        return (left->key == NULL) - (right->key == NULL);
    }
    if (left->folded != NULL && right->folded != NULL) {
        return strcmp(left->folded, right->folded);
    }
    if (json_is_number(left->key) && json_is_number(right->key)) {
        return compare_numbers(json_number_value(left->key), json_number_value(right->key));
    }
    return json_is_true(left->key) - json_is_true(right->key);
}

static int compare_rows(gconstpointer left, gconstpointer right, gpointer descending)
{
    const struct row *one = left;
    const struct row *other = right;
    int order = compare_keys(one, other);
    if (order == 0) {
        return one->place < other->place ? -1 : 1;
    }
    return descending != NULL ? -order : order;
}

void list_order_sort(GPtrArray *resources, const struct attribute_reference *by,
                     gboolean descending)
{
    struct row *rows = g_new0(struct row, resources->len);
    for (guint i = 0; i < resources->len; i++) {
        const struct schema_attribute *decides = NULL;
        rows[i].resource = g_ptr_array_index(resources, i);
        rows[i].place = i;
        rows[i].key = find_key(by, rows[i].resource, &decides);
        const char *text = json_string_value(rows[i].key);
        if (text != NULL) {
            rows[i].folded = decides != NULL && decides->case_exact ? g_strdup(text)
                                                                    : g_ascii_strdown(text, -1);
        }
    }
    g_qsort_with_data(rows, (gint)resources->len, sizeof *rows, compare_rows,
                      descending ? rows : NULL);
    for (guint i = 0; i < resources->len; i++) {
        resources->pdata[i] = rows[i].resource;
        g_free(rows[i].folded);
    }
    g_free(rows);
}
