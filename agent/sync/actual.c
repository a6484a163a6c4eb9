#include "agent/sync/actual.h"

#include <stdlib.h>
#include <string.h>

#include "scim/protocol/address.h"
#include "scim/protocol/origin.h"
#include "scim/protocol/outcome.h"

/* Lists of the person, link and project added last; they move into their record when the next
 * one begins. */
struct actual_building {
    GArray *people, *projects, *markers;
    GArray *links, *roles, *overrides, *stands_in; /* of the last person */
    GArray *link_roles;                            /* of the last link */
    GArray *admins;                                /* of the last project */
};

static const char *const status_names[] = {
    [ACTUAL_INVITED] = "invited",     [ACTUAL_EXPIRED] = "expired", [ACTUAL_ACTIVE] = "active",
    [ACTUAL_SUSPENDED] = "suspended", [ACTUAL_WAITING] = "waiting", [ACTUAL_HELD] = "held",
    [ACTUAL_REHEARSED] = "rehearsed",
};

static const char *keep(Actual *actual, const char *text)
{
    return text != NULL ? g_string_chunk_insert(actual->text, text) : NULL;
}

static const char *keep_folded(Actual *actual, const char *text)
{
    if (text == NULL)
        return NULL;
    g_autofree char *folded = address_fold(text);
    return g_string_chunk_insert(actual->text, folded);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_project(const void *a, const void *b)
{
    const struct actual_project_role *one = a;
    const struct actual_project_role *other = b;
    return strcmp(one->project, other->project);
}

static int by_origin(const void *a, const void *b)
{
    const struct actual_link *one = a;
    const struct actual_link *other = b;
    int order = strcmp(one->origin, other->origin);
    return order != 0 ? order : strcmp(one->external_id, other->external_id);
}

static int by_id(const void *a, const void *b)
{
    const struct actual_person *one = a;
    const struct actual_person *other = b;
    return strcmp(one->id, other->id);
}

static int by_name(const void *a, const void *b)
{
    const struct actual_project *one = a;
    const struct actual_project *other = b;
    return strcmp(one->name, other->name);
}

static int by_marker(const void *a, const void *b)
{
    const struct actual_marker *one = a;
    const struct actual_marker *other = b;
    int order = strcmp(one->origin, other->origin);
    if (order == 0)
        order = strcmp(one->external_id, other->external_id);
    return order != 0 ? order : strcmp(one->id, other->id);
}

static void sort(void *data, guint32 count, size_t size,
                 int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(data, count, size, compare);
}

/* Takes the list out of `array`, ordered, and leaves the array empty for the next record. */
static void *steal(GArray *array, guint32 *count, int (*compare)(const void *, const void *))
{
    gsize length = 0;
    guint size = g_array_get_element_size(array);
    void *data = g_array_steal(array, &length);
    *count = (guint32)length;
    sort(data, *count, size, compare);
    return data;
}

static void close_link(struct actual_building *building)
{
    if (building->links->len == 0)
        return;
    struct actual_link *link =
        &g_array_index(building->links, struct actual_link, building->links->len - 1);
    if (link->projects == NULL)
        link->projects = steal(building->link_roles, &link->project_count, by_project);
}

static void close_person(struct actual_building *building)
{
    if (building->people->len == 0)
        return;
    struct actual_person *person =
        &g_array_index(building->people, struct actual_person, building->people->len - 1);
    close_link(building);
    person->links = steal(building->links, &person->link_count, by_origin);
    person->projects = steal(building->roles, &person->project_count, by_project);
    person->overrides = steal(building->overrides, &person->override_count, by_project);
    person->stands_in = steal(building->stands_in, &person->stands_in_count, by_text);
}

static void close_project(struct actual_building *building)
{
    if (building->projects->len == 0)
        return;
    struct actual_project *project =
        &g_array_index(building->projects, struct actual_project, building->projects->len - 1);
    project->admins = steal(building->admins, &project->admin_count, by_text);
}

Actual *actual_new(const char *organization, guint cap, guint seats_used)
{
    Actual *actual = g_new0(Actual, 1);
    struct actual_building *building = g_new0(struct actual_building, 1);
    building->people = g_array_new(FALSE, FALSE, sizeof(struct actual_person));
    building->projects = g_array_new(FALSE, FALSE, sizeof(struct actual_project));
    building->markers = g_array_new(FALSE, FALSE, sizeof(struct actual_marker));
    building->links = g_array_new(FALSE, FALSE, sizeof(struct actual_link));
    building->roles = g_array_new(FALSE, FALSE, sizeof(struct actual_project_role));
    building->overrides = g_array_new(FALSE, FALSE, sizeof(struct actual_project_role));
    building->link_roles = g_array_new(FALSE, FALSE, sizeof(struct actual_project_role));
    building->stands_in = g_array_new(FALSE, FALSE, sizeof(char *));
    building->admins = g_array_new(FALSE, FALSE, sizeof(char *));
    actual->building = building;
    actual->text = g_string_chunk_new(4096);
    actual->organization = keep(actual, organization);
    actual->cap = cap;
    actual->seats_used = seats_used;
    return actual;
}

/* Moves everything built so far into the public lists. */
static void close_building(Actual *actual)
{
    struct actual_building *building = actual->building;
    close_person(building);
    close_project(building);
    actual->people = steal(building->people, &actual->person_count, by_id);
    actual->projects = steal(building->projects, &actual->project_count, by_name);
    actual->markers = steal(building->markers, &actual->marker_count, by_marker);
    GArray *arrays[] = {building->people,    building->projects,   building->markers,
                        building->links,     building->roles,      building->overrides,
                        building->stands_in, building->link_roles, building->admins};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_free(arrays[i], TRUE);
    g_free(building);
    actual->building = NULL;
}

void actual_free(Actual *actual)
{
    if (actual == NULL)
        return;
    if (actual->building != NULL)
        close_building(actual);
    for (guint32 i = 0; i < actual->person_count; i++) {
        struct actual_person *person = &actual->people[i];
        for (guint32 k = 0; k < person->link_count; k++)
            g_free(person->links[k].projects);
        g_free(person->links);
        g_free(person->projects);
        g_free(person->overrides);
        g_free(person->stands_in);
    }
    for (guint32 i = 0; i < actual->project_count; i++)
        g_free(actual->projects[i].admins);
    g_free(actual->people);
    g_free(actual->projects);
    g_free(actual->markers);
    g_string_chunk_free(actual->text);
    g_free(actual);
}

void actual_add_person(Actual *actual, const struct actual_person *person)
{
    close_person(actual->building);
    struct actual_person copy = {
        .id = keep(actual, person->id),
        .version = keep(actual, person->version),
        .status = person->status,
        .status_reason =
            keep(actual, person->status_reason != NULL ? person->status_reason : ""),
        .joined = person->joined,
        .is_protected = person->is_protected,
        .suspended_by_owner = person->suspended_by_owner,
        .role = person->role,
        .invitation = keep(actual, person->invitation),
        .invitation_expires = person->invitation_expires,
    };
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        copy.profile.field[i] = keep(actual, person->profile.field[i]);
    copy.user_name_key = keep_folded(actual, copy.profile.field[PROFILE_USER_NAME]);
    copy.mail_key = keep_folded(actual, copy.profile.field[PROFILE_MAIL]);
    g_array_append_val(actual->building->people, copy);
}

void actual_add_link(Actual *actual, const char *origin, const char *external_id,
                     gboolean active, enum organization_role role)
{
    struct actual_building *building = actual->building;
    close_link(building);
    struct actual_link link = {
        .origin = keep(actual, origin),
        .external_id = keep(actual, external_id != NULL ? external_id : ""),
        .active = active,
        .age = building->links->len,
        .role = role,
    };
    g_array_append_val(building->links, link);
}

void actual_attach_link(Actual *actual)
{
    GArray *links = actual->building->links;
    g_array_index(links, struct actual_link, links->len - 1).attached = TRUE;
}

static void add_role(Actual *actual, GArray *list, const char *project, enum project_role role)
{
    struct actual_project_role entry = {.project = keep(actual, project), .role = role};
    g_array_append_val(list, entry);
}

void actual_add_link_role(Actual *actual, const char *project, enum project_role role)
{
    add_role(actual, actual->building->link_roles, project, role);
}

void actual_add_role(Actual *actual, const char *project, enum project_role role)
{
    add_role(actual, actual->building->roles, project, role);
}

void actual_set_override(Actual *actual, enum organization_role role)
{
    GArray *people = actual->building->people;
    g_array_index(people, struct actual_person, people->len - 1).override_role = role;
}

void actual_add_override(Actual *actual, const char *project, enum project_role role)
{
    add_role(actual, actual->building->overrides, project, role);
}

void actual_add_stand_in(Actual *actual, const char *project)
{
    const char *name = keep(actual, project);
    g_array_append_val(actual->building->stands_in, name);
}

void actual_add_project(Actual *actual, const char *id, const char *version, const char *name)
{
    close_project(actual->building);
    struct actual_project project = {
        .id = keep(actual, id), .version = keep(actual, version), .name = keep(actual, name)};
    g_array_append_val(actual->building->projects, project);
}

void actual_add_project_admin(Actual *actual, const char *person)
{
    const char *id = keep(actual, person);
    g_array_append_val(actual->building->admins, id);
}

void actual_add_marker(Actual *actual, const struct actual_marker *marker)
{
    const char *user_name = marker->user_name != NULL ? marker->user_name : "";
    struct actual_marker copy = {
        .id = keep(actual, marker->id),
        .origin = keep(actual, marker->origin),
        .external_id = keep(actual, marker->external_id != NULL ? marker->external_id : ""),
        .user_name = keep(actual, user_name),
        .user_name_key = keep_folded(actual, user_name),
        .kind = keep(actual, marker->kind),
    };
    g_array_append_val(actual->building->markers, copy);
}

/* FALSE when two people share an id, a userName, or a link. */
static gboolean is_one_state(const Actual *actual, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint32 i = 0; i < actual->person_count; i++) {
        const struct actual_person *person = &actual->people[i];
        if (i > 0 && strcmp(person->id, actual->people[i - 1].id) == 0) {
            g_set_error(error, OUTCOME, OUTCOME_CONFLICT, "person '%s' came twice", person->id);
            return FALSE;
        }
        if (!g_hash_table_add(names, g_strdup(person->user_name_key))) {
            g_set_error(error, OUTCOME, OUTCOME_CONFLICT, "two people have the userName '%s'",
                        person->profile.field[PROFILE_USER_NAME]);
            return FALSE;
        }
        for (guint32 k = 0; k < person->link_count; k++) {
            const struct actual_link *link = &person->links[k];
            if (!origin_is_directory(link->origin))
                continue; /* only directories promise an externalId that is unique */
            if (!g_hash_table_add(links,
                                  g_strconcat(link->origin, "\n", link->external_id, NULL))) {
                g_set_error(error, OUTCOME, OUTCOME_CONFLICT,
                            "two people have the link '%s' of '%s'", link->external_id,
                            link->origin);
                return FALSE;
            }
        }
    }
    return TRUE;
}

gboolean actual_seal(Actual *actual, GError **error)
{
    close_building(actual);
    return is_one_state(actual, error);
}

const struct actual_person *actual_find(const Actual *actual, const char *id)
{
    struct actual_person key = {.id = id};
    if (actual->person_count == 0)
        return NULL;
    return bsearch(&key, actual->people, actual->person_count, sizeof key, by_id);
}

const struct actual_project *actual_find_project(const Actual *actual, const char *name)
{
    struct actual_project key = {.name = name};
    if (actual->project_count == 0)
        return NULL;
    return bsearch(&key, actual->projects, actual->project_count, sizeof key, by_name);
}

const char *actual_status_name(enum actual_status status)
{
    return status_names[status];
}

gboolean actual_status_parse(const char *name, enum actual_status *status)
{
    for (guint i = 0; i < G_N_ELEMENTS(status_names); i++)
        if (strcmp(name, status_names[i]) == 0) {
            *status = (enum actual_status)i;
            return TRUE;
        }
    return FALSE;
}

gboolean actual_has_origin(const struct actual_person *person, const char *origin)
{
    for (guint32 i = 0; i < person->link_count; i++)
        if (strcmp(person->links[i].origin, origin) == 0)
            return TRUE;
    return FALSE;
}

guint32 actual_holders(const struct actual_person *person)
{
    guint32 holders = 0;
    for (guint32 i = 0; i < person->link_count; i++)
        holders += person->links[i].attached ? 0 : 1;
    return holders;
}

/* Every text goes in with its length's end marked, so that no two states write the same bytes. */
static void digest_text(GChecksum *sum, const char *text)
{
    if (text != NULL)
        g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text));
    g_checksum_update(sum, (const guchar *)(text != NULL ? "\n" : "\1\n"), -1);
}

static void digest_numbers(GChecksum *sum, guint a, guint b, guint c)
{
    g_autofree char *text = g_strdup_printf("%u %u %u", a, b, c);
    digest_text(sum, text);
}

static void digest_roles(GChecksum *sum, const struct actual_project_role *roles, guint32 count)
{
    digest_numbers(sum, count, 0, 0);
    for (guint32 i = 0; i < count; i++) {
        digest_text(sum, roles[i].project);
        digest_text(sum, project_role_name(roles[i].role));
    }
}

static void digest_person(GChecksum *sum, const struct actual_person *person)
{
    digest_text(sum, person->id);
    digest_text(sum, person->version);
    digest_text(sum, actual_status_name(person->status));
    digest_text(sum, person->status_reason);
    digest_numbers(sum, (guint)person->joined, (guint)person->is_protected,
                   (guint)person->suspended_by_owner);
    digest_numbers(sum, person->role, person->override_role, person->link_count);
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        digest_text(sum, person->profile.field[i]);
    digest_roles(sum, person->projects, person->project_count);
    digest_roles(sum, person->overrides, person->override_count);
    for (guint32 i = 0; i < person->link_count; i++) {
        const struct actual_link *link = &person->links[i];
        digest_text(sum, link->origin);
        digest_text(sum, link->external_id);
        digest_numbers(sum, (guint)link->active | (guint)link->attached << 1, link->age,
                       link->role);
        digest_roles(sum, link->projects, link->project_count);
    }
    digest_numbers(sum, person->stands_in_count, 0, 0);
    for (guint32 i = 0; i < person->stands_in_count; i++)
        digest_text(sum, person->stands_in[i]);
}

char *actual_digest(const Actual *actual)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    digest_text(sum, actual->organization);
    digest_numbers(sum, actual->cap, actual->seats_used, actual->person_count);
    for (guint32 i = 0; i < actual->person_count; i++)
        digest_person(sum, &actual->people[i]);
    digest_numbers(sum, actual->project_count, actual->marker_count, 0);
    for (guint32 i = 0; i < actual->project_count; i++)
        digest_text(sum, actual->projects[i].name);
    for (guint32 i = 0; i < actual->marker_count; i++) {
        digest_text(sum, actual->markers[i].id);
        digest_text(sum, actual->markers[i].origin);
        digest_text(sum, actual->markers[i].external_id);
        digest_text(sum, actual->markers[i].user_name);
    }
    return g_strdup(g_checksum_get_string(sum));
}
