#include "tests/support/slapd_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "tests/support/certificate_fixture.h"

#define READY_SECONDS 20
#define START_TRIES   5

/* The port of a socket that was free a moment ago; slapd may still lose the race for it. */
static guint16 free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        fail_msg("no free port on loopback: %s", g_strerror(errno));
    close(fd);
    return ntohs(address.sin_port);
}

static char *path_in(const struct slapd_fixture *slapd, const char *file)
{
    return g_build_filename(slapd->folder, file, NULL);
}

static void write_file(const struct slapd_fixture *slapd, const char *file, const char *text)
{
    g_autofree char *path = path_in(slapd, file);
    g_autoptr(GError) error = NULL;
    if (!g_file_set_contents(path, text, -1, &error))
        fail_msg("%s", error->message);
}

/* Debian keeps slapd and its tools in /usr/sbin, which a user's PATH may lack. */
static char *program(const char *name)
{
    g_autofree char *in_sbin = g_build_filename("/usr/sbin", name, NULL);
    char *found = g_find_program_in_path(name);
    if (found == NULL && g_file_test(in_sbin, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&in_sbin);
    if (found == NULL)
        fail_msg("live tests need %s (Debian packages slapd and ldap-utils)", name);
    return found;
}

static void run(const char *const *arguments)
{
    g_autofree char *binary = program(arguments[0]);
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) argv = g_strdupv((char **)(uintptr_t)arguments);
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "LDAPNOINIT", "1", TRUE);
    int status = 0;
    g_free(argv[0]);
    argv[0] = g_strdup(binary);
    if (!g_spawn_sync(NULL, argv, environment, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status,
                      &error))
        fail_msg("%s", error->message);
    if (!g_spawn_check_wait_status(status, &error))
        fail_msg("%s: %s\n%s%s", arguments[0], error->message, out, err);
}

static const char schemas[] = "include /etc/ldap/schema/core.schema\n"
                              "include /etc/ldap/schema/cosine.schema\n"
                              "include /etc/ldap/schema/inetorgperson.schema\n"
                              "include /etc/ldap/schema/nis.schema\n"
                              "modulepath /usr/lib/ldap\n"
                              "moduleload back_mdb\n"
                              "sizelimit 500\n";

static void write_config(const struct slapd_fixture *slapd,
                         const struct slapd_fixture_options *options)
{
    g_autoptr(GString) text = g_string_new(schemas);
    g_autofree char *database = path_in(slapd, "db");
    g_string_append_printf(text, "pidfile %s/slapd.pid\nargsfile %s/slapd.args\n",
                           slapd->folder, slapd->folder);
    if (options->certificate != SLAPD_CERTIFICATE_NONE)
        g_string_append_printf(text,
                               "TLSCACertificateFile %s\nTLSCertificateFile %s/server.pem\n"
                               "TLSCertificateKeyFile %s/server.key\n",
                               slapd->ca_file, slapd->folder, slapd->folder);
    g_string_append_printf(
        text,
        "database mdb\nsuffix %s\nrootdn %s\nrootpw %s\ndirectory %s\nmaxsize 1073741824\n"
        "dbnosync\nindex objectClass,uid,cn,mail,member,memberUid,entryUUID eq\n",
        SLAPD_FIXTURE_SUFFIX, SLAPD_FIXTURE_ROOT_DN, SLAPD_FIXTURE_ROOT_PASSWORD, database);
    if (options->extra_config != NULL)
        g_string_append_printf(text, "%s\n", options->extra_config);
    g_string_append(text, "limits dn.exact=\"" SLAPD_FIXTURE_BIND_DN
                          "\" size=unlimited time=unlimited\n"
                          "access to attrs=userPassword by anonymous auth by * none\n"
                          "access to * by users read by * none\n");
    write_file(slapd, "slapd.conf", text->str);
    if (g_mkdir(database, 0700) != 0)
        fail_msg("%s: %s", database, g_strerror(errno));
}

/* Appends an entry unless `ldif` brings it already. */
static void append_missing(GString *text, const char *ldif, const char *dn,
                           const char *attributes)
{
    g_autofree char *line = g_strdup_printf("dn: %s\n", dn);
    const char *found = ldif == NULL ? NULL : strstr(ldif, line);
    if (found == NULL || (found != ldif && found[-1] != '\n'))
        g_string_append_printf(text, "%s%s\n", line, attributes);
}

#define UNIT(name) "objectClass: organizationalUnit\nou: " name "\n"

static void load(const struct slapd_fixture *slapd, const char *ldif)
{
    static const struct {
        const char *dn, *attributes;
    } always[] = {
        {SLAPD_FIXTURE_SUFFIX,
         "objectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n"},
        {"ou=people," SLAPD_FIXTURE_SUFFIX, UNIT("people")},
        {"ou=groups," SLAPD_FIXTURE_SUFFIX, UNIT("groups")},
        {"ou=services," SLAPD_FIXTURE_SUFFIX, UNIT("services")},
        {SLAPD_FIXTURE_BIND_DN, "objectClass: organizationalRole\n"
                                "objectClass: simpleSecurityObject\ncn: rolecall\n"
                                "userPassword: " SLAPD_FIXTURE_PASSWORD "\n"},
    };

    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *config = path_in(slapd, "slapd.conf");
    g_autofree char *data = path_in(slapd, "data.ldif");
    for (size_t i = 0; i < G_N_ELEMENTS(always); i++)
        append_missing(text, ldif, always[i].dn, always[i].attributes);
    if (ldif != NULL)
        g_string_append(text, ldif);
    write_file(slapd, "data.ldif", text->str);
    run((const char *const[]){"slaptest", "-Q", "-u", "-f", config, NULL});
    run((const char *const[]){"slapadd", "-q", "-f", config, "-l", data, NULL});
}

/* The server must not outlive a test that crashes. */
static void die_with_parent(gpointer unused G_GNUC_UNUSED)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void spawn(struct slapd_fixture *slapd)
{
    g_autofree char *binary = program("slapd");
    g_autofree char *config = path_in(slapd, "slapd.conf");
    g_autofree char *log = path_in(slapd, "slapd.log");
    g_autofree char *listeners =
        g_strdup_printf("%s/ %s%s", slapd->ldap_uri, slapd->ldaps_uri ? slapd->ldaps_uri : "",
                        slapd->ldaps_uri ? "/" : "");
    const char *argv[] = {binary, "-f", config, "-h", listeners, "-d", "0", NULL};
    g_autoptr(GError) error = NULL;
    int log_fd = g_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (!g_spawn_async_with_fds(slapd->folder, (char **)(uintptr_t)argv, NULL,
                                G_SPAWN_DO_NOT_REAP_CHILD, die_with_parent, NULL, &slapd->pid,
                                -1, log_fd, log_fd, &error))
        fail_msg("%s", error->message);
    close(log_fd);
}

static gboolean listens(guint16 port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return connected;
}

/* FALSE when the server ended instead: it says why only in its log, or nowhere. */
static gboolean wait_ready(struct slapd_fixture *slapd)
{
    gint64 deadline = g_get_monotonic_time() + READY_SECONDS * G_USEC_PER_SEC;
    struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, slapd->pid, 0), .events = POLLIN};
    gboolean ready = FALSE;
    while (!(ready = listens(slapd->ldap_port)) && g_get_monotonic_time() < deadline)
        if (poll(&ended, 1, 5) > 0)
            break;
    close(ended.fd);
    return ready;
}

static void reap(struct slapd_fixture *slapd)
{
    if (slapd->pid <= 0)
        return;
    kill(slapd->pid, SIGKILL);
    waitpid(slapd->pid, NULL, 0);
    slapd->pid = 0;
}

static void choose_ports(struct slapd_fixture *slapd, gboolean with_tls)
{
    g_free(slapd->ldap_uri);
    g_free(slapd->ldaps_uri);
    slapd->ldap_port = free_port();
    slapd->ldap_uri = g_strdup_printf("ldap://127.0.0.1:%u", slapd->ldap_port);
    slapd->ldaps_port = with_tls ? free_port() : 0;
    slapd->ldaps_uri =
        with_tls ? g_strdup_printf("ldaps://127.0.0.1:%u", slapd->ldaps_port) : NULL;
}

static enum certificate_fault fault_of(enum slapd_certificate certificate)
{
    switch (certificate) {
    case SLAPD_CERTIFICATE_EXPIRED:
        return CERTIFICATE_EXPIRED;
    case SLAPD_CERTIFICATE_NOT_YET_VALID:
        return CERTIFICATE_NOT_YET_VALID;
    case SLAPD_CERTIFICATE_WRONG_NAME:
        return CERTIFICATE_WRONG_NAME;
    case SLAPD_CERTIFICATE_GOOD:
    case SLAPD_CERTIFICATE_NONE:
        break;
    }
    return CERTIFICATE_GOOD;
}

struct slapd_fixture *slapd_fixture_start_with(const struct slapd_fixture_options *options)
{
    struct slapd_fixture *slapd = g_new0(struct slapd_fixture, 1);
    g_autoptr(GError) error = NULL;
    slapd->folder = g_dir_make_tmp("rolecall-slapd-XXXXXX", &error);
    if (slapd->folder == NULL)
        fail_msg("%s", error->message);
    certificate_fixture_write(slapd->folder, fault_of(options->certificate));
    slapd->ca_file = path_in(slapd, "ca.pem");
    slapd->other_ca_file = path_in(slapd, "other-ca.pem");
    write_config(slapd, options);
    load(slapd, options->ldif);
    for (int try = 0; try < START_TRIES; try++) {
        choose_ports(slapd, options->certificate != SLAPD_CERTIFICATE_NONE);
        spawn(slapd);
        if (wait_ready(slapd))
            return slapd;
        reap(slapd);
    }
    fail_msg("slapd does not start, see %s/slapd.log", slapd->folder);
    return NULL;
}

struct slapd_fixture *slapd_fixture_start(const char *ldif)
{
    return slapd_fixture_start_with(&(struct slapd_fixture_options){.ldif = ldif});
}

void slapd_fixture_modify(struct slapd_fixture *slapd, const char *change_records)
{
    g_autofree char *changes = path_in(slapd, "changes.ldif");
    write_file(slapd, "changes.ldif", change_records);
    run((const char *const[]){"ldapmodify", "-x", "-H", slapd->ldap_uri, "-D",
                              SLAPD_FIXTURE_ROOT_DN, "-w", SLAPD_FIXTURE_ROOT_PASSWORD, "-f",
                              changes, NULL});
}

void slapd_fixture_freeze(struct slapd_fixture *slapd)
{
    siginfo_t info;
    kill(slapd->pid, SIGSTOP);
    waitid(P_PID, (id_t)slapd->pid, &info, WSTOPPED | WNOWAIT);
}

void slapd_fixture_thaw(struct slapd_fixture *slapd)
{
    kill(slapd->pid, SIGCONT);
}

void slapd_fixture_kill(struct slapd_fixture *slapd)
{
    reap(slapd);
}

void slapd_fixture_restart(struct slapd_fixture *slapd)
{
    reap(slapd);
    spawn(slapd);
    if (!wait_ready(slapd))
        fail_msg("slapd does not come back, see %s/slapd.log", slapd->folder);
}

static int remove_one(const char *path, const struct stat *info G_GNUC_UNUSED,
                      int kind G_GNUC_UNUSED, struct FTW *place G_GNUC_UNUSED)
{
    return remove(path);
}

void slapd_fixture_stop(struct slapd_fixture *slapd)
{
    if (slapd == NULL)
        return;
    reap(slapd);
    nftw(slapd->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    g_free(slapd->folder);
    g_free(slapd->ldap_uri);
    g_free(slapd->ldaps_uri);
    g_free(slapd->ca_file);
    g_free(slapd->other_ca_file);
    g_free(slapd);
}

static void append_member(GString *text, guint person)
{
    g_string_append_printf(text, "member: uid=u%05u,ou=people," SLAPD_FIXTURE_SUFFIX "\n",
                           person);
}

char *slapd_fixture_company(guint people, guint groups)
{
    GString *text = g_string_new("dn: " SLAPD_FIXTURE_SUFFIX "\nobjectClass: dcObject\n"
                                 "objectClass: organization\no: Example\ndc: example\n\n"
                                 "dn: ou=people," SLAPD_FIXTURE_SUFFIX
                                 "\n" UNIT("people") "\n"
                                                     "dn: ou=groups," SLAPD_FIXTURE_SUFFIX
                                                     "\n" UNIT("groups") "\n");
    for (guint i = 0; i < people; i++)
        g_string_append_printf(text,
                               "dn: uid=u%05u,ou=people," SLAPD_FIXTURE_SUFFIX "\n"
                               "objectClass: inetOrgPerson\nuid: u%05u\ncn: Given Sur%u\n"
                               "sn: Sur%u\ngivenName: Given\ndisplayName: Given Sur%u\n"
                               "mail: u%05u@example.test\nemployeeNumber: %u\n\n",
                               i, i, i, i, i, i, i);
    for (guint group = 0; group < groups; group++) {
        g_string_append_printf(text,
                               "dn: cn=g%03u,ou=groups," SLAPD_FIXTURE_SUFFIX "\n"
                               "objectClass: groupOfNames\ncn: g%03u\n",
                               group, group);
        for (guint i = 0; i < people; i++)
            if (i % groups == group || (i / groups) % groups == group)
                append_member(text, i);
        if (people <= group) /* groupOfNames demands a member: nobody of that name exists */
            append_member(text, people);
        g_string_append(text, "\n");
    }
    return g_string_free(text, FALSE);
}
