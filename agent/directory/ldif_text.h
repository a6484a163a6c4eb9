/*
 * LDIF (RFC 2849) in memory, one entry at a time, with libldap's reader of lines made safe.
 *
 *   g_autoptr(LdifText) text = ldif_text_new(bytes, length, &error);
 *   while (ldif_text_next(text, &entry, &error)) ...
 *   if (error != NULL) ...
 *
 * libldap would open what `include:` and `attribute:< url` name, even across folded lines. Lines
 * are unfolded here, both are refused, and so is every change record; only then is a line handed
 * to it. Each error names its line.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "agent/directory/directory_entry.h"

typedef struct ldif_text LdifText;

/* Checks what concerns the whole: not empty, a final newline, no NUL byte, at most "version: 1" before
 * the first entry. The bytes are borrowed. NULL: OUTCOME_BAD_INPUT. */
LdifText *ldif_text_new(const char *bytes, size_t length, GError **error);
void ldif_text_free(LdifText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LdifText, ldif_text_free)

/* The next entry, whose bytes live until the next call. FALSE at the end, and on an error
 * (OUTCOME_BAD_INPUT), which is then set. */
gboolean ldif_text_next(LdifText *text, struct directory_entry *entry, GError **error);

/* The line on which the entry taken last begins, from 1. */
guint ldif_text_line(const LdifText *text);

/* Back to the first entry. */
void ldif_text_rewind(LdifText *text);
