/*
 * How fast mails may go: at most `rate` of them in any minute (M05). Times are monotonic
 * microseconds; pure.
 */
#pragma once

#include <glib.h>

typedef struct mail_pace MailPace;

/* `rate` 0: no limit. */
MailPace *mail_pace_new(gint64 rate);
void mail_pace_free(MailPace *pace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailPace, mail_pace_free)

/* When the next one may go: not after `now` if it may at once. */
gint64 mail_pace_next(const MailPace *pace, gint64 now);

/* One goes now. */
void mail_pace_count(MailPace *pace, gint64 now);
