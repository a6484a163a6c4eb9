#include "scim/server/handle_ask.h"

#include <string.h>

#include "scim/protocol/address.h"
#include "scim/server/accept_form.h"
#include "scim/server/accept_page.h"

gboolean handle_ask_page(struct call *call)
{
    return accept_form_answer(call, 200, ACCEPT_FORM_HTML,
                              accept_page_ask(call->service->sends_mail));
}

/* Somebody asked for a new invitation: the writer's, with nobody waiting for its end. */
struct asking {
    struct write_job job;
    const struct call_service *service;
    char *address;
};

static void asking_run(struct write_job *job, struct judge *judge)
{
    const struct asking *asking = (struct asking *)job;
    const struct person_draft draft = {.address = asking->address};
    const struct act act = {.kind = ACT_INVITATION_ASK, .draft = &draft};
    const struct actor actor = actor_system(NULL);
    struct verdict verdict = {0};
    g_autoptr(GError) error = NULL;
    if (!judge_write(judge, &actor, &act, &verdict, &error)) {
        call_log(asking->service, G_LOG_LEVEL_WARNING, "asking for a new invitation: %s",
                 error->message);
    }
    verdict_clear(&verdict);
}

static void asking_done(struct write_job *job, const GError *error)
{
    (void)error; /* the writer has told it; whoever asked asks again */
    struct asking *asking = (struct asking *)job;
    g_free(asking->address);
    g_free(asking);
}

#define ASKING_QUEUE 1000 /* waiting writes: beyond it nobody's question is added */

static void ask_later(struct call *call, const char *address)
{
    if (writer_waiting(call->writer) >= ASKING_QUEUE) {
        return;
    }
    struct asking *asking = g_new0(struct asking, 1);
    asking->job = (struct write_job){.run = asking_run, .done = asking_done};
    asking->service = call->service;
    asking->address = g_strdup(address);
    writer_submit(call->writer, &asking->job);
}

gboolean handle_ask_again(struct call *call)
{
    g_autoptr(GHashTable) fields = accept_form_read(call);
    if (fields == NULL) {
        return FALSE;
    }
    if (accept_form_refuse_foreign(call)) {
        return TRUE;
    }
    gboolean sends_mail = call->service->sends_mail;
    char *address = g_hash_table_lookup(fields, "address");
    if (address != NULL) {
        g_strstrip(address);
    }
    if (sends_mail && address != NULL && address_is_usable(address, strlen(address), NULL)) {
        ask_later(call, address);
    }
    return accept_form_answer(call, 200, ACCEPT_FORM_HTML, accept_page_asked(sends_mail));
}
