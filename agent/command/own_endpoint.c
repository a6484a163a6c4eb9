#include "agent/command/own_endpoint.h"

#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>

#include "scim/protocol/outcome.h"

static char *announcement_of(const Settings *settings)
{
    return g_build_filename(settings->sync.state, "endpoint", NULL);
}

static gboolean port_is_open(const char *listen)
{
    return g_str_has_suffix(listen, ":0");
}

/* An address that means all of the machine's is spoken to over loopback. */
static char *reachable(const char *listen)
{
    const char *colon = strrchr(listen, ':');
    g_autofree char *host = g_strndup(listen, (gsize)(colon - listen));
    if (strcmp(host, "0.0.0.0") == 0)
        return g_strconcat("http://127.0.0.1", colon, NULL);
    if (strcmp(host, "[::]") == 0)
        return g_strconcat("http://[::1]", colon, NULL);
    return g_strconcat("http://", listen, NULL);
}

static char *announced(const Settings *settings, GError **error)
{
    g_autofree char *file = announcement_of(settings);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(file, &text, NULL, NULL)) {
        g_set_error(
            error, OUTCOME, OUTCOME_RETRY,
            "the endpoint is not running: nobody has started `rolecall serve` with \"%s\"",
            settings->file);
        return NULL;
    }
    return g_strdup(g_strstrip(text));
}

char *own_endpoint_url(const Settings *settings, GError **error)
{
    const char *listen = settings->endpoint.listen;
    if (g_str_has_prefix(listen, "unix:"))
        return g_strdup(listen);
    return port_is_open(listen) ? announced(settings, error) : reachable(listen);
}

char *own_endpoint_public_url(const Settings *settings, GError **error)
{
    if (settings->endpoint.public_url != NULL)
        return g_strdup(settings->endpoint.public_url);
    if (g_str_has_prefix(settings->endpoint.listen, "unix:"))
        return g_strdup("http://localhost");
    return own_endpoint_url(settings, error);
}

char *own_endpoint_link(const Settings *settings, const char *token, GError **error)
{
    g_autofree char *url = own_endpoint_public_url(settings, error);
    return url == NULL ? NULL : g_strconcat(url, "/invitation#", token, NULL);
}

char *own_endpoint_token_file(const Settings *settings)
{
    return g_build_filename(settings->sync.state, "token", NULL);
}

gboolean own_endpoint_make_state(const Settings *settings, GError **error)
{
    if (g_mkdir_with_parents(settings->sync.state, 0700) == 0)
        return TRUE;
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "sync.state \"%s\" cannot be made: %s",
                settings->sync.state, g_strerror(errno));
    return FALSE;
}

gboolean own_endpoint_announce(const Settings *settings, const char *url, GError **error)
{
    g_autofree char *file = announcement_of(settings);
    return secret_write(file, url, error);
}

void own_endpoint_withdraw(const Settings *settings)
{
    g_autofree char *file = announcement_of(settings);
    g_unlink(file);
}
