#include "agent/directory/tls_diagnosis.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netdb.h>
#include <string.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX 1024

/* One look at one server. `text` is the finding, once there is one. */
struct look {
    const struct tls_diagnosis_target *target;
    gint64 deadline; /* monotonic, in microseconds */
    int fd;
    gboolean is_tls;
    char *text;
};

/* LDAPMessage 1, ExtendedRequest with the name of StartTLS (RFC 4511 4.14.1). */
static const char start_tls_request[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
                                        "1.3.6.1.4.1.1466.20037";

static gboolean found(struct look *look, gboolean is_tls, char *text)
{
    look->is_tls = is_tls;
    look->text = text;
    return FALSE;
}

/* FALSE, with the finding, when the time is over before the socket is ready. */
static gboolean wait_for(struct look *look, short events)
{
    struct pollfd ready = {.fd = look->fd, .events = events};
    gint64 left = look->deadline - g_get_monotonic_time();
    if (left > 0 && poll(&ready, 1, (int)(left / 1000) + 1) > 0)
        return TRUE;
    return found(look, FALSE, g_strdup_printf("no answer within %u s", look->target->timeout));
}

static gboolean connect_one(struct look *look, const struct addrinfo *address)
{
    int error = 0;
    socklen_t size = sizeof error;
    g_clear_pointer(&look->text, g_free);
    if (look->fd >= 0)
        close(look->fd);
    look->fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (look->fd < 0)
        return found(look, FALSE, g_strdup_printf("no socket: %s", g_strerror(errno)));
    if (connect(look->fd, address->ai_addr, address->ai_addrlen) == 0)
        return TRUE;
    error = errno;
    if (error == EINPROGRESS) {
        if (!wait_for(look, POLLOUT))
            return FALSE;
        getsockopt(look->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0)
        return TRUE;
    return found(look, FALSE, g_strdup_printf("cannot connect: %s", g_strerror(error)));
}

static gboolean reach(struct look *look)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses = NULL;
    char port[8];
    g_snprintf(port, sizeof port, "%u", look->target->port);
    int code = getaddrinfo(look->target->host, port, &hints, &addresses);
    if (code != 0)
        return found(look, FALSE,
                     g_strdup_printf("the name '%s' cannot be resolved: %s", look->target->host,
                                     gai_strerror(code)));
    gboolean connected = FALSE;
    for (struct addrinfo *each = addresses; each != NULL && !connected; each = each->ai_next)
        connected = connect_one(look, each);
    freeaddrinfo(addresses);
    return connected;
}

/* Steps over tag and length of a BER element that lies whole in `size` bytes; -1 when it does
 * not (yet). */
static ssize_t element_header(const guchar *bytes, size_t size, size_t *content)
{
    if (size < 2)
        return -1;
    size_t header = 2;
    *content = bytes[1];
    if (bytes[1] > 0x80) {
        size_t digits = bytes[1] & 0x7fU;
        if (digits > 3 || size < 2 + digits)
            return -1;
        *content = 0;
        for (size_t i = 0; i < digits; i++)
            *content = *content << 8 | bytes[2 + i];
        header += digits;
    }
    return size - header >= *content ? (ssize_t)header : -1;
}

/* The resultCode of the ExtendedResponse in a whole LDAPMessage, or -1. */
static int result_code(const guchar *bytes, size_t size)
{
    static const guchar tags[] = {0x30, 0x02, 0x78, 0x0a};
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
        size_t content = 0;
        ssize_t header = element_header(bytes, size, &content);
        if (header < 0 || bytes[0] != tags[i])
            return -1;
        bytes += header;
        size -= (size_t)header;
        if (tags[i] == 0x0a)
            return content == 1 ? bytes[0] : -1;
        if (tags[i] == 0x02) {
            bytes += content;
            size -= content;
        }
    }
    return -1;
}

static gboolean ask_for_tls(struct look *look)
{
    guchar answer[ANSWER_MAX] = {0};
    size_t size = 0;
    size_t content = 0;
    if (send(look->fd, start_tls_request, sizeof start_tls_request - 1, MSG_NOSIGNAL) < 0)
        return found(look, FALSE, g_strdup_printf("cannot send: %s", g_strerror(errno)));
    while (element_header(answer, size, &content) < 0) {
        if (!wait_for(look, POLLIN))
            return FALSE;
        ssize_t count =
            size < sizeof answer ? recv(look->fd, answer + size, sizeof answer - size, 0) : 0;
        if (count <= 0)
            return found(look, FALSE,
                         g_strdup("the server closed the connection when asked for StartTLS"));
        size += (size_t)count;
    }
    int code = result_code(answer, size);
    if (code == 0)
        return TRUE;
    return found(look, TRUE,
                 g_strdup_printf("the server offers no StartTLS (result code %d): give it a "
                                 "certificate, or use ldaps://",
                                 code));
}

static char *date_text(time_t seconds)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(seconds);
    return date == NULL ? g_strdup("?") : g_date_time_format(date, "%Y-%m-%d");
}

static gboolean judge_dates(struct look *look, gnutls_x509_crt_t certificate, unsigned status)
{
    if ((status & GNUTLS_CERT_EXPIRED) != 0) {
        g_autofree char *date = date_text(gnutls_x509_crt_get_expiration_time(certificate));
        return found(
            look, TRUE,
            g_strdup_printf("its certificate expired on %s: have it renewed on the server "
                            "(or mend this machine's clock)",
                            date));
    }
    if ((status & GNUTLS_CERT_NOT_ACTIVATED) != 0) {
        g_autofree char *date = date_text(gnutls_x509_crt_get_activation_time(certificate));
        return found(look, TRUE,
                     g_strdup_printf("its certificate is not yet valid, only from %s on: check "
                                     "this machine's clock and the certificate",
                                     date));
    }
    return TRUE;
}

static char *issuer_of(gnutls_x509_crt_t certificate)
{
    gnutls_datum_t name = {NULL, 0};
    if (gnutls_x509_crt_get_issuer_dn3(certificate, &name, 0) < 0)
        return g_strdup("?");
    char *text = g_utf8_make_valid((const char *)name.data, name.size);
    gnutls_free(name.data);
    return text;
}

static gboolean judge_certificate(struct look *look, gnutls_x509_crt_t certificate,
                                  unsigned status)
{
    if ((status & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA)) != 0) {
        g_autofree char *issuer = issuer_of(certificate);
        return found(
            look, TRUE,
            g_strdup_printf("its certificate is from an unknown CA, '%s', which is not in "
                            "'%s': set ca_file to the PEM file of that CA",
                            issuer, look->target->ca_file));
    }
    if (!judge_dates(look, certificate, status))
        return FALSE;
    if (!gnutls_x509_crt_check_hostname(certificate, look->target->host))
        return found(
            look, TRUE,
            g_strdup_printf("its certificate is for another name than '%s' (wrong name): "
                            "use a name in uri that stands in the certificate",
                            look->target->host));
    if (status != 0)
        return found(
            look, TRUE,
            g_strdup_printf("its certificate cannot be trusted (GnuTLS status 0x%x: weak "
                            "algorithm, revoked, or not for servers): have it replaced",
                            status));
    /* For this one name libldap looks for the machine's host name in the certificate. */
    if (g_ascii_strcasecmp(look->target->host, "localhost") == 0)
        return found(
            look, TRUE,
            g_strdup("libldap does not verify certificates for 'localhost': write 127.0.0.1 "
                     "or the machine's full name in uri"));
    return found(look, FALSE, g_strdup("no cause found: a second try of TLS succeeded"));
}

static gboolean judge_peer(struct look *look, gnutls_session_t session)
{
    unsigned count = 0;
    unsigned status = 0;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
    gnutls_x509_crt_t certificate = NULL;
    if (chain == NULL || count == 0 || gnutls_certificate_verify_peers2(session, &status) < 0)
        return found(look, TRUE, g_strdup("the server shows no certificate"));
    if (gnutls_x509_crt_init(&certificate) < 0)
        return found(look, FALSE, g_strdup("GnuTLS has no memory"));
    if (gnutls_x509_crt_import(certificate, &chain[0], GNUTLS_X509_FMT_DER) < 0)
        found(look, TRUE, g_strdup("the server's certificate cannot be read"));
    else
        judge_certificate(look, certificate, status);
    gnutls_x509_crt_deinit(certificate);
    return FALSE;
}

static char *handshake_failure(gnutls_session_t session, int code)
{
    if (code == GNUTLS_E_FATAL_ALERT_RECEIVED)
        return g_strdup_printf("the server refuses TLS: %s",
                               gnutls_alert_get_name(gnutls_alert_get(session)));
    if (code == GNUTLS_E_PREMATURE_TERMINATION || code == GNUTLS_E_PULL_ERROR ||
        code == GNUTLS_E_PUSH_ERROR)
        return g_strdup(
            "the server closed the connection in the TLS handshake: is TLS set up there, "
            "and is this the port for it?");
    return g_strdup_printf("no TLS on this port, or none that is safe (%s): use ldap:// with "
                           "start_tls = true, or the server's ldaps port",
                           gnutls_strerror(code));
}

static void shake_hands(struct look *look, gnutls_session_t session)
{
    int code = GNUTLS_E_AGAIN;
    gnutls_transport_set_int(session, look->fd);
    while (code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED) {
        code = gnutls_handshake(session);
        gboolean write = gnutls_record_get_direction(session) == 1;
        if (code == GNUTLS_E_AGAIN && !wait_for(look, write ? POLLOUT : POLLIN))
            return;
    }
    if (code < 0)
        found(look, TRUE, handshake_failure(session, code));
    else
        judge_peer(look, session);
}

static void try_tls(struct look *look, gnutls_certificate_credentials_t trust)
{
    gnutls_session_t session = NULL;
    int loaded = gnutls_certificate_set_x509_trust_file(trust, look->target->ca_file,
                                                        GNUTLS_X509_FMT_PEM);
    if (loaded <= 0) {
        found(look, TRUE,
              g_strdup_printf("'%s' holds no certificate of a CA", look->target->ca_file));
        return;
    }
    if (gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_NONBLOCK) < 0) {
        found(look, FALSE, g_strdup("GnuTLS has no memory"));
        return;
    }
    gnutls_set_default_priority(session);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, trust);
    if (!g_hostname_is_ip_address(look->target->host))
        gnutls_server_name_set(session, GNUTLS_NAME_DNS, look->target->host,
                               strlen(look->target->host));
    shake_hands(look, session);
    gnutls_deinit(session);
}

char *tls_diagnosis(const struct tls_diagnosis_target *target, gboolean *is_tls)
{
    struct look look = {
        .target = target,
        .deadline = g_get_monotonic_time() + (gint64)target->timeout * G_USEC_PER_SEC,
        .fd = -1,
    };
    gnutls_certificate_credentials_t trust = NULL;
    if (reach(&look)) {
        if (target->plain)
            found(&look, FALSE, g_strdup("the connection was lost"));
        else if (gnutls_certificate_allocate_credentials(&trust) < 0)
            found(&look, FALSE, g_strdup("GnuTLS has no memory"));
        else if (!target->start_tls || ask_for_tls(&look))
            try_tls(&look, trust);
    }
    if (trust != NULL)
        gnutls_certificate_free_credentials(trust);
    if (look.fd >= 0)
        close(look.fd);
    *is_tls = look.is_tls;
    return look.text;
}
