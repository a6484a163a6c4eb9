#include "scim/protocol/cursor.h"

#include <string.h>

#define SEAL_BYTES   16
#define NUMBER_BYTES 8
#define HEAD_BYTES   ((gsize)(2 * NUMBER_BYTES)) /* when it was made, rows a page */
#define BLOCK_BYTES  ((gsize)32)                 /* of SHA-256 */

/* One key, three uses that never meet. */
#define USE_SEAL       "seal"
#define USE_STREAM     "stream"
#define USE_GENERATION "generation"

void cursor_key_fill(struct cursor_key *key, const struct random_source *random)
{
    random->fill(random->context, key->bytes, sizeof key->bytes);
}

static GHmac *begin(const struct cursor_key *key, const char *use)
{
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, key->bytes, sizeof key->bytes);
    g_hmac_update(hmac, (const guchar *)use, (gssize)strlen(use) + 1);
    return hmac;
}

static void end(GHmac *hmac, guint8 digest[BLOCK_BYTES])
{
    gsize length = BLOCK_BYTES;
    g_hmac_get_digest(hmac, digest, &length);
    g_hmac_unref(hmac);
}

/* Cursors made in the same period are the same, and so is when they end. */
static gint64 period_of(gint64 now)
{
    return now / CURSOR_TIMEOUT;
}

static void put_number(GByteArray *bytes, gint64 number)
{
    guint64 wire = GUINT64_TO_BE((guint64)number);
    g_byte_array_append(bytes, (const guint8 *)&wire, NUMBER_BYTES);
}

static gint64 number_at(const guint8 *bytes)
{
    guint64 wire;
    memcpy(&wire, bytes, NUMBER_BYTES);
    return (gint64)GUINT64_FROM_BE(wire);
}

static void seal_of(const struct cursor_seal *seal, const guint8 *plain, gsize length,
                    guint8 digest[BLOCK_BYTES])
{
    GHmac *hmac = begin(seal->key, USE_SEAL);
    g_hmac_update(hmac, (const guchar *)seal->bound, (gssize)strlen(seal->bound) + 1);
    g_hmac_update(hmac, plain, (gssize)length);
    end(hmac, digest);
}

/* Hides, or shows again: the seal begins a stream of its own for each text. */
static void stream(const struct cursor_key *key, const guint8 *seal, guint8 *bytes,
                   gsize length)
{
    for (gsize at = 0; at < length; at += BLOCK_BYTES) {
        guint8 block[BLOCK_BYTES];
        guint64 number = GUINT64_TO_BE((guint64)at);
        GHmac *hmac = begin(key, USE_STREAM);
        g_hmac_update(hmac, seal, SEAL_BYTES);
        g_hmac_update(hmac, (const guchar *)&number, sizeof number);
        end(hmac, block);
        for (gsize i = 0; i < BLOCK_BYTES && at + i < length; i++)
            bytes[at + i] ^= block[i];
    }
}

/* base64url without padding (RFC 4648 5). */
static char *print_bytes(const guint8 *bytes, gsize length)
{
    char *text = g_base64_encode(bytes, length);
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    text[strcspn(text, "=")] = '\0';
    return text;
}

/* NULL when it is nothing that print_bytes() wrote. */
static guint8 *parse_bytes(const char *text, gsize *length)
{
    gsize count = strlen(text);
    if (count == 0 || count > CURSOR_MAX_BYTES)
        return NULL;
    g_autofree char *padded = g_strconcat(text,
                                          count % 4 == 2   ? "=="
                                          : count % 4 == 3 ? "="
                                                           : "",
                                          NULL);
    g_strdelimit(padded, "-", '+');
    g_strdelimit(padded, "_", '/');
    g_autofree guint8 *bytes = g_base64_decode(padded, length);
    /* What the decoder forgives would be a second text for the same cursor. */
    g_autofree char *again = print_bytes(bytes, *length);
    return strcmp(again, text) == 0 ? g_steal_pointer(&bytes) : NULL;
}

char *cursor_print(const struct cursor_seal *seal, const json_t *position)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint8 digest[BLOCK_BYTES] = {0};
    char *text = json_dumps(position, JSON_COMPACT);
    g_byte_array_append(bytes, digest, SEAL_BYTES);
    put_number(bytes, period_of(seal->now));
    put_number(bytes, seal->count);
    g_byte_array_append(bytes, (const guint8 *)text, (guint)strlen(text));
    free(text);
    seal_of(seal, bytes->data + SEAL_BYTES, bytes->len - SEAL_BYTES, digest);
    memcpy(bytes->data, digest, SEAL_BYTES);
    stream(seal->key, digest, bytes->data + SEAL_BYTES, bytes->len - SEAL_BYTES);
    return print_bytes(bytes->data, bytes->len);
}

/* In a time that does not tell how much of it was right. */
static gboolean is_same(const guint8 *left, const guint8 *right, gsize length)
{
    guint8 difference = 0;
    for (gsize i = 0; i < length; i++)
        difference |= (guint8)(left[i] ^ right[i]);
    return difference == 0;
}

/* What is behind the seal, shown; FALSE: it is not one of ours, or not for this. */
static gboolean unseal(const struct cursor_seal *seal, guint8 *bytes, gsize length)
{
    guint8 digest[BLOCK_BYTES];
    if (bytes == NULL || length < SEAL_BYTES + HEAD_BYTES)
        return FALSE;
    stream(seal->key, bytes, bytes + SEAL_BYTES, length - SEAL_BYTES);
    seal_of(seal, bytes + SEAL_BYTES, length - SEAL_BYTES, digest);
    return is_same(digest, bytes, SEAL_BYTES);
}

json_t *cursor_parse(const struct cursor_seal *seal, const char *text, struct fault *fault)
{
    gsize length = 0;
    g_autofree guint8 *bytes = parse_bytes(text, &length);
    if (!unseal(seal, bytes, length)) {
        fault_set(fault, FAULT_INVALID_CURSOR,
                  "the cursor is none of this query: begin again with an empty one");
        return NULL;
    }
    const guint8 *head = bytes + SEAL_BYTES;
    gint64 age = period_of(seal->now) - number_at(head);
    /* A clock set back a little is no reason to end a read. */
    if (age > 1 || age < -1) {
        fault_set(fault, FAULT_EXPIRED_CURSOR,
                  "the cursor is older than %d seconds: begin again with an empty one",
                  CURSOR_TIMEOUT);
        return NULL;
    }
    if (number_at(head + NUMBER_BYTES) != seal->count) {
        fault_set(fault, FAULT_INVALID_COUNT,
                  "'count' must stay what it was for the first page");
        return NULL;
    }
    return json_loadb((const char *)head + HEAD_BYTES, length - SEAL_BYTES - HEAD_BYTES, 0,
                      NULL);
}

char *cursor_generation(const struct cursor_key *key, gint64 now)
{
    g_autofree char *period = g_strdup_printf("%" G_GINT64_FORMAT, period_of(now));
    guint8 digest[BLOCK_BYTES];
    GHmac *hmac = begin(key, USE_GENERATION);
    g_hmac_update(hmac, (const guchar *)period, (gssize)strlen(period));
    end(hmac, digest);
    return print_bytes(digest, NUMBER_BYTES);
}
