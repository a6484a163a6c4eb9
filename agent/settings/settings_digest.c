#include "agent/settings/settings_digest.h"

#include <stdlib.h>
#include <string.h>

#include "agent/settings/settings_table.h"

/* A text with its length, so that no two lists of texts look alike. */
static void print_text(GString *out, const char *text)
{
    if (text == NULL)
        g_string_append_c(out, '-');
    else
        g_string_append_printf(out, "%" G_GSIZE_FORMAT ":%s", strlen(text), text);
}

static int compare_texts(gconstpointer left, gconstpointer right)
{
    return g_strcmp0(*(const char *const *)left, *(const char *const *)right);
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void print_texts(GString *out, const char *const *texts)
{
    gsize count = 0;
    while (texts[count] != NULL)
        count++;
    g_autofree const char **sorted = g_memdup2(texts, (count + 1) * sizeof *texts);
    qsort(sorted, count, sizeof *sorted, compare_names);
    for (gsize i = 0; i < count; i++)
        print_text(out, sorted[i]);
}

static void print_section(GString *out, enum settings_section section, const void *record);

static void print_list(GString *out, enum settings_section section, const GPtrArray *list)
{
    g_autoptr(GPtrArray) printed = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < list->len; i++) {
        GString *one = g_string_new(NULL);
        print_section(one, section, g_ptr_array_index(list, i));
        g_ptr_array_add(printed, g_string_free(one, FALSE));
    }
    g_ptr_array_sort(printed, compare_texts);
    for (guint i = 0; i < printed->len; i++)
        print_text(out, g_ptr_array_index(printed, i));
}

static void print_value(GString *out, const struct settings_key *key, const void *field)
{
    switch (key->type) {
    case SETTINGS_TYPE_TEXT:
    case SETTINGS_TYPE_URL:
    case SETTINGS_TYPE_NAME:
    case SETTINGS_TYPE_CHOICE:
        print_text(out, *(const char *const *)field);
        break;
    case SETTINGS_TYPE_FLAG:
        g_string_append(out, *(const gboolean *)field ? "true" : "false");
        break;
    case SETTINGS_TYPE_NUMBER:
    case SETTINGS_TYPE_SIZE:
    case SETTINGS_TYPE_DURATION:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, *(const gint64 *)field);
        break;
    case SETTINGS_TYPE_LIMIT: {
        const struct settings_limit *limit = field;
        g_string_append_printf(out, "%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "%%",
                               limit->number, limit->percent);
        break;
    }
    case SETTINGS_TYPE_TEXTS:
        print_texts(out, *(const char *const *const *)field);
        break;
    case SETTINGS_TYPE_GROUP:
        print_section(out, key->section, field);
        break;
    case SETTINGS_TYPE_LIST:
        print_list(out, key->section, *(GPtrArray *const *)field);
        break;
    case SETTINGS_TYPE_MAP: /* rules alone have one */
        break;
    }
}

static void print_section(GString *out, enum settings_section section, const void *record)
{
    for (const struct settings_key *key = settings_table(); key->name != NULL; key++) {
        if (key->in != section || key->is_operational)
            continue;
        g_string_append_printf(out, "%s=", key->name);
        print_value(out, key, (const char *)record + key->offset);
        g_string_append_c(out, ';');
    }
}

char *settings_digest(const Settings *settings)
{
    g_autoptr(GString) text = g_string_new(NULL);
    print_list(text, SETTINGS_SECTION_ORGANIZATION, settings->organizations);
    g_string_append_c(text, '\n');
    print_list(text, SETTINGS_SECTION_DIRECTORY, settings->directories);
    g_string_append_c(text, '\n');
    print_section(text, SETTINGS_SECTION_SYNC, &settings->sync);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
}
