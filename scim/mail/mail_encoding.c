#include "scim/mail/mail_encoding.h"

#include <string.h>

#define LINE_BYTES 76
#define WORD_BYTES 75 /* RFC 2047 2 */
#define WORD_START "=?UTF-8?B?"
#define WORD_END   "?="
#define FRAME      (sizeof WORD_START + sizeof WORD_END - 2)
#define CRLF       "\r\n"

static gboolean is_printable_ascii(const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        if (*p < ' ' || *p > '~')
            return FALSE;
    return TRUE;
}

/* The bytes of whole characters, in base64, that fit into `room` bytes of a line. */
static gsize fitting(const char *text, gsize room)
{
    gsize most = room > FRAME ? (room - FRAME) / 4 * 3 : 0;
    gsize bytes = 0;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gsize next = (gsize)(g_utf8_next_char(p) - text);
        if (next > most)
            break;
        bytes = next;
    }
    return bytes;
}

/* Appends encoded words; `column` is where the line stands. Returns where it stands then. */
static gsize append_words(GString *mail, const char *text, gsize column)
{
    while (*text != '\0') {
        gsize room = column < LINE_BYTES ? LINE_BYTES - column : 0;
        gsize bytes = fitting(text, MIN((gsize)WORD_BYTES, room));
        if (bytes == 0 && column > 1) {
            g_string_append(mail, CRLF " ");
            column = 1;
            continue;
        }
        g_autofree char *coded = g_base64_encode((const guchar *)text, bytes);
        g_string_append_printf(mail, WORD_START "%s" WORD_END, coded);
        column += FRAME + strlen(coded);
        text += bytes;
        if (*text != '\0') {
            g_string_append(mail, CRLF " ");
            column = 1;
        }
    }
    return column;
}

static gboolean may_go_raw(const char *text, gsize column)
{
    return is_printable_ascii(text) && strstr(text, "=?") == NULL &&
           column + strlen(text) <= LINE_BYTES;
}

void mail_encoding_header(GString *mail, const char *name, const char *text)
{
    g_string_append_printf(mail, "%s: ", name);
    gsize column = strlen(name) + 2;
    if (may_go_raw(text, column))
        g_string_append(mail, text);
    else
        append_words(mail, text, column);
    g_string_append(mail, CRLF);
}

/* RFC 5322 3.2.4; always quoted, so that no dot, comma or bracket means anything. */
static void append_quoted(GString *mail, const char *text)
{
    g_string_append_c(mail, '"');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_c(mail, '\\');
        g_string_append_c(mail, *p);
    }
    g_string_append_c(mail, '"');
}

void mail_encoding_mailbox(GString *mail, const char *name, const char *display,
                           const char *address)
{
    g_string_append_printf(mail, "%s: ", name);
    gsize column = strlen(name) + 2;
    gboolean has_display = display != NULL && display[0] != '\0';
    if (has_display && may_go_raw(display, column + 2)) {
        gsize before = mail->len;
        append_quoted(mail, display);
        column += mail->len - before;
    } else if (has_display) {
        column = append_words(mail, display, column);
    }
    if (has_display)
        g_string_append(mail, column + strlen(address) + 3 > LINE_BYTES ? CRLF " " : " ");
    g_string_append_printf(mail, has_display ? "<%s>" CRLF : "%s" CRLF, address);
}

/* Does the byte at `p` travel as it is, at `column` of a line? */
static gboolean is_plain(const char *p, gsize column)
{
    if (*p == ' ' || *p == '\t')
        return p[1] != '\n' && p[1] != '\0';
    if (column == 0 && (*p == '.' || strncmp(p, "From ", 5) == 0))
        return FALSE;
    return *p > ' ' && *p <= '~' && *p != '=';
}

/* Room for the "=" of a soft break is kept on every line. */
static void append_body_line(GString *mail, const char *line, const char *end)
{
    gsize column = 0;
    for (const char *p = line; p < end; p++) {
        if (column + (is_plain(p, column) ? 1 : 3) > LINE_BYTES - 1) {
            g_string_append(mail, "=" CRLF);
            column = 0;
        }
        if (is_plain(p, column)) {
            g_string_append_c(mail, *p);
            column += 1;
        } else {
            g_string_append_printf(mail, "=%02X", (guchar)*p);
            column += 3;
        }
    }
    g_string_append(mail, CRLF);
}

void mail_encoding_body(GString *mail, const char *text)
{
    while (*text != '\0') {
        const char *end = strchrnul(text, '\n');
        append_body_line(mail, text, end);
        text = *end == '\n' ? end + 1 : end;
    }
}

void mail_encoding_html(GString *html, const char *text)
{
    static const struct {
        char raw;
        const char *escaped;
    } escapes[] = {
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

    for (const char *p = text; *p != '\0'; p++) {
        const char *escaped = NULL;
        for (gsize i = 0; i < G_N_ELEMENTS(escapes); i++)
            if (escapes[i].raw == *p)
                escaped = escapes[i].escaped;
        if (escaped != NULL)
            g_string_append(html, escaped);
        else
            g_string_append_c(html, *p);
    }
}
