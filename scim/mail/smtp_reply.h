/*
 * What a reply of a mail server means for the mail (RFC 5321 4.2): by the code, and by what it
 * answers. Pure.
 */
#pragma once

#include <glib.h>

enum smtp_result {
    SMTP_TAKEN,    /* 2xx after the final dot */
    SMTP_POSTPONE, /* 4xx, no connection, time over, TLS or login failed: try again later */
    SMTP_REFUSED,  /* 5xx for this recipient or this mail */
};

/* What the reply answers, in the order of a session. */
enum smtp_stage {
    SMTP_STAGE_GREETING,
    SMTP_STAGE_HELLO,
    SMTP_STAGE_TLS,
    SMTP_STAGE_LOGIN,
    SMTP_STAGE_SENDER,
    SMTP_STAGE_RECIPIENT,
    SMTP_STAGE_DATA,
    SMTP_STAGE_MAIL, /* the final dot */
    SMTP_STAGE_QUIT,
};

/* The stage that a command line (`length` bytes) begins. A line that is no command belongs to the
 * stage before it: a login goes to and fro. */
enum smtp_stage smtp_reply_stage(const char *command, gsize length, enum smtp_stage before);

/* Does the session go on after this reply? */
gboolean smtp_reply_is_wanted(enum smtp_stage stage, int code);

/* What becomes of the mail when the session ends with this reply. */
enum smtp_result smtp_reply_judge(enum smtp_stage stage, int code);

/* "the mail server answered RCPT TO with 550: \"5.1.1 no such user\"": `words` on one line, printable
 * ASCII, cut. The caller frees. */
char *smtp_reply_print(enum smtp_stage stage, int code, const char *words);

/* Foreign words for one line of ours: printable ASCII without quotes, at most 200 bytes. The caller
 * frees. */
char *smtp_reply_clean(const char *words);
