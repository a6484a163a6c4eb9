/*
 * How the people of one directory get their profile: one attribute template a field.
 *
 * profile_map_new() holds the built-in templates, profile_map_set() overrides one by its key in
 * the config's `profile` group, profile_map_apply() makes the profile of an entry.
 *
 * Built in: userName and mail "${mail}", displayName "${displayName|cn}", givenName, title,
 * employeeNumber, division, familyName "${sn}", department "${departmentNumber|department|ou}",
 * organization "${company|o}"; costCenter is unassigned.
 */
#pragma once

#include <glib.h>

#include "mapping/attribute_template.h"
#include "mapping/profile.h"
#include "mapping/snapshot.h"

typedef struct profile_map ProfileMap;

ProfileMap *profile_map_new(void);
void profile_map_free(ProfileMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProfileMap, profile_map_free)

/* Sets the template of the field with this key; "" leaves the field unassigned (but not
 * userName or mail). Error OUTCOME_SETTINGS: no such key, or a broken template. */
gboolean profile_map_set(ProfileMap *map, const char *key, const char *template,
                         GError **error);

/* Adds the attributes that the templates read to `names` (char *, owned), each once. */
void profile_map_attributes(const ProfileMap *map, GPtrArray *names);

/* One field of a person, or NULL; the text belongs to the snapshot or to `chunk`. */
const char *profile_map_field(const ProfileMap *map, enum profile_field field,
                              const Snapshot *snapshot, const struct snapshot_person *person,
                              GStringChunk *chunk);

/* Fills in the profile of a person; its texts belong to the snapshot or to `chunk`. Returns
 * NULL, or why nobody can be invited by it (a sentence part, in `chunk`): no value for mail,
 * several values where one is needed, mail that is no usable address (address.h) or lies
 * outside `domains` (NULL-terminated; NULL allows all). */
const char *profile_map_apply(const ProfileMap *map, const Snapshot *snapshot,
                              const struct snapshot_person *person, const char *const *domains,
                              GStringChunk *chunk, struct profile *profile);

/* SHA-256 of all templates as they were written, lower-case hexadecimal. The caller frees. */
char *profile_map_digest(const ProfileMap *map);
