#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/tolerance_counts.h"
#include "scim/server/tolerance_tally.h"
#include "tests/scim/server/server_fixture.h"

static void note(struct tolerance_tally *tally, const struct bearer *bearer,
                 enum tolerance tolerance, guint count)
{
    struct tolerance_use use = {0};
    use.count[tolerance] = count;
    tolerance_tally_note(tally, bearer, &use);
}

static gint64 uses(struct server_fixture *fixture, const char *connection,
                   enum tolerance tolerance)
{
    StoreSession *session = store_session_open(fixture->store, STORE_READ, NULL);
    g_autoptr(GPtrArray) counts = tolerance_counts_list(session, NULL);
    store_session_close(session);
    for (guint i = 0; i < counts->len; i++) {
        const struct tolerance_count *count = counts->pdata[i];
        if (strcmp(count->connection, connection) == 0 && count->tolerance == tolerance) {
            return count->uses;
        }
    }
    return 0;
}

static void what_gathers_is_written_once_and_then_forgotten(void **state)
{
    struct server_fixture *fixture = *state;
    char organization[] = "acme", okta[] = "okta";
    const struct bearer bearer = {
        .kind = ACTOR_CONNECTION, .organization = organization, .connection = okta};
    struct tolerance_tally *tally = tolerance_tally_new();
    g_autoptr(StoreSession) session = store_session_open(fixture->store, STORE_WRITE, NULL);
    note(tally, &bearer, TOLERANCE_OPERATION_CASE, 2);
    note(tally, &bearer, TOLERANCE_OPERATION_CASE, 1);
    note(tally, &bearer, TOLERANCE_UNKNOWN, 1);
    assert_int_equal(uses(fixture, "okta", TOLERANCE_OPERATION_CASE), 0);
    assert_true(tolerance_tally_flush(tally, session, FIXTURE_NOW, NULL));
    assert_true(tolerance_tally_flush(tally, session, FIXTURE_NOW, NULL));
    assert_int_equal(uses(fixture, "okta", TOLERANCE_OPERATION_CASE), 3);
    assert_int_equal(uses(fixture, "okta", TOLERANCE_UNKNOWN), 1);
    note(tally, &bearer, TOLERANCE_UNKNOWN, 5);
    assert_true(tolerance_tally_flush(tally, session, FIXTURE_NOW, NULL));
    assert_int_equal(uses(fixture, "okta", TOLERANCE_UNKNOWN), 6);
    tolerance_tally_free(tally);
}

static void what_cannot_be_written_is_kept(void **state)
{
    struct server_fixture *fixture = *state;
    char organization[] = "acme", okta[] = "okta";
    const struct bearer bearer = {
        .kind = ACTOR_CONNECTION, .organization = organization, .connection = okta};
    struct tolerance_tally *tally = tolerance_tally_new();
    g_autoptr(StoreSession) session = store_session_open(fixture->store, STORE_WRITE, NULL);
    StoreSession *reading = store_session_open(fixture->store, STORE_READ, NULL);
    note(tally, &bearer, TOLERANCE_UNKNOWN, 4);
    assert_false(tolerance_tally_flush(tally, reading, FIXTURE_NOW, NULL));
    store_session_close(reading);
    note(tally, &bearer, TOLERANCE_UNKNOWN, 1);
    assert_true(tolerance_tally_flush(tally, session, FIXTURE_NOW, NULL));
    assert_int_equal(uses(fixture, "okta", TOLERANCE_UNKNOWN), 5);
    tolerance_tally_free(tally);
}

static void nobody_but_a_tolerant_connection_is_counted(void **state)
{
    struct server_fixture *fixture = *state;
    char organization[] = "acme", okta[] = "okta", person[] = "1";
    const struct bearer strict = {.kind = ACTOR_CONNECTION,
                                  .organization = organization,
                                  .connection = okta,
                                  .is_strict = TRUE};
    const struct bearer somebody = {
        .kind = ACTOR_PERSON, .organization = organization, .person = person};
    const struct bearer bearer = {
        .kind = ACTOR_CONNECTION, .organization = organization, .connection = okta};
    const struct tolerance_use none = {0};
    struct tolerance_tally *tally = tolerance_tally_new();
    g_autoptr(StoreSession) session = store_session_open(fixture->store, STORE_WRITE, NULL);
    note(tally, &strict, TOLERANCE_UNKNOWN, 1);
    note(tally, &somebody, TOLERANCE_UNKNOWN, 1);
    note(tally, NULL, TOLERANCE_UNKNOWN, 1);
    note(NULL, &bearer, TOLERANCE_UNKNOWN, 1);
    tolerance_tally_note(tally, &bearer, &none);
    assert_true(tolerance_tally_flush(tally, session, FIXTURE_NOW, NULL));
    assert_int_equal(uses(fixture, "okta", TOLERANCE_UNKNOWN), 0);
    tolerance_tally_free(tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(what_gathers_is_written_once_and_then_forgotten),
        SERVER_FIXTURE_TEST(what_cannot_be_written_is_kept),
        SERVER_FIXTURE_TEST(nobody_but_a_tolerant_connection_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
