#include "tests/rules/rules_terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/person_facts.h"

#define PROJECTS_AT_MOST 8

/* Everything an act may borrow. */
struct errand {
    struct act act;
    struct person_draft draft;
    struct project_grant grants[PROJECTS_AT_MOST];
    struct member_grant member;
    PersonFacts *facts;
    char *invitation, *project;
    char *address;
};

static enum organization_role role_of(const char *name)
{
    enum organization_role role = ORGANIZATION_ROLE_NONE;
    assert_true(name == NULL || organization_role_parse(name, &role));
    return role;
}

static enum project_role project_role_of(const char *name)
{
    enum project_role role = PROJECT_ROLE_NONE;
    assert_true(name == NULL || project_role_parse(name, &role));
    return role;
}

static void grant(struct errand *errand, const char *project, enum project_role role)
{
    assert_in_range(errand->draft.project_count, 0, PROJECTS_AT_MOST - 1);
    errand->grants[errand->draft.project_count++] = (struct project_grant){project, role};
}

static void draft_invitation(struct errand *errand, const struct rules_row *row)
{
    errand->address = row->act == DO_INVITE_AGAIN
                          ? g_strconcat(row->target, "@example.com", NULL)
                          : g_strdup(RULES_NEWCOMER);
    errand->draft = (struct person_draft){.user_name = errand->address,
                                          .address = errand->address,
                                          .active = TRUE,
                                          .has_roles = TRUE,
                                          .role = role_of(row->role),
                                          .projects = errand->grants};
    if (row->project != NULL)
        grant(errand, row->project, project_role_of(row->project_role));
}

/* The person as they are, but for what the row asks. */
static void draft_edit(struct errand *errand, const struct rules_row *row)
{
    const struct person_facts *facts = errand->facts;
    errand->draft = (struct person_draft){
        .user_name = facts->user_name,
        .address = facts->address,
        .profile = facts->profile,
        .display_name = facts->display_name,
        .active = row->act == DO_SUSPEND      ? FALSE
                  : row->act == DO_REACTIVATE ? TRUE
                                              : facts->status != PERSON_SUSPENDED,
        .has_roles = TRUE,
        .role = row->act == DO_SET_ROLE ? role_of(row->role) : facts->role,
        .projects = errand->grants,
    };
    gboolean is_project_act = row->act == DO_SET_PROJECT || row->act == DO_DROP_PROJECT;
    for (guint i = 0; i < facts->projects->len; i++) {
        const struct project_role_facts *held =
            &g_array_index(facts->projects, struct project_role_facts, i);
        if (!is_project_act || strcmp(held->project, row->project) != 0)
            grant(errand, held->project, held->role);
    }
    if (row->act == DO_SET_PROJECT)
        grant(errand, row->project, project_role_of(row->project_role));
}

static void prepare(struct rules_world *world, const struct rules_cell *cell,
                    struct errand *errand)
{
    const struct rules_row *row = cell->row;
    struct act *act = &errand->act;
    g_autofree char *target = rules_request_target(cell);
    *act = (struct act){.draft = &errand->draft, .name = row->project};
    switch (row->act) {
    case DO_INVITE:
    case DO_INVITE_AGAIN:
        act->kind = ACT_INVITE;
        draft_invitation(errand, row);
        return;
    case DO_RESEND:
    case DO_REVOKE:
        act->kind = row->act == DO_RESEND ? ACT_INVITATION_RESEND : ACT_INVITATION_REVOKE;
        act->id = errand->invitation = rules_world_invitation(world, row->home, target);
        return;
    case DO_RENAME:
        act->kind = ACT_PROJECT_EDIT;
        act->id = errand->project = rules_world_project(world, row->home, row->project);
        act->display_name = "Renamed";
        return;
    case DO_CREATE_PROJECT:
        act->kind = ACT_PROJECT_CREATE;
        errand->member =
            (struct member_grant){rules_world_id(world, row->home, "mia"), PROJECT_ROLE_ADMIN};
        act->members = &errand->member;
        act->member_count = 1;
        return;
    case DO_LEAVE:
        act->kind = ACT_LEAVE_ORGANIZATION;
        return;
    case DO_REMOVE:
        act->kind = ACT_PERSON_REMOVE;
        break;
    case DO_LIFT:
        act->kind = ACT_OVERRIDE_LIFT;
        break;
    case DO_SET_ROLE:
    case DO_SUSPEND:
    case DO_REACTIVATE:
    case DO_SET_PROJECT:
    case DO_DROP_PROJECT:
        act->kind = strcmp(row->target, "self") == 0 ? ACT_LEAVE_PROJECT : ACT_PERSON_EDIT;
        break;
    case DO_READ:
    case RULES_ACTS:
        break;
    }
    act->id = rules_world_id(world, row->home, target);
    if (act->kind != ACT_PERSON_EDIT)
        return;
    assert_true(person_facts_read(world->session, rules_world_home(row->home), act->id,
                                  atomic_load(&world->server.now), &errand->facts, NULL));
    assert_non_null(errand->facts);
    draft_edit(errand, row);
}

static char letter_of(const struct verdict *verdict)
{
    switch (verdict->kind) {
    case VERDICT_DONE:
    case VERDICT_UNCHANGED:
        return 'D';
    case VERDICT_NOT_FOUND:
        return 'N';
    case VERDICT_TAKEN:
        return 'T';
    case VERDICT_STALE:
    case VERDICT_INVALID:
        return '?';
    case VERDICT_REFUSED:
        break;
    }
    switch (verdict->fault.refusal.rule) {
    case REFUSAL_PERMISSION:
        return 'P';
    case REFUSAL_ORIGIN:
        return 'O';
    case REFUSAL_PROTECTED:
        return 'X';
    case REFUSAL_MAX_ROLE:
        return 'M';
    case REFUSAL_LAST_OWNER:
        return 'L';
    case REFUSAL_LAST_PROJECT_ADMIN:
        return 'A';
    case REFUSAL_SEAT_CAP:
    case REFUSAL_NONE:
        break;
    }
    return '?';
}

char rules_terminal_send(struct rules_world *world, const struct rules_cell *cell,
                         char **detail)
{
    g_autoptr(GError) error = NULL;
    struct errand errand = {0};
    struct verdict verdict = {0};
    const struct actor actor =
        actor_operator(rules_world_home(cell->row->home), "operator:test");
    struct judge judge = server_fixture_judge(&world->server);
    prepare(world, cell, &errand);
    judge.session = store_session_open(world->server.store, STORE_WRITE, &error);
    assert_non_null(judge.session);
    char letter = '?';
    gboolean ok = judge_write(&judge, &actor, &errand.act, &verdict, &error);
    store_session_close(judge.session);
    if (ok)
        letter = letter_of(&verdict);
    *detail = g_strdup(!ok                            ? error->message
                       : verdict.fault.detail != NULL ? verdict.fault.detail
                                                      : "done");
    verdict_clear(&verdict);
    person_facts_free(errand.facts);
    g_free(errand.invitation);
    g_free(errand.project);
    g_free(errand.address);
    return letter;
}
