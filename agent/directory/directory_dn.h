/*
 * Distinguished names (RFC 4514) in one form under which equal names are equal texts.
 *
 *   g_autofree char *key = directory_dn_key(dn, &error);
 *
 * Used on what directories send and on the DNs in rules, so that spelling never matters:
 * attribute types lower-cased and under one name (commonName, 2.5.4.3: cn), values lower-cased
 * with white space collapsed, the parts of a multi-valued RDN ordered. Where in doubt two names
 * stay different: a member that is not found is counted, one taken for somebody else is not.
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

/* The value that the DN's RDN gives to an attribute, or NULL. The caller frees. */
char *directory_dn_rdn_value(const char *dn, const char *attribute);

/* An equality filter "(uid=alice)" for the first part of the DN's RDN; it narrows a search and
 * proves nothing. NULL if the DN is empty or none. The caller frees. */
char *directory_dn_rdn_filter(const char *dn);

/* `length` bytes as the value of a filter (RFC 4515): everything that is not a plain letter,
 * digit or one of "-._@ " becomes \xx. Escaped for a filter, not for a DN (R41). The caller
 * frees. */
char *directory_dn_filter_value(const char *bytes, size_t length);
