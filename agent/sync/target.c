#include "agent/sync/target.h"

void target_result_clear(struct target_result *result)
{
    g_clear_pointer(&result->person, g_free);
    g_clear_pointer(&result->version, g_free);
    refusal_clear(&result->refusal);
}
