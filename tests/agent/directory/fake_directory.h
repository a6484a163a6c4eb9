/*
 * A server that says what a test wants it to say, where no real one would.
 *
 *   static const struct fake_answer answers[] = {{.entries = "dn: uid=ada,dc=x\nuid: ada\n"}};
 *   struct fake_directory *fake = fake_directory_start(answers, 1);
 *   ... connect to fake->uri ...
 *   fake_directory_stop(fake);
 *
 * Binds succeed; the rootDSE offers pages; every other search takes the next answer. A search
 * beyond the last answer finds nothing.
 */
#pragma once

#include <glib.h>

struct fake_answer {
    const char *entries;   /* "dn: ...\nname: value\n", a blank line between; \xx is one byte */
    const char *reference; /* a SearchResultReference after them, or NULL */
    int code;
    const char *cookie;  /* of the paging control, "" on the last page; NULL: "" */
    gboolean no_control; /* leave the paging control out */
    gboolean close;      /* hang up instead of the SearchResultDone */
    gboolean silent;     /* never send the SearchResultDone */
    gboolean other_id;   /* answer under another message id */
    gboolean notice;     /* Notice of Disconnection (RFC 4511 4.4.1) instead of the result */
};

struct fake_directory {
    char *uri;
    guint16 port;
    const char *root;   /* more of the rootDSE, as `entries` writes attributes; or NULL */
    int bind_code;      /* what a bind is answered with */
    const char *caller; /* what "Who am I?" says */
    GPtrArray *asked;   /* char *: "base scope filter-bytes attributes" of each search taken */
    struct fake_state *state;
};

struct fake_directory *fake_directory_start(const struct fake_answer *answers, guint count);

/* Ends it and frees all; after this no answer was left over unless the test says otherwise. */
void fake_directory_stop(struct fake_directory *fake);
