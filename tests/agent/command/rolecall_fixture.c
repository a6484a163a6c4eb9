#include "tests/agent/command/rolecall_fixture.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#define DEADLINE_MS 20000

static const char *const good_config =
    "endpoint = { listen = \"127.0.0.1:0\"; store = \"sqlite:@FOLDER@/rolecall.db\"; };\n"
    "organizations = ( { name = \"acme\"; owners = [ \"dana@example.com\", "
    "\"breakglass@example.com\" ];\n"
    "  protected = [ \"dana@example.com\", \"breakglass@example.com\" ];\n"
    "  projects = ( { name = \"search\"; admins = [ \"dana@example.com\" ]; } ); } );\n"
    "directories = ( { name = \"corp\"; ldif = \"@FOLDER@/corp.ldif\"; anchor = "
    "\"employeeNumber\"; } );\n"
    "rules = ( { group = \"staff\"; organization = \"acme\"; role = \"member\"; },\n"
    "  { group = \"owners\"; organization = \"acme\"; role = \"owner\"; },\n"
    "  { group = \"owners\"; organization = \"acme\"; project = \"search\"; role = \"admin\"; "
    "} );\n"
    "sync = { state = \"@FOLDER@/state\"; };\n"
    "tests = ( { user = \"ada@example.com\"; expect = [ \"acme: owner\", \"acme/search: "
    "admin\" ]; },\n"
    "  { user = \"bob@example.com\"; expect = [ \"acme: member\" ]; } );\n";

static const char *const company =
    "dn: dc=example,dc=com\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: "
    "Example\n\n"
    "dn: uid=ada,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: ada\ncn: Ada L\nsn: L\n"
    "mail: ada@example.com\nemployeeNumber: 1\n\n"
    "dn: uid=bob,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: bob\ncn: Bob B\nsn: B\n"
    "mail: bob@example.com\nemployeeNumber: 2\n\n"
    "dn: cn=staff,dc=example,dc=com\nobjectClass: groupOfNames\ncn: staff\nemployeeNumber: g1\n"
    "member: uid=ada,dc=example,dc=com\nmember: uid=bob,dc=example,dc=com\n\n"
    "dn: cn=owners,dc=example,dc=com\nobjectClass: groupOfNames\ncn: owners\nemployeeNumber: "
    "g2\n"
    "member: uid=ada,dc=example,dc=com\n";

static void free_run(gpointer data)
{
    struct rolecall_run *run = data;
    json_decref(run->json);
    g_free(run->out);
    g_free(run->err);
    g_free(run);
}

int rolecall_fixture_setup(void **state)
{
    struct rolecall_fixture *fixture = g_new0(struct rolecall_fixture, 1);
    fixture->folder = g_dir_make_tmp("rolecall-command-XXXXXX", NULL);
    fixture->config = g_build_filename(fixture->folder, "rolecall.conf", NULL);
    fixture->runs = g_ptr_array_new_with_free_func(free_run);
    rolecall_fixture_write(fixture, "rolecall.conf", good_config);
    rolecall_fixture_write(fixture, "corp.ldif", company);
    *state = fixture;
    return 0;
}

static void remove_folder(const char *path)
{
    g_autoptr(GDir) listing = g_dir_open(path, 0, NULL);
    for (const char *name; listing != NULL && (name = g_dir_read_name(listing)) != NULL;) {
        g_autofree char *inside = g_build_filename(path, name, NULL);
        if (g_file_test(inside, G_FILE_TEST_IS_DIR) &&
            !g_file_test(inside, G_FILE_TEST_IS_SYMLINK))
            remove_folder(inside);
        else
            g_unlink(inside);
    }
    g_rmdir(path);
}

int rolecall_fixture_teardown(void **state)
{
    struct rolecall_fixture *fixture = *state;
    if (fixture->server != 0)
        rolecall_fixture_stop(fixture);
    remove_folder(fixture->folder);
    g_ptr_array_unref(fixture->runs);
    g_free(fixture->config);
    g_free(fixture->folder);
    g_free(fixture);
    return 0;
}

const char *rolecall_fixture_path(struct rolecall_fixture *fixture, const char *name)
{
    struct rolecall_run *holder = g_new0(struct rolecall_run, 1);
    holder->out = g_build_filename(fixture->folder, name, NULL);
    g_ptr_array_add(fixture->runs, holder);
    return holder->out;
}

void rolecall_fixture_write(struct rolecall_fixture *fixture, const char *name,
                            const char *text)
{
    GString *filled = g_string_new(text);
    g_string_replace(filled, "@FOLDER@", fixture->folder, 0);
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_file_set_contents(path, filled->str, (gssize)filled->len, &error))
        fail_msg("%s", error->message);
    g_string_free(filled, TRUE);
}

static int exit_status_of(int wait_status)
{
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

struct rolecall_run *rolecall_fixture_run_bare(struct rolecall_fixture *fixture,
                                               const char *const *arguments)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(argv, g_strdup(ROLECALL_BINARY));
    for (; *arguments != NULL; arguments++)
        g_ptr_array_add(argv, g_strdup(*arguments));
    g_ptr_array_add(argv, NULL);
    struct rolecall_run *run = g_new0(struct rolecall_run, 1);
    g_ptr_array_add(fixture->runs, run);
    int status = 0;
    g_autoptr(GError) error = NULL;
    if (!g_spawn_sync(fixture->folder, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                      &run->out, &run->err, &status, &error))
        fail_msg("%s", error->message);
    run->status = exit_status_of(status);
    return run;
}

struct rolecall_run *rolecall_fixture_run(struct rolecall_fixture *fixture, const char *verb,
                                          ...)
{
    g_autoptr(GPtrArray) arguments = g_ptr_array_new();
    g_ptr_array_add(arguments, (gpointer)(uintptr_t)verb);
    g_ptr_array_add(arguments, (gpointer)(uintptr_t) "-c");
    g_ptr_array_add(arguments, fixture->config);
    va_list rest;
    va_start(rest, verb);
    for (const char *word; (word = va_arg(rest, const char *)) != NULL;)
        g_ptr_array_add(arguments, (gpointer)(uintptr_t)word);
    va_end(rest);
    g_ptr_array_add(arguments, NULL);
    return rolecall_fixture_run_bare(fixture, (const char *const *)arguments->pdata);
}

json_t *rolecall_fixture_json(struct rolecall_run *run)
{
    if (run->json != NULL)
        return run->json;
    const char *end = strchr(run->out, '\n');
    json_error_t error;
    if (end == NULL || end[1] != '\0')
        fail_msg("not one line: %s%s", run->out, run->err);
    run->json = json_loads(run->out, JSON_REJECT_DUPLICATES, &error);
    if (run->json == NULL)
        fail_msg("not JSON: %s: %s", error.text, run->out);
    return run->json;
}

void rolecall_fixture_expect(const struct rolecall_run *run, int status)
{
    if (run->status != status)
        fail_msg("exit %d, not %d\n%s%s", run->status, status, run->out, run->err);
}

/* Reads what comes until there is a line; NULL when the stream ends or the deadline passes. */
static char *read_line(int descriptor)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const gint64 deadline = g_get_monotonic_time() + DEADLINE_MS * 1000;
    while (strchr(text->str, '\n') == NULL && g_get_monotonic_time() < deadline) {
        struct pollfd readable = {.fd = descriptor, .events = POLLIN};
        char bytes[256];
        if (poll(&readable, 1, 100) <= 0)
            continue;
        const ssize_t count = read(descriptor, bytes, sizeof bytes);
        if (count <= 0)
            return NULL;
        g_string_append_len(text, bytes, count);
    }
    return g_strdup(text->str);
}

/* The server's log goes to a file, so that no pipe can fill up and stop it. */
static void log_to_file(gpointer data)
{
    const struct rolecall_fixture *fixture = data;
    g_autofree char *path = g_build_filename(fixture->folder, "serve.log", NULL);
    FILE *log = freopen(path, "a", stderr);
    if (log == NULL)
        _exit(127);
}

void rolecall_fixture_serve(struct rolecall_fixture *fixture)
{
    char program[] = ROLECALL_BINARY, verb[] = "serve", option[] = "-c";
    char *argv[] = {program, verb, option, fixture->config, NULL};
    g_autoptr(GError) error = NULL;
    if (!g_spawn_async_with_pipes(fixture->folder, (char **)argv, NULL,
                                  G_SPAWN_DO_NOT_REAP_CHILD, log_to_file, fixture,
                                  &fixture->server, NULL, &fixture->server_out, NULL, &error))
        fail_msg("%s", error->message);
    g_autofree char *line = read_line(fixture->server_out);
    if (line == NULL || !g_str_has_prefix(line, "rolecall is listening on http://127.0.0.1:")) {
        g_autofree char *path = g_build_filename(fixture->folder, "serve.log", NULL);
        g_autofree char *log = NULL;
        g_file_get_contents(path, &log, NULL, NULL);
        fail_msg("serve said \"%s\"\n%s", line, log);
    }
}

int rolecall_fixture_stop(struct rolecall_fixture *fixture)
{
    int status = 0;
    kill(fixture->server, SIGTERM);
    while (waitpid(fixture->server, &status, 0) < 0 && errno == EINTR)
        continue;
    close(fixture->server_out);
    fixture->server = 0;
    return exit_status_of(status);
}

void rolecall_fixture_wait_for(struct rolecall_fixture *fixture, const char *name,
                               const char *text)
{
    const gint64 deadline = g_get_monotonic_time() + DEADLINE_MS * 1000;
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    while (g_get_monotonic_time() < deadline) {
        g_autofree char *content = NULL;
        if (g_file_get_contents(path, &content, NULL, NULL) && strstr(content, text) != NULL)
            return;
        poll(NULL, 0, 20); /* poll interval */
    }
    fail_msg("\"%s\" did not come up in %s", text, name);
}
