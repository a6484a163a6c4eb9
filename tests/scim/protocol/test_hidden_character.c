#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/protocol/hidden_character.h"

static void what_acts_without_being_seen_is_hidden(void **state)
{
    (void)state;

    static const struct {
        gunichar first, last;
        gboolean is_hidden;
    } cases[] = {
        {0x0001, 0x001F, TRUE},                            /* C0 */
        {0x0020, 0x007E, FALSE},                           /* printable ASCII, the blank too */
        {0x007F, 0x009F, TRUE},                            /* DEL and C1 */
        {0x00A0, 0x00AC, FALSE},   {0x00AD, 0x00AD, TRUE}, /* soft hyphen */
        {0x200B, 0x200F, TRUE},                            /* zero width, direction marks */
        {0x2010, 0x2027, FALSE},   {0x2028, 0x202E, TRUE}, /* line ends, bidi embeddings */
        {0x2066, 0x2069, TRUE},                            /* bidi isolates */
        {0x4E00, 0x4E10, FALSE},   {0xFEFF, 0xFEFF, TRUE}, /* byte order mark */
        {0x1F600, 0x1F610, FALSE}, {0xE0020, 0xE007F, TRUE}, /* tags */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (gunichar c = cases[i].first; c <= cases[i].last; c++)
            if (hidden_character_is(c) != cases[i].is_hidden)
                fail_msg("U+%04X", c);
}

static void one_anywhere_in_a_text_is_found(void **state)
{
    (void)state;
    static const char *const hidden[] = {"\n", "a\x1b[2J",
                                         "left \xe2\x80\xae right \xe2\x80\xac", "end\xc2\x9b"};
    static const char *const plain[] = {"", "a plain text",
                                        "J\xc3\xb6rg \xe4\xb8\xad \xf0\x9f\x98\x80"};
    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++)
        assert_true(hidden_character_is_in(hidden[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
        assert_false(hidden_character_is_in(plain[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_acts_without_being_seen_is_hidden),
        cmocka_unit_test(one_anywhere_in_a_text_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
