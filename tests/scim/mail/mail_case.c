#include "tests/scim/mail/mail_case.h"

#include <string.h>

#include "scim/mail/mail_text.h"
#include "scim/organization/harmless_name.h"
#include "scim/organization/time_words.h"

#define TOKEN_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#define URL           "https://console.example.com"
#define YEAR          ((gint64)365 * 86400)

static const char *const pieces[] = {
    "\r\n.\r\n",
    "\r\nMAIL FROM:<a@b.c>\r\n",
    "\r\nBcc: x@y.example",
    "\n\n",
    "\r",
    "--=_rolecall_",
    "=_rolecall_1--",
    "=?UTF-8?B?QQ==?=",
    "=?",
    "?=",
    "<script>",
    "</bdi>",
    "&amp;",
    "\"",
    "'",
    "<",
    ">",
    "\\",
    "=0D",
    "=\r\n",
    "\xE2\x80\xAE",
    "\xE2\x80\xA8",
    "\xC2\x85",
    "\t",
    "\x01",
    "From ",
    ".",
    "..",
    " ",
    "  ",
    "https://a.b/?c#",
    "evil.example",
    "@",
    ",",
    ";",
    "Acme",
    "Łódź",
    "日本電気",
    "😀",
    "\xFF",
    "محمد",
    "e\xCC\x81",
    "(comment)",
    "%s%n",
    "a",
    "long-long-long",
    "\x1B[31m",
    "\x7F",
    "\\r",
    "Reply-To: x",
};

char *mail_case_name(GRand *random)
{
    GString *name = g_string_new(NULL);
    for (int count = g_rand_int_range(random, 0, 12); count > 0; count--) {
        if (g_rand_int_range(random, 0, 4) == 0)
            g_string_append_unichar(name, (gunichar)g_rand_int_range(random, 1, 0xD7FF));
        else
            g_string_append(name,
                            pieces[g_rand_int_range(random, 0, (int)G_N_ELEMENTS(pieces))]);
    }
    return g_string_free(name, FALSE);
}

static char *random_letters(GRand *random, const char *letters, gsize count)
{
    char *text = g_malloc0(count + 1);
    for (gsize i = 0; i < count; i++)
        text[i] = letters[g_rand_int_range(random, 0, (int)strlen(letters))];
    return text;
}

static char *random_address(GRand *random)
{
    g_autofree char *local = random_letters(random, "abcxyz0129!#$%&'*+/=?^_`{|}~-",
                                            (gsize)g_rand_int_range(random, 1, 64));
    g_autofree char *label =
        random_letters(random, "abcxyz", (gsize)g_rand_int_range(random, 1, 63));
    return g_strdup_printf("%s@%s.example", local, label);
}

/* The words come from rooms whose own tests hold them; here they must arrive. */
static void expect(struct mail_case *made)
{
    g_autofree char *organization = harmless_name_clean(made->organization);
    g_autofree char *name = harmless_name_clean(made->inviter);
    g_autofree char *inviter = NULL;
    g_autofree char *expiry = time_words_date(made->message.expires_at);
    g_autofree char *lifetime = time_words_left(made->message.expires_at - made->message.date);
    g_autoptr(GPtrArray) roles = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < made->roles->len; i++) {
        g_autofree char *role = harmless_name_clean(made->roles->pdata[i]);
        if (role[0] != '\0')
            g_ptr_array_add(roles, g_steal_pointer(&role));
    }
    if (made->inviter_address != NULL && name[0] != '\0')
        inviter = g_strdup_printf("%s (%s)", name, made->inviter_address);
    else if (made->inviter_address != NULL || name[0] != '\0')
        inviter = g_strdup(made->inviter_address != NULL ? made->inviter_address : name);
    const struct mail_text text = {.organization = organization,
                                   .inviter = inviter,
                                   .roles = roles,
                                   .page = URL "/invitation",
                                   .token = made->token,
                                   .expiry = expiry,
                                   .lifetime = lifetime};
    made->subject = g_strdup_printf("Invitation to %s", organization);
    made->plain = g_string_free(mail_text_plain(&text), FALSE);
    made->html = g_string_free(mail_text_html(&text), FALSE);
}

struct mail_case mail_case_make(GRand *random)
{
    struct mail_case made = {.to = random_address(random),
                             .id = random_letters(random, "0123456789abcdef", 32),
                             .token = random_letters(random, TOKEN_LETTERS, 43),
                             .organization = mail_case_name(random),
                             .inviter = mail_case_name(random),
                             .roles = g_ptr_array_new_with_free_func(g_free)};
    gint64 date = (gint64)(g_rand_double(random) * (double)(200 * YEAR));
    g_autofree char *display = mail_case_name(random);
    made.from.address = random_address(random);
    made.from.display = g_rand_boolean(random) ? harmless_name_clean(display) : NULL;
    made.inviter_address = g_rand_boolean(random) ? random_address(random) : NULL;
    for (int count = g_rand_int_range(random, 0, 5); count > 0; count--)
        g_ptr_array_add(made.roles, mail_case_name(random));
    made.message =
        (struct mail_message){.to = made.to,
                              .id = made.id,
                              .url = URL,
                              .token = made.token,
                              .organization = made.organization,
                              .inviter = made.inviter,
                              .inviter_address = made.inviter_address,
                              .roles = made.roles,
                              .date = date,
                              .expires_at = date + g_rand_int_range(random, 1, 1000000)};
    expect(&made);
    return made;
}

void mail_case_clear(struct mail_case *made)
{
    mail_sender_clear(&made->from);
    g_free(made->to);
    g_free(made->id);
    g_free(made->token);
    g_free(made->organization);
    g_free(made->inviter);
    g_free(made->inviter_address);
    g_ptr_array_unref(made->roles);
    g_free(made->subject);
    g_free(made->plain);
    g_free(made->html);
}
