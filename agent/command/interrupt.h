/*
 * Ends a run between two writes instead of inside one.
 *
 * Before the first write SIGINT and SIGTERM end the process as ever: nothing has happened yet.
 * From the first question on they wait, and the answer to the next question is yes.
 */
#pragma once

#include <glib.h>

struct interrupt {
    gboolean is_armed; /* private; starts as FALSE */
};

/* Has somebody asked us to stop? `context` is a struct interrupt. The shape is that of
 * struct cycle's interrupted(). */
gboolean interrupt_requested(void *context);
