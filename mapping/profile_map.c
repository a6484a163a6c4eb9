#include "mapping/profile_map.h"

#include <string.h>

#include "scim/protocol/address.h"
#include "scim/protocol/outcome.h"

struct profile_map {
    char *text[PROFILE_FIELDS]; /* as written; NULL: unassigned */
    AttributeTemplate *template[PROFILE_FIELDS];
};

static const char *const built_in[PROFILE_FIELDS] = {
    [PROFILE_USER_NAME] = "${mail}",
    [PROFILE_MAIL] = "${mail}",
    [PROFILE_DISPLAY_NAME] = "${displayName|cn}",
    [PROFILE_GIVEN_NAME] = "${givenName}",
    [PROFILE_FAMILY_NAME] = "${sn}",
    [PROFILE_TITLE] = "${title}",
    [PROFILE_EMPLOYEE_NUMBER] = "${employeeNumber}",
    [PROFILE_ORGANIZATION] = "${company|o}",
    [PROFILE_DIVISION] = "${division}",
    [PROFILE_DEPARTMENT] = "${departmentNumber|department|ou}",
};

/* The fields without which nobody can be invited, and of which a person must have just one. */
static const enum profile_field needed[] = {PROFILE_MAIL, PROFILE_USER_NAME};

ProfileMap *profile_map_new(void)
{
    ProfileMap *map = g_new0(ProfileMap, 1);

    for (guint i = 0; i < PROFILE_FIELDS; i++) {
        if (built_in[i] == NULL)
            continue;
        map->text[i] = g_strdup(built_in[i]);
        map->template[i] = attribute_template_new(built_in[i], NULL);
    }
    return map;
}

void profile_map_free(ProfileMap *map)
{
    if (map == NULL)
        return;
    for (guint i = 0; i < PROFILE_FIELDS; i++) {
        g_free(map->text[i]);
        attribute_template_free(map->template[i]);
    }
    g_free(map);
}

gboolean profile_map_set(ProfileMap *map, const char *key, const char *template, GError **error)
{
    enum profile_field field = PROFILE_USER_NAME;
    g_autoptr(AttributeTemplate) compiled = NULL;

    if (!profile_field_parse(key, &field)) {
        g_set_error(
            error, OUTCOME, OUTCOME_SETTINGS,
            "profile has no key '%s': userName, mail, displayName, givenName, familyName, "
            "title, employeeNumber, costCenter, organization, division, department",
            key);
        return FALSE;
    }
    if (*template == '\0' && (field == PROFILE_USER_NAME || field == PROFILE_MAIL)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "profile '%s' cannot be empty: nobody could be invited", key);
        return FALSE;
    }
    if (*template != '\0') {
        compiled = attribute_template_new(template, error);
        if (compiled == NULL) {
            g_prefix_error(error, "profile '%s': ", key);
            return FALSE;
        }
    }
    g_free(map->text[field]);
    attribute_template_free(map->template[field]);
    map->text[field] = compiled != NULL ? g_strdup(template) : NULL;
    map->template[field] = g_steal_pointer(&compiled);
    return TRUE;
}

void profile_map_attributes(const ProfileMap *map, GPtrArray *names)
{
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        if (map->template[i] != NULL)
            attribute_template_attributes(map->template[i], names);
}

const char *profile_map_field(const ProfileMap *map, enum profile_field field,
                              const Snapshot *snapshot, const struct snapshot_person *person,
                              GStringChunk *chunk)
{
    if (map->template[field] == NULL)
        return NULL;
    return attribute_template_apply(map->template[field], snapshot, person, chunk);
}

static const char *say(GStringChunk *chunk, char *text)
{
    const char *kept = g_string_chunk_insert_const(chunk, text);
    g_free(text);
    return kept;
}

static const char *check_mail(const char *mail, const char *const *domains, GStringChunk *chunk)
{
    const char *why = NULL;

    if (!address_is_usable(mail, strlen(mail), &why))
        return say(chunk, g_strdup_printf("its mail '%s' %s", mail, why));
    if (!address_in_domains(mail, domains))
        return say(chunk, g_strdup_printf("its mail '%s' is outside the organization's domains",
                                          mail));
    return NULL;
}

const char *profile_map_apply(const ProfileMap *map, const Snapshot *snapshot,
                              const struct snapshot_person *person, const char *const *domains,
                              GStringChunk *chunk, struct profile *profile)
{
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        profile->field[i] =
            profile_map_field(map, (enum profile_field)i, snapshot, person, chunk);
    for (guint i = 0; i < G_N_ELEMENTS(needed); i++) {
        enum profile_field field = needed[i];
        const char *open =
            attribute_template_is_ambiguous(map->template[field], snapshot, person);
        if (open != NULL)
            return say(chunk,
                       g_strdup_printf("it has several values of '%s' where one is needed "
                                       "(name another attribute for %s, or use \":first\")",
                                       open, profile_field_key(field)));
        if (profile->field[field] == NULL)
            return say(chunk, g_strdup_printf("it has no %s (%s gives nothing)",
                                              profile_field_key(field), map->text[field]));
    }
    return check_mail(profile->field[PROFILE_MAIL], domains, chunk);
}

char *profile_map_digest(const ProfileMap *map)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    for (guint i = 0; i < PROFILE_FIELDS; i++) {
        const char *text = map->text[i] != NULL ? map->text[i] : "";
        g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text) + 1);
    }
    return g_strdup(g_checksum_get_string(checksum));
}
