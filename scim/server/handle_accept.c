#include "scim/server/handle_accept.h"

#include <string.h>

#include "scim/organization/harmless_name.h"
#include "scim/organization/invitation.h"
#include "scim/organization/invitation_words.h"
#include "scim/organization/organization.h"
#include "scim/server/accept_form.h"
#include "scim/server/accept_page.h"

#define JAVASCRIPT "text/javascript; charset=utf-8"
#define CSS        "text/css; charset=utf-8"

#define FORBIDDEN   403
#define GONE        410
#define SERVER_FAIL 500

gboolean handle_accept_page(struct call *call)
{
    return accept_form_answer(call, 200, ACCEPT_FORM_HTML,
                              accept_page_start(call->service->sends_mail));
}

gboolean handle_accept_script(struct call *call)
{
    return accept_form_answer(call, 200, JAVASCRIPT, g_strdup(accept_page_script()));
}

gboolean handle_accept_style(struct call *call)
{
    return accept_form_answer(call, 200, CSS, g_strdup(accept_page_style()));
}

static gboolean answer_dead(struct call *call)
{
    return accept_form_answer(call, GONE, ACCEPT_FORM_HTML,
                              accept_page_dead(call->service->sends_mail));
}

/* A person reads this: what went wrong on our side is a page as well. The status stays, and so does
 * what else was said of it. */
static gboolean answer_failure(struct call *call)
{
    unsigned status = (unsigned)call->fault.status;
    if (status < SERVER_FAIL) {
        return FALSE;
    }
    call_answer_fault(call);
    fault_clear(&call->fault);
    return accept_form_answer(call, status, ACCEPT_FORM_HTML, accept_page_busy());
}

/* What a posted form says. */
struct form {
    GHashTable *fields;
    const char *token;  /* "" where there is none */
    const char *answer; /* "accept", "decline", or NULL: it only asks what this is */
};

/* The code as somebody pastes it: with blanks, with line breaks, the whole link. In place. */
static const char *read_code(char *pasted)
{
    char *mark = strrchr(pasted, '#');
    char *start = mark != NULL ? mark + 1 : pasted;
    char *to = start;
    for (const char *from = start; *from != '\0'; from++) {
        if (!g_ascii_isspace(*from)) {
            *to++ = *from;
        }
    }
    explicit_bzero(to, strlen(to));
    return start;
}

static gboolean read_form(struct call *call, struct form *form)
{
    form->fields = accept_form_read(call);
    if (form->fields == NULL) {
        return FALSE;
    }
    char *token = g_hash_table_lookup(form->fields, "token");
    form->token = token != NULL ? read_code(token) : "";
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

static gboolean answer_question(struct call *call, const char *token,
                                const struct invitation *invitation,
                                const struct organization *organization)
{
    struct invitation_words words;
    GError *error = NULL;
    if (!invitation_words_read(call->session, organization->name, invitation->person,
                               invitation->invited_by, &words, &error)) {
        return call_store_failed(call, error);
    }
    if (words.roles == NULL) { /* nobody is invited any more */
        invitation_words_clear(&words);
        return answer_dead(call);
    }
    g_autofree char *inviter = words.service != NULL
                                   ? g_strdup(words.service)
                                   : harmless_name_person(words.inviter, words.inviter_address);
    const struct accept_page_offer offer = {.organization = words.organization,
                                            .inviter = inviter,
                                            .address = invitation->address,
                                            .roles = words.roles,
                                            .now = call->now,
                                            .expires_at = invitation->expires_at,
                                            .token = token};
    gboolean done =
        accept_form_answer(call, 200, ACCEPT_FORM_HTML, accept_page_question(&offer));
    invitation_words_clear(&words);
    return done;
}

gboolean handle_accept_look(struct call *call)
{
    struct form form = {0};
    if (!read_form(call, &form)) {
        return FALSE;
    }
    g_autoptr(GHashTable) fields = form.fields;
    if (form.answer != NULL && accept_form_refuse_foreign(call)) {
        return TRUE;
    }
    g_autoptr(Invitation) invitation = NULL;
    g_autoptr(Organization) organization = NULL;
    gboolean good = look_up(call, form.token, &invitation, &organization);
    if (good && (invitation == NULL || organization == NULL)) {
        answer_dead(call);
    } else if (good && form.answer == NULL) {
        good = answer_question(call, form.token, invitation, organization);
    }
    return good || answer_failure(call);
}

/* What the judge did not do: whatever the reason, a token that opens nothing looks the same. */
static gboolean answer_refusal(struct call *call)
{
    if (answer_failure(call)) {
        return TRUE;
    }
    gboolean says_why = call->fault.status == FORBIDDEN && call->fault.detail != NULL;
    gboolean done = says_why ? accept_form_answer(call, FORBIDDEN, ACCEPT_FORM_HTML,
                                                  accept_page_refused(call->fault.detail))
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
    call_sign(call, &call->actor);
    gboolean good = call_judge(call, &act, &verdict);
    verdict_clear(&verdict);
    if (!good) {
        return answer_refusal(call);
    }
    const char *name = organization->display_name;
    return accept_form_answer(call, 200, ACCEPT_FORM_HTML,
                              accepts ? accept_page_accepted(name)
                                      : accept_page_declined(name));
}

gboolean handle_accept_answer(struct call *call)
{
    struct form form = {0};
    if (!read_form(call, &form)) {
        return FALSE;
    }
    g_autoptr(GHashTable) fields = form.fields;
    g_autoptr(Invitation) invitation = NULL;
    g_autoptr(Organization) organization = NULL;
    if (!look_up(call, form.token, &invitation, &organization)) {
        return answer_failure(call);
    }
    return invitation == NULL || organization == NULL || form.answer == NULL
               ? answer_dead(call)
               : carry_out(call, &form, organization);
}
