#include "agent/sync/accepted.h"

#include <string.h>

#include <jansson.h>

#include "agent/sync/state_file.h"

#define FILE_NAME "accepted.json"

struct accepted {
    json_t *book; /* directory: { entries, rules, groups: { anchor: { name, members } } } */
};

Accepted *accepted_open(const char *state, GError **error)
{
    json_t *book = state_file_read(state, FILE_NAME, error);
    if (book == NULL)
        return NULL;
    Accepted *accepted = g_new(Accepted, 1);
    accepted->book = book;
    return accepted;
}

void accepted_free(Accepted *accepted)
{
    if (accepted == NULL)
        return;
    json_decref(accepted->book);
    g_free(accepted);
}

static guint number(const json_t *value)
{
    json_int_t number = json_integer_value(value);
    return number > 0 && number <= G_MAXUINT32 ? (guint)number : 0;
}

guint accepted_entries(const Accepted *accepted, const char *directory)
{
    return number(json_object_get(json_object_get(accepted->book, directory), "entries"));
}

const char *accepted_rules(const Accepted *accepted, const char *directory)
{
    const char *rules =
        json_string_value(json_object_get(json_object_get(accepted->book, directory), "rules"));
    return rules != NULL ? rules : "";
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void accepted_each_group(const Accepted *accepted, const char *directory,
                         void (*visit)(void *context, const char *anchor, const char *name,
                                       guint members),
                         void *context)
{
    json_t *groups = json_object_get(json_object_get(accepted->book, directory), "groups");
    g_autoptr(GPtrArray) anchors = g_ptr_array_new_with_free_func(g_free);
    const char *anchor = NULL;
    json_t *group = NULL;
    json_object_foreach(groups, anchor, group) g_ptr_array_add(anchors, g_strdup(anchor));
    g_ptr_array_sort(anchors, by_text);
    for (guint i = 0; i < anchors->len; i++) {
        anchor = g_ptr_array_index(anchors, i);
        group = json_object_get(groups, anchor);
        const char *name = json_string_value(json_object_get(group, "name"));
        visit(context, anchor, name != NULL ? name : anchor,
              number(json_object_get(group, "members")));
    }
}

void accepted_set(Accepted *accepted, const char *directory, guint entries, const char *rules)
{
    json_object_set_new(accepted->book, directory,
                        json_pack("{s:I, s:s, s:{}}", "entries", (json_int_t)entries, "rules",
                                  rules, "groups"));
}

void accepted_set_group(Accepted *accepted, const char *directory, const char *anchor,
                        const char *name, guint members)
{
    json_t *groups = json_object_get(json_object_get(accepted->book, directory), "groups");
    json_object_set_new(groups, anchor,
                        json_pack("{s:s, s:I}", "name", name, "members", (json_int_t)members));
}

gboolean accepted_save(const Accepted *accepted, const char *state, GError **error)
{
    return state_file_write(state, FILE_NAME, accepted->book, error);
}
