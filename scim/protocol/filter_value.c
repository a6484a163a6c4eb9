#include "scim/protocol/filter_value.h"

#include <string.h>

#include "scim/protocol/address.h"
#include "scim/protocol/dialect.h"

static const char *const comparison_names[] = {
    [FILTER_EQ] = "eq", [FILTER_NE] = "ne", [FILTER_CO] = "co", [FILTER_SW] = "sw",
    [FILTER_EW] = "ew", [FILTER_GT] = "gt", [FILTER_GE] = "ge", [FILTER_LT] = "lt",
    [FILTER_LE] = "le", [FILTER_PR] = "pr",
};

static gboolean orders(enum filter_comparison comparison)
{
    return comparison >= FILTER_GT && comparison <= FILTER_LE;
}

static gboolean searches(enum filter_comparison comparison)
{
    return comparison >= FILTER_CO && comparison <= FILTER_EW;
}

static gboolean set_time(struct filter_value *value, const char *text)
{
    g_autoptr(GDateTime) time = text != NULL ? g_date_time_new_from_iso8601(text, NULL) : NULL;
    if (time == NULL)
        return FALSE;
    value->kind = FILTER_TIME;
    value->microseconds =
        g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
    return TRUE;
}

static gboolean set_boolean(struct filter_value *value, const json_t *literal,
                            struct tolerance_use *use)
{
    gboolean truth = json_is_true(literal);
    const char *text = json_string_value(literal);
    if (!json_is_boolean(literal) && (text == NULL || !dialect_boolean(text, &truth)))
        return FALSE;
    if (text != NULL)
        tolerance_note_filter(use, TOLERANCE_BOOLEAN_TEXT);
    value->kind = FILTER_BOOLEAN;
    value->boolean = truth;
    return TRUE;
}

static gboolean set_text(struct filter_value *value, const json_t *literal, gboolean case_exact)
{
    const char *text = json_string_value(literal);
    if (text == NULL)
        return FALSE;
    value->kind = FILTER_TEXT;
    value->case_exact = case_exact;
    value->text = case_exact ? g_strdup(text) : address_fold(text);
    value->literal = g_strdup(text);
    return TRUE;
}

static gboolean set_number(struct filter_value *value, const json_t *literal)
{
    if (!json_is_number(literal))
        return FALSE;
    value->kind = FILTER_NUMBER;
    value->number = json_number_value(literal);
    return TRUE;
}

/* An attribute that the schema does not have takes any literal: nothing will match it. */
static gboolean set_untyped(struct filter_value *value, const json_t *literal)
{
    if (json_is_boolean(literal)) {
        value->kind = FILTER_BOOLEAN;
        value->boolean = json_is_true(literal);
        return TRUE;
    }
    return set_number(value, literal) || set_text(value, literal, TRUE);
}

const char *filter_comparison_name(enum filter_comparison comparison)
{
    return comparison_names[comparison];
}

/* RFC 7644 3.4.2.2, table 3: which operators a kind of attribute does not have. NULL: it has it. */
static const char *fault_of_comparison(enum schema_kind kind, enum filter_comparison comparison)
{
    switch (kind) {
    case SCHEMA_BOOLEAN:
        return orders(comparison) || searches(comparison)
                   ? "a boolean attribute can only be compared with eq and ne"
                   : NULL;
    case SCHEMA_INTEGER:
    case SCHEMA_DECIMAL:
    case SCHEMA_DATE_TIME:
        return searches(comparison) ? "co, sw and ew are for text" : NULL;
    case SCHEMA_BINARY:
        return orders(comparison) ? "a binary attribute cannot be ordered" : NULL;
    case SCHEMA_COMPLEX:
        return "a complex attribute needs a sub-attribute here";
    case SCHEMA_STRING:
    case SCHEMA_REFERENCE:
        break;
    }
    return NULL;
}

static const char *set_typed(struct filter_value *value,
                             const struct schema_attribute *attribute, const json_t *literal,
                             struct tolerance_use *use)
{
    switch (attribute->kind) {
    case SCHEMA_BOOLEAN:
        return set_boolean(value, literal, use) ? NULL : "true or false is expected";
    case SCHEMA_INTEGER:
    case SCHEMA_DECIMAL:
        return set_number(value, literal) ? NULL : "a number is expected";
    case SCHEMA_DATE_TIME:
        return set_time(value, json_string_value(literal))
                   ? NULL
                   : "a dateTime with a time zone is expected";
    case SCHEMA_BINARY:
    case SCHEMA_STRING:
    case SCHEMA_REFERENCE:
        return set_text(value, literal, attribute->case_exact) ? NULL
                                                               : "a text in quotes is expected";
    case SCHEMA_COMPLEX:
        break;
    }
    return "a complex attribute needs a sub-attribute here";
}

const char *filter_value_set(struct filter_value *value,
                             const struct schema_attribute *attribute,
                             enum filter_comparison comparison, const json_t *literal,
                             struct tolerance_use *use)
{
    if (json_is_null(literal)) {
        value->kind = FILTER_NULL;
        return comparison > FILTER_NE ? "null can only be compared with eq and ne" : NULL;
    }
    if (attribute == NULL) {
        set_untyped(value, literal);
        return value->kind == FILTER_BOOLEAN && comparison > FILTER_NE
                   ? "true and false can only be compared with eq and ne"
                   : NULL;
    }
    const char *fault = fault_of_comparison(attribute->kind, comparison);
    return fault != NULL ? fault : set_typed(value, attribute, literal, use);
}

static gboolean holds(enum filter_comparison comparison, int order)
{
    switch (comparison) {
    case FILTER_EQ:
        return order == 0;
    case FILTER_NE:
        return order != 0;
    case FILTER_GT:
        return order > 0;
    case FILTER_GE:
        return order >= 0;
    case FILTER_LT:
        return order < 0;
    case FILTER_LE:
        return order <= 0;
    case FILTER_CO:
    case FILTER_SW:
    case FILTER_EW:
    case FILTER_PR:
        break;
    }
    return FALSE;
}

static gboolean compare_text(const struct filter_value *value,
                             enum filter_comparison comparison, const char *stored)
{
    g_autofree char *folded = value->case_exact ? NULL : address_fold(stored);
    const char *text = folded != NULL ? folded : stored;
    if (comparison == FILTER_CO)
        return strstr(text, value->text) != NULL;
    if (comparison == FILTER_SW)
        return g_str_has_prefix(text, value->text);
    if (comparison == FILTER_EW)
        return g_str_has_suffix(text, value->text);
    return holds(comparison, strcmp(text, value->text));
}

gboolean filter_value_compare(const struct filter_value *value,
                              enum filter_comparison comparison, const json_t *stored)
{
    struct filter_value other = {.kind = FILTER_NO_VALUE};
    switch (value->kind) {
    case FILTER_TEXT:
        return json_is_string(stored) &&
               compare_text(value, comparison, json_string_value(stored));
    case FILTER_BOOLEAN:
        return json_is_boolean(stored) &&
               holds(comparison, json_is_true(stored) - (value->boolean != FALSE));
    case FILTER_NUMBER:
        return json_is_number(stored) &&
               holds(comparison, (json_number_value(stored) > value->number) -
                                     (json_number_value(stored) < value->number));
    case FILTER_TIME:
        return set_time(&other, json_string_value(stored)) &&
               holds(comparison, (other.microseconds > value->microseconds) -
                                     (other.microseconds < value->microseconds));
    case FILTER_NO_VALUE:
    case FILTER_NULL:
        break;
    }
    return FALSE;
}

void filter_value_clear(struct filter_value *value)
{
    g_clear_pointer(&value->text, g_free);
    g_clear_pointer(&value->literal, g_free);
    value->kind = FILTER_NO_VALUE;
}
