#include "agent/directory/ldif_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/directory/directory_dn.h"
#include "agent/directory/directory_groups.h"
#include "agent/directory/directory_people.h"
#include "agent/directory/ldif_filter.h"
#include "agent/directory/ldif_text.h"
#include "scim/protocol/outcome.h"

struct ldif_source {
    struct source source; /* first: the interface is the object */
    DirectoryOptions *options;
    const struct clock *clock;
    const struct source_observer *observer;
    guint entries;
    GHashTable *presence; /* anchor -> enum source_presence of the last read */
};

/* One pass over the file; each pass has its own idea of what to do with an entry. */
struct pass {
    struct ldif_source *self;
    LdifText *text;
    const GByteArray *matches;
    struct directory_scheme scheme;
    const char **attributes;
    DirectoryGroups *groups;
    struct directory_people people; /* from the pass that takes them on */
    Snapshot *snapshot;
};

typedef gboolean take_entry(struct pass *pass, const struct directory_entry *entry,
                            guint8 flags, GError **error);

static gboolean fail(GError **error, enum outcome outcome, char *text)
{
    g_set_error_literal(error, OUTCOME, (int)outcome, text);
    g_free(text);
    return FALSE;
}

static gboolean read_whole(int fd, char *bytes, size_t size, GError **error)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = read(fd, bytes + done, size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail(error, OUTCOME_RETRY, g_strdup(g_strerror(errno)));
        if (count == 0)
            return fail(error, OUTCOME_RETRY, g_strdup("the file shrinks while it is read"));
        done += (size_t)count;
    }
    return TRUE;
}

static char *load(const char *path, struct stat *before, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char *bytes = NULL;
    if (fd < 0) {
        fail(error, OUTCOME_SETTINGS, g_strdup(g_strerror(errno)));
        return NULL;
    }
    if (fstat(fd, before) != 0 || !S_ISREG(before->st_mode))
        fail(error, OUTCOME_SETTINGS, g_strdup("this is no plain file"));
    else if (before->st_size > LDIF_SOURCE_MAX_BYTES)
        fail(error, OUTCOME_BAD_INPUT, g_strdup("the file is over 4 GiB"));
    else {
        bytes = g_malloc((size_t)before->st_size + 1);
        if (!read_whole(fd, bytes, (size_t)before->st_size, error))
            g_clear_pointer(&bytes, g_free);
    }
    close(fd);
    return bytes;
}

static gboolean check_unchanged(const char *path, const struct stat *before, GError **error)
{
    struct stat after;
    if (stat(path, &after) == 0 && after.st_dev == before->st_dev &&
        after.st_ino == before->st_ino && after.st_size == before->st_size &&
        after.st_mtim.tv_sec == before->st_mtim.tv_sec &&
        after.st_mtim.tv_nsec == before->st_mtim.tv_nsec)
        return TRUE;
    return fail(error, OUTCOME_RETRY, g_strdup("the file changed while it was read"));
}

static gboolean run_pass(struct pass *pass, take_entry *take, GError **error)
{
    struct directory_entry entry;
    GError *problem = NULL;
    directory_entry_init(&entry);
    ldif_text_rewind(pass->text);
    for (guint i = 0; ldif_text_next(pass->text, &entry, &problem); i++) {
        guint8 flags = pass->matches != NULL ? pass->matches->data[i] : 0;
        if (!take(pass, &entry, flags, &problem)) {
            g_prefix_error(&problem, "line %u: ", ldif_text_line(pass->text));
            break;
        }
    }
    directory_entry_clear(&entry);
    if (problem != NULL)
        g_propagate_error(error, problem);
    return problem == NULL;
}

/* The kind that the entries show; the last word is the config's (directory_scheme_init()). */
static gboolean see_kind(struct pass *pass, const struct directory_entry *entry,
                         guint8 flags G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    if (directory_entry_find(entry, "objectGUID") != NULL)
        pass->scheme.kind = DIRECTORY_KIND_ACTIVE_DIRECTORY;
    else if (pass->scheme.kind == DIRECTORY_KIND_UNKNOWN &&
             directory_entry_find(entry, "nsUniqueId") != NULL)
        pass->scheme.kind = DIRECTORY_KIND_389DS;
    pass->self->entries++;
    return TRUE;
}

static gboolean take_group(struct pass *pass, const struct directory_entry *entry, guint8 flags,
                           GError **error)
{
    if ((flags & LDIF_MATCH_GROUP) == 0)
        return TRUE;
    return directory_entry_check(entry, pass->attributes, FALSE, error) &&
           directory_groups_take(pass->groups, entry, error);
}

static gboolean note_disabled(struct pass *pass, const struct directory_entry *entry,
                              guint8 flags, GError **error)
{
    return (flags & LDIF_MATCH_DISABLED) == 0 ||
           directory_people_take_disabled(&pass->people, entry, error);
}

static void note_presence(struct pass *pass, const struct directory_entry *entry, guint8 flags)
{
    const struct directory_value *value = directory_entry_first(entry, pass->scheme.anchor);
    char *anchor =
        value == NULL ? NULL : directory_anchor_text(pass->scheme.anchor_form, value);
    g_autofree char *key = directory_dn_key_of_bytes(entry->dn.bytes, entry->dn.length, NULL);
    enum source_presence presence = SOURCE_OUT_OF_SCOPE;
    if (anchor == NULL || key == NULL) {
        g_free(anchor);
        return;
    }
    if (directory_people_state(&pass->people, entry, key) != SNAPSHOT_ENABLED)
        presence = SOURCE_DISABLED;
    else if ((flags & LDIF_MATCH_PERSON) != 0)
        presence = SOURCE_PRESENT;
    g_hash_table_insert(pass->self->presence, anchor, GINT_TO_POINTER(presence));
}

static void report_progress(struct ldif_source *self)
{
    guint read = g_hash_table_size(self->presence);
    if (self->observer != NULL && read % 1000 == 0)
        self->observer->progress(self->observer->context, self->source.name, read);
}

static gboolean take_person(struct pass *pass, const struct directory_entry *entry,
                            guint8 flags, GError **error)
{
    note_presence(pass, entry, flags);
    report_progress(pass->self);
    if ((flags & LDIF_MATCH_PERSON) == 0)
        return TRUE;
    return directory_entry_check(entry, pass->attributes, FALSE, error) &&
           directory_people_take(&pass->people, entry, pass->snapshot, error);
}

static gboolean take_groups(struct pass *pass, const Needs *needs, GError **error)
{
    g_autofree const char **attributes = directory_groups_attributes(&pass->scheme);
    pass->attributes = attributes;
    return run_pass(pass, take_group, error) &&
           directory_groups_select(pass->groups, needs, NULL, error);
}

static gboolean take_people(struct pass *pass, const Needs *needs, GError **error)
{
    directory_people_init(&pass->people, &pass->scheme, needs, pass->groups,
                          clock_now(pass->self->clock));
    g_autofree const char **attributes = directory_people_attributes(&pass->people);
    pass->attributes = attributes;
    gboolean taken = run_pass(pass, note_disabled, error) && run_pass(pass, take_person, error);
    directory_people_clear(&pass->people);
    return taken;
}

static gboolean check_count(const struct ldif_source *self, GError **error)
{
    guint last = self->options->last_accepted;
    if (self->entries == 0)
        return fail(error, OUTCOME_BAD_INPUT, g_strdup("the file holds no entry"));
    if (self->entries < last / 2 + last % 2)
        return fail(
            error, OUTCOME_BAD_INPUT,
            g_strdup_printf("the file holds %u entries and held %u last time, over twice as "
                            "many: is the export whole? If it is meant to be so small, "
                            "remove 'accepted.json' from the folder sync.state",
                            self->entries, last));
    return TRUE;
}

static gboolean read_entries(struct pass *pass, const Needs *needs, GError **error)
{
    struct ldif_source *self = pass->self;
    self->entries = 0;
    if (!run_pass(pass, see_kind, error) || !check_count(self, error) ||
        !directory_scheme_init(&pass->scheme, self->options, pass->scheme.kind, error))
        return FALSE;
    g_autoptr(GByteArray) matches = ldif_filter_match(pass->text, &pass->scheme, error);
    g_autoptr(DirectoryGroups) groups = directory_groups_new(&pass->scheme);
    pass->matches = matches;
    pass->groups = groups;
    g_hash_table_remove_all(self->presence);
    return matches != NULL && take_groups(pass, needs, error) &&
           take_people(pass, needs, error) &&
           directory_groups_write(groups, pass->snapshot, error);
}

static gboolean read_file(struct ldif_source *self, const Needs *needs, Snapshot *snapshot,
                          GError **error)
{
    const char *path = self->options->ldif;
    struct stat before;
    g_autofree char *bytes = load(path, &before, error);
    g_autoptr(LdifText) text =
        bytes == NULL ? NULL : ldif_text_new(bytes, (size_t)before.st_size, error);
    struct pass pass = {.self = self, .text = text, .snapshot = snapshot};
    gboolean read = text != NULL && read_entries(&pass, needs, error) &&
                    check_unchanged(path, &before, error);
    directory_scheme_clear(&pass.scheme);
    return read;
}

static Snapshot *read_snapshot(struct source *source, const Needs *needs, GError **error)
{
    struct ldif_source *self = (struct ldif_source *)source;
    g_autoptr(Snapshot) snapshot = snapshot_new(source->name);
    if (!read_file(self, needs, snapshot, error)) {
        g_prefix_error(error, "directory '%s': '%s': ", source->name, self->options->ldif);
        self->entries = 0;
        g_hash_table_remove_all(self->presence);
        return NULL;
    }
    snapshot_seal(snapshot);
    return g_steal_pointer(&snapshot);
}

/* An export proves what is in it. What is not may have been moved to where it does not reach. */
static gboolean look_up(struct source *source, const char *anchor,
                        enum source_presence *presence, GError **error)
{
    struct ldif_source *self = (struct ldif_source *)source;
    gpointer known = NULL;
    if (self->entries == 0)
        return fail(error, OUTCOME_RETRY,
                    g_strdup_printf("directory '%s': '%s' was not read", source->name,
                                    self->options->ldif));
    *presence = SOURCE_UNKNOWN;
    if (g_hash_table_lookup_extended(self->presence, anchor, NULL, &known))
        *presence = (enum source_presence)GPOINTER_TO_INT(known);
    return TRUE;
}

static guint entries_of(const struct source *source)
{
    return ((const struct ldif_source *)source)->entries;
}

static void source_free(struct source *source)
{
    struct ldif_source *self = (struct ldif_source *)source;
    g_hash_table_unref(self->presence);
    directory_options_free(self->options);
    g_free(source->name);
    g_free(self);
}

struct source *ldif_source_new(const DirectoryOptions *options, const struct clock *clock,
                               const struct source_observer *observer, GError **error)
{
    if (!directory_options_check(options, error)) {
        g_prefix_error(error, "directory '%s': ", options->name);
        return NULL;
    }
    struct ldif_source *self = g_new0(struct ldif_source, 1);
    self->source = (struct source){.name = g_strdup(options->name),
                                   .read = read_snapshot,
                                   .look_up = look_up,
                                   .entries = entries_of,
                                   .free = source_free};
    self->options = directory_options_copy(options);
    self->clock = clock;
    self->observer = observer;
    self->presence = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return &self->source;
}
