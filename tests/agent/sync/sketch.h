/*
 * Organizations and wishes for tests of the planner, one line each; and plans as lines to compare.
 *
 *   cap 10                                        (100 unless given)
 *   project search
 *   person dana active owner search=admin         userName dana@example.com, one link of directory:corp
 *                                                 with externalId a-dana; id dana
 *       flags: protected, by-owner, never-joined, inactive, origin=manual or scim:okta, mail=..., title=...
 *   link labs member search=admin inactive        another link of the last person, externalId a-dana
 *   link okta member search=admin attached        the same, attached, externalId dana
 *   override owner | override search=none         of the last person
 *   stands-in search
 *   marker corp a-eve eve@example.com
 *
 *   read corp                                     the directory gave a snapshot
 *   want corp dana owner search=admin             flags: priority=3, order=12, mail=..., anchor=...
 *   suspended corp dana | denied corp dana | aside corp dana
 *   gone dana deleted                             what a look-up gives: deleted, disabled, moved,
 *                                                 unknown, failing (else present)
 *   adopt corp | emptied corp staff | limit 3 10 | approve-all
 *   attach okta | settling okta                   pushed groups; not quiet until 2027-01-15T08:00:00Z
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "agent/sync/planner.h"

struct sketch {
    Actual *actual;
    Desired *desired;
    GArray *origins; /* struct plan_origin */
    GHashTable *presences;
    struct plan_input input;
    gboolean approve_all;
    GStringChunk *text;
};

typedef struct sketch Sketch;

/* Every mistake in the text ends the test. */
Sketch *sketch_new(const char *text);
void sketch_free(Sketch *sketch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sketch, sketch_free)

/* The plan that follows; approve-all approves whatever the guard holds, and plans again. */
Plan *sketch_plan(Sketch *sketch);

/* Markers, steps, holds, notes, waiting, one line each:
 *   "clear-marker eve", "invite dana: none -> owner", "held last-owner: remove dana",
 *   "note override: dana", "waiting dana: owner". "@example.com" is left out. */
char *sketch_print(const Plan *plan);

struct sketch_case {
    const char *what, *text, *expected;
};

void sketch_expect_all(const struct sketch_case *cases, size_t count);

/* Plans the sketch and compares; `what` names the case. */
void sketch_expect(const char *what, const char *text, const char *expected);
