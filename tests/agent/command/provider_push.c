#include "tests/agent/command/provider_push.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/command/operator_access.h"
#include "agent/settings/settings_read.h"

void provider_push(const struct rolecall_fixture *fixture, const struct provider_pushed *pushed)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read(fixture->config, problems);
    g_autoptr(GError) error = NULL;
    g_autofree char *external_id = g_strconcat("x-", pushed->address, NULL);
    struct operator_access access = {NULL};
    struct verdict verdict = {0};
    const struct actor provider = {.kind = ACTOR_CONNECTION,
                                   .organization = "acme",
                                   .origin = pushed->origin,
                                   .max_role = ORGANIZATION_ROLE_MEMBER,
                                   .rehearses = pushed->rehearses,
                                   .waits_at_cap = pushed->waits_at_cap,
                                   .label = pushed->origin};
    const struct person_draft draft = {.user_name = pushed->address,
                                       .address = pushed->address,
                                       .external_id = external_id,
                                       .active = TRUE};
    const struct act act = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_non_null(settings);
    if (!operator_access_open(&access, settings, &error) ||
        !operator_access_judge(&access, &provider, &act, &verdict, &error))
        fail_msg("%s: %s", pushed->address, error->message);
    verdict_clear(&verdict);
    operator_access_close(&access);
}
