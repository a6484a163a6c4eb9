#include "tests/scim/organization/trail_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/organization/audit_verify.h"
#include "scim/organization/organization.h"
#include "scim/organization/token.h"
#include "tests/scim/organization/stage_trail.h"

guint trail_world_below(struct trail_world *world, guint limit)
{
    guint64 z = (world->seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (guint)((z ^ (z >> 31)) % limit);
}

/* Keeps the token of an invitation. */
static enum verdict_kind act(struct trail_world *world, const struct actor *actor,
                             const struct act *what)
{
    struct verdict verdict = {0};
    g_autoptr(GError) error = NULL;
    if (!judge_write(&world->stage->judge, actor, what, &verdict, &error))
        fail_msg("act %d: %s", (int)what->kind, error->message);
    const enum verdict_kind kind = verdict.kind;
    if (verdict.token != NULL && strncmp(verdict.token, "rc_", 3) != 0) {
        g_free(world->token);
        world->token = g_strdup(verdict.token);
    }
    verdict_clear(&verdict);
    return kind;
}

static char *any_of(struct trail_world *world, const char *sql)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    struct store_rows *rows = store_query(world->stage->session, sql, STORE_NOTHING, TRUE);
    while (store_next(rows))
        g_ptr_array_add(found, g_strdup(store_text_at(rows, 0)));
    assert_true(store_end(rows, NULL));
    return found->len == 0 ? NULL
                           : g_strdup(found->pdata[trail_world_below(world, found->len)]);
}

static void invite(struct trail_world *world)
{
    g_autofree char *address = g_strdup_printf("p%u@example.com", world->people++);
    const struct project_grant grant = {.project = "search", .role = PROJECT_ROLE_READ_ONLY};
    const struct person_draft draft = {.user_name = address,
                                       .has_roles = TRUE,
                                       .role = 1 + trail_world_below(world, 3),
                                       .projects = &grant,
                                       .project_count = trail_world_below(world, 2)};
    const struct actor actor = stage_operator();
    act(world, &actor, &(struct act){.kind = ACT_INVITE, .draft = &draft});
}

static void answer(struct trail_world *world)
{
    const struct actor actor = actor_system(NULL);
    const enum act_kind kind =
        trail_world_below(world, 4) == 0 ? ACT_INVITATION_DECLINE : ACT_INVITATION_ACCEPT;
    if (world->token != NULL)
        act(world, &actor, &(struct act){.kind = kind, .token = world->token});
}

static void push(struct trail_world *world)
{
    g_autofree char *address = g_strdup_printf("p%u@example.com", world->people++);
    const struct person_draft draft = {.user_name = address,
                                       .address = address,
                                       .external_id = address,
                                       .display_name = "Zo\xc3\xab \xe2\x80\xae\n\"=1+1",
                                       .profile = "{\"title\":\"a\\nb\"}",
                                       .active = trail_world_below(world, 5) != 0,
                                       .has_roles = TRUE,
                                       .role = ORGANIZATION_ROLE_MEMBER};
    struct actor actor = stage_sync("directory:corp");
    actor.run = "run-1";
    actor.reason = "rule 3\ngroup staff";
    act(world, &actor, &(struct act){.kind = ACT_PERSON_CREATE, .draft = &draft});
}

static void set_role(struct trail_world *world)
{
    g_autofree char *person =
        any_of(world, "SELECT id FROM person WHERE organization = 'acme'");
    g_autofree char *project =
        any_of(world, "SELECT id FROM project WHERE organization = 'acme'");
    const struct member_grant member = {.person = person, .role = trail_world_below(world, 4)};
    const struct actor actor = stage_operator();
    act(world, &actor,
        &(struct act){
            .kind = ACT_PROJECT_EDIT, .id = project, .members = &member, .member_count = 1});
}

static void rename_project(struct trail_world *world)
{
    g_autofree char *project =
        any_of(world, "SELECT id FROM project WHERE organization = 'acme'");
    g_autofree char *name = g_strdup_printf("Name %u", trail_world_below(world, 5));
    const struct actor actor = stage_person(world->stage->dana);
    act(world, &actor,
        &(struct act){.kind = ACT_PROJECT_EDIT, .id = project, .display_name = name});
}

static void remove_person(struct trail_world *world)
{
    g_autofree char *person =
        any_of(world, "SELECT id FROM person WHERE organization = 'acme'");
    const struct actor actor =
        trail_world_below(world, 2) == 0 ? stage_sync("directory:corp") : stage_operator();
    act(world, &actor, &(struct act){.kind = ACT_PERSON_REMOVE, .id = person});
}

static void edit_person(struct trail_world *world)
{
    struct project_grant grants[8];
    g_autofree char *person =
        any_of(world, "SELECT id FROM person WHERE organization = 'acme'");
    g_autoptr(PersonFacts) facts = stage_facts(world->stage, person);
    const struct actor actor = trail_world_below(world, 2) == 0
                                   ? stage_sync("directory:corp")
                                   : stage_person(world->stage->dana);
    struct person_draft draft = stage_draft(facts, &actor, grants);
    if (trail_world_below(world, 2) == 0)
        draft.active = !draft.active;
    else
        draft.role = 1 + trail_world_below(world, 3);
    act(world, &actor, &(struct act){.kind = ACT_PERSON_EDIT, .id = person, .draft = &draft});
}

static void use_tokens(struct trail_world *world)
{
    g_autofree char *person = any_of(
        world, "SELECT id FROM person WHERE organization = 'acme' AND status = 'active'");
    g_autofree char *token = any_of(world, "SELECT id FROM token WHERE organization = ''");
    const struct actor here = stage_operator();
    const struct actor everywhere = actor_operator(NULL, "operator:test");
    switch (trail_world_below(world, 3)) {
    case 0:
        act(world, &here,
            &(struct act){.kind = ACT_TOKEN_FOR_PERSON, .id = person, .name = "laptop"});
        break;
    case 1:
        act(world, &everywhere, &(struct act){.kind = ACT_TOKEN_ROTATE, .name = "sync"});
        break;
    case 2:
        act(world, &everywhere, &(struct act){.kind = ACT_TOKEN_REVOKE, .id = token});
        break;
    }
}

static void found_other(struct trail_world *world, gint64 seats)
{
    static const char *const owners[] = {"olga@other.example", NULL};
    const struct project_draft project = {.name = "lab"};
    const struct organization_draft other = {.name = "other",
                                             .seats = seats,
                                             .owners = owners,
                                             .projects = &project,
                                             .project_count = 1};
    const struct actor actor = actor_system("other");
    act(world, &actor, &(struct act){.kind = ACT_ORGANIZATION_ENSURE, .organization = &other});
}

static void change_other(struct trail_world *world)
{
    found_other(world, 5 + trail_world_below(world, 5));
}

static void pass_time(struct trail_world *world)
{
    gint64 next;
    world->stage->now += (gint64)trail_world_below(world, 20) * STAGE_HOUR;
    assert_true(judge_sweep(&world->stage->judge, &next, NULL));
}

void trail_world_act(struct trail_world *world)
{
    static void (*const acts[])(struct trail_world *) = {
        invite,     invite,         answer,        answer,      push,
        set_role,   rename_project, remove_person, edit_person, edit_person,
        use_tokens, change_other,   pass_time,
    };
    world->stage->now += trail_world_below(world, 60);
    acts[trail_world_below(world, G_N_ELEMENTS(acts))](world);
}

void trail_world_reopen_anchors(struct trail_world *world)
{
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&world->anchors, audit_anchors_close);
    world->anchors = audit_anchors_open(world->path, &stage_audit_key, &error);
    assert_null(error);
    world->stage->judge.anchors = world->anchors;
}

struct trail_world *trail_world_open(guint64 seed)
{
    struct trail_world *world = g_new0(struct trail_world, 1);
    world->seed = seed;
    world->stage = stage_open(30);
    world->folder = g_dir_make_tmp("trail-XXXXXX", NULL);
    world->path = g_build_filename(world->folder, "anchors", NULL);
    trail_world_reopen_anchors(world);
    const struct connection_draft sync = {.name = "sync", .everywhere = TRUE, .scope = "sync"};
    const struct actor everywhere = actor_operator(NULL, "operator:test");
    act(world, &everywhere, &(struct act){.kind = ACT_CONNECTION_CREATE, .connection = &sync});
    found_other(world, 5);
    return world;
}

void trail_world_close(struct trail_world *world)
{
    struct stage *stage = world->stage;
    audit_anchors_close(world->anchors);
    verdict_clear(&stage->verdict);
    stage_trail_free(stage->trail);
    store_session_close(stage->session);
    store_close(stage->store);
    g_free(stage->dana);
    g_free(stage->vera);
    g_free(stage);
    g_unlink(world->path);
    g_rmdir(world->folder);
    g_free(world->folder);
    g_free(world->path);
    g_free(world->token);
    g_free(world);
}

void trail_world_verify(struct trail_world *world, struct audit_report *report)
{
    g_autoptr(GError) error = NULL;
    if (!audit_verify(world->stage->session, NULL, &stage_audit_key, world->path, report,
                      &error))
        fail_msg("%s", error->message);
}

void trail_world_sql(struct trail_world *world, const char *format, ...)
{
    va_list arguments;
    g_autoptr(GError) error = NULL;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (!store_script(world->stage->session, sql, &error))
        fail_msg("%s: %s", sql, error->message);
}

gint64 trail_world_number(struct trail_world *world, const char *format, ...)
{
    va_list arguments;
    gint64 number = 0;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    struct store_rows *rows = store_query(world->stage->session, sql, STORE_NOTHING, FALSE);
    if (store_next(rows))
        number = store_int_at(rows, 0);
    assert_true(store_end(rows, NULL));
    return number;
}

struct trail_world *trail_world_history(guint64 seed)
{
    struct trail_world *world = trail_world_open(seed);
    while (trail_world_number(world, "SELECT COUNT(*) FROM audit") < 40)
        trail_world_act(world);
    return world;
}

void trail_world_assert_whole(struct trail_world *world)
{
    struct audit_report report;
    trail_world_verify(world, &report);
    if (report.findings->len > 0) {
        const struct audit_finding *finding = report.findings->pdata[0];
        fail_msg("%u findings, the first: %s %" G_GINT64_FORMAT ": %s", report.findings->len,
                 finding->organization, finding->seq, finding->text);
    }
    audit_report_clear(&report);
}

guint trail_world_findings(struct trail_world *world)
{
    struct audit_report report;
    trail_world_verify(world, &report);
    const guint count = report.findings->len;
    audit_report_clear(&report);
    return count;
}

void trail_world_drop_triggers(struct trail_world *world)
{
    trail_world_sql(world, "DROP TRIGGER audit_is_not_updated; DROP TRIGGER "
                           "audit_is_not_deleted; DROP TRIGGER audit_is_not_replaced;"
                           "DROP TRIGGER audit_head_only_grows; DROP TRIGGER "
                           "audit_head_is_not_deleted;");
}

static guint length_of_acme(struct trail_world *world)
{
    return (guint)trail_world_number(world,
                                     "SELECT COUNT(*) FROM audit WHERE organization = 'acme'");
}

void trail_world_flush(struct trail_world *world)
{
    g_autoptr(GError) error = NULL;
    if (!audit_anchors_flush(world->anchors, world->stage->session, world->stage->now, &error))
        fail_msg("%s", error->message);
}

void trail_world_go_on(struct trail_world *world)
{
    const guint length = length_of_acme(world);
    while (length_of_acme(world) == length)
        trail_world_act(world);
    trail_world_flush(world);
}
