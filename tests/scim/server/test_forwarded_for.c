#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/forwarded_for.h"

static const char *const none[] = {NULL};
static const char *const proxies[] = {"10.0.0.5", "fd00::5", NULL};
static const char *const file[] = {"unix", NULL};

static const struct sample {
    const char *peer, *field;
    const char *const *trusted;
    const char *expected;
} samples[] = {
    {NULL, "192.0.2.1", proxies, NULL},
    {"10.0.0.5", "192.0.2.1", NULL, "10.0.0.5"},
    {"10.0.0.5", "192.0.2.1", none, "10.0.0.5"},
    {"10.0.0.6", "192.0.2.1", proxies, "10.0.0.6"},
    {"10.0.0.5", NULL, proxies, "10.0.0.5"},
    {"10.0.0.5", "", proxies, "10.0.0.5"},
    {"10.0.0.5", "192.0.2.1", proxies, "192.0.2.1"},
    {"10.0.0.5", " 192.0.2.1 ", proxies, "192.0.2.1"},
    /* What the client made up stands before what the proxy saw. */
    {"10.0.0.5", "127.0.0.1, 192.0.2.1", proxies, "192.0.2.1"},
    {"10.0.0.5", "192.0.2.1, fd00::5", proxies, "192.0.2.1"},
    {"fd00:0:0::5", "192.0.2.1", proxies, "192.0.2.1"},
    {"10.0.0.5", "[2001:db8::1]", proxies, "2001:db8::1"},
    {"10.0.0.5", "2001:DB8:0::1", proxies, "2001:db8::1"},
    {"10.0.0.5", "fd00::5, 10.0.0.5", proxies, "fd00::5"},
    {"10.0.0.5", "unknown", proxies, "10.0.0.5"},
    {"10.0.0.5", "192.0.2.1, evil\" text", proxies, "10.0.0.5"},
    {"10.0.0.5", "192.0.2.1,", proxies, "10.0.0.5"},
    {"unix", "192.0.2.1", file, "192.0.2.1"},
    {"unix", "192.0.2.1", proxies, "unix"},
};

static void only_a_named_proxy_is_believed_and_only_what_it_saw(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        const struct sample *sample = &samples[i];
        g_autofree char *peer =
            forwarded_for_peer(sample->peer, sample->field, sample->trusted);
        if (g_strcmp0(peer, sample->expected) != 0) {
            fail_msg("sample %zu: '%s', not '%s'", i, peer, sample->expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_named_proxy_is_believed_and_only_what_it_saw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
