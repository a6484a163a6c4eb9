#include "scim/client/http_origin.h"

#include <string.h>
#include <sys/un.h>

#include "scim/protocol/loopback.h"
#include "scim/protocol/outcome.h"

#define UNIX_PREFIX "unix:"

static gboolean refuse(const char *url, const char *why, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "url \"%s\": %s", url, why);
    return FALSE;
}

static gboolean parse_socket(const char *url, struct http_origin *origin, GError **error)
{
    const char *path = url + strlen(UNIX_PREFIX);
    struct sockaddr_un address;
    if (path[0] != '/') {
        return refuse(url, "the path of a socket begins with '/'", error);
    }
    if (strlen(path) >= sizeof(address.sun_path)) {
        return refuse(url, "the path of the socket is too long", error);
    }
    origin->socket = g_strdup(path);
    origin->base = g_strdup("http://localhost");
    return TRUE;
}

/* Why a URL that can be parsed is none that we speak to; NULL if it is one. */
static const char *find_flaw(GUri *uri)
{
    const char *scheme = g_uri_get_scheme(uri);
    const char *host = g_uri_get_host(uri);
    if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) {
        return "it has to begin with https://, http:// or unix:/";
    }
    if (host == NULL || host[0] == '\0') {
        return "it names no host";
    }
    if (g_uri_get_userinfo(uri) != NULL) {
        return "it has a user or password in it; use token_file";
    }
    if (g_uri_get_query(uri) != NULL || g_uri_get_fragment(uri) != NULL) {
        return "it has a '?' or '#' in it; give the base URL alone";
    }
    return NULL;
}

gboolean http_origin_parse(const char *url, struct http_origin *origin, GError **error)
{
    *origin = (struct http_origin){0};
    if (g_str_has_prefix(url, UNIX_PREFIX)) {
        return parse_socket(url, origin, error);
    }
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);
    if (uri == NULL) {
        return refuse(url, "it is not a URL", error);
    }
    const char *flaw = find_flaw(uri);
    if (flaw != NULL) {
        return refuse(url, flaw, error);
    }
    for (const char *p = url; *p != '\0'; p++) {
        if (!g_ascii_isgraph(*p)) {
            return refuse(url, "it has blanks or characters that are not ASCII", error);
        }
    }
    origin->is_exposed =
        strcmp(g_uri_get_scheme(uri), "http") == 0 && !loopback_is_host(g_uri_get_host(uri));
    size_t length = strlen(url);
    while (url[length - 1] == '/') {
        length--;
    }
    origin->base = g_strndup(url, length);
    return TRUE;
}

gboolean http_origin_path_is_valid(const char *path)
{
    if (path[0] != '/') {
        return FALSE;
    }
    for (const char *p = path; *p != '\0'; p++) {
        if (!g_ascii_isgraph(*p) || *p == '#') {
            return FALSE;
        }
    }
    return TRUE;
}

void http_origin_clear(struct http_origin *origin)
{
    g_free(origin->base);
    g_free(origin->socket);
    *origin = (struct http_origin){0};
}
