/*
 * Times as pages and mails tell them to people. English, whatever the locale; UTC. Pure.
 */
#pragma once

#include <glib.h>

/* "Tuesday, 24 November 2026, 05:02 UTC"; a time that has no date says so. The caller frees. */
char *time_words_date(gint64 seconds);

/* "1 day and 23 hours", "2 hours and 5 minutes", "less than a minute": rounded down, so that it
 * promises nothing. The caller frees. */
char *time_words_left(gint64 seconds);

/* "Sunday" for 0, "January" for 0, as struct tm counts; what is no day or month is "". Static. */
const char *time_words_weekday(int day);
const char *time_words_month(int month);
