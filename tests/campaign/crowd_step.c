#include "tests/campaign/crowd_step.h"

#include <string.h>

#include "scim/organization/effective.h"
#include "scim/organization/outbox.h"
#include "tests/campaign/crowd_check.h"
#include "tests/campaign/crowd_pick.h"
#include "tests/campaign/crowd_service.h"

#define DAY  (24 * CROWD_HOUR)
#define YEAR (365 * DAY)

static const char *const projects[CROWD_PROJECTS] = {"search", "ads", "maps"};

static struct actor person(struct crowd *crowd)
{
    const struct person_facts *facts = crowd_pick_person(crowd);
    g_snprintf(crowd->label, sizeof crowd->label, "person:%s", facts->id);
    return (struct actor){.kind = ACTOR_PERSON,
                          .organization = "acme",
                          .person = facts->id,
                          .label = crowd->label};
}

static struct actor service(struct crowd *crowd, enum actor_kind kind, const char *origin)
{
    return (struct actor){.kind = kind,
                          .organization = "acme",
                          .origin = origin,
                          .label = origin,
                          .max_role = (enum organization_role)(1 + crowd_draw(crowd, 3)),
                          .may_adopt = crowd_one_in(crowd, 2)};
}

static gboolean rehearses(struct crowd *crowd)
{
    gint64 count = 0;
    if (!store_number(crowd->session,
                      "SELECT COUNT(*) FROM connection WHERE organization = 'acme'"
                      " AND name = 'ping' AND rehearsal = 1",
                      STORE_NOTHING, 0, &count, NULL))
        crowd_fail(crowd, "the connections cannot be read");
    return count > 0;
}

static struct actor provider(struct crowd *crowd, const char *origin)
{
    struct actor actor = service(crowd, ACTOR_CONNECTION, origin);
    actor.waits_at_cap = strcmp(origin, "scim:okta") == 0;
    actor.rehearses = strcmp(origin, "scim:ping") == 0 && rehearses(crowd);
    return actor;
}

static struct actor any_actor(struct crowd *crowd)
{
    switch (crowd_draw(crowd, 14)) {
    case 0:
        return actor_operator("acme", "operator:anna");
    case 1:
        return (struct actor){
            .kind = ACTOR_ADMIN, .organization = "acme", .label = "token:console"};
    case 2:
        return crowd_one_in(crowd, 4) ? (struct actor){.kind = ACTOR_READER,
                                                       .organization = "acme",
                                                       .label = "token:report"}
                                      : actor_system("acme");
    case 3:
    case 4:
        return provider(crowd, "scim:okta");
    case 5:
        return provider(crowd, crowd_one_in(crowd, 2) ? "scim:entra" : "scim:ping");
    case 6:
    case 7:
        return service(crowd, ACTOR_SYNC, "directory:corp");
    case 8:
        return service(crowd, ACTOR_SYNC, "directory:labs");
    default:
        return person(crowd);
    }
}

/* In a project that is not among the `count` grants: a draft names each at most once. */
static void add_grant(struct crowd *crowd, struct project_grant *grants, gsize *count)
{
    const struct project_grant grant = {projects[crowd_draw(crowd, CROWD_PROJECTS)],
                                        (enum project_role)crowd_draw(crowd, 4)};
    for (gsize i = 0; i < *count; i++)
        if (strcmp(grants[i].project, grant.project) == 0)
            return;
    grants[(*count)++] = grant;
}

static void create(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    struct project_grant grants[2];
    gsize count = 0;
    for (guint i = crowd_draw(crowd, 3); i > 0; i--)
        add_grant(crowd, grants, &count);
    const char *name = crowd_pick_name(crowd);
    const char *address = crowd_one_in(crowd, 6) ? crowd_pick_name(crowd) : name;
    const struct person_draft draft = {
        .user_name = name,
        .address = crowd_one_in(crowd, 12)   ? "p2@out.org"
                   : crowd_one_in(crowd, 20) ? NULL
                                             : address,
        .external_id = crowd_one_in(crowd, 5) ? crowd_pick_name(crowd) : name,
        .profile = "{}",
        .active = !crowd_one_in(crowd, 8),
        .says_active = TRUE,
        .has_roles = !crowd_one_in(crowd, 3),
        .role = (enum organization_role)crowd_draw(crowd, 4),
        .projects = grants,
        .project_count = count};
    const struct act act = {.kind = crowd_one_in(crowd, 2) ? ACT_PERSON_CREATE : ACT_INVITE,
                            .draft = &draft};
    crowd_do(crowd, &actor, &act);
}

static gsize copy_grants(const GArray *from, struct project_grant *to)
{
    for (guint i = 0; i < from->len; i++) {
        const struct project_role_facts *entry =
            &g_array_index(from, struct project_role_facts, i);
        to[i] = (struct project_grant){.project = entry->project, .role = entry->role};
    }
    return from->len;
}

/* The person as the actor sees them. `grants` has room for one more than there are projects. */
static struct person_draft draft_of(struct crowd *crowd, const struct person_facts *facts,
                                    const struct actor *actor, struct project_grant *grants)
{
    const struct link_facts *link =
        actor_is_service(actor) ? person_facts_link(facts, actor->origin) : NULL;
    return (struct person_draft){
        .user_name = facts->user_name,
        .address = facts->address,
        .profile = facts->profile,
        .display_name = facts->display_name,
        .external_id = link != NULL ? link->external_id : NULL,
        .active = link != NULL ? link->active : !effective_is_suspended(facts),
        .has_roles = TRUE,
        .role = link != NULL ? link->role : facts->role,
        .project_count = copy_grants(link != NULL ? link->projects : facts->projects, grants),
        .projects = grants,
        .says_active = crowd_one_in(crowd, 2),
        .says_roles = crowd_one_in(crowd, 2),
    };
}

static gint64 any_match(struct crowd *crowd, gint64 version)
{
    return !crowd_one_in(crowd, 8) ? 0 : version + crowd_draw(crowd, 2);
}

/* Whose links are all inactive has no organization role but the one that a project role implies:
 * taking that project away takes it along, and saying "member" once more is news. */
static gboolean is_implied(const struct person_facts *facts)
{
    return facts->override == ORGANIZATION_ROLE_NONE &&
           effective_linked_role(facts) == ORGANIZATION_ROLE_NONE;
}

static void edit(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    const struct person_facts *facts = crowd_pick_person(crowd);
    struct project_grant grants[CROWD_PROJECTS + 1];
    struct person_draft draft = draft_of(crowd, facts, &actor, grants);
    if (crowd_one_in(crowd, 3))
        draft.role = (enum organization_role)crowd_draw(crowd, 4);
    if (crowd_one_in(crowd, 4))
        draft.active = !draft.active;
    if (crowd_one_in(crowd, 8))
        draft.address = crowd_pick_name(crowd);
    if (crowd_one_in(crowd, 12))
        draft.user_name = crowd_pick_name(crowd);
    if (crowd_one_in(crowd, 10))
        draft.profile = "{\"title\":\"Dr\"}";
    if (draft.external_id == NULL && crowd_one_in(crowd, 2))
        draft.external_id = facts->user_name;
    if (draft.project_count > 0 && crowd_one_in(crowd, 3))
        draft.project_count--;
    else if (draft.project_count <= 1 && crowd_one_in(crowd, 2))
        add_grant(crowd, grants, &draft.project_count);
    const struct act act = {.kind = ACT_PERSON_EDIT,
                            .id = facts->id,
                            .if_match = any_match(crowd, facts->version),
                            .draft = &draft};
    crowd->is_never_again = is_implied(facts);
    crowd_do(crowd, &actor, &act);
    crowd->is_never_again = FALSE;
}

static void depart(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd), self = person(crowd);
    const struct person_facts *facts = crowd_pick_person(crowd);
    const struct act acts[] = {
        {.kind = ACT_PERSON_REMOVE,
         .id = facts->id,
         .if_match = any_match(crowd, facts->version)},
        {.kind = ACT_LEAVE_ORGANIZATION},
        {.kind = ACT_LEAVE_PROJECT, .name = projects[crowd_draw(crowd, CROWD_PROJECTS)]},
    };
    guint choice = crowd_draw(crowd, G_N_ELEMENTS(acts));
    gboolean is_wrong = crowd_one_in(crowd, 10);
    crowd_do(crowd, choice == 0 || is_wrong ? &actor : &self, &acts[choice]);
}

static void handle_invitation(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    const struct act act = {.kind = crowd_one_in(crowd, 2) ? ACT_INVITATION_RESEND
                                                           : ACT_INVITATION_REVOKE,
                            .id = crowd_pick_person(crowd)->invitation};
    crowd_do(crowd, &actor, &act);
}

/* A link that lies about, dead or alive, or one out of a mail: that one is kept for a second try. */
static void answer(struct crowd *crowd)
{
    const struct actor system = actor_system(NULL);
    struct crowd_token *place = &crowd->tokens[crowd_draw(crowd, CROWD_TOKENS)];
    g_autofree char *mailed =
        crowd_one_in(crowd, 3) ? NULL : crowd_pick_row(crowd, CROWD_ROW_WAITING_LINK);
    if (mailed != NULL) {
        g_free(place->text);
        *place = (struct crowd_token){.text = g_steal_pointer(&mailed)};
    }
    const struct act act = {.kind = crowd_one_in(crowd, 4) ? ACT_INVITATION_DECLINE
                                                           : ACT_INVITATION_ACCEPT,
                            .token = place->text};
    crowd_do(crowd, &system, &act);
}

static void ask(struct crowd *crowd)
{
    const struct actor system = actor_system(NULL);
    const struct person_draft draft = {.address = crowd_pick_name(crowd)};
    const struct act act = {.kind = ACT_INVITATION_ASK, .draft = &draft};
    crowd_do(crowd, &system, &act);
}

/* Nobody twice. */
static void add_member(struct crowd *crowd, struct member_grant *members, gsize *count)
{
    const struct member_grant member = {crowd_pick_person(crowd)->id,
                                        (enum project_role)crowd_draw(crowd, 4)};
    for (gsize i = 0; i < *count; i++)
        if (strcmp(members[i].person, member.person) == 0)
            return;
    members[(*count)++] = member;
}

static void edit_project(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    g_autofree char *id = crowd_pick_row(crowd, CROWD_ROW_PROJECT);
    struct member_grant members[3];
    gsize count = 0;
    for (guint i = crowd_draw(crowd, 4); i > 0; i--)
        add_member(crowd, members, &count);
    const struct act act = {.kind = ACT_PROJECT_EDIT,
                            .id = id,
                            .display_name = crowd_one_in(crowd, 6) ? "Renamed" : NULL,
                            .members = members,
                            .member_count = count,
                            .replace = crowd_one_in(crowd, 4)};
    crowd_do(crowd, &actor, &act);
}

static void create_project(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    const struct member_grant member = {crowd_pick_person(crowd)->id,
                                        (enum project_role)(1 + crowd_draw(crowd, 3))};
    const struct act act = {.kind = ACT_PROJECT_CREATE,
                            .name = projects[crowd_draw(crowd, CROWD_PROJECTS)],
                            .display_name = "A project",
                            .members = &member,
                            .member_count = crowd_draw(crowd, 2)};
    crowd_do(crowd, &actor, &act);
}

/* The config is read again: another cap, sometimes below use; now and then another lifetime. */
static void configure(struct crowd *crowd)
{
    static const char *const owners[] = {"p0@example.com", "p1@example.com", "p2@example.com",
                                         NULL};
    static const char *const domains[] = {"example.com", NULL};
    const char *two[] = {owners[0], owners[1], NULL};
    const struct organization_draft draft = {
        .name = "acme",
        .owners = crowd_one_in(crowd, 3) ? owners : two,
        .domains = domains,
        .protected = crowd_one_in(crowd, 2) ? owners + 2 : NULL,
        .invitation_lifetime = crowd_one_in(crowd, 4) ? 12 * CROWD_HOUR : 0,
        .seats = 2 + crowd_draw(crowd, 8)};
    const struct act act = {.kind = crowd_one_in(crowd, 8) ? ACT_ORGANIZATION_CREATE
                                                           : ACT_ORGANIZATION_ENSURE,
                            .organization = &draft};
    const struct actor system =
        crowd_one_in(crowd, 8) ? any_actor(crowd) : actor_system("acme");
    crowd_do(crowd, &system, &act);
}

static void lift(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    const struct person_facts *facts = crowd_pick_person(crowd);
    for (guint i = 0; i < crowd->people->len && facts->overrides->len == 0; i++)
        facts = crowd->people->pdata[i];
    const char *project =
        facts->overrides->len == 0 || crowd_one_in(crowd, 4)
            ? projects[crowd_draw(crowd, CROWD_PROJECTS)]
            : g_array_index(facts->overrides, struct project_role_facts, 0).project;
    g_autofree char *marker = crowd_pick_row(crowd, CROWD_ROW_MARKER);
    const struct act acts[] = {
        {.kind = ACT_MARKER_LIFT, .id = marker},
        {.kind = ACT_OVERRIDE_LIFT,
         .id = facts->id,
         .name = crowd_one_in(crowd, 2) ? NULL : project},
    };
    crowd_do(crowd, &actor, &acts[crowd_draw(crowd, G_N_ELEMENTS(acts))]);
}

static void serve(struct crowd *crowd)
{
    const struct actor actor = any_actor(crowd);
    crowd_service_step(crowd, &actor);
}

static void sweep(struct crowd *crowd)
{
    g_autoptr(GError) error = NULL;
    struct crowd_look before, after;
    gint64 next = 0;
    crowd_look(crowd, &before);
    crowd->counts->sweeps++;
    if (!judge_sweep(&crowd->judge, &next, &error)) {
        crowd_fail(crowd, "the sweep fails: %s", error->message);
        return;
    }
    crowd_look(crowd, &after);
    crowd_tell(crowd, "  sweep: seats %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT "\n",
               before.seats, after.seats);
    crowd->counts->renewals += (guint64)MAX(after.renewals - before.renewals, 0);
    crowd_check_sweep(crowd, &before, &after);
    crowd_check_tables(crowd);
}

/* Hours, or a month; seldom the clock is set, and then time may be frozen for it. */
static void pass_time(struct crowd *crowd)
{
    static const gint64 jumps[] = {-CROWD_HOUR, CROWD_HOUR, -3 * DAY, 10 * YEAR, -10 * YEAR};
    if (crowd_one_in(crowd, 6)) {
        crowd->now += jumps[crowd_draw(crowd, G_N_ELEMENTS(jumps))];
        crowd->judge.time_is_frozen = !crowd_one_in(crowd, 3);
    } else {
        crowd->now +=
            crowd_one_in(crowd, 12) ? 31 * DAY : (gint64)crowd_draw(crowd, 30) * CROWD_HOUR;
        crowd->judge.time_is_frozen = crowd->judge.time_is_frozen && !crowd_one_in(crowd, 3);
    }
    crowd->latest = MAX(crowd->latest, crowd->now);
    crowd_tell(crowd, "  the clock shows another time\n");
    if (crowd_one_in(crowd, 2))
        sweep(crowd);
}

/* The mailer's functions are transactions of their own: only where every act commits. */
static void deliver(struct crowd *crowd)
{
    struct outbox_message message = {0};
    gboolean found = FALSE;
    gint64 next = 0;
    g_autoptr(GError) error = NULL;
    if (!crowd->is_kept || !crowd->judge.sends_mail)
        return;
    gboolean ok = outbox_take(crowd->session, crowd->now, &message, &found, &next, &error);
    crowd->counts->mails += found ? 1 : 0;
    crowd_tell(crowd, "  a mail is taken: %s\n", found ? message.address : "none");
    guint choice = crowd_draw(crowd, 4);
    if (ok && found && choice == 0)
        ok = outbox_postpone(crowd->session, &message, crowd->now, "450 later", &error);
    else if (ok && found && choice == 1)
        ok = outbox_give_up(crowd->session, &message, crowd->now, "550 nobody", &error);
    else if (ok && found)
        ok = outbox_sent(crowd->session, &message, crowd->now, &error);
    outbox_message_clear(&message);
    if (!ok)
        crowd_fail(crowd, "the outbox fails the mailer: %s", error->message);
}

void crowd_step(struct crowd *crowd)
{
    static void (*const kinds[])(struct crowd *) = {
        create, create,       create,         edit,      edit,      edit,
        depart, depart,       answer,         answer,    answer,    handle_invitation,
        ask,    edit_project, edit_project,   configure, pass_time, pass_time,
        lift,   lift,         create_project, deliver,   deliver,   serve,
        serve,  serve,
    };
    kinds[crowd_draw(crowd, G_N_ELEMENTS(kinds))](crowd);
}
