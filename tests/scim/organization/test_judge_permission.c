/*
 * Each act by each kind of actor, with the answer the design's table gives: no cell left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/marker.h"
#include "tests/scim/organization/stage.h"

enum actors {
    OWNER,
    BILLING_ADMIN,
    MEMBER,
    PROJECT_ADMIN, /* of "search", a member */
    PROVIDER,
    SYNC,
    ADMIN,
    OPERATOR,
    READER,
    ACTOR_COUNT,
};

/* What every cell begins with: acme, one person of each kind, and bob, whom all acts are about. */
struct scene {
    struct stage *stage;
    char *billing, *member, *admin, *bob, *search, *ads, *pending, *invitation;
    struct actor actors[ACTOR_COUNT];
};

static void open_scene(struct scene *scene)
{
    struct stage *stage = stage_open(50);
    scene->stage = stage;
    scene->billing =
        stage_member(stage, "billing@example.com", ORGANIZATION_ROLE_BILLING_ADMIN);
    scene->member = stage_member(stage, "member@example.com", ORGANIZATION_ROLE_MEMBER);
    scene->admin = stage_member(stage, "admin@example.com", ORGANIZATION_ROLE_MEMBER);
    scene->bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    stage_set_project_role(stage, scene->admin, "search", PROJECT_ROLE_ADMIN);
    scene->pending =
        stage_invite(stage, "pending@example.com", ORGANIZATION_ROLE_MEMBER, "search");
    scene->invitation = g_strdup(stage->verdict.invitation);
    scene->search = stage_project(stage, "search");
    scene->ads = stage_project(stage, "ads");
    const struct marker_row marker = {.organization = "acme",
                                      .id = "marker",
                                      .origin = "directory:corp",
                                      .user_name = "left@example.com",
                                      .kind = MARKER_LEFT,
                                      .since = 1};
    assert_true(marker_insert(stage->session, &marker, NULL));
    struct actor administrator = stage_operator();
    administrator.kind = ACTOR_ADMIN;
    const struct actor actors[ACTOR_COUNT] = {
        [OWNER] = stage_person(stage->dana),
        [BILLING_ADMIN] = stage_person(scene->billing),
        [MEMBER] = stage_person(scene->member),
        [PROJECT_ADMIN] = stage_person(scene->admin),
        [PROVIDER] = stage_provider("scim:okta"),
        [SYNC] = stage_sync("directory:corp"),
        [ADMIN] = administrator,
        [OPERATOR] = stage_operator(),
        [READER] = {.kind = ACTOR_READER, .organization = "acme", .label = "reader"},
    };
    memcpy(scene->actors, actors, sizeof actors);
    /* A provider is let to give any role: max-role is another rule. */
    scene->actors[PROVIDER].max_role = ORGANIZATION_ROLE_OWNER;
}

static void close_scene(struct scene *scene)
{
    stage_close(scene->stage);
    char *const owned[] = {scene->billing, scene->member, scene->admin,   scene->bob,
                           scene->search,  scene->ads,    scene->pending, scene->invitation};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
}

static void invite(struct scene *scene, const struct actor *actor, enum organization_role role,
                   const char *project)
{
    const struct project_grant grant = {project, PROJECT_ROLE_READ_ONLY};
    const struct person_draft draft = {.user_name = "new@example.com",
                                       .external_id = "new",
                                       .has_roles = TRUE,
                                       .role = role,
                                       .projects = &grant,
                                       .project_count = project != NULL};
    const struct act act = {.kind = ACT_INVITE, .draft = &draft};
    stage_do(scene->stage, actor, &act);
}

static void invite_owner(struct scene *scene, const struct actor *actor)
{
    invite(scene, actor, ORGANIZATION_ROLE_OWNER, NULL);
}

static void invite_billing(struct scene *scene, const struct actor *actor)
{
    invite(scene, actor, ORGANIZATION_ROLE_BILLING_ADMIN, NULL);
}

static void invite_member(struct scene *scene, const struct actor *actor)
{
    invite(scene, actor, ORGANIZATION_ROLE_MEMBER, NULL);
}

static void invite_to_search(struct scene *scene, const struct actor *actor)
{
    invite(scene, actor, ORGANIZATION_ROLE_MEMBER, "search");
}

static void invite_to_ads(struct scene *scene, const struct actor *actor)
{
    invite(scene, actor, ORGANIZATION_ROLE_MEMBER, "ads");
}

static void by_id(struct scene *scene, const struct actor *actor, enum act_kind kind,
                  const char *id)
{
    const struct act act = {.kind = kind, .id = id, .name = "search"};
    stage_do(scene->stage, actor, &act);
}

static void resend(struct scene *scene, const struct actor *actor)
{
    by_id(scene, actor, ACT_INVITATION_RESEND, scene->invitation);
}

static void revoke_it(struct scene *scene, const struct actor *actor)
{
    by_id(scene, actor, ACT_INVITATION_REVOKE, scene->invitation);
}

static void remove_bob(struct scene *scene, const struct actor *actor)
{
    by_id(scene, actor, ACT_PERSON_REMOVE, scene->bob);
}

static void lift_marker(struct scene *scene, const struct actor *actor)
{
    by_id(scene, actor, ACT_MARKER_LIFT, "marker");
}

static void token_for_bob(struct scene *scene, const struct actor *actor)
{
    by_id(scene, actor, ACT_TOKEN_FOR_PERSON, scene->bob);
}

static void edit(struct scene *scene, const struct actor *actor, const char *id,
                 const struct person_draft *wanted)
{
    struct project_grant grants[8];
    g_autoptr(PersonFacts) facts = stage_facts(scene->stage, id);
    struct person_draft draft = stage_draft(facts, actor, grants);
    draft.role = wanted->role != ORGANIZATION_ROLE_NONE ? wanted->role : draft.role;
    draft.active = wanted->active;
    draft.display_name = wanted->display_name;
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &draft};
    stage_do(scene->stage, actor, &act);
}

static void change_role(struct scene *scene, const struct actor *actor)
{
    const struct person_draft draft = {.role = ORGANIZATION_ROLE_BILLING_ADMIN, .active = TRUE};
    edit(scene, actor, scene->bob, &draft);
}

static void suspend(struct scene *scene, const struct actor *actor)
{
    const struct person_draft draft = {.active = FALSE};
    edit(scene, actor, scene->bob, &draft);
}

static void rename_bob(struct scene *scene, const struct actor *actor)
{
    const struct person_draft draft = {.display_name = "Robert", .active = TRUE};
    edit(scene, actor, scene->bob, &draft);
}

static void rename_self(struct scene *scene, const struct actor *actor)
{
    const struct person_draft draft = {.display_name = "Me", .active = TRUE};
    edit(scene, actor, actor->person != NULL ? actor->person : scene->bob, &draft);
}

static void edit_project(struct scene *scene, const struct actor *actor, const char *id,
                         const char *display_name)
{
    const struct member_grant member = {scene->bob, PROJECT_ROLE_READ_ONLY};
    const struct act act = {.kind = ACT_PROJECT_EDIT,
                            .id = id,
                            .display_name = display_name,
                            .members = &member,
                            .member_count = display_name == NULL};
    stage_do(scene->stage, actor, &act);
}

static void add_to_search(struct scene *scene, const struct actor *actor)
{
    edit_project(scene, actor, scene->search, NULL);
}

static void add_to_ads(struct scene *scene, const struct actor *actor)
{
    edit_project(scene, actor, scene->ads, NULL);
}

static void rename_search(struct scene *scene, const struct actor *actor)
{
    edit_project(scene, actor, scene->search, "Search!");
}

static void create_project(struct scene *scene, const struct actor *actor)
{
    const struct member_grant member = {scene->bob, PROJECT_ROLE_ADMIN};
    const struct act act = {
        .kind = ACT_PROJECT_CREATE, .name = "maps", .members = &member, .member_count = 1};
    stage_do(scene->stage, actor, &act);
}

static void create_connection(struct scene *scene, const struct actor *actor)
{
    const struct connection_draft draft = {.name = "okta", .scope = "people"};
    const struct act act = {.kind = ACT_CONNECTION_CREATE, .connection = &draft};
    stage_do(scene->stage, actor, &act);
}

static void leave(struct scene *scene, const struct actor *actor)
{
    stage_set_project_role(scene->stage, scene->bob, "search", PROJECT_ROLE_ADMIN);
    stage_set_project_role(scene->stage, scene->bob, "ads", PROJECT_ROLE_ADMIN);
    by_id(scene, actor, ACT_LEAVE_ORGANIZATION, NULL);
}

static void leave_search(struct scene *scene, const struct actor *actor)
{
    if (actor->person != NULL && strcmp(actor->person, scene->admin) != 0 &&
        strcmp(actor->person, scene->stage->dana) != 0)
        stage_set_project_role(scene->stage, actor->person, "search", PROJECT_ROLE_READ_ONLY);
    by_id(scene, actor, ACT_LEAVE_PROJECT, NULL);
}

/* By actor: y done, r refused. Bob is nobody's but the console's, so services are refused. */
static const struct {
    const char *name;
    void (*perform)(struct scene *scene, const struct actor *actor);
    const char *wanted;
} table[] = {
    {"invite an owner", invite_owner, "yrrryyyyr"},
    {"invite a billing-admin", invite_billing, "yrrryyyyr"},
    {"invite a member", invite_member, "yyyyyyyyr"},
    {"invite into search", invite_to_search, "yrryyyyyr"},
    {"invite into ads", invite_to_ads, "yrrryyyyr"},
    {"resend another's invitation into search", resend, "yrryrryyr"},
    {"revoke another's invitation into search", revoke_it, "yrryrryyr"},
    {"change a role", change_role, "yrrrrryyr"},
    {"remove", remove_bob, "yrrrrryyr"},
    {"suspend", suspend, "yrrrrryyr"},
    {"rename somebody", rename_bob, "yrrrrryyr"},
    {"rename oneself", rename_self, "yyyyrryyr"},
    {"add to search", add_to_search, "yrryrryyr"},
    {"add to ads", add_to_ads, "yrrrrryyr"},
    {"rename search", rename_search, "yrryrryyr"},
    {"create a project", create_project, "yrrrrryyr"},
    {"create a connection", create_connection, "yrrrrryyr"},
    {"make a token for somebody", token_for_bob, "yrrrrryyr"},
    {"lift a directory's marker", lift_marker, "yrrrryyyr"},
    {"leave the organization", leave, "yyyyrrrrr"},
    {"leave a project", leave_search, "yyyyrrrrr"},
};

static void each_act_by_each_actor_ends_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        for (int a = 0; a < ACTOR_COUNT; a++) {
            struct scene scene;
            open_scene(&scene);
            table[i].perform(&scene, &scene.actors[a]);
            enum verdict_kind wanted =
                table[i].wanted[a] == 'y' ? VERDICT_DONE : VERDICT_REFUSED;
            if (scene.stage->verdict.kind != wanted)
                fail_msg("%s by actor %d: %d: %s", table[i].name, a, scene.stage->verdict.kind,
                         scene.stage->verdict.fault.detail);
            close_scene(&scene);
        }
    print_message("%zu cells of act by actor\n", G_N_ELEMENTS(table) * ACTOR_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_act_by_each_actor_ends_as_the_table_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
