#include "scim/mail/smtp_reply.h"

#include <string.h>

#define WORDS_BYTES 200

#define REPLY_CLASS(code) ((code) / 100)

/* wanted: a class of codes, or one code. A 5xx is about this mail only where `is_final`: before
 * RCPT TO it is about us, so the next mail would fare no better, and somebody mends it. */
static const struct {
    const char *verb, *name;
    int wanted;
    gboolean is_final;
} stages[] = {
    [SMTP_STAGE_GREETING] = {NULL, "the connection", 2, FALSE},
    [SMTP_STAGE_HELLO] = {"EHLO", "EHLO", 2, FALSE},
    [SMTP_STAGE_TLS] = {"STARTTLS", "STARTTLS", 220, FALSE},
    [SMTP_STAGE_LOGIN] = {"AUTH", "the login", 235, FALSE},
    [SMTP_STAGE_SENDER] = {"MAIL", "MAIL FROM", 2, FALSE},
    [SMTP_STAGE_RECIPIENT] = {"RCPT", "RCPT TO", 2, TRUE},
    [SMTP_STAGE_DATA] = {"DATA", "DATA", 354, TRUE},
    [SMTP_STAGE_MAIL] = {NULL, "the mail", 2, TRUE},
    [SMTP_STAGE_QUIT] = {"QUIT", "QUIT", 2, FALSE},
};

/* RFC 4954 6, RFC 3207 4: the server wants a login or TLS first, whomever the mail is for. */
static const int about_us[] = {530, 534, 535, 538};

enum smtp_stage smtp_reply_stage(const char *command, gsize length, enum smtp_stage before)
{
    for (guint i = 0; i < G_N_ELEMENTS(stages); i++) {
        gsize verb = stages[i].verb != NULL ? strlen(stages[i].verb) : 0;
        if (verb > 0 && length >= verb &&
            g_ascii_strncasecmp(command, stages[i].verb, verb) == 0 &&
            (length == verb || g_ascii_isspace(command[verb])))
            return (enum smtp_stage)i;
    }
    return length >= 4 && g_ascii_strncasecmp(command, "HELO", 4) == 0 ? SMTP_STAGE_HELLO
                                                                       : before;
}

gboolean smtp_reply_is_wanted(enum smtp_stage stage, int code)
{
    int wanted = stages[stage].wanted;
    if (stage == SMTP_STAGE_LOGIN && code == 334)
        return TRUE;
    return wanted < 10 ? REPLY_CLASS(code) == wanted : code == wanted;
}

enum smtp_result smtp_reply_judge(enum smtp_stage stage, int code)
{
    if (stage == SMTP_STAGE_MAIL && REPLY_CLASS(code) == 2)
        return SMTP_TAKEN;
    for (guint i = 0; i < G_N_ELEMENTS(about_us); i++)
        if (code == about_us[i])
            return SMTP_POSTPONE;
    return stages[stage].is_final && REPLY_CLASS(code) == 5 ? SMTP_REFUSED : SMTP_POSTPONE;
}

char *smtp_reply_clean(const char *words)
{
    g_autoptr(GString) clean = g_string_new(NULL);
    for (const char *p = words; *p != '\0' && clean->len < WORDS_BYTES; p++) {
        if (*p == '"')
            g_string_append_c(clean, '\'');
        else if (*p > ' ' && *p <= '~')
            g_string_append_c(clean, *p);
        else if (clean->len > 0 && clean->str[clean->len - 1] != ' ')
            g_string_append_c(clean, ' ');
    }
    g_strchomp(clean->str);
    return g_strdup(clean->str);
}

char *smtp_reply_print(enum smtp_stage stage, int code, const char *words)
{
    g_autofree char *clean = smtp_reply_clean(words);
    const char *open = clean[0] != '\0' ? ": \"" : "";
    return g_strdup_printf("the mail server answered %s with %d%s%s%s", stages[stage].name,
                           code, open, clean, clean[0] != '\0' ? "\"" : "");
}
