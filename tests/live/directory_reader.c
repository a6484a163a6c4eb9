#include "tests/live/directory_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

DirectoryOptions *directory_reader_options(const struct slapd_fixture *slapd, const char *uri)
{
    DirectoryOptions *options = directory_options_new("corp");
    options->uris = g_strsplit(uri != NULL ? uri : slapd->ldap_uri, " ", -1);
    options->bind_dn = g_strdup(SLAPD_FIXTURE_BIND_DN);
    options->secret = g_strdup(SLAPD_FIXTURE_PASSWORD);
    options->base = g_strdup(SLAPD_FIXTURE_SUFFIX);
    options->ca_file = g_strdup(slapd->ca_file);
    return options;
}

char *directory_reader_read(const DirectoryOptions *options, const char *words, GError **error)
{
    g_autoptr(Needs) needs = directory_case_needs(words);
    struct source *source = ldap_source_new(options, directory_case_clock(), NULL, error);
    if (source == NULL)
        return NULL;
    g_autoptr(Snapshot) snapshot = source->read(source, needs, error);
    source->free(source);
    return snapshot == NULL ? NULL : directory_case_show(snapshot);
}

void directory_reader_expect(const DirectoryOptions *options, const char *words,
                             const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = directory_reader_read(options, words, &error);
    if (shown == NULL)
        fail_msg("%s: %s", words, error->message);
    assert_string_equal(shown, text);
}

void directory_reader_expect_error(const DirectoryOptions *options, const char *words,
                                   int outcome, const char *parts)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = directory_reader_read(options, words, &error);
    g_auto(GStrv) list = g_strsplit(parts, "|", -1);
    if (shown != NULL)
        fail_msg("%s: no error, but\n%s", words, shown);
    for (char **part = list; *part != NULL; part++)
        if (strstr(error->message, *part) == NULL)
            fail_msg("%s: '%s' is not in '%s'", words, *part, error->message);
    assert_null(strchr(error->message, '\n'));
    assert_null(strstr(error->message, SLAPD_FIXTURE_PASSWORD));
    if (error->code != outcome)
        fail_msg("%s: outcome %d, not %d: %s", words, error->code, outcome, error->message);
}
