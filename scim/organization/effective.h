/*
 * What a person's links, overrides and stand-ins amount to. Pure.
 *
 * In a scope the override counts if there is one, else the highest among the active links (and,
 * in a project, the stand-in). Whoever has a project role is at least a member. A person is
 * suspended while any link is inactive, or while an owner says so. A link in rehearsal counts for
 * nothing.
 */
#pragma once

#include "scim/organization/person_facts.h"

gboolean effective_is_suspended(const struct person_facts *facts);

/* Without any override: what the links say alone. */
enum organization_role effective_linked_role(const struct person_facts *facts);
enum project_role effective_linked_project_role(const struct person_facts *facts,
                                                const char *project);

enum organization_role effective_role(const struct person_facts *facts);
enum project_role effective_project_role(const struct person_facts *facts, const char *project);

/* Without the stand-in: what would be left if it ended. */
enum project_role effective_own_project_role(const struct person_facts *facts,
                                             const char *project);

/* Every project in which any of them says something: names borrowed from the facts, each once. */
GPtrArray *effective_projects(const struct person_facts *facts);

/* The oldest link that keeps the person in, leaving the one of origin `but` (or NULL) out of account;
 * NULL: none. An attached link keeps nobody in, nor does one in rehearsal. Borrowed. */
const struct link_facts *effective_holder(const struct person_facts *facts, const char *but);

/* Does nothing but a rehearsal know the person: no link keeps them in, and one is rehearsed? */
gboolean effective_is_rehearsed(const struct person_facts *facts);

/* Is the link `manual` the only one that counts: then people edit it, not an override. */
gboolean effective_is_manual(const struct person_facts *facts);

/* NULL: nobody. */
gboolean effective_is_active_owner(const struct person_facts *facts);

/* Do two states of a person differ in anything but version and time of change? */
gboolean effective_differs(const struct person_facts *a, const struct person_facts *b);
