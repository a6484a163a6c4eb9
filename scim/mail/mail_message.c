#include "scim/mail/mail_message.h"

#include <string.h>

#include "scim/mail/mail_date.h"
#include "scim/mail/mail_encoding.h"
#include "scim/mail/mail_text.h"
#include "scim/organization/harmless_name.h"
#include "scim/organization/time_words.h"

#define CRLF "\r\n"

/* In quoted-printable "=" never stands before "_" (RFC 2045 6.7): so this is in no body. */
#define BOUNDARY_START "=_rolecall_"

static void wipe(GString *text)
{
    explicit_bzero(text->str, text->len);
    g_string_free(text, TRUE);
}

static void append_headers(GString *mail, const struct mail_message *message,
                           const char *organization)
{
    g_autofree char *date = mail_date_print(message->date);
    g_autofree char *subject = g_strdup_printf("Invitation to %s", organization);
    const char *domain = strrchr(message->from->address, '@') + 1;
    g_string_append_printf(mail, "Date: %s" CRLF, date);
    mail_encoding_mailbox(mail, "From", message->from->display, message->from->address);
    mail_encoding_mailbox(mail, "To", NULL, message->to);
    mail_encoding_header(mail, "Subject", subject);
    g_string_append_printf(mail,
                           "Message-ID: <%s@%s>" CRLF "MIME-Version: 1.0" CRLF
                           "Auto-Submitted: auto-generated" CRLF
                           "Content-Type: multipart/alternative;" CRLF
                           " boundary=\"" BOUNDARY_START "%s\"" CRLF,
                           message->id, domain, message->id);
}

static void append_part(GString *mail, const struct mail_message *message, const char *type,
                        GString *text)
{
    g_string_append_printf(mail,
                           CRLF "--" BOUNDARY_START "%s" CRLF
                                "Content-Type: %s; charset=utf-8" CRLF
                                "Content-Transfer-Encoding: quoted-printable" CRLF CRLF,
                           message->id, type);
    mail_encoding_body(mail, text->str);
    wipe(text);
}

static GPtrArray *clean_roles(const struct mail_message *message)
{
    GPtrArray *roles = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; message->roles != NULL && i < message->roles->len; i++) {
        g_autofree char *role = harmless_name_clean(message->roles->pdata[i]);
        if (role[0] != '\0')
            g_ptr_array_add(roles, g_steal_pointer(&role));
    }
    return roles;
}

GString *mail_message_print(const struct mail_message *message)
{
    g_autofree char *organization = harmless_name_clean(message->organization);
    g_autofree char *inviter = harmless_name_person(message->inviter, message->inviter_address);
    g_autofree char *page = g_strconcat(message->url, "/invitation", NULL);
    g_autofree char *expiry = time_words_date(message->expires_at);
    g_autofree char *lifetime = time_words_left(message->expires_at - message->date);
    g_autoptr(GPtrArray) roles = clean_roles(message);
    const struct mail_text text = {.organization = organization,
                                   .inviter = inviter,
                                   .roles = roles,
                                   .page = page,
                                   .token = message->token,
                                   .expiry = expiry,
                                   .lifetime = lifetime};
    /* Big enough for nearly every mail: a buffer that grows leaves copies of the token behind. */
    GString *mail = g_string_sized_new((gsize)16 * 1024);
    append_headers(mail, message, organization);
    append_part(mail, message, "text/plain", mail_text_plain(&text));
    append_part(mail, message, "text/html", mail_text_html(&text));
    g_string_append_printf(mail, CRLF "--" BOUNDARY_START "%s--" CRLF, message->id);
    return mail;
}
