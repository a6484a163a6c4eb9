#include "scim/server/exchange.h"

#include <string.h>

static gboolean read_hex(const char *digits, char *byte)
{
    gint high = g_ascii_xdigit_value(digits[0]);
    gint low = high < 0 ? -1 : g_ascii_xdigit_value(digits[1]);
    *byte = (char)(high * 16 + low);
    return high >= 0 && low >= 0;
}

static void wipe(gpointer text)
{
    if (text != NULL) {
        explicit_bzero(text, strlen(text));
        g_free(text);
    }
}

/* No longer than what it is made of, so that it never moves and leaves a copy behind. */
char *exchange_decode(const char *text, size_t length, gboolean plus_is_blank)
{
    g_autoptr(GString) decoded = g_string_sized_new(length + 1);
    for (size_t at = 0; at < length; at++) {
        char byte = text[at];
        if (byte == '%') {
            if (length - at < 3 || !read_hex(text + at + 1, &byte)) {
                return NULL;
            }
            at += 2;
        } else if (byte == '+' && plus_is_blank) {
            byte = ' ';
        }
        g_string_append_c(decoded, byte);
    }
    /* With a length, a NUL inside is invalid here too. */
    if (!g_utf8_validate_len(decoded->str, decoded->len, NULL)) {
        return NULL;
    }
    return g_string_free(g_steal_pointer(&decoded), FALSE);
}

static void wipe_all(char **texts)
{
    for (char **each = texts; *each != NULL; each++) {
        explicit_bzero(*each, strlen(*each));
    }
}

/* One "name=value" of the query. A dangling '&' leaves an empty one, which says nothing. */
static gboolean read_pair(GHashTable *values, const char *pair)
{
    if (*pair == '\0') {
        return TRUE;
    }
    const char *equals = strchr(pair, '=');
    size_t name_length = equals != NULL ? (size_t)(equals - pair) : strlen(pair);
    const char *raw = equals != NULL ? equals + 1 : "";
    g_autofree char *name = exchange_decode(pair, name_length, TRUE);
    g_autofree char *value = exchange_decode(raw, strlen(raw), TRUE);
    if (name == NULL || value == NULL) {
        return FALSE;
    }
    g_autofree char *folded = g_ascii_strdown(name, -1);
    if (g_hash_table_contains(values, folded)) {
        explicit_bzero(value, strlen(value));
        return FALSE;
    }
    g_hash_table_insert(values, g_steal_pointer(&folded), g_steal_pointer(&value));
    return TRUE;
}

static gboolean read_pairs(GHashTable *values, const char *text)
{
    g_auto(GStrv) pairs = g_strsplit(text, "&", -1);
    gboolean good = TRUE;
    for (char **pair = pairs; *pair != NULL && good; pair++) {
        good = read_pair(values, *pair);
    }
    wipe_all(pairs);
    return good;
}

/* What stands behind "http://host:80": a client may think that it speaks to a proxy. */
static const char *skip_authority(const char *target)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (g_ascii_strncasecmp(target, schemes[i], strlen(schemes[i])) == 0) {
            target += strlen(schemes[i]);
            return target + strcspn(target, "/?");
        }
    }
    return target;
}

Exchange *exchange_new(const char *method, const char *target)
{
    Exchange *exchange = g_new0(Exchange, 1);
    target = skip_authority(target);
    const char *mark = strchr(target, '?');
    exchange->method = g_strdup(method);
    exchange->path =
        mark != NULL ? g_strndup(target, (gsize)(mark - target)) : g_strdup(target);
    exchange->query = mark != NULL ? g_strdup(mark + 1) : NULL;
    exchange->query_values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    exchange->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    exchange->repeated = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    exchange->answer_headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    exchange->body = g_string_new(NULL);
    exchange->query_is_broken =
        exchange->query != NULL && !read_pairs(exchange->query_values, exchange->query);
    return exchange;
}

static void wipe_answer(Exchange *exchange)
{
    if (exchange->answer != NULL) {
        explicit_bzero(exchange->answer, exchange->answer_length);
        g_clear_pointer(&exchange->answer, g_free);
    }
}

void exchange_free(Exchange *exchange)
{
    if (exchange == NULL) {
        return;
    }
    char *credentials = g_hash_table_lookup(exchange->headers, "authorization");
    if (credentials != NULL) {
        explicit_bzero(credentials, strlen(credentials));
    }
    explicit_bzero(exchange->body->str, exchange->body->len);
    g_string_free(exchange->body, TRUE);
    g_hash_table_unref(exchange->query_values);
    g_hash_table_unref(exchange->headers);
    g_hash_table_unref(exchange->repeated);
    g_hash_table_unref(exchange->answer_headers);
    g_free(exchange->method);
    g_free(exchange->path);
    g_free(exchange->query);
    g_free(exchange->peer);
    wipe_answer(exchange);
    g_free(exchange);
}

void exchange_add_header(Exchange *exchange, const char *name, const char *value)
{
    g_autofree char *folded = g_ascii_strdown(name, -1);
    if (g_hash_table_contains(exchange->headers, folded)) {
        g_hash_table_add(exchange->repeated, g_steal_pointer(&folded));
        return;
    }
    g_hash_table_insert(exchange->headers, g_steal_pointer(&folded), g_strdup(value));
}

gboolean exchange_add_body(Exchange *exchange, const char *bytes, size_t count, size_t limit)
{
    if (exchange->body_is_too_long) {
        return FALSE;
    }
    if (count > limit || exchange->body->len > limit - count) {
        exchange->body_is_too_long = TRUE;
        explicit_bzero(exchange->body->str, exchange->body->len);
        g_string_truncate(exchange->body, 0);
        return FALSE;
    }
    g_string_append_len(exchange->body, bytes, (gssize)count);
    return TRUE;
}

static const char *find_folded(GHashTable *table, const char *name)
{
    g_autofree char *folded = g_ascii_strdown(name, -1);
    return g_hash_table_lookup(table, folded);
}

const char *exchange_header(const Exchange *exchange, const char *name)
{
    return find_folded(exchange->headers, name);
}

const char *exchange_query(const Exchange *exchange, const char *name)
{
    return find_folded(exchange->query_values, name);
}

gboolean exchange_header_is_repeated(const Exchange *exchange, const char *name)
{
    return find_folded(exchange->repeated, name) != NULL;
}

GHashTable *exchange_read_form(const Exchange *exchange)
{
    g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, wipe);
    gboolean good = strlen(exchange->body->str) == exchange->body->len &&
                    read_pairs(values, exchange->body->str);
    return good ? g_steal_pointer(&values) : NULL;
}

void exchange_answer(Exchange *exchange, unsigned status, const char *media_type, char *body,
                     size_t length)
{
    wipe_answer(exchange);
    exchange->status = status;
    exchange->answer = body;
    exchange->answer_length = body != NULL ? length : 0;
    exchange_set_header(exchange, "Content-Type", body != NULL ? media_type : NULL);
}

void exchange_set_header(Exchange *exchange, const char *name, const char *value)
{
    if (value == NULL || strpbrk(value, "\r\n") != NULL) {
        g_hash_table_remove(exchange->answer_headers, name);
        return;
    }
    g_hash_table_insert(exchange->answer_headers, g_strdup(name), g_strdup(value));
}

const char *exchange_answer_header(const Exchange *exchange, const char *name)
{
    return g_hash_table_lookup(exchange->answer_headers, name);
}

void exchange_park(Exchange *exchange)
{
    if (exchange->hooks.park != NULL) {
        exchange->hooks.park(exchange->hooks.context);
    }
}

void exchange_ready(Exchange *exchange)
{
    if (exchange->hooks.ready != NULL) {
        exchange->hooks.ready(exchange->hooks.context);
    }
}
