/*
 * What the accept page says, in people's words: names made harmless to read, roles, the time left.
 *
 *   g_autofree char *name = accept_words_name(organization->display_name);
 *
 * Pure text: nothing here is HTML yet, and none of it is escaped. All of them are the caller's to
 * free.
 */
#pragma once

#include <glib.h>

#include "scim/organization/role.h"

#define ACCEPT_WORDS_NAME 64 /* characters of a name at most */

/* A name that somebody chose: at most ACCEPT_WORDS_NAME characters, on one line, without controls,
 * without what turns the direction of a text or is not seen at all, without the form of a URL
 * (R58). Never empty: "(no name)". */
char *accept_words_name(const char *name);

/* The same for a sentence: not cut. */
char *accept_words_sentence(const char *text);

/* "Dana Doe (dana@example.com)"; the address alone where the name adds nothing. */
char *accept_words_person(const char *display_name, const char *user_name);

/* "member of the organization". */
char *accept_words_organization_role(enum organization_role role);

/* "read-write in Search". */
char *accept_words_project_role(enum project_role role, const char *project);

/* "1 day and 23 hours", "2 hours and 5 minutes", "less than a minute": rounded down, so that it
 * promises nothing. */
char *accept_words_time_left(gint64 seconds);

/* "24 November 2026, 05:02 UTC". */
char *accept_words_time(gint64 seconds);
