/*
 * What an e-mail address may be here: one strict ASCII dot-atom address, at most 254 bytes.
 *
 * No quoted local part, no comment, no CR, LF or NUL ever (R57, R61): what passes is safe in a
 * header and an envelope. Comparison is ASCII-case-blind; mail always goes to the stored
 * spelling.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#define ADDRESS_MAX_BYTES 254

/* Is `text` of `length` bytes (a NUL inside makes it unusable) an address we would mail? When
 * not, *why (if wanted) is a static sentence part such as "has no '@'". */
gboolean address_is_usable(const char *text, size_t length, const char **why);

/* Is the domain of a usable address one of `domains` (NULL-terminated, ASCII-case-blind, exact:
 * no subdomains)? NULL or an empty list allows every domain. */
gboolean address_in_domains(const char *address, const char *const *domains);

/* The form under which two spellings are the same address or userName: ASCII letters lowered,
 * everything else untouched. The caller frees. */
char *address_fold(const char *text);
