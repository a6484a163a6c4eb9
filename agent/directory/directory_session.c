#include "agent/directory/directory_session.h"

#include <signal.h>
#include <string.h>

#include <lber.h>
#include <ldap.h>

#include "agent/directory/tls_diagnosis.h"
#include "scim/protocol/outcome.h"

/* One message of a server (R42); the largest honest ones are groups with a million members. */
#define MESSAGE_MAX_BYTES ((ber_len_t)256 * 1024 * 1024)

#define SYSTEM_AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"
#define DIAGNOSIS_SECONDS  5

/* What Active Directory hides behind code 49, by the number in its diagnostic text. */
static const struct {
    const char *data, *meaning;
} bind_refusals[] = {
    {"data 525", "no such account"},
    {"data 52e", "wrong name or password"},
    {"data 530", "this account may not log on at this time"},
    {"data 531", "this account may not log on from here"},
    {"data 532", "the password has expired"},
    {"data 533", "the account is disabled"},
    {"data 701", "the account has expired"},
    {"data 773", "the password must be changed first"},
    {"data 775", "the account is locked"},
};

static enum outcome outcome_of(int code)
{
    static const struct {
        int code;
        enum outcome outcome;
    } outcomes[] = {
        {LDAP_INVALID_CREDENTIALS, OUTCOME_DENIED},
        {LDAP_INAPPROPRIATE_AUTH, OUTCOME_DENIED},
        {LDAP_INSUFFICIENT_ACCESS, OUTCOME_DENIED},
        {LDAP_CONFIDENTIALITY_REQUIRED, OUTCOME_DENIED},
        {LDAP_STRONG_AUTH_REQUIRED, OUTCOME_DENIED},
        {LDAP_AUTH_METHOD_NOT_SUPPORTED, OUTCOME_DENIED},
        {LDAP_UNWILLING_TO_PERFORM, OUTCOME_DENIED},
        {LDAP_NO_SUCH_OBJECT, OUTCOME_SETTINGS},
        {LDAP_INVALID_DN_SYNTAX, OUTCOME_SETTINGS},
        {LDAP_FILTER_ERROR, OUTCOME_SETTINGS},
        {LDAP_NO_MEMORY, OUTCOME_INTERNAL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(outcomes); i++)
        if (outcomes[i].code == code)
            return outcomes[i].outcome;
    return OUTCOME_RETRY;
}

void directory_session_fail(GError **error, int code, const char *diagnostic, const char *doing)
{
    const char *meaning = NULL;
    for (size_t i = 0; diagnostic != NULL && i < G_N_ELEMENTS(bind_refusals); i++)
        if (code == LDAP_INVALID_CREDENTIALS &&
            strstr(diagnostic, bind_refusals[i].data) != NULL)
            meaning = bind_refusals[i].meaning;
    g_autofree char *said =
        diagnostic == NULL ? g_strdup("") : g_utf8_make_valid(diagnostic, -1);
    g_strstrip(g_strdelimit(said, "\r\n\t", ' '));
    g_set_error(error, OUTCOME, (int)outcome_of(code), "%s: %s (%d)%s%s%s%s%s", doing,
                ldap_err2string(code), code, said[0] == '\0' ? "" : ", the server says '", said,
                said[0] == '\0' ? "" : "'", meaning == NULL ? "" : ": ",
                meaning == NULL ? "" : meaning);
}

gint64 directory_session_time_left(const DirectoryOptions *options, guint seconds)
{
    gint64 left = (gint64)seconds * G_USEC_PER_SEC;
    if (options->deadline != 0)
        left = MIN(left, options->deadline - g_get_monotonic_time());
    return MAX(left, 0);
}

/* A file or a variable that says "TLS_REQCERT never" would be obeyed silently (L6). */
static void forget_environment(void)
{
    g_auto(GStrv) names = g_listenv();
    for (char **name = names; *name != NULL; name++)
        if (g_str_has_prefix(*name, "LDAP") && strcmp(*name, "LDAPNOINIT") != 0)
            g_unsetenv(*name);
    g_setenv("LDAPNOINIT", "1", TRUE);
}

/* libldap writes to sockets that a server has closed; without this the process would end there. */
static void outlive_closed_sockets(void)
{
    struct sigaction now;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    if (sigaction(SIGPIPE, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
        now.sa_handler == SIG_DFL)
        sigaction(SIGPIPE, &ignore, NULL);
}

static gboolean set_timeouts(LDAP *handle, const DirectoryOptions *options, GError **error)
{
    gint64 left = directory_session_time_left(options, options->connect_timeout);
    struct timeval limit = {.tv_sec = left / G_USEC_PER_SEC, .tv_usec = left % G_USEC_PER_SEC};
    if (left == 0) {
        g_set_error(error, OUTCOME, OUTCOME_INTERRUPTED, "the time for this run is over");
        return FALSE;
    }
    if (ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &limit) != LDAP_OPT_SUCCESS ||
        ldap_set_option(handle, LDAP_OPT_TIMEOUT, &limit) != LDAP_OPT_SUCCESS) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "libldap takes no time limit");
        return FALSE;
    }
    return TRUE;
}

static gboolean limit_messages(LDAP *handle)
{
    ber_len_t most = MESSAGE_MAX_BYTES;
    Sockbuf *socket = NULL;
    return ldap_get_option(handle, LDAP_OPT_SOCKBUF, &socket) == LDAP_OPT_SUCCESS &&
           ber_sockbuf_ctrl(socket, LBER_SB_OPT_SET_MAX_INCOMING, &most) == 1;
}

/* The context of TLS is made anew so that it obeys this handle; that reads the authorities. */
static gboolean prepare_tls(LDAP *handle, const char *authorities)
{
    int client = 0;
    return ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, authorities) ==
               LDAP_OPT_SUCCESS &&
           ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &client) == LDAP_OPT_SUCCESS;
}

static gboolean set_safe_options(LDAP *handle)
{
    int version = LDAP_VERSION3;
    int never = LDAP_DEREF_NEVER;
    int demand = LDAP_OPT_X_TLS_DEMAND;
    int oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
    return ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_OPT_SUCCESS &&
           ldap_set_option(handle, LDAP_OPT_DEREF, &never) == LDAP_OPT_SUCCESS &&
           ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS &&
           ldap_set_option(handle, LDAP_OPT_RESTART, LDAP_OPT_ON) == LDAP_OPT_SUCCESS &&
           ldap_set_option(handle, LDAP_OPT_CONNECT_ASYNC, LDAP_OPT_ON) == LDAP_OPT_SUCCESS &&
           ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) == LDAP_OPT_SUCCESS &&
           ldap_set_option(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest) == LDAP_OPT_SUCCESS;
}

/* Every option that makes this handle safe, set and read back. */
static gboolean make_safe(DirectorySession *session, GError **error)
{
    LDAP *handle = session->handle;
    const DirectoryOptions *options = session->options;
    const char *authorities = options->ca_file != NULL ? options->ca_file : SYSTEM_AUTHORITIES;
    gboolean uses_tls = options->start_tls || g_str_has_prefix(session->uri, "ldaps:");
    int demand = -1;
    int referrals = -1;
    gboolean set =
        set_safe_options(handle) && limit_messages(handle) &&
        ldap_get_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) == LDAP_OPT_SUCCESS &&
        ldap_get_option(handle, LDAP_OPT_REFERRALS, &referrals) == LDAP_OPT_SUCCESS;
    if (!set || demand != LDAP_OPT_X_TLS_DEMAND || referrals != 0) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL,
                    "libldap does not take the options that make it safe");
        return FALSE;
    }
    if (uses_tls && !prepare_tls(handle, authorities)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "'%s' cannot be used as a list of CA certificates: is it PEM?",
                    authorities);
        return FALSE;
    }
    return set_timeouts(handle, options, error);
}

static char *diagnostic_of(LDAP *handle)
{
    char *text = NULL;
    ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
    char *copy = g_strdup(text);
    ldap_memfree(text);
    return copy;
}

/* libldap says "can't contact" or "connect error" for whatever ails a connection; one of our
 * own finds out which it is. Not where the time ran out: it would run out again. */
static void fail_connection(const DirectorySession *session, gint64 since, int code,
                            GError **error)
{
    const DirectoryOptions *options = session->options;
    g_autoptr(GUri) uri = g_uri_parse(session->uri, G_URI_FLAGS_NONE, NULL);
    gboolean ldaps = uri != NULL && strcmp(g_uri_get_scheme(uri), "ldaps") == 0;
    gboolean late = g_get_monotonic_time() - since >=
                    (gint64)options->connect_timeout * G_USEC_PER_SEC - G_USEC_PER_SEC / 100;
    if (directory_session_time_left(options, 1) == 0) {
        g_set_error(error, OUTCOME, OUTCOME_INTERRUPTED, "the time for this run is over");
        return;
    }
    if (late || code == LDAP_TIMEOUT || uri == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_RETRY, "no answer within %u s",
                    options->connect_timeout);
        return;
    }
    struct tls_diagnosis_target target = {
        .host = g_uri_get_host(uri),
        .port = (guint16)(g_uri_get_port(uri) > 0 ? g_uri_get_port(uri) : (ldaps ? 636 : 389)),
        .start_tls = !ldaps,
        .plain = !ldaps && !options->start_tls,
        .ca_file = options->ca_file != NULL ? options->ca_file : SYSTEM_AUTHORITIES,
        .timeout = MIN(DIAGNOSIS_SECONDS, options->connect_timeout),
    };
    gboolean is_tls = FALSE;
    g_autofree char *cause = tls_diagnosis(&target, &is_tls);
    g_set_error(error, OUTCOME, is_tls ? OUTCOME_SETTINGS : OUTCOME_RETRY, "%s", cause);
}

static gboolean start_tls(DirectorySession *session, GError **error)
{
    gint64 since = g_get_monotonic_time();
    int code = ldap_start_tls_s(session->handle, NULL, NULL);
    /* Credentials go over a verified connection or nowhere (a stripped StartTLS: R37). */
    if (code == LDAP_SUCCESS && ldap_tls_inplace(session->handle))
        return TRUE;
    fail_connection(session, since, code, error);
    return FALSE;
}

static gboolean bind_simple(DirectorySession *session, GError **error)
{
    const DirectoryOptions *options = session->options;
    struct berval secret = {0, NULL};
    gint64 since = g_get_monotonic_time();
    if (options->secret != NULL)
        secret = (struct berval){strlen(options->secret), options->secret};
    int code = ldap_sasl_bind_s(session->handle, options->bind_dn, LDAP_SASL_SIMPLE, &secret,
                                NULL, NULL, NULL);
    if (code == LDAP_SUCCESS)
        return TRUE;
    if (code < 0) {
        fail_connection(session, since, code, error);
        return FALSE;
    }
    g_autofree char *said = diagnostic_of(session->handle);
    g_autofree char *doing = g_strdup_printf(
        "bind as '%s'", options->bind_dn != NULL ? options->bind_dn : "anonymous");
    directory_session_fail(error, code, said, doing);
    return FALSE;
}

static char **values_of(DirectorySession *session, LDAPMessage *entry, const char *name)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    struct berval **values = ldap_get_values_len(session->handle, entry, name);
    for (int i = 0; values != NULL && values[i] != NULL; i++)
        if (g_utf8_validate_len(values[i]->bv_val, values[i]->bv_len, NULL))
            g_ptr_array_add(texts, g_strndup(values[i]->bv_val, values[i]->bv_len));
    ldap_value_free_len(values);
    g_ptr_array_add(texts, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&texts), FALSE);
}

static gboolean offers(DirectorySession *session, LDAPMessage *entry, const char *name,
                       const char *oid)
{
    g_auto(GStrv) offered = values_of(session, entry, name);
    return g_strv_contains((const char *const *)offered, oid);
}

/* A server that hides its rootDSE is read without pages and under the kind of the config. */
static gboolean read_root(DirectorySession *session, gboolean *names_caller, GError **error)
{
    g_auto(GStrv) wanted =
        g_strsplit("supportedControl supportedExtension supportedCapabilities "
                   "vendorName vendorVersion namingContexts",
                   " ", -1);
    LDAPMessage *answer = NULL;
    int code = ldap_search_ext_s(session->handle, "", LDAP_SCOPE_BASE, "(objectClass=*)",
                                 wanted, 0, NULL, NULL, NULL, 1, &answer);
    LDAPMessage *entry =
        code == LDAP_SUCCESS ? ldap_first_entry(session->handle, answer) : NULL;
    if (entry != NULL) {
        g_auto(GStrv) capabilities = values_of(session, entry, "supportedCapabilities");
        g_auto(GStrv) names = values_of(session, entry, "vendorName");
        g_auto(GStrv) versions = values_of(session, entry, "vendorVersion");
        g_autofree char *name = g_strjoinv(" ", names);
        g_autofree char *version = g_strjoinv(" ", versions);
        const char *vendors[] = {name, version, NULL};
        session->kind = directory_kind_detect((const char *const *)capabilities, vendors);
        session->pages = offers(session, entry, "supportedControl", LDAP_CONTROL_PAGEDRESULTS);
        session->naming_contexts = values_of(session, entry, "namingContexts");
        *names_caller = offers(session, entry, "supportedExtension", LDAP_EXOP_WHO_AM_I);
    }
    ldap_msgfree(answer);
    if (code < 0) {
        directory_session_fail(error, code, NULL, "rootDSE");
        return FALSE;
    }
    return TRUE;
}

/* Some servers answer a bind that proved nothing with success (R36). */
static gboolean confirm_caller(DirectorySession *session, GError **error)
{
    struct berval *caller = NULL;
    int code = ldap_whoami_s(session->handle, &caller, NULL, NULL);
    gboolean known = code == LDAP_SUCCESS && caller != NULL && caller->bv_len > 0;
    ber_bvfree(caller);
    if (code != LDAP_SUCCESS)
        directory_session_fail(error, code, NULL, "\"Who am I?\"");
    else if (!known)
        g_set_error(error, OUTCOME, OUTCOME_DENIED,
                    "the server said success to '%s' and yet takes us for anonymous: is the "
                    "password right?",
                    session->options->bind_dn);
    return known;
}

static gboolean open_one(DirectorySession *session, GError **error)
{
    gboolean names_caller = FALSE;
    int code = ldap_initialize(&session->handle, session->uri);
    if (code != LDAP_SUCCESS) {
        directory_session_fail(error, code, NULL, "libldap");
        return FALSE;
    }
    return make_safe(session, error) &&
           (!session->options->start_tls || start_tls(session, error)) &&
           set_timeouts(session->handle, session->options, error) &&
           bind_simple(session, error) && read_root(session, &names_caller, error) &&
           (session->options->bind_dn == NULL || !names_caller ||
            confirm_caller(session, error));
}

static void drop_handle(DirectorySession *session)
{
    if (session->handle != NULL)
        ldap_unbind_ext(session->handle, NULL, NULL);
    session->handle = NULL;
    g_clear_pointer(&session->naming_contexts, g_strfreev);
}

DirectorySession *directory_session_open(const DirectoryOptions *options, GError **error)
{
    g_autoptr(DirectorySession) session = g_new0(DirectorySession, 1);
    g_autoptr(GString) failures = g_string_new(NULL);
    int outcome = OUTCOME_SETTINGS;
    forget_environment();
    outlive_closed_sockets();
    session->options = options;
    for (char **uri = options->uris; *uri != NULL; uri++) {
        g_autoptr(GError) failure = NULL;
        session->uri = *uri;
        if (open_one(session, &failure))
            return g_steal_pointer(&session);
        drop_handle(session);
        g_string_append_printf(failures, "%s%s: %s", failures->len > 0 ? "; " : "", *uri,
                               failure->message);
        if (failure->code != OUTCOME_SETTINGS)
            outcome = failure->code;
        if (failure->code == OUTCOME_DENIED || failure->code == OUTCOME_INTERRUPTED)
            break;
    }
    g_set_error_literal(error, OUTCOME, outcome, failures->str);
    return NULL;
}

void directory_session_close(DirectorySession *session)
{
    if (session == NULL)
        return;
    drop_handle(session);
    g_free(session);
}
