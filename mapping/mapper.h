/*
 * Rules and snapshots in, desired state out.
 *
 * mapper_new() answers every rule on every snapshot once; mapper_desired() then gives each
 * organization its part, at the cost of its own people only. Rules, snapshots and profile maps
 * are borrowed and must outlive the mapper and every Desired made with it.
 *
 * The highest role wins in each scope; a project role without an organization role gives
 * member. A deny acts within its own directory and beats every grant. Who is disabled or
 * expired keeps the roles as text and is DESIRED_SUSPENDED. An entry that cannot be used (set
 * aside by its source; mail missing, unusable, outside the domains, several; the same mail or
 * userName as another granted entry of its directory) is DESIRED_SET_ASIDE, unless denied,
 * disabled or expired: those act by anchor whatever the entry looks like. The same mail in two
 * directories is the planner's.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "mapping/desired.h"
#include "mapping/profile_map.h"
#include "mapping/rules.h"
#include "mapping/snapshot.h"

struct mapper_directory {
    const char *name;
    const Snapshot *snapshot; /* sealed; NULL: none, and its people are left alone (I6) */
    const ProfileMap *profile;
    gboolean attaches; /* its people are there already: no profile is made of them */
};

struct mapper_organization {
    const char *name;
    const char *const *domains; /* NULL-terminated; NULL allows all */
    const char *seat_order;     /* attribute, or NULL */
};

/* What one rule gives or denies, with captures filled in; the group it comes through. */
struct mapper_grant {
    guint32 rule;      /* index into the rules */
    guint32 directory; /* index into the directories, ordered by name */
    guint32 group;     /* index into the snapshot's groups, or MAPPER_NO_GROUP */
    gboolean deny;
    const char *organization; /* NULL: deny for every organization */
    const char *project;      /* NULL: organization role */
    enum organization_role organization_role;
    enum project_role project_role;
};

#define MAPPER_NO_GROUP G_MAXUINT32

typedef struct mapper Mapper;

/* Errors, OUTCOME_SETTINGS: a group that a rule names is missing or there twice, or a pattern cannot
 * be decided. */
Mapper *mapper_new(const Rules *rules, const struct mapper_directory *directories,
                   guint32 directory_count, GError **error);
void mapper_free(Mapper *mapper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mapper, mapper_free)

/* The desired state of one organization. Never NULL; the caller frees. */
Desired *mapper_desired(const Mapper *mapper, const struct mapper_organization *organization);

/* What was left out, in words (char *, ordered): captured project names that no project can
 * have. Borrowed. */
const GPtrArray *mapper_notes(const Mapper *mapper);

/* For explain and lint: the parts it was made of (directories ordered by name), and all grants of
 * one person, in the order of rules (guint32 indexes for mapper_grant_at(), appended to `grants`).
 * One thread at a time. */
const Rules *mapper_rules(const Mapper *mapper);
const struct mapper_directory *mapper_directories(const Mapper *mapper, guint32 *count);
void mapper_grants_of(const Mapper *mapper, guint32 directory, guint32 person, GArray *grants);
const struct mapper_grant *mapper_grant_at(const Mapper *mapper, guint32 grant);
