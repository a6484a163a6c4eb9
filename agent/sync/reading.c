#include "agent/sync/reading.h"

#include <string.h>

#include "scim/protocol/origin.h"

/* A group that had so many members is not emptied without a word (R49). */
#define MANY_MEMBERS 5

struct directory {
    struct source *source;
    const ProfileMap *profile;
    char *origin;
    Snapshot *snapshot; /* NULL: none */
    guint *members;     /* by group of the snapshot: people whom a grant reaches through it */
    char *emptied;      /* name of a group that was emptied, or NULL */
    gboolean adopt;
    gboolean all_groups; /* a group that is not in the snapshot is not in the directory */
};

struct reading {
    const Rules *rules;
    const char *seat_order;
    const char *const *extra;
    GPtrArray *directories; /* struct directory * */
    GArray *origins;        /* struct plan_origin */
    GPtrArray *rule_texts;  /* char *, by rule */
    Mapper *mapper;
    char *rules_digest;
    gint64 settle;
};

static void free_directory(gpointer data)
{
    struct directory *directory = data;
    g_free(directory->origin);
    snapshot_free(directory->snapshot);
    g_free(directory->members);
    g_free(directory->emptied);
    g_free(directory);
}

Reading *reading_new(const Rules *rules, const char *seat_order, const char *const *extra)
{
    Reading *reading = g_new0(Reading, 1);
    reading->rules = rules;
    reading->seat_order = seat_order;
    reading->extra = extra;
    reading->directories = g_ptr_array_new_with_free_func(free_directory);
    reading->origins = g_array_new(FALSE, FALSE, sizeof(struct plan_origin));
    reading->rule_texts = g_ptr_array_new_with_free_func(g_free);
    reading->rules_digest = rules_digest(rules);
    for (guint32 i = 0; i < rules_count(rules); i++)
        g_ptr_array_add(reading->rule_texts, rules_words(rules, i));
    return reading;
}

void reading_free(Reading *reading)
{
    if (reading == NULL)
        return;
    mapper_free(reading->mapper);
    g_ptr_array_free(reading->directories, TRUE);
    g_array_free(reading->origins, TRUE);
    g_ptr_array_free(reading->rule_texts, TRUE);
    g_free(reading->rules_digest);
    g_free(reading);
}

static struct directory *add_directory(Reading *reading, struct source *source,
                                       const ProfileMap *profile, gboolean adopt)
{
    struct directory *directory = g_new0(struct directory, 1);
    directory->source = source;
    directory->profile = profile;
    directory->adopt = adopt;
    directory->origin = origin_of_directory(source->name);
    g_ptr_array_add(reading->directories, directory);
    return directory;
}

void reading_leave(Reading *reading, struct source *source, const ProfileMap *profile,
                   gboolean adopt)
{
    add_directory(reading, source, profile, adopt);
}

void reading_settle(Reading *reading, gint64 seconds)
{
    reading->settle = seconds;
}

gboolean reading_take(Reading *reading, struct source *source, const ProfileMap *profile,
                      gboolean adopt, GError **error)
{
    struct directory *directory = add_directory(reading, source, profile, adopt);
    g_autoptr(Needs) needs =
        rules_needs(reading->rules, source->name, profile, reading->seat_order, reading->extra);
    directory->all_groups = needs->all_groups || source->attaches;
    g_autoptr(Snapshot) snapshot = source->read(source, needs, error);
    if (snapshot == NULL)
        return FALSE;
    if (!rules_check_groups(reading->rules, source->name, snapshot, error))
        return FALSE;
    directory->snapshot = g_steal_pointer(&snapshot);
    return TRUE;
}

/* People by mapped group, each once; groups that only deny are left out. */
static void count_members(Reading *reading, guint32 index)
{
    struct directory *directory = g_ptr_array_index(reading->directories, index);
    const Snapshot *snapshot = directory->snapshot;
    g_autoptr(GArray) grants = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autofree guint32 *last = g_new0(guint32, snapshot->group_count + 1);
    directory->members = g_new0(guint, snapshot->group_count + 1);
    for (guint32 person = 0; person < snapshot->person_count; person++) {
        g_array_set_size(grants, 0);
        mapper_grants_of(reading->mapper, index, person, grants);
        for (guint i = 0; i < grants->len; i++) {
            const struct mapper_grant *grant =
                mapper_grant_at(reading->mapper, g_array_index(grants, guint32, i));
            if (grant->deny || grant->group == MAPPER_NO_GROUP ||
                last[grant->group] == person + 1)
                continue;
            last[grant->group] = person + 1;
            directory->members[grant->group]++;
        }
    }
}

/* A pushed group that was deleted and made again has another id and is still the same to the rules.
 */
static gint64 find_group(const struct directory *directory, const char *anchor,
                         const char *name)
{
    const Snapshot *snapshot = directory->snapshot;
    gint64 found = -1;
    for (guint32 i = 0; i < snapshot->group_count; i++) {
        const struct snapshot_group *group = &snapshot->groups[i];
        if (strcmp(group->anchor, anchor) == 0)
            return i;
        if (directory->source->attaches && g_ascii_strcasecmp(group->name, name) == 0)
            found = i;
    }
    return found;
}

struct comparison {
    struct directory *directory;
    gboolean same_rules;
};

/* A group that no rule maps any more is not emptied: only under the same rules does nobody in it
 * mean that, or that it is gone. */
static void compare_group(void *context, const char *anchor, const char *name, guint members)
{
    const struct comparison *comparison = context;
    struct directory *directory = comparison->directory;
    if (members < MANY_MEMBERS || directory->emptied != NULL)
        return;
    gint64 group = find_group(directory, anchor, name);
    gboolean empty = group < 0 ? directory->all_groups && comparison->same_rules
                               : directory->members[group] == 0 &&
                                     (comparison->same_rules ||
                                      directory->snapshot->groups[group].member_count == 0);
    if (empty)
        directory->emptied = g_strdup(name);
}

static void compare(Reading *reading, const Accepted *accepted)
{
    for (guint i = 0; i < reading->directories->len; i++) {
        struct directory *directory = g_ptr_array_index(reading->directories, i);
        if (directory->snapshot == NULL)
            continue;
        count_members(reading, i);
        if (accepted == NULL)
            continue;
        struct comparison comparison = {
            directory, strcmp(accepted_rules(accepted, directory->source->name),
                              reading->rules_digest) == 0};
        accepted_each_group(accepted, directory->source->name, compare_group, &comparison);
    }
}

/* 0: at once. Times are whole seconds: only the one after the last is surely late enough. */
static gint64 settles_at(const Reading *reading, const struct directory *directory)
{
    const struct source *source = directory->source;
    gint64 changed_at = 0;
    gint64 read_at = 0;
    if (directory->snapshot == NULL || source->changed == NULL || reading->settle <= 0 ||
        !source->changed(source, &changed_at, &read_at))
        return 0;
    gint64 at = changed_at + reading->settle + 1;
    return read_at < at ? at : 0;
}

static int compare_names(gconstpointer left, gconstpointer right)
{
    const struct directory *const *a = left;
    const struct directory *const *b = right;
    return strcmp((*a)->source->name, (*b)->source->name);
}

gboolean reading_finish(Reading *reading, const Accepted *accepted, GError **error)
{
    /* The mapper counts its directories by name: whatever the order of the config, so do we. */
    g_ptr_array_sort(reading->directories, compare_names);
    g_autoptr(GArray) given = g_array_new(FALSE, FALSE, sizeof(struct mapper_directory));
    for (guint i = 0; i < reading->directories->len; i++) {
        const struct directory *directory = g_ptr_array_index(reading->directories, i);
        struct mapper_directory one = {.name = directory->source->name,
                                       .snapshot = directory->snapshot,
                                       .profile = directory->profile,
                                       .attaches = directory->source->attaches};
        g_array_append_val(given, one);
    }
    reading->mapper =
        mapper_new(reading->rules, (const struct mapper_directory *)(void *)given->data,
                   given->len, error);
    if (reading->mapper == NULL)
        return FALSE;
    compare(reading, accepted);
    for (guint i = 0; i < reading->directories->len; i++) {
        const struct directory *directory = g_ptr_array_index(reading->directories, i);
        struct plan_origin origin = {.origin = directory->origin,
                                     .adopt = directory->adopt,
                                     .attaches = directory->source->attaches,
                                     .settles_at = settles_at(reading, directory),
                                     .emptied = directory->emptied != NULL,
                                     .emptied_group = directory->emptied};
        g_array_append_val(reading->origins, origin);
    }
    return TRUE;
}

const Mapper *reading_mapper(const Reading *reading)
{
    return reading->mapper;
}

guint reading_entries(const Reading *reading)
{
    guint entries = 0;
    for (guint i = 0; i < reading->directories->len; i++) {
        const struct directory *directory = g_ptr_array_index(reading->directories, i);
        entries += directory->snapshot != NULL ? directory->snapshot->person_count : 0;
    }
    return entries;
}

const struct plan_origin *reading_origins(const Reading *reading, guint *count)
{
    *count = reading->origins->len;
    return (const struct plan_origin *)(void *)reading->origins->data;
}

static enum source_presence presence_in(const struct snapshot_person *person)
{
    return person->state == SNAPSHOT_ENABLED ? SOURCE_PRESENT : SOURCE_DISABLED;
}

gboolean reading_presence(void *context, const char *origin, const char *anchor,
                          enum source_presence *presence)
{
    const Reading *reading = context;
    for (guint i = 0; i < reading->directories->len; i++) {
        const struct directory *directory = g_ptr_array_index(reading->directories, i);
        if (strcmp(directory->origin, origin) != 0 || directory->snapshot == NULL)
            continue;
        const struct snapshot_person *person =
            snapshot_find_anchor(directory->snapshot, anchor);
        if (person != NULL) {
            *presence = presence_in(person);
            return TRUE;
        }
        return directory->source->look_up(directory->source, anchor, presence, NULL);
    }
    return FALSE;
}

const char *reading_rule_text(void *context, guint32 rule)
{
    const Reading *reading = context;
    return rule < reading->rule_texts->len ? g_ptr_array_index(reading->rule_texts, rule)
                                           : NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *reading_digest(const Reading *reading)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint i = 0; i < reading->directories->len; i++) {
        const struct directory *directory = g_ptr_array_index(reading->directories, i);
        g_autofree char *digest = directory->snapshot != NULL
                                      ? snapshot_digest(directory->snapshot)
                                      : g_strdup("none");
        g_ptr_array_add(lines, g_strdup_printf("%s %s\n", directory->origin, digest));
    }
    g_ptr_array_sort(lines, by_text);
    for (guint i = 0; i < lines->len; i++)
        g_checksum_update(sum, g_ptr_array_index(lines, i), -1);
    return g_strdup(g_checksum_get_string(sum));
}

void reading_accept(const Reading *reading, Accepted *accepted,
                    gboolean (*is_doubted)(void *context, const char *origin), void *context)
{
    for (guint i = 0; i < reading->directories->len; i++) {
        const struct directory *directory = g_ptr_array_index(reading->directories, i);
        const Snapshot *snapshot = directory->snapshot;
        if (snapshot == NULL || is_doubted(context, directory->origin))
            continue;
        const struct source *source = directory->source;
        guint entries =
            source->entries != NULL ? source->entries(source) : snapshot->person_count;
        accepted_set(accepted, source->name, entries, reading->rules_digest);
        for (guint32 k = 0; k < snapshot->group_count; k++)
            if (directory->members[k] > 0)
                accepted_set_group(accepted, source->name, snapshot->groups[k].anchor,
                                   snapshot->groups[k].name, directory->members[k]);
    }
}
