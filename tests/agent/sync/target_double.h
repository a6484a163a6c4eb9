/*
 * A target over the endpoint model, that can fail at any write: for tests of apply and cycle.
 */
#pragma once

#include <glib.h>

#include "agent/sync/target.h"
#include "tests/agent/sync/endpoint_model.h"

enum target_double_fault {
    TARGET_DOUBLE_NONE,
    TARGET_DOUBLE_LOST_ANSWER,  /* the write happens, the answer never comes */
    TARGET_DOUBLE_LOST_REQUEST, /* neither */
    TARGET_DOUBLE_BLIND,        /* the write happens, no answer, and looking back fails, too */
    TARGET_DOUBLE_CONFLICT,
    TARGET_DOUBLE_REFUSAL, /* 403 permission */
    TARGET_DOUBLE_SEAT_CAP,
    TARGET_DOUBLE_AWAY,   /* does not answer, nothing happened */
    TARGET_DOUBLE_BROKEN, /* some other no */
};

struct target_double {
    struct target target; /* first: a target is cast to its double */
    struct model model;
    GStringChunk *text;
    guint writes;   /* asked for so far */
    guint fault_at; /* at this write (from 1), and only once; 0: never */
    enum target_double_fault fault;
    gboolean is_blind; /* look_back() cannot tell, read() fails */
    guint looks;       /* look_back() calls */
    const char *wrong; /* a write that no endpoint would take, or a broken invariant */
};

/* The model is copied. */
struct target_double *target_double_new(const struct model *model);
void target_double_free(struct target_double *double_);
