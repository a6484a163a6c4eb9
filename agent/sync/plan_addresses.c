#include "agent/sync/plan_addresses.h"

#include <string.h>

#include "scim/protocol/address.h"

static const enum profile_field address_fields[] = {PROFILE_USER_NAME, PROFILE_MAIL};

struct plan_addresses {
    const Actual *actual;
    GHashTable *holders;      /* folded address -> who */
    struct profile *profiles; /* by person, as it is by now */
};

static void put(PlanAddresses *addresses, const char *address, gint32 person)
{
    if (address != NULL)
        g_hash_table_insert(addresses->holders, address_fold(address), GINT_TO_POINTER(person));
}

PlanAddresses *plan_addresses_new(const Actual *actual)
{
    PlanAddresses *addresses = g_new0(PlanAddresses, 1);
    addresses->actual = actual;
    addresses->holders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    addresses->profiles = g_new0(struct profile, actual->person_count);
    for (guint32 i = 0; i < actual->person_count; i++) {
        addresses->profiles[i] = actual->people[i].profile;
        for (guint k = 0; k < G_N_ELEMENTS(address_fields); k++)
            put(addresses, addresses->profiles[i].field[address_fields[k]], (gint32)i);
    }
    return addresses;
}

void plan_addresses_free(PlanAddresses *addresses)
{
    if (addresses == NULL)
        return;
    g_hash_table_destroy(addresses->holders);
    g_free(addresses->profiles);
    g_free(addresses);
}

gint32 plan_addresses_new_one(guint candidate)
{
    return -1 - (gint32)candidate;
}

gboolean plan_addresses_find(const PlanAddresses *addresses, gint32 who,
                             const struct profile *profile, guint mask,
                             struct plan_address_holder *holder)
{
    gboolean found = FALSE;
    for (guint k = 0; k < G_N_ELEMENTS(address_fields); k++) {
        const char *wanted = profile->field[address_fields[k]];
        if ((mask & (1u << address_fields[k])) == 0 || wanted == NULL)
            continue;
        g_autofree char *key = address_fold(wanted);
        gpointer value = NULL;
        if (!g_hash_table_lookup_extended(addresses->holders, key, NULL, &value) ||
            GPOINTER_TO_INT(value) == who)
            continue;
        if (found && holder->who != GPOINTER_TO_INT(value))
            holder->is_one = FALSE;
        if (!found)
            *holder = (struct plan_address_holder){GPOINTER_TO_INT(value), TRUE, wanted};
        found = TRUE;
    }
    return found;
}

const char *plan_addresses_name(const PlanAddresses *addresses, gint32 who)
{
    return who >= 0 ? addresses->profiles[who].field[PROFILE_USER_NAME] : NULL;
}

static void drop(PlanAddresses *addresses, const char *address, gint32 person)
{
    if (address == NULL)
        return;
    g_autofree char *key = address_fold(address);
    gpointer value = NULL;
    if (g_hash_table_lookup_extended(addresses->holders, key, NULL, &value) &&
        GPOINTER_TO_INT(value) == person)
        g_hash_table_remove(addresses->holders, key);
}

void plan_addresses_release(PlanAddresses *addresses, gint32 person)
{
    for (guint k = 0; k < G_N_ELEMENTS(address_fields); k++)
        drop(addresses, addresses->profiles[person].field[address_fields[k]], person);
}

void plan_addresses_take(PlanAddresses *addresses, gint32 who, const struct profile *profile,
                         guint mask)
{
    struct profile empty = {{NULL}};
    struct profile *mine = who >= 0 ? &addresses->profiles[who] : &empty;
    if (who >= 0)
        plan_addresses_release(addresses, who);
    for (guint k = 0; k < G_N_ELEMENTS(address_fields); k++) {
        if ((mask & (1u << address_fields[k])) != 0)
            mine->field[address_fields[k]] = profile->field[address_fields[k]];
        put(addresses, mine->field[address_fields[k]], who);
    }
}
