#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/protocol/bulk_reference.h"

/* x and y are made, nothing else. */
static GHashTable *known_ids(void)
{
    GHashTable *ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(ids, g_strdup("x"), g_strdup("1f"));
    g_hash_table_insert(ids, g_strdup("y"), g_strdup("2f"));
    return ids;
}

static void add_name(void *context, const char *name)
{
    GString *text = context;
    g_string_append_printf(text, "%s%s", text->len > 0 ? "," : "", name);
}

static void references_are_found_wherever_they_can_stand(void **state)
{
    (void)state;

    static const struct {
        const char *path, *data, *names;
    } cases[] = {
        {"/Users", "{\"userName\":\"a\"}", ""},
        {"/Users/bulkId:x", NULL, "x"},
        {"/Users/bulkId:x?attributes=id", NULL, "x"},
        {NULL, "{\"manager\":{\"value\":\"bulkId:x\"}}", "x"},
        {"/Projects/bulkId:x", "{\"members\":[{\"value\":\"bulkId:y\"},{\"value\":\"12\"}]}",
         "x,y"},
        {NULL, "{\"path\":\"members[value eq \\\"bulkId:x\\\" or value eq \\\"bulkId:y\\\"]\"}",
         "x,y"},
        {NULL, "{\"value\":\"bulkId:a b/c\"}", "a b/c"},
        /* no reference: text that speaks of one */
        {NULL, "{\"displayName\":\"my bulkId:x\"}", ""},
        {"/UsersbulkId:x", NULL, ""},
        {NULL, "{\"bulkId:x\":1}", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *data = cases[i].data != NULL ? json_loads(cases[i].data, 0, NULL) : NULL;
        g_autoptr(GString) names = g_string_new(NULL);
        bulk_reference_each(cases[i].path, data, add_name, names);
        if (g_strcmp0(names->str, cases[i].names) != 0) {
            fail_msg("case %zu: '%s', not '%s'", i, names->str, cases[i].names);
        }
        json_decref(data);
    }
}

static void expect_json(const char *input, json_t *found, const char *wanted)
{
    json_t *expected = json_loads(wanted, 0, NULL);
    if (!json_equal(found, expected)) {
        fail_msg("'%s' became '%s', not '%s'", input, json_dumps(found, JSON_COMPACT), wanted);
    }
    json_decref(expected);
    json_decref(found);
}

static void references_become_ids_and_everything_else_stays(void **state)
{
    (void)state;

    static const struct {
        const char *data, *wanted; /* NULL: a fault */
    } cases[] = {
        {"{\"a\":\"bulkId:x\",\"b\":[1,true,null,2.5,\"bulkId:y\"]}",
         "{\"a\":\"1f\",\"b\":[1,true,null,2.5,\"2f\"]}"},
        {"{\"path\":\"members[value eq \\\"bulkId:x\\\"].role\"}",
         "{\"path\":\"members[value eq \\\"1f\\\"].role\"}"},
        {"{\"a\":\"my bulkId:x\",\"bulkId:x\":\"y\"}",
         "{\"a\":\"my bulkId:x\",\"bulkId:x\":\"y\"}"},
        {"{\"a\":{\"b\":[{\"c\":\"bulkId:z\"}]}}", NULL},
        {"{\"a\":\"b[c eq \\\"bulkId:z\\\"]\"}", NULL},
        {"{\"a\":\"bulkId:\"}", NULL},
    };

    g_autoptr(GHashTable) ids = known_ids();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {0};
        json_t *data = json_loads(cases[i].data, 0, NULL);
        json_t *found = bulk_reference_resolve(data, ids, &fault);
        if (cases[i].wanted == NULL) {
            assert_null(found);
            assert_int_equal(fault.status, 400);
            assert_int_equal(fault.type, FAULT_INVALID_VALUE);
        } else {
            expect_json(cases[i].data, found, cases[i].wanted);
        }
        fault_clear(&fault);
        json_decref(data);
    }
}

static void a_path_has_its_segments_resolved(void **state)
{
    (void)state;

    static const struct {
        const char *path, *wanted;
    } cases[] = {
        {"/Users", "/Users"},
        {"/Users/bulkId:x", "/Users/1f"},
        {"/Users/bulkId:y?attributes=id", "/Users/2f?attributes=id"},
        {"/A/bulkId:x/B/bulkId:y", "/A/1f/B/2f"},
        {"/Users/bulkId:z", NULL},
    };

    g_autoptr(GHashTable) ids = known_ids();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {0};
        g_autofree char *path = bulk_reference_resolve_path(cases[i].path, ids, &fault);
        assert_int_equal(g_strcmp0(path, cases[i].wanted), 0);
        assert_int_equal(fault_is_set(&fault), cases[i].wanted == NULL);
        fault_clear(&fault);
    }
}

static void what_refers_to_nothing_yet_is_left_out_whole(void **state)
{
    (void)state;

    static const struct {
        const char *data, *wanted;
        gboolean pruned;
    } cases[] = {
        {"{\"a\":\"bulkId:x\"}", "{\"a\":\"bulkId:x\"}", FALSE},
        {"{\"a\":\"bulkId:z\",\"b\":1}", "{\"b\":1}", TRUE},
        {"{\"manager\":{\"value\":\"bulkId:z\",\"display\":\"Z\"},\"b\":1}", "{\"b\":1}", TRUE},
        {"{\"urn:e\":{\"manager\":{\"value\":\"bulkId:z\"},\"c\":2}}", "{\"urn:e\":{\"c\":2}}",
         TRUE},
        {"{\"m\":[{\"value\":\"bulkId:z\"},{\"value\":\"bulkId:x\"}]}",
         "{\"m\":[{\"value\":\"bulkId:x\"}]}", TRUE},
    };

    g_autoptr(GHashTable) ids = known_ids();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gboolean pruned = FALSE;
        json_t *data = json_loads(cases[i].data, 0, NULL);
        expect_json(cases[i].data, bulk_reference_prune(data, ids, &pruned), cases[i].wanted);
        assert_int_equal(pruned, cases[i].pruned);
        json_decref(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_found_wherever_they_can_stand),
        cmocka_unit_test(references_become_ids_and_everything_else_stays),
        cmocka_unit_test(a_path_has_its_segments_resolved),
        cmocka_unit_test(what_refers_to_nothing_yet_is_left_out_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
