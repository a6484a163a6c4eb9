#include "scim/server/listen_socket.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "scim/protocol/outcome.h"

#define FILE_PREFIX "unix:"
#define BACKLOG     1024

static const char *file_of(const char *place)
{
    size_t length = strlen(FILE_PREFIX);
    return strncmp(place, FILE_PREFIX, length) == 0 ? place + length : NULL;
}

/* "host:port" or "[host]:port" in its two parts. */
static gboolean split_host(const char *place, char **host, char **port, GError **error)
{
    const char *colon = strrchr(place, ':');
    size_t length = colon != NULL ? (size_t)(colon - place) : 0;
    gboolean bracketed = length > 2 && place[0] == '[' && place[length - 1] == ']';
    gboolean good = length > 0 && g_ascii_isdigit(colon[1]) &&
                    (bracketed || memchr(place, ':', length) == NULL);
    guint64 number = 0;
    good = good && g_ascii_string_to_unsigned(colon + 1, 10, 0, G_MAXUINT16, &number, NULL);
    if (!good) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "'%s' is no place to listen: write host:port, [address]:port or unix:/path",
                    place);
        return FALSE;
    }
    *host = bracketed ? g_strndup(place + 1, length - 2) : g_strndup(place, length);
    *port = g_strdup_printf("%u", (unsigned)number);
    return TRUE;
}

static struct addrinfo *resolve(const char *place, GError **error)
{
    g_autofree char *host = NULL;
    g_autofree char *port = NULL;
    if (!split_host(place, &host, &port, error)) {
        return NULL;
    }
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(host, port, &hints, &found);
    if (code != 0) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "'%s' is no place to listen: %s", place,
                    gai_strerror(code));
        return NULL;
    }
    return found;
}

static gboolean is_loopback(const struct addrinfo *address)
{
    if (address->ai_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address->ai_addr, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    struct sockaddr_in6 v6;
    memcpy(&v6, address->ai_addr, sizeof v6);
    return address->ai_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

static gboolean check_file(const char *place, struct sockaddr_un *address, GError **error)
{
    const char *path = file_of(place);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (*path != '/' || strlen(path) >= sizeof address->sun_path) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "'%s' is no place to listen: a socket file needs an absolute path of less "
                    "than %zu bytes",
                    place, sizeof address->sun_path);
        return FALSE;
    }
    memcpy(address->sun_path, path, strlen(path) + 1);
    return TRUE;
}

gboolean listen_socket_check(const char *place, gboolean *is_local, GError **error)
{
    *is_local = TRUE;
    if (file_of(place) != NULL) {
        struct sockaddr_un unused;
        return check_file(place, &unused, error);
    }
    struct addrinfo *found = resolve(place, error);
    for (const struct addrinfo *each = found; each != NULL; each = each->ai_next) {
        *is_local = *is_local && is_loopback(each);
    }
    if (found == NULL) {
        return FALSE;
    }
    freeaddrinfo(found);
    return TRUE;
}

static int failed(const char *place, int descriptor, GError **error)
{
    int code = errno;
    g_set_error(error, OUTCOME, OUTCOME_RETRY, "cannot listen on '%s': %s", place,
                g_strerror(code));
    if (descriptor >= 0) {
        close(descriptor);
    }
    return -1;
}

static int new_socket(int family)
{
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Is it a socket, and does nobody listen there any more? A plain file refuses as well. */
static gboolean is_left_over(const struct sockaddr_un *address)
{
    struct stat about;
    if (lstat(address->sun_path, &about) != 0 || !S_ISSOCK(about.st_mode)) {
        return FALSE;
    }
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean refused = probe >= 0 &&
                       connect(probe, (const struct sockaddr *)address, sizeof *address) != 0 &&
                       errno == ECONNREFUSED;
    if (probe >= 0) {
        close(probe);
    }
    return refused;
}

static int open_file(const char *place, GError **error)
{
    struct sockaddr_un address;
    if (!check_file(place, &address, error)) {
        return -1;
    }
    int descriptor = new_socket(AF_UNIX);
    if (descriptor < 0) {
        return failed(place, descriptor, error);
    }
    int code = bind(descriptor, (const struct sockaddr *)&address, sizeof address);
    if (code != 0 && errno == EADDRINUSE) {
        if (is_left_over(&address) && unlink(address.sun_path) == 0) {
            code = bind(descriptor, (const struct sockaddr *)&address, sizeof address);
        } else {
            errno = EADDRINUSE;
        }
    }
    if (code != 0 || listen(descriptor, BACKLOG) != 0) {
        return failed(place, descriptor, error);
    }
    return descriptor;
}

static int open_address(const char *place, GError **error)
{
    struct addrinfo *found = resolve(place, error);
    if (found == NULL) {
        return -1;
    }
    int descriptor = -1;
    for (const struct addrinfo *each = found; each != NULL && descriptor < 0;
         each = each->ai_next) {
        const int on = 1;
        descriptor = new_socket(each->ai_family);
        if (descriptor >= 0 &&
            (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
             bind(descriptor, each->ai_addr, each->ai_addrlen) != 0 ||
             listen(descriptor, BACKLOG) != 0)) {
            int code = errno;
            close(descriptor);
            descriptor = -1;
            errno = code;
        }
    }
    int code = errno;
    freeaddrinfo(found);
    errno = code;
    return descriptor >= 0 ? descriptor : failed(place, -1, error);
}

int listen_socket_open(const char *place, GError **error)
{
    return file_of(place) != NULL ? open_file(place, error) : open_address(place, error);
}

guint16 listen_socket_port(int descriptor)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_storage room;
    } address;

    socklen_t length = sizeof address;
    if (getsockname(descriptor, &address.any, &length) != 0) {
        return 0;
    }
    switch (address.any.sa_family) {
    case AF_INET:
        return ntohs(address.v4.sin_port);
    case AF_INET6:
        return ntohs(address.v6.sin6_port);
    default:
        return 0;
    }
}

char *listen_socket_url(const char *place, guint16 port)
{
    if (file_of(place) != NULL) {
        return g_strdup("http://localhost");
    }
    const char *colon = strrchr(place, ':');
    return g_strdup_printf("http://%.*s:%u", (int)(colon - place), place, (unsigned)port);
}

char *listen_socket_peer(const struct sockaddr *address)
{
    if (address == NULL || address->sa_family == AF_UNIX) {
        return address != NULL ? g_strdup("unix") : NULL;
    }
    char host[NI_MAXHOST];
    socklen_t length = address->sa_family == AF_INET6 ? (socklen_t)sizeof(struct sockaddr_in6)
                                                      : (socklen_t)sizeof(struct sockaddr_in);
    gboolean known = (address->sa_family == AF_INET || address->sa_family == AF_INET6) &&
                     getnameinfo(address, length, host, sizeof host, NULL, 0,
                                 NI_NUMERICHOST | NI_NUMERICSERV) == 0;
    return known ? g_strdup(host) : NULL;
}

void listen_socket_close(const char *place, int descriptor)
{
    close(descriptor);
    if (file_of(place) != NULL) {
        unlink(file_of(place));
    }
}
