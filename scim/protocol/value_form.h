/*
 * What the text of a value must look like, by the kind of its attribute (RFC 7643 2.3).
 */
#pragma once

#include <glib.h>

/* xsd:dateTime with a time zone: 2011-08-01T18:29:49.793Z, 2008-01-23T04:56:22+01:00 (2.3.5). */
gboolean value_form_is_time(const char *text);

/* base64 of RFC 4648 4; the padding may be left out (2.3.6). */
gboolean value_form_is_binary(const char *text);

/* A URI, absolute or relative (2.3.7), by the characters it may have (RFC 3986 2); those beyond
 * ASCII pass (RFC 3987). */
gboolean value_form_is_reference(const char *text);
