/*
 * A thousand people with odd data in a store, for filters to be tried on.
 */
#pragma once

#include "tests/scim/server/server_fixture.h"

/* Who looks at them. */
struct filter_viewer {
    const char *token;  /* owned by the fixture, or by filter_people */
    const char *origin; /* whose state is shown; NULL: the effective one */
    gboolean is_blind;  /* does not see protected owners unless it names them */
    json_t *people;     /* as it reads them: an array, in order */
    GHashTable *by_id;  /* id -> place in it, plus one */
    GPtrArray
        *hidden; /* whom it finds by name alone: resources, borrowed from another viewer */
};

#define FILTER_VIEWERS 2

struct filter_people {
    struct server_fixture fixture;
    char *entra;
    struct filter_viewer viewers[FILTER_VIEWERS];
};

void filter_people_open(struct filter_people *people, guint32 seed);
void filter_people_close(struct filter_people *people);
