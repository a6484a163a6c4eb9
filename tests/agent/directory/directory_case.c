#include "tests/agent/directory/directory_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/directory_dn.h"

#define NOW 1795305600

static void add_word(Needs *needs, const char *word)
{
    const char *colon = strchr(word, ':');
    const char *rest = colon == NULL ? NULL : colon + 1;
    if (g_str_has_prefix(word, "group:"))
        g_ptr_array_add(needs->group_names, g_strdup(rest));
    else if (g_str_has_prefix(word, "dn:"))
        g_ptr_array_add(needs->group_dns, directory_dn_key(rest, NULL));
    else if (g_str_has_prefix(word, "anchor:"))
        g_ptr_array_add(needs->group_anchors, g_strdup(rest));
    else if (strcmp(word, "groups") == 0)
        needs->all_groups = TRUE;
    else if (strcmp(word, "people") == 0)
        needs->all_people = TRUE;
    else
        g_ptr_array_add(needs->attributes, g_strdup(word));
}

Needs *directory_case_needs(const char *words)
{
    Needs *needs = needs_new();
    g_auto(GStrv) list = g_strsplit(words, ";", -1);
    for (char **word = list; *word != NULL; word++)
        if ((*word)[0] != '\0')
            add_word(needs, *word);
    return needs;
}

static char *short_dn(const char *dn)
{
    static const char suffix[] = ",dc=example,dc=test";
    size_t length = strlen(dn);
    if (g_str_has_suffix(dn, suffix))
        length -= sizeof suffix - 1;
    return g_strndup(dn, length);
}

static char *person_line(const Snapshot *snapshot, const struct snapshot_person *person)
{
    static const char *const states[] = {[SNAPSHOT_ENABLED] = "",
                                         [SNAPSHOT_DISABLED] = " disabled",
                                         [SNAPSHOT_EXPIRED] = " expired"};
    g_autofree char *dn = short_dn(person->dn);
    GString *line = g_string_new(dn);
    if (person->login != NULL)
        g_string_append_printf(line, " login=%s", person->login);
    g_string_append(line, states[person->state]);
    if (person->set_aside != NULL)
        g_string_append_printf(line, " aside: %s", person->set_aside);
    for (guint32 i = 0; i < person->value_count; i++) {
        const struct snapshot_value *value = &snapshot->values[person->first_value + i];
        g_string_append_printf(line, " %s=%s", snapshot->attributes[value->attribute],
                               value->text);
    }
    return g_string_free(line, FALSE);
}

static int compare_lines(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static char *member_text(const Snapshot *snapshot, const struct snapshot_member *member)
{
    g_autofree char *dn = short_dn(member->is_group ? snapshot->groups[member->index].dn
                                                    : snapshot->people[member->index].dn);
    return member->is_group ? g_strdup_printf(" (%s)", dn) : g_strdup_printf(" %s", dn);
}

static char *group_line(const Snapshot *snapshot, const struct snapshot_group *group)
{
    g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func(g_free);
    GString *line = g_string_new(group->name);
    g_string_append(line, " =");
    for (guint32 i = 0; i < group->member_count; i++)
        g_ptr_array_add(members,
                        member_text(snapshot, &snapshot->members[group->first_member + i]));
    g_ptr_array_sort(members, compare_lines);
    for (guint i = 0; i < members->len; i++)
        g_string_append(line, g_ptr_array_index(members, i));
    if (group->unresolved > 0)
        g_string_append_printf(line, " +%u", group->unresolved);
    return g_string_free(line, FALSE);
}

static void append_sorted(GString *text, GPtrArray *lines)
{
    g_ptr_array_sort(lines, compare_lines);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (const char *)g_ptr_array_index(lines, i));
    g_ptr_array_set_size(lines, 0);
}

char *directory_case_show(const Snapshot *snapshot)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    GString *text = g_string_new(NULL);
    for (guint32 i = 0; i < snapshot->person_count; i++)
        g_ptr_array_add(lines, person_line(snapshot, &snapshot->people[i]));
    append_sorted(text, lines);
    for (guint32 i = 0; i < snapshot->group_count; i++)
        g_ptr_array_add(lines, group_line(snapshot, &snapshot->groups[i]));
    append_sorted(text, lines);
    return g_string_free(text, FALSE);
}

static gint64 frozen_now(void *context G_GNUC_UNUSED)
{
    return NOW;
}

const struct clock *directory_case_clock(void)
{
    static const struct clock frozen = {.now = frozen_now};
    return &frozen;
}
