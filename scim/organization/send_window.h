/*
 * When renewals may be sent: "Mon-Thu 07:00-15:00 Europe/Berlin". Pure.
 *
 * Days are a range or a list (Mon,Wed-Fri), times of the day lie within one day, the zone is a name
 * of the time zone database, UTC where none is given.
 */
#pragma once

#include <glib.h>

typedef struct send_window SendWindow;

/* NULL with OUTCOME_SETTINGS and a sentence that says what is wrong. */
SendWindow *send_window_parse(const char *text, GError **error);
void send_window_free(SendWindow *window);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SendWindow, send_window_free)

/* A NULL window is always open. Daylight saving is the zone's. */
gboolean send_window_is_open(const SendWindow *window, gint64 now);

/* The next moment at which it is open: `now` where it is; never more than 8 days ahead. */
gint64 send_window_next(const SendWindow *window, gint64 now);
