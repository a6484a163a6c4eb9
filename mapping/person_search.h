/*
 * Who is meant by what an administrator types: a mail, a login, an anchor, a DN.
 */
#pragma once

#include <glib.h>

#include "mapping/mapper.h"

struct person_found {
    guint32 directory; /* index into mapper_directories() */
    guint32 person;    /* index into its snapshot's people */
};

/* Every entry of every directory that was read whose mail, userName, login or anchor is `who`
 * (ASCII-case-blind), whose DN is written so, or whose normalised DN is `dn_key` (NULL: `who` is no
 * DN). An array of struct person_found; the caller frees. */
GArray *person_search(const Mapper *mapper, const char *who, const char *dn_key);
