#include "agent/command/operator_access.h"

#include "agent/command/terminal.h"
#include "agent/sync/report.h"
#include "scim/organization/organization.h"
#include "scim/protocol/outcome.h"
#include "scim/store/store_open.h"

gboolean operator_access_open(struct operator_access *access, const Settings *settings,
                              GError **error)
{
    *access = (struct operator_access){.settings = settings};
    access->label = g_strconcat(ACTOR_LABEL_OPERATOR, g_get_user_name(), NULL);
    const char *uri = settings->endpoint.store;
    if (!store_check_owner(uri, error))
        return FALSE;
    access->store = store_open(uri, error);
    if (access->store == NULL)
        return FALSE;
    access->session = store_session_open(access->store, STORE_WRITE, error);
    if (access->session == NULL || !judging_open(&access->judging, settings, error))
        return FALSE;
    access->judge = access->judging.judge;
    access->judge.session = access->session;
    return TRUE;
}

void operator_access_close(struct operator_access *access)
{
    judging_close(&access->judging);
    g_clear_pointer(&access->session, store_session_close);
    g_clear_pointer(&access->store, store_close);
    g_clear_pointer(&access->label, g_free);
}

char *operator_access_organization(struct operator_access *access, const char *wanted,
                                   GError **error)
{
    g_autoptr(GPtrArray) names = organization_names(access->session, error);
    if (names == NULL)
        return NULL;
    for (guint i = 0; wanted != NULL && i < names->len; i++)
        if (g_strcmp0(g_ptr_array_index(names, i), wanted) == 0)
            return g_strdup(wanted);
    if (wanted != NULL)
        g_set_error(
            error, OUTCOME, OUTCOME_REFUSED,
            "there is no organization \"%s\": start `rolecall serve` once, or create it",
            wanted);
    else if (names->len == 0)
        g_set_error(error, OUTCOME, OUTCOME_REFUSED,
                    "there is no organization yet: start `rolecall serve` once, or create one");
    else if (names->len > 1)
        g_set_error(error, OUTCOME, OUTCOME_REFUSED,
                    "there are several organizations: say which with --organization");
    else
        return g_strdup(g_ptr_array_index(names, 0));
    return NULL;
}

struct actor operator_access_actor(const struct operator_access *access,
                                   const char *organization)
{
    struct actor actor = actor_operator(organization, access->label);
    actor.source = OPERATOR_ACCESS_SOURCE;
    actor.reason = access->reason;
    return actor;
}

gboolean operator_access_judge(struct operator_access *access, const struct actor *actor,
                               const struct act *act, struct verdict *verdict, GError **error)
{
    if (!judge_write(&access->judge, actor, act, verdict, error))
        return FALSE;
    if (verdict_is_good(verdict))
        return TRUE;
    const char *detail = verdict->fault.refusal.detail != NULL ? verdict->fault.refusal.detail
                                                               : verdict->fault.detail;
    g_set_error_literal(error, OUTCOME, OUTCOME_REFUSED,
                        detail == NULL ? "the organization's rules say no" : detail);
    return FALSE;
}

PersonFacts *operator_access_find(struct operator_access *access, const char *organization,
                                  const char *name, GError **error)
{
    g_autofree char *id = NULL;
    PersonFacts *facts = NULL;
    if (!person_find_by_address(access->session, organization, name, &id, error) ||
        (id == NULL &&
         !person_find_by_user_name(access->session, organization, name, &id, error)))
        return NULL;
    if (id != NULL && !person_facts_read(access->session, organization, id,
                                         clock_now(access->judge.clock), &facts, error))
        return NULL;
    if (facts == NULL)
        g_set_error(error, OUTCOME, OUTCOME_REFUSED, "there is nobody \"%s\" in \"%s\"", name,
                    organization);
    return facts;
}

int operator_access_run(const struct command_line *line, const char *reason, operator_work work,
                        void *context)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_line_settings(line, FALSE, &status);
    if (settings == NULL)
        return status;
    struct operator_access access = {NULL};
    gboolean done = operator_access_open(&access, settings, &error);
    access.reason = reason;
    done = done && work(&access, context, &error);
    status = access.status;
    operator_access_close(&access);
    return done ? status : operator_access_fail(line, error);
}

int operator_access_fail(const struct command_line *line, const GError *error)
{
    const gboolean is_settings = g_error_matches(error, OUTCOME, OUTCOME_SETTINGS);
    return command_line_fail(line, is_settings ? REPORT_EXIT_CONFIG : REPORT_EXIT_FAILED,
                             error->message);
}
