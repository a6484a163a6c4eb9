#include "scim/protocol/loopback.h"

#include <arpa/inet.h>
#include <string.h>

gboolean loopback_is_host(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    g_autofree char *bare = g_strdup(host);
    const gsize length = strlen(bare);
    if (length > 2 && bare[0] == '[' && bare[length - 1] == ']') {
        memmove(bare, bare + 1, length - 2);
        bare[length - 2] = '\0';
    }
    if (inet_pton(AF_INET, bare, &four) == 1)
        return (ntohl(four.s_addr) >> 24) == 127;
    if (inet_pton(AF_INET6, bare, &six) == 1)
        return IN6_IS_ADDR_LOOPBACK(&six);
    return g_ascii_strcasecmp(bare, "localhost") == 0;
}

gboolean loopback_is_url(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    const char *host = uri == NULL ? NULL : g_uri_get_host(uri);
    return host != NULL && loopback_is_host(host);
}
