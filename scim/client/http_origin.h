/*
 * Where requests go: a URL of the config, checked once and taken apart. Pure.
 */
#pragma once

#include <glib.h>

struct http_origin {
    char *base;          /* "https://scim.example.net/v2", without a slash at the end */
    char *socket;        /* path of a Unix socket, or NULL; base is "http://localhost" then */
    gboolean is_exposed; /* plain HTTP to another machine: a token would travel in the clear */
};

/* Takes "https://...", "http://..." or "unix:/path". FALSE with SETTINGS: another scheme, no
 * host, a user or password in it, a query (RFC 7644 1.3), a fragment, or a relative socket
 * path. */
gboolean http_origin_parse(const char *url, struct http_origin *origin, GError **error);

/* May this text stand behind a base URL on the request line: begins with '/', visible ASCII
 * only? */
gboolean http_origin_path_is_valid(const char *path);

/* Forgets what it holds; safe on a zeroed struct. */
void http_origin_clear(struct http_origin *origin);
