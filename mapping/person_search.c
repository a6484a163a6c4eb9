#include "mapping/person_search.h"

static gboolean is_text(const char *text, const char *who)
{
    return text != NULL && g_ascii_strcasecmp(text, who) == 0;
}

static gboolean is_meant(const struct mapper_directory *directory,
                         const struct snapshot_person *person, const char *who,
                         GStringChunk *chunk)
{
    static const enum profile_field fields[] = {PROFILE_MAIL, PROFILE_USER_NAME};

    if (is_text(person->login, who) || is_text(person->anchor, who) ||
        is_text(person->dn, who) || is_text(person->dn_key, who))
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        if (is_text(profile_map_field(directory->profile, fields[i], directory->snapshot,
                                      person, chunk),
                    who))
            return TRUE;
    return FALSE;
}

GArray *person_search(const Mapper *mapper, const char *who, const char *dn_key)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct person_found));
    g_autoptr(GStringChunk) chunk = g_string_chunk_new(1024);
    guint32 count = 0;
    const struct mapper_directory *directories = mapper_directories(mapper, &count);

    for (guint32 i = 0; i < count; i++) {
        const Snapshot *snapshot = directories[i].snapshot;
        for (guint32 j = 0; snapshot != NULL && j < snapshot->person_count; j++) {
            const struct snapshot_person *person = &snapshot->people[j];
            const struct person_found one = {.directory = i, .person = j};
            if ((dn_key != NULL && g_str_equal(person->dn_key, dn_key)) ||
                is_meant(&directories[i], person, who, chunk))
                g_array_append_val(found, one);
            g_string_chunk_clear(chunk);
        }
    }
    return found;
}
