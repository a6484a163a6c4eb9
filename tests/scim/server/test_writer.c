#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/server/writer.h"
#include "scim/store/store_open.h"
#include "tests/scim/server/server_fixture.h"

/* A job that writes a row, waits for the gate if it has one, and counts its end. */
struct bench {
    struct server_fixture *fixture;
    GMutex lock;
    GCond changed;
    gboolean gate_is_shut;
    gboolean is_inside; /* a job stands at the gate */
    unsigned done, failed;
};

struct work {
    struct write_job job;
    struct bench *bench;
    const char *sql;
    gboolean waits;
};

static void work_run(struct write_job *job, struct judge *judge)
{
    struct work *work = (struct work *)job;
    struct bench *bench = work->bench;
    assert_true(store_in_transaction(judge->session));
    if (work->sql != NULL) {
        g_autoptr(GError) error = NULL;
        store_run(judge->session, work->sql, STORE_NOTHING, &error);
    }
    g_mutex_lock(&bench->lock);
    bench->is_inside = work->waits;
    g_cond_broadcast(&bench->changed);
    while (work->waits && bench->gate_is_shut) {
        g_cond_wait(&bench->changed, &bench->lock);
    }
    g_mutex_unlock(&bench->lock);
}

static void work_done(struct write_job *job, const GError *error)
{
    struct bench *bench = ((struct work *)job)->bench;
    g_mutex_lock(&bench->lock);
    bench->done++;
    bench->failed += error != NULL;
    g_cond_broadcast(&bench->changed);
    g_mutex_unlock(&bench->lock);
}

static void begin(struct bench *bench, struct server_fixture *fixture)
{
    *bench = (struct bench){.fixture = fixture};
    g_mutex_init(&bench->lock);
    g_cond_init(&bench->changed);
}

static void wait_done(struct bench *bench, unsigned count)
{
    g_mutex_lock(&bench->lock);
    while (bench->done < count) {
        g_cond_wait(&bench->changed, &bench->lock);
    }
    g_mutex_unlock(&bench->lock);
    g_mutex_clear(&bench->lock);
    g_cond_clear(&bench->changed);
}

static void jobs_that_gather_share_one_commit(void **state)
{
    enum { JOBS = 50 };
    struct server_fixture *fixture = *state;
    struct bench bench;
    begin(&bench, fixture);
    bench.gate_is_shut = TRUE;
    struct work first = {{.run = work_run, .done = work_done}, &bench, NULL, TRUE};
    writer_submit(fixture->dispatch.writer, &first.job);
    g_mutex_lock(&bench.lock);
    while (!bench.is_inside) {
        g_cond_wait(&bench.changed, &bench.lock);
    }
    g_mutex_unlock(&bench.lock);
    struct work gathered[JOBS];
    for (size_t i = 0; i < JOBS; i++) {
        gathered[i] = (struct work){{.run = work_run, .done = work_done}, &bench, NULL, FALSE};
        writer_submit(fixture->dispatch.writer, &gathered[i].job);
    }
    assert_int_equal(writer_waiting(fixture->dispatch.writer), JOBS);
    g_mutex_lock(&bench.lock);
    bench.gate_is_shut = FALSE;
    g_cond_broadcast(&bench.changed);
    g_mutex_unlock(&bench.lock);
    wait_done(&bench, JOBS + 1);
    assert_int_equal(writer_waiting(fixture->dispatch.writer), 0);
    guint64 commits = 0, jobs = 0;
    writer_count(fixture->dispatch.writer, &commits, &jobs);
    assert_int_equal(jobs, JOBS + 1);
    assert_int_equal(commits, 2);
    assert_int_equal(bench.failed, 0);
}

/* What SQLite does by itself on a full disk: the transaction is gone in the middle. */
static void a_transaction_that_is_lost_fails_every_job_in_it(void **state)
{
    struct server_fixture *fixture = *state;
    struct bench bench;
    begin(&bench, fixture);
    struct work lost = {{.run = work_run, .done = work_done}, &bench, "ROLLBACK", FALSE};
    writer_submit(fixture->dispatch.writer, &lost.job);
    g_mutex_lock(&bench.lock);
    while (bench.done < 1) {
        g_cond_wait(&bench.changed, &bench.lock);
    }
    g_mutex_unlock(&bench.lock);
    assert_int_equal(bench.failed, 1);
    struct work after = {{.run = work_run, .done = work_done}, &bench, NULL, FALSE};
    writer_submit(fixture->dispatch.writer, &after.job);
    wait_done(&bench, 2);
    assert_int_equal(bench.failed, 1);
}

static void a_stop_runs_what_is_queued(void **state)
{
    struct server_fixture *fixture = *state;
    struct bench bench;
    begin(&bench, fixture);
    const struct writer_options options = {.store = fixture->store,
                                           .judge = server_fixture_judge(fixture)};
    g_autoptr(GError) error = NULL;
    Writer *writer = writer_start(&options, &error);
    assert_non_null(writer);
    struct work works[10];
    for (size_t i = 0; i < G_N_ELEMENTS(works); i++) {
        works[i] = (struct work){{.run = work_run, .done = work_done}, &bench, NULL, FALSE};
        writer_submit(writer, &works[i].job);
    }
    writer_stop(writer);
    assert_int_equal(bench.done, G_N_ELEMENTS(works));
    wait_done(&bench, G_N_ELEMENTS(works));
}

static void count_commit(void *context)
{
    (*(guint *)context)++;
}

static void every_commit_is_told_before_its_jobs(void **state)
{
    struct server_fixture *fixture = *state;
    struct bench bench;
    guint commits = 0;
    begin(&bench, fixture);
    const struct writer_options options = {.store = fixture->store,
                                           .judge = server_fixture_judge(fixture),
                                           .committed = count_commit,
                                           .context = &commits};
    Writer *writer = writer_start(&options, NULL);
    assert_non_null(writer);
    struct work work = {{.run = work_run, .done = work_done}, &bench, NULL, FALSE};
    writer_submit(writer, &work.job);
    writer_stop(writer);
    wait_done(&bench, 1);
    assert_int_equal(commits, 1);
}

static void say_groups_changed(struct write_job *job, struct judge *judge)
{
    (void)job;
    assert_false(judge->groups_changed);
    judge->groups_changed = TRUE;
}

static void change_groups_and_lose(struct write_job *job, struct judge *judge)
{
    say_groups_changed(job, judge);
    store_rollback(judge->session);
}

/* A flag that stood would say it again with every commit to come; one of a lost commit, too. */
static void a_commit_that_changed_groups_is_told_once(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        void (*run)(struct write_job *job, struct judge *judge);
        guint told;
    } cases[] = {
        {work_run, 0},
        {say_groups_changed, 1},
        {change_groups_and_lose, 1},
        {say_groups_changed, 2},
    };
    struct bench bench;
    guint told = 0;
    const struct writer_options options = {.store = fixture->store,
                                           .judge = server_fixture_judge(fixture),
                                           .groups_changed = count_commit,
                                           .context = &told};
    Writer *writer = writer_start(&options, NULL);
    assert_non_null(writer);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct work work = {{.run = cases[i].run, .done = work_done}, &bench, NULL, FALSE};
        begin(&bench, fixture);
        writer_submit(writer, &work.job);
        wait_done(&bench, 1);
        assert_int_equal(told, cases[i].told);
    }
    writer_stop(writer);
}

static void count_for_others(void *context)
{
    g_atomic_int_inc((gint *)context);
}

/* What it has renewed is mailed without anybody writing. */
static void a_sweep_is_told_like_a_commit(void **state)
{
    struct server_fixture *fixture = *state;
    gint commits = 0;
    const struct writer_options options = {.store = fixture->store,
                                           .judge = server_fixture_judge(fixture),
                                           .sweep_milliseconds = 5,
                                           .committed = count_for_others,
                                           .context = &commits};
    Writer *writer = writer_start(&options, NULL);
    assert_non_null(writer);
    const gint64 deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    while (g_atomic_int_get(&commits) == 0 && g_get_monotonic_time() < deadline)
        g_usleep(2000); /* poll interval */
    writer_stop(writer);
    assert_true(g_atomic_int_get(&commits) > 0);
}

static void record_export(struct write_job *job, struct judge *judge)
{
    (void)job;
    const struct actor actor = actor_operator("acme", "operator:test");
    const struct act act = {.kind = ACT_AUDIT_EXPORT, .name = "json"};
    struct verdict verdict = {0};
    assert_true(judge_write(judge, &actor, &act, &verdict, NULL));
    assert_int_equal(verdict.kind, VERDICT_DONE);
    verdict_clear(&verdict);
}

static guint count_lines(const char *path)
{
    g_autofree char *text = NULL;
    guint lines = 0;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    return lines;
}

static void what_a_batch_has_recorded_is_anchored_after_its_commit(void **state)
{
    struct server_fixture *fixture = *state;
    struct bench bench;
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("writer-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "anchors", NULL);
    struct judge judge = server_fixture_judge(fixture);
    judge.anchors = audit_anchors_open(path, judge.audit_key, &error);
    assert_null(error);
    begin(&bench, fixture);
    const struct writer_options options = {.store = fixture->store, .judge = judge};
    Writer *writer = writer_start(&options, NULL);
    struct work work = {{.run = record_export, .done = work_done}, &bench, NULL, FALSE};
    writer_submit(writer, &work.job);
    wait_done(&bench, 1);
    assert_int_equal(count_lines(path), 1);
    writer_stop(writer);
    audit_anchors_close(judge.anchors);
    g_unlink(path);
    g_rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(jobs_that_gather_share_one_commit),
        SERVER_FIXTURE_TEST(a_transaction_that_is_lost_fails_every_job_in_it),
        SERVER_FIXTURE_TEST(a_stop_runs_what_is_queued),
        SERVER_FIXTURE_TEST(every_commit_is_told_before_its_jobs),
        SERVER_FIXTURE_TEST(a_commit_that_changed_groups_is_told_once),
        SERVER_FIXTURE_TEST(a_sweep_is_told_like_a_commit),
        SERVER_FIXTURE_TEST(what_a_batch_has_recorded_is_anchored_after_its_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
