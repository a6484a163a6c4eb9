#include "agent/command/assembly_target.h"

#include "agent/command/assembly_place.h"
#include "agent/target/scim_target.h"

struct target *assembly_target_new(const Settings *settings,
                                   const struct target_settings *place, GError **error)
{
    struct assembly_place found;
    if (!assembly_place_find(settings, place, &found, error))
        return NULL;
    const struct scim_target_settings target = {
        .http = found.http,
        .by_organization = found.by_organization,
        .policy = &assembly_place_patience,
        .random = random_system(),
    };
    struct target *made = scim_target_new(&target, error);
    assembly_place_clear(&found);
    return made;
}
