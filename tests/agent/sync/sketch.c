#include "tests/agent/sync/sketch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *keep(Sketch *sketch, const char *format, ...) G_GNUC_PRINTF(2, 3);

static const char *keep(Sketch *sketch, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return g_string_chunk_insert(sketch->text, text);
}

static gboolean has_flag(char **words, const char *flag)
{
    return g_strv_contains((const char *const *)words, flag);
}

/* The value of "key=value" among the words, or `missing`. */
static const char *value_of(char **words, const char *key, const char *missing)
{
    size_t length = strlen(key);
    for (guint i = 0; words[i] != NULL; i++)
        if (strncmp(words[i], key, length) == 0 && words[i][length] == '=')
            return words[i] + length + 1;
    return missing;
}

static enum project_role project_role(const char *name)
{
    enum project_role role = PROJECT_ROLE_NONE;
    assert_true(strcmp(name, "none") == 0 || project_role_parse(name, &role));
    return role;
}

static gboolean is_role_word(const char *word)
{
    const char *value = strchr(word, '=');
    enum project_role role = PROJECT_ROLE_NONE;
    return value != NULL && project_role_parse(value + 1, &role);
}

static enum organization_role find_role(char **words)
{
    enum organization_role role = ORGANIZATION_ROLE_NONE;
    for (guint i = 0; words[i] != NULL; i++)
        if (organization_role_parse(words[i], &role))
            return role;
    return ORGANIZATION_ROLE_MEMBER;
}

static void add_roles(Actual *actual, char **words,
                      void (*add)(Actual *actual, const char *project, enum project_role role))
{
    for (guint i = 0; words[i] != NULL; i++) {
        if (!is_role_word(words[i]))
            continue;
        g_auto(GStrv) pair = g_strsplit(words[i], "=", 2);
        add(actual, pair[0], project_role(pair[1]));
    }
}

static const char *origin_of(Sketch *sketch, const char *name)
{
    if (strcmp(name, "manual") == 0)
        return "manual";
    return strchr(name, ':') != NULL ? keep(sketch, "%s", name)
                                     : keep(sketch, "directory:%s", name);
}

static void add_person(Sketch *sketch, char **words)
{
    struct actual_person person = {.id = words[1], .status_reason = "", .version = "W/\"1\""};
    const char *anchor = keep(sketch, "a-%s", words[1]);
    const char *origin = origin_of(sketch, value_of(words, "origin", "corp"));
    assert_true(actual_status_parse(words[2], &person.status));
    person.profile.field[PROFILE_USER_NAME] = keep(sketch, "%s@example.com", words[1]);
    person.profile.field[PROFILE_MAIL] =
        value_of(words, "mail", person.profile.field[PROFILE_USER_NAME]);
    person.profile.field[PROFILE_TITLE] = value_of(words, "title", NULL);
    person.is_protected = has_flag(words, "protected");
    person.suspended_by_owner = has_flag(words, "by-owner");
    person.joined = !has_flag(words, "never-joined") && person.status != ACTUAL_INVITED &&
                    person.status != ACTUAL_EXPIRED;
    person.role = find_role(words);
    gboolean active = !has_flag(words, "inactive") &&
                      (person.status != ACTUAL_SUSPENDED || person.suspended_by_owner);
    if (person.status == ACTUAL_INVITED || person.status == ACTUAL_ACTIVE)
        sketch->actual->seats_used++;
    actual_add_person(sketch->actual, &person);
    actual_add_link(sketch->actual, origin, anchor, active, person.role);
    add_roles(sketch->actual, words, actual_add_link_role);
    add_roles(sketch->actual, words, actual_add_role);
    g_string_chunk_insert_const(sketch->text, words[1]);
}

static void add_override(Sketch *sketch, const char *word)
{
    enum organization_role role = ORGANIZATION_ROLE_NONE;
    if (organization_role_parse(word, &role)) {
        actual_set_override(sketch->actual, role);
        return;
    }
    g_auto(GStrv) pair = g_strsplit(word, "=", 2);
    actual_add_override(sketch->actual, pair[0], project_role(pair[1]));
}

static void add_want(Sketch *sketch, char **words, enum desired_state state)
{
    struct desired_project projects[8];
    struct desired_link link = {
        .origin = origin_of(sketch, words[1]),
        .anchor = value_of(words, "anchor", keep(sketch, "a-%s", words[2])),
        .dn = keep(sketch, "uid=%s,dc=example", words[2]),
        .state = state,
        .priority = (gint)g_ascii_strtoll(value_of(words, "priority", "0"), NULL, 10),
        .seat_order = value_of(words, "order", ""),
        .projects = projects,
    };
    const char *address = keep(sketch, "%s@example.com", words[2]);
    link.profile.field[PROFILE_USER_NAME] = value_of(words, "userName", address);
    link.profile.field[PROFILE_MAIL] = value_of(words, "mail", address);
    link.profile.field[PROFILE_TITLE] = value_of(words, "title", NULL);
    if (state == DESIRED_SUSPENDED)
        link.why = "the account is disabled";
    if (state == DESIRED_SET_ASIDE)
        link.why = "it has no mail";
    if (state == DESIRED_GRANTED)
        link.role = find_role(words);
    for (guint i = 3; words[i] != NULL && state == DESIRED_GRANTED; i++) {
        if (!is_role_word(words[i]))
            continue;
        g_auto(GStrv) pair = g_strsplit(words[i], "=", 2);
        projects[link.project_count++] =
            (struct desired_project){keep(sketch, "%s", pair[0]), project_role(pair[1]), 0};
    }
    desired_add_link(sketch->desired, &link);
}

static struct plan_origin *find_origin(Sketch *sketch, const char *name)
{
    const char *origin = origin_of(sketch, name);
    for (guint i = 0; i < sketch->origins->len; i++) {
        struct plan_origin *at = &g_array_index(sketch->origins, struct plan_origin, i);
        if (strcmp(at->origin, origin) == 0)
            return at;
    }
    struct plan_origin added = {.origin = origin};
    g_array_append_val(sketch->origins, added);
    return &g_array_index(sketch->origins, struct plan_origin, sketch->origins->len - 1);
}

static gboolean read_actual_line(Sketch *sketch, char **words)
{
    const char *kind = words[0];
    if (strcmp(kind, "cap") == 0)
        sketch->actual->cap = (guint)g_ascii_strtoull(words[1], NULL, 10);
    else if (strcmp(kind, "project") == 0)
        actual_add_project(sketch->actual, words[1], "W/\"1\"", words[1]);
    else if (strcmp(kind, "person") == 0)
        add_person(sketch, words);
    else if (strcmp(kind, "override") == 0)
        add_override(sketch, words[1]);
    else if (strcmp(kind, "stands-in") == 0)
        actual_add_stand_in(sketch->actual, words[1]);
    else
        return FALSE;
    return TRUE;
}

static gboolean read_wish_line(Sketch *sketch, char **words)
{
    const char *kind = words[0];
    if (strcmp(kind, "read") == 0) {
        find_origin(sketch, words[1]);
        desired_add_directory(sketch->desired, origin_of(sketch, words[1]));
    } else if (strcmp(kind, "want") == 0) {
        add_want(sketch, words, DESIRED_GRANTED);
    } else if (strcmp(kind, "suspended") == 0) {
        add_want(sketch, words, DESIRED_SUSPENDED);
    } else if (strcmp(kind, "denied") == 0) {
        add_want(sketch, words, DESIRED_DENIED);
    } else if (strcmp(kind, "aside") == 0) {
        add_want(sketch, words, DESIRED_SET_ASIDE);
    } else {
        return FALSE;
    }
    return TRUE;
}

static void read_option_line(Sketch *sketch, char **words)
{
    const char *kind = words[0];
    if (strcmp(kind, "gone") == 0) {
        g_hash_table_insert(sketch->presences, g_strdup_printf("a-%s", words[1]),
                            g_strdup(words[2]));
    } else if (strcmp(kind, "adopt") == 0) {
        find_origin(sketch, words[1])->adopt = TRUE;
    } else if (strcmp(kind, "attach") == 0) {
        find_origin(sketch, words[1])->attaches = TRUE;
    } else if (strcmp(kind, "settling") == 0) {
        find_origin(sketch, words[1])->settles_at = 1800000000;
    } else if (strcmp(kind, "emptied") == 0) {
        struct plan_origin *origin = find_origin(sketch, words[1]);
        origin->emptied = TRUE;
        origin->emptied_group = keep(sketch, "%s", words[2]);
    } else if (strcmp(kind, "limit") == 0) {
        sketch->input.max_removals.absolute = (guint)g_ascii_strtoull(words[1], NULL, 10);
        sketch->input.max_removals.percent = (guint)g_ascii_strtoull(words[2], NULL, 10);
    } else if (strcmp(kind, "approve-all") == 0) {
        sketch->approve_all = TRUE;
    } else {
        fail_msg("no such line: %s", kind);
    }
}

static void read_link_line(Sketch *sketch, char **words, const char *person)
{
    if (strcmp(words[0], "link") == 0) {
        gboolean attached = has_flag(words, "attached");
        actual_add_link(sketch->actual, origin_of(sketch, words[1]),
                        keep(sketch, attached ? "%s" : "a-%s", person),
                        !has_flag(words, "inactive"), find_role(words));
        if (attached)
            actual_attach_link(sketch->actual);
        add_roles(sketch->actual, words, actual_add_link_role);
        return;
    }
    struct actual_marker marker = {.id = words[2],
                                   .origin = origin_of(sketch, words[1]),
                                   .external_id = words[2],
                                   .user_name = words[3],
                                   .kind = "removed"};
    actual_add_marker(sketch->actual, &marker);
}

static gboolean find_presence(void *context, const char *origin, const char *anchor,
                              enum source_presence *presence)
{
    static const char *const names[] = {[SOURCE_PRESENT] = "present",
                                        [SOURCE_DISABLED] = "disabled",
                                        [SOURCE_OUT_OF_SCOPE] = "moved",
                                        [SOURCE_DELETED] = "deleted",
                                        [SOURCE_UNKNOWN] = "unknown"};
    const Sketch *sketch = context;
    const char *word = g_hash_table_lookup(sketch->presences, anchor);
    assert_true(g_str_has_prefix(origin, "directory:"));
    *presence = SOURCE_PRESENT;
    for (guint i = 0; i < G_N_ELEMENTS(names) && word != NULL; i++)
        if (strcmp(names[i], word) == 0)
            *presence = (enum source_presence)i;
    return g_strcmp0(word, "failing") != 0;
}

Sketch *sketch_new(const char *text)
{
    Sketch *sketch = g_new0(Sketch, 1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *person = NULL;
    sketch->text = g_string_chunk_new(1024);
    sketch->actual = actual_new("acme", 100, 0);
    sketch->desired = desired_new("acme");
    sketch->origins = g_array_new(FALSE, FALSE, sizeof(struct plan_origin));
    sketch->presences = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    sketch->input.max_removals = plan_default_removals;
    sketch->input.max_proven_leavers = plan_default_proven_leavers;
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) words = g_strsplit(g_strstrip(lines[i]), " ", -1);
        if (words[0] == NULL || words[0][0] == '\0')
            continue;
        if (strcmp(words[0], "person") == 0) {
            g_free(person);
            person = g_strdup(words[1]);
        }
        if (strcmp(words[0], "link") == 0 || strcmp(words[0], "marker") == 0)
            read_link_line(sketch, words, person);
        else if (!read_actual_line(sketch, words) && !read_wish_line(sketch, words))
            read_option_line(sketch, words);
    }
    assert_true(actual_seal(sketch->actual, NULL));
    desired_seal(sketch->desired);
    sketch->input.desired = sketch->desired;
    sketch->input.actual = sketch->actual;
    sketch->input.origins = (const struct plan_origin *)(void *)sketch->origins->data;
    sketch->input.origin_count = sketch->origins->len;
    sketch->input.presence = find_presence;
    sketch->input.presence_context = sketch;
    return sketch;
}

void sketch_free(Sketch *sketch)
{
    if (sketch == NULL)
        return;
    actual_free(sketch->actual);
    desired_free(sketch->desired);
    g_array_free(sketch->origins, TRUE);
    g_hash_table_destroy(sketch->presences);
    g_string_chunk_free(sketch->text);
    g_free(sketch);
}

Plan *sketch_plan(Sketch *sketch)
{
    Plan *plan = planner_make(&sketch->input);
    if (!sketch->approve_all)
        return plan;
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < plan->holds->len; i++)
        g_hash_table_add(
            keys, plan_approval_key(&g_array_index(plan->holds, struct plan_hold, i).step));
    plan_free(plan);
    sketch->input.approved = keys;
    plan = planner_make(&sketch->input);
    sketch->input.approved = NULL;
    return plan;
}

static void print_step(GString *text, const struct plan_step *step)
{
    g_autofree char *from = plan_step_from(step);
    g_autofree char *to = plan_step_to(step);
    g_string_append_printf(text, "%s%s%s %s: %s -> %s\n",
                           (step->flags & PLAN_STAND_IN) != 0 ? "stand-in " : "",
                           (step->flags & PLAN_ADOPT) == 0      ? ""
                           : (step->flags & PLAN_ATTACHED) != 0 ? "attach "
                                                                : "adopt ",
                           plan_step_verb(step), step->user_name, from, to);
}

char *sketch_print(const Plan *plan)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < plan->markers->len; i++)
        g_string_append_printf(text, "clear-marker %s\n",
                               g_array_index(plan->markers, struct plan_marker, i).user_name);
    for (guint i = 0; i < plan->steps->len; i++)
        print_step(text, &g_array_index(plan->steps, struct plan_step, i));
    for (guint i = 0; i < plan->holds->len; i++) {
        const struct plan_hold *hold = &g_array_index(plan->holds, struct plan_hold, i);
        g_string_append_printf(text, "held %s: %s %s\n", plan_hold_name(hold->reason),
                               plan_kind_name(hold->step.kind), hold->step.user_name);
    }
    for (guint i = 0; i < plan->notes->len; i++) {
        const struct plan_note *note = &g_array_index(plan->notes, struct plan_note, i);
        g_string_append_printf(text, "note %s: %s\n", plan_note_name(note->reason),
                               note->user_name);
    }
    for (guint i = 0; i < plan->waiting->len; i++) {
        const struct plan_waiting *waiting =
            &g_array_index(plan->waiting, struct plan_waiting, i);
        g_string_append_printf(text, "waiting %s: %s\n", waiting->step.user_name,
                               waiting->role);
    }
    g_string_replace(text, "@example.com", "", 0);
    return g_string_free(text, FALSE);
}

void sketch_expect(const char *what, const char *text, const char *expected)
{
    g_autoptr(Sketch) sketch = sketch_new(text);
    g_autoptr(Plan) plan = sketch_plan(sketch);
    g_autofree char *printed = sketch_print(plan);
    if (strcmp(printed, expected) != 0)
        fail_msg("%s:\n--- expected\n%s--- plan\n%s", what, expected, printed);
}

void sketch_expect_all(const struct sketch_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sketch_expect(cases[i].what, cases[i].text, cases[i].expected);
}
