#include "mapping/desired.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/fold.h"
#include "scim/protocol/origin.h"

struct desired_reading {
    guint32 capacity;     /* of links */
    GPtrArray *origins;   /* const char *, NULL-terminated once sealed */
    GPtrArray *snapshots; /* const Snapshot * */
    GHashTable
        *unmapped; /* struct snapshot_person -> struct desired_link, made when asked for */
};

Desired *desired_new(const char *organization)
{
    Desired *desired = g_new0(Desired, 1);
    struct desired_reading *reading = g_new0(struct desired_reading, 1);

    reading->origins = g_ptr_array_new();
    reading->snapshots = g_ptr_array_new();
    reading->unmapped = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    desired->reading = reading;
    desired->text = g_string_chunk_new(4096);
    desired->organization = g_string_chunk_insert(desired->text, organization);
    return desired;
}

void desired_free(Desired *desired)
{
    if (desired == NULL)
        return;
    for (guint32 i = 0; i < desired->link_count; i++)
        g_free(desired->links[i].projects);
    g_free(desired->links);
    g_free(desired->directories);
    g_ptr_array_unref(desired->reading->origins);
    g_ptr_array_unref(desired->reading->snapshots);
    g_hash_table_unref(desired->reading->unmapped);
    g_free(desired->reading);
    g_string_chunk_free(desired->text);
    g_free(desired);
}

void desired_add_directory(Desired *desired, const char *origin)
{
    g_ptr_array_add(desired->reading->origins,
                    g_string_chunk_insert_const(desired->text, origin));
}

void desired_add_snapshot(Desired *desired, const Snapshot *snapshot)
{
    g_autofree char *origin = origin_of_directory(snapshot->directory);

    desired_add_directory(desired, origin);
    g_ptr_array_add(desired->reading->snapshots, fold_key(snapshot));
    desired->people_read += snapshot->person_count;
}

void desired_take_link(Desired *desired, const struct desired_link *link)
{
    struct desired_reading *reading = desired->reading;

    if (desired->link_count == reading->capacity) {
        reading->capacity = MAX(16, reading->capacity * 2);
        desired->links = g_renew(struct desired_link, desired->links, reading->capacity);
    }
    desired->links[desired->link_count++] = *link;
}

static const char *keep(Desired *desired, const char *text)
{
    return text != NULL ? g_string_chunk_insert(desired->text, text) : NULL;
}

void desired_add_link(Desired *desired, const struct desired_link *link)
{
    struct desired_link copy = *link;

    copy.origin = g_string_chunk_insert_const(desired->text, link->origin);
    copy.anchor = keep(desired, link->anchor);
    copy.dn = keep(desired, link->dn);
    copy.why = keep(desired, link->why);
    copy.seat_order = keep(desired, link->seat_order != NULL ? link->seat_order : "");
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        copy.profile.field[i] = keep(desired, link->profile.field[i]);
    copy.projects = NULL;
    if (link->project_count > 0)
        copy.projects = g_new(struct desired_project, link->project_count);
    for (guint32 i = 0; i < link->project_count; i++) {
        copy.projects[i] = link->projects[i];
        copy.projects[i].name =
            g_string_chunk_insert_const(desired->text, link->projects[i].name);
    }
    desired_take_link(desired, &copy);
}

static int compare_keys(const char *origin, const char *anchor, const struct desired_link *link)
{
    int order = origin != link->origin ? strcmp(origin, link->origin) : 0;
    return order != 0 ? order : strcmp(anchor, link->anchor);
}

static int compare_links(const void *left, const void *right)
{
    const struct desired_link *a = left;
    return compare_keys(a->origin, a->anchor, right);
}

static int compare_projects(const void *left, const void *right)
{
    const struct desired_project *a = left;
    const struct desired_project *b = right;
    return strcmp(a->name, b->name);
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static gboolean is_ordered(const Desired *desired)
{
    for (guint32 i = 1; i < desired->link_count; i++)
        if (compare_links(&desired->links[i - 1], &desired->links[i]) > 0)
            return FALSE;
    return TRUE;
}

void desired_seal(Desired *desired)
{
    GPtrArray *origins = desired->reading->origins;

    g_free(desired->directories);
    desired->directories = g_new0(const char *, origins->len + 1);
    for (guint i = 0; i < origins->len; i++)
        desired->directories[i] = g_ptr_array_index(origins, i);
    if (origins->len > 1)
        qsort(desired->directories, origins->len, sizeof *desired->directories, compare_texts);
    /* The mapper walks people in the order of their anchors: mostly there is nothing to sort.
     */
    if (!is_ordered(desired))
        qsort(desired->links, desired->link_count, sizeof *desired->links, compare_links);
    for (guint32 i = 0; i < desired->link_count; i++)
        if (desired->links[i].project_count > 1)
            qsort(desired->links[i].projects, desired->links[i].project_count,
                  sizeof(struct desired_project), compare_projects);
}

static const struct desired_link *find_unmapped(const Desired *desired, const char *origin,
                                                const char *anchor)
{
    const struct desired_reading *reading = desired->reading;

    const char *directory = origin_directory_name(origin);
    if (directory == NULL)
        return NULL;
    for (guint i = 0; i < reading->snapshots->len; i++) {
        const Snapshot *snapshot = g_ptr_array_index(reading->snapshots, i);
        if (!g_str_equal(snapshot->directory, directory))
            continue;
        const struct snapshot_person *person = snapshot_find_anchor(snapshot, anchor);
        if (person == NULL)
            return NULL;
        struct desired_link *link = g_hash_table_lookup(reading->unmapped, person);
        if (link == NULL) {
            link = g_new0(struct desired_link, 1);
            link->origin = g_string_chunk_insert_const(desired->text, origin);
            link->anchor = person->anchor;
            link->dn = person->dn;
            link->state = DESIRED_UNMAPPED;
            link->why = "no rule of this organization matches the entry any more";
            link->seat_order = "";
            g_hash_table_insert(reading->unmapped, fold_key(person), link);
        }
        return link;
    }
    return NULL;
}

const struct desired_link *desired_find(const Desired *desired, const char *origin,
                                        const char *anchor)
{
    guint32 low = 0;
    guint32 high = desired->link_count;

    while (low < high) {
        guint32 middle = low + (high - low) / 2;
        int order = compare_keys(origin, anchor, &desired->links[middle]);
        if (order == 0)
            return &desired->links[middle];
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return find_unmapped(desired, origin, anchor);
}

static const char *state_name(enum desired_state state)
{
    switch (state) {
    case DESIRED_GRANTED:
        return "granted";
    case DESIRED_SUSPENDED:
        return "suspended";
    case DESIRED_DENIED:
        return "denied";
    case DESIRED_SET_ASIDE:
        return "set-aside";
    case DESIRED_UNMAPPED:
        return "unmapped";
    }
    return "unmapped";
}

static void print_link(GString *out, const struct desired_link *link)
{
    g_string_append_printf(out, "%s %s '%s' %s role=%s rule=%u priority=%d seat_order='%s'",
                           link->origin, link->anchor, link->dn, state_name(link->state),
                           organization_role_name(link->role), link->rule, link->priority,
                           link->seat_order);
    for (guint32 i = 0; i < link->project_count; i++)
        g_string_append_printf(out, " %s=%s(rule %u)", link->projects[i].name,
                               project_role_name(link->projects[i].role),
                               link->projects[i].rule);
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        if (link->profile.field[i] != NULL)
            g_string_append_printf(out, " %s='%s'", profile_field_key((enum profile_field)i),
                                   link->profile.field[i]);
    if (link->why != NULL)
        g_string_append_printf(out, " why='%s'", link->why);
    g_string_append_c(out, '\n');
}

char *desired_print(const Desired *desired)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "organization %s, %u people read\n", desired->organization,
                           desired->people_read);
    for (guint32 i = 0; desired->directories != NULL && desired->directories[i] != NULL; i++)
        g_string_append_printf(out, "complete %s\n", desired->directories[i]);
    for (guint32 i = 0; i < desired->link_count; i++)
        print_link(out, &desired->links[i]);
    return g_string_free(out, FALSE);
}
