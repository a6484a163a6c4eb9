#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/rules/rules_model.h"
#include "tests/rules/rules_terminal.h"
#include "tests/support/invariant_check.h"

struct matrix {
    struct rules_world world;
    char *dump, *brief; /* of the world as it was opened */
    gint64 records;     /* in the trail so far */
    unsigned cells, done, refused, failed;
};

static void begin(struct matrix *matrix)
{
    *matrix = (struct matrix){0};
    rules_world_open(&matrix->world);
    matrix->dump = rules_world_dump(&matrix->world);
    matrix->brief = rules_world_brief(&matrix->world);
    matrix->records = rules_world_records(&matrix->world);
}

static void end(struct matrix *matrix)
{
    rules_world_close(&matrix->world);
    g_free(matrix->dump);
    g_free(matrix->brief);
}

static gboolean fits(char wanted, char got)
{
    switch (wanted) {
    case '=':
    case 'd':
        return got == 'D';
    case 'S':
        return got == 'O' || got == 'X';
    case 'R':
        return got == 'P' || got == 'O';
    case 't':
        return got == 'T' || got == 'O';
    case 'F':
        return got == 'U' || got == 'N' || got == 'P' || got == 'O';
    default:
        return wanted == got;
    }
}

static void complain(struct matrix *matrix, const struct rules_cell *cell, const char *what)
{
    const struct rules_row *row = cell->row;
    matrix->failed++;
    fprintf(stderr, "%s, %s: %s: %s %s%s%s%s%s%s%s, %s%s: %s\n", row->rule,
            rules_world_home(row->home), rules_world_actor(cell->actor),
            rules_act_name(row->act), row->target, row->role != NULL ? " as " : "",
            row->role != NULL ? row->role : "", row->project != NULL ? " in " : "",
            row->project != NULL ? row->project : "", row->project_role != NULL ? " " : "",
            row->project_role != NULL ? row->project_role : "", rules_path_name(cell->path),
            cell->is_bulk ? " in /Bulk" : "", what);
}

static void check_unchanged(struct matrix *matrix, const struct rules_cell *cell)
{
    if (!rules_world_moved(&matrix->world))
        return;
    g_autofree char *dump = rules_world_dump(&matrix->world);
    if (strcmp(dump, matrix->dump) == 0 &&
        rules_world_records(&matrix->world) == matrix->records)
        return;
    complain(matrix, cell, "something was changed");
    matrix->records = rules_world_records(&matrix->world);
    rules_world_reset(&matrix->world);
}

static void check_changed(struct matrix *matrix, const struct rules_cell *cell, char wanted)
{
    struct rules_world *world = &matrix->world;
    g_autofree char *brief = rules_world_brief(world);
    g_autofree char *wrong = wanted == 'D' ? rules_model_check(cell, matrix->brief, brief)
                             : strcmp(brief, matrix->brief) == 0
                                 ? NULL
                                 : g_strdup("something effective follows");
    g_autofree char *broken = invariant_check(world->session, atomic_load(&world->server.now));
    if (wrong != NULL)
        complain(matrix, cell, wrong);
    if (broken != NULL)
        complain(matrix, cell, broken);
    gint64 records = rules_world_records(world);
    if (records <= matrix->records)
        complain(matrix, cell, "there is no record of it");
    matrix->records = records;
    rules_world_reset(world);
}

static void try_cell(struct matrix *matrix, const struct rules_cell *cell, char wanted)
{
    struct rules_request request = {0};
    g_autofree char *detail = NULL;
    char got;
    if (cell->path == VIA_JUDGE) {
        got = rules_terminal_send(&matrix->world, cell, &detail);
    } else {
        rules_request_make(&matrix->world, cell, &request);
        got = rules_request_send(&matrix->world, cell, &request, &detail);
    }
    matrix->cells++;
    if (!fits(wanted, got)) {
        g_autofree char *what = g_strdup_printf("wanted %c, got %c: %s", wanted, got, detail);
        complain(matrix, cell, what);
    }
    if (got != 'D' || (wanted != 'D' && wanted != 'd')) {
        matrix->refused++;
        check_unchanged(matrix, cell);
    } else {
        matrix->done++;
        check_changed(matrix, cell, wanted);
    }
    rules_request_clear(&request);
}

/* What is a path of its own inside of /Bulk: every write but that on /Me. */
static gboolean is_in_bulk(enum rules_path path)
{
    return path != VIA_ME_PATCH && path != VIA_ME_DELETE && path != VIA_GET &&
           path != VIA_JUDGE;
}

static void try_row(struct matrix *matrix, const struct rules_row *row)
{
    for (enum rules_path path = 0; path < RULES_PATHS; path++) {
        for (enum rules_actor actor = 0; rules_path_of(row->act, path) && actor < RULES_ACTORS;
             actor++) {
            struct rules_cell cell = {row, actor, path, FALSE};
            char wanted = rules_table_letter(row, actor, path);
            if (wanted == '.')
                continue;
            try_cell(matrix, &cell, wanted);
            cell.is_bulk = TRUE;
            if (is_in_bulk(path))
                try_cell(matrix, &cell, wanted);
        }
    }
}

static void try_rule(const char *rule)
{
    struct matrix matrix;
    size_t count;
    const struct rules_row *rows = rules_table(&count);
    unsigned tried = 0;
    begin(&matrix);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].rule, rule) != 0)
            continue;
        tried++;
        try_row(&matrix, &rows[i]);
    }
    print_message("# %s: %u rows, %u cells: %u done, %u refused\n", rule, tried, matrix.cells,
                  matrix.done, matrix.refused);
    unsigned failed = matrix.failed;
    assert_true(matrix.cells > 0);
    end(&matrix);
    if (failed > 0)
        fail_msg("%u cells of %s are not as the table says", failed, rule);
}

static void every_row_has_a_letter_for_every_actor(void **state)
{
    size_t count;
    const struct rules_row *rows = rules_table(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        size_t letters = 0;
        for (const char *each = rows[i].letters; *each != '\0'; each++)
            letters += *each != ' ';
        if (letters != RULES_ACTORS)
            fail_msg("row %zu has %zu letters: %s", i, letters, rows[i].letters);
    }
}

/* Every act on a person meets every kind of person; where there is nothing to ask, it says why. */
static const struct {
    enum rules_act act;
    const char *targets; /* separated by blanks */
    const char *why;     /* NULL: they are in the table */
} pairs[] = {
    {DO_SET_ROLE, "mel beth oscar breakglass cole pat exa pia amy self cora olaf sam cade",
     NULL},
    {DO_SUSPEND, "mel beth oscar breakglass cole pat exa pia amy self cora olaf", NULL},
    {DO_SUSPEND, "sam cade", "they are suspended"},
    {DO_REACTIVATE, "sam cade", NULL},
    {DO_REACTIVATE, "mel beth oscar breakglass cole pat exa pia amy self cora olaf",
     "nobody suspended them"},
    {DO_REMOVE, "mel beth oscar breakglass cole pia amy cora olaf sam cade", NULL},
    {DO_REMOVE, "pat exa", "whoever has not accepted is revoked"},
    {DO_REMOVE, "self", "whoever removes themselves leaves"},
    {DO_REVOKE, "pat exa", NULL},
    {DO_RESEND, "pat exa", NULL},
    {DO_REVOKE, "mel beth oscar breakglass cole pia amy self cora olaf sam cade",
     "their invitation is accepted: test_rules_organization"},
    {DO_RESEND, "mel beth oscar breakglass cole pia amy self cora olaf sam cade",
     "their invitation is accepted: test_rules_organization"},
    {DO_LEAVE, "self", NULL},
    {DO_LEAVE, "mel beth oscar breakglass cole pat exa pia amy cora olaf sam cade",
     "nobody leaves for another: that is removing them"},
    {DO_SET_PROJECT, "mel beth oscar breakglass cole pat exa pia amy self cora olaf sam cade",
     NULL},
    {DO_DROP_PROJECT, "mia bill oscar breakglass cole pam pia amy self carl sue", NULL},
    {DO_DROP_PROJECT, "mel beth pat exa cora olaf sam cade", "they have no role in a project"},
};

static gboolean is_in_table(enum rules_act act, const char *target)
{
    size_t count;
    const struct rules_row *rows = rules_table(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].act == act && strcmp(rows[i].target, target) == 0)
            return TRUE;
    return FALSE;
}

static void no_kind_of_person_is_left_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_auto(GStrv) targets = g_strsplit(pairs[i].targets, " ", -1);
        for (char **target = targets; *target != NULL; target++)
            if (is_in_table(pairs[i].act, *target) != (pairs[i].why == NULL))
                fail_msg("%s %s: %s", rules_act_name(pairs[i].act), *target,
                         pairs[i].why == NULL ? "is not in the table" : pairs[i].why);
    }
}

#define RULE(name, rule)                                                                       \
    static void name(void **state)                                                             \
    {                                                                                          \
        (void)state;                                                                           \
        try_rule(rule);                                                                        \
    }

RULE(S1_everybody_inside_reads, "S1")
RULE(S2_owners_grant_any_role_and_others_invite_members, "S2")
RULE(S6_invitations_are_resent_and_revoked_before_they_are_accepted, "S6")
RULE(S7_owners_change_organization_roles, "S7")
RULE(S8_owners_remove_people, "S8")
RULE(S9_everybody_leaves_the_organization_for_themselves, "S9")
RULE(S10_the_only_owner_stays_owner, "S10")
RULE(S12_owners_and_project_admins_decide_who_is_in_a_project, "S12")
RULE(S15_the_only_admin_of_a_project_stays_admin, "S15")
RULE(S16_everybody_leaves_a_project_for_themselves, "S16")

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_a_letter_for_every_actor),
        cmocka_unit_test(no_kind_of_person_is_left_out),
        cmocka_unit_test(S1_everybody_inside_reads),
        cmocka_unit_test(S2_owners_grant_any_role_and_others_invite_members),
        cmocka_unit_test(S6_invitations_are_resent_and_revoked_before_they_are_accepted),
        cmocka_unit_test(S7_owners_change_organization_roles),
        cmocka_unit_test(S8_owners_remove_people),
        cmocka_unit_test(S9_everybody_leaves_the_organization_for_themselves),
        cmocka_unit_test(S10_the_only_owner_stays_owner),
        cmocka_unit_test(S12_owners_and_project_admins_decide_who_is_in_a_project),
        cmocka_unit_test(S15_the_only_admin_of_a_project_stays_admin),
        cmocka_unit_test(S16_everybody_leaves_a_project_for_themselves),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
