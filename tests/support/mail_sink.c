#include "tests/support/mail_sink.h"

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

/* Debian's, which has Debian's python3-aiosmtpd. */
#define PYTHON "/usr/bin/python3"

static guint read_port(int output)
{
    char line[64] = {0};
    for (gsize i = 0; i + 1 < sizeof line && strchr(line, '\n') == NULL; i++)
        if (read(output, line + i, 1) != 1)
            fail_msg("the mail sink did not start (python3-aiosmtpd is needed): %s", line);
    assert_true(g_str_has_prefix(line, "listening "));
    return (guint)g_ascii_strtoull(line + strlen("listening "), NULL, 10);
}

struct mail_sink *mail_sink_start(const char *tls, enum certificate_fault fault)
{
    struct mail_sink *sink = g_new0(struct mail_sink, 1);
    sink->folder = g_dir_make_tmp("mail-sink-XXXXXX", NULL);
    assert_non_null(sink->folder);
    certificate_fixture_write(sink->folder, fault);
    sink->ca_file = g_build_filename(sink->folder, "ca.pem", NULL);
    sink->other_ca_file = g_build_filename(sink->folder, "other-ca.pem", NULL);
    g_autofree char *certificate = g_build_filename(sink->folder, "server.pem", NULL);
    g_autofree char *key = g_build_filename(sink->folder, "server.key", NULL);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_strv_builder_add_many(builder, PYTHON, PROJECT_DIR "/tests/support/smtp_sink.py",
                            sink->folder, "0", "--tls", tls, "--certificate", certificate,
                            "--key", key, "--user", MAIL_SINK_USER, "--password",
                            MAIL_SINK_PASSWORD, NULL);
    g_auto(GStrv) command = g_strv_builder_end(builder);
    g_autoptr(GError) error = NULL;
    int output = -1;
    if (!g_spawn_async_with_pipes(NULL, command, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                  &sink->process, NULL, &output, NULL, &error))
        fail_msg("%s", error->message);
    guint port = read_port(output);
    close(output);
    sink->url = g_strdup_printf("%s://127.0.0.1:%u",
                                strcmp(tls, "smtps") == 0 ? "smtps" : "smtp", port);
    return sink;
}

void mail_sink_set(struct mail_sink *sink, const char *mode)
{
    g_autofree char *path = g_build_filename(sink->folder, "mode.json", NULL);
    assert_true(g_file_set_contents(path, mode, -1, NULL));
}

char **mail_sink_lines(const struct mail_sink *sink, const char *name)
{
    g_autofree char *path = g_build_filename(sink->folder, name, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        text = g_strdup("");
    return g_strsplit(g_strchomp(text), "\n", -1);
}

static void remove_folder(const char *folder)
{
    GDir *files = g_dir_open(folder, 0, NULL);
    const char *name;
    while (files != NULL && (name = g_dir_read_name(files)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    if (files != NULL)
        g_dir_close(files);
    g_rmdir(folder);
}

void mail_sink_stop(struct mail_sink *sink)
{
    if (sink == NULL)
        return;
    kill(sink->process, SIGTERM);
    waitpid(sink->process, NULL, 0);
    g_spawn_close_pid(sink->process);
    remove_folder(sink->folder);
    g_free(sink->folder);
    g_free(sink->url);
    g_free(sink->ca_file);
    g_free(sink->other_ca_file);
    g_free(sink);
}
