#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/cursor.h"

#define NOW   ((gint64)1790000000)
#define BOUND "token acme /Users filter"

static struct cursor_key new_key(void)
{
    struct cursor_key key;
    cursor_key_fill(&key, random_system());
    return key;
}

/* What comes of a text: "ok" and the position, or the scimType. */
static char *found_by(const struct cursor_seal *seal, const char *text)
{
    struct fault fault = {0};
    json_t *position = cursor_parse(seal, text, &fault);
    char *found;
    if (position != NULL) {
        char *dumped = json_dumps(position, JSON_COMPACT);
        found = g_strconcat("ok ", dumped, NULL);
        free(dumped);
    } else {
        assert_int_equal(fault.status, 400);
        found = g_strdup(fault_type_name(fault.type));
    }
    json_decref(position);
    fault_clear(&fault);
    return found;
}

static char *print(const struct cursor_seal *seal, const char *position)
{
    json_t *json = json_loads(position, 0, NULL);
    char *text = cursor_print(seal, json);
    json_decref(json);
    return text;
}

static void a_cursor_gives_its_position_back_for_as_long_as_it_says(void **state)
{
    (void)state;

    static const struct {
        const char *position;
        gint64 later;
        const char *found;
    } cases[] = {
        {"[17]", 0, "ok [17]"},
        {"[null,\"x\"]", CURSOR_TIMEOUT, "ok [null,\"x\"]"},
        {"[\"\xc3\xa4 \\\"\",\"x\"]", CURSOR_TIMEOUT, "ok [\"\xc3\xa4 \\\"\",\"x\"]"},
        {"[17]", -CURSOR_TIMEOUT, "ok [17]"},
        {"[17]", (gint64)2 * CURSOR_TIMEOUT, "expiredCursor"},
        {"[17]", (gint64)-2 * CURSOR_TIMEOUT, "expiredCursor"},
    };

    struct cursor_key key = new_key();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cursor_seal seal = {&key, BOUND, 10, NOW};
        g_autofree char *text = print(&seal, cases[i].position);
        seal.now += cases[i].later;
        g_autofree char *found = found_by(&seal, text);
        assert_string_equal(found, cases[i].found);
    }
}

static void whatever_second_it_is_made_in_it_lasts_the_timeout(void **state)
{
    (void)state;
    struct cursor_key key = new_key();
    for (gint64 second = 0; second <= CURSOR_TIMEOUT; second += 97) {
        struct cursor_seal seal = {&key, BOUND, 10, NOW + second};
        g_autofree char *text = print(&seal, "[1]");
        seal.now += CURSOR_TIMEOUT;
        g_autofree char *found = found_by(&seal, text);
        assert_string_equal(found, "ok [1]");
    }
}

static void another_query_count_key_or_text_is_refused(void **state)
{
    (void)state;
    struct cursor_key key = new_key();
    struct cursor_key other = new_key();
    const struct cursor_seal seal = {&key, BOUND, 10, NOW};
    g_autofree char *text = print(&seal, "[17]");
    g_autofree char *longer = g_strconcat(text, "A", NULL);
    g_autofree char *padded = g_strconcat(text, "=", NULL);
    g_autofree char *huge = g_strnfill(CURSOR_MAX_BYTES + 1, 'A');

    const struct {
        struct cursor_seal seal;
        const char *text, *found;
    } cases[] = {
        {{&key, BOUND " ", 10, NOW}, text, "invalidCursor"},
        {{&key, "", 10, NOW}, text, "invalidCursor"},
        {{&other, BOUND, 10, NOW}, text, "invalidCursor"},
        {{&key, BOUND, 11, NOW}, text, "invalidCount"},
        {seal, longer, "invalidCursor"},
        {seal, padded, "invalidCursor"},
        {seal, huge, "invalidCursor"},
        {seal, "", "invalidCursor"},
        {seal, "1", "invalidCursor"},
        {seal, "AAAA", "invalidCursor"},
        {seal, "\xc3\xa4", "invalidCursor"},
        {seal, text, "ok [17]"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = found_by(&cases[i].seal, cases[i].text);
        if (strcmp(found, cases[i].found) != 0) {
            fail_msg("case %zu: %s, not %s", i, found, cases[i].found);
        }
    }
}

/* A bit changed anywhere, or a part left out, opens nothing. */
static void no_text_that_differs_in_a_byte_is_a_cursor(void **state)
{
    (void)state;
    struct cursor_key key = new_key();
    const struct cursor_seal seal = {&key, BOUND, 10, NOW};
    g_autofree char *text = print(&seal, "[\"somebody@example.com\",\"User/1\"]");
    for (size_t i = 0; text[i] != '\0'; i++) {
        g_autofree char *changed = g_strdup(text);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        g_autofree char *found = found_by(&seal, changed);
        assert_string_equal(found, "invalidCursor");
        g_autofree char *cut = g_strndup(text, i);
        g_autofree char *nothing = found_by(&seal, cut);
        assert_string_equal(nothing, "invalidCursor");
    }
}

static void a_cursor_shows_nothing_and_needs_no_escape(void **state)
{
    (void)state;
    struct cursor_key key = new_key();
    const struct cursor_seal seal = {&key, BOUND, 10, NOW};
    g_autofree char *same = print(&seal, "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]");
    g_autofree char *other = print(&seal, "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"]");
    size_t length = strlen(same);
    assert_int_equal(length, strlen(other));
    size_t equal = 0;
    for (size_t i = 0; i < length; i++) {
        assert_true(g_ascii_isalnum(same[i]) || same[i] == '-' || same[i] == '_');
        equal += same[i] == other[i];
    }
    /* Texts of one letter more or less have nothing in common but chance. */
    assert_true(equal < length / 4);
}

static void the_same_page_has_the_same_cursor_until_the_generation_changes(void **state)
{
    (void)state;
    struct cursor_key key = new_key();
    struct cursor_key other = new_key();
    gint64 begin = NOW - NOW % CURSOR_TIMEOUT;
    const struct cursor_seal first = {&key, BOUND, 10, begin};
    const struct cursor_seal last = {&key, BOUND, 10, begin + CURSOR_TIMEOUT - 1};
    const struct cursor_seal next = {&key, BOUND, 10, begin + CURSOR_TIMEOUT};
    g_autofree char *one = print(&first, "[1]");
    g_autofree char *two = print(&last, "[1]");
    g_autofree char *three = print(&next, "[1]");
    assert_string_equal(one, two);
    assert_string_not_equal(two, three);
    g_autofree char *then = cursor_generation(&key, first.now);
    g_autofree char *still = cursor_generation(&key, last.now);
    g_autofree char *after = cursor_generation(&key, next.now);
    g_autofree char *foreign = cursor_generation(&other, first.now);
    assert_string_equal(then, still);
    assert_string_not_equal(still, after);
    assert_string_not_equal(then, foreign);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_gives_its_position_back_for_as_long_as_it_says),
        cmocka_unit_test(whatever_second_it_is_made_in_it_lasts_the_timeout),
        cmocka_unit_test(another_query_count_key_or_text_is_refused),
        cmocka_unit_test(no_text_that_differs_in_a_byte_is_a_cursor),
        cmocka_unit_test(a_cursor_shows_nothing_and_needs_no_escape),
        cmocka_unit_test(the_same_page_has_the_same_cursor_until_the_generation_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
