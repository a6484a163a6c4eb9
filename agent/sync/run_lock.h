/*
 * One run at a time: an flock on `lock` in the state folder, released when the process dies.
 */
#pragma once

#include <glib.h>

typedef struct run_lock RunLock;

/* Takes the lock, or fails with OUTCOME_RETRY when another run has it (exit 75; the sentence
 * names its process), OUTCOME_INTERNAL when the folder or file cannot be had. */
RunLock *run_lock_take(const char *state, GError **error);

/* The same on a file of any name; `busy` begins the sentence when somebody has it. */
RunLock *run_lock_take_file(const char *path, const char *busy, GError **error);
void run_lock_release(RunLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunLock, run_lock_release)
