#include "scim/organization/succession.h"

#include <string.h>

static gboolean comes_before(const struct succession_candidate *a,
                             const struct succession_candidate *b)
{
    if (a->is_protected != b->is_protected)
        return !a->is_protected;
    return strcmp(a->id, b->id) < 0;
}

gssize succession_choose(const struct succession_candidate *candidates, size_t count)
{
    gssize best = -1;
    for (size_t i = 0; i < count; i++) {
        if (!candidates[i].is_active_owner || !candidates[i].stays)
            continue;
        if (best < 0 || comes_before(&candidates[i], &candidates[best]))
            best = (gssize)i;
    }
    return best;
}
