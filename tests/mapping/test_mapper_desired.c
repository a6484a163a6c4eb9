#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "company.h"

#define CORP .file = "rolecall.conf", .directory = "corp"
#define LABS .file = "rolecall.conf", .directory = "labs"

static const struct rule_text_role LEVELS[] = {{"admin", "admin"},
                                               {"rw", "read-write"},
                                               {"ro", "read-only"}};

static const struct rule_text TEXTS[] = {
    {CORP, .line = 1, .group = "staff", .organization = "acme", .role = "member"},
    {CORP, .line = 2, .group = "billing", .organization = "acme", .role = "billing-admin",
     .priority = 10},
    {CORP, .line = 3, .group = "owners", .organization = "acme", .role = "owner",
     .priority = -5},
    {CORP, .line = 4, .group_matches = "^p-(?<p>[a-z]+)-(?<l>admin|rw|ro)$",
     .organization = "acme", .project = "${p}", .role = "${l}", .roles = LEVELS,
     .role_count = 3},
    {CORP, .line = 5, .filter = "(title=Boss)", .organization = "apex", .role = "owner"},
    {CORP, .line = 6, .group = "denied", .deny = TRUE},
    {CORP, .line = 7, .user = "twin", .organization = "apex", .role = "owner"},
    {LABS, .line = 8, .group = "lab", .organization = "acme", .role = "member"},
    {LABS, .line = 9, .group = "out", .organization = "acme", .deny = TRUE},
};

#define GROUPS                                                                                 \
    "group staff a b c d e f g h i j k l", "group billing a d", "group owners b d e",          \
        "group p-search-rw c d", "group p-search-ro c d", "group p-ads-admin d m",             \
        "group denied e n @denied"

static const char *const LABS_LINES[] = {"person a mail=a@example.com", "group lab a",
                                         "group out", NULL};

static char *print(const char *const *lines, const char *organization,
                   const char *const *domains)
{
    g_autoptr(Rules) rules = company_rules(TEXTS, G_N_ELEMENTS(TEXTS));
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(Snapshot) corp = company_read("corp", lines);
    g_autoptr(Snapshot) labs = company_read("labs", LABS_LINES);
    const struct mapper_directory directories[] = {{"labs", labs, map, FALSE},
                                                   {"corp", corp, map, FALSE}};
    g_autoptr(GError) error = NULL;
    g_autoptr(Mapper) mapper = mapper_new(rules, directories, 2, &error);
    if (error != NULL)
        fail_msg("%s", error->message);
    const struct mapper_organization acme = {organization, domains, "employeeNumber"};
    g_autoptr(Desired) desired = mapper_desired(mapper, &acme);
    return desired_print(desired);
}

/* The one line of `text` that is about an anchor of corp, from its state on. */
static char *line_of(const char *text, const char *anchor)
{
    g_autofree char *start = g_strdup_printf("\ndirectory:corp %s '", anchor);
    const char *line = strstr(text, start);
    if (line == NULL)
        return g_strdup("nothing");
    line = strstr(line, "dc=example' ") + strlen("dc=example' ");
    return g_strndup(line, strcspn(line, "\n"));
}

static void each_entry_gets_what_the_rules_say(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "person a mail=a@example.com employeeNumber=0042",
        "person b mail=b@example.com",
        "person c mail=c@example.com",
        "person d mail=d@example.com",
        "person e mail=e@example.com",
        "person f mail=f@example.com disabled",
        "person g",
        "person h mail=h@elsewhere.org",
        "person i mail=Same@example.com",
        "person j mail=same@example.com",
        "person k mail=k@example.com aside",
        "person l expired",
        "person m mail=m@example.com",
        "person n mail=n@example.com aside",
        "person o mail=o@example.com",
        "person p mail=p@example.com aside disabled",
        GROUPS,
        NULL,
    };

    static const struct {
        const char *anchor, *starts, *holds;
    } ROWS[] = {
        {"a-a", "granted role=billing-admin rule=", "priority=10 seat_order='0042'"},
        {"a-b", "granted role=owner", "priority=0 "},
        {"a-c", "granted role=member", " search=read-write(rule "},
        {"a-d", "granted role=owner", " ads=admin(rule "},
        {"a-e", "denied role=none", "why='group 'denied' of directory 'corp' -> denied'"},
        {"a-f", "suspended role=member", "why='the account is disabled'"},
        {"a-g", "set-aside role=none", "why='it has no mail (${mail} gives nothing)'"},
        {"a-h", "set-aside role=none", "outside the organization's domains"},
        {"a-i", "set-aside role=none", "its mail 'Same@example.com' is also that of 'uid=j,"},
        {"a-j", "set-aside role=none", "its mail 'same@example.com' is also that of 'uid=i,"},
        {"a-k", "set-aside role=none", "why='a value is not valid UTF-8'"},
        {"a-l", "suspended role=member", "why='the account has expired'"},
        {"a-m", "granted role=member", " ads=admin(rule "},
        {"a-n", "denied role=none", "denied"},
        {"a-o", "nothing", ""},
        {"a-p", "suspended role=none rule=0", "disabled"},
    };

    static const char *const DOMAINS[] = {"example.com", NULL};
    g_autofree char *text = print(LINES, "acme", DOMAINS);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *line = line_of(text, ROWS[i].anchor);
        if (!g_str_has_prefix(line, ROWS[i].starts) || strstr(line, ROWS[i].holds) == NULL)
            fail_msg("%s: %s", ROWS[i].anchor, line);
    }
    /* The same mail in another directory sets nobody aside: that is the planner's. */
    assert_non_null(strstr(text, "directory:labs a-a 'uid=a,dc=example' granted"));
    g_autofree char *d = line_of(text, "a-d");
    assert_null(strstr(d, "search=read-only"));
    g_autofree char *l = line_of(text, "a-l");
    assert_null(strstr(l, "mail="));
}

static void a_disabled_twin_stays_suspended_and_the_other_is_set_aside(void **state)
{
    (void)state;
    static const char *const LINES[] = {"person a mail=x@example.com disabled",
                                        "person b mail=x@example.com",
                                        "person e mail=x@example.com", GROUPS, NULL};
    g_autofree char *text = print(LINES, "acme", NULL);
    g_autofree char *a = line_of(text, "a-a");
    g_autofree char *b = line_of(text, "a-b");
    g_autofree char *e = line_of(text, "a-e");
    assert_true(g_str_has_prefix(a, "suspended role=billing-admin"));
    assert_null(strstr(a, "mail="));
    assert_true(g_str_has_prefix(b, "set-aside"));
    assert_true(g_str_has_prefix(e, "denied"));
}

static void somebody_denied_sets_nobody_else_aside(void **state)
{
    (void)state;
    static const char *const LINES[] = {"person e mail=x@example.com",
                                        "person b mail=x@example.com", GROUPS, NULL};
    g_autofree char *text = print(LINES, "acme", NULL);
    g_autofree char *b = line_of(text, "a-b");
    assert_true(g_str_has_prefix(b, "granted role=owner"));
}

static void a_user_rule_that_may_mean_two_people_sets_both_aside(void **state)
{
    (void)state;
    static const char *const LINES[] = {"person x login=twin mail=x@example.com",
                                        "person y login=TWIN mail=y@example.com",
                                        "person z title=Boss mail=z@example.com", GROUPS, NULL};
    g_autofree char *text = print(LINES, "apex", NULL);
    g_autofree char *x = line_of(text, "a-x");
    g_autofree char *y = line_of(text, "a-y");
    g_autofree char *z = line_of(text, "a-z");
    assert_non_null(strstr(x, "may mean it or another entry: user 'twin'"));
    assert_true(g_str_has_prefix(y, "set-aside role=none"));
    assert_true(g_str_has_prefix(z, "granted role=owner"));
}

static void an_organization_without_rules_wants_nobody(void **state)
{
    (void)state;
    static const char *const LINES[] = {"person a mail=a@example.com", GROUPS, NULL};
    g_autofree char *text = print(LINES, "other", NULL);
    assert_string_equal(text, "organization other, 2 people read\ncomplete directory:corp\n"
                              "complete directory:labs\n");
}

/* Random people and groups for the rules above; every kind of fault is among them. */
static char **random_company(GRand *chance)
{
    static const char *const FLAGS[] = {"",       " disabled",   " expired",
                                        " aside", " title=Boss", " login=twin"};
    static const char *const NAMES[] = {"staff",       "billing",     "owners",     "denied",
                                        "p-search-rw", "p-search-ro", "p-ads-admin"};
    GPtrArray *lines = g_ptr_array_new();
    for (char person = 'a'; person < 'i'; person++) {
        char mail = (char)('a' + g_rand_int_range(chance, 0, 12));
        g_ptr_array_add(
            lines,
            g_strdup_printf("person %c mail=%c@example.com mail=%c@example.com sn=X%s", person,
                            mail, g_rand_int_range(chance, 0, 8) == 0 ? 'q' : mail,
                            FLAGS[g_rand_int_range(chance, 0, G_N_ELEMENTS(FLAGS))]));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autoptr(GString) line = g_string_new(NULL);
        g_string_append_printf(line, "group %s", NAMES[i]);
        gint32 members = g_rand_int_range(chance, 0, 6);
        for (gint32 j = 0; j < members; j++) {
            if (g_rand_int_range(chance, 0, 4) == 0)
                g_string_append_printf(line, " @%s",
                                       NAMES[g_rand_int_range(chance, 0, G_N_ELEMENTS(NAMES))]);
            else
                g_string_append_printf(line, " %s%c",
                                       g_rand_int_range(chance, 0, 5) == 0 ? "#" : "",
                                       'a' + g_rand_int_range(chance, 0, 9));
        }
        g_ptr_array_add(lines, g_strdup(line->str));
    }
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(lines, FALSE);
}

/* Both organizations, with rules and directories in a random order when there is chance. */
static char *print_both(const char *const *lines, GRand *chance)
{
    static const char *const DOMAINS[] = {"example.com", NULL};
    struct rule_text texts[G_N_ELEMENTS(TEXTS)];
    memcpy(texts, TEXTS, sizeof TEXTS);
    for (guint i = G_N_ELEMENTS(texts); chance != NULL && i > 1; i--) {
        guint other = (guint)g_rand_int_range(chance, 0, (gint32)i);
        struct rule_text text = texts[i - 1];
        texts[i - 1] = texts[other];
        texts[other] = text;
        texts[i - 1].line = 100 - i;
    }
    g_autoptr(Rules) rules = company_rules(texts, G_N_ELEMENTS(texts));
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(Snapshot) corp = company_read("corp", lines);
    g_autoptr(Snapshot) labs = company_read("labs", LABS_LINES);
    struct mapper_directory directories[] = {{"labs", labs, map, FALSE},
                                             {"corp", corp, map, FALSE}};
    if (chance != NULL && g_rand_boolean(chance)) {
        directories[0] = (struct mapper_directory){"corp", corp, map, FALSE};
        directories[1] = (struct mapper_directory){"labs", labs, map, FALSE};
    }
    g_autoptr(Mapper) mapper = mapper_new(rules, directories, 2, NULL);
    assert_non_null(mapper);
    const struct mapper_organization acme = {"acme", DOMAINS, "sn"};
    const struct mapper_organization apex = {"apex", NULL, NULL};
    g_autoptr(Desired) left = mapper_desired(mapper, &acme);
    g_autoptr(Desired) right = mapper_desired(mapper, &apex);
    g_autofree char *first = desired_print(left);
    g_autofree char *second = desired_print(right);
    return g_strconcat(first, second, NULL);
}

static void permuting_rules_groups_members_and_entries_changes_no_byte(void **state)
{
    (void)state;
    g_autoptr(GRand) chance = g_rand_new_with_seed(6);
    guint granted = 0;
    guint set_aside = 0;
    for (int round = 0; round < 4000; round++) {
        g_auto(GStrv) lines = random_company(chance);
        g_auto(GStrv) shuffled = company_shuffle((const char *const *)lines, chance);
        g_autofree char *text = print_both((const char *const *)lines, NULL);
        g_autofree char *other = print_both((const char *const *)shuffled, chance);
        if (!g_str_equal(text, other))
            fail_msg("%s\nis not\n%s", text, other);
        granted += strstr(text, "a-a 'uid=a,dc=example' granted") != NULL;
        set_aside += strstr(text, "a-a 'uid=a,dc=example' set-aside") != NULL;
    }
    /* Lest the random companies be empty ones. */
    assert_true(granted > 300 && set_aside > 300);
}

/* Whoever is there already needs no address to be given a role. */
static void of_a_directory_that_attaches_no_profile_is_asked(void **state)
{
    (void)state;
    static const char *const lines[] = {"person a",
                                        "person b mail=b@elsewhere.example",
                                        "person c mail=b@elsewhere.example",
                                        "group lab a b c",
                                        "group out c",
                                        NULL};
    static const char *const domains[] = {"example.com", NULL};
    g_autoptr(Rules) rules = company_rules(TEXTS, G_N_ELEMENTS(TEXTS));
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(Snapshot) labs = company_read("labs", lines);
    const struct mapper_directory directories[] = {{"labs", labs, map, TRUE},
                                                   {"corp", NULL, map, FALSE}};
    g_autoptr(Mapper) mapper = mapper_new(rules, directories, 2, NULL);
    const struct mapper_organization acme = {"acme", domains, NULL};
    g_autoptr(Desired) desired = mapper_desired(mapper, &acme);
    assert_int_equal(desired->link_count, 3);
    assert_int_equal(desired->links[0].state, DESIRED_GRANTED);
    assert_int_equal(desired->links[1].state, DESIRED_GRANTED);
    assert_int_equal(desired->links[2].state, DESIRED_DENIED);
    assert_null(desired->links[0].profile.field[PROFILE_USER_NAME]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_directory_that_attaches_no_profile_is_asked),
        cmocka_unit_test(each_entry_gets_what_the_rules_say),
        cmocka_unit_test(a_disabled_twin_stays_suspended_and_the_other_is_set_aside),
        cmocka_unit_test(somebody_denied_sets_nobody_else_aside),
        cmocka_unit_test(a_user_rule_that_may_mean_two_people_sets_both_aside),
        cmocka_unit_test(an_organization_without_rules_wants_nobody),
        cmocka_unit_test(permuting_rules_groups_members_and_entries_changes_no_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
