#include <stdlib.h>
#include <string.h>

#include "mapping/fold.h"
#include "mapping/mapper.h"
#include "mapping/mapper_state.h"
#include "scim/protocol/origin.h"

#define NOBODY G_MAXUINT32

/* What all grants of one person in one organization come to. */
struct verdict {
    gboolean granted;
    gboolean denied;
    guint32 deny_rule;
    enum organization_role role;
    guint32 rule;
    gint priority;
    gboolean is_open; /* a `user` rule gave something and may mean somebody else */
    guint32 open_rule;
    GArray *projects; /* struct desired_project */
};

/* The one who does the counting of one organization. */
struct desiring {
    const Mapper *mapper;
    const struct mapper_organization *organization;
    Desired *desired;
    const char *name; /* the organization's, as grants point at it; NULL: none names it */
    struct verdict verdict;
    guint32 judged; /* the list of grants that `verdict` is about, + 1 */
};

static int compare_projects(gconstpointer left, gconstpointer right)
{
    const struct desired_project *a = left;
    const struct desired_project *b = right;
    int order = strcmp(a->name, b->name);

    if (order == 0)
        order = (int)b->role - (int)a->role;
    return order != 0 ? order : (a->rule > b->rule) - (a->rule < b->rule);
}

/* The highest role in each project, of equal ones by the first rule. */
static void settle_projects(GArray *projects)
{
    guint kept = 0;

    if (projects->len < 2)
        return;
    g_array_sort(projects, compare_projects);
    struct desired_project *list = (struct desired_project *)(void *)projects->data;
    for (guint i = 0; i < projects->len; i++)
        if (kept == 0 || !g_str_equal(list[kept - 1].name, list[i].name))
            list[kept++] = list[i];
    g_array_set_size(projects, kept);
}

static void count_grant(struct desiring *desiring, guint32 index)
{
    const Mapper *mapper = desiring->mapper;
    const struct mapper_grant *grant = mapper_grant_at(mapper, index);
    const struct rule *rule = rules_get(mapper->rules, grant->rule);
    struct verdict *verdict = &desiring->verdict;

    if (grant->deny) {
        if (!verdict->denied || grant->rule < verdict->deny_rule)
            verdict->deny_rule = grant->rule;
        verdict->denied = TRUE;
        return;
    }
    if (rule->subject == RULE_USER && g_array_index(mapper->matches, guint32, index) > 1) {
        verdict->is_open = TRUE;
        verdict->open_rule = grant->rule;
    }
    if (!verdict->granted || rule->priority > verdict->priority)
        verdict->priority = rule->priority;
    verdict->granted = TRUE;
    if (grant->project != NULL) {
        struct desired_project project = {grant->project, grant->project_role, grant->rule};
        g_array_append_val(verdict->projects, project);
    } else if (grant->organization_role > verdict->role ||
               (grant->organization_role == verdict->role && grant->rule < verdict->rule)) {
        verdict->role = grant->organization_role;
        verdict->rule = grant->rule;
    }
}

/* I4: a project role brings the role member along, by the first rule that gave one. */
static void settle(struct verdict *verdict)
{
    if (verdict->role == ORGANIZATION_ROLE_NONE && verdict->projects->len > 0) {
        verdict->role = ORGANIZATION_ROLE_MEMBER;
        verdict->rule = G_MAXUINT32;
        for (guint i = 0; i < verdict->projects->len; i++)
            verdict->rule =
                MIN(verdict->rule,
                    g_array_index(verdict->projects, struct desired_project, i).rule);
    }
    settle_projects(verdict->projects);
}

static void judge(struct desiring *desiring, const struct mapper_hit *hit)
{
    const Mapper *mapper = desiring->mapper;
    GArray *projects = desiring->verdict.projects;

    /* Each list of grants is kept once, and most people share one with many others. */
    if (hit->count > 0 && desiring->judged == hit->first + 1)
        return;
    desiring->judged = hit->count > 0 ? hit->first + 1 : 0;
    g_array_set_size(projects, 0);
    desiring->verdict = (struct verdict){.projects = projects, .rule = G_MAXUINT32};
    for (guint32 i = 0; i < hit->count; i++) {
        guint32 index = g_array_index(mapper->hit_grants, guint32, hit->first + i);
        const char *organization = mapper_grant_at(mapper, index)->organization;
        /* Entries that were set aside carry their grants in every organization. */
        if (organization == NULL || organization == desiring->name)
            count_grant(desiring, index);
    }
    settle(&desiring->verdict);
}

static const char *say(Desired *desired, char *text)
{
    const char *kept = g_string_chunk_insert_const(desired->text, text);
    g_free(text);
    return kept;
}

static const char *state_words(enum snapshot_state state)
{
    switch (state) {
    case SNAPSHOT_ENABLED:
        return NULL;
    case SNAPSHOT_DISABLED:
        return "the account is disabled";
    case SNAPSHOT_EXPIRED:
        return "the account has expired";
    }
    return NULL;
}

/* Why an entry cannot be used, or NULL; then its profile is filled in. */
static const char *find_fault(struct desiring *desiring,
                              const struct mapper_directory *directory,
                              const struct snapshot_person *person, struct profile *profile)
{
    const struct verdict *verdict = &desiring->verdict;
    const char *why = person->set_aside;

    if (why == NULL && !directory->attaches)
        why = profile_map_apply(directory->profile, directory->snapshot, person,
                                desiring->organization->domains, desiring->desired->text,
                                profile);
    if (why == NULL && verdict->is_open) {
        g_autofree char *words = rules_words(desiring->mapper->rules, verdict->open_rule);
        why = say(desiring->desired,
                  g_strdup_printf("a rule may mean it or another entry: %s", words));
    }
    if (why != NULL)
        memset(profile, 0, sizeof *profile);
    return why;
}

static void give_roles(struct desiring *desiring, struct desired_link *link)
{
    const struct verdict *verdict = &desiring->verdict;

    link->role = verdict->role;
    link->rule = verdict->granted ? verdict->rule : 0;
    link->priority = verdict->priority;
    link->project_count = verdict->projects->len;
    if (link->project_count > 0)
        link->projects = g_memdup2(verdict->projects->data,
                                   link->project_count * sizeof(struct desired_project));
}

static void add_link(struct desiring *desiring, const struct mapper_hit *hit,
                     const char *origin)
{
    const struct mapper_directory *directory = &desiring->mapper->directories[hit->directory];
    const struct snapshot_person *person = &directory->snapshot->people[hit->person];
    const struct verdict *verdict = &desiring->verdict;
    const char *seat_order = NULL;
    struct desired_link link = {
        .origin = origin, .anchor = person->anchor, .dn = person->dn, .seat_order = ""};

    if (verdict->denied) {
        link.state = DESIRED_DENIED;
        link.rule = verdict->deny_rule;
        link.why =
            say(desiring->desired, rules_words(desiring->mapper->rules, verdict->deny_rule));
        desired_take_link(desiring->desired, &link);
        return;
    }
    const char *fault = find_fault(desiring, directory, person, &link.profile);
    link.why = state_words(person->state);
    if (link.why != NULL) {
        link.state = DESIRED_SUSPENDED;
    } else if (fault != NULL) {
        link.state = DESIRED_SET_ASIDE;
        link.why = fault;
    } else {
        link.state = DESIRED_GRANTED;
    }
    if (link.state != DESIRED_SET_ASIDE)
        give_roles(desiring, &link);
    if (desiring->organization->seat_order != NULL)
        seat_order =
            snapshot_value_of(directory->snapshot, person, desiring->organization->seat_order);
    if (seat_order != NULL)
        link.seat_order = seat_order;
    desired_take_link(desiring->desired, &link);
}

static void set_aside(struct desired_link *link, const char *why)
{
    memset(&link->profile, 0, sizeof link->profile);
    if (link->state == DESIRED_SUSPENDED)
        return;
    link->state = DESIRED_SET_ASIDE;
    link->why = why;
    link->role = ORGANIZATION_ROLE_NONE;
    link->rule = 0;
    link->priority = 0;
    link->project_count = 0;
    g_clear_pointer(&link->projects, g_free);
}

/* For each link of a directory another one with the same text in `field`, or NOBODY. */
static void find_twins(const Desired *desired, guint32 first, enum profile_field field,
                       guint32 *twins)
{
    g_autoptr(GHashTable) known = g_hash_table_new(fold_hash, fold_equal);

    for (guint32 i = first; i < desired->link_count; i++) {
        const char *text = desired->links[i].profile.field[field];
        if (text == NULL)
            continue;
        guint32 other = GPOINTER_TO_UINT(g_hash_table_lookup(known, text));
        if (other == 0) {
            g_hash_table_insert(known, fold_key(text), GUINT_TO_POINTER(i + 1));
            continue;
        }
        twins[i - first] = other - 1;
        if (twins[other - 1 - first] == NOBODY)
            twins[other - 1 - first] = i;
    }
}

static gboolean user_names_are_mails(const Desired *desired, guint32 first)
{
    for (guint32 i = first; i < desired->link_count; i++) {
        const char *name = desired->links[i].profile.field[PROFILE_USER_NAME];
        const char *mail = desired->links[i].profile.field[PROFILE_MAIL];
        if (name != mail && g_strcmp0(name, mail) != 0)
            return FALSE;
    }
    return TRUE;
}

/* Two entries with one mail or userName: neither can be told from the other by it (D11). */
static void set_twins_aside(Desired *desired, guint32 first)
{
    static const struct {
        enum profile_field field;
        const char *words;
    } keys[] = {{PROFILE_MAIL, "mail"}, {PROFILE_USER_NAME, "userName"}};

    guint32 count = desired->link_count - first;
    gsize key_count = user_names_are_mails(desired, first) ? 1 : G_N_ELEMENTS(keys);
    g_autofree guint32 *twins = g_new(guint32, count);
    g_autofree const char **reasons = g_new0(const char *, count);

    for (gsize f = 0; f < key_count; f++) {
        for (guint32 i = 0; i < count; i++)
            twins[i] = NOBODY;
        find_twins(desired, first, keys[f].field, twins);
        for (guint32 i = 0; i < count; i++) {
            if (twins[i] == NOBODY || reasons[i] != NULL)
                continue;
            reasons[i] = say(
                desired, g_strdup_printf("its %s '%s' is also that of '%s'", keys[f].words,
                                         desired->links[first + i].profile.field[keys[f].field],
                                         desired->links[twins[i]].dn));
        }
    }
    for (guint32 i = 0; i < count; i++)
        if (reasons[i] != NULL)
            set_aside(&desired->links[first + i], reasons[i]);
}

static void add_directory(struct desiring *desiring, guint32 directory, const GArray *hits,
                          guint *next)
{
    const struct mapper_directory *own = &desiring->mapper->directories[directory];
    const GArray *set_aside_hits = desiring->mapper->set_aside;
    guint32 first = desiring->desired->link_count;

    if (own->snapshot == NULL)
        return;
    const char *origin = say(desiring->desired, origin_of_directory(own->name));
    desired_add_snapshot(desiring->desired, own->snapshot);
    for (; hits != NULL && *next < hits->len; (*next)++) {
        const struct mapper_hit *hit = &g_array_index(hits, struct mapper_hit, *next);
        if (hit->directory != directory)
            break;
        judge(desiring, hit);
        add_link(desiring, hit, origin);
    }
    set_twins_aside(desiring->desired, first);
    for (guint i = 0; i < set_aside_hits->len; i++) {
        const struct mapper_hit *hit = &g_array_index(set_aside_hits, struct mapper_hit, i);
        if (hit->directory != directory)
            continue;
        judge(desiring, hit);
        add_link(desiring, hit, origin);
    }
}

Desired *mapper_desired(const Mapper *mapper, const struct mapper_organization *organization)
{
    struct desiring desiring = {.mapper = mapper,
                                .organization = organization,
                                .desired = desired_new(organization->name)};
    gpointer name = NULL;
    gpointer hits = NULL;
    guint next = 0;

    if (g_hash_table_lookup_extended(mapper->parts, organization->name, &name, &hits))
        desiring.name = name;
    desiring.verdict.projects = g_array_new(FALSE, FALSE, sizeof(struct desired_project));
    for (guint32 i = 0; i < mapper->directory_count; i++)
        add_directory(&desiring, i, hits, &next);
    g_array_unref(desiring.verdict.projects);
    desired_seal(desiring.desired);
    return desiring.desired;
}
