#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/marker.h"
#include "tests/scim/organization/stage.h"
#include "tests/scim/organization/stage_trail.h"

/* Every kind of act once done, once unchanged or refused, with the records that it leaves: the stage
 * itself holds that DONE and a record go together (stage_trail.h), here stands which ones. */
struct scene {
    struct stage *stage;
    struct actor operator, sync, system;
    gboolean seen[ACT_ORGANIZATION_ENSURE + 1]; /* kinds that were done */
};

static void act(struct scene *scene, const struct actor *actor, const struct act *act,
                enum verdict_kind verdict, const char *records)
{
    const enum verdict_kind is = stage_do(scene->stage, actor, act);
    const char *said = stage_trail_said(scene->stage->trail);
    if (is != verdict || strcmp(said, records) != 0)
        fail_msg("act %d: verdict %d (%s), records \"%s\", not \"%s\"", (int)act->kind, (int)is,
                 scene->stage->verdict.fault.detail, said, records);
    if (is == VERDICT_DONE)
        scene->seen[act->kind] = TRUE;
}

static void invitations(struct scene *scene)
{
    struct stage *stage = scene->stage;
    const struct person_draft bob = {.user_name = "bob@example.com"};
    const struct act invite = {.kind = ACT_INVITE, .draft = &bob};
    act(scene, &scene->operator, & invite, VERDICT_DONE, "invite person");
    act(scene, &scene->operator, & invite, VERDICT_DONE, "resend person");
    g_autofree char *invitation = g_strdup(stage->verdict.invitation);
    const struct project_grant search = {.project = "search", .role = PROJECT_ROLE_ADMIN};
    const struct person_draft more = {.user_name = "bob@example.com",
                                      .has_roles = TRUE,
                                      .projects = &search,
                                      .project_count = 1};
    act(scene, &scene->operator, &(struct act){.kind = ACT_INVITE, .draft = &more},
        VERDICT_DONE, "reissue person");
    const struct act resend = {.kind = ACT_INVITATION_RESEND, .id = invitation};
    act(scene, &scene->operator, & resend, VERDICT_DONE, "resend person");
    g_autofree char *token = g_strdup(stage->verdict.token);
    const struct act dead = {.kind = ACT_INVITATION_ACCEPT, .token = "dead"};
    act(scene, &scene->system, &dead, VERDICT_NOT_FOUND, "");
    const struct act accept = {.kind = ACT_INVITATION_ACCEPT, .token = token};
    act(scene, &scene->system, &accept, VERDICT_DONE, "accept person");
    act(scene, &scene->system, &accept, VERDICT_NOT_FOUND, "");
    const struct person_draft eve = {.user_name = "eve@example.com"};
    const struct act other = {.kind = ACT_INVITE, .draft = &eve};
    act(scene, &scene->operator, & other, VERDICT_DONE, "invite person");
    const struct act decline = {.kind = ACT_INVITATION_DECLINE, .token = stage->verdict.token};
    g_autofree char *declined = g_strdup(stage->verdict.token);
    act(scene, &scene->system, &(struct act){.kind = decline.kind, .token = declined},
        VERDICT_DONE, "decline person");
    act(scene, &scene->operator, & other, VERDICT_DONE, "invite person");
    const struct act revoke = {.kind = ACT_INVITATION_REVOKE, .id = stage->verdict.invitation};
    g_autofree char *revoked = g_strdup(revoke.id);
    act(scene, &scene->operator, &(struct act){.kind = revoke.kind, .id = revoked},
        VERDICT_DONE, "revoke person");
}

static void people(struct scene *scene)
{
    struct stage *stage = scene->stage;
    struct project_grant grants[8];
    const struct person_draft ada = {.user_name = "ada@example.com",
                                     .address = "ada@example.com",
                                     .external_id = "x-ada",
                                     .active = TRUE,
                                     .has_roles = TRUE,
                                     .role = ORGANIZATION_ROLE_MEMBER};
    const struct act create = {.kind = ACT_PERSON_CREATE, .draft = &ada};
    act(scene, &scene->sync, &create, VERDICT_DONE, "invite person");
    g_autofree char *id = g_strdup(stage->verdict.id);
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    struct person_draft draft = stage_draft(facts, &scene->sync, grants);
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &draft};
    act(scene, &scene->sync, &edit, VERDICT_UNCHANGED, "");
    draft.display_name = "Ada";
    act(scene, &scene->sync, &edit, VERDICT_DONE, "edit person");
    draft.active = FALSE;
    act(scene, &scene->sync, &edit, VERDICT_DONE, "suspend person");
    draft.active = TRUE;
    act(scene, &scene->sync, &edit, VERDICT_DONE, "reactivate person");
    draft.address = "ada.l@example.com";
    act(scene, &scene->sync, &edit, VERDICT_DONE, "reissue person");
    stage->now += 49 * STAGE_HOUR;
    act(scene, &scene->sync, &(struct act){.kind = ACT_PERSON_REMOVE, .id = "nobody"},
        VERDICT_NOT_FOUND, "expire person");
    act(scene, &scene->operator, &(struct act){.kind = ACT_PERSON_REMOVE, .id = id},
        VERDICT_DONE, "revoke person");
    act(scene, &scene->sync, &create, VERDICT_REFUSED, "");
    g_autoptr(GPtrArray) markers = marker_list(stage->session, "acme", "", NULL);
    const Marker *marker = markers->pdata[markers->len - 1];
    const struct act lift = {.kind = ACT_MARKER_LIFT, .id = marker->id};
    act(scene, &scene->operator, & lift, VERDICT_DONE, "lift marker");
    act(scene, &scene->operator, & lift, VERDICT_NOT_FOUND, "");
    g_autofree char *carl =
        stage_linked(stage, &scene->sync, "carl@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = carl};
    act(scene, &scene->sync, &remove, VERDICT_DONE, "remove person");
    const struct person_draft back = {.user_name = "carl@example.com",
                                      .address = "carl@example.com",
                                      .external_id = "x-carl",
                                      .active = TRUE,
                                      .has_roles = TRUE,
                                      .role = ORGANIZATION_ROLE_MEMBER};
    act(scene, &scene->sync, &(struct act){.kind = ACT_PERSON_CREATE, .draft = &back},
        VERDICT_DONE, "restore person");
}

static void leaving(struct scene *scene)
{
    struct stage *stage = scene->stage;
    g_autofree char *olga = stage_member(stage, "olga@example.com", ORGANIZATION_ROLE_MEMBER);
    const struct actor self = stage_person(olga);
    stage_set_project_role(stage, olga, "ads", PROJECT_ROLE_READ_ONLY);
    const struct act project = {.kind = ACT_LEAVE_PROJECT, .name = "ads"};
    act(scene, &self, &project, VERDICT_DONE, "leave person");
    act(scene, &self, &project, VERDICT_NOT_FOUND, "");
    const struct act leave = {.kind = ACT_LEAVE_ORGANIZATION};
    act(scene, &self, &leave, VERDICT_DONE, "leave person");
    act(scene, &self, &leave, VERDICT_REFUSED, "");
}

static void projects(struct scene *scene)
{
    struct stage *stage = scene->stage;
    const struct member_grant dana = {.person = stage->dana, .role = PROJECT_ROLE_ADMIN};
    const struct act create = {
        .kind = ACT_PROJECT_CREATE, .name = "lab", .members = &dana, .member_count = 1};
    act(scene, &scene->operator, & create, VERDICT_DONE, "create project, edit person");
    g_autofree char *id = g_strdup(stage->verdict.id);
    act(scene, &scene->operator, & create, VERDICT_TAKEN, "");
    const struct act rename = {.kind = ACT_PROJECT_EDIT, .id = id, .display_name = "Lab"};
    act(scene, &scene->operator, & rename, VERDICT_DONE, "edit project");
    act(scene, &scene->operator, & rename, VERDICT_UNCHANGED, "");
    const struct member_grant none = {.person = stage->dana};
    const struct act alone = {
        .kind = ACT_PROJECT_EDIT, .id = id, .members = &none, .member_count = 1};
    act(scene, &scene->operator, & alone, VERDICT_REFUSED, "");
    const struct member_grant vera = {.person = stage->vera, .role = PROJECT_ROLE_ADMIN};
    const struct act both = {.kind = ACT_PROJECT_EDIT,
                             .id = id,
                             .display_name = "Laboratory",
                             .members = &vera,
                             .member_count = 1};
    act(scene, &scene->operator, & both, VERDICT_DONE, "edit project, edit person");
}

static void overrides(struct scene *scene)
{
    struct stage *stage = scene->stage;
    g_autofree char *hugo =
        stage_linked(stage, &scene->sync, "hugo@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    stage_set_project_role(stage, hugo, "search", PROJECT_ROLE_ADMIN);
    const struct act lift = {.kind = ACT_OVERRIDE_LIFT, .id = hugo, .name = "search"};
    act(scene, &scene->operator, & lift, VERDICT_DONE, "lift person");
    act(scene, &scene->operator, & lift, VERDICT_NOT_FOUND, "");
}

/* The only admin goes with their link: an owner stands in, and is recorded too. */
static void successions(struct scene *scene)
{
    struct stage *stage = scene->stage;
    const struct project_grant lab = {.project = "solo", .role = PROJECT_ROLE_ADMIN};
    const struct person_draft ines = {.user_name = "ines@example.com",
                                      .address = "ines@example.com",
                                      .external_id = "x-ines",
                                      .active = TRUE,
                                      .has_roles = TRUE,
                                      .role = ORGANIZATION_ROLE_MEMBER,
                                      .projects = &lab,
                                      .project_count = 1};
    const struct member_grant dana = {.person = stage->dana, .role = PROJECT_ROLE_ADMIN};
    const struct member_grant gone = {.person = stage->dana};
    act(scene, &scene->operator, &(struct act){.kind = ACT_PROJECT_CREATE,
                                               .name = "solo",
                                               .members = &dana,
                                               .member_count = 1},
        VERDICT_DONE, "create project, edit person");
    g_autofree char *project = g_strdup(stage->verdict.id);
    act(scene, &scene->sync, &(struct act){.kind = ACT_PERSON_CREATE, .draft = &ines},
        VERDICT_DONE, "invite person");
    g_autofree char *id = g_strdup(stage->verdict.id);
    g_autofree char *invitation = g_strdup(stage->verdict.invitation);
    act(scene, &scene->operator, &(struct act){.kind = ACT_INVITATION_RESEND, .id = invitation},
        VERDICT_DONE, "resend person");
    stage_accept(stage);
    act(scene, &scene->operator, &(struct act){.kind = ACT_PROJECT_EDIT,
                                               .id = project,
                                               .members = &gone,
                                               .member_count = 1},
        VERDICT_DONE, "edit person");
    act(scene, &scene->sync, &(struct act){.kind = ACT_PERSON_REMOVE, .id = id}, VERDICT_DONE,
        "remove person, succeed person");
}

static void tokens(struct scene *scene)
{
    struct stage *stage = scene->stage;
    const struct connection_draft okta = {.name = "okta", .scope = "people"};
    const struct act create = {.kind = ACT_CONNECTION_CREATE, .connection = &okta};
    const struct act rotate = {.kind = ACT_TOKEN_ROTATE, .name = "okta"};
    act(scene, &scene->operator, & create, VERDICT_DONE, "create connection, create token");
    act(scene, &scene->operator, & create, VERDICT_TAKEN, "");
    act(scene, &scene->operator, & rotate, VERDICT_DONE, "rotate token");
    g_autofree char *id = g_strdup(stage->verdict.id);
    act(scene, &scene->operator, & rotate, VERDICT_TAKEN, "");
    const struct act revoke = {.kind = ACT_TOKEN_REVOKE, .id = id};
    act(scene, &scene->operator, & revoke, VERDICT_DONE, "revoke token");
    act(scene, &scene->operator, & revoke, VERDICT_NOT_FOUND, "");
    const struct act personal = {
        .kind = ACT_TOKEN_FOR_PERSON, .id = stage->dana, .name = "laptop"};
    act(scene, &scene->operator, & personal, VERDICT_DONE, "create token");
    const struct connection_draft entra = {.name = "entra", .scope = "people"};
    const struct act client = {.kind = ACT_CLIENT_CREATE, .connection = &entra};
    act(scene, &scene->operator, & client, VERDICT_DONE, "create connection, create token");
    g_autofree char *client_id = g_strdup(stage->verdict.id);
    g_autofree char *secret = g_strdup(stage->verdict.token);
    const struct act grant = {.kind = ACT_TOKEN_GRANT,
                              .id = client_id,
                              .token = secret,
                              .expires_at = stage->now + STAGE_HOUR};
    act(scene, &scene->system, &(struct act){.kind = ACT_TOKEN_GRANT, .id = client_id},
        VERDICT_NOT_FOUND, "");
    struct actor fetching = actor_system("acme");
    act(scene, &fetching, &grant, VERDICT_DONE, "grant access");
    const struct actor everywhere = actor_operator(NULL, "operator:test");
    const struct connection_draft sync = {.name = "sync", .everywhere = TRUE, .scope = "sync"};
    const struct act all = {.kind = ACT_CONNECTION_CREATE, .connection = &sync};
    act(scene, &everywhere, &all, VERDICT_DONE, "create connection, create token");
    act(scene, &everywhere, &all, VERDICT_TAKEN, "");
    const struct act export = {.kind = ACT_AUDIT_EXPORT, .name = "csv"};
    act(scene, &scene->operator, & export, VERDICT_DONE, "export audit");
    act(scene, &scene->sync, &export, VERDICT_REFUSED, "");
}

/* A rehearsal that ends, and a link that changes its origin. */
static void connections(struct scene *scene)
{
    struct stage *stage = scene->stage;
    const struct actor ping = stage_connect(stage, "scim:ping", TRUE, "refuse");
    g_autofree char *ada =
        stage_linked(stage, &ping, "pia@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    const struct act live = {.kind = ACT_CONNECTION_LIVE, .name = "ping"};
    act(scene, &scene->sync, &live, VERDICT_REFUSED, "");
    act(scene, &scene->operator, & live, VERDICT_DONE, "edit connection, invite person");
    act(scene, &scene->operator, & live, VERDICT_UNCHANGED, "");
    const struct link_move move = {.from = "scim:ping", .to = "directory:corp"};
    const struct act moves = {.kind = ACT_LINK_MOVE, .id = ada, .move = &move};
    act(scene, &scene->sync, &moves, VERDICT_REFUSED, "");
    act(scene, &scene->operator, & moves, VERDICT_DONE, "edit person");
    act(scene, &scene->operator, & moves, VERDICT_NOT_FOUND, "");
}

static void groups(struct scene *scene)
{
    struct stage *stage = scene->stage;
    const struct actor okta = stage_provider("scim:okta");
    const struct member_push dana = {.person = stage->dana};
    const struct group_draft first = {.display_name = "Search", .add = &dana, .add_count = 1};
    const struct act create = {.kind = ACT_GROUP_CREATE, .group = &first};
    act(scene, &okta, &create, VERDICT_DONE, "create group");
    g_autofree char *id = g_strdup(stage->verdict.id);
    act(scene, &okta, &create, VERDICT_TAKEN, "");
    act(scene, &scene->sync, &create, VERDICT_REFUSED, "");
    const struct act edit = {.kind = ACT_GROUP_EDIT, .id = id, .group = &first};
    act(scene, &okta, &edit, VERDICT_UNCHANGED, "");
    const struct group_draft nobody = {.replace_members = TRUE};
    const struct act empty = {.kind = ACT_GROUP_EDIT, .id = id, .group = &nobody};
    act(scene, &okta, &empty, VERDICT_DONE, "edit group");
    act(scene, &okta, &empty, VERDICT_UNCHANGED, "");
    act(scene, &okta, &edit, VERDICT_DONE, "edit group");
    const struct act remove = {.kind = ACT_GROUP_REMOVE, .id = id};
    act(scene, &okta, &remove, VERDICT_DONE, "remove group");
    act(scene, &okta, &remove, VERDICT_NOT_FOUND, "");
}

static void organizations(struct scene *scene)
{
    static const char *const owners[] = {"olga@other.example", NULL};
    const struct project_draft project = {.name = "lab"};
    struct organization_draft other = {
        .name = "other", .owners = owners, .projects = &project, .project_count = 1};
    const struct actor system = actor_system("other");
    const struct act create = {.kind = ACT_ORGANIZATION_CREATE, .organization = &other};
    const struct act ensure = {.kind = ACT_ORGANIZATION_ENSURE, .organization = &other};
    act(scene, &system, &create, VERDICT_DONE,
        "create organization, create project, create person");
    act(scene, &system, &create, VERDICT_TAKEN, "");
    act(scene, &system, &ensure, VERDICT_UNCHANGED, "");
    other.seats = 7;
    act(scene, &system, &ensure, VERDICT_DONE, "edit organization");
    other.protected = owners;
    act(scene, &system, &ensure, VERDICT_DONE, "edit person");
    act(scene, &system, &ensure, VERDICT_UNCHANGED, "");
}

/* Who asks is told nothing; without mail nothing happens either. */
static void asking(struct scene *scene)
{
    const struct person_draft draft = {.address = "bob@example.com"};
    const struct act ask = {.kind = ACT_INVITATION_ASK, .draft = &draft};
    act(scene, &scene->system, &ask, VERDICT_DONE, "");
}

static void I8_every_kind_of_act_leaves_its_records_and_none_where_nothing_changed(void **state)
{
    (void)state;
    static void (*const scenes[])(struct scene *) = {
        invitations, people, leaving,       projects, overrides,   tokens,
        successions, asking, organizations, groups,   connections,
    };
    struct scene scene = {.stage = stage_open(100),
                          .operator= stage_operator(),
                          .sync = stage_sync("directory:corp"),
                          .system = actor_system(NULL)};
    for (size_t i = 0; i < G_N_ELEMENTS(scenes); i++)
        scenes[i](&scene);
    for (size_t i = 0; i < G_N_ELEMENTS(scene.seen); i++)
        if (!scene.seen[i])
            fail_msg("act %zu was never done", i);
    stage_close(scene.stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            I8_every_kind_of_act_leaves_its_records_and_none_where_nothing_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
