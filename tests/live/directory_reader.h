/*
 * Reading a fixture's slapd as a source, for the live tests of directories.
 */
#pragma once

#include <glib.h>

#include "agent/directory/directory_options.h"
#include "agent/directory/ldap_source.h"
#include "tests/agent/directory/directory_case.h"
#include "tests/support/slapd_fixture.h"

/* Options that read all of the fixture over this URI (NULL: its ldap_uri). The caller frees. */
DirectoryOptions *directory_reader_options(const struct slapd_fixture *slapd, const char *uri);

/* One read by a source of its own; the snapshot as directory_case_show() puts it, or NULL. */
char *directory_reader_read(const DirectoryOptions *options, const char *words, GError **error);

/* The read must give this text, or fail with this outcome and these words (several parted by '|'). */
void directory_reader_expect(const DirectoryOptions *options, const char *words,
                             const char *text);
void directory_reader_expect_error(const DirectoryOptions *options, const char *words,
                                   int outcome, const char *parts);
