#include "agent/command/assembly.h"

#include "agent/command/assembly_place.h"
#include "agent/command/assembly_source.h"
#include "agent/command/assembly_target.h"
#include "agent/command/own_endpoint.h"
#include "agent/directory/directory_dn.h"
#include "agent/settings/rules_read.h"
#include "agent/settings/settings_digest.h"
#include "agent/sync/accepted.h"
#include "scim/protocol/outcome.h"

static void free_source(gpointer data)
{
    struct source *source = data;
    source->free(source);
}

static void free_target(gpointer data)
{
    struct target *target = data;
    target->free(target);
}

static void free_profile(gpointer data)
{
    profile_map_free(data);
}

/* The rules were sound when the config was read: what is left to say is a DN that is none. */
static gboolean add_rules(Assembly *assembly, const Settings *settings, GError **error)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    assembly->rules = rules_read(settings, directory_dn_key, problems);
    if (assembly->rules != NULL)
        return TRUE;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < problems->len; i++) {
        const struct settings_problem *problem = g_ptr_array_index(problems, i);
        g_string_append_printf(text, "%s%s", i == 0 ? "" : "; ", problem->text);
    }
    g_set_error_literal(error, OUTCOME, OUTCOME_SETTINGS, text->str);
    return FALSE;
}

static gboolean add_directory(Assembly *assembly, const struct directory_settings *directory,
                              const struct assembly_source_circumstances *circumstances,
                              GError **error)
{
    g_autoptr(ProfileMap) profile = assembly_source_profile(directory, error);
    if (profile == NULL)
        return FALSE;
    struct source *source = assembly_source_new(directory, circumstances, error);
    if (source == NULL)
        return FALSE;
    const struct cycle_directory made = {.source = source,
                                         .profile = profile,
                                         .adopt = directory->adopt,
                                         .is_left = circumstances->is_left};
    g_ptr_array_add(assembly->sources, source);
    g_ptr_array_add(assembly->profiles, g_steal_pointer(&profile));
    g_array_append_val(assembly->directories, made);
    return TRUE;
}

/* Its groups are where its organization is: of another one nothing is wanted there. */
static gboolean is_within_reach(const Settings *settings,
                                const struct assembly_request *request,
                                const struct directory_settings *directory)
{
    g_autoptr(GError) error = NULL;
    struct assembly_place place;
    if (!request->without_endpoint)
        return request->organization == NULL ||
               g_strcmp0(request->organization, directory->pushed_groups_of) == 0;
    gboolean found = assembly_place_find(
        settings,
        assembly_place_of(settings,
                          settings_organization(settings, directory->pushed_groups_of)),
        &place, &error);
    if (found)
        assembly_place_clear(&place);
    return found;
}

static gboolean add_directories(Assembly *assembly, const Settings *settings,
                                const struct assembly_request *request, GError **error)
{
    g_autoptr(Accepted) accepted = accepted_open(settings->sync.state, error);
    if (accepted == NULL)
        return FALSE;
    for (guint i = 0; i < settings->directories->len; i++) {
        const struct directory_settings *directory =
            g_ptr_array_index(settings->directories, i);
        const gboolean is_pushed = directory->pushed_groups_of != NULL;
        const struct assembly_source_circumstances circumstances = {
            .settings = settings,
            .clock = clock_system(),
            .deadline = g_get_monotonic_time() + settings->sync.run_timeout * G_USEC_PER_SEC,
            .last_accepted = accepted_entries(accepted, directory->name),
            .is_left = request->pushed && !is_pushed,
        };
        if ((request->without_servers && directory->ldif == NULL) ||
            (is_pushed && !is_within_reach(settings, request, directory)))
            continue;
        if (!add_directory(assembly, directory, &circumstances, error))
            return FALSE;
    }
    return TRUE;
}

/* One target for all organizations of our own endpoint, one for each that names another. */
static gboolean add_organization(Assembly *assembly, const Settings *settings,
                                 const struct organization_settings *organization,
                                 struct target **own, GError **error)
{
    const struct target_settings *place = assembly_place_of(settings, organization);
    struct target *target = place == NULL ? *own : NULL;
    if (target == NULL) {
        target = assembly_target_new(settings, place, error);
        if (target == NULL)
            return FALSE;
        g_ptr_array_add(assembly->targets, target);
        if (place == NULL)
            *own = target;
    }
    const struct cycle_organization made = {
        .name = organization->name, .domains = organization->domains, .target = target};
    g_array_append_val(assembly->organizations, made);
    return TRUE;
}

static gboolean add_organizations(Assembly *assembly, const Settings *settings,
                                  const struct assembly_request *request, GError **error)
{
    struct target *own = NULL;
    if (request->organization != NULL &&
        settings_organization(settings, request->organization) == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "%s: there is no organization \"%s\"",
                    settings->file, request->organization);
        return FALSE;
    }
    for (guint i = 0; i < settings->organizations->len; i++) {
        const struct organization_settings *organization =
            g_ptr_array_index(settings->organizations, i);
        if (request->organization != NULL &&
            g_strcmp0(request->organization, organization->name) != 0)
            continue;
        if (request->pushed && !settings_has_pushed_groups(settings, organization->name))
            continue;
        if (!add_organization(assembly, settings, organization, &own, error))
            return FALSE;
    }
    return TRUE;
}

static struct plan_limit plan_limit_of(const struct settings_limit *limit)
{
    return (struct plan_limit){.absolute = (guint)MIN(limit->number, G_MAXINT32),
                               .percent = (guint)limit->percent};
}

static void complete(Assembly *assembly, const Settings *settings,
                     const struct assembly_request *request)
{
    const struct settings_limit *removals =
        request->max_removals != NULL ? request->max_removals : &settings->sync.max_removals;
    assembly->digest = settings_digest(settings);
    assembly->cycle = (struct cycle){
        .rules = assembly->rules,
        .directories = (const struct cycle_directory *)(gpointer)assembly->directories->data,
        .directory_count = assembly->directories->len,
        .organizations =
            (const struct cycle_organization *)(gpointer)assembly->organizations->data,
        .organization_count = assembly->organizations->len,
        .seat_order = settings->sync.seat_order,
        .settle = settings->sync.settle,
        .max_removals = plan_limit_of(removals),
        .max_proven_leavers = plan_limit_of(&settings->sync.max_proven_leavers),
        .settings_digest = assembly->digest,
        .state = settings->sync.state,
        .approve = request->approve,
        .plan_only = request->plan_only,
        .clock = clock_system(),
        .random = random_system(),
    };
}

Assembly *assembly_new(const Settings *settings, const struct assembly_request *request,
                       GError **error)
{
    g_autoptr(Assembly) assembly = g_new0(Assembly, 1);
    assembly->sources = g_ptr_array_new_with_free_func(free_source);
    assembly->profiles = g_ptr_array_new_with_free_func(free_profile);
    assembly->targets = g_ptr_array_new_with_free_func(free_target);
    assembly->directories = g_array_new(FALSE, TRUE, sizeof(struct cycle_directory));
    assembly->organizations = g_array_new(FALSE, TRUE, sizeof(struct cycle_organization));
    if (!add_rules(assembly, settings, error))
        return NULL;
    if (!request->without_endpoint && !own_endpoint_make_state(settings, error))
        return NULL;
    if (!add_directories(assembly, settings, request, error))
        return NULL;
    if (!request->without_endpoint && !add_organizations(assembly, settings, request, error))
        return NULL;
    complete(assembly, settings, request);
    return g_steal_pointer(&assembly);
}

void assembly_free(Assembly *assembly)
{
    if (assembly == NULL)
        return;
    g_array_unref(assembly->organizations);
    g_array_unref(assembly->directories);
    g_ptr_array_unref(assembly->targets);
    g_ptr_array_unref(assembly->sources);
    g_ptr_array_unref(assembly->profiles);
    rules_free(assembly->rules);
    g_free(assembly->digest);
    g_free(assembly);
}

int assembly_exit_status(const GError *error)
{
    if (g_error_matches(error, OUTCOME, OUTCOME_SETTINGS))
        return REPORT_EXIT_CONFIG;
    return g_error_matches(error, OUTCOME, OUTCOME_RETRY) ? REPORT_EXIT_NO_ENDPOINT
                                                          : REPORT_EXIT_FAILED;
}
