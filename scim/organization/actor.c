#include "scim/organization/actor.h"

#include "scim/protocol/origin.h"

gboolean actor_is_service(const struct actor *actor)
{
    return actor->kind == ACTOR_CONNECTION || actor->kind == ACTOR_SYNC;
}

gboolean actor_is_administrator(const struct actor *actor)
{
    return actor->kind == ACTOR_ADMIN || actor->kind == ACTOR_OPERATOR ||
           actor->kind == ACTOR_SYSTEM;
}

const char *actor_origin(const struct actor *actor)
{
    return actor_is_service(actor) && actor->origin != NULL ? actor->origin : ORIGIN_MANUAL;
}

struct actor actor_operator(const char *organization, const char *label)
{
    return (struct actor){.kind = ACTOR_OPERATOR, .organization = organization, .label = label};
}

struct actor actor_system(const char *organization)
{
    return (struct actor){
        .kind = ACTOR_SYSTEM, .organization = organization, .label = "config"};
}

struct actor actor_time(const char *organization)
{
    struct actor actor = actor_system(organization);
    actor.label = "time";
    return actor;
}
