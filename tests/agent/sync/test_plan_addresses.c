#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_addresses.h"
#include "tests/agent/sync/sketch.h"

#define BOTH ((1u << PROFILE_USER_NAME) | (1u << PROFILE_MAIL))

static const char people[] = "person ann active member mail=ann.mail@example.com\n"
                             "person bob active member\n";

static struct profile profile_of(const char *user_name, const char *mail)
{
    struct profile profile = {{NULL}};
    profile.field[PROFILE_USER_NAME] = user_name;
    profile.field[PROFILE_MAIL] = mail;
    return profile;
}

static void an_address_is_somebodys_in_any_letters(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new(people);
    g_autoptr(PlanAddresses) addresses = plan_addresses_new(sketch->actual);
    struct profile wanted = profile_of("ANN.MAIL@example.com", "new@example.com");
    struct plan_address_holder holder;
    assert_true(plan_addresses_find(addresses, 1, &wanted, BOTH, &holder));
    assert_int_equal(holder.who, 0);
    assert_true(holder.is_one);
    assert_string_equal(plan_addresses_name(addresses, 0), "ann@example.com");
    assert_false(plan_addresses_find(addresses, 0, &wanted, BOTH, &holder));
    assert_false(plan_addresses_find(addresses, 1, &wanted, 1u << PROFILE_MAIL, &holder));
}

static void two_holders_are_not_one(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new(people);
    g_autoptr(PlanAddresses) addresses = plan_addresses_new(sketch->actual);
    struct profile wanted = profile_of("ann@example.com", "bob@example.com");
    struct plan_address_holder holder;
    assert_true(
        plan_addresses_find(addresses, plan_addresses_new_one(0), &wanted, BOTH, &holder));
    assert_false(holder.is_one);
}

static void what_is_given_up_is_free(void **state)
{
    (void)state;
    g_autoptr(Sketch) sketch = sketch_new(people);
    g_autoptr(PlanAddresses) addresses = plan_addresses_new(sketch->actual);
    struct profile old = profile_of("bob@example.com", NULL);
    struct profile new = profile_of("rob@example.com", NULL);
    struct plan_address_holder holder;
    gint32 invited = plan_addresses_new_one(4);
    plan_addresses_take(addresses, 1, &new, 1u << PROFILE_USER_NAME);
    assert_true(plan_addresses_find(addresses, 0, &old, BOTH, &holder)); /* still bob's mail */
    plan_addresses_release(addresses, 1);
    assert_false(plan_addresses_find(addresses, 0, &old, BOTH, &holder));
    plan_addresses_take(addresses, invited, &old, BOTH);
    assert_true(plan_addresses_find(addresses, 0, &old, BOTH, &holder));
    assert_int_equal(holder.who, invited);
    assert_null(plan_addresses_name(addresses, invited));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_somebodys_in_any_letters),
        cmocka_unit_test(two_holders_are_not_one),
        cmocka_unit_test(what_is_given_up_is_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
