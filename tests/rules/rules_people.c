#include "tests/rules/rules_people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/person_facts.h"

#define DAY ((gint64)24 * 3600)

enum becomes {
    STAYS_INVITED,
    ACCEPTS,
};

/* A person to be made. */
struct newcomer {
    const char *name;
    enum rules_actor by;
    enum organization_role role;
    const char *project; /* NULL: none */
    enum project_role project_role;
    enum becomes becomes;
};

#define NO_PROJECT NULL, PROJECT_ROLE_NONE

/* In both organizations, before the clock moves on: whoever is still invited then is expired. */
static const struct newcomer early[] = {
    {"exa", BY_TERMINAL, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, STAYS_INVITED},
    {"pia", BY_TERMINAL, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
    {"adam", BY_TERMINAL, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
    {"amy", BY_TERMINAL, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
    {"lola", BY_TERMINAL, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
    {"bill", BY_TERMINAL, ORGANIZATION_ROLE_BILLING_ADMIN, NO_PROJECT, ACCEPTS},
    {"mia", BY_TERMINAL, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
    {"mel", BY_TERMINAL, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
    {"beth", BY_TERMINAL, ORGANIZATION_ROLE_BILLING_ADMIN, NO_PROJECT, ACCEPTS},
    {"sue", BY_TERMINAL, ORGANIZATION_ROLE_OWNER, NO_PROJECT, ACCEPTS},
    {"rex", BY_TERMINAL, ORGANIZATION_ROLE_OWNER, NO_PROJECT, ACCEPTS},
    {"sam", BY_TERMINAL, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
    {"cora", BY_CORP, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
    {"cade", BY_CORP, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
    {"carl", BY_CORP, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
    {"opal", BY_CORP, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
    {"olaf", BY_OKTA, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, ACCEPTS},
};

/* Once there are projects, and the clock has moved on. */
static const struct newcomer late[] = {
    {"rita", BY_TERMINAL, ORGANIZATION_ROLE_MEMBER, "search", PROJECT_ROLE_READ_WRITE, ACCEPTS},
    {"pat", BY_TERMINAL, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, STAYS_INVITED},
    {"pam", BY_TERMINAL, ORGANIZATION_ROLE_MEMBER, "search", PROJECT_ROLE_READ_ONLY,
     STAYS_INVITED},
    {"ida", BY_TERMINAL, ORGANIZATION_ROLE_OWNER, NO_PROJECT, STAYS_INVITED},
    {"cory", BY_CORP, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, STAYS_INVITED},
    {"omar", BY_OKTA, ORGANIZATION_ROLE_MEMBER, NO_PROJECT, STAYS_INVITED},
};

static char *address_of(const char *name)
{
    return g_strconcat(name, "@example.com", NULL);
}

static struct actor actor_for(enum rules_home home, enum rules_actor kind)
{
    const char *organization = rules_world_home(home);
    if (kind == BY_CORP)
        return (struct actor){.kind = ACTOR_SYNC,
                              .organization = organization,
                              .origin = "directory:corp",
                              .may_adopt = TRUE,
                              .label = "directory:corp"};
    if (kind == BY_OKTA)
        return (struct actor){.kind = ACTOR_CONNECTION,
                              .organization = organization,
                              .origin = "scim:okta",
                              .max_role = ORGANIZATION_ROLE_MEMBER,
                              .label = "token:okta"};
    return actor_operator(organization, "operator:test");
}

/* One act that must be done; the caller frees the token it gave, if any. */
static char *act_as(struct rules_world *world, const struct actor *actor, const struct act *act)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreSession) session =
        store_session_open(world->server.store, STORE_WRITE, &error);
    struct judge judge = server_fixture_judge(&world->server);
    struct verdict verdict = {0};
    judge.session = session;
    if (!judge_write(&judge, actor, act, &verdict, &error))
        fail_msg("%s", error->message);
    if (!verdict_is_good(&verdict))
        fail_msg("act %d: %s", (int)act->kind, verdict.fault.detail);
    char *token = g_strdup(verdict.token);
    verdict_clear(&verdict);
    return token;
}

static void act(struct rules_world *world, enum rules_home home, const struct act *act)
{
    const struct actor actor = actor_for(home, BY_TERMINAL);
    g_free(act_as(world, &actor, act));
}

static void remember(struct rules_world *world, enum rules_home home, const char *name)
{
    g_autofree char *address = address_of(name);
    char *id = NULL;
    assert_true(
        person_find_by_user_name(world->session, rules_world_home(home), address, &id, NULL));
    assert_non_null(id);
    g_hash_table_insert(world->ids, g_strconcat(rules_world_home(home), "/", name, NULL), id);
}

/* A new link for somebody invited: the first one is shown to no service. */
static char *resend(struct rules_world *world, enum rules_home home, const char *name)
{
    g_autofree char *invitation = rules_world_invitation(world, home, name);
    const struct actor actor = actor_for(home, BY_TERMINAL);
    return act_as(world, &actor,
                  &(struct act){.kind = ACT_INVITATION_RESEND, .id = invitation});
}

static void make(struct rules_world *world, enum rules_home home,
                 const struct newcomer *newcomer)
{
    g_autofree char *address = address_of(newcomer->name);
    g_autofree char *anchor = g_strconcat("anchor-", newcomer->name, NULL);
    const struct project_grant grant = {newcomer->project, newcomer->project_role};
    const struct person_draft draft = {
        .user_name = address,
        .address = address,
        .external_id = newcomer->by == BY_TERMINAL ? NULL : anchor,
        .active = TRUE,
        .has_roles = TRUE,
        .role = newcomer->role,
        .projects = &grant,
        .project_count = newcomer->project != NULL ? 1 : 0,
    };
    const struct actor actor = actor_for(home, newcomer->by);
    g_free(act_as(world, &actor, &(struct act){.kind = ACT_PERSON_CREATE, .draft = &draft}));
    remember(world, home, newcomer->name);
    if (newcomer->becomes != ACCEPTS)
        return;
    g_autofree char *token = resend(world, home, newcomer->name);
    const struct actor invited = actor_system(rules_world_home(home));
    g_free(
        act_as(world, &invited, &(struct act){.kind = ACT_INVITATION_ACCEPT, .token = token}));
}

static void make_organization(struct rules_world *world, enum rules_home home)
{
    static const char *const many[] = {"dana@example.com", "oscar@example.com",
                                       "breakglass@example.com", NULL};
    static const char *const one[] = {"founder@example.com", NULL};
    static const char *const protected[] = {"breakglass@example.com", NULL};
    const struct organization_draft draft = {
        .name = rules_world_home(home),
        .seats = 90,
        .owners = home == HOME_GLOBEX ? many : one,
        .protected = home == HOME_GLOBEX ? protected : NULL,
    };
    act(world, home, &(struct act){.kind = ACT_ORGANIZATION_CREATE, .organization = &draft});
    if (home == HOME_SOLO) {
        static const struct newcomer cole = {"cole", BY_CORP, ORGANIZATION_ROLE_OWNER,
                                             NO_PROJECT, ACCEPTS};
        make(world, home, &cole);
        remember(world, home, "founder");
        act(world, home,
            &(struct act){.kind = ACT_PERSON_REMOVE,
                          .id = rules_world_id(world, home, "founder")});
        return;
    }
    remember(world, home, "dana");
    remember(world, home, "oscar");
    remember(world, home, "breakglass");
}

static void make_project(struct rules_world *world, enum rules_home home, const char *name,
                         const char *admin, const char *other)
{
    const struct member_grant members[] = {
        {rules_world_id(world, home, admin), PROJECT_ROLE_ADMIN},
        {rules_world_id(world, home, other != NULL ? other : admin), PROJECT_ROLE_ADMIN}};
    act(world, home,
        &(struct act){.kind = ACT_PROJECT_CREATE,
                      .name = name,
                      .members = members,
                      .member_count = other != NULL ? 2 : 1});
}

static void make_projects(struct rules_world *world, enum rules_home home)
{
    make_project(world, home, "search", "pia", NULL);
    make_project(world, home, "ads", "adam", "amy");
    make_project(world, home, "lobby", "lola", NULL);
    /* The admin of "corpus" comes from the directory: its own link says so. */
    make_project(world, home, "corpus", "lola", NULL);
    g_autofree char *corpus = rules_world_project(world, home, "corpus");
    const struct project_grant grant = {"corpus", PROJECT_ROLE_ADMIN};
    const struct person_draft draft = {.user_name = "carl@example.com",
                                       .address = "carl@example.com",
                                       .external_id = "anchor-carl",
                                       .active = TRUE,
                                       .has_roles = TRUE,
                                       .role = ORGANIZATION_ROLE_MEMBER,
                                       .projects = &grant,
                                       .project_count = 1};
    const struct actor corp = actor_for(home, BY_CORP);
    g_free(act_as(world, &corp,
                  &(struct act){.kind = ACT_PERSON_EDIT,
                                .id = rules_world_id(world, home, "carl"),
                                .draft = &draft}));
    const struct member_grant stays = {rules_world_id(world, home, "lola"),
                                       PROJECT_ROLE_READ_WRITE};
    act(world, home,
        &(struct act){
            .kind = ACT_PROJECT_EDIT, .id = corpus, .members = &stays, .member_count = 1});
}

/* A PATCH as some actor that must succeed. */
static void patch(struct rules_world *world, enum rules_home home, enum rules_actor actor,
                  const char *name, json_t *operation)
{
    json_t *body =
        json_pack("{s:[s], s:[o]}", "schemas", "urn:ietf:params:scim:api:messages:2.0:PatchOp",
                  "Operations", operation);
    g_autofree char *path = g_strconcat("/Users/", rules_world_id(world, home, name), NULL);
    struct reply reply = rules_world_ask(world, home, actor, "PATCH", path, body);
    reply_expect(&reply, 200);
    json_decref(body);
}

static json_t *set(const char *path, json_t *value)
{
    return json_pack("{s:s, s:s, s:o}", "op", "replace", "path", path, "value", value);
}

static json_t *project_role(const char *role)
{
    return json_pack("{s:s, s:s, s:[{s:s, s:s}]}", "op", "add", "path", "roles", "value",
                     "type", "project", "value", role);
}

/* Everybody who acts has a role in "lobby", to leave it; opal has overrides. */
static void give_roles(struct rules_world *world, enum rules_home home)
{
    for (enum rules_actor actor = BY_DANA; actor <= BY_SUE; actor++) {
        const char *name = rules_world_name(home, actor);
        if (name != NULL && world->tokens[home][actor] != NULL)
            patch(world, home, BY_CONSOLE, name, project_role("lobby/read-only"));
    }
    patch(world, home, BY_CONSOLE, "opal",
          set("roles[type eq \"organization\"].value", json_string("billing-admin")));
    patch(world, home, BY_CONSOLE, "opal", project_role("search/read-write"));
    if (home == HOME_GLOBEX)
        patch(world, home, BY_CORP, "breakglass", project_role("lobby/read-only"));
}

/* The directory has an entry of the protected owner too. */
static void adopt_breakglass(struct rules_world *world, enum rules_home home)
{
    const struct person_draft draft = {.user_name = "breakglass@example.com",
                                       .address = "breakglass@example.com",
                                       .external_id = "anchor-breakglass",
                                       .active = TRUE};
    const struct actor corp = actor_for(home, BY_CORP);
    g_free(act_as(world, &corp,
                  &(struct act){.kind = ACT_PERSON_EDIT,
                                .id = rules_world_id(world, home, "breakglass"),
                                .draft = &draft}));
}

static void make_tokens(struct rules_world *world, enum rules_home home)
{
    static const struct {
        enum rules_actor actor;
        struct connection_draft draft;
    } services[] = {
        {BY_OKTA, {.name = "okta", .scope = "people"}},
        {BY_PING, {.name = "ping", .scope = "people"}},
        {BY_CORP, {.name = "sync", .scope = "sync"}},
        {BY_CONSOLE, {.name = "console", .scope = "admin"}},
        {BY_REPORT, {.name = "report", .scope = "read"}},
    };

    char **tokens = world->tokens[home];
    for (size_t i = 0; i < G_N_ELEMENTS(services); i++)
        tokens[services[i].actor] =
            server_fixture_token(&world->server, rules_world_home(home), &services[i].draft);
    tokens[BY_LAB] = g_strdup(tokens[BY_CORP]);
    tokens[BY_NAMELESS] = g_strdup(tokens[BY_CORP]);
    tokens[BY_EVERYWHERE] = g_strdup(world->server.everywhere);
    tokens[BY_FOREIGN] = g_strdup(world->server.other);
    tokens[BY_OLGA] =
        server_fixture_person_token(&world->server, "other", "olga@other.example");
    for (enum rules_actor actor = BY_DANA; actor <= BY_REX; actor++) {
        const char *name = rules_world_name(home, actor);
        if (name == NULL ||
            (home == HOME_SOLO && (actor == BY_OSCAR || actor == BY_BREAKGLASS)))
            continue;
        g_autofree char *address = address_of(name);
        tokens[actor] =
            server_fixture_person_token(&world->server, rules_world_home(home), address);
    }
}

/* Everybody who can invite has somebody whom they invited: "own-<number>". */
static void invite_own(struct rules_world *world, enum rules_home home, const char *prefix)
{
    for (enum rules_actor actor = BY_DANA; actor <= BY_CONSOLE; actor++) {
        if (world->tokens[home][actor] == NULL || actor == BY_SUE || actor == BY_REX ||
            actor == BY_LAB || actor == BY_NAMELESS || actor == BY_EVERYWHERE)
            continue;
        g_autofree char *name = g_strdup_printf("%s-%d", prefix, (int)actor);
        g_autofree char *address = address_of(name);
        json_t *body = json_pack("{s:[s], s:s, s:s}", "schemas",
                                 "urn:ietf:params:scim:schemas:core:2.0:User", "userName",
                                 address, "externalId", name);
        struct reply reply = rules_world_ask(world, home, actor, "POST", "/Users", body);
        reply_expect(&reply, 201);
        json_decref(body);
        remember(world, home, name);
    }
}

static void end_some(struct rules_world *world, enum rules_home home)
{
    patch(world, home, BY_CONSOLE, "sue", set("active", json_false()));
    patch(world, home, BY_CONSOLE, "sam", set("active", json_false()));
    patch(world, home, BY_CORP, "cade", set("active", json_false()));
    act(world, home,
        &(struct act){.kind = ACT_PERSON_REMOVE, .id = rules_world_id(world, home, "rex")});
    const struct newcomer invited = {"ivy", BY_TERMINAL, ORGANIZATION_ROLE_OWNER, NO_PROJECT,
                                     STAYS_INVITED};
    make(world, home, &invited);
    world->tokens[home][BY_INVITED] = resend(world, home, "ivy");
}

/* When a token was last used is written now and then: not while the matrix runs. */
static void use_tokens(struct rules_world *world, enum rules_home home)
{
    for (enum rules_actor actor = 0; actor < RULES_ACTORS; actor++) {
        struct reply reply = rules_world_ask(world, home, actor, "GET", "/Roles", NULL);
        reply_clear(&reply);
    }
}

static void fill(struct rules_world *world, enum rules_home home)
{
    for (size_t i = 0; i < G_N_ELEMENTS(early); i++)
        make(world, home, &early[i]);
    make_projects(world, home);
    make_tokens(world, home);
    if (home == HOME_GLOBEX)
        adopt_breakglass(world, home);
    give_roles(world, home);
    invite_own(world, home, "late");
}

void rules_people_fill(struct rules_world *world)
{
    for (enum rules_home home = HOME_GLOBEX; home < RULES_HOMES; home++) {
        make_organization(world, home);
        fill(world, home);
    }
    atomic_fetch_add(&world->server.now, 2 * DAY);
    for (enum rules_home home = HOME_GLOBEX; home < RULES_HOMES; home++) {
        for (size_t i = 0; i < G_N_ELEMENTS(late); i++)
            make(world, home, &late[i]);
        invite_own(world, home, "own");
        end_some(world, home);
        use_tokens(world, home);
    }
}
