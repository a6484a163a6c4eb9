/*
 * A resource of each type to try the places on: its values, made from what /Schemas says of them,
 * and how one is made, read and put away.
 */
#pragma once

#include "tests/conformance/matrix/matrix_place.h"
#include "tests/scim/server/server_fixture.h"

/* Which of the two values of a place. */
enum matrix_choice { MATRIX_FIRST, MATRIX_SECOND };

struct matrix_subject {
    const char *type, *endpoint; /* "User", "/Users" */
    const char *token;           /* who may write it; borrowed */
    gboolean is_strict;          /* it is a strict connection's */
    gboolean creates, replaces, patches;
    json_t *schemas; /* array: the core schema, then the extensions */
    GArray *places;  /* struct matrix_place, those common to all first */
    char *people[3]; /* ids of people who are there: the admin of everything, and two more */
    guint serial;    /* of the values in use */
};

/* Who writes: a provider, and an administrator. */
struct matrix_writers {
    const char *provider, *admin; /* tokens */
    gboolean are_strict;
};

/* Of one entry of /ResourceTypes; `schemas` is the list of /Schemas. */
void matrix_subject_init(struct matrix_subject *subject, struct server_fixture *fixture,
                         const struct matrix_writers *writers, const json_t *type,
                         const json_t *schemas);
void matrix_subject_clear(struct matrix_subject *subject);

/* One of the two values of a place; NULL where a client has none to send. New reference. */
json_t *matrix_subject_value(const struct matrix_subject *subject,
                             const struct matrix_place *place, enum matrix_choice choice);

/* Is it one to try? The roles of a client's own, which are tried here, are for tolerant connections. */
gboolean matrix_subject_tries(const struct matrix_subject *subject,
                              const struct matrix_place *place);

/* A whole resource as a client sends it, with the first value at every place that it may write. */
json_t *matrix_subject_body(const struct matrix_subject *subject);

/* Where one resource is, below the service's base; the caller frees. */
char *matrix_subject_target(const struct matrix_subject *subject, const char *id);

/* Takes it away again, so that names and seats are free. */
void matrix_subject_drop(struct matrix_subject *subject, struct server_fixture *fixture,
                         const char *id);
