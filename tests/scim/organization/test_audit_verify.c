#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit_verify.h"
#include "tests/scim/organization/trail_world.h"

/* Of each attack; under the sanitizers a part of them, which takes as long. */
#ifdef __SANITIZE_ADDRESS__
#define EDITS 200
#else
#define EDITS 1000
#endif

/* The chain that is attacked. */
static const char *const chains[] = {"acme", "acme", "other", "*"};

static const char *pick_chain(struct trail_world *world)
{
    return chains[trail_world_below(world, G_N_ELEMENTS(chains))];
}

static guint length_of(struct trail_world *world, const char *chain)
{
    return (guint)trail_world_number(
        world, "SELECT COUNT(*) FROM audit WHERE organization = '%s'", chain);
}

/* Half of the attackers think of the noted end as well. */
static void mend_head(struct trail_world *world, const char *chain)
{
    if (trail_world_below(world, 2) == 0)
        return;
    trail_world_sql(world,
                    "DELETE FROM audit_head WHERE organization = '%s';"
                    "INSERT INTO audit_head SELECT organization, seq, hash FROM audit"
                    " WHERE organization = '%s' ORDER BY seq DESC LIMIT 1",
                    chain, chain);
}

/* And of the numbers, in the key and in the text. */
static void renumber(struct trail_world *world, const char *chain, guint from)
{
    if (trail_world_below(world, 2) == 0)
        return;
    trail_world_sql(world,
                    "UPDATE audit SET seq = -seq WHERE organization = '%s' AND seq > %u;"
                    "UPDATE audit SET seq = -seq - 1, record = json_set(record, '$.seq',"
                    " -seq - 1) WHERE organization = '%s' AND seq < 0",
                    chain, from, chain);
}

static void cut(struct trail_world *world, const char *chain, guint count)
{
    trail_world_sql(world, "DELETE FROM audit WHERE organization = '%s' AND seq > %u", chain,
                    length_of(world, chain) - count);
    mend_head(world, chain);
}

static void delete_last(struct trail_world *world)
{
    cut(world, pick_chain(world), 1);
}

static void delete_last_n(struct trail_world *world)
{
    const char *chain = pick_chain(world);
    cut(world, chain, 1 + trail_world_below(world, length_of(world, chain)));
}

static void delete_all(struct trail_world *world)
{
    const char *chain = pick_chain(world);
    if (trail_world_below(world, 2) == 0)
        trail_world_sql(world, "DELETE FROM audit; DELETE FROM audit_head");
    else
        trail_world_sql(world,
                        "DELETE FROM audit WHERE organization = '%s';"
                        "DELETE FROM audit_head WHERE organization = '%s'",
                        chain, chain);
}

static void delete_one(struct trail_world *world, const char *chain, guint seq)
{
    trail_world_sql(world, "DELETE FROM audit WHERE organization = '%s' AND seq = %u", chain,
                    seq);
    renumber(world, chain, seq);
    mend_head(world, chain);
}

static void delete_first(struct trail_world *world)
{
    delete_one(world, pick_chain(world), 1);
}

static void delete_middle(struct trail_world *world)
{
    delete_one(world, "acme", 2 + trail_world_below(world, length_of(world, "acme") - 2));
}

static void edit_text(struct trail_world *world, guint seq)
{
    static const char *const texts[] = {
        "json_set(record, '$.actor', 'operator:nobody')",
        "json_set(record, '$.time', '2020-01-01T00:00:00Z')",
        "json_set(record, '$.role', 'owner')",
        "json_set(record, '$.object', 'person:0')",
        "json_remove(record, '$.action')",
        "json_remove(record, '$.before', '$.source', '$.reason', '$.time')",
        "record || ' '",
        "substr(record, 1, length(record) - 1)",
        "'{}'",
        "''",
        "replace(record, 'acme', 'ACME')",
    };
    trail_world_sql(world,
                    "UPDATE audit SET record = %s WHERE organization = 'acme' AND seq = %u",
                    texts[trail_world_below(world, G_N_ELEMENTS(texts))], seq);
}

static void edit(struct trail_world *world)
{
    const guint seq = 1 + trail_world_below(world, length_of(world, "acme"));
    switch (trail_world_below(world, 3)) {
    case 0:
        edit_text(world, seq);
        break;
    case 1: { /* one character, wherever */
        const guint at = 1 + trail_world_below(world, 200);
        trail_world_sql(world,
                        "UPDATE audit SET record = substr(record, 1, %u) ||"
                        " CASE substr(record, %u, 1) WHEN 'x' THEN 'y' ELSE 'x' END ||"
                        " substr(record, %u) WHERE organization = 'acme' AND seq = %u",
                        at - 1, at, at + 1, seq);
        break;
    }
    case 2:
        trail_world_sql(world,
                        "UPDATE audit SET hash = randomblob(32) WHERE organization = 'acme'"
                        " AND seq = %u",
                        seq);
        mend_head(world, "acme");
        break;
    }
}

static void swap(struct trail_world *world)
{
    const guint length = length_of(world, "acme");
    const guint a = 1 + trail_world_below(world, length);
    const guint b = 1 + (a + trail_world_below(world, length - 1)) % length;
    if (trail_world_below(world, 2) == 0)
        trail_world_sql(world,
                        "UPDATE audit SET seq = CASE seq WHEN %u THEN -%u ELSE -%u END"
                        " WHERE organization = 'acme' AND seq IN (%u, %u);"
                        "UPDATE audit SET seq = -seq WHERE seq < 0",
                        a, b, b == a ? b : a, a, b);
    else
        trail_world_sql(world,
                        "UPDATE audit SET record = (SELECT o.record FROM audit o WHERE"
                        " o.organization = 'acme' AND o.seq = %u + %u - audit.seq)"
                        " WHERE organization = 'acme' AND seq IN (%u, %u)",
                        a, b, a, b);
    mend_head(world, "acme");
}

/* What was committed and anchored after the backup is not there any more; then life goes on. */
static void restore_backup(struct trail_world *world)
{
    assert_true(store_savepoint(world->stage->session, NULL));
    for (guint i = 0; i <= trail_world_below(world, 4); i++)
        trail_world_go_on(world);
    assert_true(store_undo(world->stage->session, NULL));
    g_clear_pointer(&world->token, g_free);
    for (guint i = trail_world_below(world, 6); i > 0; i--)
        trail_world_go_on(world);
}

struct attack {
    void (*strike)(struct trail_world *world);
    guint64 seed;
};

/* The anchors file as it was, where the strike touched it: writing it costs more than all the rest. */
static void put_anchors_back(struct trail_world *world, const char *anchors, gsize length)
{
    g_autofree char *now = NULL;
    gsize size = 0;
    audit_anchors_forget(world->anchors);
    assert_true(g_file_get_contents(world->path, &now, &size, NULL));
    if (size == length && memcmp(now, anchors, length) == 0)
        return;
    FILE *file = fopen(world->path, "we");
    assert_int_equal(fwrite(anchors, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    trail_world_reopen_anchors(world);
}

/* Each strike in a transaction that is taken back, the anchors file with it. */
static void every_strike_is_found(void **state)
{
    const struct attack *attack = *state;
    struct trail_world *world = trail_world_history(attack->seed);
    g_autofree char *anchors = NULL;
    gsize length = 0;
    const gint64 now = world->stage->now;
    trail_world_assert_whole(world);
    assert_true(g_file_get_contents(world->path, &anchors, &length, NULL));
    for (guint i = 0; i < EDITS; i++) {
        assert_true(store_begin(world->stage->session, NULL));
        trail_world_drop_triggers(world);
        attack->strike(world);
        if (trail_world_findings(world) == 0)
            fail_msg("strike %u was not found", i);
        store_rollback(world->stage->session);
        world->stage->now = now;
        put_anchors_back(world, anchors, length);
    }
    trail_world_assert_whole(world);
    trail_world_close(world);
}

int main(void)
{
    static struct attack attacks[] = {
        {delete_last, 21},   {delete_last_n, 22}, {delete_all, 23}, {delete_first, 24},
        {delete_middle, 25}, {edit, 26},          {swap, 27},       {restore_backup, 28},
    };
    const struct CMUnitTest tests[] = {
        {"R66_1_the_last_record_deleted", every_strike_is_found, NULL, NULL, &attacks[0]},
        {"R66_2_the_last_records_deleted", every_strike_is_found, NULL, NULL, &attacks[1]},
        {"R66_3_all_records_deleted", every_strike_is_found, NULL, NULL, &attacks[2]},
        {"R66_4_the_first_record_deleted", every_strike_is_found, NULL, NULL, &attacks[3]},
        {"R66_5_one_in_the_middle_deleted", every_strike_is_found, NULL, NULL, &attacks[4]},
        {"R66_6_a_record_edited", every_strike_is_found, NULL, NULL, &attacks[5]},
        {"R66_7_two_records_swapped", every_strike_is_found, NULL, NULL, &attacks[6]},
        {"R66_8_an_old_backup_put_back_and_gone_on_with", every_strike_is_found, NULL, NULL,
         &attacks[7]},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
