#include "agent/command/assembly.h"
#include "agent/command/command_line.h"
#include "agent/command/directory_reading.h"
#include "agent/command/judging.h"
#include "agent/command/serve_mail.h"
#include "agent/command/terminal.h"
#include "agent/command/verbs.h"
#include "agent/schedule/schedule.h"
#include "agent/settings/settings_read.h"
#include "mapping/lint.h"
#include "mapping/rule_test.h"

struct check_options {
    gboolean read;
};

/* What was found, beside the problems of the config itself. */
struct findings {
    GPtrArray *problems; /* struct settings_problem * */
    GPtrArray *notes;    /* char *: what was not looked at */
    guint tests;         /* rule tests that ran */
};

/* The name of the file is in the texts of mapping already. */
static void add_text(struct findings *findings, gboolean is_warning, const char *text)
{
    struct settings_problem *problem = g_new0(struct settings_problem, 1);
    problem->is_warning = is_warning;
    problem->text = g_strdup(text);
    problem->line = G_MAXUINT;
    g_ptr_array_add(findings->problems, problem);
}

static void check_schedule(const Settings *settings, struct findings *findings)
{
    struct schedule schedule;
    g_autoptr(GError) error = NULL;
    if (settings->sync.schedule != NULL &&
        !schedule_parse(settings->sync.schedule, &schedule, &error))
        settings_problem_add(findings->problems, FALSE, settings->file,
                             settings_line(settings, &settings->sync.schedule),
                             g_strdup(error->message));
}

/* FALSE: it cannot be read. */
static gboolean check_secret(const Settings *settings, const struct secret_place *place,
                             struct findings *findings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Secret) secret = place->file == NULL ? NULL : secret_read(place, &error);
    if (error != NULL)
        settings_problem_add(findings->problems, TRUE, settings->file,
                             settings_line(settings, &place->file), g_strdup(error->message));
    return error == NULL;
}

static void check_invitations(const Settings *settings, struct findings *findings)
{
    g_autoptr(GError) window = NULL;
    g_autoptr(GError) mail = NULL;
    if (!judging_check(settings, &window))
        add_text(findings, FALSE, window->message);
    if (check_secret(settings, &settings->mail.password, findings) &&
        settings->mail.password.credential == NULL && !serve_mail_check(settings, &mail))
        settings_problem_add(findings->problems, FALSE, settings->file,
                             settings_line(settings, &settings->mail.url),
                             g_strdup(mail->message));
}

/* Warnings: whoever checks need not be the user that reads them in the end. */
static void check_secrets(const Settings *settings, struct findings *findings)
{
    check_secret(settings, &settings->sync.target.token, findings);
    for (guint i = 0; i < settings->organizations->len; i++) {
        const struct organization_settings *organization =
            g_ptr_array_index(settings->organizations, i);
        check_secret(settings, &organization->target.token, findings);
    }
    for (guint i = 0; i < settings->directories->len; i++) {
        const struct directory_settings *directory =
            g_ptr_array_index(settings->directories, i);
        check_secret(settings, &directory->bind_password, findings);
    }
}

static void check_lint(const Mapper *mapper, struct findings *findings)
{
    g_autoptr(GPtrArray) found = lint_rules(mapper);
    for (guint i = 0; i < found->len; i++)
        add_text(findings, TRUE,
                 ((const struct lint_finding *)g_ptr_array_index(found, i))->text);
}

static void free_desired(gpointer desired)
{
    desired_free(desired);
}

static void run_tests(const Settings *settings, const Mapper *mapper, struct findings *findings)
{
    g_autoptr(GPtrArray) desired = g_ptr_array_new_with_free_func(free_desired);
    for (guint i = 0; i < settings->organizations->len; i++) {
        const struct mapper_organization organization = directory_reading_organization(
            settings, g_ptr_array_index(settings->organizations, i));
        g_ptr_array_add(desired, mapper_desired(mapper, &organization));
    }
    for (guint i = 0; i < settings->tests->len; i++) {
        const struct test_settings *test = g_ptr_array_index(settings->tests, i);
        const struct rule_test_text text = {.file = settings->file,
                                            .line = settings_line(settings, test),
                                            .user = test->user,
                                            .expect = test->expect};
        g_autoptr(GPtrArray) differences = g_ptr_array_new_with_free_func(g_free);
        rule_test_run(&text, mapper, (const Desired *const *)desired->pdata, desired->len,
                      differences);
        for (guint j = 0; j < differences->len; j++)
            add_text(findings, FALSE, g_ptr_array_index(differences, j));
        findings->tests++;
    }
}

/* Directories that were not read, or gave no snapshot: then a test would blame the rules. */
static gboolean all_were_read(const Settings *settings, const struct check_options *options,
                              const Assembly *assembly, const GPtrArray *failures,
                              struct findings *findings)
{
    for (guint i = 0; i < failures->len; i++)
        add_text(findings, FALSE, g_ptr_array_index(failures, i));
    const gboolean is_all = assembly->cycle.directory_count == settings->directories->len;
    if (!is_all && options->read)
        g_ptr_array_add(findings->notes,
                        g_strdup("pushed groups were not read, and the rule tests not run: "
                                 "`rolecall serve` was never started with this config"));
    else if (!is_all)
        g_ptr_array_add(
            findings->notes,
            g_strdup("directories on servers were not read: --read does, and then runs the "
                     "rule tests"));
    return failures->len == 0 && is_all;
}

static void check_directories(const Settings *settings, const struct check_options *options,
                              struct findings *findings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func(g_free);
    const struct assembly_request request = {.without_endpoint = TRUE,
                                             .without_servers = !options->read};
    g_autoptr(Assembly) assembly = assembly_new(settings, &request, &error);
    g_autoptr(DirectoryReading) reading =
        assembly == NULL ? NULL : directory_reading_new(assembly, failures, &error);
    if (reading == NULL) {
        add_text(findings, FALSE, error->message);
        return;
    }
    if (assembly->cycle.directory_count > failures->len)
        check_lint(reading->mapper, findings);
    if (all_were_read(settings, options, assembly, failures, findings))
        run_tests(settings, reading->mapper, findings);
}

static void show_json(const struct findings *findings)
{
    json_t *errors = json_array();
    json_t *warnings = json_array();
    json_t *notes = json_array();
    for (guint i = 0; i < findings->problems->len; i++) {
        const struct settings_problem *problem = g_ptr_array_index(findings->problems, i);
        json_array_append_new(problem->is_warning ? warnings : errors,
                              json_string(problem->text));
    }
    for (guint i = 0; i < findings->notes->len; i++)
        json_array_append_new(notes, json_string(g_ptr_array_index(findings->notes, i)));
    terminal_json(json_pack(
        "{s:b, s:o, s:o, s:o, s:i}", "good", settings_problems_errors(findings->problems) == 0,
        "errors", errors, "warnings", warnings, "notes", notes, "tests", (int)findings->tests));
}

static void show_text(const struct findings *findings, const char *file)
{
    for (guint i = 0; i < findings->problems->len; i++) {
        const struct settings_problem *problem = g_ptr_array_index(findings->problems, i);
        terminal_tell(problem->is_warning ? TERMINAL_ATTENTION : TERMINAL_BAD, problem->text);
    }
    for (guint i = 0; i < findings->notes->len; i++)
        terminal_tell(TERMINAL_QUIET, g_ptr_array_index(findings->notes, i));
    if (settings_problems_errors(findings->problems) > 0)
        return;
    g_autofree char *text = g_strdup_printf("%s: good, %u rule test%s passed\n", file,
                                            findings->tests, findings->tests == 1 ? "" : "s");
    terminal_print(text);
}

static int check(const struct command_line *line, const struct check_options *options)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    struct findings findings = {.problems = problems, .notes = notes};
    g_autoptr(Settings) settings = settings_read(line->config, problems);
    if (settings != NULL) {
        check_schedule(settings, &findings);
        check_secrets(settings, &findings);
        check_invitations(settings, &findings);
        check_directories(settings, options, &findings);
    }
    if (line->json)
        show_json(&findings);
    else
        show_text(&findings, line->config);
    return settings_problems_errors(problems) == 0 ? REPORT_EXIT_DONE : REPORT_EXIT_CONFIG;
}

int command_check(int argc, char **argv)
{
    struct check_options options = {FALSE};
    const GOptionEntry entries[] = {
        {"read", 0, 0, G_OPTION_ARG_NONE, &options.read,
         "Read directories on servers too; files are always read", NULL},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "check",
        .description =
            "Reads the config, looks for rules that cannot be meant, and runs the rule tests.\n"
            "Exit status: 0 good (warnings included), 78 not.",
        .entries = entries,
        .prints = TRUE,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = check(&line, &options);
    command_line_clear(&line);
    return status;
}
