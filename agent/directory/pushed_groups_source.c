#include "agent/directory/pushed_groups_source.h"

#include "agent/directory/pushed_groups_rows.h"
#include "scim/client/pager.h"
#include "scim/protocol/origin.h"
#include "scim/protocol/outcome.h"

#define GROUPS "/Groups?excludedAttributes=members"
#define PEOPLE "/Users?excludedAttributes=groups,roles"

/* Behind which the time of the last change is asked for, without any group. */
#define NO_ROWS "&startIndex=1&count=0"

struct pushed_groups_source {
    struct source source; /* first: the interface is the object */
    ScimClient *client;
    char *origin; /* of the connection; NULL: any */
    const struct retry_waiter *waiter;
    const struct random_source *random;
    gint64 changed_at, read_at; /* of the last read; changed_at 0: never */
};

/* How often groups that change under our hands are read again. */
static const struct retry_policy reading_again = {
    .first_ms = 100,
    .cap_ms = 2000,
    .budget_ms = 20000,
    .attempts = 6,
};

static gboolean fail(GError **error, enum outcome outcome, const char *what)
{
    g_set_error_literal(error, OUTCOME, (int)outcome, what);
    return FALSE;
}

static gboolean take_group(void *context, json_t *row, GError **error)
{
    return pushed_groups_rows_take_group(context, row, error);
}

static gboolean take_person(void *context, json_t *row, GError **error)
{
    return pushed_groups_rows_take_person(context, row, error);
}

/* A whole list, and the tag under which it stands. */
static gboolean read_list(struct pushed_groups_source *self, const char *path,
                          const struct pager_sink *sink, char **etag, GError **error)
{
    if (!pager_read(self->client, path, sink, etag, error))
        return FALSE;
    return *etag != NULL ||
           fail(error, OUTCOME_BAD_INPUT, "a list has no ETag: is this a rolecall endpoint?");
}

/* Both times by the endpoint's clock: what ours says is no matter. */
static gboolean read_times(struct pushed_groups_source *self, gboolean has_groups,
                           GError **error)
{
    const struct scim_call call = {.method = "GET", .path = GROUPS NO_ROWS};
    struct scim_reply reply = {0};
    gboolean read = scim_client_send(self->client, &call, &reply, error);
    self->changed_at = reply.last_modified;
    self->read_at = reply.date;
    scim_reply_clear(&reply);
    if (!read)
        return FALSE;
    if (self->read_at == 0 || (has_groups && self->changed_at == 0))
        return fail(error, OUTCOME_BAD_INPUT,
                    "the list of groups does not tell when it last changed (Last-Modified) and "
                    "what time it is (Date)");
    return TRUE;
}

static gboolean read_members(struct pushed_groups_source *self, PushedGroupsRows *rows,
                             guint index, GError **error)
{
    g_autofree char *id = scim_client_escape(pushed_groups_rows_id(rows, index));
    g_autofree char *path = g_strconcat("/Groups/", id, NULL);
    const struct scim_call call = {.method = "GET", .path = path};
    struct scim_reply reply = {0};
    GError *failure = NULL;
    gboolean read = scim_client_send(self->client, &call, &reply, &failure) &&
                    pushed_groups_rows_take_members(rows, index, reply.body, &failure);
    if (reply.status == 404)
        failure->code = OUTCOME_CONFLICT; /* deleted while we read */
    scim_reply_clear(&reply);
    if (!read)
        g_propagate_error(error, failure);
    return read;
}

static gboolean check_unchanged(struct pushed_groups_source *self, const char *path,
                                const char *etag, GError **error)
{
    gboolean unchanged = FALSE;
    if (!pager_is_unchanged(self->client, path, etag, &unchanged, error))
        return FALSE;
    return unchanged ||
           fail(error, OUTCOME_CONFLICT, "the pushed groups changed while they were read");
}

static gboolean read_people(struct pushed_groups_source *self, PushedGroupsRows *rows,
                            GError **error)
{
    const struct pager_sink sink = {.row = take_person, .context = rows};
    g_autofree char *etag = NULL;
    if (!pushed_groups_rows_want_people(rows))
        return TRUE;
    return read_list(self, PEOPLE, &sink, &etag, error) &&
           check_unchanged(self, PEOPLE, etag, error);
}

static gboolean read_rows(struct pushed_groups_source *self, PushedGroupsRows *rows,
                          GError **error)
{
    const struct pager_sink sink = {.row = take_group, .context = rows};
    g_autofree char *etag = NULL;
    if (!read_list(self, GROUPS, &sink, &etag, error) ||
        !read_times(self, pushed_groups_rows_count(rows) > 0, error))
        return FALSE;
    for (guint i = 0; i < pushed_groups_rows_count(rows); i++)
        if (!read_members(self, rows, i, error))
            return FALSE;
    return read_people(self, rows, error) && check_unchanged(self, GROUPS, etag, error);
}

static Snapshot *read_once(struct pushed_groups_source *self, const Needs *needs,
                           GError **error)
{
    g_autoptr(PushedGroupsRows) rows = pushed_groups_rows_new(needs, self->origin);
    g_autoptr(Snapshot) snapshot = snapshot_new(self->source.name);
    if (!read_rows(self, rows, error) || !pushed_groups_rows_write(rows, snapshot, error))
        return NULL;
    snapshot_seal(snapshot);
    return g_steal_pointer(&snapshot);
}

static Snapshot *read_again(struct pushed_groups_source *self, const Needs *needs,
                            GError **error)
{
    struct retry retry = retry_begin(&reading_again, self->random);
    for (;;) {
        GError *failure = NULL;
        gint64 wait_ms = 0;
        Snapshot *snapshot = read_once(self, needs, &failure);
        if (snapshot != NULL)
            return snapshot;
        if (!g_error_matches(failure, OUTCOME, OUTCOME_CONFLICT) ||
            !retry_next(&retry, NULL, &wait_ms) ||
            !self->waiter->wait(self->waiter->context, wait_ms)) {
            if (failure->code == OUTCOME_CONFLICT)
                failure->code = OUTCOME_RETRY;
            g_propagate_error(error, failure);
            return NULL;
        }
        g_error_free(failure);
    }
}

static Snapshot *read_snapshot(struct source *source, const Needs *needs, GError **error)
{
    struct pushed_groups_source *self = (struct pushed_groups_source *)source;
    Snapshot *snapshot = NULL;
    if (needs->group_dns->len > 0)
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "a rule names the group \"%s\", which reads as a DN: pushed groups have "
                    "none; use group_matches",
                    (const char *)g_ptr_array_index(needs->group_dns, 0));
    else
        snapshot = read_again(self, needs, error);
    if (snapshot == NULL)
        g_prefix_error(error, "directory '%s': ", source->name);
    return snapshot;
}

/* In no group that was read is all that can be said, and it is enough: nobody is removed for it. */
static gboolean look_up(struct source *source G_GNUC_UNUSED, const char *anchor G_GNUC_UNUSED,
                        enum source_presence *presence, GError **error G_GNUC_UNUSED)
{
    *presence = SOURCE_PRESENT;
    return TRUE;
}

static gboolean changed(const struct source *source, gint64 *changed_at, gint64 *read_at)
{
    const struct pushed_groups_source *self = (const struct pushed_groups_source *)source;
    *changed_at = self->changed_at;
    *read_at = self->read_at;
    return self->changed_at != 0;
}

static void source_free(struct source *source)
{
    struct pushed_groups_source *self = (struct pushed_groups_source *)source;
    scim_client_close(self->client);
    g_free(self->origin);
    g_free(source->name);
    g_free(self);
}

struct source *pushed_groups_source_new(const struct pushed_groups_settings *settings,
                                        GError **error)
{
    ScimClient *client = scim_client_open(&settings->client, error);
    if (client == NULL) {
        g_prefix_error(error, "directory '%s': ", settings->name);
        return NULL;
    }
    struct pushed_groups_source *self = g_new0(struct pushed_groups_source, 1);
    self->source = (struct source){.name = g_strdup(settings->name),
                                   .read = read_snapshot,
                                   .look_up = look_up,
                                   .attaches = TRUE,
                                   .changed = changed,
                                   .free = source_free};
    self->client = client;
    self->origin = settings->connection != NULL
                       ? g_strconcat(ORIGIN_PROVIDER, settings->connection, NULL)
                       : NULL;
    self->waiter = settings->client.waiter;
    self->random = settings->client.random;
    return &self->source;
}
