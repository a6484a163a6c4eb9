/*
 * A small organization, and everybody who may act on it at random, for campaign_organization.
 *
 *   struct crowd *crowd = crowd_open(template, &counts);
 *   char *failure = crowd_play(crowd, &sequence, NULL);
 *   crowd_close(crowd);
 *
 * A template is "acme" in a store in memory, with people in all states that chance reached from its
 * number, and a small "labs" beside it that nobody may touch. A sequence is played in one
 * transaction, each act a savepoint of it, and rolled back: the template is whole again at once.
 * Every step draws from a seed of its own, so that a sequence can be played with steps left out and
 * does the rest alike.
 */
#pragma once

#include <glib.h>

#include "scim/organization/judge.h"
#include "scim/organization/person_facts.h"

#define CROWD_STEPS    16 /* at most in one sequence */
#define CROWD_TOKENS   8
#define CROWD_SECRET   64
#define CROWD_PROJECTS 3 /* the third is made by whoever gets to it */
#define CROWD_HOUR     ((gint64)3600)
#define CROWD_KINDS    ((guint)ACT_ORGANIZATION_ENSURE + 1)

struct crowd_counts {
    guint64 sequences, acts, sweeps, kept;
    guint64 kinds[CROWD_KINDS], done[CROWD_KINDS];
    guint64 verdicts[VERDICT_INVALID + 1];
    guint64 refusals[REFUSAL_MAX_ROLE + 1];
    guint64 events[VERDICT_EVENT_DECLINED + 1];
    guint64 waiting, rehearsed, owed; /* acts while somebody was, while something was */
    guint64 at_cap, again, mails, renewals, frozen, trails;
};

/* The token of an invitation, and whether it was used or its link is dead. */
struct crowd_token {
    char *text;
    gboolean is_used;
};

struct crowd_sequence {
    guint64 seed;
    guint steps;          /* at most CROWD_STEPS */
    guint32 skip;         /* bit n: step n is left out */
    gboolean reads_trail; /* at its end */
    gboolean keeps;       /* each act commits; the mailer's own functions take the mail */
};

struct crowd {
    Store *store;
    StoreSession *session;
    gint64 now, latest;    /* latest: the highest time there was, the clock may be set back */
    guint64 chance, bytes; /* the states of the two sources of chance */
    struct clock clock;
    struct random_source random;
    struct renewal_policy renewal;
    struct judge judge;
    char label[80];    /* of the person who acts */
    GPtrArray *people; /* struct person_facts, as they stood before the step */
    struct crowd_token tokens[CROWD_TOKENS];
    char client[CROWD_SECRET]; /* the secret of the last client that was made, or "" */
    gboolean is_kept;
    gboolean is_never_again; /* the act may be done twice */
    GString *story;          /* what is done is told here; NULL: nobody listens */
    char *failure;           /* the first thing that was wrong */
    struct crowd_counts *counts;
};

/* The same number gives the same template. What goes wrong in the making is in crowd->failure. */
struct crowd *crowd_open(guint number, struct crowd_counts *counts);
void crowd_close(struct crowd *crowd);

/* NULL: all held. Else a sentence (the caller frees), and `story` (may be NULL) tells the steps.
 * A crowd that kept a sequence is used up. */
char *crowd_play(struct crowd *crowd, const struct crowd_sequence *sequence, GString *story);

/* "create", "lift a marker" ... */
const char *crowd_kind_name(enum act_kind kind);

/* For the steps (crowd_step.h). Chance: below `limit`; once in so many. */
guint crowd_draw(struct crowd *crowd, guint limit);
gboolean crowd_one_in(struct crowd *crowd, guint many);

/* Does an act, checks what must hold after it, and counts. */
enum verdict_kind crowd_do(struct crowd *crowd, const struct actor *actor,
                           const struct act *act);

/* Remembers the first thing that was wrong. */
void crowd_fail(struct crowd *crowd, const char *format, ...) G_GNUC_PRINTF(2, 3);
void crowd_tell(struct crowd *crowd, const char *format, ...) G_GNUC_PRINTF(2, 3);
