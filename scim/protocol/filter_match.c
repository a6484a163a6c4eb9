#include "scim/protocol/filter_match.h"

static gboolean has_content(const json_t *value)
{
    if (value == NULL || json_is_null(value))
        return FALSE;
    if (json_is_object(value))
        return json_object_size(value) > 0;
    return !json_is_array(value) || json_array_size(value) > 0;
}

/* What a comparison has seen of the values it looked at. */
struct tally {
    gboolean present;
    gboolean matched;
};

static void look_at(const struct filter_node *node, const json_t *value, struct tally *tally)
{
    if (!has_content(value))
        return;
    tally->present = TRUE;
    tally->matched =
        tally->matched || filter_value_compare(&node->value, node->comparison, value);
}

static void look_at_all(const struct filter_node *node, const json_t *value,
                        struct tally *tally)
{
    if (!json_is_array(value)) {
        look_at(node, value, tally);
        return;
    }
    for (size_t i = 0; i < json_array_size(value) && !tally->matched; i++)
        look_at(node, json_array_get(value, i), tally);
}

/* The values of the attribute, or of the sub-attribute of each value of the attribute. */
static void look_below(const struct filter_node *node, const json_t *value, struct tally *tally)
{
    const struct schema_attribute *sub = node->reference.sub;
    if (sub == NULL) {
        look_at_all(node, value, tally);
        return;
    }
    if (!json_is_array(value)) {
        look_at_all(node, json_object_get(value, sub->name), tally);
        return;
    }
    for (size_t i = 0; i < json_array_size(value) && !tally->matched; i++)
        look_at_all(node, json_object_get(json_array_get(value, i), sub->name), tally);
}

static gboolean judge(const struct filter_node *node, const struct tally *tally)
{
    if (node->comparison == FILTER_PR)
        return tally->present;
    if (node->value.kind == FILTER_NULL)
        return tally->present == (node->comparison == FILTER_NE);
    return tally->present ? tally->matched : node->comparison == FILTER_NE;
}

/* `value` is what the node's attribute has in the resource, or one value inside a value path.
 */
static gboolean compare(const struct filter_node *node, const json_t *value)
{
    struct tally tally = {.present = FALSE};
    if (node->reference.known && value != NULL)
        look_below(node, value, &tally);
    return judge(node, &tally);
}

static gboolean any_value(const struct filter_node *node, const json_t *resource)
{
    const json_t *values = attribute_reference_get(&node->reference, resource);
    if (values == NULL || !json_is_array(values))
        return values != NULL && filter_match_value(node->left, values);
    for (size_t i = 0; i < json_array_size(values); i++) {
        if (filter_match_value(node->left, json_array_get(values, i)))
            return TRUE;
    }
    return FALSE;
}

static gboolean matches(const struct filter_node *node, const json_t *subject,
                        gboolean is_value)
{
    switch (node->kind) {
    case FILTER_AND:
        return matches(node->left, subject, is_value) &&
               matches(node->right, subject, is_value);
    case FILTER_OR:
        return matches(node->left, subject, is_value) ||
               matches(node->right, subject, is_value);
    case FILTER_NOT:
        return !matches(node->left, subject, is_value);
    case FILTER_ANY:
        return any_value(node, subject);
    case FILTER_COMPARE:
        return compare(node,
                       is_value ? subject : attribute_reference_get(&node->reference, subject));
    }
    return FALSE;
}

gboolean filter_match(const struct filter *filter, const json_t *resource)
{
    return matches(filter->root, resource, FALSE);
}

gboolean filter_match_value(const struct filter_node *node, const json_t *value)
{
    return matches(node, value, TRUE);
}
