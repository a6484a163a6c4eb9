#include <string.h>

#include "agent/command/people_act.h"
#include "agent/command/verbs.h"
#include "scim/organization/effective.h"

/* Somebody else may write between our look and our act: then we look again. */
#define TRIES 3

struct role_options {
    char *organization, *project, *reason;
    gboolean lift;
};

struct role_wanted {
    const char *project; /* NULL: the organization role */
    enum organization_role role;
    enum project_role project_role; /* NONE: out of the project */
    gboolean lift;
};

/* The project roles that they have, with the wanted one in its place. Names are borrowed. */
static GArray *projects_after(const struct person_facts *facts,
                              const struct role_wanted *wanted)
{
    GArray *grants = g_array_new(FALSE, TRUE, sizeof(struct project_grant));
    for (guint i = 0; i < facts->projects->len; i++) {
        const struct project_role_facts *has =
            &g_array_index(facts->projects, struct project_role_facts, i);
        const struct project_grant grant = {has->project, has->role};
        if (g_strcmp0(has->project, wanted->project) != 0)
            g_array_append_val(grants, grant);
    }
    if (wanted->project != NULL && wanted->project_role != PROJECT_ROLE_NONE) {
        const struct project_grant grant = {wanted->project, wanted->project_role};
        g_array_append_val(grants, grant);
    }
    return grants;
}

struct attempt {
    struct operator_access *access;
    const char *organization;
    const struct role_wanted *wanted;
    struct verdict verdict;
    struct invitation_result *result;
};

static gboolean set_role(struct attempt *attempt, const struct person_facts *facts,
                         GError **error)
{
    const struct role_wanted *wanted = attempt->wanted;
    g_autoptr(GArray) projects = projects_after(facts, wanted);
    const struct person_draft draft = {
        .user_name = facts->user_name,
        .address = facts->address,
        .profile = facts->profile,
        .display_name = facts->display_name,
        .active = !effective_is_suspended(facts),
        .has_roles = TRUE,
        .role = wanted->project == NULL ? wanted->role : facts->role,
        .projects = (const struct project_grant *)(gpointer)projects->data,
        .project_count = projects->len,
    };
    const struct act act = {
        .kind = ACT_PERSON_EDIT, .id = facts->id, .if_match = facts->version, .draft = &draft};
    return people_act_judge(attempt->access, attempt->organization, &act, &attempt->verdict,
                            attempt->result, error);
}

static gboolean lift_override(struct attempt *attempt, const struct person_facts *facts,
                              GError **error)
{
    const struct act act = {
        .kind = ACT_OVERRIDE_LIFT, .id = facts->id, .name = attempt->wanted->project};
    return people_act_judge(attempt->access, attempt->organization, &act, &attempt->verdict,
                            attempt->result, error);
}

static char *print_roles(const struct person_facts *facts)
{
    GString *text = g_string_new(organization_role_name(facts->role));
    for (guint i = 0; i < facts->projects->len; i++) {
        const struct project_role_facts *has =
            &g_array_index(facts->projects, struct project_role_facts, i);
        g_string_append_printf(text, ", %s/%s", has->project, project_role_name(has->role));
    }
    return g_string_free(text, FALSE);
}

static const char *word_of(const struct attempt *attempt)
{
    if (attempt->wanted->lift)
        return "lifted";
    if (attempt->verdict.kind == VERDICT_UNCHANGED)
        return "unchanged";
    return attempt->verdict.event == VERDICT_EVENT_REISSUED ? "reissued" : "set";
}

static gboolean try_once(struct attempt *attempt, const char *address, GError **error)
{
    g_autoptr(PersonFacts) facts =
        operator_access_find(attempt->access, attempt->organization, address, error);
    if (facts == NULL)
        return FALSE;
    if (!(attempt->wanted->lift ? lift_override(attempt, facts, error)
                                : set_role(attempt, facts, error)))
        return FALSE;
    g_autoptr(PersonFacts) after =
        operator_access_find(attempt->access, attempt->organization, address, error);
    if (after == NULL)
        return FALSE;
    attempt->result->status = word_of(attempt);
    attempt->result->roles = print_roles(after);
    return TRUE;
}

static gboolean role_one(struct operator_access *access, const char *organization,
                         const char *address, void *context, struct invitation_result *result,
                         GError **error)
{
    gboolean done = FALSE;
    gboolean again = TRUE;
    struct attempt attempt = {access, organization, context, {0}, result};
    for (int i = 0; i < TRIES && again; i++) {
        g_clear_error(error);
        verdict_clear(&attempt.verdict);
        done = try_once(&attempt, address, error);
        again = !done && attempt.verdict.kind == VERDICT_STALE;
    }
    verdict_clear(&attempt.verdict);
    return done;
}

/* The first word is the role, but with --lift; FALSE after telling what is wrong. */
static gboolean read_wanted(struct command_line *line, const struct role_options *options,
                            struct role_wanted *wanted, int *status)
{
    const char *role = line->words[0];
    *wanted = (struct role_wanted){.project = options->project, .lift = options->lift};
    if (options->lift)
        return TRUE;
    const gboolean leaves = strcmp(role, "none") == 0;
    if (options->project == NULL && leaves)
        *status = command_line_usage(
            line, "\"none\" goes with --project: `rolecall remove` ends everything");
    else if (options->project == NULL && !organization_role_parse(role, &wanted->role))
        *status =
            command_line_usage(line, "\"%s\" is not owner, billing-admin or member", role);
    else if (options->project != NULL && !leaves &&
             !project_role_parse(role, &wanted->project_role))
        *status = command_line_usage(line, "\"%s\" is not admin, read-write, read-only or none",
                                     role);
    else if (line->words[1] == NULL)
        *status = command_line_usage(line, "it needs an address behind the role");
    else
        return TRUE;
    return FALSE;
}

static int run(struct command_line *line, const struct role_options *options)
{
    int status = 0;
    struct role_wanted wanted;
    if (!read_wanted(line, options, &wanted, &status))
        return status;
    struct command_line addresses = *line;
    addresses.words = options->lift ? line->words : line->words + 1;
    const struct people_act act = {
        .line = &addresses,
        .list = "people",
        .organization = options->organization,
        .reason = options->reason,
        .makes_links = TRUE,
        .one = role_one,
        .context = &wanted,
    };
    return people_act_run(&act);
}

int command_role(int argc, char **argv)
{
    struct role_options options = {NULL};
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &options.organization,
         "In which one, where there are several", "NAME"},
        {"project", 0, 0, G_OPTION_ARG_STRING, &options.project,
         "The role in this project instead", "NAME"},
        {"lift", 0, 0, G_OPTION_ARG_NONE, &options.lift,
         "Take the override away: what directory or provider say counts again", NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, "Why, for the audit trail",
         "TEXT"},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "role",
        .words_help = "ROLE ADDRESS... | --lift ADDRESS...",
        .description =
            "ROLE is owner, billing-admin or member; with --project admin, read-write,\n"
            "read-only or none. Of people whom a directory or a provider made it is an\n"
            "override: it wins over what they say until it is lifted. Whoever has not\n"
            "accepted yet gets a new link.\n"
            "Exit status: 0 all set, 4 some, 1 none.",
        .entries = entries,
        .prints = TRUE,
        .least = 1,
        .most = G_MAXUINT,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = run(&line, &options);
    command_line_clear(&line);
    g_free(options.organization);
    g_free(options.project);
    g_free(options.reason);
    return status;
}
