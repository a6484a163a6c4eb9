#include "tests/scim/organization/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/effective.h"
#include "scim/organization/organization.h"
#include "scim/organization/project.h"
#include "scim/store/store_open.h"
#include "tests/scim/organization/stage_trail.h"
#include "tests/support/invariant_check.h"

const struct audit_key stage_audit_key = {"a key of the tests"};

static gint64 tell(void *context)
{
    return ((struct stage *)context)->now;
}

/* splitmix64: the same bytes for the same seed. */
static guint64 next(struct stage *stage)
{
    guint64 z = (stage->seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void fill(void *context, guint8 *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = (guint8)next(context);
}

static char *find(struct stage *stage, const char *user_name)
{
    char *id = NULL;
    assert_true(person_find_by_user_name(stage->session, "acme", user_name, &id, NULL));
    assert_non_null(id);
    return id;
}

struct stage *stage_open_at(const char *uri, gint64 seats)
{
    static const char *const owners[] = {"dana@example.com", "vera@example.com", NULL};
    static const char *const protected[] = {"vera@example.com", NULL};
    static const char *const domains[] = {"example.com", NULL};
    const struct project_draft projects[] = {{.name = "search"}, {.name = "ads"}};
    const struct organization_draft acme = {.name = "acme",
                                            .seats = seats,
                                            .domains = domains,
                                            .owners = owners,
                                            .protected = protected,
                                            .projects = projects,
                                            .project_count = 2};
    const struct act act = {.kind = ACT_ORGANIZATION_CREATE, .organization = &acme};
    const struct actor system = actor_system("acme");
    g_autoptr(GError) error = NULL;
    struct stage *stage = g_new0(struct stage, 1);
    stage->now = STAGE_START;
    stage->seed = 1;
    stage->clock = (struct clock){.now = tell, .context = stage};
    stage->random = (struct random_source){.fill = fill, .context = stage};
    stage->store = store_open(uri, &error);
    assert_null(error);
    stage->session = store_session_open(stage->store, STORE_WRITE, &error);
    assert_null(error);
    stage->judge = (struct judge){.session = stage->session,
                                  .clock = &stage->clock,
                                  .random = &stage->random,
                                  .restore_window = JUDGE_RESTORE_WINDOW,
                                  .audit_key = &stage_audit_key};
    stage->trail = stage_trail_new();
    assert_int_equal(stage_do(stage, &system, &act), VERDICT_DONE);
    stage->dana = find(stage, "dana@example.com");
    stage->vera = find(stage, "vera@example.com");
    return stage;
}

struct stage *stage_open(gint64 seats)
{
    return stage_open_at("sqlite::memory:", seats);
}

static void check(struct stage *stage)
{
    g_autofree char *broken = invariant_check(stage->session, stage->now);
    if (broken != NULL)
        fail_msg("%s", broken);
}

static void check_trail(struct stage *stage, const struct verdict *verdict)
{
    g_autofree char *broken = stage_trail_after(stage->trail, stage->session, verdict);
    if (broken != NULL)
        fail_msg("%s", broken);
}

void stage_close(struct stage *stage)
{
    check(stage);
    verdict_clear(&stage->verdict);
    stage_trail_free(stage->trail);
    store_session_close(stage->session);
    store_close(stage->store);
    g_free(stage->dana);
    g_free(stage->vera);
    g_free(stage);
}

enum verdict_kind stage_do(struct stage *stage, const struct actor *actor,
                           const struct act *act)
{
    g_autoptr(GError) error = NULL;
    verdict_clear(&stage->verdict);
    stage_trail_before(stage->trail, stage->session);
    if (!judge_write(&stage->judge, actor, act, &stage->verdict, &error))
        fail_msg("act %d of actor %d: %s", act->kind, actor->kind, error->message);
    check(stage);
    /* Who asks for a new invitation hears the same whatever becomes of it. */
    check_trail(stage, act->kind == ACT_INVITATION_ASK ? NULL : &stage->verdict);
    return stage->verdict.kind;
}

void stage_begin(struct stage *stage, struct change *change, const struct actor *actor)
{
    *change = (struct change){.judge = &stage->judge,
                              .session = stage->session,
                              .random = &stage->random,
                              .now = stage->now,
                              .restore_window = JUDGE_RESTORE_WINDOW,
                              .actor = actor,
                              .organization = "acme",
                              .verdict = &stage->verdict};
    verdict_clear(&stage->verdict);
    assert_true(store_begin(stage->session, NULL));
    assert_true(change_begin(change, NULL));
}

void stage_give_up(struct stage *stage, struct change *change)
{
    change_clear(change);
    store_rollback(stage->session);
    stage_close(stage);
}

void stage_assert_refused(const struct stage *stage, enum refusal_rule rule)
{
    if (stage->verdict.kind != VERDICT_REFUSED || stage->verdict.fault.refusal.rule != rule)
        fail_msg("wanted the refusal %s, got verdict %d, refusal %s: %s", refusal_name(rule),
                 stage->verdict.kind, refusal_name(stage->verdict.fault.refusal.rule),
                 stage->verdict.fault.detail);
    assert_non_null(stage->verdict.fault.detail);
}

struct actor stage_person(const char *id)
{
    return (struct actor){
        .kind = ACTOR_PERSON, .organization = "acme", .person = id, .label = id};
}

struct actor stage_operator(void)
{
    return actor_operator("acme", "operator:test");
}

struct actor stage_sync(const char *origin)
{
    return (struct actor){
        .kind = ACTOR_SYNC, .organization = "acme", .origin = origin, .label = origin};
}

struct actor stage_provider(const char *origin)
{
    return (struct actor){.kind = ACTOR_CONNECTION,
                          .organization = "acme",
                          .origin = origin,
                          .max_role = ORGANIZATION_ROLE_MEMBER,
                          .label = origin};
}

struct actor stage_connect(struct stage *stage, const char *origin, gboolean rehearsal,
                           const char *at_cap)
{
    const struct connection_draft draft = {.name = origin + strlen("scim:"),
                                           .scope = "people",
                                           .rehearsal = rehearsal,
                                           .at_cap = at_cap};
    const struct act act = {.kind = ACT_CONNECTION_CREATE, .connection = &draft};
    const struct actor operator= stage_operator();
    assert_int_equal(stage_do(stage, &operator, & act), VERDICT_DONE);
    struct actor provider = stage_provider(origin);
    provider.rehearses = rehearsal;
    provider.waits_at_cap = strcmp(at_cap, "wait") == 0;
    return provider;
}

char *stage_invite(struct stage *stage, const char *address, enum organization_role role,
                   const char *project)
{
    const struct project_grant grant = {.project = project, .role = PROJECT_ROLE_READ_WRITE};
    const struct person_draft draft = {.user_name = address,
                                       .has_roles = TRUE,
                                       .role = role,
                                       .projects = &grant,
                                       .project_count = project != NULL};
    const struct act act = {.kind = ACT_INVITE, .draft = &draft};
    const struct actor operator= stage_operator();
    if (stage_do(stage, &operator, & act) != VERDICT_DONE)
        fail_msg("%s: %s", address, stage->verdict.fault.detail);
    return g_strdup(stage->verdict.id);
}

char *stage_push(struct stage *stage, const struct actor *service, const char *address)
{
    return stage_linked(stage, service, address, ORGANIZATION_ROLE_MEMBER, FALSE);
}

void stage_remove(struct stage *stage, const struct actor *actor, const char *id)
{
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = id};
    assert_int_equal(stage_do(stage, actor, &remove), VERDICT_DONE);
}

void stage_accept(struct stage *stage)
{
    g_autofree char *token = g_strdup(stage->verdict.token);
    const struct act act = {.kind = ACT_INVITATION_ACCEPT, .token = token};
    const struct actor system = actor_system(NULL);
    assert_non_null(token);
    assert_int_equal(stage_do(stage, &system, &act), VERDICT_DONE);
}

char *stage_member(struct stage *stage, const char *address, enum organization_role role)
{
    char *id = stage_invite(stage, address, role, NULL);
    stage_accept(stage);
    return id;
}

char *stage_linked(struct stage *stage, const struct actor *service, const char *address,
                   enum organization_role role, gboolean accept)
{
    g_autofree char *external_id =
        g_strdup_printf("x-%.*s", (int)strcspn(address, "@"), address);
    const struct person_draft draft = {.user_name = address,
                                       .address = address,
                                       .external_id = external_id,
                                       .active = TRUE,
                                       .has_roles = TRUE,
                                       .role = role};
    const struct act act = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    const struct actor operator= stage_operator();
    if (stage_do(stage, service, &act) != VERDICT_DONE)
        fail_msg("%s: %s", address, stage->verdict.fault.detail);
    char *id = g_strdup(stage->verdict.id);
    if (accept) {
        g_autofree char *invitation = g_strdup(stage->verdict.invitation);
        const struct act resend = {.kind = ACT_INVITATION_RESEND, .id = invitation};
        assert_int_equal(stage_do(stage, &operator, & resend), VERDICT_DONE);
        stage_accept(stage);
    }
    return id;
}

PersonFacts *stage_facts(struct stage *stage, const char *id)
{
    PersonFacts *facts = NULL;
    assert_true(person_facts_read(stage->session, "acme", id, stage->now, &facts, NULL));
    return facts;
}

enum person_status stage_status(struct stage *stage, const char *id)
{
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    assert_non_null(facts);
    return facts->status;
}

char *stage_project(struct stage *stage, const char *name)
{
    g_autoptr(Project) project = NULL;
    assert_true(project_read_by_name(stage->session, "acme", name, stage->now, &project, NULL));
    assert_non_null(project);
    return g_strdup(project->id);
}

void stage_set_project_role(struct stage *stage, const char *person, const char *project,
                            enum project_role role)
{
    g_autofree char *id = stage_project(stage, project);
    const struct member_grant member = {.person = person, .role = role};
    const struct act act = {
        .kind = ACT_PROJECT_EDIT, .id = id, .members = &member, .member_count = 1};
    const struct actor operator= stage_operator();
    assert_int_equal(stage_do(stage, &operator, & act), VERDICT_DONE);
}

gint64 stage_seats_used(struct stage *stage)
{
    g_autoptr(Organization) acme = NULL;
    assert_true(organization_read(stage->session, "acme", stage->now, &acme, NULL));
    return acme->seats_used;
}

gint64 stage_count(struct stage *stage, const char *rows)
{
    gint64 count = -1;
    g_autofree char *sql = g_strconcat("SELECT COUNT(*) FROM ", rows, NULL);
    assert_true(store_number(stage->session, sql, STORE_NOTHING, -1, &count, NULL));
    return count;
}

static gsize copy_grants(const GArray *projects, struct project_grant *grants)
{
    for (guint i = 0; i < projects->len; i++) {
        const struct project_role_facts *entry =
            &g_array_index(projects, struct project_role_facts, i);
        grants[i] = (struct project_grant){.project = entry->project, .role = entry->role};
    }
    return projects->len;
}

struct person_draft stage_draft(const PersonFacts *facts, const struct actor *actor,
                                struct project_grant *grants)
{
    const struct link_facts *link =
        actor_is_service(actor) ? person_facts_link(facts, actor->origin) : NULL;
    return (struct person_draft){
        .user_name = facts->user_name,
        .address = facts->address,
        .profile = facts->profile,
        .display_name = facts->display_name,
        .external_id = link != NULL ? link->external_id : NULL,
        .active = link != NULL ? link->active : !effective_is_suspended(facts),
        .has_roles = TRUE,
        .role = link != NULL ? link->role : facts->role,
        .project_count = copy_grants(link != NULL ? link->projects : facts->projects, grants),
        .projects = grants,
    };
}

enum verdict_kind stage_edit(struct stage *stage, const struct actor *actor, const char *id,
                             const struct stage_edit *edit)
{
    struct project_grant grants[8];
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    struct person_draft draft = stage_draft(facts, actor, grants);
    draft.user_name = edit->user_name != NULL ? edit->user_name : draft.user_name;
    draft.address = edit->address != NULL ? edit->address : draft.address;
    draft.external_id = edit->external_id != NULL ? edit->external_id : draft.external_id;
    draft.profile = edit->profile != NULL ? edit->profile : draft.profile;
    draft.active = edit->active != 0 ? edit->active > 0 : draft.active;
    draft.says_active = edit->active != 0;
    draft.suspends = edit->suspends;
    draft.role = edit->role != ORGANIZATION_ROLE_NONE ? edit->role : draft.role;
    for (gsize i = 0; edit->project != NULL && i < draft.project_count; i++)
        if (strcmp(grants[i].project, edit->project) == 0)
            grants[i--] = grants[--draft.project_count];
    if (edit->project != NULL)
        grants[draft.project_count++] =
            (struct project_grant){edit->project, edit->project_role};
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &draft};
    return stage_do(stage, actor, &act);
}
