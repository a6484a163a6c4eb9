#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit_history.h"
#include "scim/organization/audit_person.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/organization/trail_world.h"

static gint by_user_name(gconstpointer a, gconstpointer b)
{
    const PersonFacts *const *left = a, *const *right = b;
    return strcmp((*left)->user_name, (*right)->user_name);
}

/* As they are by the tables and the clock, now. */
static json_t *people_now(struct trail_world *world)
{
    json_t *people = json_array();
    g_autoptr(GPtrArray) facts =
        person_facts_select(world->stage->session, "p.organization = 'acme'", STORE_NOTHING,
                            world->stage->now, TRUE, NULL);
    g_ptr_array_sort(facts, by_user_name);
    for (guint i = 0; i < facts->len; i++)
        json_array_append_new(people, audit_person(facts->pdata[i]));
    return people;
}

static json_t *people_at(struct trail_world *world, gint64 at)
{
    gint64 begins = 0;
    g_autoptr(GError) error = NULL;
    json_t *people = audit_history_people(world->stage->session, "acme", at, &begins, &error);
    if (people == NULL)
        fail_msg("%s", error->message);
    assert_int_equal(begins, STAGE_START);
    return people;
}

struct moment {
    gint64 at;
    json_t *people;
};

static void who_had_what_on_a_day_is_what_was_so_on_that_day(void **state)
{
    (void)state;
    for (guint64 seed = 71; seed < 81; seed++) {
        struct trail_world *world = trail_world_open(seed);
        struct moment moments[60];
        for (size_t i = 0; i < G_N_ELEMENTS(moments); i++) {
            trail_world_act(world);
            moments[i] = (struct moment){world->stage->now, people_now(world)};
            world->stage->now++;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(moments); i++) {
            json_t *people = people_at(world, moments[i].at);
            if (!json_equal(people, moments[i].people)) {
                char *is = json_dumps(people, JSON_SORT_KEYS | JSON_INDENT(1));
                char *was = json_dumps(moments[i].people, JSON_SORT_KEYS | JSON_INDENT(1));
                fail_msg("moment %zu: the trail says\n%s\nit was\n%s", i, is, was);
            }
            json_decref(people);
            json_decref(moments[i].people);
        }
        trail_world_close(world);
    }
}

static void before_the_trail_nothing_is_known(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(81);
    gint64 begins = 7;
    json_t *people = people_at(world, STAGE_START - 1);
    assert_int_equal(json_array_size(people), 0);
    json_decref(people);
    people = audit_history_people(world->stage->session, "nowhere", STAGE_START, &begins, NULL);
    assert_int_equal(json_array_size(people), 0);
    assert_int_equal(begins, 0);
    json_decref(people);
    trail_world_close(world);
}

/* Whether or not the sweep had come by then. */
static void an_invitation_that_was_over_then_is_expired(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(82);
    struct stage *stage = world->stage;
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);

    static const struct {
        gint64 after;
        const char *status;
    } cases[] = {
        {0, "invited"}, {48 * STAGE_HOUR - 1, "invited"}, {48 * STAGE_HOUR, "expired"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *people = people_at(world, stage->now + cases[i].after);
        assert_string_equal(
            json_string_value(json_object_get(json_array_get(people, 0), "status")),
            cases[i].status);
        json_decref(people);
    }
    trail_world_close(world);
}

struct reading {
    gint64 first, count, stop;
};

static gboolean read_one(void *context, gint64 seq, const char *record)
{
    struct reading *reading = context;
    assert_null(strpbrk(record, "\n\r"));
    if (reading->count++ == 0)
        reading->first = seq;
    return reading->count != reading->stop;
}

static void records_are_read_from_where_one_likes_to_where_one_stops(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(83);
    const gint64 length =
        trail_world_number(world, "SELECT COUNT(*) FROM audit WHERE organization = 'acme'");
    struct reading all = {0}, some = {.stop = 2};
    assert_true(audit_history_each(world->stage->session, "acme", 1, read_one, &all, NULL));
    assert_int_equal(all.first, 1);
    assert_int_equal(all.count, length);
    assert_true(audit_history_each(world->stage->session, "acme", 3, read_one, &some, NULL));
    assert_int_equal(some.first, 3);
    assert_int_equal(some.count, 2);
    trail_world_close(world);
}

static void a_damaged_trail_is_not_read_as_if_it_were_whole(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(84);
    gint64 begins;
    g_autoptr(GError) error = NULL;
    trail_world_sql(world, "DROP TRIGGER audit_is_not_updated; UPDATE audit SET record = '{'"
                           " WHERE organization = 'acme' AND seq = 2");
    assert_null(
        audit_history_people(world->stage->session, "acme", G_MAXINT64, &begins, &error));
    assert_int_equal(error->code, OUTCOME_INTERNAL);
    assert_non_null(strstr(error->message, "record 2"));
    trail_world_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_had_what_on_a_day_is_what_was_so_on_that_day),
        cmocka_unit_test(before_the_trail_nothing_is_known),
        cmocka_unit_test(an_invitation_that_was_over_then_is_expired),
        cmocka_unit_test(records_are_read_from_where_one_likes_to_where_one_stops),
        cmocka_unit_test(a_damaged_trail_is_not_read_as_if_it_were_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
