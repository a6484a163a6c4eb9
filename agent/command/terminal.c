#include "agent/command/terminal.h"

#include <unistd.h>

static const char *const tones[] = {
    [TERMINAL_PLAIN] = "",
    [TERMINAL_GOOD] = "\033[32m",
    [TERMINAL_ATTENTION] = "\033[33m",
    [TERMINAL_BAD] = "\033[31m",
    [TERMINAL_QUIET] = "\033[2m",
};

gboolean terminal_has_colour(FILE *stream)
{
    const char *kind = g_getenv("TERM");
    const char *refused = g_getenv("NO_COLOR");
    return isatty(fileno(stream)) == 1 && kind != NULL && g_strcmp0(kind, "dumb") != 0 &&
           (refused == NULL || *refused == '\0');
}

char *terminal_paint(FILE *stream, enum terminal_tone tone, const char *text)
{
    if (tone == TERMINAL_PLAIN || !terminal_has_colour(stream))
        return g_strdup(text);
    return g_strconcat(tones[tone], text, "\033[0m", NULL);
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
    fputs(text, stdout);
}

void terminal_json(json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(value);
    fputs(text, stdout);
    fputc('\n', stdout);
    free(text);
}
