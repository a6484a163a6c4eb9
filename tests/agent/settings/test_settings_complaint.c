#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/settings_complaint.h"
#include "agent/settings/settings_read.h"

static const char text[] =
    "sync = {\n state = \"/s\"; };\nmail = { url = \"smtps://m.example\";\n"
    "from = \"a@b.example\"; };\n";

static const char *text_at(const GPtrArray *problems, guint place)
{
    return ((const struct settings_problem *)g_ptr_array_index(problems, place))->text;
}

static void a_complaint_stands_at_the_line_of_its_field(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) read = settings_problems_new();
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read_text("x.conf", text, strlen(text), read);
    const struct settings_complaint check = {settings, problems};
    COMPLAINT_WARNING(&check, &settings->mail.from, "\"%s\" is odd", settings->mail.from);
    COMPLAINT_FAULT(&check, &settings->sync.state, "state is bad");
    assert_int_equal(problems->len, 2);
    assert_int_equal(settings_problems_errors(problems), 1);
    assert_string_equal(text_at(problems, 0), "x.conf:2: state is bad");
    assert_string_equal(text_at(problems, 1), "x.conf:4: warning: \"a@b.example\" is odd");
}

static void a_secret_is_named_once_and_by_its_whole_path(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) read = settings_problems_new();
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read_text("x.conf", text, strlen(text), read);
    const struct settings_complaint check = {settings, problems};
    const struct secret_place none = {NULL, NULL};
    const struct secret_place good = {.file = "/p"};
    const struct secret_place bad = {.file = "p", .credential = "p"};
    const char *path = "relative";
    const char *absent = NULL;
    settings_complaint_of_secret(&check, &none);
    settings_complaint_of_secret(&check, &good);
    settings_complaint_of_path(&check, "key", &absent);
    assert_int_equal(problems->len, 0);
    settings_complaint_of_secret(&check, &bad);
    settings_complaint_of_path(&check, "key", &path);
    assert_int_equal(problems->len, 3);
    assert_string_equal(text_at(problems, 2),
                        "x.conf: key = \"relative\" is not an absolute path");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_complaint_stands_at_the_line_of_its_field),
        cmocka_unit_test(a_secret_is_named_once_and_by_its_whole_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
