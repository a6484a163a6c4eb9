#include "tests/agent/sync/source_double.h"

#include "scim/protocol/outcome.h"
#include "tests/mapping/company.h"

static Snapshot *read_lines(struct source *source, const Needs *needs, GError **error)
{
    struct source_double *self = (struct source_double *)(void *)source;
    (void)needs;
    self->reads++;
    if (!self->fails)
        return company_read(source->name, self->lines);
    g_set_error(error, OUTCOME, OUTCOME_RETRY, "server is away");
    return NULL;
}

static gboolean look_up(struct source *source, const char *anchor,
                        enum source_presence *presence, GError **error)
{
    struct source_double *self = (struct source_double *)(void *)source;
    (void)anchor;
    self->looks++;
    *presence = self->presence;
    if (self->fails)
        g_set_error(error, OUTCOME, OUTCOME_RETRY, "server is away");
    return !self->fails;
}

gboolean source_double_changed(const struct source *source, gint64 *changed_at, gint64 *read_at)
{
    const struct source_double *self = (const struct source_double *)(const void *)source;
    *changed_at = self->changed_at;
    *read_at = self->read_at;
    return self->changed_at != 0;
}

static void free_double(struct source *source)
{
    source_double_free((struct source_double *)(void *)source);
}

struct source_double *source_double_new(const char *name, const char *const *lines)
{
    struct source_double *self = g_new0(struct source_double, 1);
    self->source = (struct source){
        .name = g_strdup(name), .read = read_lines, .look_up = look_up, .free = free_double};
    self->lines = lines;
    self->presence = SOURCE_DELETED;
    return self;
}

void source_double_free(struct source_double *double_)
{
    g_free(double_->source.name);
    g_free(double_);
}
