/*
 * Every key of the config file, as data: the one table that parsing, defaults, checks, digests and
 * suggestions come from; etc/rolecall.conf is tested against it.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

/* A group of the config, with the struct of settings.h that it fills. */
enum settings_section {
    SETTINGS_SECTION_ROOT,
    SETTINGS_SECTION_ENDPOINT,
    SETTINGS_SECTION_LIMITS,
    SETTINGS_SECTION_ORGANIZATION,
    SETTINGS_SECTION_PROJECT,
    SETTINGS_SECTION_TARGET,
    SETTINGS_SECTION_DIRECTORY,
    SETTINGS_SECTION_PROFILE,
    SETTINGS_SECTION_RULE,
    SETTINGS_SECTION_SYNC,
    SETTINGS_SECTION_INVITATIONS,
    SETTINGS_SECTION_MAIL,
    SETTINGS_SECTION_AUDIT,
    SETTINGS_SECTION_NOTIFY,
    SETTINGS_SECTION_TEST,
    SETTINGS_SECTIONS,
};

enum settings_type {
    SETTINGS_TYPE_TEXT, /* const char * */
    SETTINGS_TYPE_URL,  /* const char *, http or https (smtp and smtps in mail), no slash at the
                           end */
    SETTINGS_TYPE_FLAG, /* gboolean */
    SETTINGS_TYPE_NUMBER,   /* gint64 within least and most */
    SETTINGS_TYPE_SIZE,     /* gint64 bytes: a number or "1 MiB" */
    SETTINGS_TYPE_DURATION, /* gint64 seconds */
    SETTINGS_TYPE_LIMIT,    /* struct settings_limit */
    SETTINGS_TYPE_NAME,     /* const char *, a short name */
    SETTINGS_TYPE_CHOICE,   /* const char *, one of choices */
    SETTINGS_TYPE_TEXTS,    /* const char **: an array, or one text */
    SETTINGS_TYPE_GROUP,    /* the struct of `section`, in place */
    SETTINGS_TYPE_LIST,     /* GPtrArray * of the struct of `section` */
    SETTINGS_TYPE_MAP, /* GPtrArray * of struct rule_text_role *: a group with free names */
};

struct settings_key {
    const char *name;
    size_t offset;              /* into the section's struct */
    const char *standard;       /* the default as the file would spell it; NULL: none */
    gint64 least, most;         /* bounds of numbers, sizes and durations */
    const char *help;           /* one sentence for the man page */
    const char *const *choices; /* CHOICE: NULL-terminated */
    enum settings_section in;
    enum settings_type type;
    enum settings_section section; /* GROUP, LIST: what is inside */
    gboolean is_required;
    gboolean is_operational; /* it decides how and when, never what a plan says */
};

/* The whole table, ended by a row without a name; rows of one section are together. */
const struct settings_key *settings_table(void);

/* The row of a key, or NULL. */
const struct settings_key *settings_table_find(enum settings_section in, const char *name);

/* The nearest name of the section to one that is not there, or NULL. */
const char *settings_table_nearest(enum settings_section in, const char *name);

/* What a section is called in messages: "endpoint", "organizations[]", "directories[].profile".
 */
const char *settings_table_section_name(enum settings_section section);

/* The bytes of the struct that a section fills. */
size_t settings_table_section_size(enum settings_section section);
