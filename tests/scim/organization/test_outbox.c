#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/organization/outbox.h"
#include "tests/scim/organization/stage.h"

#define LIFETIME (48 * STAGE_HOUR)
#define TOKEN    "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE"

/* An invited person and the mail with their link, as the judge's rooms write them. */
struct invited {
    char *person, *invitation;
};

static struct invited invite(struct stage *stage, const char *address)
{
    struct invited invited = {.person =
                                  stage_invite(stage, address, ORGANIZATION_ROLE_MEMBER, NULL)};
    invited.invitation = g_strdup(stage->verdict.invitation);
    return invited;
}

static void invited_clear(struct invited *invited)
{
    g_free(invited->person);
    g_free(invited->invitation);
}

static void put(struct stage *stage, const struct invited *invited, const char *id,
                gint64 lifetime)
{
    const struct outbox_row row = {.organization = "acme",
                                   .id = id,
                                   .invitation = invited->invitation,
                                   .person = invited->person,
                                   .address = "bob@example.com",
                                   .token = TOKEN,
                                   .created = stage->now,
                                   .expires_at = stage->now + lifetime};
    assert_true(outbox_put(stage->session, &row, NULL));
}

/* What is due now; `next` is returned where nothing is. */
static gint64 take(struct stage *stage, struct outbox_message *message, gboolean expected)
{
    gboolean found = FALSE;
    gint64 next = 0;
    assert_true(outbox_take(stage->session, stage->now, message, &found, &next, NULL));
    assert_int_equal(found, expected);
    assert_false(store_in_transaction(stage->session));
    return next;
}

static void assert_delivery(struct stage *stage, const struct invited *invited,
                            enum outbox_state state, const char *detail)
{
    struct outbox_delivery delivery;
    assert_true(outbox_read(stage->session, "acme", invited->invitation, &delivery, NULL));
    assert_string_equal(outbox_state_name(delivery.state), outbox_state_name(state));
    if (detail == NULL)
        assert_null(delivery.detail);
    else
        assert_string_equal(delivery.detail, detail);
    outbox_delivery_clear(&delivery);
}

static gint64 count(struct stage *stage, const char *sql)
{
    gint64 number = -1;
    assert_true(store_number(stage->session, sql, STORE_NOTHING, -1, &number, NULL));
    return number;
}

static gint64 secrets(struct stage *stage)
{
    return count(stage, "SELECT COUNT(*) FROM outbox WHERE token IS NOT NULL");
}

static gint64 version(struct stage *stage)
{
    return count(stage, "SELECT version FROM organization WHERE name = 'acme'");
}

static void every_state_has_a_name(void **state)
{
    (void)state;
    const char *const names[] = {"none", "waiting", "sent", "undeliverable"};
    for (int i = OUTBOX_NONE; i <= OUTBOX_UNDELIVERABLE; i++)
        assert_string_equal(outbox_state_name((enum outbox_state)i), names[i]);
}

static void a_mail_is_taken_whole_and_its_secret_goes_when_it_is_sent(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    struct outbox_message message;
    assert_delivery(stage, &bob, OUTBOX_NONE, NULL);
    put(stage, &bob, "m1", LIFETIME);
    assert_delivery(stage, &bob, OUTBOX_WAITING, NULL);
    take(stage, &message, TRUE);
    assert_string_equal(message.organization, "acme");
    assert_string_equal(message.id, "m1");
    assert_string_equal(message.invitation, bob.invitation);
    assert_string_equal(message.address, "bob@example.com");
    assert_string_equal(message.token, TOKEN);
    assert_int_equal(message.created, STAGE_START);
    assert_int_equal(message.expires_at, STAGE_START + LIFETIME);
    assert_int_equal(message.roles->len, 1);
    assert_int_equal(secrets(stage), 1);
    gint64 before = version(stage);
    assert_true(outbox_sent(stage->session, &message, stage->now, NULL));
    assert_int_equal(secrets(stage), 0);
    assert_delivery(stage, &bob, OUTBOX_SENT, NULL);
    assert_true(version(stage) > before);
    outbox_message_clear(&message);
    assert_null(message.token);
    assert_int_equal(take(stage, &message, FALSE), 0);
    invited_clear(&bob);
    stage_close(stage);
}

static void waits_between_attempts_grow_to_fifteen_minutes(void **state)
{
    (void)state;
    const gint64 minutes[] = {1, 2, 5, 10, 15, 15, 15};
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    put(stage, &bob, "m1", LIFETIME);
    for (gsize i = 0; i < G_N_ELEMENTS(minutes); i++) {
        struct outbox_message message;
        take(stage, &message, TRUE);
        assert_int_equal(message.attempts, i);
        assert_true(outbox_postpone(stage->session, &message, stage->now, "451 later", NULL));
        outbox_message_clear(&message);
        assert_delivery(stage, &bob, OUTBOX_WAITING, "451 later");
        gint64 due = stage->now + minutes[i] * 60;
        assert_int_equal(take(stage, &message, FALSE), due);
        stage->now = due - 1;
        assert_int_equal(take(stage, &message, FALSE), due);
        stage->now = due;
    }
    assert_int_equal(secrets(stage), 1);
    invited_clear(&bob);
    stage_close(stage);
}

/* M03, and the same for lifetimes that are short. */
static void what_waits_too_long_is_given_up_and_owners_are_told(void **state)
{
    (void)state;

    const struct {
        gint64 lifetime, limit;
    } cases[] = {
        {LIFETIME, LIFETIME - STAGE_HOUR},
        {4 * STAGE_HOUR, 3 * STAGE_HOUR},
        {STAGE_HOUR, STAGE_HOUR * 3 / 4},
        {8, 6},
    };
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    gint64 start = stage->now;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct outbox_message message;
        stage->now = start;
        put(stage, &bob, "m1", cases[i].lifetime);
        stage->now = start + cases[i].limit - 1;
        take(stage, &message, TRUE);
        outbox_message_clear(&message);
        gint64 before = version(stage);
        stage->now++;
        assert_int_equal(take(stage, &message, FALSE), 0);
        assert_int_equal(message.overdue, 1);
        assert_delivery(stage, &bob, OUTBOX_UNDELIVERABLE,
                        "it could not be delivered before its time ran out");
        assert_int_equal(version(stage), before + 1);
        assert_int_equal(secrets(stage), 0);
    }
    invited_clear(&bob);
    stage_close(stage);
}

static void giving_up_by_time_keeps_the_last_words_of_the_server(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    struct outbox_message message;
    put(stage, &bob, "m1", LIFETIME);
    take(stage, &message, TRUE);
    assert_true(outbox_postpone(stage->session, &message, stage->now, "451 greylisted", NULL));
    outbox_message_clear(&message);
    stage->now += LIFETIME - STAGE_HOUR;
    take(stage, &message, FALSE);
    struct outbox_delivery delivery;
    assert_true(outbox_read(stage->session, "acme", bob.invitation, &delivery, NULL));
    assert_string_equal(delivery.detail, "it could not be delivered before its time ran out; "
                                         "the last attempt: 451 greylisted");
    assert_false(delivery.is_refused);
    assert_int_equal(delivery.attempts, 1);
    assert_int_equal(delivery.attempted_at, STAGE_START);
    outbox_delivery_clear(&delivery);
    invited_clear(&bob);
    stage_close(stage);
}

static void what_the_server_refuses_stops_at_once(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    struct outbox_message message;
    put(stage, &bob, "m1", LIFETIME);
    take(stage, &message, TRUE);
    gint64 before = version(stage);
    assert_true(
        outbox_give_up(stage->session, &message, stage->now, "550 5.1.1 no such user", NULL));
    outbox_message_clear(&message);
    struct outbox_delivery delivery;
    assert_true(outbox_read(stage->session, "acme", bob.invitation, &delivery, NULL));
    assert_int_equal(delivery.state, OUTBOX_UNDELIVERABLE);
    assert_true(delivery.is_refused);
    assert_string_equal(delivery.detail, "550 5.1.1 no such user");
    outbox_delivery_clear(&delivery);
    assert_int_equal(version(stage), before + 1);
    assert_int_equal(secrets(stage), 0);
    assert_int_equal(take(stage, &message, FALSE), 0);
    invited_clear(&bob);
    stage_close(stage);
}

static void a_new_link_replaces_the_mail_that_waits_or_is_under_way(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    struct outbox_message older, newer;
    put(stage, &bob, "m1", LIFETIME);
    take(stage, &older, TRUE);
    put(stage, &bob, "m2", LIFETIME);
    assert_true(outbox_sent(stage->session, &older, stage->now, NULL));
    assert_true(outbox_postpone(stage->session, &older, stage->now, "451", NULL));
    assert_true(outbox_give_up(stage->session, &older, stage->now, "550", NULL));
    assert_delivery(stage, &bob, OUTBOX_WAITING, NULL);
    take(stage, &newer, TRUE);
    assert_string_equal(newer.id, "m2");
    assert_int_equal(newer.attempts, 0);
    assert_true(outbox_sent(stage->session, &newer, stage->now, NULL));
    assert_int_equal(count(stage, "SELECT COUNT(*) FROM outbox"), 1);
    put(stage, &bob, "m3", LIFETIME);
    assert_delivery(stage, &bob, OUTBOX_WAITING, NULL);
    outbox_message_clear(&older);
    outbox_message_clear(&newer);
    invited_clear(&bob);
    stage_close(stage);
}

static void what_is_withdrawn_is_not_mailed_and_its_secret_is_gone(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    struct invited eve = invite(stage, "eve@example.com");
    struct outbox_message message;
    put(stage, &bob, "m1", LIFETIME);
    put(stage, &eve, "m2", LIFETIME);
    assert_true(outbox_withdraw(stage->session, "acme", bob.person, NULL));
    assert_delivery(stage, &bob, OUTBOX_NONE, NULL);
    assert_int_equal(secrets(stage), 1);
    take(stage, &message, TRUE);
    assert_string_equal(message.id, "m2");
    assert_true(outbox_withdraw(stage->session, "acme", eve.person, NULL));
    assert_true(outbox_sent(stage->session, &message, stage->now, NULL));
    assert_int_equal(count(stage, "SELECT COUNT(*) FROM outbox"), 0);
    outbox_message_clear(&message);
    invited_clear(&bob);
    invited_clear(&eve);
    stage_close(stage);
}

/* However an invitation ended: its link is dead, so nobody gets it. */
static void a_closed_invitation_is_not_mailed_even_if_nobody_withdrew_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    struct outbox_message message;
    const struct actor operator= stage_operator();
    const struct act revoke = {.kind = ACT_INVITATION_REVOKE, .id = bob.invitation};
    assert_int_equal(stage_do(stage, &operator, & revoke), VERDICT_DONE);
    put(stage, &bob, "m1", LIFETIME);
    assert_int_equal(take(stage, &message, FALSE), 0);
    assert_int_equal(secrets(stage), 0);
    assert_delivery(stage, &bob, OUTBOX_NONE, NULL);
    invited_clear(&bob);
    stage_close(stage);
}

static void what_has_been_due_for_longest_goes_first(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    struct invited eve = invite(stage, "eve@example.com");
    struct outbox_message message;
    put(stage, &eve, "m2", LIFETIME);
    stage->now++;
    put(stage, &bob, "m1", LIFETIME);
    take(stage, &message, TRUE);
    assert_string_equal(message.id, "m2");
    assert_true(outbox_postpone(stage->session, &message, stage->now, "451", NULL));
    outbox_message_clear(&message);
    stage->now += STAGE_HOUR;
    take(stage, &message, TRUE);
    assert_string_equal(message.id, "m1");
    outbox_message_clear(&message);
    invited_clear(&bob);
    invited_clear(&eve);
    stage_close(stage);
}

/* T01: a date that no wait explains was written while the clock was ahead. */
static void a_clock_that_was_ahead_delays_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    struct outbox_message message;
    stage->now += 1000 * STAGE_HOUR;
    put(stage, &bob, "m1", LIFETIME);
    stage->now = STAGE_START;
    take(stage, &message, TRUE);
    assert_string_equal(message.id, "m1");
    outbox_message_clear(&message);
    invited_clear(&bob);
    stage_close(stage);
}

static void mails_of_forgotten_invitations_are_forgotten(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    struct invited gone = {.person = g_strdup("p"), .invitation = g_strdup("forgotten")};
    put(stage, &bob, "m1", LIFETIME);
    put(stage, &gone, "m2", LIFETIME);
    assert_true(outbox_forget(stage->session, NULL));
    assert_delivery(stage, &gone, OUTBOX_NONE, NULL);
    assert_delivery(stage, &bob, OUTBOX_WAITING, NULL);
    invited_clear(&bob);
    invited_clear(&gone);
    stage_close(stage);
}

/* What is shown has changed, so no tag that a client keeps may say that it has not. */
static void every_end_of_an_attempt_is_a_new_version_of_what_shows_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    for (int end = 0; end < 3; end++) {
        struct outbox_message message;
        put(stage, &bob, "m1", LIFETIME);
        take(stage, &message, TRUE);
        gint64 organization = version(stage);
        gint64 invitation = count(stage, "SELECT SUM(version) FROM invitation");
        gint64 person = count(stage, "SELECT SUM(version) FROM person");
        assert_true(end == 0 ? outbox_sent(stage->session, &message, stage->now, NULL)
                    : end == 1
                        ? outbox_postpone(stage->session, &message, stage->now, "", NULL)
                        : outbox_give_up(stage->session, &message, stage->now, "", NULL));
        assert_int_equal(version(stage), organization + 1);
        assert_int_equal(count(stage, "SELECT SUM(version) FROM invitation"), invitation + 1);
        assert_int_equal(count(stage, "SELECT SUM(version) FROM person"), person + (end == 2));
        outbox_message_clear(&message);
    }
    invited_clear(&bob);
    stage_close(stage);
}

/* A mailer that only looks holds nobody up. */
static void looking_for_what_is_not_due_writes_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invited bob = invite(stage, "bob@example.com");
    struct outbox_message message;
    put(stage, &bob, "m1", LIFETIME);
    take(stage, &message, TRUE);
    assert_true(outbox_postpone(stage->session, &message, stage->now, "451", NULL));
    outbox_message_clear(&message);
    assert_true(store_begin(stage->session, NULL)); /* a second begin would fail */
    gboolean found = TRUE;
    gint64 next = 0;
    assert_true(outbox_take(stage->session, stage->now, &message, &found, &next, NULL));
    assert_false(found);
    assert_int_equal(next, stage->now + 60);
    store_rollback(stage->session);
    invited_clear(&bob);
    stage_close(stage);
}

/* Neither the database nor its log. */
static gboolean is_in_files(const char *folder, const char *secret)
{
    gboolean found = FALSE;
    GDir *files = g_dir_open(folder, 0, NULL);
    assert_non_null(files);
    for (const char *name; (name = g_dir_read_name(files)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *bytes = NULL;
        gsize length = 0;
        assert_true(g_file_get_contents(path, &bytes, &length, NULL));
        found = found || memmem(bytes, length, secret, strlen(secret)) != NULL;
    }
    g_dir_close(files);
    return found;
}

static void a_secret_leaves_the_files_of_the_store_when_all_is_tidied(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("rolecall-outbox-XXXXXX", NULL);
    assert_non_null(folder);
    g_autofree char *path = g_build_filename(folder, "rolecall.db", NULL);
    g_autofree char *uri = g_strconcat("sqlite:", path, NULL);
    struct stage *stage = stage_open_at(uri, 10);
    struct invited bob = invite(stage, "bob@example.com");
    struct outbox_message message;
    put(stage, &bob, "m1", LIFETIME);
    assert_true(is_in_files(folder, TOKEN));
    take(stage, &message, TRUE);
    assert_true(outbox_sent(stage->session, &message, stage->now, NULL));
    assert_true(outbox_tidy(stage->session, NULL));
    assert_false(is_in_files(folder, TOKEN));
    outbox_message_clear(&message);
    invited_clear(&bob);
    stage_close(stage);
    assert_int_equal(g_unlink(path), 0);
    assert_int_equal(g_rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_has_a_name),
        cmocka_unit_test(a_mail_is_taken_whole_and_its_secret_goes_when_it_is_sent),
        cmocka_unit_test(a_secret_leaves_the_files_of_the_store_when_all_is_tidied),
        cmocka_unit_test(waits_between_attempts_grow_to_fifteen_minutes),
        cmocka_unit_test(what_waits_too_long_is_given_up_and_owners_are_told),
        cmocka_unit_test(giving_up_by_time_keeps_the_last_words_of_the_server),
        cmocka_unit_test(what_the_server_refuses_stops_at_once),
        cmocka_unit_test(a_new_link_replaces_the_mail_that_waits_or_is_under_way),
        cmocka_unit_test(what_is_withdrawn_is_not_mailed_and_its_secret_is_gone),
        cmocka_unit_test(a_closed_invitation_is_not_mailed_even_if_nobody_withdrew_it),
        cmocka_unit_test(what_has_been_due_for_longest_goes_first),
        cmocka_unit_test(a_clock_that_was_ahead_delays_nothing),
        cmocka_unit_test(mails_of_forgotten_invitations_are_forgotten),
        cmocka_unit_test(every_end_of_an_attempt_is_a_new_version_of_what_shows_it),
        cmocka_unit_test(looking_for_what_is_not_due_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
