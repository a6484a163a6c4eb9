/*
 * Distinguished names (RFC 4514) in one form under which equal names are equal texts.
 *
 *   g_autofree char *key = directory_dn_key(dn, &error);
 *
 * Used on what directories send and on the DNs in rules, so that spelling never matters:
 * attribute types lower-cased and under one name (commonName, 2.5.4.3: cn), values case-folded
 * with white space collapsed, the parts of a multi-valued RDN ordered.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#define DIRECTORY_DN_MAX_BYTES 65536

/* The key of a DN; "" is the key of "". The caller frees. NULL: OUTCOME_BAD_INPUT, not a DN,
 * not UTF-8 or beyond the maximum. */
char *directory_dn_key(const char *dn, GError **error);

/* The same for `length` bytes as a directory sends them (a NUL inside is an error). */
char *directory_dn_key_of_bytes(const char *bytes, size_t length, GError **error);

/* Is the entry with this key at or below the base with that key? Every key is below "". */
gboolean directory_dn_key_is_below(const char *key, const char *base_key);

/* An equality filter "(uid=alice)" for the first part of the DN's RDN, value escaped (RFC
 * 4515); it narrows a search and proves nothing. NULL if the DN is empty or none. The caller
 * frees. */
char *directory_dn_rdn_filter(const char *dn);
