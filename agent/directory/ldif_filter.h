/*
 * Which entries of a file the person, group and account_disabled filters match: what a server would
 * answer by itself.
 *
 * Object classes are completed with the classes they stand on (an inetOrgPerson is a person), and
 * objectCategory with its common name, since exports name neither.
 */
#pragma once

#include <glib.h>

#include "agent/directory/directory_scheme.h"
#include "agent/directory/ldif_text.h"

enum ldif_match {
    LDIF_MATCH_PERSON = 1 << 0,
    LDIF_MATCH_GROUP = 1 << 1,
    LDIF_MATCH_DISABLED = 1 << 2,
};

/* One guint8 of enum ldif_match flags an entry, in the order of the file (a base is respected too).
 * NULL: OUTCOME_SETTINGS (a filter that is not understood), _BAD_INPUT (a DN that is none or comes
 * twice). The caller frees. */
GByteArray *ldif_filter_match(LdifText *text, const struct directory_scheme *scheme,
                              GError **error);
