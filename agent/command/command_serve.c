#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "agent/command/command_line.h"
#include "agent/command/operator_access.h"
#include "agent/command/own_endpoint.h"
#include "agent/command/serve_mail.h"
#include "agent/command/serve_organizations.h"
#include "agent/command/serve_schedule.h"
#include "agent/command/terminal.h"
#include "agent/command/verbs.h"
#include "agent/sync/report.h"
#include "agent/sync/run_lock.h"
#include "scim/protocol/outcome.h"
#include "scim/server/endpoint.h"
#include "scim/store/store_open.h"

struct serving {
    const struct command_line *line;
    Settings *settings;
    RunLock *store_lock;
    struct judging judging;
    ServeMail *mail;
    Endpoint *endpoint;
    GMutex lock; /* of schedule, which the endpoint's writer rings */
    ServeSchedule *schedule;
    gboolean is_announced;
};

static gboolean warn_of_missing(struct operator_access *access, GError **error)
{
    g_autoptr(GPtrArray) sentences = g_ptr_array_new_with_free_func(g_free);
    const gboolean read = serve_organizations_missing(access, sentences, error);
    for (guint i = 0; i < sentences->len; i++)
        terminal_tell(TERMINAL_ATTENTION, g_ptr_array_index(sentences, i));
    return read;
}

/* On a session of its own, beside those of the endpoint. */
static gboolean prepare_store(const Settings *settings, gboolean renews_token, GError **error)
{
    struct operator_access access = {NULL};
    const gboolean done = operator_access_open(&access, settings, error) &&
                          serve_organizations_ensure(&access, error) &&
                          warn_of_missing(&access, error) &&
                          (!renews_token || serve_organizations_renew_token(&access, error));
    operator_access_close(&access);
    return done;
}

static void log_line(void *context, GLogLevelFlags level, const char *line)
{
    (void)context;
    if ((level & G_LOG_LEVEL_DEBUG) == 0)
        terminal_tell((level & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_MESSAGE)) != 0
                          ? TERMINAL_QUIET
                          : TERMINAL_ATTENTION,
                      line);
}

/* On the writer's thread. Before the schedule is there nothing is lost: it begins with the groups. */
static void groups_changed(void *context)
{
    struct serving *serving = context;
    g_mutex_lock(&serving->lock);
    if (serving->schedule != NULL)
        serve_schedule_groups_changed(serving->schedule);
    g_mutex_unlock(&serving->lock);
}

static void exchange_schedule(struct serving *serving, ServeSchedule *schedule)
{
    g_mutex_lock(&serving->lock);
    ServeSchedule *before = serving->schedule;
    serving->schedule = schedule;
    g_mutex_unlock(&serving->lock);
    serve_schedule_stop(before);
}

static gboolean start_endpoint(struct serving *serving, GError **error)
{
    struct endpoint_options options;
    endpoint_options_default(&options);
    options.listen = serving->settings->endpoint.listen;
    options.public_url = serving->settings->endpoint.public_url;
    options.store = serving->settings->endpoint.store;
    options.insecure = serving->settings->endpoint.insecure;
    options.trusted_proxies = serving->settings->endpoint.trusted_proxies;
    options.judge = serving->judging.judge;
    options.witness = clock_witness();
    options.committed = serve_mail_wake;
    options.committed_context = serving->mail;
    options.groups_changed = groups_changed;
    options.groups_changed_context = serving;
    const struct limits_settings *limits = &serving->settings->endpoint.limits;
    options.limits.body = (size_t)limits->body;
    options.requests = (struct request_limits){
        .filter = (size_t)limits->filter,
        .filter_terms = (size_t)limits->filter_terms,
        .filter_depth = (size_t)limits->filter_depth,
        .path = (size_t)limits->path,
        .json_depth = (size_t)limits->json_depth,
        .page = limits->page,
        .sorted = limits->sorted,
        .bulk_body = (size_t)limits->bulk_body,
        .bulk_operations = limits->bulk_operations,
        .rate = limits->rate,
    };
    options.observer = (struct endpoint_observer){.log = log_line};
    serving->endpoint = endpoint_start(&options, error);
    return serving->endpoint != NULL;
}

/* Where it listens, with the port that it got. */
static char *address_of(const struct serving *serving)
{
    const char *listen = serving->settings->endpoint.listen;
    const guint16 port = endpoint_port(serving->endpoint);
    if (port == 0)
        return g_strdup(listen);
    g_autofree char *host = g_strndup(listen, (gsize)(strrchr(listen, ':') - listen));
    return g_strdup_printf("http://%s:%u", host, (unsigned)port);
}

/* One line on standard output, for whoever waits for it; after it, that stream is closed, and
 * what scheduled runs print joins the log on standard error. */
static gboolean say_ready(struct serving *serving, GError **error)
{
    g_autofree char *address = address_of(serving);
    if (!own_endpoint_announce(serving->settings, address, error))
        return FALSE;
    serving->is_announced = TRUE;
    g_autofree char *text = g_strdup_printf("rolecall is listening on %s\n", address);
    terminal_print(text);
    fflush(stdout);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    return TRUE;
}

/* Two that write one store would each sweep, renew and mail. */
static gboolean lock_store(struct serving *serving, GError **error)
{
    const char *store = serving->settings->endpoint.store;
    g_autofree char *path = g_strconcat(store_file(store), ".serve-lock", NULL);
    g_autofree char *busy = g_strdup_printf("another serve has the store \"%s\"", store);
    serving->store_lock = run_lock_take_file(path, busy, error);
    return serving->store_lock != NULL;
}

/* Everything of the config that only serve reads, before anything is changed. */
static gboolean check_settings(const Settings *settings, GError **error)
{
    return serve_schedule_check(settings, error) && judging_check(settings, error) &&
           serve_mail_check(settings, error);
}

/* Whoever asks finds what the config names: it listens only when all of that is there. The lock
 * keeps a second serve from taking the first one's token away. */
static gboolean start(struct serving *serving, GError **error)
{
    const Settings *settings = serving->settings;
    if (!check_settings(settings, error) || !own_endpoint_make_state(settings, error) ||
        !store_check_owner(settings->endpoint.store, error) || !lock_store(serving, error) ||
        !judging_open(&serving->judging, settings, error))
        return FALSE;
    serving->mail = serve_mail_new(log_line, NULL);
    if (!prepare_store(settings, TRUE, error) || !start_endpoint(serving, error) ||
        !serve_mail_start(serving->mail, settings, endpoint_url(serving->endpoint), error) ||
        !say_ready(serving, error))
        return FALSE;
    ServeSchedule *schedule =
        serve_schedule_start(serving->settings, serving->line->config, error);
    exchange_schedule(serving, schedule);
    return schedule != NULL;
}

static int fail(const GError *error)
{
    terminal_error("%s", error->message);
    return g_error_matches(error, OUTCOME, OUTCOME_SETTINGS) ? REPORT_EXIT_CONFIG
                                                             : REPORT_EXIT_FAILED;
}

/* The first key that only a new start can change, or NULL. */
static const char *needs_restart(const Settings *before, const Settings *after)
{
    const struct invitations_settings *old = &before->invitations;
    const struct invitations_settings *new = &after->invitations;

    const struct {
        const char *key;
        gboolean is_changed;
    } keys[] = {
        {"endpoint.listen", g_strcmp0(before->endpoint.listen, after->endpoint.listen) != 0},
        {"endpoint.public_url",
         g_strcmp0(before->endpoint.public_url, after->endpoint.public_url) != 0},
        {"endpoint.store", g_strcmp0(before->endpoint.store, after->endpoint.store) != 0},
        {"endpoint.limits", memcmp(&before->endpoint.limits, &after->endpoint.limits,
                                   sizeof before->endpoint.limits) != 0},
        {"endpoint.trusted_proxies",
         !g_strv_equal(before->endpoint.trusted_proxies, after->endpoint.trusted_proxies)},
        {"sync.state", g_strcmp0(before->sync.state, after->sync.state) != 0},
        {"invitations.renewals", old->renewals != new->renewals},
        {"invitations.renewals_per", old->renewals_per != new->renewals_per},
        {"invitations.restore_window", old->restore_window != new->restore_window},
        {"invitations.send_window", g_strcmp0(old->send_window, new->send_window) != 0},
        {"audit.key_file", g_strcmp0(before->audit.key_file, after->audit.key_file) != 0},
        {"audit.anchors", g_strcmp0(before->audit.anchors, after->audit.anchors) != 0},
        {"mail (on or off)", (before->mail.url == NULL) != (after->mail.url == NULL)},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].is_changed)
            return keys[i].key;
    return NULL;
}

static gboolean take_over(struct serving *serving, const Settings *fresh, GError **error)
{
    if (!check_settings(fresh, error) || !prepare_store(fresh, FALSE, error))
        return FALSE;
    ServeSchedule *schedule = serve_schedule_start(fresh, serving->line->config, error);
    if (schedule == NULL)
        return FALSE;
    if (!serve_mail_start(serving->mail, fresh, endpoint_url(serving->endpoint), error)) {
        serve_schedule_stop(schedule);
        return FALSE;
    }
    exchange_schedule(serving, schedule);
    return TRUE;
}

/* The new config, or the old one with the error. */
static void reload(struct serving *serving)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) fresh = command_line_settings(serving->line, TRUE, &status);
    if (fresh == NULL) {
        terminal_error("the config is not taken over: the old one stays in force");
        return;
    }
    const char *key = needs_restart(serving->settings, fresh);
    if (key != NULL) {
        terminal_error("the config is not taken over: %s changes with a new start only", key);
        return;
    }
    if (!take_over(serving, fresh, &error)) {
        terminal_error("the config is not taken over: %s", error->message);
        return;
    }
    settings_free(serving->settings);
    serving->settings = g_steal_pointer(&fresh);
    terminal_tell(TERMINAL_QUIET, "rolecall: the config was read again");
}

static void wait_for_the_end(struct serving *serving, const sigset_t *signals)
{
    for (;;) {
        int number = 0;
        if (sigwait(signals, &number) != 0)
            continue;
        if (number != SIGHUP)
            return;
        reload(serving);
    }
}

static int serve(const struct command_line *line)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    struct serving serving = {.line = line};
    serving.settings = command_line_settings(line, TRUE, &status);
    if (serving.settings == NULL)
        return status;
    g_mutex_init(&serving.lock);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    /* before any thread: only the loop below takes them */
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (start(&serving, &error))
        wait_for_the_end(&serving, &signals);
    else
        status = fail(error);
    exchange_schedule(&serving, NULL);
    if (serving.is_announced)
        own_endpoint_withdraw(serving.settings);
    endpoint_stop(serving.endpoint);
    serve_mail_free(serving.mail);
    judging_close(&serving.judging);
    run_lock_release(serving.store_lock);
    g_mutex_clear(&serving.lock);
    settings_free(serving.settings);
    return status;
}

int command_serve(int argc, char **argv)
{
    struct command_line line = {
        .verb = "serve",
        .description =
            "Prints one line when it is ready. SIGTERM ends it, SIGHUP reads the config again\n"
            "(a broken one is told and the old one stays). The schedule, and the sync that\n"
            "pushed groups start when they change, only plan until one `rolecall sync` by "
            "hand\n"
            "has succeeded. Where the config has mail, it mails invitations. The first start\n"
            "makes the audit trail's key: keep a copy elsewhere.",
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = serve(&line);
    command_line_clear(&line);
    return status;
}
