/*
 * The attributes of a person that a directory sets: one table for config keys, SCIM and plans.
 */
#pragma once

#include <glib.h>

enum profile_field {
    PROFILE_USER_NAME, /* key "userName", SCIM userName */
    PROFILE_MAIL, /* key "mail", SCIM emails[type eq "work"].value, primary: the mailing address
                   */
    PROFILE_DISPLAY_NAME,
    PROFILE_GIVEN_NAME,  /* key "givenName", SCIM name.givenName */
    PROFILE_FAMILY_NAME, /* key "familyName", SCIM name.familyName */
    PROFILE_TITLE,
    PROFILE_EMPLOYEE_NUMBER, /* from here on: the enterprise extension */
    PROFILE_COST_CENTER,
    PROFILE_ORGANIZATION,
    PROFILE_DIVISION,
    PROFILE_DEPARTMENT,
    PROFILE_FIELDS, /* how many there are */
};

/* A person's profile: one text or NULL (unassigned) a field. Who owns the texts is said where
 * one is used. */
struct profile {
    const char *field[PROFILE_FIELDS];
};

/* The key of a field in the config's `profile` group and in plans: "userName", "mail" ... */
const char *profile_field_key(enum profile_field field);

/* The field with this key (exact), or FALSE. */
gboolean profile_field_parse(const char *key, enum profile_field *field);

/* The SCIM path that carries a field: "displayName", "name.givenName",
 * "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department" ... PROFILE_MAIL
 * gives "emails[type eq \"work\"].value". */
const char *profile_field_path(enum profile_field field);
