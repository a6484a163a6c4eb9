#include "scim/server/list_order.h"

#include <string.h>

/* What is compared, of the first to the last. */
enum key_kind {
    KEY_NUMBER,
    KEY_TEXT,
    KEY_BOOLEAN,
    KEY_NONE,
};

struct row {
    json_t *resource;
    enum key_kind kind;
    double number;
    char *text; /* folded where its attribute is not case-exact */
    char *name; /* "Type/id"; NULL in a STABLE order */
    guint place;
};

struct list_order {
    enum list_order_kind kind;
    gboolean descending;
    GArray *rows; /* struct row */
};

static void clear_row(gpointer data)
{
    struct row *row = data;
    json_decref(row->resource);
    g_free(row->text);
    g_free(row->name);
}

ListOrder *list_order_new(enum list_order_kind kind, gboolean descending)
{
    ListOrder *order = g_new0(ListOrder, 1);
    order->kind = kind;
    order->descending = descending;
    order->rows = g_array_new(FALSE, TRUE, sizeof(struct row));
    g_array_set_clear_func(order->rows, clear_row);
    return order;
}

void list_order_free(ListOrder *order)
{
    if (order != NULL) {
        g_array_unref(order->rows);
        g_free(order);
    }
}

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

/* The first characters: as many as a cursor carries. */
static char *shorten(const char *text)
{
    return g_utf8_strlen(text, -1) > LIST_ORDER_KEY_CHARACTERS
               ? g_utf8_substring(text, 0, LIST_ORDER_KEY_CHARACTERS)
               : g_strdup(text);
}

static void set_key(const ListOrder *order, struct row *row, const json_t *key,
                    gboolean case_exact)
{
    row->kind = KEY_NONE;
    if (json_is_string(key)) {
        g_autofree char *text = order->kind == LIST_ORDER_LASTING
                                    ? shorten(json_string_value(key))
                                    : g_strdup(json_string_value(key));
        row->kind = KEY_TEXT;
        row->text = case_exact ? g_steal_pointer(&text) : g_ascii_strdown(text, -1);
    } else if (json_is_number(key)) {
        row->kind = KEY_NUMBER;
        row->number = json_number_value(key);
    } else if (json_is_boolean(key)) {
        row->kind = KEY_BOOLEAN;
        row->number = json_is_true(key);
    }
}

/* A time keeps its letters: who goes on after it reads it again. */
static gboolean is_exact(const struct schema_attribute *decides)
{
    return decides != NULL && (decides->case_exact || decides->kind == SCHEMA_DATE_TIME);
}

/* Ids are unique among those of a type alone. */
static char *name_of(const json_t *resource)
{
    const json_t *meta = json_object_get(resource, "meta");
    const char *type = json_string_value(json_object_get(meta, "resourceType"));
    const char *id = json_string_value(json_object_get(resource, "id"));
    return g_strconcat(type != NULL ? type : "", "/", id != NULL ? id : "", NULL);
}

void list_order_add(ListOrder *order, json_t *resource, const struct attribute_reference *by)
{
    struct row row = {
        .resource = json_incref(resource),
        .kind = KEY_NONE,
        .name = order->kind == LIST_ORDER_LASTING ? name_of(resource) : NULL,
        .place = order->rows->len,
    };
    if (by != NULL) {
        const struct schema_attribute *decides = NULL;
        const json_t *key = find_key(by, resource, &decides);
        set_key(order, &row, key, is_exact(decides));
    }
    g_array_append_val(order->rows, row);
}

static int compare_keys(const struct row *left, const struct row *right)
{
    if (left->kind != right->kind) {
        return left->kind < right->kind ? -1 : 1;
    }
    switch (left->kind) {
    case KEY_TEXT:
        return strcmp(left->text, right->text);
    case KEY_NUMBER:
    case KEY_BOOLEAN:
        return (left->number > right->number) - (left->number < right->number);
    case KEY_NONE:
        break;
    }
    return 0;
}

static int compare(const struct row *left, const struct row *right, gboolean descending)
{
    int keys = compare_keys(left, right);
    if (keys != 0) {
        return descending ? -keys : keys;
    }
    int names = g_strcmp0(left->name, right->name);
    return names != 0 ? names : (left->place > right->place) - (left->place < right->place);
}

static int compare_rows(gconstpointer left, gconstpointer right, gpointer order)
{
    return compare(left, right, ((const ListOrder *)order)->descending);
}

void list_order_sort(ListOrder *order)
{
    g_array_sort_with_data(order->rows, compare_rows, order);
}

guint list_order_count(const ListOrder *order)
{
    return order->rows->len;
}

json_t *list_order_at(const ListOrder *order, guint at)
{
    return g_array_index(order->rows, struct row, at).resource;
}

json_t *list_order_place(const ListOrder *order, guint at)
{
    const struct row *row = &g_array_index(order->rows, struct row, at);
    json_t *key = NULL;
    switch (row->kind) {
    case KEY_TEXT:
        key = json_string(row->text);
        break;
    case KEY_NUMBER:
        key = json_real(row->number);
        break;
    case KEY_BOOLEAN:
        key = json_boolean(row->number > 0);
        break;
    case KEY_NONE:
        key = json_null();
        break;
    }
    return json_pack("[o, s]", key, row->name);
}

guint list_order_after(const ListOrder *order, const json_t *place)
{
    struct row mark = {.place = G_MAXUINT};
    guint at = 0;
    /* A text was folded and cut when it was printed. */
    set_key(order, &mark, json_array_get(place, 0), TRUE);
    mark.name = g_strdup(json_string_value(json_array_get(place, 1)));
    while (at < order->rows->len && compare(&g_array_index(order->rows, struct row, at), &mark,
                                            order->descending) <= 0) {
        at++;
    }
    clear_row(&mark);
    return at;
}
