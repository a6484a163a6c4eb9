#include "scim/mail/mail_sender.h"

#include <string.h>

#include "scim/protocol/address.h"
#include "scim/protocol/outcome.h"

static gboolean has_control(const char *text)
{
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        if (g_unichar_iscntrl(g_utf8_get_char(p)))
            return TRUE;
    return FALSE;
}

/* Takes the quotes of a quoted-string (RFC 5322 3.2.4) off, in place. */
static void unquote(char *text)
{
    gsize length = strlen(text);
    if (length < 2 || text[0] != '"' || text[length - 1] != '"')
        return;
    char *to = text;
    for (const char *p = text + 1; p < text + length - 1; p++) {
        if (*p == '\\' && p + 1 < text + length - 1)
            p++;
        *to++ = *p;
    }
    *to = '\0';
}

/* Splits `copy` where the address begins. FALSE: a '<' without its '>' at the end. */
static gboolean split(char *copy, char **display, char **address)
{
    char *open = strrchr(copy, '<');
    gsize length = strlen(copy);
    *display = NULL;
    *address = copy;
    if (open == NULL)
        return TRUE;
    if (copy[length - 1] != '>')
        return FALSE;
    copy[length - 1] = '\0';
    *open = '\0';
    *display = g_strstrip(copy);
    *address = open + 1;
    unquote(*display);
    return TRUE;
}

static gboolean refuse(const char *from, const char *why, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "the sender \"%s\" %s", from, why);
    return FALSE;
}

gboolean mail_sender_parse(const char *from, struct mail_sender *sender, GError **error)
{
    *sender = (struct mail_sender){0};
    if (from == NULL || !g_utf8_validate(from, -1, NULL) || has_control(from)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "the sender of mails is missing, or has control characters in it");
        return FALSE;
    }
    g_autofree char *copy = g_strstrip(g_strdup(from));
    char *display = NULL, *address = NULL;
    if (!split(copy, &display, &address))
        return refuse(from, "has a \"<\" without a \">\" at its end", error);
    const char *why = NULL;
    if (!address_is_usable(address, strlen(address), &why))
        return refuse(from, why, error);
    if (display != NULL && display[0] != '\0')
        sender->display = g_strdup(display);
    sender->address = g_strdup(address);
    return TRUE;
}

void mail_sender_clear(struct mail_sender *sender)
{
    g_free(sender->display);
    g_free(sender->address);
    *sender = (struct mail_sender){0};
}
