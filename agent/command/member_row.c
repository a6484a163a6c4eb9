#include "agent/command/member_row.h"

#include <string.h>

#include "scim/protocol/clock.h"
#include "scim/server/delivery_codec.h"

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text == NULL ? "" : text;
}

/* Whole hours that are left, rounded up; 0: it is over. */
static gint64 hours_left(gint64 expires_at, gint64 now)
{
    return expires_at <= now ? 0 : (expires_at - now + 3599) / 3600;
}

static json_t *origins_of(const json_t *state)
{
    json_t *array = json_array();
    size_t index = 0;
    const json_t *link = NULL;
    json_array_foreach(json_object_get(state, "links"), index, link)
        json_array_append(array, json_object_get(link, "origin"));
    return array;
}

static void copy(json_t *row, const char *to, const json_t *state, const char *from)
{
    json_t *value = json_object_get(state, from);
    if (value != NULL)
        json_object_set(row, to, value);
}

static void add_invitation(json_t *row, const json_t *state, gint64 now)
{
    gint64 expires_at = 0;
    const char *id = json_string_value(json_object_get(state, "invitation"));
    const char *expires = json_string_value(json_object_get(state, "expiresAt"));
    if (id == NULL || expires == NULL || !clock_parse(expires, &expires_at))
        return;
    json_object_set_new(row, "invitation",
                        json_pack("{s:s, s:s, s:I}", "id", id, "expiresAt", expires,
                                  "hoursLeft", (json_int_t)hours_left(expires_at, now)));
}

json_t *member_row_new(const json_t *state, gint64 now)
{
    static const char *const same[] = {"id",     "userName", "displayName", "status",
                                       "reason", "role",     "override",    "overrides"};
    json_t *row = json_object();
    json_t *projects = json_object_get(state, "projects");
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++)
        copy(row, same[i], state, same[i]);
    copy(row, "email", state, "address");
    json_object_set_new(row, "projects",
                        projects == NULL ? json_object() : json_incref(projects));
    json_object_set_new(row, "origins", origins_of(state));
    json_object_set_new(row, "protected",
                        json_boolean(json_is_true(json_object_get(state, "protected"))));
    add_invitation(row, state, now);
    return row;
}

void member_row_set_delivery(json_t *row, const struct outbox_delivery *delivery)
{
    json_t *told = delivery_codec_print(delivery, TRUE);
    if (told != NULL)
        json_object_set_new(row, "delivery", told);
}

static void join(GString *text, const char *separator, const char *part)
{
    g_string_append_printf(text, "%s%s", text->len == 0 ? "" : separator, part);
}

static void join_projects(GString *text, json_t *projects)
{
    const char *name = NULL;
    json_t *role = NULL;
    json_object_foreach(projects, name, role)
    {
        g_autofree char *part = g_strconcat(name, "/", json_string_value(role), NULL);
        join(text, ", ", part);
    }
}

static char *origins_text(const json_t *row)
{
    GString *text = g_string_new(NULL);
    size_t index = 0;
    const json_t *origin = NULL;
    json_array_foreach(json_object_get(row, "origins"), index, origin)
        join(text, ", ", json_string_value(origin));
    return g_string_free(text, FALSE);
}

/* A mail that was tried and did not go out is told; one that is just on its way is not. */
static void note_mail(GString *text, const json_t *delivery)
{
    const char *status = text_of(delivery, "status"), *detail = text_of(delivery, "detail");
    const gboolean is_lost = strcmp(status, outbox_state_name(OUTBOX_UNDELIVERABLE)) == 0;
    const gboolean waits = strcmp(status, outbox_state_name(OUTBOX_WAITING)) == 0;
    if (!is_lost && !(waits && *detail != '\0'))
        return;
    g_autofree char *why =
        g_strconcat(is_lost ? "mail undeliverable: " : "mail not out yet: ", detail, NULL);
    join(text, "; ", why);
}

static void note_invitation(GString *text, const json_t *row)
{
    const json_t *invitation = json_object_get(row, "invitation");
    const json_int_t hours = json_integer_value(json_object_get(invitation, "hoursLeft"));
    g_autofree char *left =
        g_strdup_printf("invitation: %" JSON_INTEGER_FORMAT " h left", hours);
    if (invitation != NULL)
        join(text, "; ", hours == 0 ? "invitation over" : left);
    note_mail(text, json_object_get(row, "delivery"));
}

/* What there is to say: the invitation, its mail, overrides, why the status is as it is. */
static char *note_of(const json_t *row)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GString) overrides = g_string_new(text_of(row, "override"));
    join_projects(overrides, json_object_get(row, "overrides"));
    note_invitation(text, row);
    /* Of a rehearsal the status says it all, and there may be hundreds. */
    if (*text_of(row, "reason") != '\0' && strcmp(text_of(row, "status"), "rehearsed") != 0)
        join(text, "; ", text_of(row, "reason"));
    if (overrides->len > 0) {
        g_autofree char *part = g_strconcat("override: ", overrides->str, NULL);
        join(text, "; ", part);
    }
    return g_string_free(text, FALSE);
}

TextTable *member_row_table(void)
{
    return text_table_new(
        (const char *const[]){"person", "status", "role", "projects", "origin", "", NULL});
}

void member_row_add(TextTable *table, const json_t *row)
{
    g_autoptr(GString) projects = g_string_new(NULL);
    g_autofree char *origins = origins_text(row);
    g_autofree char *note = note_of(row);
    join_projects(projects, json_object_get(row, "projects"));
    text_table_add(table, (const char *const[]){text_of(row, "userName"),
                                                text_of(row, "status"), text_of(row, "role"),
                                                projects->str, origins, note, NULL});
}
