/*
 * A rule's `filter`: the string form of an LDAP filter (RFC 4515), answered on a snapshot.
 *
 *   Condition *condition = condition_new("(&(department=Search)(!(title=Chef)))", &error);
 *   if (condition_holds(condition, snapshot, person)) ...
 *
 * Understood: & | ! = (equality, presence, substrings) >= <= ~= (taken as equality), escapes,
 * the true "(&)" and false "(|)" of RFC 4526, and Active Directory's two bit rules
 * (1.2.840.113556.1.4.803 and .804); any other extensible match is an error that says so.
 * Names and values compare ASCII-case-blind. >= and <= compare numbers where both sides are
 * whole numbers, else bytes (which orders generalizedTime). An attribute that an entry lacks
 * makes a comparison false and so its negation true, as directories do for attributes they
 * know.
 */
#pragma once

#include <glib.h>

#include "mapping/snapshot.h"

typedef struct condition Condition;

/* Compiles a filter, or NULL and an error (OUTCOME_SETTINGS) with the byte where it breaks. */
Condition *condition_new(const char *text, GError **error);
void condition_free(Condition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Condition, condition_free)

/* Adds the attribute names it reads to `names` (char *, owned by the array), each once. */
void condition_attributes(const Condition *condition, GPtrArray *names);

/* Does it hold for this person? Cost: the terms times the person's values. */
gboolean condition_holds(const Condition *condition, const Snapshot *snapshot,
                         const struct snapshot_person *person);
