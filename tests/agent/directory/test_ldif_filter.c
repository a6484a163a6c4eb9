#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/ldif_filter.h"
#include "scim/protocol/outcome.h"

static const char ldif[] =
    "dn: uid=zoe,ou=people,dc=x\nobjectClass: inetOrgPerson\nemployeeType: left\n\n"
    "dn: cn=staff,ou=groups,dc=x\nobjectClass: groupOfNames\n\n"
    "dn: uid=ada,dc=elsewhere\nobjectClass: inetOrgPerson\n\n"
    "dn: cn=pc,ou=people,dc=x\nobjectClass: computer\n"
    "objectCategory: CN=Computer,CN=Schema,DC=x\n\n"
    "dn: cn=bob,ou=people,dc=x\nobjectClass: user\n"
    "objectCategory: CN=Person,CN=Schema,DC=x\n";

/* The flags of the entries as digits, or NULL. */
static char *match(enum directory_kind kind, const char *account_disabled, const char *text,
                   GError **error)
{
    g_autoptr(DirectoryOptions) options = directory_options_new("labs");
    g_autoptr(LdifText) parsed = ldif_text_new(text, strlen(text), error);
    struct directory_scheme scheme;
    options->base = g_strdup("dc=x");
    options->kind = kind;
    options->account_disabled = g_strdup(account_disabled);
    assert_true(directory_scheme_init(&scheme, options, kind, error));
    g_autoptr(GByteArray) flags = ldif_filter_match(parsed, &scheme, error);
    directory_scheme_clear(&scheme);
    if (flags == NULL)
        return NULL;
    GString *digits = g_string_new(NULL);
    for (guint i = 0; i < flags->len; i++)
        g_string_append_c(digits, (char)('0' + flags->data[i]));
    return g_string_free(digits, FALSE);
}

static void entries_match_as_a_server_would_say(void **state G_GNUC_UNUSED)
{
    static const struct {
        enum directory_kind kind;
        const char *disabled, *flags;
    } cases[] = {
        {DIRECTORY_KIND_RFC2307BIS, NULL, "12011"},
        {DIRECTORY_KIND_RFC2307BIS, "(employeeType=left)", "52011"},
        {DIRECTORY_KIND_RFC2307, NULL, "10011"},
        {DIRECTORY_KIND_ACTIVE_DIRECTORY, NULL, "00001"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *flags = match(cases[i].kind, cases[i].disabled, ldif, &error);
        if (flags == NULL)
            fail_msg("%s", error->message);
        assert_string_equal(flags, cases[i].flags);
    }
}

static void filters_and_names_that_are_none_are_errors(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *disabled, *text, *says;
        int outcome;
    } cases[] = {
        {"(employeeType=left", ldif, "filter '(employeeType=left'", OUTCOME_SETTINGS},
        {NULL, "dn: nonsense\ncn: a\n", "line 1: ", OUTCOME_BAD_INPUT},
        {NULL, "dn: cn=a\ncn: a\n\ndn: CN=A\ncn: a\n", "line 4: entry 'CN=A' stands twice",
         OUTCOME_BAD_INPUT},
        {NULL, "dn: cn=a\nbroken\n", "line 2: ", OUTCOME_BAD_INPUT},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *flags =
            match(DIRECTORY_KIND_RFC2307BIS, cases[i].disabled, cases[i].text, &error);
        assert_null(flags);
        assert_int_equal(error->code, cases[i].outcome);
        if (strstr(error->message, cases[i].says) == NULL)
            fail_msg("case %zu: %s", i, error->message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_match_as_a_server_would_say),
        cmocka_unit_test(filters_and_names_that_are_none_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
