#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/mail/mail_text.h"

static GPtrArray *roles_of(guint count)
{
    GPtrArray *roles = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < count; i++)
        g_ptr_array_add(roles, g_strdup_printf("admin in P%u", i));
    return roles;
}

static struct mail_text text_of(const GPtrArray *roles)
{
    return (struct mail_text){.organization = "Acme Inc.",
                              .inviter = "Dana Reed (dana@example.com)",
                              .roles = roles,
                              .page = "https://console.example.com/invitation",
                              .token = "TOKEN-token_",
                              .expiry = "Tuesday, 24 November 2026, 05:03 UTC",
                              .lifetime = "2 days"};
}

static void assert_says(GString *said, const char *expected)
{
    assert_string_equal(said->str, expected);
    g_string_free(said, TRUE);
}

static void the_plain_text_says_all(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) roles = roles_of(2);
    const struct mail_text text = text_of(roles);
    assert_says(mail_text_plain(&text),
                "Dana Reed (dana@example.com) invites you to the organization \"Acme\n"
                "Inc.\".\n"
                "\n"
                "Your roles there:\n"
                "  - admin in P0\n"
                "  - admin in P1\n"
                "\n"
                "To accept or decline, open this link:\n"
                "\n"
                "https://console.example.com/invitation#TOKEN-token_\n"
                "\n"
                "If the page asks for a code, because your browser runs no scripts,\n"
                "open https://console.example.com/invitation and enter:\n"
                "\n"
                "TOKEN-token_\n"
                "\n"
                "The invitation is valid until Tuesday, 24 November 2026, 05:03 UTC (2\n"
                "days from when it was sent). It can be used once. If you wait longer,\n"
                "ask whoever invited you for a new one.\n"
                "\n"
                "If you did not expect this invitation, you need not do anything: without\n"
                "your answer you get no access, and it ends by itself. You can also\n"
                "decline it on that page.\n"
                "\n"
                "Do not pass this mail on: whoever has the link or the code can accept in\n"
                "your place.\n");
}

static void the_html_says_the_same(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) roles = roles_of(2);
    const struct mail_text text = text_of(roles);
    GString *plain = mail_text_plain(&text), *html = mail_text_html(&text);
    g_strdelimit(plain->str, "\n", ' ');
    static const char *const both[] = {
        "Dana Reed (dana@example.com)",
        "Acme Inc.",
        "admin in P0",
        "admin in P1",
        "https://console.example.com/invitation#TOKEN-token_",
        "Tuesday, 24 November 2026, 05:03 UTC",
        "2 days from when it was sent",
        "It can be used once.",
        "If you did not expect this invitation",
        "Do not pass this mail on",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(both); i++) {
        assert_non_null(strstr(plain->str, both[i]));
        assert_non_null(strstr(html->str, both[i]));
    }
    assert_non_null(strstr(html->str, "<code>TOKEN-token_</code>"));
    g_string_free(plain, TRUE);
    g_string_free(html, TRUE);
}

static void without_an_inviter_nobody_is_named(void **state)
{
    (void)state;
    struct mail_text text = text_of(NULL);
    text.inviter = NULL;
    GString *plain = mail_text_plain(&text), *html = mail_text_html(&text);
    assert_true(g_str_has_prefix(
        plain->str, "You are invited to the organization \"Acme Inc.\".\n\nTo accept"));
    assert_non_null(strstr(html->str,
                           "<p>You are invited to the organization "
                           "<strong><bdi>Acme Inc.</bdi></strong>.</p>\n<p><a href"));
    g_string_free(plain, TRUE);
    g_string_free(html, TRUE);
}

static void names_are_escaped_in_the_html_and_kept_apart(void **state)
{
    (void)state;
    struct mail_text text = text_of(NULL);
    text.organization = "<script>\"a\" & 'b'</script>";
    text.inviter = "</bdi><a href='x'>";
    GString *html = mail_text_html(&text);
    assert_non_null(strstr(
        html->str, "<bdi>&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;</bdi>"));
    assert_non_null(strstr(html->str, "<bdi>&lt;/bdi&gt;&lt;a href=&#39;x&#39;&gt;</bdi>"));
    g_string_free(html, TRUE);
}

/* Nothing is fetched from anywhere when the mail is opened. */
static void the_html_loads_nothing(void **state)
{
    (void)state;
    const struct mail_text text = text_of(NULL);
    GString *html = mail_text_html(&text);
    static const char *const loaders[] = {"src=", "<img", "<link", "<style", "<script", "url("};
    for (gsize i = 0; i < G_N_ELEMENTS(loaders); i++)
        assert_null(strstr(html->str, loaders[i]));
    g_string_free(html, TRUE);
}

static void more_roles_than_anybody_reads_are_counted(void **state)
{
    (void)state;
    for (guint count = 19; count <= 23; count++) {
        g_autoptr(GPtrArray) roles = roles_of(count);
        const struct mail_text text = text_of(roles);
        GString *said[] = {mail_text_plain(&text), mail_text_html(&text)};
        g_autofree char *more = g_strdup_printf("and %u more", count - 20);
        for (gsize i = 0; i < G_N_ELEMENTS(said); i++) {
            assert_int_equal(strstr(said[i]->str, more) != NULL, count > 20);
            assert_int_equal(strstr(said[i]->str, "admin in P19") != NULL, count > 19);
            assert_null(strstr(said[i]->str, "admin in P20"));
            g_string_free(said[i], TRUE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_text_says_all),
        cmocka_unit_test(the_html_says_the_same),
        cmocka_unit_test(without_an_inviter_nobody_is_named),
        cmocka_unit_test(names_are_escaped_in_the_html_and_kept_apart),
        cmocka_unit_test(the_html_loads_nothing),
        cmocka_unit_test(more_roles_than_anybody_reads_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
