#include "tests/scim/server/server_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/organization/person_facts.h"
#include "scim/store/store_open.h"

const struct audit_key server_fixture_audit_key = {"a key of the tests"};

static gint64 read_clock(void *context)
{
    return atomic_load((_Atomic gint64 *)context);
}

static void keep_quiet(void *context, GLogLevelFlags level, const char *line)
{
    (void)context;
    if ((level & G_LOG_LEVEL_WARNING) != 0) {
        g_printerr("# %s\n", line);
    }
}

struct judge server_fixture_judge(struct server_fixture *fixture)
{
    return (struct judge){.clock = &fixture->clock,
                          .random = random_system(),
                          .restore_window = JUDGE_RESTORE_WINDOW,
                          .audit_key = &server_fixture_audit_key,
                          .sends_mail = fixture->sends_mail,
                          .renewal = fixture->sends_mail ? &fixture->renewal : NULL};
}

static void write_act(struct server_fixture *fixture, const char *organization,
                      const struct act *act, struct verdict *verdict)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreSession) session = store_session_open(fixture->store, STORE_WRITE, &error);
    assert_non_null(session);
    struct judge judge = server_fixture_judge(fixture);
    judge.session = session;
    const struct actor actor = actor_operator(organization, "operator:test");
    if (!judge_write(&judge, &actor, act, verdict, &error)) {
        fail_msg("%s", error->message);
    }
    if (!verdict_is_good(verdict)) {
        fail_msg("act %d: %s", (int)act->kind, verdict->fault.detail);
    }
}

void server_fixture_act(struct server_fixture *fixture, const char *organization,
                        const struct act *act)
{
    struct verdict verdict = {0};
    write_act(fixture, organization, act, &verdict);
    verdict_clear(&verdict);
}

char *server_fixture_credential(struct server_fixture *fixture, const char *organization,
                                const struct act *act)
{
    struct verdict verdict = {0};
    write_act(fixture, organization, act, &verdict);
    char *token = g_strdup(verdict.token);
    verdict_clear(&verdict);
    return token;
}

char *server_fixture_token(struct server_fixture *fixture, const char *organization,
                           const struct connection_draft *draft)
{
    const struct act act = {.kind = ACT_CONNECTION_CREATE, .connection = draft};
    return server_fixture_credential(fixture, organization, &act);
}

char *server_fixture_person_token(struct server_fixture *fixture, const char *organization,
                                  const char *user_name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = NULL;
    StoreSession *session = store_session_open(fixture->store, STORE_READ, &error);
    assert_true(person_find_by_user_name(session, organization, user_name, &id, &error));
    assert_non_null(id);
    store_session_close(session);
    const struct act act = {.kind = ACT_TOKEN_FOR_PERSON, .id = id, .name = "test"};
    struct verdict verdict = {0};
    write_act(fixture, organization, &act, &verdict);
    char *token = g_strdup(verdict.token);
    verdict_clear(&verdict);
    return token;
}

static void make_organizations(struct server_fixture *fixture)
{
    static const char *const owners[] = {FIXTURE_DANA, FIXTURE_BREAKGLASS, NULL};
    static const char *const protected[] = {FIXTURE_BREAKGLASS, NULL};
    static const char *const admins[] = {FIXTURE_DANA, NULL};
    static const struct project_draft projects[] = {{.name = "search", .admins = admins},
                                                    {.name = "ads", .admins = admins}};
    static const struct organization_draft acme = {.name = "acme",
                                                   .display_name = "Acme Inc.",
                                                   .seats = 10,
                                                   .owners = owners,
                                                   .protected = protected,
                                                   .projects = projects,
                                                   .project_count = 2};
    static const char *const others[] = {"olga@other.example", NULL};
    static const struct organization_draft other = {.name = "other", .owners = others};
    server_fixture_act(fixture, "acme",
                       &(struct act){.kind = ACT_ORGANIZATION_CREATE, .organization = &acme});
    server_fixture_act(fixture, "other",
                       &(struct act){.kind = ACT_ORGANIZATION_CREATE, .organization = &other});
}

void server_fixture_open_store(struct server_fixture *fixture)
{
    *fixture = (struct server_fixture){0};
    g_autoptr(GError) error = NULL;
    fixture->folder = g_dir_make_tmp("server-XXXXXX", NULL);
    fixture->uri = g_strconcat("sqlite:", fixture->folder, "/rolecall.db", NULL);
    atomic_init(&fixture->now, FIXTURE_NOW);
    fixture->clock = (struct clock){read_clock, &fixture->now};
    fixture->store = store_open(fixture->uri, &error);
    if (fixture->store == NULL) {
        fail_msg("%s", error->message);
    }
    make_organizations(fixture);
    fixture->admin = server_fixture_token(
        fixture, "acme", &(struct connection_draft){.name = "console", .scope = "admin"});
    fixture->reader = server_fixture_token(
        fixture, "acme", &(struct connection_draft){.name = "report", .scope = "read"});
    fixture->provider = server_fixture_token(
        fixture, "acme", &(struct connection_draft){.name = "okta", .scope = "people"});
    fixture->sync = server_fixture_token(
        fixture, "acme", &(struct connection_draft){.name = "sync", .scope = "sync"});
    fixture->everywhere = server_fixture_token(
        fixture, NULL,
        &(struct connection_draft){.name = "serve", .scope = "sync", .everywhere = TRUE});
    fixture->other = server_fixture_token(
        fixture, "other", &(struct connection_draft){.name = "console", .scope = "admin"});
    fixture->dana = server_fixture_person_token(fixture, "acme", FIXTURE_DANA);
}

static void start(struct server_fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    const struct writer_options writing = {
        .store = fixture->store,
        .judge = server_fixture_judge(fixture),
    };
    fixture->dispatch = (struct dispatch){
        .service = {.url = "http://test.example",
                    .clock = &fixture->clock,
                    .sends_mail = fixture->sends_mail,
                    .renewal = writing.judge.renewal,
                    .log = keep_quiet},
        .readers = session_pool_new(fixture->store),
        .writer = writer_start(&writing, &error),
    };
    assert_non_null(fixture->dispatch.writer);
}

void server_fixture_open(struct server_fixture *fixture)
{
    server_fixture_open_store(fixture);
    start(fixture);
}

void server_fixture_open_mailing(struct server_fixture *fixture)
{
    server_fixture_open_store(fixture);
    fixture->sends_mail = TRUE;
    fixture->renewal = (struct renewal_policy){.renewals = 2, .per = (gint64)30 * 24 * 3600};
    start(fixture);
}

static void remove_folder(const char *path)
{
    GDir *folder = g_dir_open(path, 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_unlink(file);
    }
    g_clear_pointer(&folder, g_dir_close);
    g_rmdir(path);
}

void server_fixture_close(struct server_fixture *fixture)
{
    if (fixture->dispatch.writer != NULL) {
        writer_stop(fixture->dispatch.writer);
        session_pool_free(fixture->dispatch.readers);
    }
    store_close(fixture->store);
    remove_folder(fixture->folder);
    char *const owned[] = {fixture->folder,     fixture->uri,  fixture->admin,
                           fixture->reader,     fixture->sync, fixture->provider,
                           fixture->everywhere, fixture->dana, fixture->other};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++) {
        g_free(owned[i]);
    }
}

int server_fixture_set_up(void **state)
{
    struct server_fixture *fixture = g_new0(struct server_fixture, 1);
    server_fixture_open(fixture);
    *state = fixture;
    return 0;
}

int server_fixture_set_up_mailing(void **state)
{
    struct server_fixture *fixture = g_new0(struct server_fixture, 1);
    server_fixture_open_mailing(fixture);
    *state = fixture;
    return 0;
}

int server_fixture_tear_down(void **state)
{
    server_fixture_close(*state);
    g_free(*state);
    return 0;
}

/* One answer that may come from the writer's thread. */
struct waiting {
    GMutex lock;
    GCond changed;
    gboolean is_parked, is_ready;
};

static void park(void *context)
{
    ((struct waiting *)context)->is_parked = TRUE;
}

static void ready(void *context)
{
    struct waiting *waiting = context;
    g_mutex_lock(&waiting->lock);
    waiting->is_ready = TRUE;
    g_cond_signal(&waiting->changed);
    g_mutex_unlock(&waiting->lock);
}

struct reply server_fixture_send(struct server_fixture *fixture, Exchange *exchange)
{
    struct waiting waiting = {0};
    g_mutex_init(&waiting.lock);
    g_cond_init(&waiting.changed);
    exchange->hooks = (struct exchange_hooks){park, ready, &waiting};
    dispatch_exchange(&fixture->dispatch, exchange);
    g_mutex_lock(&waiting.lock);
    while (waiting.is_parked && !waiting.is_ready) {
        g_cond_wait(&waiting.changed, &waiting.lock);
    }
    g_mutex_unlock(&waiting.lock);
    g_mutex_clear(&waiting.lock);
    g_cond_clear(&waiting.changed);
    assert_true(exchange->status != 0);
    return (struct reply){
        .status = exchange->status,
        .json = exchange->answer != NULL
                    ? json_loadb(exchange->answer, exchange->answer_length, 0, NULL)
                    : NULL,
        .exchange = exchange};
}

static void add_header(Exchange *exchange, const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, ": ", 2);
    exchange_add_header(exchange, parts[0], parts[1]);
}

struct reply server_fixture_ask_with(struct server_fixture *fixture, const char *token,
                                     const char *method, const char *target, const char *body,
                                     const char *const *headers)
{
    Exchange *exchange = exchange_new(method, target);
    gboolean has_type = FALSE;
    for (; headers != NULL && *headers != NULL; headers++) {
        add_header(exchange, *headers);
        has_type = has_type || g_str_has_prefix(*headers, "Content-Type");
    }
    if (token != NULL) {
        g_autofree char *value = g_strconcat("Bearer ", token, NULL);
        exchange_add_header(exchange, "Authorization", value);
    }
    if (body != NULL) {
        exchange_add_body(exchange, body, strlen(body),
                          dispatch_body_limit(&fixture->dispatch, exchange));
    }
    if (body != NULL && !has_type) {
        exchange_add_header(exchange, "Content-Type", "application/scim+json");
    }
    return server_fixture_send(fixture, exchange);
}

struct reply server_fixture_ask(struct server_fixture *fixture, const char *token,
                                const char *method, const char *target, const char *body)
{
    return server_fixture_ask_with(fixture, token, method, target, body, NULL);
}

void reply_clear(struct reply *reply)
{
    json_decref(reply->json);
    exchange_free(reply->exchange);
    *reply = (struct reply){0};
}

void reply_expect(struct reply *reply, unsigned status)
{
    if (reply->status != status) {
        fail_msg("%s %s?%s was answered %u, not %u: %.*s", reply->exchange->method,
                 reply->exchange->path, reply->exchange->query, reply->status, status,
                 (int)reply->exchange->answer_length, reply->exchange->answer);
    }
    reply_clear(reply);
}

const json_t *reply_value(const struct reply *reply, const char *path)
{
    /* URNs hold dots: a path may begin with "Membership." for that extension. */
    g_auto(GStrv) steps = g_strsplit(path, ".", -1);
    const json_t *value = reply->json;
    for (char **step = steps; *step != NULL; step++) {
        if (strcmp(*step, "Membership") == 0) {
            value = json_object_get(
                value, "urn:rolecall:params:scim:schemas:extension:1.0:Membership");
        } else if (strcmp(*step, "Refusal") == 0) {
            value = json_object_get(value, REFUSAL_URN);
        } else if (json_is_array(value)) {
            value = json_array_get(value, (size_t)g_ascii_strtoull(*step, NULL, 10));
        } else {
            value = json_object_get(value, *step);
        }
    }
    return value;
}

const char *reply_text(const struct reply *reply, const char *path)
{
    return json_string_value(reply_value(reply, path));
}

char *server_fixture_find(struct server_fixture *fixture, const char *user_name)
{
    g_autofree char *escaped = g_uri_escape_string(user_name, NULL, FALSE);
    g_autofree char *target =
        g_strdup_printf("/scim/v2/Users?filter=userName%%20eq%%20%%22%s%%22", escaped);
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    char *id = g_strdup(reply_text(&reply, "Resources.0.id"));
    reply_clear(&reply);
    return id;
}

char *server_fixture_member(struct server_fixture *fixture, const char *email)
{
    g_autofree char *body = g_strdup_printf(
        "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],\"email\":\"%s\"}",
        email);
    struct reply reply =
        server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Invitations", body);
    const char *link = reply_text(&reply, "link");
    if (link == NULL) {
        fail_msg("'%s' is not invited: %s", email, reply_text(&reply, "detail"));
        return NULL;
    }
    char *id = g_strdup(reply_text(&reply, "person.value"));
    g_autofree char *form = g_strdup_printf("token=%s&answer=accept", strchr(link, '#') + 1);
    reply_clear(&reply);
    static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded",
                                          NULL};
    reply = server_fixture_ask_with(fixture, NULL, "POST", "/invitation", form, headers);
    reply_expect(&reply, 200);
    return id;
}
