#include "agent/command/terminal.h"

#include <fcntl.h>
#include <unistd.h>

static const char *const tones[] = {
    [TERMINAL_PLAIN] = "",
    [TERMINAL_GOOD] = "\033[32m",
    [TERMINAL_ATTENTION] = "\033[33m",
    [TERMINAL_BAD] = "\033[31m",
    [TERMINAL_QUIET] = "\033[2m",
};

/* Beside the control characters: what turns, hides or breaks the text around it. Joiners
 * (U+200C, U+200D) stay, names of several languages need them. */
static const struct {
    gunichar first, last;
} treacherous[] = {
    {0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x180e, 0x180e}, {0x200b, 0x200b},   {0x200e, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xe0000, 0xe0fff},
};

static gboolean is_safe(gunichar character)
{
    if (character >= ' ' && character < 0x7f)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(treacherous); i++)
        if (character >= treacherous[i].first && character <= treacherous[i].last)
            return FALSE;
    return !g_unichar_iscntrl(character);
}

/* As in JSON, with two units above the first plane: the text of a JSON value stays the same. */
static void escape(GString *out, gunichar character)
{
    if (character < 0x10000)
        g_string_append_printf(out, "\\u%04x", character);
    else
        g_string_append_printf(out, "\\u%04x\\u%04x", 0xd800 + ((character - 0x10000) >> 10),
                               0xdc00 + ((character - 0x10000) & 0x3ff));
}

static char *clean(const char *text, gboolean keeps_lines)
{
    GString *out = g_string_new(NULL);
    while (*text != '\0') {
        const gunichar character = g_utf8_get_char_validated(text, -1);
        if (character >= (gunichar)-2) {
            g_string_append_printf(out, "\\x%02x", (guchar)*text++);
            continue;
        }
        const char *next = g_utf8_next_char(text);
        if (is_safe(character) || (keeps_lines && character == '\n'))
            g_string_append_len(out, text, next - text);
        else
            escape(out, character);
        text = next;
    }
    return g_string_free(out, FALSE);
}

/* A descriptor that is closed would be the next file that is opened, be it the store, and get
 * what is printed: this one takes nothing, so that printing fails and is told. */
void terminal_open(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        while (fcntl(descriptor, F_GETFD) < 0)
            if (open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
                return;
}

gboolean terminal_has_colour(FILE *stream)
{
    const char *kind = g_getenv("TERM");
    const char *refused = g_getenv("NO_COLOR");
    return isatty(fileno(stream)) == 1 && kind != NULL && g_strcmp0(kind, "dumb") != 0 &&
           (refused == NULL || *refused == '\0');
}

char *terminal_paint(FILE *stream, enum terminal_tone tone, const char *text)
{
    g_autofree char *safe = clean(text, FALSE);
    if (tone == TERMINAL_PLAIN || !terminal_has_colour(stream))
        return g_steal_pointer(&safe);
    return g_strconcat(tones[tone], safe, "\033[0m", NULL);
}

void terminal_tell(enum terminal_tone tone, const char *line)
{
    g_autofree char *painted = terminal_paint(stderr, tone, line);
    fprintf(stderr, "%s\n", painted);
}

void terminal_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *line = g_strconcat("rolecall: ", text, NULL);
    terminal_tell(TERMINAL_BAD, line);
}

void terminal_print(const char *text)
{
    g_autofree char *safe = clean(text, TRUE);
    fputs(safe, stdout);
}

void terminal_print_toned(enum terminal_tone tone, const char *text)
{
    g_autofree char *painted = terminal_paint(stdout, tone, text);
    fputs(painted, stdout);
}

void terminal_json(json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(value);
    terminal_print(text);
    fputc('\n', stdout);
    free(text);
}
