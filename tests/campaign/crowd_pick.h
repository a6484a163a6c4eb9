/*
 * Whom and what the crowd's steps are about, at random.
 */
#pragma once

#include "tests/campaign/crowd.h"

enum crowd_row {
    CROWD_ROW_PROJECT,
    CROWD_ROW_MARKER,
    CROWD_ROW_TOKEN,
    CROWD_ROW_WAITING_LINK,
    CROWD_ROW_GROUP,
    CROWD_ROW_KINDS,
};

/* The id of one of those in "acme"; NULL: there is none. The caller frees. */
char *crowd_pick_row(struct crowd *crowd, enum crowd_row kind);

const struct person_facts *crowd_pick_person(struct crowd *crowd);

/* An address of ten, which is a userName and an externalId, too. */
const char *crowd_pick_name(struct crowd *crowd);
