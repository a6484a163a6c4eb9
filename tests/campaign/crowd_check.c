#include "tests/campaign/crowd_check.h"

#include <string.h>

#include "scim/organization/audit_verify.h"
#include "scim/organization/invitation.h"
#include "tests/support/invariant_check.h"

void crowd_look(struct crowd *crowd, struct crowd_look *look)
{
    g_autoptr(GError) error = NULL;
    *look = (struct crowd_look){0};
    struct store_rows *rows = store_query(
        crowd->session,
        "SELECT o.seats, o.seats_used, (SELECT COUNT(*) FROM person p WHERE p.organization ="
        " 'acme' AND p.status = 'invited' AND p.expires_at <= ?1), o.version,"
        " COALESCE((SELECT seq FROM audit_head h WHERE h.organization = 'acme'), 0),"
        " (SELECT COUNT(*) FROM renewal r WHERE r.organization = 'acme'), l.version,"
        " COALESCE((SELECT seq FROM audit_head h WHERE h.organization = 'labs'), 0),"
        " (SELECT COUNT(*) FROM person p WHERE p.organization = 'acme'"
        "  AND p.held_as = 'waiting'),"
        " (SELECT COUNT(*) FROM person p WHERE p.organization = 'acme'"
        "  AND p.held_as = 'rehearsed'),"
        " (SELECT COUNT(*) FROM owed d WHERE d.organization = 'acme')"
        " FROM organization o, organization l WHERE o.name = 'acme' AND l.name = 'labs'",
        STORE_BIND(store_int(crowd->now)), TRUE);
    if (store_next(rows))
        *look = (struct crowd_look){
            .cap = store_int_at(rows, 0),
            .seats = store_int_at(rows, 1),
            .due = store_int_at(rows, 2),
            .version = store_int_at(rows, 3),
            .records = store_int_at(rows, 4),
            .renewals = store_int_at(rows, 5),
            .labs_version = store_int_at(rows, 6),
            .labs_records = store_int_at(rows, 7),
            .waiting = store_int_at(rows, 8),
            .rehearsed = store_int_at(rows, 9),
            .owed = store_int_at(rows, 10),
        };
    else
        crowd_fail(crowd, "the organization is not there");
    if (!store_end(rows, &error))
        crowd_fail(crowd, "a look at the tables: %s", error->message);
}

/* Each refusal is named: a rule that has a name on the wire, and a sentence. */
static void check_words(struct crowd *crowd, const struct verdict *verdict)
{
    const char *detail = verdict->fault.detail;
    enum refusal_rule rule = verdict->fault.refusal.rule;
    if (verdict_is_good(verdict))
        return;
    if (detail == NULL || !g_ascii_isupper(detail[0] == '"' ? 'A' : detail[0]) ||
        !g_str_has_suffix(detail, "."))
        crowd_fail(crowd, "verdict %d says no sentence: %s", verdict->kind,
                   detail != NULL ? detail : "(nothing)");
    if ((verdict->kind == VERDICT_REFUSED) != (rule != REFUSAL_NONE))
        crowd_fail(crowd, "verdict %d with the rule %s", verdict->kind, refusal_name(rule));
    if (verdict->token != NULL || verdict->event != VERDICT_EVENT_NONE)
        crowd_fail(crowd, "what was not done gives a token or an event");
}

/* I8, and that what is not done leaves no trace; what time does in the same write is its own. */
static void check_trace(struct crowd *crowd, const struct act *act,
                        const struct verdict *verdict, const struct crowd_look *before,
                        const struct crowd_look *after)
{
    gboolean is_done = verdict->kind == VERDICT_DONE;
    if (act->kind == ACT_INVITATION_ASK)
        return;
    if (before->labs_version != after->labs_version ||
        before->labs_records != after->labs_records)
        crowd_fail(crowd, "another organization was touched");
    /* Pushed groups and access tokens have a state of their own. */
    gboolean is_group = act->kind == ACT_GROUP_CREATE || act->kind == ACT_GROUP_EDIT ||
                        act->kind == ACT_GROUP_REMOVE;
    if (is_done && !is_group && after->version == before->version &&
        act->kind != ACT_TOKEN_GRANT)
        crowd_fail(crowd, "done, and the organization's version is the same");
    if (is_done && after->records == before->records)
        crowd_fail(crowd, "I8: done, and nothing is recorded");
    /* What a provider may not do to the only owner is remembered. */
    gboolean is_owed = verdict->fault.refusal.rule == REFUSAL_LAST_OWNER;
    if (!is_done && before->due == 0 && !is_owed &&
        (after->version != before->version || after->records != before->records))
        crowd_fail(crowd, "verdict %d, and yet something was written", verdict->kind);
}

/* A seat that is free is somebody's who waits. */
static void check_waiting(struct crowd *crowd, const struct crowd_look *after)
{
    if (after->waiting > 0 && after->seats < after->cap)
        crowd_fail(crowd, "%" G_GINT64_FORMAT " wait, and %" G_GINT64_FORMAT " seats are free",
                   after->waiting, after->cap - after->seats);
}

void crowd_check_act(struct crowd *crowd, const struct act *act, const struct verdict *verdict,
                     const struct crowd_look *before, const struct crowd_look *after)
{
    /* What was due was expired first, unless no organization was found or time is frozen. */
    gboolean is_swept = after->due == 0 && !crowd->judge.time_is_frozen;
    gint64 freed = is_swept ? before->due : 0;
    check_words(crowd, verdict);
    check_trace(crowd, act, verdict, before, after);
    if (verdict->kind == VERDICT_DONE && act->kind != ACT_INVITATION_ASK)
        check_waiting(crowd, after);
    if (after->seats > before->seats - freed && after->seats > after->cap)
        crowd_fail(crowd,
                   "I3: from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                   " seats, where the cap is %" G_GINT64_FORMAT,
                   before->seats - freed, after->seats, after->cap);
    if (crowd->judge.sends_mail && verdict->token != NULL && act->kind != ACT_TOKEN_ROTATE &&
        act->kind != ACT_TOKEN_FOR_PERSON && act->kind != ACT_CONNECTION_CREATE &&
        act->kind != ACT_CLIENT_CREATE && act->kind != ACT_TOKEN_GRANT)
        crowd_fail(crowd, "a link is shown although it is mailed");
}

void crowd_check_sweep(struct crowd *crowd, const struct crowd_look *before,
                       const struct crowd_look *after)
{
    gboolean is_frozen = crowd->judge.time_is_frozen;
    if (is_frozen && (after->version != before->version || after->records != before->records))
        crowd_fail(crowd, "T01: time is frozen, and yet it did something");
    if (!is_frozen && after->due > 0)
        crowd_fail(crowd, "something is due after a sweep");
    if (!is_frozen)
        check_waiting(crowd, after);
    if (after->seats > before->seats - before->due && after->seats > after->cap && !is_frozen)
        crowd_fail(crowd, "I3: a sweep renews above the cap");
    if (after->version != before->version && after->records == before->records)
        crowd_fail(crowd, "I8: time did something, and nothing is recorded");
}

/* What waits opens a pending invitation, and its link is the one that is alive. */
static void check_outbox(struct crowd *crowd)
{
    g_autoptr(GError) error = NULL;
    struct store_rows *rows =
        store_query(crowd->session,
                    "SELECT token, invitation FROM outbox WHERE state = 'waiting'"
                    " AND expires_at > ?",
                    STORE_BIND(store_int(crowd->now)), TRUE);
    while (store_next(rows)) {
        g_autoptr(Invitation) invitation = NULL;
        if (!invitation_look_up(crowd->session, store_text_at(rows, 0), crowd->now, &invitation,
                                NULL, NULL) ||
            invitation == NULL || strcmp(invitation->id, store_text_at(rows, 1)) != 0)
            crowd_fail(crowd, "I5: a mail waits whose link opens nothing");
    }
    if (!store_end(rows, &error))
        crowd_fail(crowd, "the outbox: %s", error->message);
}

/* A query that finds what must not be. */
static void check_none(struct crowd *crowd, const char *name, const char *sql,
                       const struct store_value *values)
{
    g_autoptr(GError) error = NULL;
    struct store_rows *rows = store_query(crowd->session, sql, values, TRUE);
    if (store_next(rows))
        crowd_fail(crowd, "%s: %s", name, store_text_at(rows, 0));
    if (!store_end(rows, &error))
        crowd_fail(crowd, "%s: %s", name, error->message);
}

void crowd_check_tables(struct crowd *crowd)
{
    g_autofree char *broken = invariant_check(crowd->session, crowd->latest);
    if (broken != NULL)
        crowd_fail(crowd, "%s", broken);
    if (!crowd->judge.sends_mail) {
        check_none(crowd, "a mail where none is sent", "SELECT id FROM outbox", STORE_NOTHING);
        return;
    }
    check_outbox(crowd);
    check_none(crowd, "a pending invitation without a mail",
               "SELECT id FROM invitation i WHERE status = 'pending' AND organization = 'acme'"
               " AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.organization = i.organization"
               "  AND b.invitation = i.id)",
               STORE_NOTHING);
    check_none(crowd, "a mail waits for an invitation that is not pending",
               "SELECT id FROM outbox b WHERE state = 'waiting' AND NOT EXISTS (SELECT 1 FROM"
               " invitation i WHERE i.organization = b.organization AND i.id = b.invitation"
               "  AND i.person = b.person AND i.status = 'pending')",
               STORE_NOTHING);
    check_none(crowd, "M04: more renewals than allowed",
               "SELECT organization || '/' || person FROM renewal WHERE at > ?"
               " GROUP BY organization, person HAVING COUNT(*) > ?",
               STORE_BIND(store_int(crowd->latest - crowd->renewal.per),
                          store_int(crowd->renewal.renewals)));
}

void crowd_check_trail(struct crowd *crowd)
{
    g_autoptr(GError) error = NULL;
    struct audit_report report = {0};
    if (!audit_verify(crowd->session, NULL, crowd->judge.audit_key, NULL, &report, &error)) {
        crowd_fail(crowd, "the trail: %s", error->message);
        return;
    }
    if (report.findings->len > 0) {
        const struct audit_finding *finding = report.findings->pdata[0];
        crowd_fail(crowd, "I8: the trail of %s, record %" G_GINT64_FORMAT ": %s",
                   finding->organization, finding->seq, finding->text);
    }
    crowd->counts->trails++;
    audit_report_clear(&report);
}
