/*
 * Random operation sequences on small organizations: everybody acts on everything, the clock moves,
 * mail is on or off; after each act the tables themselves are asked whether I1 to I5, I8 and I9 hold.
 *
 *   campaign_organization [SEQUENCES [SEED]]
 *
 * One process a processor, each over templates of its own (crowd.h). What fails is told with its
 * seed, and every step is left out that is not needed to make it fail.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "tests/campaign/crowd.h"

#define DEFAULT_SEQUENCES 1000000
#define DEFAULT_SEED      20261122
#define TEMPLATES         16
/* Prime to the number of templates, so that every one has its turn: in one sequence of so many each
 * act commits; at the end of one in so many the trail is played back. */
#define KEPT_EVERY  251
#define TRAIL_EVERY 13

struct worker {
    struct crowd_counts counts;
    guint64 failures;
    pid_t process;
};

/* Lies in memory that the processes share; each writes to its own worker only. */
struct campaign {
    guint64 sequences, seed;
    gint64 begin;
    atomic_bool has_failed; /* the others may stop */
    guint worker_count;
    struct worker workers[];
};

/* Each sequence draws its own shape, so that any of them can be played alone. */
static struct crowd_sequence shape(guint64 seed)
{
    guint64 mixed = seed * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15);
    return (struct crowd_sequence){
        .seed = seed,
        .steps = 4 + (guint)(mixed >> 40) % (CROWD_STEPS - 3),
        .reads_trail = seed % TRAIL_EVERY == 0,
        .keeps = seed % KEPT_EVERY == 0,
    };
}

static char *play(const struct crowd_sequence *sequence, struct crowd *crowd,
                  struct crowd_counts *counts, GString *story)
{
    if (crowd != NULL && !sequence->keeps)
        return crowd_play(crowd, sequence, story);
    struct crowd *fresh = crowd_open((guint)(sequence->seed % TEMPLATES), counts);
    char *failure = fresh->failure != NULL ? g_steal_pointer(&fresh->failure)
                                           : crowd_play(fresh, sequence, story);
    crowd_close(fresh);
    return failure;
}

/* Leaves out one step after the other for as long as it still fails. */
static void shrink(struct crowd_sequence *sequence)
{
    struct crowd_counts nowhere = {0};
    gboolean smaller = TRUE;
    while (smaller) {
        smaller = FALSE;
        for (guint i = 0; i < sequence->steps; i++) {
            struct crowd_sequence less = *sequence;
            less.skip |= (guint32)1 << i;
            if (less.skip == sequence->skip)
                continue;
            g_autofree char *failure = play(&less, NULL, &nowhere, NULL);
            if (failure != NULL) {
                *sequence = less;
                smaller = TRUE;
            }
        }
    }
}

static void tell_failure(struct crowd_sequence sequence, const char *failure)
{
    struct crowd_counts nowhere = {0};
    g_autoptr(GString) story = g_string_new(NULL);
    shrink(&sequence);
    g_autofree char *again = play(&sequence, NULL, &nowhere, story);
    fprintf(stderr, "sequence %" G_GUINT64_FORMAT " (template %u%s): %s\n%s  %s\n",
            sequence.seed, (guint)(sequence.seed % TEMPLATES),
            sequence.keeps ? ", committed" : "", failure, story->str,
            again != NULL ? again : "(and alone it does not fail)");
}

/* One of them speaks for all. */
static void tell_progress(const struct campaign *campaign, guint64 played)
{
    guint64 tenth = campaign->sequences / 10;
    if (tenth >= 10000 && played % tenth < campaign->worker_count && played >= tenth)
        fprintf(stderr, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " sequences, %.0f s\n",
                played, campaign->sequences,
                (double)(g_get_monotonic_time() - campaign->begin) / 1e6);
}

static gboolean open_templates(struct crowd **crowds, struct crowd_counts *counts)
{
    gboolean ok = TRUE;
    for (guint i = 0; i < TEMPLATES; i++) {
        crowds[i] = crowd_open(i, counts);
        if (crowds[i]->failure != NULL)
            fprintf(stderr, "template %u: %s\n", i, crowds[i]->failure);
        ok = ok && crowds[i]->failure == NULL;
    }
    return ok;
}

static void work(struct campaign *campaign, guint number)
{
    struct worker *worker = &campaign->workers[number];
    struct crowd *crowds[TEMPLATES];
    gboolean ok = open_templates(crowds, &worker->counts);
    for (guint64 i = number; ok && i < campaign->sequences && !campaign->has_failed;
         i += campaign->worker_count) {
        const struct crowd_sequence sequence = shape(campaign->seed + i);
        g_autofree char *failure =
            play(&sequence, crowds[sequence.seed % TEMPLATES], &worker->counts, NULL);
        ok = failure == NULL;
        if (!ok)
            tell_failure(sequence, failure);
        if (number == 0)
            tell_progress(campaign, i);
    }
    for (guint i = 0; i < TEMPLATES; i++)
        crowd_close(crowds[i]);
    worker->failures = ok ? 0 : 1;
    campaign->has_failed = campaign->has_failed || !ok;
}

static void add(struct crowd_counts *sum, const struct crowd_counts *counts)
{
    guint64 *to = (guint64 *)sum;
    const guint64 *from = (const guint64 *)counts;
    for (gsize i = 0; i < sizeof *sum / sizeof *to; i++)
        to[i] += from[i];
}

/* The run was worth something: every act was tried and done, every end was reached. */
static gboolean tell_sum(const struct crowd_counts *sum, gboolean is_whole)
{
    static const char *const verdicts[] = {"done",  "unchanged", "refused", "not found",
                                           "taken", "stale",     "invalid"};
    gboolean ok = TRUE;
    for (guint i = 0; i < CROWD_KINDS; i++) {
        printf("  %-24s %10" G_GUINT64_FORMAT " tried, %" G_GUINT64_FORMAT " done\n",
               crowd_kind_name((enum act_kind)i), sum->kinds[i], sum->done[i]);
        ok = ok && sum->kinds[i] > 0;
    }
    printf(" ");
    for (guint i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        printf(" %s %" G_GUINT64_FORMAT, verdicts[i], sum->verdicts[i]);
        ok = ok && sum->verdicts[i] > 0;
    }
    printf("\n  refusals:");
    for (guint i = 1; i <= REFUSAL_MAX_ROLE; i++) {
        printf(" %s %" G_GUINT64_FORMAT, refusal_name((enum refusal_rule)i), sum->refusals[i]);
        ok = ok && sum->refusals[i] > 0;
    }
    for (guint i = 1; i <= VERDICT_EVENT_DECLINED; i++)
        ok = ok && sum->events[i] > 0;
    printf("\n  while somebody waits %" G_GUINT64_FORMAT ", is rehearsed %" G_GUINT64_FORMAT
           ", while something is owed %" G_GUINT64_FORMAT,
           sum->waiting, sum->rehearsed, sum->owed);
    ok = ok && sum->waiting > 0 && sum->rehearsed > 0 && sum->owed > 0;
    printf("\n  at the cap %" G_GUINT64_FORMAT ", frozen %" G_GUINT64_FORMAT
           ", the same again %" G_GUINT64_FORMAT ", sweeps %" G_GUINT64_FORMAT
           ", renewals %" G_GUINT64_FORMAT ", mails taken %" G_GUINT64_FORMAT
           ", sequences committed %" G_GUINT64_FORMAT "; trails played back %" G_GUINT64_FORMAT
           "\n",
           sum->at_cap, sum->frozen, sum->again, sum->sweeps, sum->renewals, sum->mails,
           sum->kept, sum->trails);
    if (is_whole && !ok)
        printf("  something was never reached\n");
    return ok || !is_whole;
}

static struct campaign *campaign_new(int argc, char **argv)
{
    guint count = g_get_num_processors();
    struct campaign *campaign =
        mmap(NULL, sizeof *campaign + count * sizeof campaign->workers[0],
             PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (campaign == MAP_FAILED)
        return NULL;
    campaign->worker_count = count;
    campaign->begin = g_get_monotonic_time();
    campaign->sequences =
        argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : (guint64)DEFAULT_SEQUENCES;
    campaign->seed = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : (guint64)DEFAULT_SEED;
    return campaign;
}

int main(int argc, char **argv)
{
    struct campaign *campaign = campaign_new(argc, argv);
    struct crowd_counts sum = {0};
    guint64 failures = 0;
    if (campaign == NULL)
        return 1;
    for (guint i = 0; i < campaign->worker_count; i++) {
        pid_t process = fork();
        if (process == 0) {
            work(campaign, i);
            _exit(0);
        }
        campaign->workers[i].process = process;
    }
    for (guint i = 0; i < campaign->worker_count; i++) {
        int status = 0;
        pid_t process = campaign->workers[i].process;
        gboolean ended = process > 0 && waitpid(process, &status, 0) == process && status == 0;
        failures += campaign->workers[i].failures + (ended ? 0 : 1);
        add(&sum, &campaign->workers[i].counts);
    }
    printf("organization: %" G_GUINT64_FORMAT " sequences, %" G_GUINT64_FORMAT
           " acts; failures %" G_GUINT64_FORMAT "; %.1f s\n",
           sum.sequences, sum.acts, failures,
           (double)(g_get_monotonic_time() - campaign->begin) / 1e6);
    gboolean is_worth = tell_sum(&sum, campaign->sequences >= 1000);
    return failures == 0 && sum.sequences == campaign->sequences && is_worth ? 0 : 1;
}
