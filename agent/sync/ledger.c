#include "agent/sync/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "agent/sync/plan_step_file.h"
#include "scim/protocol/outcome.h"

struct ledger {
    int file;
    char *path;
    Plan *texts;        /* owns what the entries point to */
    GPtrArray *entries; /* struct ledger_entry *, owned: open when the book was opened */
    GHashTable *open;   /* set of keys, owned: open now */
};

static gboolean fail(const Ledger *ledger, GError **error, const char *doing)
{
    g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "cannot %s '%s': %s", doing, ledger->path,
                g_strerror(errno));
    return FALSE;
}

/* The entry of an intent line, with texts in the ledger's plan; NULL when it makes no sense. */
static struct ledger_entry *parse_intent(Ledger *ledger, const json_t *line)
{
    struct plan_step *step = plan_block(ledger->texts, sizeof *step, 1);
    const char *key = json_string_value(json_object_get(line, "intent"));
    const char *run = json_string_value(json_object_get(line, "run"));
    if (run == NULL ||
        !plan_step_file_parse(ledger->texts, json_object_get(line, "step"), step, NULL))
        return NULL;
    struct ledger_entry *entry = g_new0(struct ledger_entry, 1);
    entry->key = plan_text(ledger->texts, key);
    entry->run = plan_text(ledger->texts, run);
    entry->person =
        plan_text(ledger->texts, json_string_value(json_object_get(line, "person")));
    entry->base = plan_text(ledger->texts, json_string_value(json_object_get(line, "base")));
    entry->step = step;
    return entry;
}

static void forget(Ledger *ledger, const char *key)
{
    g_hash_table_remove(ledger->open, key);
    for (guint i = 0; i < ledger->entries->len; i++) {
        const struct ledger_entry *entry = g_ptr_array_index(ledger->entries, i);
        if (strcmp(entry->key, key) == 0) {
            g_ptr_array_remove_index(ledger->entries, i);
            return;
        }
    }
}

static gboolean read_line(Ledger *ledger, const char *text, size_t length)
{
    json_t *line = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    const char *intent = json_string_value(json_object_get(line, "intent"));
    const char *end = json_string_value(json_object_get(line, "end"));
    gboolean fine = (intent == NULL) != (end == NULL);
    if (fine && end != NULL) {
        forget(ledger, end);
    } else if (fine) {
        struct ledger_entry *entry = parse_intent(ledger, line);
        fine = entry != NULL;
        if (fine) {
            forget(ledger, entry->key);
            g_ptr_array_add(ledger->entries, entry);
            g_hash_table_add(ledger->open, g_strdup(entry->key));
        }
    }
    json_decref(line);
    return fine;
}

/* Reads all whole lines and cuts off the rest. */
static gboolean read_book(Ledger *ledger, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;
    gsize length = 0;
    if (!g_file_get_contents(ledger->path, &text, &length, &problem)) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "cannot read '%s': %s", ledger->path,
                    problem->message);
        return FALSE;
    }
    const char *at = text;
    const char *end = text + length;
    for (guint number = 1; at < end; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            break;
        if (!read_line(ledger, at, (size_t)(stop - at))) {
            g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT,
                        "'%s', line %u, is no line of a ledger", ledger->path, number);
            return FALSE;
        }
        at = stop + 1;
    }
    if (at < end && ftruncate(ledger->file, at - text) != 0)
        return fail(ledger, error, "cut");
    return TRUE;
}

Ledger *ledger_open(const char *state, GError **error)
{
    g_autoptr(Ledger) ledger = g_new0(Ledger, 1);
    ledger->path = g_build_filename(state, "ledger", NULL);
    ledger->texts = plan_new("");
    ledger->entries = g_ptr_array_new_with_free_func(g_free);
    ledger->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ledger->file = open(ledger->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (ledger->file < 0) {
        fail(ledger, error, "open");
        return NULL;
    }
    return read_book(ledger, error) ? g_steal_pointer(&ledger) : NULL;
}

void ledger_close(Ledger *ledger)
{
    if (ledger == NULL)
        return;
    if (ledger->file >= 0)
        close(ledger->file);
    g_free(ledger->path);
    plan_free(ledger->texts);
    g_ptr_array_free(ledger->entries, TRUE);
    g_hash_table_destroy(ledger->open);
    g_free(ledger);
}

guint ledger_open_count(const Ledger *ledger)
{
    return ledger->entries->len;
}

const struct ledger_entry *ledger_open_entry(const Ledger *ledger, guint index)
{
    return g_ptr_array_index(ledger->entries, index);
}

static gboolean write_line(Ledger *ledger, json_t *line, GError **error)
{
    char *text = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
    g_autofree char *whole = g_strconcat(text, "\n", NULL);
    free(text);
    json_decref(line);
    size_t left = strlen(whole);
    const char *at = whole;
    while (left > 0) {
        ssize_t wrote = write(ledger->file, at, left);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return fail(ledger, error, "write");
        at += wrote;
        left -= (size_t)wrote;
    }
    return TRUE;
}

gboolean ledger_intend(Ledger *ledger, const struct ledger_entry *intent, GError **error)
{
    json_t *line = json_object();
    json_object_set_new(line, "intent", json_string(intent->key));
    json_object_set_new(line, "run", json_string(intent->run));
    if (intent->person != NULL)
        json_object_set_new(line, "person", json_string(intent->person));
    if (intent->base != NULL)
        json_object_set_new(line, "base", json_string(intent->base));
    json_object_set_new(line, "step", plan_step_file_print(intent->step));
    if (!write_line(ledger, line, error))
        return FALSE;
    if (fdatasync(ledger->file) != 0)
        return fail(ledger, error, "sync");
    g_hash_table_add(ledger->open, g_strdup(intent->key));
    return TRUE;
}

gboolean ledger_settle(Ledger *ledger, const char *key, const char *end, GError **error)
{
    json_t *line = json_pack("{s:s, s:s}", "end", key, "how", end);
    g_hash_table_remove(ledger->open, key);
    return write_line(ledger, line, error);
}

gboolean ledger_tidy(Ledger *ledger, GError **error)
{
    if (g_hash_table_size(ledger->open) > 0)
        return TRUE;
    return ftruncate(ledger->file, 0) == 0 || fail(ledger, error, "empty");
}
