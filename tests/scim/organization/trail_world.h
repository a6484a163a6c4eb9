/*
 * Histories to try the audit trail on: the stage with a second organization, a connection for all of
 * them, anchors in a file, and acts at random.
 *
 *   struct trail_world *world = trail_world_open(seed);
 *   for (...) trail_world_act(world);
 *   trail_world_close(world);
 */
#pragma once

#include "scim/organization/audit_anchors.h"
#include "scim/organization/audit_report.h"
#include "tests/scim/organization/stage.h"

struct trail_world {
    struct stage *stage;
    char *folder, *path; /* of the anchors file */
    AuditAnchors *anchors;
    guint64 seed;
    guint people;
    char *token; /* the last that opens an invitation, or NULL */
};

struct trail_world *trail_world_open(guint64 seed);

/* Closes without the checks of the stage: its tables may have been tampered with. */
void trail_world_close(struct trail_world *world);

/* One act of any kind by anybody, or time; refused ones are none the worse. */
void trail_world_act(struct trail_world *world);

/* Opens the anchors file anew, as another start of the program does. */
void trail_world_reopen_anchors(struct trail_world *world);

guint trail_world_below(struct trail_world *world, guint limit);

/* The whole of it, anchors included. The caller clears the report. */
void trail_world_verify(struct trail_world *world, struct audit_report *report);

/* Runs SQL by hand, as whoever has the database does; fails the test when it cannot be run. */
void trail_world_sql(struct trail_world *world, const char *format, ...) G_GNUC_PRINTF(2, 3);
gint64 trail_world_number(struct trail_world *world, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* One with a history of some 40 records. */
struct trail_world *trail_world_history(guint64 seed);

/* Fails the test when there is a finding. */
void trail_world_assert_whole(struct trail_world *world);
guint trail_world_findings(struct trail_world *world);

/* What the triggers refuse to this program, somebody with the file simply takes away. */
void trail_world_drop_triggers(struct trail_world *world);

/* Acts until acme's chain is longer, and anchors that; the flush alone. */
void trail_world_go_on(struct trail_world *world);
void trail_world_flush(struct trail_world *world);
