#include "scim/protocol/bulk_order.h"

/* Tarjan's strongly connected components, with a stack of its own: a chain may be as long as the
 * request. */
struct node {
    guint number; /* in the order of arrival; 0: not seen */
    guint low;    /* the lowest number that can be reached inside the circle */
    gboolean is_open;
};

struct step {
    size_t node;
    guint next; /* of its references */
};

struct order {
    const GPtrArray *references;
    struct node *nodes;
    guint arrived;
    GArray *trail; /* struct step: the way to where we are */
    GArray *open;  /* size_t: seen, and in no group yet */
    GPtrArray *groups;
};

static void free_group(gpointer data)
{
    struct bulk_group *group = data;
    g_array_unref(group->members);
    g_free(group);
}

static const GArray *references_of(const struct order *order, size_t node)
{
    return g_ptr_array_index(order->references, (guint)node);
}

static void enter(struct order *order, size_t node)
{
    const struct step step = {.node = node};
    order->arrived++;
    order->nodes[node] =
        (struct node){.number = order->arrived, .low = order->arrived, .is_open = TRUE};
    g_array_append_val(order->trail, step);
    g_array_append_val(order->open, node);
}

static gint by_index(gconstpointer left, gconstpointer right)
{
    const size_t one = *(const size_t *)left;
    const size_t other = *(const size_t *)right;
    return (one > other) - (one < other);
}

static gboolean refers_to_itself(const struct order *order, size_t node)
{
    const GArray *references = references_of(order, node);
    for (guint i = 0; i < references->len; i++) {
        if (g_array_index(references, size_t, i) == node)
            return TRUE;
    }
    return FALSE;
}

/* All that is open above `node` is in one circle with it. */
static void close_group(struct order *order, size_t node)
{
    struct bulk_group *group = g_new0(struct bulk_group, 1);
    group->members = g_array_new(FALSE, FALSE, sizeof(size_t));
    size_t last;
    do {
        last = g_array_index(order->open, size_t, order->open->len - 1);
        g_array_set_size(order->open, order->open->len - 1);
        order->nodes[last].is_open = FALSE;
        g_array_append_val(group->members, last);
    } while (last != node);
    g_array_sort(group->members, by_index);
    group->is_circular = group->members->len > 1 || refers_to_itself(order, node);
    g_ptr_array_add(order->groups, group);
}

static void leave(struct order *order, size_t node)
{
    const struct node *left = &order->nodes[node];
    g_array_set_size(order->trail, order->trail->len - 1);
    if (left->low == left->number)
        close_group(order, node);
    if (order->trail->len > 0) {
        const struct step *above =
            &g_array_index(order->trail, struct step, order->trail->len - 1);
        struct node *parent = &order->nodes[above->node];
        parent->low = MIN(parent->low, left->low);
    }
}

static void follow(struct order *order, size_t node, size_t other)
{
    if (order->nodes[other].number == 0)
        enter(order, other);
    else if (order->nodes[other].is_open)
        order->nodes[node].low = MIN(order->nodes[node].low, order->nodes[other].number);
}

static void visit(struct order *order, size_t root)
{
    enter(order, root);
    while (order->trail->len > 0) {
        struct step *step = &g_array_index(order->trail, struct step, order->trail->len - 1);
        const size_t node = step->node;
        const GArray *references = references_of(order, node);
        if (step->next < references->len)
            follow(order, node, g_array_index(references, size_t, step->next++));
        else
            leave(order, node);
    }
}

GPtrArray *bulk_order(const GPtrArray *references)
{
    struct order order = {
        .references = references,
        .nodes = g_new0(struct node, references->len),
        .trail = g_array_new(FALSE, FALSE, sizeof(struct step)),
        .open = g_array_new(FALSE, FALSE, sizeof(size_t)),
        .groups = g_ptr_array_new_with_free_func(free_group),
    };
    for (guint i = 0; i < references->len; i++) {
        if (order.nodes[i].number == 0)
            visit(&order, i);
    }
    g_free(order.nodes);
    g_array_unref(order.trail);
    g_array_unref(order.open);
    return order.groups;
}
