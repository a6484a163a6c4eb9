#include "agent/sync/plan.h"

#include <string.h>

const struct plan_limit plan_default_removals = {.absolute = 3, .percent = 10};
const struct plan_limit plan_default_proven_leavers = {.absolute = 10, .percent = 30};

static const char *const kind_names[PLAN_KINDS] = {
    [PLAN_INVITE] = "invite",
    [PLAN_REISSUE] = "reissue",
    [PLAN_REVOKE] = "revoke",
    [PLAN_SET_ORGANIZATION_ROLE] = "set-organization-role",
    [PLAN_SET_PROJECT_ROLE] = "set-project-role",
    [PLAN_REMOVE_PROJECT_ROLE] = "remove-project-role",
    [PLAN_UPDATE_PROFILE] = "update-profile",
    [PLAN_SUSPEND] = "suspend",
    [PLAN_REACTIVATE] = "reactivate",
    [PLAN_REMOVE] = "remove",
};

static const char *const hold_names[PLAN_HOLDS] = {
    [PLAN_HOLD_LAST_OWNER] = "last-owner",
    [PLAN_HOLD_LAST_PROJECT_ADMIN] = "last-project-admin",
    [PLAN_HOLD_ADDRESS_TAKEN] = "address-taken",
    [PLAN_HOLD_GUARD] = "guard",
    [PLAN_HOLD_UNPROVEN] = "unproven",
    [PLAN_HOLD_REFUSED] = "refused",
    [PLAN_HOLD_MOVED] = "moved",
    [PLAN_HOLD_FOLLOWS] = "follows",
};

static const char *const note_names[PLAN_NOTES] = {
    [PLAN_NOTE_OVERRIDE] = "override",
    [PLAN_NOTE_PROTECTED] = "protected",
    [PLAN_NOTE_MARKER] = "marker",
    [PLAN_NOTE_EXPIRED] = "expired",
    [PLAN_NOTE_ONLY_ADMIN] = "only-admin",
    [PLAN_NOTE_NO_PROJECT] = "no-project",
    [PLAN_NOTE_NO_DIRECTORY] = "no-directory",
    [PLAN_NOTE_SETTLING] = "settling",
    [PLAN_NOTE_SET_ASIDE] = "set-aside",
};

static gboolean find_name(const char *const *names, guint count, const char *name, guint *index)
{
    for (guint i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) {
            *index = i;
            return TRUE;
        }
    return FALSE;
}

const char *plan_kind_name(enum plan_kind kind)
{
    return kind_names[kind];
}

gboolean plan_kind_parse(const char *name, enum plan_kind *kind)
{
    guint index = 0;
    gboolean found = find_name(kind_names, PLAN_KINDS, name, &index);
    *kind = (enum plan_kind)index;
    return found;
}

const char *plan_hold_name(enum plan_hold_reason reason)
{
    return hold_names[reason];
}

gboolean plan_hold_parse(const char *name, enum plan_hold_reason *reason)
{
    guint index = 0;
    gboolean found = find_name(hold_names, PLAN_HOLDS, name, &index);
    *reason = (enum plan_hold_reason)index;
    return found;
}

const char *plan_note_name(enum plan_note_reason reason)
{
    return note_names[reason];
}

gboolean plan_note_parse(const char *name, enum plan_note_reason *reason)
{
    guint index = 0;
    gboolean found = find_name(note_names, PLAN_NOTES, name, &index);
    *reason = (enum plan_note_reason)index;
    return found;
}

Plan *plan_new(const char *organization)
{
    Plan *plan = g_new0(Plan, 1);
    plan->text = g_string_chunk_new(1024);
    plan->blocks = g_ptr_array_new_with_free_func(g_free);
    plan->organization = plan_text(plan, organization);
    plan->settings_digest = plan->snapshot_digest = plan->actual_digest = "";
    plan->steps = g_array_new(FALSE, FALSE, sizeof(struct plan_step));
    plan->holds = g_array_new(FALSE, FALSE, sizeof(struct plan_hold));
    plan->notes = g_array_new(FALSE, FALSE, sizeof(struct plan_note));
    plan->waiting = g_array_new(FALSE, FALSE, sizeof(struct plan_waiting));
    plan->markers = g_array_new(FALSE, FALSE, sizeof(struct plan_marker));
    return plan;
}

void plan_free(Plan *plan)
{
    if (plan == NULL)
        return;
    g_array_free(plan->steps, TRUE);
    g_array_free(plan->holds, TRUE);
    g_array_free(plan->notes, TRUE);
    g_array_free(plan->waiting, TRUE);
    g_array_free(plan->markers, TRUE);
    g_ptr_array_free(plan->blocks, TRUE);
    g_string_chunk_free(plan->text);
    g_free(plan);
}

void plan_seal(Plan *plan, const Actual *actual)
{
    g_autofree char *digest = actual_digest(actual);
    plan->actual_digest = plan_text(plan, digest);
}

gboolean plan_is_empty(const Plan *plan)
{
    return plan->steps->len == 0 && plan->markers->len == 0;
}

const char *plan_text(Plan *plan, const char *text)
{
    return text != NULL ? g_string_chunk_insert(plan->text, text) : NULL;
}

void *plan_block(Plan *plan, size_t size, size_t count)
{
    if (count == 0)
        return NULL;
    void *block = g_malloc0_n(count, size);
    g_ptr_array_add(plan->blocks, block);
    return block;
}

struct plan_step plan_copy_step(Plan *plan, const struct plan_step *step)
{
    struct plan_step copy = *step;
    copy.organization = plan->organization;
    copy.origin = plan_text(plan, step->origin);
    copy.external_id = plan_text(plan, step->external_id);
    copy.person = plan_text(plan, step->person);
    copy.user_name = plan_text(plan, step->user_name);
    copy.base = plan_text(plan, step->base);
    copy.reason = plan_text(plan, step->reason);
    copy.projects = plan_block(plan, sizeof *copy.projects, step->project_count);
    for (guint32 i = 0; i < step->project_count; i++) {
        copy.projects[i] = step->projects[i];
        copy.projects[i].project = plan_text(plan, step->projects[i].project);
    }
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        copy.profile.field[i] = plan_text(plan, step->profile.field[i]);
    guint32 *needs = plan_block(plan, sizeof *needs, step->need_count);
    for (guint32 i = 0; i < step->need_count; i++)
        needs[i] = step->needs[i];
    copy.needs = needs;
    copy.touches = plan_block(plan, sizeof *copy.touches, step->touch_count);
    for (guint32 i = 0; i < step->touch_count; i++)
        copy.touches[i] = plan_text(plan, step->touches[i]);
    return copy;
}

const char *plan_step_verb(const struct plan_step *step)
{
    return step->kind == PLAN_REMOVE && (step->flags & PLAN_ATTACHED) != 0
               ? "remove roles of"
               : plan_kind_name(step->kind);
}

static void add_part(GString *text, const char *part)
{
    g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", part);
}

static void add_roles(GString *text, const struct plan_step *step, gboolean to)
{
    enum organization_role role = to ? step->organization_to : step->organization_from;
    if (role != ORGANIZATION_ROLE_NONE)
        add_part(text, organization_role_name(role));
    for (guint32 i = 0; i < step->project_count; i++) {
        enum project_role in = to ? step->projects[i].to : step->projects[i].from;
        if (in == PROJECT_ROLE_NONE)
            continue;
        g_autofree char *part =
            g_strdup_printf("%s/%s", step->projects[i].project, project_role_name(in));
        add_part(text, part);
    }
}

static void add_profile(GString *text, const struct plan_step *step)
{
    for (guint i = 0; i < PROFILE_FIELDS; i++) {
        if ((step->profile_mask & (1u << i)) == 0)
            continue;
        const char *value = step->profile.field[i];
        const char *key = profile_field_key((enum profile_field)i);
        g_autofree char *part = value != NULL ? g_strdup_printf("%s '%s'", key, value)
                                              : g_strdup_printf("no %s", key);
        add_part(text, part);
    }
}

char *plan_step_from(const struct plan_step *step)
{
    GString *text = g_string_new(NULL);
    if (step->kind == PLAN_REACTIVATE)
        add_part(text, "suspended");
    else
        add_roles(text, step, FALSE);
    if (text->len == 0)
        add_part(text, "none");
    return g_string_free(text, FALSE);
}

char *plan_step_to(const struct plan_step *step)
{
    GString *text = g_string_new(NULL);
    switch (step->kind) {
    case PLAN_SUSPEND:
        add_part(text, "suspended");
        break;
    case PLAN_REACTIVATE:
        add_part(text, "active");
        break;
    case PLAN_INVITE: /* the address of an invitation is its userName, the rest is no matter
                         here */
        add_roles(text, step, TRUE);
        break;
    case PLAN_REISSUE:
    case PLAN_UPDATE_PROFILE:
        add_roles(text, step, TRUE);
        add_profile(text, step);
        break;
    case PLAN_SET_ORGANIZATION_ROLE:
    case PLAN_SET_PROJECT_ROLE:
    case PLAN_REMOVE_PROJECT_ROLE:
    case PLAN_REMOVE:
    case PLAN_REVOKE:
    case PLAN_KINDS:
        add_roles(text, step, TRUE);
        break;
    }
    if (text->len == 0)
        add_part(text, "none");
    return g_string_free(text, FALSE);
}

static void sum_text(GChecksum *sum, const char *text)
{
    if (text != NULL)
        g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text));
    g_checksum_update(sum, (const guchar *)(text != NULL ? "\n" : "\1\n"), 1 + (text == NULL));
}

static void sum_identity(GChecksum *sum, const struct plan_step *step)
{
    sum_text(sum, step->organization);
    sum_text(sum, plan_kind_name(step->kind));
    sum_text(sum, step->origin);
    sum_text(sum, step->external_id);
    sum_text(sum, step->person);
    g_autofree char *from = plan_step_from(step);
    g_autofree char *to = plan_step_to(step);
    sum_text(sum, from);
    sum_text(sum, to);
}

char *plan_step_key(const struct plan_step *step)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    sum_text(sum, "step");
    sum_identity(sum, step);
    sum_text(sum, step->base);
    sum_text(sum, (step->flags & PLAN_ADOPT) == 0      ? ""
                  : (step->flags & PLAN_ATTACHED) != 0 ? "attach"
                                                       : "adopt");
    sum_text(sum, (step->flags & PLAN_STAND_IN) != 0 ? "stand-in" : "");
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        sum_text(sum, (step->profile_mask & (1u << i)) != 0 ? step->profile.field[i] : "-");
    return g_strdup(g_checksum_get_string(sum));
}

char *plan_approval_key(const struct plan_step *step)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    sum_text(sum, "approval");
    sum_identity(sum, step);
    return g_strdup(g_checksum_get_string(sum));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *plan_approval_digest(const Plan *plan)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < plan->holds->len; i++) {
        const struct plan_hold *hold = &g_array_index(plan->holds, struct plan_hold, i);
        if (hold->reason == PLAN_HOLD_GUARD)
            g_ptr_array_add(keys, plan_approval_key(&hold->step));
    }
    if (keys->len == 0)
        return NULL;
    g_ptr_array_sort(keys, by_text);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint i = 0; i < keys->len; i++)
        sum_text(sum, g_ptr_array_index(keys, i));
    return g_strdup(g_checksum_get_string(sum));
}
