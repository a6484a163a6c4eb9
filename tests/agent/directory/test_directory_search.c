/* What a search makes of answers that no honest server gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/directory_search.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/directory/fake_directory.h"

#ifdef __SANITIZE_ADDRESS__
/* libldap 2.5 keeps the message of a Notice of Disconnection when it closes the connection. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:ber_memcalloc_x\n";
}
#endif

#define ADA "dn: uid=ada,dc=x\nuid: ada\n\n"
#define BOB "dn: uid=bob,dc=x\nuid: bob\n\n"

static gboolean note_name(void *context, const struct directory_entry *entry,
                          GError **error G_GNUC_UNUSED)
{
    GString *names = context;
    g_autofree char *dn = directory_value_show(&entry->dn);
    g_string_append_printf(names, "%s;", dn);
    return TRUE;
}

/* One subtree search over a session of its own. *names: what the handler saw. */
static gboolean search(const struct fake_directory *fake, gboolean ranges, GString *names,
                       GError **error)
{
    static const char *const attributes[] = {"uid", NULL};
    g_autoptr(DirectoryOptions) options = directory_options_new("corp");
    struct directory_query query = {
        .base = "dc=x", .filter = "(uid=*)", .attributes = attributes, .ranges = ranges};
    options->uris = g_strsplit(fake->uri, " ", -1);
    options->search_timeout = 1;
    options->page_size = 2;
    g_autoptr(DirectorySession) session = directory_session_open(options, error);
    if (session == NULL)
        return FALSE;
    gboolean whole = directory_search(session, &query, note_name, names, error);
    assert_int_equal(session->broken, !whole);
    return whole;
}

static void pages_are_read_until_the_cookie_is_empty(void **state G_GNUC_UNUSED)
{
    static const struct fake_answer answers[] = {
        {.entries = ADA, .cookie = "1"}, {.cookie = "1"}, {.entries = BOB}};
    struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    assert_true(search(fake, FALSE, names, &error));
    assert_string_equal(names->str, "uid=ada,dc=x;uid=bob,dc=x;");
    assert_int_equal(fake->asked->len, 3);
    fake_directory_stop(fake);
}

static void every_code_but_0_fails_at_every_page(void **state G_GNUC_UNUSED)
{
    for (int code = 1; code <= 123; code++)
        for (guint page = 0; page < 3; page++) {
            struct fake_answer answers[] = {
                {.entries = ADA, .cookie = "1"}, {.entries = BOB, .cookie = "2"}, {.code = 0}};
            answers[page].code = code;
            struct fake_directory *fake = fake_directory_start(answers, G_N_ELEMENTS(answers));
            g_autoptr(GString) names = g_string_new(NULL);
            g_autoptr(GError) error = NULL;
            g_autofree char *number = g_strdup_printf("(%d)", code);
            if (search(fake, FALSE, names, &error))
                fail_msg("code %d at page %u was taken for success", code, page);
            assert_non_null(strstr(error->message, number));
            fake_directory_stop(fake);
        }
}

static void broken_answers_fail(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *what;
        struct fake_answer answer;
        int outcome;
        const char *says;
    } cases[] = {
        {"no paging control",
         {.entries = ADA, .no_control = TRUE},
         OUTCOME_RETRY,
         "whether more"},
        {"reference",
         {.entries = ADA, .reference = "ldap://evil.example/dc=x"},
         OUTCOME_SETTINGS,
         "'ldap://evil.example/dc=x'; references are never followed"},
        {"reference to a configuration",
         {.reference = "ldap://a/CN=Configuration,DC=x"},
         OUTCOME_SETTINGS,
         "never followed"},
        {"closed", {.entries = ADA BOB, .close = TRUE}, OUTCOME_RETRY, "Can't contact"},
        {"silent",
         {.entries = ADA, .silent = TRUE},
         OUTCOME_RETRY,
         "no whole answer within 1 s"},
        {"other id",
         {.entries = ADA, .other_id = TRUE},
         OUTCOME_RETRY,
         "no whole answer within 1 s"},
        {"disconnection", {.entries = ADA, .notice = TRUE}, OUTCOME_RETRY, "corp"},
        {"range", {.entries = "dn: cn=g,dc=x\nuid;range=0-1: a\n"}, OUTCOME_RETRY, "range=0-1"},
        {"option", {.entries = "dn: cn=g,dc=x\nuid;x-new: a\n"}, OUTCOME_RETRY, "'x-new'"},
        {"binary", {.entries = "dn: cn=g,dc=x\nuid;binary: a\n"}, OUTCOME_RETRY, "'binary'"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fake_directory *fake = fake_directory_start(&cases[i].answer, 1);
        g_autoptr(GString) names = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        if (search(fake, FALSE, names, &error))
            fail_msg("%s: taken for a whole answer", cases[i].what);
        assert_int_equal(error->code, cases[i].outcome);
        if (strcmp(cases[i].says, "corp") != 0 && strstr(error->message, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].what, error->message);
        fake_directory_stop(fake);
    }
}

static void language_tags_and_asked_for_ranges_are_fine(void **state G_GNUC_UNUSED)
{
    static const struct fake_answer answer = {
        .entries = "dn: cn=g,dc=x\nuid;lang-de: a\nuid;range=0-1: a\nuid;range=2-*: b\n"};
    struct fake_directory *fake = fake_directory_start(&answer, 1);
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    assert_true(search(fake, TRUE, names, &error));
    fake_directory_stop(fake);
}

static void a_value_without_end_is_refused(void **state G_GNUC_UNUSED)
{
    g_autofree char *endless = g_strnfill(DIRECTORY_VALUE_MAX_BYTES + 1, 'a');
    g_autofree char *entry = g_strdup_printf("dn: uid=ada,dc=x\nuid: %s\n", endless);
    const struct fake_answer answer = {.entries = entry};
    struct fake_directory *fake = fake_directory_start(&answer, 1);
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    assert_false(search(fake, FALSE, names, &error));
    assert_non_null(strstr(error->message, "over 1 MiB"));
    fake_directory_stop(fake);
}

static void active_directory_may_name_its_own_partitions(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *url;
        gboolean explained;
    } cases[] = {
        {"ldap://a.example/CN=Configuration,DC=a,DC=example", TRUE},
        {"ldaps://DomainDnsZones.a.example/DC=DomainDnsZones,DC=a,DC=example", TRUE},
        {"ldap://ForestDnsZones.a.example/DC=ForestDnsZones,DC=a,DC=example", TRUE},
        {"ldap://child.a.example/DC=child,DC=a,DC=example", FALSE},
        {"ldap://a.example/", FALSE},
        {"nonsense", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(
            directory_search_explains(DIRECTORY_KIND_ACTIVE_DIRECTORY, cases[i].url),
            cases[i].explained);
        assert_false(directory_search_explains(DIRECTORY_KIND_RFC2307BIS, cases[i].url));
    }
}

static gboolean count_values(void *context, const struct directory_entry *entry,
                             GError **error G_GNUC_UNUSED)
{
    guint *count = context;
    *count += entry->values->len;
    return TRUE;
}

static void ranges_are_read_to_their_end(void **state G_GNUC_UNUSED)
{
#define PART(range)                                                                            \
    {                                                                                          \
        .entries = "dn: cn=g,dc=x\nmember;range=" range ": cn=a\n"                             \
    }

    static const struct {
        struct fake_answer answers[3];
        guint count; /* 0: an error */
    } cases[] = {
        {{PART("2-*")}, 1},
        {{PART("2-3"), PART("4-5"), PART("6-*")}, 3},
        {{PART("2-3"), PART("2-3")}, 0},       /* the same again */
        {{PART("3-*")}, 0},                    /* one value is missing */
        {{PART("2-1")}, 0},                    /* backwards */
        {{{.entries = "dn: cn=g,dc=x\n"}}, 0}, /* gone */
        {{{.code = 0}}, 0},                    /* no entry at all */
        {{{.code = 32}}, 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fake_directory *fake = fake_directory_start(cases[i].answers, 3);
        g_autoptr(DirectoryOptions) options = directory_options_new("corp");
        g_autoptr(GError) error = NULL;
        guint count = 0;
        options->uris = g_strsplit(fake->uri, " ", -1);
        g_autoptr(DirectorySession) session = directory_session_open(options, &error);
        assert_non_null(session);
        const struct directory_rest rest = {"cn=g,dc=x", "member", 2};
        gboolean read = directory_search_range(session, &rest, count_values, &count, &error);
        if (read != (cases[i].count > 0) || (read && count != cases[i].count))
            fail_msg("case %zu: %u values, %s", i, count, read ? "whole" : error->message);
        g_clear_pointer(&session, directory_session_close);
        fake_directory_stop(fake);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_read_until_the_cookie_is_empty),
        cmocka_unit_test(every_code_but_0_fails_at_every_page),
        cmocka_unit_test(broken_answers_fail),
        cmocka_unit_test(language_tags_and_asked_for_ranges_are_fine),
        cmocka_unit_test(a_value_without_end_is_refused),
        cmocka_unit_test(active_directory_may_name_its_own_partitions),
        cmocka_unit_test(ranges_are_read_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
