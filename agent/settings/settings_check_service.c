#include "agent/settings/settings_check_service.h"

#include <string.h>

#include "scim/protocol/address.h"
#include "scim/protocol/loopback.h"

static void check_listen(const struct settings_complaint *check,
                         const struct endpoint_settings *endpoint)
{
    const char *listen = endpoint->listen;
    if (g_str_has_prefix(listen, "unix:")) {
        if (!g_path_is_absolute(listen + strlen("unix:")))
            COMPLAINT_FAULT(check, &endpoint->listen,
                            "listen = \"%s\": name the socket by its absolute path", listen);
        return;
    }
    const char *colon = strrchr(listen, ':');
    guint64 port = 0;
    if (colon == NULL || colon == listen ||
        !g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &port, NULL)) {
        COMPLAINT_FAULT(
            check, &endpoint->listen,
            "listen = \"%s\" is not an address and a port, such as \"127.0.0.1:8080\"", listen);
        return;
    }
    g_autofree char *host = g_strndup(listen, (gsize)(colon - listen));
    if (!endpoint->insecure && !loopback_is_host(host))
        COMPLAINT_FAULT(
            check, &endpoint->listen,
            "listen = \"%s\" is plain HTTP that other machines reach: put a proxy with TLS "
            "in front "
            "and listen on 127.0.0.1, or say insecure = true",
            listen);
}

static void check_proxies(const struct settings_complaint *check,
                          const struct endpoint_settings *endpoint)
{
    for (const char **proxy = endpoint->trusted_proxies; *proxy != NULL; proxy++)
        if (strcmp(*proxy, "unix") != 0 && !g_hostname_is_ip_address(*proxy))
            COMPLAINT_FAULT(check, &endpoint->trusted_proxies,
                            "trusted_proxies: \"%s\" is no address such as \"10.0.0.5\", and "
                            "not \"unix\"",
                            *proxy);
}

static void check_endpoint(const struct settings_complaint *check,
                           const struct endpoint_settings *endpoint)
{
    check_listen(check, endpoint);
    check_proxies(check, endpoint);
    settings_complaint_of_secret(check, &endpoint->store_password);
    if (g_str_has_prefix(endpoint->store, "postgresql:"))
        COMPLAINT_FAULT(check, &endpoint->store,
                        "store: PostgreSQL is not built into this version: use sqlite:");
    else if (!g_str_has_prefix(endpoint->store, "sqlite:") ||
             !g_path_is_absolute(endpoint->store + strlen("sqlite:")))
        COMPLAINT_FAULT(check, &endpoint->store,
                        "store = \"%s\" is not sqlite: and an absolute path", endpoint->store);
    if (endpoint->tls_certificate != NULL || endpoint->tls_key_file != NULL)
        COMPLAINT_FAULT(check,
                        endpoint->tls_certificate != NULL ? &endpoint->tls_certificate
                                                          : &endpoint->tls_key_file,
                        "TLS is not built into this version: put a proxy in front");
}

/* The address of a sender, with or without a name around it: "Acme <console@example.com>". */
static gboolean is_sender(const char *from, const char **why)
{
    const char *open = strrchr(from, '<');
    const gsize length = strlen(from);
    *why = "has no '>' at its end";
    if (open == NULL)
        return address_is_usable(from, length, why);
    return from[length - 1] == '>' &&
           address_is_usable(open + 1, length - (gsize)(open - from) - 2, why);
}

static void check_sender(const struct settings_complaint *check,
                         const struct mail_settings *mail)
{
    const char *why = NULL;
    if (mail->from == NULL)
        COMPLAINT_FAULT(check, &mail->url, "mail has no from: name the sender of the mails");
    else if (!is_sender(mail->from, &why))
        COMPLAINT_FAULT(check, &mail->from,
                        "from = \"%s\" is not an address such as \"Acme Console "
                        "<console@example.com>\": it %s",
                        mail->from, why);
}

static void check_login(const struct settings_complaint *check,
                        const struct mail_settings *mail)
{
    const gboolean has_password = secret_is_named(&mail->password);
    if (mail->user != NULL && !has_password)
        COMPLAINT_FAULT(check, &mail->user,
                        "user has no password_file and no credential beside it");
    if (mail->user == NULL && has_password)
        COMPLAINT_FAULT(check,
                        mail->password.file != NULL ? &mail->password.file
                                                    : &mail->password.credential,
                        "mail has a password and no user");
}

/* Keys that mean nothing while links are shown to whoever invites. */
static void check_without_mail(const struct settings_complaint *check)
{
    const Settings *settings = check->settings;
    const struct mail_settings *mail = &settings->mail;
    const struct invitations_settings *invitations = &settings->invitations;
    const void *const of_mail[] = {&mail->from,          &mail->user,
                                   &mail->password.file, &mail->password.credential,
                                   &mail->ca_file,       &mail->rate};
    const void *const of_renewals[] = {&invitations->renewals, &invitations->renewals_per,
                                       &invitations->send_window};
    for (gsize i = 0; i < G_N_ELEMENTS(of_mail); i++)
        if (settings_line(settings, of_mail[i]) != 0) {
            COMPLAINT_FAULT(check, of_mail[i], "mail has no url: name the mail server");
            break;
        }
    for (gsize i = 0; i < G_N_ELEMENTS(of_renewals); i++)
        if (settings_line(settings, of_renewals[i]) != 0)
            COMPLAINT_WARNING(
                check, of_renewals[i],
                "nothing is sent again by itself without mail: this has no effect");
}

static void check_mail(const struct settings_complaint *check)
{
    const Settings *settings = check->settings;
    const struct mail_settings *mail = &settings->mail;
    settings_complaint_of_secret(check, &mail->password);
    settings_complaint_of_path(check, "ca_file", &mail->ca_file);
    if (mail->url == NULL) {
        check_without_mail(check);
        return;
    }
    check_sender(check, mail);
    check_login(check, mail);
    if (settings->endpoint.public_url == NULL)
        COMPLAINT_WARNING(
            check, &mail->url,
            "mail without endpoint.public_url: the links in mails will name \"%s\", "
            "which others hardly reach",
            settings->endpoint.listen);
    else if (g_str_has_prefix(settings->endpoint.public_url, "http://") &&
             !loopback_is_url(settings->endpoint.public_url))
        COMPLAINT_WARNING(check, &settings->endpoint.public_url,
                          "public_url = \"%s\": whoever reads the network can take the "
                          "invitations that are mailed: use https://",
                          settings->endpoint.public_url);
}

static void check_audit(const struct settings_complaint *check)
{
    const struct audit_settings *audit = &check->settings->audit;
    settings_complaint_of_path(check, "key_file", &audit->key_file);
    settings_complaint_of_path(check, "anchors", &audit->anchors);
    if (audit->key_file != NULL && g_strcmp0(audit->key_file, audit->anchors) == 0)
        COMPLAINT_FAULT(check, &audit->anchors, "key_file and anchors are the same file");
}

void settings_check_service(const struct settings_complaint *check)
{
    check_endpoint(check, &check->settings->endpoint);
    check_mail(check);
    check_audit(check);
}
