/*
 * A link of a person, matched by (origin, externalId) with what the directory wants of it: the
 * place where the candidates and notes of one link are made.
 */
#pragma once

#include "agent/sync/plan_draft.h"

/* One matched link while its changes are collected. */
struct plan_match {
    PlanDraft *draft;
    const struct desired_link *wanted; /* NULL: missing */
    const struct actual_person *person;
    const struct actual_link *link;
    struct plan_candidate base; /* what every candidate of this link has in common */
};

/* A link without an organization role of its own makes a member. */
enum organization_role plan_match_at_least_member(enum organization_role role);

/* Adds a candidate for this link and gives its step to be filled in; borrowed until the next. */
struct plan_step *plan_match_begin(struct plan_match *match, enum plan_kind kind, guint flags);

/* Fills in what the link loses when it goes (PLAN_REMOVE, PLAN_REVOKE) or is suspended. */
void plan_match_fill_loss(struct plan_match *match, struct plan_step *step);

/* Notes something about the person. `project` may be "". */
void plan_match_note(struct plan_match *match, enum plan_note_reason reason,
                     const char *project, const char *sentence);

/* Notes that the person is protected, and what was therefore not done. */
void plan_match_note_protected(struct plan_match *match, const char *what);
