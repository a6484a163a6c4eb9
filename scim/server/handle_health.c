#include "scim/server/handle_health.h"

#include <string.h>

#include "scim/store/migrations.h"

#define PLAIN_TEXT "text/plain; charset=utf-8"

static gboolean answer(struct call *call, unsigned status, const char *text)
{
    exchange_answer(call->exchange, status, PLAIN_TEXT, g_strdup(text), strlen(text));
    return TRUE;
}

gboolean handle_health_alive(struct call *call)
{
    return answer(call, 200, "alive\n");
}

gboolean handle_health_ready(struct call *call)
{
    gint64 schema = 0;
    g_autoptr(GError) error = NULL;
    if (call->session != NULL && migrations_read(call->session, &schema, &error) &&
        schema == migrations_newest()) {
        return answer(call, 200, "ready\n");
    }
    exchange_set_header(call->exchange, "Retry-After", CALL_RETRY_SECONDS);
    return answer(call, 503, "the store does not answer\n");
}
