#include "scim/protocol/attribute_value.h"

#include <string.h>

#include "scim/protocol/dialect.h"
#include "scim/protocol/value_form.h"
#include "scim/protocol/value_pair.h"

/* One attribute under examination, and the one it belongs to. */
struct subject {
    const struct schema_attribute *parent; /* NULL: it stands alone */
    const struct schema_attribute *attribute;
    gboolean partial; /* the value is to be merged into one that is there */
    struct tolerance_use *use;
    struct fault *fault;
};

static gboolean check_value(const struct subject *subject, json_t *value, json_t **clean);

static gboolean refuse(const struct subject *subject, enum fault_type type, const char *what)
{
    const struct schema_attribute *parent = subject->parent;
    return fault_set(subject->fault, type, "'%s%s%s' %s", parent != NULL ? parent->name : "",
                     parent != NULL ? "." : "", subject->attribute->name, what);
}

/* What the text of that kind must be; NULL: it is. */
static const char *fault_of_form(enum schema_kind kind, const char *text)
{
    switch (kind) {
    case SCHEMA_DATE_TIME:
        return value_form_is_time(text) ? NULL : "must be a dateTime with a time zone";
    case SCHEMA_BINARY:
        return value_form_is_binary(text) ? NULL : "must be base64";
    case SCHEMA_REFERENCE:
        return value_form_is_reference(text) ? NULL : "must be a URI";
    case SCHEMA_STRING:
    case SCHEMA_BOOLEAN:
    case SCHEMA_DECIMAL:
    case SCHEMA_INTEGER:
    case SCHEMA_COMPLEX:
        break;
    }
    return NULL;
}

static gboolean check_text(const struct subject *subject, json_t *value, json_t **clean)
{
    if (!json_is_string(value))
        return refuse(subject, FAULT_INVALID_VALUE, "must be a text");
    if (json_string_length(value) > ATTRIBUTE_VALUE_MAX_BYTES)
        return refuse(subject, FAULT_INVALID_VALUE,
                      "is longer than " G_STRINGIFY(ATTRIBUTE_VALUE_MAX_BYTES) " bytes");
    const char *fault = fault_of_form(subject->attribute->kind, json_string_value(value));
    if (fault != NULL)
        return refuse(subject, FAULT_INVALID_VALUE, fault);
    *clean = json_incref(value);
    return TRUE;
}

static gboolean check_boolean(const struct subject *subject, json_t *value, json_t **clean)
{
    gboolean truth = json_is_true(value);
    const char *text = json_string_value(value);
    if (!json_is_boolean(value) && (text == NULL || !dialect_boolean(text, &truth)))
        return refuse(subject, FAULT_INVALID_VALUE, "must be true or false");
    if (text != NULL)
        tolerance_note(subject->use, TOLERANCE_BOOLEAN_TEXT);
    *clean = json_boolean(truth);
    return TRUE;
}

static gboolean check_required(const struct subject *subject, const json_t *object)
{
    const struct schema_attribute *sub = subject->attribute->sub;
    for (; sub->name != NULL; sub++) {
        if (sub->required && json_object_get(object, sub->name) == NULL) {
            const struct subject missing = {
                .parent = subject->attribute, .attribute = sub, .fault = subject->fault};
            return refuse(&missing, FAULT_INVALID_VALUE, "is required");
        }
    }
    return TRUE;
}

static gboolean check_object(const struct subject *subject, json_t *value, json_t **clean)
{
    if (!json_is_object(value))
        return refuse(subject, FAULT_INVALID_VALUE, "must be an object");
    json_auto_t *object = json_object();
    const char *name = NULL;
    json_t *given = NULL;
    json_object_foreach(value, name, given)
    {
        struct subject part = *subject;
        part.parent = subject->attribute;
        part.attribute = schema_find(subject->attribute->sub, name, strlen(name));
        json_t *inside = NULL;
        if (part.attribute == NULL) {
            tolerance_note_unknown(subject->use, name, strlen(name));
            continue;
        }
        if (part.attribute->mutability == SCHEMA_READ_ONLY)
            continue;
        if (json_object_get(object, part.attribute->name) != NULL)
            return refuse(&part, FAULT_INVALID_SYNTAX, "is there twice");
        if (!check_value(&part, given, &inside))
            return FALSE;
        if (inside == NULL && subject->partial)
            inside = json_null();
        if (inside != NULL)
            json_object_set_new(object, part.attribute->name, inside);
    }
    if (json_object_size(object) == 0)
        return TRUE;
    if (!subject->partial && !check_required(subject, object))
        return FALSE;
    *clean = g_steal_pointer(&object);
    return TRUE;
}

static gboolean check_number(const struct subject *subject, json_t *value, json_t **clean)
{
    gboolean whole = subject->attribute->kind == SCHEMA_INTEGER;
    if (whole ? !json_is_integer(value) : !json_is_number(value))
        return refuse(subject, FAULT_INVALID_VALUE,
                      whole ? "must be a whole number" : "must be a number");
    *clean = json_incref(value);
    return TRUE;
}

static gboolean check_typed(const struct subject *subject, json_t *value, json_t **clean)
{
    switch (subject->attribute->kind) {
    case SCHEMA_STRING:
    case SCHEMA_DATE_TIME:
    case SCHEMA_BINARY:
    case SCHEMA_REFERENCE:
        return check_text(subject, value, clean);
    case SCHEMA_BOOLEAN:
        return check_boolean(subject, value, clean);
    case SCHEMA_DECIMAL:
    case SCHEMA_INTEGER:
        return check_number(subject, value, clean);
    case SCHEMA_COMPLEX:
        return check_object(subject, value, clean);
    }
    return refuse(subject, FAULT_INVALID_VALUE, "has no type");
}

/* Tolerances 6 and 9 come before the type: what stands for no value has none. */
static gboolean check_one(const struct subject *subject, json_t *value, json_t **clean)
{
    json_auto_t *manager = dialect_manager(subject->attribute, value);
    if (manager != NULL) {
        tolerance_note(subject->use, TOLERANCE_MANAGER);
        value = manager;
    } else if (dialect_is_empty(value)) {
        tolerance_note(subject->use, TOLERANCE_EMPTY_CLEARS);
        return TRUE;
    }
    return json_is_null(value) || check_typed(subject, value, clean);
}

static gboolean check_all(const struct subject *subject, json_t *value, json_t **clean)
{
    size_t index = 0;
    size_t primaries = 0;
    json_t *given = NULL;
    if (dialect_is_empty(value))
        tolerance_note(subject->use, TOLERANCE_EMPTY_CLEARS);
    if (json_is_null(value) || dialect_is_empty(value))
        return TRUE;
    if (!json_is_array(value))
        return refuse(subject, FAULT_INVALID_VALUE, "must be an array");
    if (json_array_size(value) > schema_max_values(subject->attribute))
        return refuse(subject, FAULT_INVALID_VALUE, "has too many values");
    json_auto_t *kept = json_array();
    json_array_foreach(value, index, given)
    {
        json_t *one = NULL;
        if (!check_one(subject, given, &one))
            return FALSE;
        if (json_is_true(json_object_get(one, "primary")))
            primaries++;
        if (one != NULL)
            json_array_append_new(kept, one);
    }
    if (primaries > 1)
        return refuse(subject, FAULT_INVALID_VALUE, "has more than one primary value");
    if (value_pair_collapse(subject->attribute, kept) > 0)
        tolerance_note(subject->use, TOLERANCE_REPEATED);
    if (json_array_size(kept) > 0)
        *clean = g_steal_pointer(&kept);
    return TRUE;
}

static gboolean check_value(const struct subject *subject, json_t *value, json_t **clean)
{
    return subject->attribute->multi_valued ? check_all(subject, value, clean)
                                            : check_one(subject, value, clean);
}

gboolean attribute_value_check(const struct schema_attribute *attribute, json_t *value,
                               struct tolerance_use *use, json_t **clean, struct fault *fault)
{
    const struct subject subject = {.attribute = attribute, .use = use, .fault = fault};
    *clean = NULL;
    return check_value(&subject, value, clean);
}

gboolean attribute_value_check_one(const struct schema_attribute *attribute, json_t *value,
                                   struct tolerance_use *use, json_t **clean,
                                   struct fault *fault)
{
    const struct subject subject = {.attribute = attribute, .use = use, .fault = fault};
    *clean = NULL;
    return check_one(&subject, value, clean);
}

gboolean attribute_value_check_parts(const struct schema_attribute *attribute, json_t *value,
                                     struct tolerance_use *use, json_t **clean,
                                     struct fault *fault)
{
    const struct subject subject = {
        .attribute = attribute, .partial = TRUE, .use = use, .fault = fault};
    *clean = NULL;
    return check_one(&subject, value, clean);
}
