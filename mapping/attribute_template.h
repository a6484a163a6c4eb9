/*
 * How a text is made from a directory entry's attributes: "${mail}", "${givenName} ${sn}",
 * "${uid:lower}@example.com". One is compiled for each key of a directory's `profile` group.
 *
 *   template    = *( literal / "$$" / "${" source *( "|" source ) *( ":" function ) "}" )
 *   source      = attribute name, or 'text in single quotes' (the last resort: always there)
 *   function    = "lower"            ASCII letters lowered
 *               / "upper"            ASCII letters raised
 *               / "first"            of several values the first in byte order, said on purpose
 *               / "initial"          the first character
 *               / "local"            what stands before the first "@"
 *               / "domain(" text ")" what stands before the first "@", "@" and this text
 *
 * The first source that has a value is taken; functions are applied from left to right. "$$" is
 * one "$". When an expression finds no value the whole template has none: "${givenName} ${sn}"
 * of someone without `sn` is unassigned rather than "Alice ". The values of an attribute have
 * no order in LDAP: the first in byte order is taken. Where that would be a guess that matters
 * (userName, mail), attribute_template_is_ambiguous() finds it.
 */
#pragma once

#include <glib.h>

#include "mapping/snapshot.h"

#define ATTRIBUTE_TEMPLATE_MAX_BYTES 1024 /* of the template, and of a text that it makes */

typedef struct attribute_template AttributeTemplate;

/* Compiles `text`, or NULL and an error (OUTCOME_SETTINGS) that names the place in it. */
AttributeTemplate *attribute_template_new(const char *text, GError **error);
void attribute_template_free(AttributeTemplate *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AttributeTemplate, attribute_template_free)

/* Adds the attribute names it reads to `names` (char *, owned by the array), each once. */
void attribute_template_attributes(const AttributeTemplate *template, GPtrArray *names);

/* The text for a person, or NULL where it has no value. It belongs to the snapshot or to
 * `chunk`: both must outlive it. What would be longer than ATTRIBUTE_TEMPLATE_MAX_BYTES is no
 * value. */
const char *attribute_template_apply(const AttributeTemplate *template,
                                     const Snapshot *snapshot,
                                     const struct snapshot_person *person, GStringChunk *chunk);

/* The attribute whose several values (ASCII-case-blind) leave the text open, or NULL. Never one
 * that passes through "first". Borrowed from the template. */
const char *attribute_template_is_ambiguous(const AttributeTemplate *template,
                                            const Snapshot *snapshot,
                                            const struct snapshot_person *person);
