/*
 * Names that others chose, made fit to stand in a mail of ours (R58): one line, no control and no
 * character that turns the direction of a text, at most 64 characters, and nothing in it that a mail
 * program would make a link of. Pure.
 */
#pragma once

#include <glib.h>

#define MAIL_NAME_CHARACTERS 64

/* "Acme.io\r\nhttps://evil.example" becomes "Acme[.]io https[:]//evil[.]example". What is cut ends
 * with an ellipsis. NULL gives "". The caller frees. */
char *mail_name_clean(const char *text);
