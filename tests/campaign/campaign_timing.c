/*
 * Does the time of an answer give away what it holds back (R19, R34)?
 *
 *   campaign_timing [samples pairs]     a million samples, 10,000 pairs where nothing is said
 *
 * Secrets: two classes of wrong ones, which differ from the right one in their first and in their
 * last character, are compared by Welch's t over what was measured (as dudect does): |t| below 4.5.
 * Addresses: one that another organization has and one that nobody has are pushed in turn; their
 * times may differ by less than a millisecond at the middle, and, over 10,000 pairs or more, at the
 * 99th percentile too. Whatever else the machine does only ever adds to a difference: the best of
 * three rounds counts.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "scim/organization/token.h"
#include "tests/scim/server/server_fixture.h"

#define ROUNDS        3
#define T_LIMIT       4.5
#define KEPT_OF_100   90 /* the slowest are the machine's */
#define CLASSES       2
#define WHOLE_SAMPLES 1000000
#define WHOLE_PAIRS   10000
#define MILLISECOND   1e6

struct series {
    double *nanoseconds;
    guint count;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sort(struct series *series)
{
    qsort(series->nanoseconds, series->count, sizeof(double), compare);
}

static double percentile(const struct series *sorted, guint percent)
{
    return sorted->nanoseconds[(guint64)(sorted->count - 1) * percent / 100];
}

static void add(struct series *series, double nanoseconds)
{
    series->nanoseconds[series->count++] = nanoseconds;
}

/* Mean and variance of the mean of what is kept. */
static void measure(struct series *series, double *mean, double *variance)
{
    guint kept = series->count * KEPT_OF_100 / 100;
    double sum = 0, squares = 0;
    sort(series);
    for (guint i = 0; i < kept; i++)
        sum += series->nanoseconds[i];
    *mean = sum / kept;
    for (guint i = 0; i < kept; i++)
        squares += (series->nanoseconds[i] - *mean) * (series->nanoseconds[i] - *mean);
    *variance = squares / (kept - 1.0) / kept;
}

static double welch(struct series *classes)
{
    double mean[CLASSES], variance[CLASSES];
    for (int i = 0; i < CLASSES; i++)
        measure(&classes[i], &mean[i], &variance[i]);
    return (mean[0] - mean[1]) / sqrt(variance[0] + variance[1]);
}

/* The same good token, wrong in the first or in the last character of its secret. */
static void present(StoreSession *session, const char *token, guint class,
                    struct series *series)
{
    char wrong[60];
    Bearer *bearer = NULL;
    g_strlcpy(wrong, token, sizeof wrong);
    const size_t place = class == 0 ? 16 : 58;
    wrong[place] = wrong[place] == 'A' ? 'B' : 'A';
    const double started = now();
    gboolean ok = token_authenticate(session, wrong, FIXTURE_NOW, &bearer, NULL);
    add(series, now() - started);
    if (!ok || bearer != NULL)
        fail_msg("a wrong secret passed");
}

static gboolean secrets_tell_nothing(struct server_fixture *fixture, guint samples)
{
    g_autoptr(StoreSession) session = store_session_open(fixture->store, STORE_READ, NULL);
    g_autoptr(GRand) random = g_rand_new_with_seed(34);
    g_autofree double *room = g_new(double, (gsize)samples *CLASSES);
    double best = INFINITY;
    for (int round = 0; round < ROUNDS && best >= T_LIMIT; round++) {
        struct series classes[CLASSES] = {{room, 0}, {room + samples, 0}};
        for (guint i = 0; i < samples; i++) {
            const guint class = g_rand_boolean(random) ? 1 : 0;
            present(session, fixture->admin, class, &classes[class]);
        }
        best = MIN(best, fabs(welch(classes)));
    }
    printf("R34: %u samples, |t| = %.2f\n", samples, best);
    return best < T_LIMIT;
}

static double push(struct server_fixture *fixture, const char *token, const char *name)
{
    g_autofree char *body =
        g_strdup_printf("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                        "\"userName\":\"%s\"}",
                        name);
    const double started = now();
    struct reply reply = server_fixture_ask(fixture, token, "POST", "/scim/v2/Users", body);
    const double time = now() - started;
    reply_expect(&reply, 201);
    return time;
}

static void raise_seats(struct server_fixture *fixture, const char *name, const char *owner,
                        gint64 seats)
{
    const char *const owners[] = {owner, NULL};
    const struct organization_draft draft = {.name = name, .seats = seats, .owners = owners};
    server_fixture_act(fixture, name,
                       &(struct act){.kind = ACT_ORGANIZATION_ENSURE, .organization = &draft});
}

static gboolean addresses_tell_nothing(struct server_fixture *fixture, guint pairs)
{
    g_autofree double *room = g_new(double, (gsize)pairs *CLASSES);
    double best_middle = INFINITY, best_end = INFINITY;
    raise_seats(fixture, "acme", FIXTURE_DANA, (gint64)pairs * 10);
    raise_seats(fixture, "other", "olga@other.example", (gint64)pairs * 10);
    for (guint round = 0; round < ROUNDS; round++) {
        struct series classes[CLASSES] = {{room, 0}, {room + pairs, 0}};
        for (guint i = 0; i < pairs; i++) {
            g_autofree char *taken = g_strdup_printf("a%u-%u@example.com", round, i);
            g_autofree char *free_one = g_strdup_printf("b%u-%u@example.com", round, i);
            push(fixture, fixture->other, taken);
            const char *const names[] = {taken, free_one};
            for (guint j = 0; j < CLASSES; j++) {
                const guint class = (i + j) % CLASSES;
                add(&classes[class], push(fixture, fixture->admin, names[class]));
            }
        }
        sort(&classes[0]);
        sort(&classes[1]);
        best_middle =
            MIN(best_middle, fabs(percentile(&classes[0], 50) - percentile(&classes[1], 50)));
        best_end =
            MIN(best_end, fabs(percentile(&classes[0], 99) - percentile(&classes[1], 99)));
        if (best_middle < MILLISECOND && best_end < MILLISECOND)
            break;
    }
    printf("R19: %u pairs, difference %.3f ms at the middle, %.3f ms at the 99th percentile\n",
           pairs, best_middle / MILLISECOND, best_end / MILLISECOND);
    return best_middle < MILLISECOND && (pairs < WHOLE_PAIRS || best_end < MILLISECOND);
}

int main(int argc, char **argv)
{
    const guint samples = argc > 1 ? (guint)g_ascii_strtoull(argv[1], NULL, 10) : WHOLE_SAMPLES;
    const guint pairs = argc > 2 ? (guint)g_ascii_strtoull(argv[2], NULL, 10) : WHOLE_PAIRS;
    struct server_fixture fixture;
    server_fixture_open(&fixture);
    gboolean good = secrets_tell_nothing(&fixture, samples);
    good = addresses_tell_nothing(&fixture, pairs) && good;
    server_fixture_close(&fixture);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
