/*
 * The built program in a scratch folder: a config, a small company as LDIF, commands run on them.
 *
 *   cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
 *   struct rolecall_run *run = rolecall_fixture_run(fixture, "sync", "--json", NULL);
 *   assert_int_equal(run->status, 0);
 *
 * The config is a good one with organization acme (owners dana and breakglass, both protected,
 * project search) and directory corp, until a test writes another.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

struct rolecall_fixture {
    char *folder;
    char *config; /* <folder>/rolecall.conf */
    GPid server;  /* 0: serve is not running */
    gint server_out;
    GPtrArray *runs; /* struct rolecall_run *, owned */
};

struct rolecall_run {
    int status; /* the exit status; 128 + signal */
    char *out, *err;
    json_t *json; /* rolecall_fixture_json() */
};

/* For cmocka: *state is the fixture. */
int rolecall_fixture_setup(void **state);
int rolecall_fixture_teardown(void **state);

/* Writes a file of the folder; "@FOLDER@" in the text is the folder's path. */
void rolecall_fixture_write(struct rolecall_fixture *fixture, const char *name,
                            const char *text);

/* The path of a file of the folder. The fixture frees it. */
const char *rolecall_fixture_path(struct rolecall_fixture *fixture, const char *name);

/* Runs `rolecall VERB -c CONFIG ...`, arguments ended by NULL. The fixture frees the result. */
struct rolecall_run *rolecall_fixture_run(struct rolecall_fixture *fixture, const char *verb,
                                          ...) G_GNUC_NULL_TERMINATED;

/* Runs the program with exactly these arguments. */
struct rolecall_run *rolecall_fixture_run_bare(struct rolecall_fixture *fixture,
                                               const char *const *arguments);

/* What a run printed as one JSON value on one line; anything else fails the test. Borrowed. */
json_t *rolecall_fixture_json(struct rolecall_run *run);

/* Fails the test, showing what the run said, unless it exited with this status. */
void rolecall_fixture_expect(const struct rolecall_run *run, int status);

/* Starts serve and waits for its line; stops it and gives its exit status. */
void rolecall_fixture_serve(struct rolecall_fixture *fixture);
int rolecall_fixture_stop(struct rolecall_fixture *fixture);

/* Waits until the text is in the file of the folder; fails the test after some seconds. */
void rolecall_fixture_wait_for(struct rolecall_fixture *fixture, const char *name,
                               const char *text);
