#include "tests/campaign/crowd_service.h"

#include <string.h>

#include "tests/campaign/crowd_pick.h"

#define DAY (24 * CROWD_HOUR)

static void handle_tokens(struct crowd *crowd, const struct actor *actor)
{
    static const char *const scopes[] = {"read", "people", "sync", "admin", "root"};
    static const char *const connections[] = {"okta", "entra"};
    const char *name = connections[crowd_draw(crowd, G_N_ELEMENTS(connections))];
    g_autofree char *token = crowd_pick_row(crowd, CROWD_ROW_TOKEN);
    const struct connection_draft draft = {.name = name, .scope = scopes[crowd_draw(crowd, 5)]};
    char client[] = "rc_............";
    g_strlcpy(client, crowd->client, sizeof client);
    if (crowd_one_in(crowd, 4))
        client[5] = '.';
    const struct act acts[] = {
        {.kind = ACT_CONNECTION_CREATE, .connection = &draft},
        {.kind = ACT_TOKEN_ROTATE, .name = name, .expires_at = crowd->now + DAY},
        {.kind = ACT_TOKEN_REVOKE, .id = token},
        {.kind = ACT_TOKEN_FOR_PERSON, .id = crowd_pick_person(crowd)->id, .name = "laptop"},
        {.kind = ACT_CLIENT_CREATE,
         .connection = crowd_one_in(crowd, 2) ? &draft : NULL,
         .name = name},
        {.kind = ACT_TOKEN_GRANT,
         .id = client + strlen("rc_"),
         .token = crowd->client,
         .expires_at = crowd->now + CROWD_HOUR},
        {.kind = ACT_AUDIT_EXPORT, .name = "json"},
    };
    crowd_do(crowd, actor, &acts[crowd_draw(crowd, G_N_ELEMENTS(acts))]);
}

/* A rehearsal ends; links change their origin. */
static void handle_links(struct crowd *crowd, const struct actor *actor)
{
    static const char *const origins[] = {"manual",    "directory:corp", "directory:labs",
                                          "scim:okta", "scim:entra",     "scim:ping"};
    const struct actor operator= actor_operator("acme", "operator:anna");
    const struct link_move move = {.from = origins[crowd_draw(crowd, G_N_ELEMENTS(origins))],
                                   .to = origins[crowd_draw(crowd, G_N_ELEMENTS(origins))],
                                   .external_id =
                                       crowd_one_in(crowd, 4) ? crowd_pick_name(crowd) : NULL};
    const struct act acts[] = {
        {.kind = ACT_CONNECTION_LIVE, .name = crowd_one_in(crowd, 5) ? "entra" : "ping"},
        {.kind = ACT_LINK_MOVE, .id = crowd_pick_person(crowd)->id, .move = &move},
        {.kind = ACT_LINK_MOVE, .move = &move},
    };
    crowd_do(crowd, crowd_one_in(crowd, 3) ? actor : &operator, &
             acts[crowd_draw(crowd, G_N_ELEMENTS(acts))]);
}

/* Providers push groups; everybody else may try. */
static void handle_groups(struct crowd *crowd, const struct actor *actor)
{
    static const char *const names[] = {"Staff", "Search", "staff"};
    const struct actor okta = {.kind = ACTOR_CONNECTION,
                               .organization = "acme",
                               .origin = "scim:okta",
                               .label = "scim:okta"};
    const struct member_push member = {
        .person = crowd_one_in(crowd, 8) ? "nobody" : crowd_pick_person(crowd)->id};
    const char *const leaver = crowd_pick_person(crowd)->id;
    const struct group_draft draft = {.display_name = names[crowd_draw(crowd, 3)],
                                      .replace_members = crowd_one_in(crowd, 4),
                                      .remove = &leaver,
                                      .remove_count = crowd_draw(crowd, 2),
                                      .add = &member,
                                      .add_count = crowd_draw(crowd, 2)};
    g_autofree char *id = crowd_pick_row(crowd, CROWD_ROW_GROUP);
    const struct act acts[] = {
        {.kind = ACT_GROUP_CREATE, .group = &draft},
        {.kind = ACT_GROUP_EDIT, .id = id, .group = &draft},
        {.kind = ACT_GROUP_REMOVE, .id = id},
    };
    guint choice = crowd_one_in(crowd, 6) ? 2 : crowd_draw(crowd, 2);
    crowd_do(crowd, crowd_one_in(crowd, 5) ? actor : &okta, &acts[choice]);
}

static gboolean is_owner(const struct person_facts *facts)
{
    return facts->status == PERSON_ACTIVE && facts->role == ORGANIZATION_ROLE_OWNER;
}

/* Okta adopts an owner, all others lose that role, and okta lets go of the only one: that is owed. */
static void orphan(struct crowd *crowd, const struct actor *actor)
{
    const struct actor operator= actor_operator("acme", "operator:anna");
    const struct actor okta = {.kind = ACTOR_CONNECTION,
                               .organization = "acme",
                               .origin = "scim:okta",
                               .max_role = ORGANIZATION_ROLE_OWNER,
                               .may_adopt = TRUE,
                               .label = "scim:okta"};
    const struct person_facts *only = crowd_pick_person(crowd);
    struct person_draft draft = {.user_name = only->user_name,
                                 .address = only->address,
                                 .display_name = only->display_name,
                                 .external_id = only->user_name,
                                 .active = TRUE};
    const struct act edit = {.kind = ACT_PERSON_EDIT, .id = only->id, .draft = &draft};
    (void)actor;
    if (!is_owner(only) || only->protected)
        return;
    crowd_do(crowd, &okta, &edit);
    for (guint i = 0; i < crowd->people->len; i++) {
        const struct person_facts *other = crowd->people->pdata[i];
        const struct person_draft member = {.user_name = other->user_name,
                                            .address = other->address,
                                            .display_name = other->display_name,
                                            .active = TRUE,
                                            .has_roles = TRUE,
                                            .role = ORGANIZATION_ROLE_MEMBER};
        const struct act demote = {.kind = ACT_PERSON_EDIT, .id = other->id, .draft = &member};
        if (other != only && is_owner(other))
            crowd_do(crowd, &operator, & demote);
    }
    draft.active = FALSE;
    crowd_do(crowd, &okta, &edit);
}

void crowd_service_step(struct crowd *crowd, const struct actor *actor)
{
    static void (*const kinds[])(struct crowd *, const struct actor *) = {
        handle_tokens, handle_links, handle_groups, orphan};
    kinds[crowd_draw(crowd, G_N_ELEMENTS(kinds))](crowd, actor);
}
