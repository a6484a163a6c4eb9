/*
 * Audit records as a table that spreadsheets read and never run (RFC 4180, R65).
 *
 * One record is one line: what could break it is escaped as in JSON. A cell that would begin with
 * = + - @, a tab or a line break gets an apostrophe before it, so that nothing takes it for a
 * formula. Pure.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

/* The names of the columns, with CRLF at the end. The caller frees. */
char *audit_csv_header(void);

/* A record of audit.h, likewise; before and after are JSON in their cells. */
char *audit_csv_row(const json_t *record);
