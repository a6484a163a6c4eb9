/*
 * Names that others chose, made fit to be read on a page or in a mail of ours (R58): one line, no
 * control, nothing that turns the direction of a text or is not seen, and nothing in it that a
 * program would make a link of. Pure; nothing here is escaped for HTML or a header.
 *
 *   g_autofree char *name = harmless_name_shown(organization->display_name);
 *
 * What is harmless already stays as it is. All of them are the caller's to free.
 */
#pragma once

#include <glib.h>

#define HARMLESS_NAME_CHARACTERS 64 /* of a name at most */

/* "Acme.io\r\nhttps://evil.example" becomes "Acme[.]io https[:]//evil[.]example". What is cut ends
 * with an ellipsis. NULL gives "". */
char *harmless_name_clean(const char *name);

/* The same, but never empty: "(no name)". */
char *harmless_name_shown(const char *name);

/* The same for a sentence: not cut. */
char *harmless_name_line(const char *text);

/* "Dana Doe (dana@example.com)"; the address alone where the name adds nothing. An address is left
 * as it is only if it could be mailed. NULL: neither says anything. */
char *harmless_name_person(const char *display_name, const char *address);
