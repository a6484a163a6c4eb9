#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/mail/mailer.h"
#include "scim/protocol/outcome.h"
#include "scim/store/store_open.h"
#include "tests/scim/mail/scripted_mail_server.h"
#include "tests/scim/organization/stage.h"

#define TOKEN    "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE"
#define LIFETIME (48 * STAGE_HOUR)
#define DEADLINE (20 * G_TIME_SPAN_SECOND)

/* A store on disk, a mail server, and a mailer between them. */
struct desk {
    char *folder, *uri;
    struct stage *stage; /* the test's own session */
    Store *store;
    StoreSession *session; /* the mailer's */
    struct scripted_mail_server *server;
    Mailer *mailer;
    struct clock clock;
    GMutex lock; /* all below */
    gint64 now;
    gboolean is_frozen;
    guint looks; /* so often the mailer has asked whether time is frozen: first of all */
    GString *log;
};

static gint64 read_clock(void *context)
{
    struct desk *desk = context;
    g_mutex_lock(&desk->lock);
    gint64 now = desk->now;
    g_mutex_unlock(&desk->lock);
    return now;
}

static void advance(struct desk *desk, gint64 seconds)
{
    g_mutex_lock(&desk->lock);
    desk->now += seconds;
    g_mutex_unlock(&desk->lock);
    desk->stage->now += seconds;
    if (desk->mailer != NULL)
        mailer_wake(desk->mailer);
}

static gboolean is_frozen(void *context)
{
    struct desk *desk = context;
    g_mutex_lock(&desk->lock);
    gboolean frozen = desk->is_frozen;
    desk->looks++;
    g_mutex_unlock(&desk->lock);
    return frozen;
}

static void keep_line(void *context, GLogLevelFlags level, const char *line)
{
    struct desk *desk = context;
    g_mutex_lock(&desk->lock);
    g_string_append_printf(desk->log, "%d %s\n", level == G_LOG_LEVEL_INFO ? 6 : 4, line);
    g_mutex_unlock(&desk->lock);
}

static struct desk *desk_open(void)
{
    struct desk *desk = g_new0(struct desk, 1);
    desk->folder = g_dir_make_tmp("mailer-XXXXXX", NULL);
    assert_non_null(desk->folder);
    desk->uri = g_strdup_printf("sqlite:%s/store.db", desk->folder);
    desk->stage = stage_open_at(desk->uri, 100);
    desk->store = store_open(desk->uri, NULL);
    desk->session = store_session_open(desk->store, STORE_WRITE, NULL);
    assert_non_null(desk->session);
    desk->server = scripted_mail_server_start();
    desk->clock = (struct clock){.now = read_clock, .context = desk};
    desk->now = desk->stage->now;
    desk->log = g_string_new(NULL);
    g_mutex_init(&desk->lock);
    return desk;
}

static void start(struct desk *desk, gint64 rate)
{
    g_autofree char *url = g_strdup_printf("smtp://127.0.0.1:%u", desk->server->port);
    const struct mailer_options options = {
        .session = desk->session,
        .clock = &desk->clock,
        .smtp = {.url = url, .allows_clear = TRUE, .timeout = 15},
        .from = "Acme Console <console@example.com>",
        .url = "https://console.example.com",
        .rate = rate,
        .time_is_frozen = is_frozen,
        .log = keep_line,
        .context = desk};
    g_autoptr(GError) error = NULL;
    desk->mailer = mailer_start(&options, &error);
    if (desk->mailer == NULL)
        fail_msg("%s", error->message);
}

static void stop(struct desk *desk)
{
    mailer_stop(desk->mailer);
    desk->mailer = NULL;
}

/* Nothing that a mailer says names anybody or opens anything. */
static void desk_close(struct desk *desk)
{
    stop(desk);
    assert_null(strchr(desk->log->str, '@'));
    assert_null(strstr(desk->log->str, TOKEN));
    scripted_mail_server_stop(desk->server);
    store_session_close(desk->session);
    store_close(desk->store);
    stage_close(desk->stage);
    static const char *const files[] = {"store.db", "store.db-wal", "store.db-shm"};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(desk->folder, files[i], NULL);
        g_unlink(path);
    }
    assert_int_equal(g_rmdir(desk->folder), 0);
    g_free(desk->folder);
    g_free(desk->uri);
    g_string_free(desk->log, TRUE);
    g_mutex_clear(&desk->lock);
    g_free(desk);
}

/* An invitation whose mail waits: its id (the caller frees). */
static char *invite(struct desk *desk, const char *address)
{
    struct stage *stage = desk->stage;
    g_autofree char *person = stage_invite(stage, address, ORGANIZATION_ROLE_MEMBER, NULL);
    char *invitation = g_strdup(stage->verdict.invitation);
    g_autofree char *id = random_hex(&stage->random, 16);
    const struct outbox_row row = {.organization = "acme",
                                   .id = id,
                                   .invitation = invitation,
                                   .person = person,
                                   .address = address,
                                   .token = TOKEN,
                                   .created = stage->now,
                                   .expires_at = stage->now + LIFETIME};
    assert_true(outbox_put(stage->session, &row, NULL));
    if (desk->mailer != NULL)
        mailer_wake(desk->mailer);
    return invitation;
}

static struct outbox_delivery delivery_of(struct desk *desk, const char *invitation)
{
    struct outbox_delivery delivery;
    assert_true(outbox_read(desk->stage->session, "acme", invitation, &delivery, NULL));
    return delivery;
}

/* Until that many attempts have ended so. */
static void wait_for(struct desk *desk, const char *invitation, enum outbox_state wanted,
                     gint64 attempts)
{
    for (gint64 end = g_get_monotonic_time() + DEADLINE;;) {
        struct outbox_delivery delivery = delivery_of(desk, invitation);
        gboolean is_so = delivery.state == wanted && delivery.attempts == attempts;
        if (!is_so && g_get_monotonic_time() > end)
            fail_msg("%s, %d attempts: %s", outbox_state_name(delivery.state),
                     (int)delivery.attempts, delivery.detail);
        outbox_delivery_clear(&delivery);
        if (is_so)
            return;
        g_usleep(2000); /* poll interval */
    }
}

static void wait_for_log(struct desk *desk, const char *words)
{
    for (gint64 end = g_get_monotonic_time() + DEADLINE;;) {
        g_mutex_lock(&desk->lock);
        gboolean is_said = strstr(desk->log->str, words) != NULL;
        g_mutex_unlock(&desk->lock);
        if (is_said)
            return;
        if (g_get_monotonic_time() > end)
            fail_msg("not said: %s", words);
        g_usleep(2000); /* poll interval */
    }
}

static guint looks_of(struct desk *desk)
{
    g_mutex_lock(&desk->lock);
    guint looks = desk->looks;
    g_mutex_unlock(&desk->lock);
    return looks;
}

/* Until a look that began after now is over: then another one has begun. */
static void wait_for_look(struct desk *desk)
{
    guint before = looks_of(desk);
    for (gint64 end = g_get_monotonic_time() + DEADLINE; looks_of(desk) < before + 2;) {
        if (g_get_monotonic_time() > end)
            fail_msg("the mailer does not look");
        mailer_wake(desk->mailer);
        g_usleep(2000); /* poll interval */
    }
}

static void wait_for_mails(struct desk *desk, guint count)
{
    for (gint64 end = g_get_monotonic_time() + DEADLINE;
         scripted_mail_server_mails(desk->server) < count;) {
        if (g_get_monotonic_time() > end)
            fail_msg("not %u mails", count);
        g_usleep(2000); /* poll interval */
    }
}

static gint64 secrets(struct desk *desk)
{
    gint64 count = -1;
    assert_true(store_number(desk->stage->session,
                             "SELECT COUNT(*) FROM outbox WHERE token IS NOT NULL",
                             STORE_NOTHING, -1, &count, NULL));
    return count;
}

static void what_waits_at_the_start_and_what_comes_later_goes_out(void **state)
{
    (void)state;
    struct desk *desk = desk_open();
    g_autofree char *early = invite(desk, "bob@example.com");
    start(desk, 0);
    wait_for(desk, early, OUTBOX_SENT, 1);
    g_autofree char *late = invite(desk, "eve@example.com");
    wait_for(desk, late, OUTBOX_SENT, 1);
    assert_int_equal(scripted_mail_server_mails(desk->server), 2);
    assert_int_equal(secrets(desk), 0);
    g_autofree char *last = scripted_mail_server_last(desk->server);
    assert_non_null(strstr(last, "\r\nTo: eve@example.com\r\n"));
    assert_non_null(strstr(last, "https://console.example.com/invitation#"));
    g_autofree char *said = g_strdup_printf(
        "6 the mail of invitation %s of organization \"acme\" was handed over\n", late);
    wait_for_log(desk, said);
    desk_close(desk);
}

/* R64: the server may have both; they are one mail. */
static void another_attempt_is_the_same_mail(void **state)
{
    (void)state;
    struct desk *desk = desk_open();
    g_autofree char *bob = invite(desk, "bob@example.com");
    scripted_mail_server_set(desk->server, SMTP_STAGE_MAIL, SCRIPTED_MAIL_DROP);
    start(desk, 0);
    wait_for(desk, bob, OUTBOX_WAITING, 1);
    g_autofree char *first = scripted_mail_server_last(desk->server);
    assert_int_equal(secrets(desk), 1);
    scripted_mail_server_set(desk->server, SMTP_STAGE_MAIL, 0);
    advance(desk, 60);
    wait_for(desk, bob, OUTBOX_SENT, 2);
    g_autofree char *second = scripted_mail_server_last(desk->server);
    assert_string_equal(first, second);
    assert_int_equal(scripted_mail_server_mails(desk->server), 2);
    desk_close(desk);
}

static void a_greylisted_mail_waits_and_owners_see_why(void **state)
{
    (void)state;
    struct desk *desk = desk_open();
    g_autofree char *bob = invite(desk, "bob@example.com");
    scripted_mail_server_set(desk->server, SMTP_STAGE_RECIPIENT, 451);
    start(desk, 0);
    wait_for(desk, bob, OUTBOX_WAITING, 1);
    struct outbox_delivery delivery = delivery_of(desk, bob);
    assert_string_equal(delivery.detail, "the mail server answered RCPT TO with 451: "
                                         "\"9.9.9 <bob@example.com> 'scripted'\"");
    outbox_delivery_clear(&delivery);
    wait_for_log(desk,
                 "waits for another attempt: the mail server answered RCPT TO with 451\n");
    for (int attempt = 2; attempt <= 4; attempt++) {
        advance(desk, 15 * 60);
        wait_for(desk, bob, OUTBOX_WAITING, attempt);
    }
    scripted_mail_server_set(desk->server, SMTP_STAGE_RECIPIENT, 0);
    advance(desk, 15 * 60);
    wait_for(desk, bob, OUTBOX_SENT, 5);
    desk_close(desk);
}

static void a_refused_mail_is_not_tried_again(void **state)
{
    (void)state;
    struct desk *desk = desk_open();
    g_autofree char *bob = invite(desk, "bob@example.com");
    scripted_mail_server_set(desk->server, SMTP_STAGE_RECIPIENT, 550);
    start(desk, 0);
    wait_for(desk, bob, OUTBOX_UNDELIVERABLE, 1);
    assert_int_equal(secrets(desk), 0);
    scripted_mail_server_set(desk->server, SMTP_STAGE_RECIPIENT, 0);
    advance(desk, STAGE_HOUR);
    g_autofree char *eve = invite(desk, "eve@example.com"); /* the next one is behind it */
    wait_for(desk, eve, OUTBOX_SENT, 1);
    assert_int_equal(scripted_mail_server_mails(desk->server), 1);
    desk_close(desk);
}

/* M03 */
static void what_is_too_old_is_given_up_and_said(void **state)
{
    (void)state;
    struct desk *desk = desk_open();
    g_autofree char *bob = invite(desk, "bob@example.com");
    advance(desk, LIFETIME - STAGE_HOUR);
    start(desk, 0);
    wait_for(desk, bob, OUTBOX_UNDELIVERABLE, 0);
    wait_for_log(desk, "4 1 mails could not be delivered before their time ran out\n");
    assert_int_equal(scripted_mail_server_connections(desk->server), 0);
    desk_close(desk);
}

/* T01 */
static void while_the_clock_is_not_believed_nothing_is_given_up(void **state)
{
    (void)state;
    struct desk *desk = desk_open();
    g_autofree char *bob = invite(desk, "bob@example.com");
    desk->is_frozen = TRUE;
    start(desk, 0);
    advance(desk, 10 * LIFETIME);
    wait_for_look(desk);
    advance(desk, -10 * LIFETIME);
    g_mutex_lock(&desk->lock);
    desk->is_frozen = FALSE;
    g_mutex_unlock(&desk->lock);
    mailer_wake(desk->mailer);
    wait_for(desk, bob, OUTBOX_SENT, 1);
    desk_close(desk);
}

/* M05 */
static void no_more_go_in_a_minute_than_the_rate(void **state)
{
    (void)state;
    struct desk *desk = desk_open();
    char *invitations[5];
    for (int i = 0; i < 5; i++) {
        g_autofree char *address = g_strdup_printf("p%d@example.com", i);
        invitations[i] = invite(desk, address);
        advance(desk, 1);
    }
    start(desk, 3);
    for (int i = 0; i < 3; i++)
        wait_for(desk, invitations[i], OUTBOX_SENT, 1);
    for (int i = 0; i < 100; i++)
        advance(desk, 1); /* the wall clock has no say in it */
    stop(desk);
    assert_int_equal(scripted_mail_server_mails(desk->server), 3);
    wait_for(desk, invitations[3], OUTBOX_WAITING, 0);
    wait_for(desk, invitations[4], OUTBOX_WAITING, 0);
    for (int i = 0; i < 5; i++)
        g_free(invitations[i]);
    desk_close(desk);
}

/* The store is locked by somebody else when the server has just said yes. */
static void what_the_server_has_is_written_down_before_anything_else_goes(void **state)
{
    (void)state;
    struct desk *desk = desk_open();
    g_autofree char *bob = invite(desk, "bob@example.com");
    g_autofree char *eve = invite(desk, "eve@example.com");
    scripted_mail_server_set(desk->server, SMTP_STAGE_MAIL, SCRIPTED_MAIL_WAIT);
    start(desk, 0);
    wait_for_mails(desk, 1);
    assert_true(store_begin(desk->stage->session, NULL));
    scripted_mail_server_set(desk->server, SMTP_STAGE_MAIL, 0);
    wait_for_log(desk, "the outbox cannot be written, tried again in 1 s: ");
    assert_int_equal(scripted_mail_server_mails(desk->server), 1);
    store_rollback(desk->stage->session);
    wait_for(desk, bob, OUTBOX_SENT, 1);
    wait_for(desk, eve, OUTBOX_SENT, 1);
    assert_int_equal(scripted_mail_server_mails(desk->server), 2);
    desk_close(desk);
}

static gpointer stop_elsewhere(gpointer data)
{
    stop(data);
    return NULL;
}

static void a_stop_finishes_the_hand_over_under_way_and_no_more(void **state)
{
    (void)state;
    struct desk *desk = desk_open();
    g_autofree char *bob = invite(desk, "bob@example.com");
    g_autofree char *eve = invite(desk, "eve@example.com");
    scripted_mail_server_set(desk->server, SMTP_STAGE_MAIL, SCRIPTED_MAIL_WAIT);
    start(desk, 1); /* a broken stop may not go on at once */
    wait_for_mails(desk, 1);
    GThread *stopping = g_thread_new("stop", stop_elsewhere, desk);
    scripted_mail_server_set(desk->server, SMTP_STAGE_MAIL, 0);
    g_thread_join(stopping);
    wait_for(desk, bob, OUTBOX_SENT, 1);
    wait_for(desk, eve, OUTBOX_WAITING, 0);
    desk_close(desk);
}

static void a_replaced_mail_is_followed_by_the_new_one(void **state)
{
    (void)state;
    struct desk *desk = desk_open();
    g_autofree char *bob = invite(desk, "bob@example.com");
    scripted_mail_server_set(desk->server, SMTP_STAGE_MAIL, SCRIPTED_MAIL_WAIT);
    start(desk, 0);
    wait_for_mails(desk, 1);
    const struct outbox_row row = {.organization = "acme",
                                   .id = "newer",
                                   .invitation = bob,
                                   .person = "p",
                                   .address = "bob@example.com",
                                   .token = TOKEN,
                                   .created = desk->stage->now,
                                   .expires_at = desk->stage->now + LIFETIME};
    assert_true(outbox_put(desk->stage->session, &row, NULL));
    scripted_mail_server_set(desk->server, SMTP_STAGE_MAIL, 0);
    wait_for_mails(desk, 2);
    wait_for(desk, bob, OUTBOX_SENT, 1);
    g_autofree char *last = scripted_mail_server_last(desk->server);
    assert_non_null(strstr(last, "Message-ID: <newer@example.com>\r\n"));
    desk_close(desk);
}

static void settings_that_cannot_work_do_not_start(void **state)
{
    (void)state;

    static const struct {
        const char *from, *url;
    } wrong[] = {{"nobody", "smtps://mail.example.com"}, {"a@b.example", "http://x"}};

    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        const struct mailer_options options = {.from = wrong[i].from,
                                               .smtp = {.url = wrong[i].url},
                                               .url = "https://console.example.com"};
        g_autoptr(GError) error = NULL;
        assert_null(mailer_start(&options, &error));
        assert_int_equal(error->code, OUTCOME_SETTINGS);
    }
    mailer_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_at_the_start_and_what_comes_later_goes_out),
        cmocka_unit_test(another_attempt_is_the_same_mail),
        cmocka_unit_test(a_greylisted_mail_waits_and_owners_see_why),
        cmocka_unit_test(a_refused_mail_is_not_tried_again),
        cmocka_unit_test(what_is_too_old_is_given_up_and_said),
        cmocka_unit_test(while_the_clock_is_not_believed_nothing_is_given_up),
        cmocka_unit_test(no_more_go_in_a_minute_than_the_rate),
        cmocka_unit_test(what_the_server_has_is_written_down_before_anything_else_goes),
        cmocka_unit_test(a_stop_finishes_the_hand_over_under_way_and_no_more),
        cmocka_unit_test(a_replaced_mail_is_followed_by_the_new_one),
        cmocka_unit_test(settings_that_cannot_work_do_not_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
