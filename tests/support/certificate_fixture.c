#include "tests/support/certificate_fixture.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#define DAY (24 * 60 * 60)

struct identity {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
};

static void must(int code)
{
    if (code < 0)
        fail_msg("making a test certificate: %s", gnutls_strerror(code));
}

/* A key and an unsigned certificate that is valid from `from` to `until`, seconds from now. */
static struct identity identity_new(const char *name, guint8 serial, gint64 from, gint64 until)
{
    struct identity identity;
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    must(gnutls_x509_privkey_init(&identity.key));
    must(gnutls_x509_privkey_generate(identity.key, GNUTLS_PK_ECDSA,
                                      GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
    must(gnutls_x509_crt_init(&identity.certificate));
    must(gnutls_x509_crt_set_version(identity.certificate, 3));
    must(gnutls_x509_crt_set_serial(identity.certificate, &serial, sizeof serial));
    must(gnutls_x509_crt_set_dn_by_oid(identity.certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                       name, (unsigned)strlen(name)));
    must(gnutls_x509_crt_set_key(identity.certificate, identity.key));
    must(gnutls_x509_crt_set_activation_time(identity.certificate, (time_t)(now + from)));
    must(gnutls_x509_crt_set_expiration_time(identity.certificate, (time_t)(now + until)));
    return identity;
}

static void identity_clear(struct identity *identity)
{
    gnutls_x509_crt_deinit(identity->certificate);
    gnutls_x509_privkey_deinit(identity->key);
}

static void sign(struct identity *identity, const struct identity *by)
{
    must(gnutls_x509_crt_sign2(identity->certificate, by->certificate, by->key,
                               GNUTLS_DIG_SHA256, 0));
}

static struct identity authority_new(const char *name)
{
    struct identity authority = identity_new(name, 1, -30 * DAY, 30 * DAY);
    must(gnutls_x509_crt_set_ca_status(authority.certificate, 1));
    must(gnutls_x509_crt_set_key_usage(authority.certificate,
                                       GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN));
    sign(&authority, &authority);
    return authority;
}

static void write_pem(const char *folder, const char *file, gnutls_datum_t *pem)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_file_set_contents_full(path, (const char *)pem->data, pem->size,
                                  G_FILE_SET_CONTENTS_NONE, 0600, &error))
        fail_msg("%s", error->message);
    gnutls_free(pem->data);
}

static void write_certificate(const char *folder, const char *file,
                              const struct identity *identity)
{
    gnutls_datum_t pem;
    must(gnutls_x509_crt_export2(identity->certificate, GNUTLS_X509_FMT_PEM, &pem));
    write_pem(folder, file, &pem);
}

static struct identity server_new(enum certificate_fault fault,
                                  const struct identity *authority)
{
    gint64 from = fault == CERTIFICATE_NOT_YET_VALID ? 2 * DAY : -10 * DAY;
    gint64 until = fault == CERTIFICATE_EXPIRED ? -2 * DAY : 20 * DAY;
    static const guint8 loopback[] = {127, 0, 0, 1};
    static const guint8 elsewhere[] = {127, 0, 0, 99};
    gboolean wrong = fault == CERTIFICATE_WRONG_NAME;
    const char *name = wrong ? "other.example.test" : "localhost";
    struct identity server = identity_new(name, 2, from, until);
    must(gnutls_x509_crt_set_subject_alt_name(server.certificate, GNUTLS_SAN_DNSNAME, name,
                                              (unsigned)strlen(name), GNUTLS_FSAN_SET));
    must(gnutls_x509_crt_set_subject_alt_name(server.certificate, GNUTLS_SAN_IPADDRESS,
                                              wrong ? elsewhere : loopback, sizeof loopback,
                                              GNUTLS_FSAN_APPEND));
    must(gnutls_x509_crt_set_key_purpose_oid(server.certificate, GNUTLS_KP_TLS_WWW_SERVER, 0));
    must(gnutls_x509_crt_set_key_usage(server.certificate, GNUTLS_KEY_DIGITAL_SIGNATURE));
    sign(&server, authority);
    return server;
}

void certificate_fixture_write(const char *folder, enum certificate_fault fault)
{
    struct identity authority = authority_new("Test CA");
    struct identity other = authority_new("Other Test CA");
    struct identity server = server_new(fault, &authority);
    gnutls_datum_t key;
    write_certificate(folder, "ca.pem", &authority);
    write_certificate(folder, "other-ca.pem", &other);
    write_certificate(folder, "server.pem", &server);
    must(gnutls_x509_privkey_export2(server.key, GNUTLS_X509_FMT_PEM, &key));
    write_pem(folder, "server.key", &key);
    identity_clear(&server);
    identity_clear(&other);
    identity_clear(&authority);
}
