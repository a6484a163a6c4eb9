/*
 * How big one request may be, enforced while it is read (R23-R28) and advertised by discovery
 * from the same struct (R29).
 *
 *   struct request_limits limits = *request_limits_standard();
 *   limits.page = 200;
 *
 * Whoever reads a part of a request takes a `const struct request_limits *`; NULL stands for the
 * standard ones.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

/* The standard limits. */
#define FILTER_MAX_BYTES         4096
#define FILTER_MAX_TERMS         64 /* comparisons and value paths */
#define FILTER_MAX_DEPTH         32 /* brackets, round and square, open at once */
#define ATTRIBUTE_PATH_MAX_BYTES 512
#define BODY_MAX_BYTES           1048576
#define BODY_MAX_DEPTH           16
#define LIST_RESPONSE_MAX_COUNT  1000
#define SORTED_MAX_ROWS          25000
#define BULK_MAX_BYTES           8388608
#define BULK_MAX_OPERATIONS      1000
#define REQUESTS_A_SECOND        100

struct request_limits {
    size_t body;   /* bytes */
    size_t filter; /* bytes */
    size_t filter_terms;
    size_t filter_depth;
    size_t path; /* bytes of the path of a PATCH operation */
    size_t json_depth;
    gint64 page;            /* rows of a list answered at once */
    gint64 sorted;          /* rows put in order in memory for one page; more is a tooMany */
    size_t bulk_body;       /* bytes of a bulk request (RFC 7644 3.7.4) */
    gint64 bulk_operations; /* in one bulk request */
    gint64 rate;            /* requests a second and token; a sync's is exempt; 0: no limit */
};

/* What holds where nothing else is said. */
const struct request_limits *request_limits_standard(void);
