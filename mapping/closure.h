/*
 * Who is in which group, nesting included: the closure of memberships, only over the groups that
 * rules name.
 *
 * Each such group carries one or more marks (small numbers: the mapper's grants). The marks of
 * a group flow to the groups inside it and from there to people. Cycles, self-members and
 * diamonds are harmless: circles of groups are first made into one knot, then every edge is
 * walked once. Linear in groups + memberships + marks handed down; each person gets a mark
 * once.
 */
#pragma once

#include <glib.h>

#include "mapping/snapshot.h"

struct closure_root {
    guint32 group; /* index into snapshot.groups */
    guint32 mark;  /* below mark_count */
};

typedef struct closure Closure;

/* Computes the closure. The snapshot is borrowed and must outlive the result. */
Closure *closure_new(const Snapshot *snapshot, const struct closure_root *roots,
                     guint32 root_count, guint32 mark_count);
void closure_free(Closure *closure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Closure, closure_free)

/* The marks of a person (index into snapshot.people), each once and ascending: appended to `marks`
 * (guint32). It keeps scratch space, so one thread at a time. */
void closure_marks(Closure *closure, guint32 person, GArray *marks);

/* A shortest chain of groups (guint32, index into snapshot.groups) from `group` down to one
 * that has the person as direct member; of several the one with the lowest indexes. NULL when
 * the person is not in it. The caller frees. */
GArray *closure_path(const Snapshot *snapshot, guint32 group, guint32 person);
