#include "scim/server/forwarded_for.h"

#include <arpa/inet.h>
#include <string.h>

/* An address as it is compared: in the one spelling that the machine prints. NULL: it is none. */
static char *read_address(const char *text)
{
    struct in6_addr six;
    struct in_addr four;
    char spelled[INET6_ADDRSTRLEN];
    g_autofree char *bare = g_strstrip(g_strdup(text));
    size_t length = strlen(bare);
    if (length > 2 && bare[0] == '[' && bare[length - 1] == ']') {
        bare[length - 1] = '\0';
        memmove(bare, bare + 1, length - 1);
    }
    if (inet_pton(AF_INET, bare, &four) == 1) {
        return g_strdup(inet_ntop(AF_INET, &four, spelled, sizeof spelled));
    }
    if (inet_pton(AF_INET6, bare, &six) == 1) {
        return g_strdup(inet_ntop(AF_INET6, &six, spelled, sizeof spelled));
    }
    return NULL;
}

static gboolean is_trusted(const char *peer, const char *const *trusted)
{
    g_autofree char *own = read_address(peer);
    for (; *trusted != NULL; trusted++) {
        g_autofree char *address = read_address(*trusted);
        if (strcmp(*trusted, peer) == 0 ||
            (own != NULL && address != NULL && strcmp(own, address) == 0)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Each proxy adds whom it saw at the end: from there back, to the first that no proxy is. */
static char *last_stranger(const char *field, const char *const *trusted)
{
    g_auto(GStrv) hops = g_strsplit(field, ",", -1);
    g_autofree char *address = NULL;
    for (guint left = g_strv_length(hops); left > 0; left--) {
        g_free(address);
        address = read_address(hops[left - 1]);
        if (address == NULL || !is_trusted(address, trusted)) {
            break;
        }
    }
    return g_steal_pointer(&address);
}

char *forwarded_for_peer(const char *peer, const char *field, const char *const *trusted)
{
    if (peer == NULL || field == NULL || trusted == NULL || !is_trusted(peer, trusted)) {
        return g_strdup(peer);
    }
    char *behind = last_stranger(field, trusted);
    return behind != NULL ? behind : g_strdup(peer);
}
