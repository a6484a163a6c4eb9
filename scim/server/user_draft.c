#include "scim/server/user_draft.h"

#include <string.h>

#include "scim/protocol/body.h"
#include "scim/protocol/mailing_address.h"
#include "scim/protocol/membership.h"

/* What the judge keeps in columns of its own: no part of the profile. */
static const char *const judged[] = {
    "schemas", "id",     "externalId",        "meta", "userName", "active",
    "roles",   "groups", SCIM_URN_MEMBERSHIP,
};

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static json_t *profile_of(const json_t *resource)
{
    json_t *profile = json_deep_copy(resource);
    for (size_t i = 0; i < G_N_ELEMENTS(judged); i++) {
        json_object_del(profile, judged[i]);
    }
    return profile;
}

/* NULL where it is as the caller saw it: an address that was only shown for want of a stored one,
 * or another order of names, must not pass for an edit of the profile. */
static char *print_changed_profile(const struct user_draft_source *source)
{
    json_t *before = source->before != NULL ? profile_of(source->before) : NULL;
    json_t *after = profile_of(source->after);
    char *text = before != NULL && json_equal(before, after) ? NULL : body_print(after);
    json_decref(before);
    json_decref(after);
    return text;
}

/* Equal arrays, or both without a value. */
static gboolean same_values(const json_t *left, const json_t *right)
{
    if (json_array_size(left) == 0 || json_array_size(right) == 0) {
        return json_array_size(left) == json_array_size(right);
    }
    return json_equal(left, right) != 0;
}

static gboolean read_roles(const struct user_draft_source *source, struct user_draft *draft,
                           struct tolerance_use *use, struct fault *fault)
{
    const json_t *roles = json_object_get(source->after, "roles");
    const json_t *old = json_object_get(source->before, "roles");
    const struct role_source asked = {roles, old, source->reading, source->lenient};
    if (!role_codec_read(&asked, &draft->grants, use, fault)) {
        return FALSE;
    }
    gboolean changed = !same_values(old, roles);
    /* Whoever sends a whole person without roles says nothing of them; a PATCH that took the
     * last one away says just that. */
    gboolean says =
        changed && (source->reading == ROLE_READING_LAST || json_array_size(roles) > 0);
    draft->draft.has_roles =
        says && (source->reading == ROLE_READING_LAST || draft->grants.given);
    draft->draft.role = draft->grants.role;
    draft->draft.projects = (const struct project_grant *)(void *)draft->grants.projects->data;
    draft->draft.project_count = draft->grants.projects->len;
    draft->unknown_roles = says ? body_print(draft->grants.unknown) : NULL;
    draft->draft.unknown_roles = draft->unknown_roles;
    return TRUE;
}

static gboolean breaks_lines(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar character = g_utf8_get_char(text);
        if (g_unichar_iscntrl(character) || character == 0x2028 || character == 0x2029) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What could break a line of a mail is nobody's address, whoever sends it (R57). */
static gboolean check_mails(const struct user_draft_source *source, struct fault *fault)
{
    const json_t *mails = json_object_get(source->after, "emails");
    size_t at;
    json_t *mail;
    json_array_foreach(mails, at, mail)
    {
        const char *value = text_of(mail, "value");
        if (value != NULL && breaks_lines(value)) {
            return fault_set(fault, FAULT_INVALID_VALUE,
                             "a value of 'emails' holds a control character");
        }
    }
    return TRUE;
}

static gboolean read_active(const struct user_draft_source *source)
{
    const json_t *active = json_object_get(source->after, "active");
    if (active == NULL) {
        active = json_object_get(source->before, "active");
    }
    return !json_is_false(active);
}

gboolean user_draft_read(const struct user_draft_source *source, struct user_draft *draft,
                         struct tolerance_use *use, struct fault *fault)
{
    *draft = (struct user_draft){.resource = json_incref(source->after)};
    if (!check_mails(source, fault) || !read_roles(source, draft, use, fault)) {
        return FALSE;
    }
    draft->profile = print_changed_profile(source);
    draft->draft.user_name = text_of(source->after, "userName");
    draft->draft.address = mailing_address_of(source->after, NULL);
    draft->draft.profile = draft->profile;
    draft->draft.display_name = text_of(source->after, "displayName");
    draft->draft.external_id = text_of(source->after, "externalId");
    if (draft->draft.external_id == NULL && source->reading == ROLE_READING_ONCE) {
        draft->draft.external_id = text_of(source->before, "externalId");
    }
    draft->draft.active = read_active(source);
    return TRUE;
}

void user_draft_clear(struct user_draft *draft)
{
    role_grants_clear(&draft->grants);
    json_decref(draft->resource);
    g_free(draft->profile);
    g_free(draft->unknown_roles);
    *draft = (struct user_draft){0};
}
