#include "tests/campaign/crowd.h"

#include <string.h>

#include "scim/store/store_open.h"
#include "tests/campaign/crowd_check.h"
#include "tests/campaign/crowd_step.h"

#define START          ((gint64)1800000000)
#define TEMPLATE_STEPS 40
#define DAY            (24 * CROWD_HOUR)

static const struct audit_key key = {"a key of the campaign"};

static const char *const kinds[CROWD_KINDS] = {
    [ACT_PERSON_CREATE] = "create",
    [ACT_PERSON_EDIT] = "edit",
    [ACT_PERSON_REMOVE] = "remove",
    [ACT_LEAVE_ORGANIZATION] = "leave the organization",
    [ACT_LEAVE_PROJECT] = "leave a project",
    [ACT_INVITE] = "invite",
    [ACT_INVITATION_RESEND] = "resend",
    [ACT_INVITATION_REVOKE] = "revoke",
    [ACT_INVITATION_ACCEPT] = "accept",
    [ACT_INVITATION_DECLINE] = "decline",
    [ACT_INVITATION_ASK] = "ask for a new link",
    [ACT_PROJECT_CREATE] = "create a project",
    [ACT_PROJECT_EDIT] = "edit a project",
    [ACT_MARKER_LIFT] = "lift a marker",
    [ACT_OVERRIDE_LIFT] = "lift an override",
    [ACT_CONNECTION_CREATE] = "create a connection",
    [ACT_TOKEN_ROTATE] = "rotate a token",
    [ACT_TOKEN_REVOKE] = "revoke a token",
    [ACT_TOKEN_FOR_PERSON] = "a token for a person",
    [ACT_CLIENT_CREATE] = "create a client",
    [ACT_TOKEN_GRANT] = "fetch an access token",
    [ACT_GROUP_CREATE] = "push a group",
    [ACT_GROUP_EDIT] = "edit a group",
    [ACT_GROUP_REMOVE] = "remove a group",
    [ACT_CONNECTION_LIVE] = "end a rehearsal",
    [ACT_LINK_MOVE] = "move links",
    [ACT_AUDIT_EXPORT] = "export the trail",
    [ACT_ORGANIZATION_CREATE] = "found the organization",
    [ACT_ORGANIZATION_ENSURE] = "read the config",
};

/* Done once, the same again is not done a second time (I9). A resend, a further token and an
 * invitation that is wanted anew are. */
static const gboolean is_once[CROWD_KINDS] = {
    [ACT_PERSON_CREATE] = TRUE,       [ACT_PERSON_EDIT] = TRUE,
    [ACT_PERSON_REMOVE] = TRUE,       [ACT_LEAVE_ORGANIZATION] = TRUE,
    [ACT_LEAVE_PROJECT] = TRUE,       [ACT_INVITATION_REVOKE] = TRUE,
    [ACT_INVITATION_ACCEPT] = TRUE,   [ACT_INVITATION_DECLINE] = TRUE,
    [ACT_PROJECT_CREATE] = TRUE,      [ACT_PROJECT_EDIT] = TRUE,
    [ACT_MARKER_LIFT] = TRUE,         [ACT_OVERRIDE_LIFT] = TRUE,
    [ACT_CONNECTION_CREATE] = TRUE,   [ACT_TOKEN_REVOKE] = TRUE,
    [ACT_GROUP_CREATE] = TRUE,        [ACT_GROUP_EDIT] = TRUE,
    [ACT_GROUP_REMOVE] = TRUE,        [ACT_CONNECTION_LIVE] = TRUE,
    [ACT_LINK_MOVE] = TRUE,           [ACT_ORGANIZATION_CREATE] = TRUE,
    [ACT_ORGANIZATION_ENSURE] = TRUE,
};

const char *crowd_kind_name(enum act_kind kind)
{
    return kinds[kind];
}

/* splitmix64 */
static guint64 next(guint64 *state)
{
    guint64 z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static gint64 tell_time(void *context)
{
    return ((const struct crowd *)context)->now;
}

static void fill(void *context, guint8 *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = (guint8)next(&((struct crowd *)context)->bytes);
}

guint crowd_draw(struct crowd *crowd, guint limit)
{
    return (guint)(next(&crowd->chance) >> 33) % limit;
}

gboolean crowd_one_in(struct crowd *crowd, guint many)
{
    return crowd_draw(crowd, many) == 0;
}

void crowd_fail(struct crowd *crowd, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    if (crowd->failure == NULL)
        crowd->failure = g_strdup_vprintf(format, values);
    va_end(values);
}

void crowd_tell(struct crowd *crowd, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    if (crowd->story != NULL)
        g_string_append_vprintf(crowd->story, format, values);
    va_end(values);
}

static void tell_act(struct crowd *crowd, const struct actor *actor, const struct act *act)
{
    static const char *const actors[] = {
        [ACTOR_PERSON] = "person", [ACTOR_CONNECTION] = "provider",
        [ACTOR_SYNC] = "sync",     [ACTOR_ADMIN] = "admin",
        [ACTOR_READER] = "reader", [ACTOR_OPERATOR] = "operator",
        [ACTOR_SYSTEM] = "system",
    };
    if (crowd->story == NULL)
        return;
    crowd_tell(crowd, "  at %" G_GINT64_FORMAT "%s: %s %s%s: %s", crowd->now - START,
               crowd->judge.time_is_frozen ? " (frozen)" : "", actors[actor->kind],
               actor->label != NULL ? actor->label : "-",
               actor->may_adopt ? " (may adopt)" : "", kinds[act->kind]);
    if (act->move != NULL)
        crowd_tell(crowd, " from %s to %s", act->move->from, act->move->to);
    if (act->id != NULL)
        crowd_tell(crowd, " id %s", act->id);
    if (act->name != NULL)
        crowd_tell(crowd, " name %s", act->name);
    const struct person_draft *draft = act->draft;
    if (draft != NULL) {
        crowd_tell(crowd, " { %s, mail %s, external %s, active %d, has roles %d, role %d",
                   draft->user_name, draft->address, draft->external_id, draft->active,
                   draft->has_roles, draft->role);
        for (gsize i = 0; i < draft->project_count; i++)
            crowd_tell(crowd, ", %s %d", draft->projects[i].project, draft->projects[i].role);
        crowd_tell(crowd, " }");
    }
    for (gsize i = 0; i < act->member_count; i++)
        crowd_tell(crowd, " [%s %d]", act->members[i].person, act->members[i].role);
    if (act->organization != NULL)
        crowd_tell(crowd, " cap %" G_GINT64_FORMAT, act->organization->seats);
}

static void tell_verdict(struct crowd *crowd, const struct verdict *verdict)
{
    crowd_tell(crowd, " -> %d", verdict->kind);
    if (!verdict_is_good(verdict))
        crowd_tell(crowd, " %s: %s", refusal_name(verdict->fault.refusal.rule),
                   verdict->fault.detail);
    else
        crowd_tell(crowd, " event %d id %s", verdict->event, verdict->id);
    crowd_tell(crowd, "\n");
}

static gboolean is_of_invitation(const struct act *act)
{
    return act->kind != ACT_CONNECTION_CREATE && act->kind != ACT_TOKEN_ROTATE &&
           act->kind != ACT_TOKEN_FOR_PERSON && act->kind != ACT_CLIENT_CREATE &&
           act->kind != ACT_TOKEN_GRANT;
}

/* I5: the link that was answered is dead; a new one is kept for later. */
static void keep_tokens(struct crowd *crowd, const struct act *act,
                        const struct verdict *verdict)
{
    gboolean is_answer =
        act->kind == ACT_INVITATION_ACCEPT || act->kind == ACT_INVITATION_DECLINE;
    for (guint i = 0; is_answer && verdict->kind == VERDICT_DONE && i < CROWD_TOKENS; i++) {
        struct crowd_token *token = &crowd->tokens[i];
        if (g_strcmp0(token->text, act->token) != 0)
            continue;
        if (token->is_used)
            crowd_fail(crowd, "I5: a link was answered twice");
        token->is_used = TRUE;
    }
    if (verdict->token != NULL && act->kind == ACT_CLIENT_CREATE)
        g_strlcpy(crowd->client, verdict->token, sizeof crowd->client);
    if (verdict->token == NULL || !is_of_invitation(act))
        return;
    struct crowd_token *place = &crowd->tokens[crowd_draw(crowd, CROWD_TOKENS)];
    g_free(place->text);
    *place = (struct crowd_token){.text = g_strdup(verdict->token)};
}

static void count(struct crowd *crowd, const struct act *act, const struct verdict *verdict,
                  const struct crowd_look *before)
{
    struct crowd_counts *counts = crowd->counts;
    counts->acts++;
    counts->kinds[act->kind]++;
    counts->done[act->kind] += verdict->kind == VERDICT_DONE ? 1 : 0;
    counts->verdicts[verdict->kind]++;
    counts->refusals[verdict->fault.refusal.rule]++;
    counts->events[verdict->event]++;
    counts->at_cap += before->seats >= before->cap ? 1 : 0;
    counts->waiting += before->waiting > 0 ? 1 : 0;
    counts->rehearsed += before->rehearsed > 0 ? 1 : 0;
    counts->owed += before->owed > 0 ? 1 : 0;
    counts->frozen += crowd->judge.time_is_frozen ? 1 : 0;
}

static enum verdict_kind do_once(struct crowd *crowd, const struct actor *actor,
                                 const struct act *act)
{
    g_autoptr(GError) error = NULL;
    struct verdict verdict = {0};
    struct crowd_look before, after;
    tell_act(crowd, actor, act);
    crowd_look(crowd, &before);
    if (!judge_write(&crowd->judge, actor, act, &verdict, &error)) {
        crowd_fail(crowd, "the store's own words reach the caller: %s", error->message);
        crowd_tell(crowd, " -> %s\n", error->message);
        return VERDICT_INVALID;
    }
    tell_verdict(crowd, &verdict);
    crowd_look(crowd, &after);
    crowd_check_act(crowd, act, &verdict, &before, &after);
    count(crowd, act, &verdict, &before);
    keep_tokens(crowd, act, &verdict);
    enum verdict_kind kind = verdict.kind;
    verdict_clear(&verdict);
    gboolean is_same = before.version == after.version && before.records == after.records;
    if (crowd->failure == NULL && (!is_same || crowd_one_in(crowd, 4)))
        crowd_check_tables(crowd);
    return kind;
}

enum verdict_kind crowd_do(struct crowd *crowd, const struct actor *actor,
                           const struct act *act)
{
    gboolean again = crowd_one_in(crowd, 6) && is_once[act->kind] && !crowd->is_never_again;
    enum verdict_kind kind = do_once(crowd, actor, act);
    if (!again || kind != VERDICT_DONE || crowd->failure != NULL)
        return kind;
    crowd->counts->again++;
    if (do_once(crowd, actor, act) == VERDICT_DONE)
        crowd_fail(crowd, "I9: the same again is done again");
    return kind;
}

static void step(struct crowd *crowd, guint64 seed, guint number)
{
    g_autoptr(GError) error = NULL;
    crowd->chance = seed ^ ((guint64)(number + 1) << 32);
    crowd->bytes = seed + ((guint64)(number + 1) << 40);
    crowd->people =
        person_facts_select(crowd->session, "p.organization = ?",
                            STORE_BIND(store_text("acme")), crowd->now, TRUE, &error);
    if (crowd->people == NULL) {
        crowd_fail(crowd, "the people cannot be read: %s", error->message);
        return;
    }
    crowd_step(crowd);
    g_clear_pointer(&crowd->people, g_ptr_array_unref);
}

/* Of the three providers one is in rehearsal until somebody ends it; another waits at the cap. */
static void connect(struct crowd *crowd, guint number)
{
    const struct actor system = actor_system("acme");
    const struct connection_draft drafts[] = {
        {.name = "okta", .scope = "people", .at_cap = "wait"},
        {.name = "ping",
         .scope = "people",
         .rehearsal = TRUE,
         .at_cap = number % 2 == 0 ? "wait" : "refuse"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(drafts); i++) {
        struct verdict verdict = {0};
        const struct act act = {.kind = ACT_CONNECTION_CREATE, .connection = &drafts[i]};
        if (!judge_write(&crowd->judge, &system, &act, &verdict, NULL) ||
            verdict.kind != VERDICT_DONE)
            crowd_fail(crowd, "no connection \"%s\"", drafts[i].name);
        verdict_clear(&verdict);
    }
}

static void found(struct crowd *crowd, guint number)
{
    static const char *const owners[] = {"p0@example.com", "p1@example.com", NULL};
    static const char *const lena[] = {"lena@example.com", NULL};
    static const char *const domains[] = {"example.com", NULL};
    static const struct project_draft projects[] = {{.name = "search"}, {.name = "ads"}};
    const struct organization_draft drafts[] = {
        {.name = "labs", .owners = lena},
        {.name = "acme",
         .owners = owners,
         .protected = owners + 1,
         .domains = domains,
         .seats = 4 + number % 5,
         .projects = projects,
         .project_count = 2},
    };
    for (guint i = 0; i < G_N_ELEMENTS(drafts); i++) {
        g_autoptr(GError) error = NULL;
        struct verdict verdict = {0};
        const struct actor system = actor_system(drafts[i].name);
        const struct act act = {.kind = ACT_ORGANIZATION_CREATE, .organization = &drafts[i]};
        if (!judge_write(&crowd->judge, &system, &act, &verdict, &error))
            crowd_fail(crowd, "cannot be founded: %s", error->message);
        else if (verdict.kind != VERDICT_DONE)
            crowd_fail(crowd, "cannot be founded: %s", verdict.fault.detail);
        verdict_clear(&verdict);
    }
}

struct crowd *crowd_open(guint number, struct crowd_counts *counts)
{
    g_autoptr(GError) error = NULL;
    struct crowd *crowd = g_new0(struct crowd, 1);
    crowd->now = crowd->latest = START;
    crowd->counts = counts;
    crowd->bytes = number;
    crowd->is_kept = TRUE;
    crowd->clock = (struct clock){.now = tell_time, .context = crowd};
    crowd->random = (struct random_source){.fill = fill, .context = crowd};
    crowd->renewal = (struct renewal_policy){.renewals = 2, .per = 30 * DAY};
    crowd->store = store_open("sqlite::memory:", &error);
    if (crowd->store != NULL)
        crowd->session = store_session_open(crowd->store, STORE_WRITE, &error);
    if (crowd->session == NULL) {
        crowd_fail(crowd, "no store: %s", error->message);
        return crowd;
    }
    crowd->judge = (struct judge){.session = crowd->session,
                                  .clock = &crowd->clock,
                                  .random = &crowd->random,
                                  .restore_window = JUDGE_RESTORE_WINDOW,
                                  .audit_key = &key,
                                  .sends_mail = number % 2 == 1,
                                  .renewal = number % 4 == 1 ? NULL : &crowd->renewal};
    found(crowd, number);
    connect(crowd, number);
    for (guint i = 0; crowd->failure == NULL && i < TEMPLATE_STEPS; i++)
        step(crowd, number, i);
    crowd->judge.time_is_frozen = FALSE;
    crowd->is_kept = FALSE;
    return crowd;
}

void crowd_close(struct crowd *crowd)
{
    for (guint i = 0; i < CROWD_TOKENS; i++)
        g_free(crowd->tokens[i].text);
    store_session_close(crowd->session);
    store_close(crowd->store);
    g_free(crowd->failure);
    g_free(crowd);
}

static void copy_tokens(struct crowd_token *to, const struct crowd_token *from)
{
    for (guint i = 0; i < CROWD_TOKENS; i++)
        to[i] =
            (struct crowd_token){.text = g_strdup(from[i].text), .is_used = from[i].is_used};
}

char *crowd_play(struct crowd *crowd, const struct crowd_sequence *sequence, GString *story)
{
    struct crowd_token tokens[CROWD_TOKENS];
    char client[CROWD_SECRET];
    gint64 now = crowd->now, latest = crowd->latest;
    memcpy(client, crowd->client, sizeof client);
    copy_tokens(tokens, crowd->tokens);
    crowd->story = story;
    crowd->is_kept = sequence->keeps;
    if (!sequence->keeps && !store_begin(crowd->session, NULL))
        crowd_fail(crowd, "no transaction can be begun");
    for (guint i = 0; crowd->failure == NULL && i < sequence->steps; i++)
        if ((sequence->skip >> i & 1) == 0)
            step(crowd, sequence->seed, i);
    if (crowd->failure == NULL && (sequence->reads_trail || sequence->keeps))
        crowd_check_trail(crowd);
    if (!sequence->keeps)
        store_rollback(crowd->session);
    for (guint i = 0; i < CROWD_TOKENS; i++)
        g_free(crowd->tokens[i].text);
    memcpy(crowd->tokens, tokens, sizeof tokens);
    memcpy(crowd->client, client, sizeof client);
    crowd->now = now;
    crowd->latest = latest;
    crowd->judge.time_is_frozen = FALSE;
    crowd->story = NULL;
    crowd->counts->sequences++;
    crowd->counts->kept += sequence->keeps ? 1 : 0;
    return g_steal_pointer(&crowd->failure);
}
