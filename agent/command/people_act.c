#include "agent/command/people_act.h"

#include "agent/command/own_endpoint.h"

/* A second invitation of the same address would kill the link of the first one, printed above. */
static gboolean is_repeated(char *const *addresses, char *const *address)
{
    for (; addresses != address; addresses++)
        if (g_ascii_strcasecmp(*addresses, *address) == 0)
            return TRUE;
    return FALSE;
}

static void do_one(struct operator_access *access, const struct people_act *act,
                   const char *organization, const char *address, InvitationResults *results)
{
    g_autoptr(GError) refusal = NULL;
    struct invitation_result result = {NULL};
    if (act->one(access, organization, address, act->context, &result, &refusal))
        invitation_results_add(results, address, &result);
    else
        invitation_results_refuse(results, address, refusal->message);
    invitation_result_clear(&result);
}

static gboolean do_all(struct operator_access *access, void *context, GError **error)
{
    const struct people_act *act = context;
    /* a link that cannot be told must not be made */
    g_autofree char *url = own_endpoint_public_url(
        access->settings, act->makes_links && !access->judge.sends_mail ? error : NULL);
    if (url == NULL && act->makes_links && !access->judge.sends_mail)
        return FALSE;
    g_autofree char *organization =
        operator_access_organization(access, act->organization, error);
    if (organization == NULL)
        return FALSE;
    g_autoptr(InvitationResults) results = invitation_results_new(organization, act->list);
    char *const *words = act->line->words;
    for (char *const *address = words; *address != NULL; address++)
        if (is_repeated(words, address))
            invitation_results_add(results, *address,
                                   &(struct invitation_result){.status = "named twice"});
        else
            do_one(access, act, organization, *address, results);
    access->status = invitation_results_show(results, act->line->json);
    return TRUE;
}

int people_act_run(const struct people_act *act)
{
    struct people_act copy = *act;
    return operator_access_run(act->line, act->reason, do_all, &copy);
}

gboolean people_act_judge(struct operator_access *access, const char *organization,
                          const struct act *act, struct verdict *verdict,
                          struct invitation_result *result, GError **error)
{
    const struct actor actor = operator_access_actor(access, organization);
    if (!operator_access_judge(access, &actor, act, verdict, error))
        return FALSE;
    result->is_mailed = access->judge.sends_mail && (verdict->event == VERDICT_EVENT_INVITED ||
                                                     verdict->event == VERDICT_EVENT_REISSUED);
    if (verdict->token == NULL)
        return TRUE;
    result->link = own_endpoint_link(access->settings, verdict->token, error);
    return result->link != NULL;
}
