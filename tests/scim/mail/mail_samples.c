/*
 * mail_samples COUNT SEED: random nasty mails and what a reader must find in them, one JSON object
 * a line, for check_mail_samples.py.
 */
#include <stdio.h>

#include <jansson.h>

#include "tests/scim/mail/mail_case.h"

static void print_sample(GRand *random)
{
    struct mail_case made = mail_case_make(random);
    made.message.from = &made.from;
    GString *mail = mail_message_print(&made.message);
    json_t *sample = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s}", "display",
                               made.from.display != NULL ? made.from.display : "", "address",
                               made.from.address, "to", made.to, "id", made.id, "subject",
                               made.subject, "date", (json_int_t)made.message.date, "plain",
                               made.plain, "html", made.html, "mail", mail->str);
    json_dumpf(sample, stdout, JSON_COMPACT);
    (void)putchar('\n');
    json_decref(sample);
    g_string_free(mail, TRUE);
    mail_case_clear(&made);
}

int main(int count, char **arguments)
{
    guint64 mails = count > 1 ? g_ascii_strtoull(arguments[1], NULL, 10) : 1;
    guint32 seed = count > 2 ? (guint32)g_ascii_strtoull(arguments[2], NULL, 10) : 1;
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    for (guint64 i = 0; i < mails; i++)
        print_sample(random);
    return 0;
}
