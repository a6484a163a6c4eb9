#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/organization/trail_world.h"

static struct audit_record some_record(void)
{
    return (struct audit_record){.organization = "acme",
                                 .time = STAGE_START,
                                 .actor = "operator:test",
                                 .action = AUDIT_EDIT,
                                 .object = "project:1"};
}

static json_t *read_record(struct stage *stage, gint64 seq)
{
    struct store_rows *rows = store_query(
        stage->session, "SELECT record FROM audit WHERE organization = 'acme' AND seq = ?",
        STORE_BIND(store_int(seq)), TRUE);
    assert_true(store_next(rows));
    assert_null(strpbrk(store_text_at(rows, 0), "\n\r"));
    json_t *record = json_loads(store_text_at(rows, 0), 0, NULL);
    assert_true(store_end(rows, NULL));
    assert_non_null(record);
    return record;
}

static void assert_member(const json_t *record, const char *name, const char *value)
{
    const char *is = json_string_value(json_object_get(record, name));
    if (g_strcmp0(is, value) != 0)
        fail_msg("%s is %s, not %s", name, is, value);
}

static void the_chain_is_hmac_over_the_hash_before_the_number_and_the_record(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct audit_head head, before;
    assert_true(audit_read_head(stage->session, "acme", &before, NULL));
    assert_true(before.seq > 0);
    assert_true(store_begin(stage->session, NULL));
    const struct audit_record record = some_record();
    assert_true(audit_append(stage->session, &stage_audit_key, &record, &head, NULL));
    assert_true(store_commit(stage->session, NULL));
    assert_int_equal(head.seq, before.seq + 1);
    g_autofree char *text = g_strdup_printf(
        "{\"action\":\"edit\",\"actor\":\"operator:test\",\"object\":\"project:1\","
        "\"organization\":\"acme\",\"seq\":%d,\"time\":\"2027-01-15T08:00:00Z\"}",
        (int)head.seq);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const guint8 number[8] = {0, 0, 0, 0, 0, 0, 0, (guint8)head.seq};
    g_byte_array_append(bytes, before.hash, sizeof before.hash);
    g_byte_array_append(bytes, number, sizeof number);
    g_byte_array_append(bytes, (const guint8 *)text, (guint)strlen(text));
    g_autofree char *wanted =
        g_compute_hmac_for_data(G_CHECKSUM_SHA256, stage_audit_key.bytes,
                                sizeof stage_audit_key.bytes, bytes->data, bytes->len);
    for (size_t i = 0; i < sizeof head.hash; i++) {
        char hex[3];
        g_snprintf(hex, sizeof hex, "%02x", head.hash[i]);
        assert_memory_equal(hex, wanted + 2 * i, 2);
    }
    stage_close(stage);
}

static void a_record_says_who_from_where_what_and_why(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct actor actor = stage_sync("directory:corp");
    actor.source = "192.0.2.7";
    actor.run = "run-17";
    actor.reason = "rule 3";
    actor.request = "00112233aabbccdd";
    const struct person_draft draft = {.user_name = "ada@example.com",
                                       .address = "ada@example.com",
                                       .external_id = "x",
                                       .active = TRUE,
                                       .has_roles = TRUE,
                                       .role = ORGANIZATION_ROLE_MEMBER};
    const struct act act = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    struct audit_head head;
    assert_int_equal(stage_do(stage, &actor, &act), VERDICT_DONE);
    assert_true(audit_read_head(stage->session, "acme", &head, NULL));
    json_t *record = read_record(stage, head.seq);
    g_autofree char *object = g_strconcat("person:", stage->verdict.id, NULL);
    assert_member(record, "actor", "directory:corp");
    assert_member(record, "source", "192.0.2.7");
    assert_member(record, "run", "run-17");
    assert_member(record, "reason", "rule 3");
    assert_member(record, "request", "00112233aabbccdd");
    assert_member(record, "action", "invite");
    assert_member(record, "object", object);
    assert_null(json_object_get(record, "before"));
    assert_member(json_object_get(record, "after"), "userName", "ada@example.com");
    json_decref(record);
    stage_close(stage);
}

static void a_person_is_named_as_they_were_called_then(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    const struct connection_draft draft = {.name = "okta", .scope = "people"};
    const struct act act = {.kind = ACT_CONNECTION_CREATE, .connection = &draft};
    struct audit_head head;
    assert_int_equal(stage_do(stage, &dana, &act), VERDICT_DONE);
    assert_true(audit_read_head(stage->session, "acme", &head, NULL));
    json_t *record = read_record(stage, head.seq);
    g_autofree char *actor = g_strconcat("person:", stage->dana, NULL);
    assert_member(record, "actor", actor);
    assert_member(record, "actorName", "dana@example.com");
    json_decref(record);
    stage_close(stage);
}

/* The invitee answers by the link that was mailed to them: they are who did it. */
static void who_accepts_is_the_actor_of_that_record(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    struct audit_head head;
    assert_true(audit_read_head(stage->session, "acme", &head, NULL));
    json_t *record = read_record(stage, head.seq);
    g_autofree char *actor = g_strconcat("person:", bob, NULL);
    assert_member(record, "actor", actor);
    assert_member(record, "actorName", "bob@example.com");
    assert_member(record, "action", "accept");
    json_decref(record);
    stage_close(stage);
}

static void the_tables_refuse_to_lose_change_or_replace_a_record(void **state)
{
    (void)state;
    static const char *const tries[] = {
        "UPDATE audit SET record = '{}'",
        "UPDATE audit SET hash = x'00' WHERE seq = 1",
        "UPDATE audit SET seq = seq + 100",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)",
        "INSERT OR REPLACE INTO audit SELECT organization, seq, '{}', hash FROM audit",
        "REPLACE INTO audit SELECT organization, seq, '{}', hash FROM audit WHERE seq = 1",
        "UPDATE audit_head SET seq = 1",
        "UPDATE audit_head SET seq = seq - 1",
        "UPDATE audit_head SET organization = 'other'",
        "DELETE FROM audit_head",
    };
    struct stage *stage = stage_open(10);
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_autoptr(GError) error = NULL;
        assert_true(store_begin(stage->session, NULL));
        if (store_run(stage->session, tries[i], STORE_NOTHING, &error))
            fail_msg("done: %s", tries[i]);
        assert_int_equal(error->code, OUTCOME_CONFLICT);
        store_rollback(stage->session);
    }
    stage_close(stage);
}

static void a_record_outside_a_transaction_is_refused(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct audit_record record = some_record();
    g_autoptr(GError) error = NULL;
    assert_false(audit_append(stage->session, &stage_audit_key, &record, NULL, &error));
    assert_int_equal(error->code, OUTCOME_INTERNAL);
    stage_close(stage);
}

static void every_action_has_a_name_of_its_own(void **state)
{
    (void)state;
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    for (int action = AUDIT_BEGIN; action <= AUDIT_EXPORT; action++) {
        const char *name = audit_action_name((enum audit_action)action);
        assert_non_null(name);
        assert_true(g_hash_table_add(names, (gpointer)(uintptr_t)name));
    }
}

/* I11: what was shown once stands nowhere in the trail. */
static void I11_no_record_holds_a_secret(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(31);
    struct stage *stage = world->stage;
    g_autoptr(GPtrArray) secrets = g_ptr_array_new_with_free_func(g_free);
    const struct actor operator= stage_operator();
    for (guint i = 0; i < 20; i++) {
        g_autofree char *name = g_strdup_printf("c%u", i);
        g_autofree char *address = g_strdup_printf("i%u@example.com", i);
        const struct connection_draft draft = {.name = name, .scope = "people"};
        const struct act act = {.kind = ACT_CONNECTION_CREATE, .connection = &draft};
        assert_int_equal(stage_do(stage, &operator, & act), VERDICT_DONE);
        g_ptr_array_add(secrets, g_strdup(stage->verdict.token + 3 + 12 + 1));
        g_autofree char *id = stage_invite(stage, address, ORGANIZATION_ROLE_MEMBER, NULL);
        g_ptr_array_add(secrets, g_strdup(stage->verdict.token));
    }
    for (guint i = 0; i < secrets->len; i++)
        assert_int_equal(trail_world_number(
                             world, "SELECT COUNT(*) FROM audit WHERE instr(record, '%s') > 0",
                             (const char *)secrets->pdata[i]),
                         0);
    trail_world_close(world);
}

/* How much of a write its record is: measured over many of the cheapest ones. */
static void what_a_record_costs(void **state)
{
    (void)state;
    struct trail_world *world = trail_world_open(32);
    struct stage *stage = world->stage;
    g_autofree char *project = stage_project(stage, "search");
    const struct actor operator= stage_operator();
    assert_true(store_begin(stage->session, NULL));
    gint64 acts = g_get_monotonic_time();
    for (guint i = 0; i < 2000; i++) {
        g_autofree char *name = g_strdup_printf("Name %u", i);
        const struct member_grant member = {.person = stage->vera,
                                            .role = i % 2 == 0 ? PROJECT_ROLE_READ_WRITE
                                                               : PROJECT_ROLE_READ_ONLY};
        const struct act act = {
            .kind = ACT_PROJECT_EDIT, .id = project, .members = &member, .member_count = 1};
        struct verdict verdict = {0};
        assert_true(judge_write(&stage->judge, &operator, & act, &verdict, NULL));
        assert_int_equal(verdict.kind, VERDICT_DONE);
        verdict_clear(&verdict);
    }
    acts = g_get_monotonic_time() - acts;
    json_t *body =
        read_record(stage, trail_world_number(world, "SELECT MAX(seq) FROM audit"
                                                     " WHERE organization = 'acme'"));
    struct audit_record record = some_record();
    record.before = json_object_get(body, "before");
    record.after = json_object_get(body, "after");
    gint64 records = g_get_monotonic_time();
    for (guint i = 0; i < 2000; i++)
        assert_true(audit_append(stage->session, &stage_audit_key, &record, NULL, NULL));
    records = g_get_monotonic_time() - records;
    print_message("an act in a batch: %.1f us, of which its record: %.1f us (%.0f %%)\n",
                  (double)acts / 2000, (double)records / 2000,
                  100.0 * (double)records / (double)acts);
    json_decref(body);
    store_rollback(stage->session);
    trail_world_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chain_is_hmac_over_the_hash_before_the_number_and_the_record),
        cmocka_unit_test(a_record_says_who_from_where_what_and_why),
        cmocka_unit_test(a_person_is_named_as_they_were_called_then),
        cmocka_unit_test(who_accepts_is_the_actor_of_that_record),
        cmocka_unit_test(the_tables_refuse_to_lose_change_or_replace_a_record),
        cmocka_unit_test(a_record_outside_a_transaction_is_refused),
        cmocka_unit_test(every_action_has_a_name_of_its_own),
        cmocka_unit_test(I11_no_record_holds_a_secret),
        cmocka_unit_test(what_a_record_costs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
