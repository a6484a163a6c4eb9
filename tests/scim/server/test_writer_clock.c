#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/clock_guard.h"
#include "scim/server/writer.h"
#include "tests/scim/server/server_fixture.h"

#define HOUR     ((gint64)3600)
#define YEAR     (365 * 24 * HOUR)
#define DEADLINE (20 * G_USEC_PER_SEC)

/* A writer whose wall clock and witness the test sets, and what it said. */
struct machine {
    struct server_fixture fixture;
    _Atomic gint64 booted;
    struct clock witness;
    Writer *writer;
    GMutex lock;
    GCond changed;
    GPtrArray *said;
};

static gint64 read_witness(void *context)
{
    return atomic_load(&((struct machine *)context)->booted);
}

static void hear(void *context, const char *sentence)
{
    struct machine *machine = context;
    g_mutex_lock(&machine->lock);
    g_ptr_array_add(machine->said, g_strdup(sentence));
    g_cond_broadcast(&machine->changed);
    g_mutex_unlock(&machine->lock);
}

static int set_up(void **state)
{
    struct machine *machine = g_new0(struct machine, 1);
    server_fixture_open_store(&machine->fixture);
    atomic_init(&machine->booted, 1000);
    machine->witness = (struct clock){read_witness, machine};
    machine->said = g_ptr_array_new_with_free_func(g_free);
    g_mutex_init(&machine->lock);
    g_cond_init(&machine->changed);
    const struct person_draft draft = {.user_name = "bob@example.com"};
    server_fixture_act(&machine->fixture, "acme",
                       &(struct act){.kind = ACT_INVITE, .draft = &draft});
    const struct writer_options options = {.store = machine->fixture.store,
                                           .judge = server_fixture_judge(&machine->fixture),
                                           .witness = &machine->witness,
                                           .sweep_milliseconds = 5,
                                           .clock_was_set = hear,
                                           .context = machine};
    machine->writer = writer_start(&options, NULL);
    assert_non_null(machine->writer);
    *state = machine;
    return 0;
}

static int tear_down(void **state)
{
    struct machine *machine = *state;
    writer_stop(machine->writer);
    server_fixture_close(&machine->fixture);
    g_ptr_array_unref(machine->said);
    g_mutex_clear(&machine->lock);
    g_cond_clear(&machine->changed);
    g_free(machine);
    return 0;
}

/* Waits for the next thing the writer says: it looks by itself. */
static void wait_for_word(struct machine *machine, guint count, const char *word)
{
    gint64 until = g_get_monotonic_time() + DEADLINE;
    gboolean in_time = TRUE;
    g_mutex_lock(&machine->lock);
    while (in_time && machine->said->len < count)
        in_time = g_cond_wait_until(&machine->changed, &machine->lock, until);
    const char *last = in_time ? machine->said->pdata[count - 1] : "(nothing)";
    gboolean is_there = strstr(last, word) != NULL;
    if (!is_there)
        print_error("it said: %s\n", last);
    g_mutex_unlock(&machine->lock);
    assert_true(is_there);
}

/* On the writer's thread, so that it never looks while the one clock is set and the other is not:
 * both go on by `seconds`, the wall clock is set by `step` besides; then what the judge was handed. */
struct glance {
    struct write_job job;
    struct machine *machine;
    gint64 seconds, step;
    gint64 now;
    gboolean is_frozen;
    gboolean is_over;
};

static void glance_run(struct write_job *job, struct judge *judge)
{
    struct glance *glance = (struct glance *)job;
    glance->now = clock_now(judge->clock);
    glance->is_frozen = judge->time_is_frozen;
    atomic_fetch_add(&glance->machine->booted, glance->seconds);
    atomic_fetch_add(&glance->machine->fixture.now, glance->seconds + glance->step);
}

static void glance_done(struct write_job *job, const GError *error)
{
    struct glance *glance = (struct glance *)job;
    g_mutex_lock(&glance->machine->lock);
    glance->is_over = error == NULL;
    g_cond_broadcast(&glance->machine->changed);
    g_mutex_unlock(&glance->machine->lock);
}

static void go(struct machine *machine, struct glance *glance)
{
    glance->machine = machine;
    glance->job = (struct write_job){.run = glance_run, .done = glance_done};
    writer_submit(machine->writer, &glance->job);
    g_mutex_lock(&machine->lock);
    while (!glance->is_over)
        g_cond_wait(&machine->changed, &machine->lock);
    g_mutex_unlock(&machine->lock);
}

static void pass(struct machine *machine, gint64 seconds, gint64 step)
{
    struct glance glance = {.seconds = seconds, .step = step};
    go(machine, &glance);
}

static struct glance glance_at(struct machine *machine)
{
    struct glance glance = {0};
    go(machine, &glance);
    return glance;
}

static char *stored_status(struct machine *machine)
{
    g_autoptr(StoreSession) session =
        store_session_open(machine->fixture.store, STORE_READ, NULL);
    struct store_rows *rows =
        store_query(session, "SELECT status FROM person WHERE user_name = 'bob@example.com'",
                    STORE_NOTHING, FALSE);
    char *status = store_next(rows) ? g_strdup(store_text_at(rows, 0)) : NULL;
    assert_true(store_end(rows, NULL));
    return status;
}

static void assert_status(struct machine *machine, const char *wanted)
{
    g_autofree char *status = stored_status(machine);
    assert_string_equal(status, wanted);
}

static void wait_for_status(struct machine *machine, const char *wanted)
{
    gint64 until = g_get_monotonic_time() + DEADLINE;
    g_autofree char *status = stored_status(machine);
    while (strcmp(status, wanted) != 0 && g_get_monotonic_time() < until) {
        g_free(status);
        g_usleep(2000); /* poll interval */
        status = stored_status(machine);
    }
    assert_string_equal(status, wanted);
}

static void time_that_passes_expires(void **state)
{
    struct machine *machine = *state;
    pass(machine, 48 * HOUR - 1, 0);
    assert_false(glance_at(machine).is_frozen);
    assert_status(machine, "invited");
    pass(machine, 1, 0);
    wait_for_status(machine, "expired");
    assert_int_equal(machine->said->len, 0);
}

static void T01_a_clock_set_ten_years_ahead_expires_nobody_until_it_is_right(void **state)
{
    struct machine *machine = *state;
    pass(machine, 5, 10 * YEAR);
    wait_for_word(machine, 1, "forward by 3650 days");
    struct glance glance = glance_at(machine);
    assert_true(glance.is_frozen);
    assert_int_equal(glance.now, FIXTURE_NOW + 5 + 10 * YEAR);
    assert_status(machine, "invited");
    pass(machine, 5, -10 * YEAR);
    assert_true(glance_at(machine).is_frozen);
    pass(machine, CLOCK_GUARD_CALM, 0);
    wait_for_word(machine, 2, "as expected again");
    assert_false(glance_at(machine).is_frozen);
    assert_status(machine, "invited");
    pass(machine, 48 * HOUR, 0);
    wait_for_status(machine, "expired");
}

static void T01_a_new_time_that_stays_is_believed_and_then_expires(void **state)
{
    struct machine *machine = *state;
    pass(machine, 5, 10 * YEAR);
    wait_for_word(machine, 1, "forward");
    pass(machine, CLOCK_GUARD_STEADY - 1, 0);
    assert_true(glance_at(machine).is_frozen);
    assert_status(machine, "invited");
    pass(machine, 1, 0);
    wait_for_word(machine, 2, "is taken as right");
    wait_for_status(machine, "expired");
}

static void T01_a_clock_that_steps_every_second_is_told_once_and_expires_nobody(void **state)
{
    struct machine *machine = *state;
    static const gint64 steps[] = {10 * YEAR, -10 * YEAR, HOUR, -HOUR};
    for (guint i = 0; i < 40; i++) {
        gint64 step = steps[i / 2 % G_N_ELEMENTS(steps)];
        pass(machine, 1, i % 2 == 0 ? step : -step);
        assert_true(glance_at(machine).is_frozen);
    }
    assert_status(machine, "invited");
    assert_int_equal(machine->said->len, 1);
}

static void an_hour_back_is_a_step_too_and_five_minutes_are_none(void **state)
{
    struct machine *machine = *state;
    pass(machine, 5, -CLOCK_GUARD_STEP);
    assert_false(glance_at(machine).is_frozen);
    pass(machine, 5, -HOUR);
    assert_true(glance_at(machine).is_frozen);
    wait_for_word(machine, 1, "back by 65 minutes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(time_that_passes_expires, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            T01_a_clock_set_ten_years_ahead_expires_nobody_until_it_is_right, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(T01_a_new_time_that_stays_is_believed_and_then_expires,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            T01_a_clock_that_steps_every_second_is_told_once_and_expires_nobody, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(an_hour_back_is_a_step_too_and_five_minutes_are_none,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
