/* What the diagnosis says where no TLS comes about. Certificates are judged in tests/live. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "agent/directory/tls_diagnosis.h"
#include "tests/agent/directory/fake_directory.h"
#include "tests/support/certificate_fixture.h"
#include "tests/support/fault_proxy.h"

static char *folder;
static char *ca_file;

static int start(void **state G_GNUC_UNUSED)
{
    folder = g_dir_make_tmp("rolecall-tls-XXXXXX", NULL);
    certificate_fixture_write(folder, CERTIFICATE_GOOD);
    ca_file = g_build_filename(folder, "ca.pem", NULL);
    return 0;
}

static int stop(void **state G_GNUC_UNUSED)
{
    static const char *const files[] = {"ca.pem", "other-ca.pem", "server.pem", "server.key"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(folder, files[i], NULL);
        g_unlink(path);
    }
    g_free(ca_file);
    int code = g_rmdir(folder);
    g_free(folder);
    return code;
}

static void expect(const struct tls_diagnosis_target *target, const char *says,
                   gboolean blames_tls)
{
    gboolean is_tls = !blames_tls;
    g_autofree char *text = tls_diagnosis(target, &is_tls);
    if (strstr(text, says) == NULL)
        fail_msg("'%s' is not in '%s'", says, text);
    assert_int_equal(is_tls, blames_tls);
    assert_null(strchr(text, '\n'));
}

static void a_server_that_is_away_is_not_blamed_on_tls(void **state G_GNUC_UNUSED)
{
    struct tls_diagnosis_target target = {
        .host = "127.0.0.1", .port = 1, .ca_file = ca_file, .timeout = 2};
    expect(&target, "cannot connect: Connection refused", FALSE);
    target.host = "no.such.name.invalid";
    expect(&target, "cannot be resolved", FALSE);
}

static void a_server_without_tls_is_told_from_a_silent_one(void **state G_GNUC_UNUSED)
{
    struct fake_directory *fake = fake_directory_start(NULL, 0);
    struct fault_proxy *mute = fault_proxy_start(fake->port);
    struct tls_diagnosis_target target = {
        .host = "127.0.0.1", .port = fake->port, .ca_file = ca_file, .timeout = 1};
    expect(&target, "the server closed the connection in the TLS handshake", TRUE);
    target.plain = TRUE;
    expect(&target, "the connection was lost", FALSE);
    target.plain = FALSE;
    target.start_tls = TRUE; /* the fake says success and then speaks LDAP again */
    expect(&target, "TLS", TRUE);
    fault_proxy_set(mute, FAULT_PROXY_STALL, 0);
    target.port = mute->port;
    expect(&target, "no answer within 1 s", FALSE);
    target.start_tls = FALSE;
    expect(&target, "no answer within 1 s", FALSE);
    fault_proxy_stop(mute);
    fake_directory_stop(fake);
}

static void a_ca_file_without_certificates_is_named(void **state G_GNUC_UNUSED)
{
    struct fake_directory *fake = fake_directory_start(NULL, 0);
    g_autofree char *key = g_build_filename(folder, "server.key", NULL);
    struct tls_diagnosis_target target = {
        .host = "127.0.0.1", .port = fake->port, .ca_file = key, .timeout = 2};
    expect(&target, "server.key' holds no certificate of a CA", TRUE);
    fake_directory_stop(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_is_away_is_not_blamed_on_tls),
        cmocka_unit_test(a_server_without_tls_is_told_from_a_silent_one),
        cmocka_unit_test(a_ca_file_without_certificates_is_named),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
