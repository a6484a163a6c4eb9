/*
 * Holds sockets to absolute deadlines: one thread, which shuts the socket of whoever passes its
 * own (L8, R33). Shutting is all it does: who owns the socket sees the end of it and closes.
 *
 *   watch = deadline_watch_start();
 *   entry = deadline_watch_add(watch, socket, 5000);  deadline_entry_set(entry, 30000);
 *   deadline_watch_remove(watch, entry);  deadline_watch_stop(watch);
 */
#pragma once

#include <glib.h>

struct deadline_watch;
struct deadline_entry;

struct deadline_watch *deadline_watch_start(void);

/* Watches `socket` from now on, for `milliseconds` at first. Remove it before the socket is
 * closed: its number may be another's afterwards. */
struct deadline_entry *deadline_watch_add(struct deadline_watch *watch, int socket,
                                          unsigned milliseconds);

/* A new deadline, counted from now; 0: none until the next call. Cheap, from any thread. */
void deadline_entry_set(struct deadline_entry *entry, unsigned milliseconds);

/* Forgets and frees the entry. */
void deadline_watch_remove(struct deadline_watch *watch, struct deadline_entry *entry);

/* Shuts every socket now, whatever its deadline. */
void deadline_watch_expire(struct deadline_watch *watch);

/* Ends the thread and frees; every entry must have been removed. */
void deadline_watch_stop(struct deadline_watch *watch);
