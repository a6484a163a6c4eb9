#include "scim/mail/smtp_server.h"

#include <string.h>

#include <curl/curl.h>

#include "scim/protocol/loopback.h"
#include "scim/protocol/outcome.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURLU, curl_url_cleanup)

static gboolean refuse(const char *url, const char *why, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "the mail server \"%s\" %s", url, why);
    return FALSE;
}

static gboolean has_part(CURLU *parsed, CURLUPart part)
{
    char *text = NULL;
    gboolean has = curl_url_get(parsed, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

/* A copy of a part that is GLib's to free; "" where there is none. */
static char *read_part(CURLU *parsed, CURLUPart part)
{
    char *text = NULL;
    char *copy = g_strdup(curl_url_get(parsed, part, &text, 0) == CURLUE_OK ? text : "");
    curl_free(text);
    return copy;
}

gboolean smtp_server_check(const char *url, gboolean allows_clear, GError **error)
{
    static const CURLUPart unwanted[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                         CURLUPART_QUERY, CURLUPART_FRAGMENT};
    g_autoptr(CURLU) parsed = curl_url();
    if (url == NULL || curl_url_set(parsed, CURLUPART_URL, url, 0) != CURLUE_OK)
        return refuse(url != NULL ? url : "", "is not a URL", error);
    g_autofree char *scheme = read_part(parsed, CURLUPART_SCHEME);
    g_autofree char *host = read_part(parsed, CURLUPART_HOST);
    g_autofree char *path = read_part(parsed, CURLUPART_PATH);
    gboolean is_smtp = strcmp(scheme, "smtp") == 0;
    if (!is_smtp && strcmp(scheme, "smtps") != 0)
        return refuse(url, "is neither smtps:// nor smtp://", error);
    for (gsize i = 0; i < G_N_ELEMENTS(unwanted); i++)
        if (has_part(parsed, unwanted[i]))
            return refuse(url,
                          "may have a host and a port alone; user and password have keys of "
                          "their own",
                          error);
    if (path[0] != '\0' && strcmp(path, "/") != 0)
        return refuse(url, "may have a host and a port alone", error);
    if (allows_clear && (!is_smtp || !loopback_is_host(host)))
        return refuse(url,
                      "may go without TLS only as smtp:// on this machine (127.0.0.1, ::1, "
                      "localhost)",
                      error);
    return TRUE;
}
