#include "agent/command/judging.h"

#include <glib/gstdio.h>

#include "agent/command/terminal.h"
#include "scim/organization/audit.h"
#include "scim/organization/organization.h"
#include "scim/protocol/outcome.h"
#include "scim/store/store_open.h"

char *judging_key_file(const Settings *settings)
{
    return settings->audit.key_file != NULL
               ? g_strdup(settings->audit.key_file)
               : g_strconcat(store_file(settings->endpoint.store), ".audit-key", NULL);
}

char *judging_anchors_file(const Settings *settings)
{
    return settings->audit.anchors != NULL
               ? g_strdup(settings->audit.anchors)
               : g_strconcat(store_file(settings->endpoint.store), ".audit-anchors", NULL);
}

static gboolean chain_has_begun(StoreSession *session, const char *organization,
                                gboolean *found, GError **error)
{
    struct audit_head head = {0};
    if (!audit_read_head(session, organization, &head, error))
        return FALSE;
    *found = *found || head.seq > 0;
    return TRUE;
}

static gboolean session_has_trail(StoreSession *session, gboolean *found, GError **error)
{
    g_autoptr(GPtrArray) names = organization_names(session, error);
    if (names == NULL || !chain_has_begun(session, AUDIT_EVERYWHERE, found, error))
        return FALSE;
    for (guint i = 0; !*found && i < names->len; i++)
        if (!chain_has_begun(session, g_ptr_array_index(names, i), found, error))
            return FALSE;
    return TRUE;
}

static gboolean store_has_trail(const Settings *settings, gboolean *found, GError **error)
{
    *found = FALSE;
    if (!g_file_test(store_file(settings->endpoint.store), G_FILE_TEST_EXISTS))
        return TRUE;
    g_autoptr(Store) store = store_open(settings->endpoint.store, error);
    StoreSession *session = store == NULL ? NULL : store_session_open(store, STORE_READ, error);
    const gboolean read = session != NULL && session_has_trail(session, found, error);
    g_clear_pointer(&session, store_session_close);
    return read;
}

static gboolean is_empty(const char *path)
{
    GStatBuf facts;
    return g_stat(path, &facts) != 0 || facts.st_size == 0;
}

/* A fresh key in the place of a lost one would make every record before look forged. */
static gboolean may_make_key(const Settings *settings, const char *key, const char *anchors,
                             GError **error)
{
    gboolean has_trail = FALSE;
    if (!store_has_trail(settings, &has_trail, error))
        return FALSE;
    if (!has_trail && is_empty(anchors))
        return TRUE;
    g_set_error(
        error, OUTCOME, OUTCOME_SETTINGS,
        "the audit key \"%s\" is missing, though an audit trail was written with it: put "
        "your copy of it back",
        key);
    return FALSE;
}

/* Nothing outside the store tells any more how far the trail once went. */
static gboolean tell_of_lost_anchors(const Settings *settings, const char *anchors,
                                     GError **error)
{
    gboolean has_trail = FALSE;
    if (!store_has_trail(settings, &has_trail, error))
        return FALSE;
    if (!has_trail)
        return TRUE;
    g_autofree char *line = g_strdup_printf(
        "rolecall: the audit anchors, %s, are gone and are begun anew: put your "
        "copy back, or find out with `rolecall audit verify` what is missing",
        anchors);
    terminal_tell(TERMINAL_ATTENTION, line);
    return TRUE;
}

static gboolean open_trail(struct judging *judging, const Settings *settings, GError **error)
{
    g_autofree char *key = judging_key_file(settings);
    g_autofree char *anchors = judging_anchors_file(settings);
    const gboolean is_new = !g_file_test(key, G_FILE_TEST_EXISTS);
    if ((is_new && !may_make_key(settings, key, anchors, error)) ||
        (!is_new && is_empty(anchors) && !tell_of_lost_anchors(settings, anchors, error)) ||
        !audit_key_open(key, judging->judge.random, &judging->key, error))
        return FALSE;
    judging->anchors = audit_anchors_open(anchors, &judging->key, error);
    if (judging->anchors == NULL)
        return FALSE;
    if (is_new) {
        g_autofree char *line =
            g_strdup_printf("rolecall: made the key of the audit trail, %s: keep a copy of it "
                            "elsewhere, without it nothing can be verified",
                            key);
        terminal_tell(TERMINAL_ATTENTION, line);
    }
    return TRUE;
}

static gboolean read_window(const Settings *settings, SendWindow **window, GError **error)
{
    *window = NULL;
    if (settings->invitations.send_window == NULL)
        return TRUE;
    *window = send_window_parse(settings->invitations.send_window, error);
    if (*window == NULL)
        g_prefix_error(error, "%s:%u: ", settings->file,
                       settings_line(settings, &settings->invitations.send_window));
    return *window != NULL;
}

gboolean judging_check(const Settings *settings, GError **error)
{
    g_autoptr(SendWindow) window = NULL;
    return read_window(settings, &window, error);
}

gboolean judging_open(struct judging *judging, const Settings *settings, GError **error)
{
    *judging = (struct judging){NULL};
    if (!read_window(settings, &judging->window, error))
        return FALSE;
    judging->renewal = (struct renewal_policy){
        .renewals = settings->invitations.renewals,
        .per = settings->invitations.renewals_per,
        .window = judging->window,
    };
    judging->judge = (struct judge){
        .clock = clock_system(),
        .random = random_system(),
        .restore_window = settings->invitations.restore_window,
        .audit_key = &judging->key,
        .sends_mail = settings->mail.url != NULL,
        .renewal = &judging->renewal,
    };
    if (!open_trail(judging, settings, error))
        return FALSE;
    judging->judge.anchors = judging->anchors;
    return TRUE;
}

void judging_close(struct judging *judging)
{
    g_clear_pointer(&judging->anchors, audit_anchors_close);
    g_clear_pointer(&judging->window, send_window_free);
    audit_key_wipe(&judging->key);
}
