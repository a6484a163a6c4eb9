#include "scim/server/handle_accept.h"

#include <string.h>

#include "scim/organization/invitation.h"
#include "scim/organization/organization.h"
#include "scim/organization/person_facts.h"
#include "scim/server/accept_page.h"

#define HTML       "text/html; charset=utf-8"
#define JAVASCRIPT "text/javascript; charset=utf-8"
#define CSS        "text/css; charset=utf-8"

#define FORBIDDEN 403
#define GONE      410

#define POLICY                                                                                 \
    "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; "            \
    "base-uri 'none'; frame-ancestors 'none'"

/* Takes `text`. */
static gboolean answer(struct call *call, unsigned status, const char *media_type, char *text)
{
    exchange_answer(call->exchange, status, media_type, text, strlen(text));
    exchange_set_header(call->exchange, "Content-Security-Policy", POLICY);
    exchange_set_header(call->exchange, "Referrer-Policy", "no-referrer");
    exchange_set_header(call->exchange, "X-Frame-Options", "DENY");
    return TRUE;
}

gboolean handle_accept_page(struct call *call)
{
    return answer(call, 200, HTML, accept_page_start());
}

gboolean handle_accept_script(struct call *call)
{
    return answer(call, 200, JAVASCRIPT, g_strdup(accept_page_script()));
}

gboolean handle_accept_style(struct call *call)
{
    return answer(call, 200, CSS, g_strdup(accept_page_style()));
}

static gboolean answer_dead(struct call *call)
{
    return answer(call, GONE, HTML, accept_page_dead());
}

/* What a posted form says. */
struct form {
    GHashTable *fields;
    const char *token;  /* "" where there is none */
    const char *answer; /* "accept", "decline", or NULL: it only asks what this is */
};

static gboolean read_form(struct call *call, struct form *form)
{
    form->fields = exchange_read_form(call->exchange);
    if (form->fields == NULL) {
        return fault_set(&call->fault, FAULT_INVALID_SYNTAX, "the form cannot be read");
    }
    const char *token = g_hash_table_lookup(form->fields, "token");
    form->token = token != NULL ? token : "";
    form->answer = g_hash_table_lookup(form->fields, "answer");
    if (form->answer != NULL && strcmp(form->answer, "accept") != 0 &&
        strcmp(form->answer, "decline") != 0) {
        g_clear_pointer(&form->fields, g_hash_table_unref);
        return fault_set(&call->fault, FAULT_INVALID_VALUE, "'answer' is accept or decline");
    }
    return TRUE;
}

/* The invitation that a token opens and where; *invitation NULL: none. FALSE with a fault. */
static gboolean look_up(struct call *call, const char *token, Invitation **invitation,
                        Organization **organization)
{
    g_autofree char *name = NULL;
    GError *error = NULL;
    if (call->session == NULL) {
        return fault_set_status(&call->fault, 503, "the store does not answer: try again");
    }
    if (!invitation_look_up(call->session, token, call->now, invitation, &name, &error)) {
        return call_store_failed(call, error);
    }
    if (*invitation == NULL) {
        return TRUE;
    }
    return organization_read(call->session, name, call->now, organization, &error) ||
           call_store_failed(call, error);
}

static GPtrArray *print_roles(const struct person_facts *facts)
{
    GPtrArray *roles = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(roles, g_strdup(organization_role_name(facts->role)));
    for (guint i = 0; i < facts->projects->len; i++) {
        const struct project_role_facts *project =
            &g_array_index(facts->projects, struct project_role_facts, i);
        g_ptr_array_add(roles,
                        g_strdup_printf("%s in project %s", project_role_name(project->role),
                                        project->project));
    }
    return roles;
}

#define PERSON_LABEL "person:"

/* A person by address; a service by its name. */
static char *print_inviter(struct call *call, const char *organization, const char *label)
{
    if (label == NULL || !g_str_has_prefix(label, PERSON_LABEL)) {
        return g_strdup(label);
    }
    g_autoptr(PersonFacts) inviter = NULL;
    gboolean good = person_facts_read(call->session, organization, label + strlen(PERSON_LABEL),
                                      call->now, &inviter, NULL);
    return good && inviter != NULL ? g_strdup(inviter->user_name) : NULL;
}

static gboolean answer_question(struct call *call, const char *token,
                                const struct invitation *invitation,
                                const struct organization *organization)
{
    g_autoptr(PersonFacts) facts = NULL;
    GError *error = NULL;
    if (!person_facts_read(call->session, organization->name, invitation->person, call->now,
                           &facts, &error)) {
        return call_store_failed(call, error);
    }
    if (facts == NULL) {
        return answer_dead(call);
    }
    g_autoptr(GPtrArray) roles = print_roles(facts);
    g_autofree char *inviter = print_inviter(call, organization->name, invitation->invited_by);
    const struct accept_page_offer offer = {.organization = organization->display_name,
                                            .inviter = inviter,
                                            .address = invitation->address,
                                            .roles = roles,
                                            .expires_at = invitation->expires_at,
                                            .token = token};
    return answer(call, 200, HTML, accept_page_question(&offer));
}

gboolean handle_accept_look(struct call *call)
{
    struct form form = {0};
    if (!read_form(call, &form)) {
        return FALSE;
    }
    g_autoptr(Invitation) invitation = NULL;
    g_autoptr(Organization) organization = NULL;
    gboolean good = look_up(call, form.token, &invitation, &organization);
    if (good && (invitation == NULL || organization == NULL)) {
        answer_dead(call);
    } else if (good && form.answer == NULL) {
        good = answer_question(call, form.token, invitation, organization);
    }
    g_hash_table_unref(form.fields);
    return good;
}

/* What the judge did not do: whatever the reason, a token that opens nothing looks the same. */
static gboolean answer_refusal(struct call *call)
{
    if (call->fault.status >= 500) {
        return FALSE;
    }
    gboolean says_why = call->fault.status == FORBIDDEN && call->fault.detail != NULL;
    gboolean done = says_why
                        ? answer(call, FORBIDDEN, HTML, accept_page_refused(call->fault.detail))
                        : answer_dead(call);
    fault_clear(&call->fault);
    return done;
}

static gboolean carry_out(struct call *call, const struct form *form,
                          const struct organization *organization)
{
    gboolean accepts = g_strcmp0(form->answer, "accept") == 0;
    const struct act act = {.kind = accepts ? ACT_INVITATION_ACCEPT : ACT_INVITATION_DECLINE,
                            .token = form->token};
    struct verdict verdict = {0};
    call->actor = actor_system(NULL);
    gboolean good = call_judge(call, &act, &verdict);
    verdict_clear(&verdict);
    if (!good) {
        return answer_refusal(call);
    }
    const char *name = organization->display_name;
    return answer(call, 200, HTML,
                  accepts ? accept_page_accepted(name) : accept_page_declined(name));
}

gboolean handle_accept_answer(struct call *call)
{
    struct form form = {0};
    if (!read_form(call, &form)) {
        return FALSE;
    }
    g_autoptr(Invitation) invitation = NULL;
    g_autoptr(Organization) organization = NULL;
    gboolean good = look_up(call, form.token, &invitation, &organization);
    if (good) {
        good = invitation == NULL || organization == NULL || form.answer == NULL
                   ? answer_dead(call)
                   : carry_out(call, &form, organization);
    }
    g_hash_table_unref(form.fields);
    return good;
}
