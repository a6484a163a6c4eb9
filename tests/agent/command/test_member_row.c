#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/member_row.h"
#include "scim/protocol/clock.h"

static json_t *row_of(const char *state)
{
    json_error_t error;
    json_t *parsed = json_loads(state, 0, &error);
    if (parsed == NULL)
        fail_msg("%s", error.text);
    gint64 now = 0;
    assert_true(clock_parse("2026-11-22T12:00:00Z", &now));
    json_t *row = member_row_new(parsed, now);
    json_decref(parsed);
    return row;
}

static char *line_of(const json_t *row)
{
    g_autoptr(TextTable) table = member_row_table();
    member_row_add(table, row);
    g_autofree char *text = text_table_print(table);
    const char *second = strchr(text, '\n') + 1;
    GString *line = g_string_new(second);
    g_string_truncate(line, line->len - 1);
    return g_string_free(line, FALSE);
}

static void a_line_says_what_there_is_to_say_of_a_person(void **state)
{
    (void)state;

    static const struct {
        const char *state, *line;
    } cases[] = {
        {"{\"userName\":\"a@b.c\",\"status\":\"active\",\"role\":\"member\"}",
         "a@b.c   active  member"},
        {"{\"userName\":\"a@b.c\",\"status\":\"active\",\"role\":\"member\",\"projects\":"
         "{\"search\":\"admin\"},\"links\":[{\"origin\":\"directory:corp\"},{\"origin\":"
         "\"manual\"}]}",
         "a@b.c   active  member  search/admin  directory:corp, manual"},
        {"{\"userName\":\"a@b.c\",\"status\":\"invited\",\"role\":\"member\",\"invitation\":"
         "\"i\",\"expiresAt\":\"2026-11-22T13:00:01Z\"}",
         "a@b.c   invited  member  invitation: 2 h left"},
        {"{\"userName\":\"a@b.c\",\"status\":\"expired\",\"role\":\"member\",\"invitation\":"
         "\"i\",\"expiresAt\":\"2026-11-22T12:00:00Z\",\"reason\":\"Renewals are used up.\"}",
         "a@b.c   expired  member  invitation over; Renewals are used up."},
        {"{\"userName\":\"a@b.c\",\"status\":\"suspended\",\"role\":\"member\",\"reason\":"
         "\"Suspended by an owner.\"}",
         "a@b.c   suspended  member  Suspended by an owner."},
        {"{\"userName\":\"a@b.c\",\"status\":\"rehearsed\",\"role\":\"none\",\"reason\":"
         "\"A connection in rehearsal made this person.\"}",
         "a@b.c   rehearsed  none"},
        {"{\"userName\":\"a@b.c\",\"status\":\"active\",\"role\":\"member\",\"override\":"
         "\"member\",\"overrides\":{\"ads\":\"none\"}}",
         "a@b.c   active  member  override: member, ads/none"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *row = row_of(cases[i].state);
        g_autofree char *line = line_of(row);
        json_decref(row);
        /* columns without anything in them are only as wide as their heading */
        g_autoptr(GRegex) blanks = g_regex_new("  +", 0, 0, NULL);
        g_autofree char *said = g_regex_replace_literal(blanks, line, -1, 0, "|", 0, NULL);
        g_autofree char *wanted =
            g_regex_replace_literal(blanks, cases[i].line, -1, 0, "|", 0, NULL);
        assert_string_equal(said, wanted);
    }
}

static void a_mail_that_cannot_be_delivered_is_told_with_its_cause(void **state)
{
    (void)state;
    char detail[] = "the server said \"550 no such user\"";
    const struct outbox_delivery refused = {
        .state = OUTBOX_UNDELIVERABLE, .detail = detail, .attempts = 1, .attempted_at = 60};
    const struct outbox_delivery none = {.state = OUTBOX_NONE};
    json_t *row = row_of("{\"userName\":\"a@b.c\",\"status\":\"invited\",\"role\":\"member\","
                         "\"invitation\":\"i\",\"expiresAt\":\"2026-11-23T12:00:00Z\"}");
    member_row_set_delivery(row, &none);
    assert_null(json_object_get(row, "delivery"));
    member_row_set_delivery(row, &refused);
    const json_t *delivery = json_object_get(row, "delivery");
    assert_string_equal(json_string_value(json_object_get(delivery, "status")),
                        "undeliverable");
    assert_string_equal(json_string_value(json_object_get(delivery, "attemptedAt")),
                        "1970-01-01T00:01:00Z");
    g_autofree char *line = line_of(row);
    json_decref(row);
    assert_non_null(strstr(line, "invitation: 24 h left; mail undeliverable: the server said "
                                 "\"550 no such user\""));
}

static void a_mail_that_was_tried_is_told_and_one_on_its_way_is_not(void **state)
{
    (void)state;
    char detail[] = "the mail server does not answer";
    const struct outbox_delivery tried = {
        .state = OUTBOX_WAITING, .detail = detail, .attempts = 1, .attempted_at = 60};
    const struct outbox_delivery fresh = {.state = OUTBOX_WAITING};
    json_t *row = row_of("{\"userName\":\"a@b.c\",\"status\":\"invited\",\"role\":\"member\","
                         "\"invitation\":\"i\",\"expiresAt\":\"2026-11-23T12:00:00Z\"}");
    member_row_set_delivery(row, &fresh);
    g_autofree char *first = line_of(row);
    member_row_set_delivery(row, &tried);
    g_autofree char *second = line_of(row);
    json_decref(row);
    assert_null(strstr(first, "mail"));
    assert_non_null(
        strstr(second, "24 h left; mail not out yet: the mail server does not answer"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_what_there_is_to_say_of_a_person),
        cmocka_unit_test(a_mail_that_cannot_be_delivered_is_told_with_its_cause),
        cmocka_unit_test(a_mail_that_was_tried_is_told_and_one_on_its_way_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
