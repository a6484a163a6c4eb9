#include "agent/command/command.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "agent/command/terminal.h"
#include "agent/settings/settings_value.h"
#include "agent/sync/report.h"

static void print_verbs(const struct command *commands)
{
    terminal_print("rolecall keeps the people of a cloud console in step with a directory.\n\n"
                   "usage: rolecall VERB [-c FILE] [options]\n\n");
    for (; commands->name != NULL; commands++) {
        g_autofree char *line =
            g_strdup_printf("  %-13s %s\n", commands->name, commands->summary);
        terminal_print(line);
    }
    terminal_print("\n`rolecall VERB --help` tells the options of a verb. The config is\n"
                   "/etc/rolecall/rolecall.conf unless -c names another file.\n");
}

static const struct command *find(const struct command *commands, const char *name)
{
    for (; commands->name != NULL; commands++)
        if (strcmp(commands->name, name) == 0)
            return commands;
    return NULL;
}

static int unknown(const struct command *commands, const char *name)
{
    gsize count = 0;
    while (commands[count].name != NULL)
        count++;
    g_autofree const char **names = g_new0(const char *, count + 1);
    for (gsize i = 0; i < count; i++)
        names[i] = commands[i].name;
    const char *nearest = settings_value_nearest(name, names);
    if (nearest != NULL)
        terminal_error("there is no verb \"%s\": did you mean \"%s\"?", name, nearest);
    else
        terminal_error("there is no verb \"%s\": try rolecall --help", name);
    return REPORT_EXIT_USAGE;
}

/* A result that nobody could read is no success. Whoever closes a pipe has read enough: that is
 * not told. */
static int finish(int status)
{
    errno = 0;
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    if (errno != EPIPE)
        terminal_error("standard output cannot be written: %s", g_strerror(errno));
    return status == REPORT_EXIT_DONE ? REPORT_EXIT_FAILED : status;
}

int command_dispatch(const struct command *commands, int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8"); /* NOLINT(concurrency-mt-unsafe): no thread runs yet */
    terminal_open();
    /* a peer that hangs up must not end a run between two writes: that is an error to read */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        terminal_error("name a verb: try rolecall --help");
        return REPORT_EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_verbs(commands);
        return finish(REPORT_EXIT_DONE);
    }
    if (strcmp(name, "--version") == 0) {
        terminal_print("rolecall " ROLECALL_VERSION "\n");
        return finish(REPORT_EXIT_DONE);
    }
    const struct command *command = find(commands, name);
    return command == NULL ? unknown(commands, name) : finish(command->run(argc - 1, argv + 1));
}
