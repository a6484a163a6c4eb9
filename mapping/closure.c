#include "mapping/closure.h"

#include <stdlib.h>
#include <string.h>

#define NO_KNOT G_MAXUINT32

/* Where a list of numbers lies in a pool. */
struct slice {
    guint32 first;
    guint32 count;
};

struct closure {
    guint32 *person_first; /* people + 1: where a person's knots begin in `person_knots` */
    guint32
        *person_knots;   /* the knots that carry marks, of which a person is a direct member */
    struct slice *knots; /* the marks of a knot, in `marks` */
    GArray *marks;       /* guint32 */
    guint32 *seen;       /* by mark: who had it last (scratch) */
    guint32 turn;        /* scratch: the value of `seen` that means "now" */
    guint32 mark_count;
};

/* What is only needed while the closure is computed. */
struct closing {
    const Snapshot *snapshot;
    guint32 *knot_of; /* by group; numbered so that inner knots come before outer ones */
    guint32 knot_count;
    guint32 *parent_first; /* knots + 1: where the knots that contain this one begin */
    guint32 *parents;
    guint32 *root_first; /* knots + 1: where a knot's own marks begin */
    guint32 *roots;
};

static const struct snapshot_member *members_of(const Snapshot *snapshot, guint32 group)
{
    return snapshot->members + snapshot->groups[group].first_member;
}

/* Tarjan's walk, by hand: a chain of a million groups must not need a million stack frames. */
struct knotting {
    guint32 *order; /* by group: when it was entered, 0 = not yet */
    guint32 *low;
    guint32 *next; /* by group: the next member to look at */
    GArray *path;  /* groups being walked */
    GArray *open;  /* groups entered whose knot is not known */
    guint32 entered;
};

static void enter_group(struct knotting *knotting, guint32 group)
{
    knotting->order[group] = knotting->low[group] = ++knotting->entered;
    g_array_append_val(knotting->path, group);
    g_array_append_val(knotting->open, group);
}

static void leave_group(struct closing *closing, struct knotting *knotting, guint32 group)
{
    g_array_set_size(knotting->path, knotting->path->len - 1);
    if (knotting->path->len > 0) {
        guint32 outer = g_array_index(knotting->path, guint32, knotting->path->len - 1);
        knotting->low[outer] = MIN(knotting->low[outer], knotting->low[group]);
    }
    if (knotting->low[group] != knotting->order[group])
        return;
    guint32 last = NO_KNOT;
    do {
        last = g_array_index(knotting->open, guint32, knotting->open->len - 1);
        g_array_set_size(knotting->open, knotting->open->len - 1);
        closing->knot_of[last] = closing->knot_count;
    } while (last != group);
    closing->knot_count++;
}

static void walk_from(struct closing *closing, struct knotting *knotting, guint32 start)
{
    const Snapshot *snapshot = closing->snapshot;

    if (knotting->order[start] != 0)
        return;
    enter_group(knotting, start);
    while (knotting->path->len > 0) {
        guint32 group = g_array_index(knotting->path, guint32, knotting->path->len - 1);
        if (knotting->next[group] == snapshot->groups[group].member_count) {
            leave_group(closing, knotting, group);
            continue;
        }
        struct snapshot_member member = members_of(snapshot, group)[knotting->next[group]++];
        if (!member.is_group)
            continue;
        if (knotting->order[member.index] == 0)
            enter_group(knotting, member.index);
        else if (closing->knot_of[member.index] == NO_KNOT)
            knotting->low[group] = MIN(knotting->low[group], knotting->order[member.index]);
    }
}

/* Makes knots of all groups that the roots reach; the others keep NO_KNOT. */
static void tie_knots(struct closing *closing, const struct closure_root *roots,
                      guint32 root_count)
{
    guint32 count = closing->snapshot->group_count;
    struct knotting knotting = {
        .order = g_new0(guint32, count),
        .low = g_new0(guint32, count),
        .next = g_new0(guint32, count),
        .path = g_array_new(FALSE, FALSE, sizeof(guint32)),
        .open = g_array_new(FALSE, FALSE, sizeof(guint32)),
    };

    closing->knot_of = g_new(guint32, count);
    for (guint32 i = 0; i < count; i++)
        closing->knot_of[i] = NO_KNOT;
    for (guint32 i = 0; i < root_count; i++)
        walk_from(closing, &knotting, roots[i].group);
    g_free(knotting.order);
    g_free(knotting.low);
    g_free(knotting.next);
    g_array_unref(knotting.path);
    g_array_unref(knotting.open);
}

/* Turns counts at [i + 1] into beginnings at [i]. */
static guint32 sum_up(guint32 *first, guint32 count)
{
    for (guint32 i = 0; i < count; i++)
        first[i + 1] += first[i];
    return first[count];
}

/* Who contains each knot: the edges between groups, turned round. */
static void find_parents(struct closing *closing)
{
    const Snapshot *snapshot = closing->snapshot;
    g_autofree guint32 *at = NULL;

    closing->parent_first = g_new0(guint32, closing->knot_count + 1);
    for (int pass = 0; pass < 2; pass++) {
        for (guint32 group = 0; group < snapshot->group_count; group++) {
            guint32 outer = closing->knot_of[group];
            if (outer == NO_KNOT)
                continue;
            const struct snapshot_member *members = members_of(snapshot, group);
            /* Groups stand behind the people among a group's members. */
            for (guint32 i = snapshot->groups[group].member_count; i-- > 0;) {
                if (!members[i].is_group)
                    break;
                guint32 inner = closing->knot_of[members[i].index];
                if (inner == outer)
                    continue;
                if (pass == 0)
                    closing->parent_first[inner + 1]++;
                else
                    closing->parents[at[inner]++] = outer;
            }
        }
        if (pass == 0) {
            guint32 total = sum_up(closing->parent_first, closing->knot_count);
            closing->parents = g_new(guint32, total);
            at = g_memdup2(closing->parent_first, closing->knot_count * sizeof *at);
        }
    }
}

static void find_own_marks(struct closing *closing, const struct closure_root *roots,
                           guint32 root_count)
{
    closing->root_first = g_new0(guint32, closing->knot_count + 1);
    for (guint32 i = 0; i < root_count; i++)
        closing->root_first[closing->knot_of[roots[i].group] + 1]++;
    closing->roots = g_new(guint32, sum_up(closing->root_first, closing->knot_count));
    g_autofree guint32 *at = g_memdup2(closing->root_first, closing->knot_count * sizeof *at);
    for (guint32 i = 0; i < root_count; i++)
        closing->roots[at[closing->knot_of[roots[i].group]]++] = roots[i].mark;
}

static void add_mark(Closure *closure, guint32 mark)
{
    if (closure->seen[mark] == closure->turn)
        return;
    closure->seen[mark] = closure->turn;
    g_array_append_val(closure->marks, mark);
}

/* A knot with no mark of its own and one marked parent has its parent's marks: shared, not
 * copied. */
static gboolean shares_parent(const struct closing *closing, const Closure *closure,
                              guint32 knot, struct slice *shared)
{
    if (closing->root_first[knot] != closing->root_first[knot + 1])
        return FALSE;
    *shared = (struct slice){0, 0};
    for (guint32 i = closing->parent_first[knot]; i < closing->parent_first[knot + 1]; i++) {
        const struct slice *parent = &closure->knots[closing->parents[i]];
        if (parent->count == 0 || (shared->count > 0 && parent->first == shared->first))
            continue;
        if (shared->count > 0)
            return FALSE;
        *shared = *parent;
    }
    return TRUE;
}

static int compare_marks(const void *left, const void *right)
{
    guint32 a = *(const guint32 *)left;
    guint32 b = *(const guint32 *)right;
    return (a > b) - (a < b);
}

static void sort_marks(GArray *marks, guint32 first)
{
    if (marks->len - first > 1)
        qsort(&g_array_index(marks, guint32, first), marks->len - first, sizeof(guint32),
              compare_marks);
}

/* Outer knots have the higher numbers, so from the top down every parent is done before. */
static void hand_down(Closure *closure, const struct closing *closing)
{
    closure->knots = g_new0(struct slice, closing->knot_count);
    for (guint32 knot = closing->knot_count; knot-- > 0;) {
        struct slice *own = &closure->knots[knot];
        if (shares_parent(closing, closure, knot, own))
            continue;
        own->first = closure->marks->len;
        closure->turn++;
        for (guint32 i = closing->root_first[knot]; i < closing->root_first[knot + 1]; i++)
            add_mark(closure, closing->roots[i]);
        for (guint32 i = closing->parent_first[knot]; i < closing->parent_first[knot + 1];
             i++) {
            struct slice parent = closure->knots[closing->parents[i]];
            for (guint32 j = 0; j < parent.count; j++)
                add_mark(closure, g_array_index(closure->marks, guint32, parent.first + j));
        }
        own->count = closure->marks->len - own->first;
        sort_marks(closure->marks, own->first);
    }
}

/* For each person the knots they are directly in: memberships, turned round. */
static void find_people(Closure *closure, const struct closing *closing)
{
    const Snapshot *snapshot = closing->snapshot;
    g_autofree guint32 *at = NULL;

    closure->person_first = g_new0(guint32, snapshot->person_count + 1);
    for (int pass = 0; pass < 2; pass++) {
        for (guint32 group = 0; group < snapshot->group_count; group++) {
            guint32 knot = closing->knot_of[group];
            if (knot == NO_KNOT || closure->knots[knot].count == 0)
                continue;
            const struct snapshot_member *members = members_of(snapshot, group);
            for (guint32 i = 0; i < snapshot->groups[group].member_count; i++) {
                if (members[i].is_group)
                    break;
                if (pass == 0)
                    closure->person_first[members[i].index + 1]++;
                else
                    closure->person_knots[at[members[i].index]++] = knot;
            }
        }
        if (pass == 0) {
            guint32 total = sum_up(closure->person_first, snapshot->person_count);
            closure->person_knots = g_new(guint32, total);
            at = g_memdup2(closure->person_first, snapshot->person_count * sizeof *at);
        }
    }
}

Closure *closure_new(const Snapshot *snapshot, const struct closure_root *roots,
                     guint32 root_count, guint32 mark_count)
{
    Closure *closure = g_new0(Closure, 1);
    struct closing closing = {.snapshot = snapshot};

    closure->marks = g_array_new(FALSE, FALSE, sizeof(guint32));
    closure->seen = g_new0(guint32, mark_count);
    closure->mark_count = mark_count;
    tie_knots(&closing, roots, root_count);
    find_parents(&closing);
    find_own_marks(&closing, roots, root_count);
    hand_down(closure, &closing);
    find_people(closure, &closing);
    g_free(closing.knot_of);
    g_free(closing.parent_first);
    g_free(closing.parents);
    g_free(closing.root_first);
    g_free(closing.roots);
    return closure;
}

void closure_free(Closure *closure)
{
    if (closure == NULL)
        return;
    g_free(closure->person_first);
    g_free(closure->person_knots);
    g_free(closure->knots);
    g_array_unref(closure->marks);
    g_free(closure->seen);
    g_free(closure);
}

/* Most people are in groups of one knot, or of knots with the same marks. */
static gboolean has_one_slice(const Closure *closure, guint32 first, guint32 end)
{
    for (guint32 i = first + 1; i < end; i++)
        if (closure->knots[closure->person_knots[i]].first !=
            closure->knots[closure->person_knots[first]].first)
            return FALSE;
    return first < end;
}

void closure_marks(Closure *closure, guint32 person, GArray *marks)
{
    guint32 first = closure->person_first[person];
    guint32 end = closure->person_first[person + 1];
    guint32 start = marks->len;

    if (has_one_slice(closure, first, end)) {
        struct slice slice = closure->knots[closure->person_knots[first]];
        g_array_append_vals(marks, &g_array_index(closure->marks, guint32, slice.first),
                            slice.count);
        return;
    }
    /* After four thousand million turns old entries of `seen` would look new. */
    if (closure->turn == G_MAXUINT32) {
        memset(closure->seen, 0, closure->mark_count * sizeof *closure->seen);
        closure->turn = 0;
    }
    closure->turn++;
    for (guint32 i = first; i < end; i++) {
        struct slice slice = closure->knots[closure->person_knots[i]];
        for (guint32 j = 0; j < slice.count; j++) {
            guint32 mark = g_array_index(closure->marks, guint32, slice.first + j);
            if (closure->seen[mark] == closure->turn)
                continue;
            closure->seen[mark] = closure->turn;
            g_array_append_val(marks, mark);
        }
    }
    sort_marks(marks, start);
}

static gboolean has_person(const Snapshot *snapshot, guint32 group, guint32 person)
{
    const struct snapshot_member *members = members_of(snapshot, group);
    guint32 low = 0;
    guint32 high = snapshot->groups[group].member_count;

    while (low < high) {
        guint32 middle = low + (high - low) / 2;
        if (!members[middle].is_group && members[middle].index == person)
            return TRUE;
        if (!members[middle].is_group && members[middle].index < person)
            low = middle + 1;
        else
            high = middle;
    }
    return FALSE;
}

static GArray *path_back(const guint32 *came_from, guint32 last, guint32 first)
{
    GArray *path = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint32 group = last;; group = came_from[group]) {
        g_array_prepend_val(path, group);
        if (group == first)
            return path;
    }
}

GArray *closure_path(const Snapshot *snapshot, guint32 group, guint32 person)
{
    g_autofree guint32 *came_from = g_new(guint32, snapshot->group_count);
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint32 i = 0; i < snapshot->group_count; i++)
        came_from[i] = NO_KNOT;
    came_from[group] = group;
    g_array_append_val(queue, group);
    for (guint next = 0; next < queue->len; next++) {
        guint32 here = g_array_index(queue, guint32, next);
        if (has_person(snapshot, here, person))
            return path_back(came_from, here, group);
        const struct snapshot_member *members = members_of(snapshot, here);
        for (guint32 i = 0; i < snapshot->groups[here].member_count; i++) {
            if (!members[i].is_group || came_from[members[i].index] != NO_KNOT)
                continue;
            came_from[members[i].index] = here;
            const guint32 inner = members[i].index;
            g_array_append_val(queue, inner);
        }
    }
    return NULL;
}
