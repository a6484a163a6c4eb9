/*
 * For whoever watches the process: /healthz it runs, /readyz its store answers.
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_health_alive(struct call *call);
gboolean handle_health_ready(struct call *call);
