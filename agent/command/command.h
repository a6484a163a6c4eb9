/*
 * The program's verbs as a table, and the way from argv to one of them.
 *
 *   static const struct command commands[] = {{"sync", "plan and apply", command_sync}, {NULL}};
 *   int main(int argc, char **argv) { return command_dispatch(commands, argc, argv); }
 */
#pragma once

/* One verb. run() gets the arguments from the verb on (argv[0] is the verb) and gives the exit
 * status (enum report_exit). */
struct command {
    const char *name;
    const char *summary; /* a few words for the list of verbs */
    int (*run)(int argc, char **argv);
};

/* Runs the verb that argv[1] names; prints the list of verbs for --help, the version for
 * --version; a verb that is not in the table (ended by a row without a name) is told with the
 * nearest one and exits 64. Output that could not be written makes a failure of a success. */
int command_dispatch(const struct command *commands, int argc, char **argv);
