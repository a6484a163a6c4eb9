/*
 * One rule: as the config gives it (struct rule_text), and validated and compiled (struct
 * rule).
 *
 * rules.h is the door for everybody else: it keeps them in canonical order.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "mapping/condition.h"
#include "mapping/pattern.h"
#include "scim/organization/role.h"

/* One pair of a rule's `roles` table: what `role` expands to, and the role that it means. */
struct rule_text_role {
    const char *value, *role;
};

/* A rule as the config gives it; what is not given is NULL. Everything is copied. */
struct rule_text {
    const char *file; /* as errors shall name it: "rolecall.conf" */
    guint line;
    const char *directory;
    const char *group, *group_matches, *filter, *user; /* exactly one of these */
    const char *dn_key; /* `group` or `user` normalised, when the assembly found a DN in it */
    const char *organization, *project, *role;
    const struct rule_text_role *roles; /* NULL: `role` names the role itself */
    size_t role_count;
    gboolean deny;
    gint priority; /* 0 unless given; higher takes a seat earlier */
};

enum rule_subject {
    RULE_GROUP_DN,
    RULE_GROUP_NAME,   /* common name, ASCII-case-blind */
    RULE_GROUP_ANCHOR, /* `group` written like an immutable id: 32 to 36 hexadecimal digits and
                          hyphens */
    RULE_GROUP_MATCHES,
    RULE_FILTER,
    RULE_USER_DN,
    RULE_USER, /* with an "@": mail or login; else login or anchor. ASCII-case-blind */
};

struct rule_role {
    char *value;
    enum organization_role organization;
    enum project_role project;
};

struct rule {
    enum rule_subject subject;
    char *key;            /* as written: the name, DN, expression, filter, person */
    char *dn_key;         /* RULE_GROUP_DN, RULE_USER_DN */
    Pattern *pattern;     /* RULE_GROUP_MATCHES */
    Condition *condition; /* RULE_FILTER */
    char *directory;
    char *organization;      /* NULL: a deny for every organization */
    char *project;           /* NULL: an organization role; may hold captures */
    char *role;              /* as written; NULL for a deny; may hold captures */
    struct rule_role *roles; /* by value; without a table one entry: value = role */
    guint32 role_count;
    gboolean deny;
    gint priority;
    char *file;
    guint line;
};

/* The rule, or NULL and an error (OUTCOME_SETTINGS) "file:line: what is wrong and how to mend
 * it". `directories` and `organizations` are the names in the config, NULL-terminated. */
struct rule *rule_compile(const struct rule_text *text, const char *const *directories,
                          const char *const *organizations, GError **error);
void rule_free(struct rule *rule);

/* The canonical order: by what the rule says, then by spelling and place. With `places` FALSE
 * two rules that say the same are equal. */
int rule_compare(const struct rule *left, const struct rule *right, gboolean places);
