#include <string.h>

#include "mapping/snapshot.h"

/* Each part with its length before it, so that no two different snapshots feed the same bytes.
 */
static void feed(GChecksum *checksum, const char *text)
{
    gint64 length = text != NULL ? (gint64)strlen(text) : -1;

    length = GINT64_TO_LE(length);
    g_checksum_update(checksum, (const guchar *)&length, sizeof length);
    if (text != NULL)
        g_checksum_update(checksum, (const guchar *)text, -1);
}

static void feed_number(GChecksum *checksum, guint32 number)
{
    number = GUINT32_TO_LE(number);
    g_checksum_update(checksum, (const guchar *)&number, sizeof number);
}

static void feed_person(GChecksum *checksum, const Snapshot *snapshot,
                        const struct snapshot_person *person, char *const *attributes)
{
    feed(checksum, person->dn);
    feed(checksum, person->dn_key);
    feed(checksum, person->anchor);
    feed(checksum, person->login);
    feed(checksum, person->set_aside);
    feed_number(checksum, person->state);
    feed_number(checksum, person->value_count);
    for (guint32 i = 0; i < person->value_count; i++) {
        const struct snapshot_value *value = &snapshot->values[person->first_value + i];
        feed(checksum, attributes[value->attribute]);
        feed(checksum, value->text);
    }
}

/* Members by index: people and groups stand in the order of their anchors. */
static void feed_group(GChecksum *checksum, const Snapshot *snapshot,
                       const struct snapshot_group *group)
{
    feed(checksum, group->dn);
    feed(checksum, group->dn_key);
    feed(checksum, group->anchor);
    feed(checksum, group->name);
    feed_number(checksum, group->unresolved);
    feed_number(checksum, group->member_count);
    for (guint32 i = 0; i < group->member_count; i++) {
        const struct snapshot_member *member = &snapshot->members[group->first_member + i];
        feed_number(checksum, member->is_group ? 1 : 0);
        feed_number(checksum, member->index);
    }
}

char *snapshot_digest(const Snapshot *snapshot)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_auto(GStrv) attributes = g_new0(char *, snapshot->attribute_count + 1);

    for (guint32 i = 0; i < snapshot->attribute_count; i++)
        attributes[i] = g_ascii_strdown(snapshot->attributes[i], -1);
    feed(checksum, snapshot->directory);
    feed_number(checksum, snapshot->person_count);
    for (guint32 i = 0; i < snapshot->person_count; i++)
        feed_person(checksum, snapshot, &snapshot->people[i], attributes);
    feed_number(checksum, snapshot->group_count);
    for (guint32 i = 0; i < snapshot->group_count; i++)
        feed_group(checksum, snapshot, &snapshot->groups[i]);
    return g_strdup(g_checksum_get_string(checksum));
}
