/*
 * A real slapd for live tests: its own scratch folder, its own test CA, free ports on loopback.
 *
 *   struct slapd_fixture *slapd = slapd_fixture_start(ldif);       fails the test if it cannot
 *   ... slapd->ldap_uri, slapd->ca_file, SLAPD_FIXTURE_BIND_DN, SLAPD_FIXTURE_PASSWORD ...
 *   slapd_fixture_modify(slapd, "dn: uid=ada,...\nchangetype: modify\nreplace: mail\n...");
 *   slapd_fixture_stop(slapd);
 *
 * The suffix is dc=example,dc=test; core, cosine, inetorgperson and nis schemas are loaded. The
 * reader's account (SLAPD_FIXTURE_BIND_DN) is added to what `ldif` brings and has no size
 * limit; everybody else has 500. Where slapd is missing the test fails: a live test is never
 * skipped.
 */
#pragma once

#include <sys/types.h>

#include <glib.h>

#define SLAPD_FIXTURE_SUFFIX        "dc=example,dc=test"
#define SLAPD_FIXTURE_BIND_DN       "cn=rolecall,ou=services,dc=example,dc=test"
#define SLAPD_FIXTURE_PASSWORD      "reader-password"
#define SLAPD_FIXTURE_ROOT_DN       "cn=root,dc=example,dc=test"
#define SLAPD_FIXTURE_ROOT_PASSWORD "root-password"

/* The certificates that the fixture's CA issues; the server uses SLAPD_CERTIFICATE_GOOD. */
enum slapd_certificate {
    SLAPD_CERTIFICATE_GOOD,
    SLAPD_CERTIFICATE_EXPIRED,
    SLAPD_CERTIFICATE_NOT_YET_VALID,
    SLAPD_CERTIFICATE_WRONG_NAME,
    SLAPD_CERTIFICATE_NONE, /* no TLS at all: ldaps_uri is NULL, StartTLS is refused */
};

struct slapd_fixture_options {
    const char *ldif; /* entries below SLAPD_FIXTURE_SUFFIX; the suffix entry itself, ou=people,
                         ou=groups and ou=services are added when it lacks them */
    const char *extra_config; /* slapd.conf lines of the database: "limits ..."; or NULL */
    enum slapd_certificate certificate;
};

struct slapd_fixture {
    char *folder;    /* scratch, removed by slapd_fixture_stop() */
    char *ldap_uri;  /* "ldap://127.0.0.1:40123" */
    char *ldaps_uri; /* "ldaps://127.0.0.1:40124", or NULL */
    guint16 ldap_port, ldaps_port;
    char *ca_file;       /* PEM of the CA that signed the server's certificate */
    char *other_ca_file; /* PEM of a CA that did not */
    pid_t pid;
};

/* Loads `ldif` (NULL: only the suffix entries), starts, and waits until it answers. Fails the
 * test with slapd's own words if it cannot. */
struct slapd_fixture *slapd_fixture_start(const char *ldif);
struct slapd_fixture *slapd_fixture_start_with(const struct slapd_fixture_options *options);

/* Applies change records (RFC 2849) as the root DN; fails the test if one is refused. */
void slapd_fixture_modify(struct slapd_fixture *slapd, const char *change_records);

/* SIGSTOP and SIGCONT. */
void slapd_fixture_freeze(struct slapd_fixture *slapd);
void slapd_fixture_thaw(struct slapd_fixture *slapd);

/* Ends the server at once (SIGKILL) and keeps folder and ports: slapd_fixture_restart() brings
 * it back with the same data. */
void slapd_fixture_kill(struct slapd_fixture *slapd);
void slapd_fixture_restart(struct slapd_fixture *slapd);

/* Ends the server, removes the folder, frees. NULL is fine, so it may stand in a teardown. */
void slapd_fixture_stop(struct slapd_fixture *slapd);

/* LDIF of `people` inetOrgPersons (uid=u00000,ou=people..., mail u00000@example.test, sn, cn,
 * displayName, employeeNumber) and `groups` groupOfNames (cn=g000,ou=groups...): person i is in
 * the groups i % groups and (i / groups) % groups. The caller frees. */
char *slapd_fixture_company(guint people, guint groups);
