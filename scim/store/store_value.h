/*
 * What is bound to a statement, and how a session is opened: the words store and driver share.
 */
#pragma once

#include <glib.h>

enum store_mode {
    STORE_READ,  /* a snapshot for each transaction; cannot write */
    STORE_WRITE, /* one at a time over all processes: begin waits up to 5 s for its turn */
};

enum store_kind {
    STORE_END, /* ends a list of values */
    STORE_NULL,
    STORE_INT,
    STORE_TEXT,
    STORE_BLOB,
};

/* A value to bind. Borrowed until the call returns, then copied by the driver. */
struct store_value {
    enum store_kind kind;
    gint64 number; /* the value of STORE_INT, the length of STORE_BLOB */
    const void *data;
};

static inline struct store_value store_int(gint64 number)
{
    return (struct store_value){.kind = STORE_INT, .number = number};
}

/* NULL binds NULL. */
static inline struct store_value store_text(const char *text)
{
    return (struct store_value){.kind = text == NULL ? STORE_NULL : STORE_TEXT, .data = text};
}

static inline struct store_value store_blob(const void *data, gsize length)
{
    return (struct store_value){
        .kind = data == NULL ? STORE_NULL : STORE_BLOB, .number = (gint64)length, .data = data};
}

static inline struct store_value store_null(void)
{
    return (struct store_value){.kind = STORE_NULL};
}

/* The list of values of one call, in the order of the parameters. */
#define STORE_BIND(...) ((const struct store_value[]){__VA_ARGS__, {.kind = STORE_END}})
#define STORE_NOTHING   ((const struct store_value[]){{.kind = STORE_END}})
