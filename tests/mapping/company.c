#include "company.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void add_person(Snapshot *snapshot, char **words)
{
    g_autofree char *dn = g_strdup_printf("uid=%s,dc=example", words[1]);
    g_autofree char *anchor = g_strdup_printf("a-%s", words[1]);
    struct snapshot_entry entry = {.dn = dn, .dn_key = dn, .anchor = anchor, .login = words[1]};
    g_autoptr(GError) error = NULL;

    for (char **word = words + 2; *word != NULL; word++) {
        if (g_str_equal(*word, "disabled"))
            entry.state = SNAPSHOT_DISABLED;
        else if (g_str_equal(*word, "expired"))
            entry.state = SNAPSHOT_EXPIRED;
        else if (g_str_equal(*word, "aside"))
            entry.set_aside = "a value is not valid UTF-8";
        else if (g_str_has_prefix(*word, "login="))
            entry.login = *word + strlen("login=");
        else if (g_str_has_prefix(*word, "anchor="))
            entry.anchor = *word + strlen("anchor=");
    }
    assert_true(snapshot_add_person(snapshot, &entry, &error));
    for (char **word = words + 2; *word != NULL; word++) {
        char *sign = strchr(*word, '=');
        if (sign == NULL || g_str_has_prefix(*word, "login=") ||
            g_str_has_prefix(*word, "anchor="))
            continue;
        *sign = '\0';
        snapshot_add_value(snapshot, *word, g_strdelimit(sign + 1, "_", ' '));
    }
}

static void add_group(Snapshot *snapshot, char **words)
{
    g_autofree char *dn = g_strdup_printf("cn=%s,dc=example", words[1]);
    g_autofree char *anchor = g_strdup_printf("g-%s", words[1]);
    struct snapshot_entry entry = {.dn = dn, .dn_key = dn, .anchor = anchor, .name = words[1]};
    g_autoptr(GError) error = NULL;

    for (char **word = words + 2; *word != NULL; word++) {
        if (g_str_has_prefix(*word, "name="))
            entry.name = *word + strlen("name=");
        if (g_str_has_prefix(*word, "anchor="))
            entry.anchor = *word + strlen("anchor=");
    }
    assert_true(snapshot_add_group(snapshot, &entry, &error));
    for (char **word = words + 2; *word != NULL; word++) {
        g_autofree char *member = g_strdup_printf(
            **word == '@' ? "cn=%s,dc=example" : "uid=%s,dc=example", *word + (**word == '@'));
        if (strchr(*word, '=') != NULL)
            continue;
        if (**word == '#')
            snapshot_add_member_login(snapshot, *word + 1);
        else
            snapshot_add_member_dn(snapshot, member);
    }
}

Snapshot *company_read(const char *directory, const char *const *lines)
{
    Snapshot *snapshot = snapshot_new(directory);

    for (; *lines != NULL; lines++) {
        g_auto(GStrv) words = g_strsplit(*lines, " ", -1);
        if (g_str_equal(words[0], "person"))
            add_person(snapshot, words);
        else
            add_group(snapshot, words);
    }
    snapshot_seal(snapshot);
    return snapshot;
}

static void shuffle(char **texts, guint count, GRand *chance)
{
    for (guint i = count; i > 1; i--) {
        guint other = (guint)g_rand_int_range(chance, 0, (gint32)i);
        char *text = texts[i - 1];
        texts[i - 1] = texts[other];
        texts[other] = text;
    }
}

char **company_shuffle(const char *const *lines, GRand *chance)
{
    guint count = 0;

    while (lines[count] != NULL)
        count++;
    char **shuffled = g_new0(char *, count + 1);
    for (guint i = 0; i < count; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", -1);
        guint length = g_strv_length(words);
        if (length > 2)
            shuffle(words + 2, length - 2, chance);
        shuffled[i] = g_strjoinv(" ", words);
    }
    shuffle(shuffled, count, chance);
    return shuffled;
}

Rules *company_rules(const struct rule_text *texts, gsize count)
{
    static const char *const DIRECTORIES[] = {"corp", "labs", NULL};
    static const char *const ORGANIZATIONS[] = {"acme", "apex", NULL};
    Rules *rules = rules_new(DIRECTORIES, ORGANIZATIONS);

    for (gsize i = 0; i < count; i++) {
        g_autoptr(GError) error = NULL;
        gboolean added = rules_add(rules, &texts[i], &error);
        if (error != NULL)
            fail_msg("%s", error->message);
        assert_true(added);
    }
    rules_seal(rules);
    return rules;
}
