#include "scim/mail/mail_text.h"

#include "scim/mail/mail_encoding.h"

/* More roles than anybody reads are counted. */
#define ROLES_SHOWN 20

#define LINE_CHARACTERS 72

/* Enough for nearly every text: a buffer that grows leaves copies of the token behind. */
#define ROOM ((gsize)16 * 1024)

#define ONE_USE                                                                                \
    "It can be used once. If you wait longer, ask whoever invited you for a new one."
#define UNEXPECTED                                                                             \
    "If you did not expect this invitation, you need not do anything: without your answer "    \
    "you get no access, and it ends by itself. You can also decline it on that page."
#define KEEP                                                                                   \
    "Do not pass this mail on: whoever has the link or the code can accept in your place."

static guint shown_roles(const struct mail_text *text)
{
    return text->roles == NULL ? 0 : MIN(text->roles->len, (guint)ROLES_SHOWN);
}

static guint hidden_roles(const struct mail_text *text)
{
    return text->roles == NULL ? 0 : text->roles->len - shown_roles(text);
}

/* Words on lines of at most 72 characters, and an empty line. Wipes nothing: no secret goes here. */
static void append_paragraph(GString *plain, const char *words)
{
    g_auto(GStrv) all = g_strsplit(words, " ", -1);
    glong column = 0;
    for (guint i = 0; all[i] != NULL; i++) {
        glong length = g_utf8_strlen(all[i], -1);
        gboolean fits = column + 1 + length <= LINE_CHARACTERS;
        if (column > 0)
            g_string_append_c(plain, fits ? ' ' : '\n');
        g_string_append(plain, all[i]);
        column = column > 0 && fits ? column + 1 + length : length;
    }
    g_string_append(plain, "\n\n");
}

static void append_plain_roles(GString *plain, const struct mail_text *text)
{
    if (shown_roles(text) == 0)
        return;
    g_string_append(plain, "Your roles there:\n");
    for (guint i = 0; i < shown_roles(text); i++)
        g_string_append_printf(plain, "  - %s\n", (const char *)text->roles->pdata[i]);
    if (hidden_roles(text) > 0)
        g_string_append_printf(plain, "  - and %u more\n", hidden_roles(text));
    g_string_append_c(plain, '\n');
}

GString *mail_text_plain(const struct mail_text *text)
{
    GString *plain = g_string_sized_new(ROOM);
    g_autofree char *opening =
        text->inviter != NULL ? g_strdup_printf("%s invites you to the organization \"%s\".",
                                                text->inviter, text->organization)
                              : g_strdup_printf("You are invited to the organization \"%s\".",
                                                text->organization);
    g_autofree char *validity =
        g_strdup_printf("The invitation is valid until %s (%s from when it was sent). " ONE_USE,
                        text->expiry, text->lifetime);
    append_paragraph(plain, opening);
    append_plain_roles(plain, text);
    g_string_append_printf(
        plain,
        "To accept or decline, open this link:\n\n%s#%s\n\n"
        "If the page asks for a code, because your browser runs no scripts,\n"
        "open %s and enter:\n\n%s\n\n",
        text->page, text->token, text->page, text->token);
    append_paragraph(plain, validity);
    append_paragraph(plain, UNEXPECTED);
    append_paragraph(plain, KEEP);
    g_string_truncate(plain, plain->len - 1);
    return plain;
}

/* A name, kept apart from our words in whatever direction it is written. */
static void append_name(GString *html, const char *name)
{
    g_string_append(html, "<bdi>");
    mail_encoding_html(html, name);
    g_string_append(html, "</bdi>");
}

static void append_roles(GString *html, const struct mail_text *text)
{
    if (shown_roles(text) == 0)
        return;
    g_string_append(html, "<p>Your roles there:</p>\n<ul>\n");
    for (guint i = 0; i < shown_roles(text); i++) {
        g_string_append(html, "<li>");
        append_name(html, text->roles->pdata[i]);
        g_string_append(html, "</li>\n");
    }
    if (hidden_roles(text) > 0)
        g_string_append_printf(html, "<li>and %u more</li>\n", hidden_roles(text));
    g_string_append(html, "</ul>\n");
}

static void append_link(GString *html, const struct mail_text *text)
{
    g_string_append(html, "<p><a href=\"");
    mail_encoding_html(html, text->page);
    g_string_append_c(html, '#');
    mail_encoding_html(html, text->token);
    g_string_append(html,
                    "\">Accept or decline the invitation</a></p>\n"
                    "<p>If the page asks for a code, because your browser runs no scripts, "
                    "open ");
    mail_encoding_html(html, text->page);
    g_string_append(html, " and enter:</p>\n<p><code>");
    mail_encoding_html(html, text->token);
    g_string_append(html, "</code></p>\n");
}

GString *mail_text_html(const struct mail_text *text)
{
    GString *html = g_string_sized_new(ROOM);
    g_string_append(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                          "<meta charset=\"utf-8\">\n<title>Invitation</title>\n"
                          "</head>\n<body>\n<p>");
    if (text->inviter != NULL) {
        append_name(html, text->inviter);
        g_string_append(html, " invites you to the organization <strong>");
    } else {
        g_string_append(html, "You are invited to the organization <strong>");
    }
    append_name(html, text->organization);
    g_string_append(html, "</strong>.</p>\n");
    append_roles(html, text);
    append_link(html, text);
    g_string_append_printf(html,
                           "<p>The invitation is valid until <strong>%s</strong> (%s from when "
                           "it was sent). %s</p>\n<p>%s</p>\n<p>%s</p>\n</body>\n</html>\n",
                           text->expiry, text->lifetime, ONE_USE, UNEXPECTED, KEEP);
    return html;
}
