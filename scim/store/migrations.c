#include "scim/store/migrations.h"

#include "scim/protocol/outcome.h"

/*
 * Roles are their rank (scim/organization/role.h); times are UTC seconds, 0 for never; every
 * key begins with the organization (R17). The counts of an organization and a project are kept,
 * not counted, and written last: their CHECKs are I1, I2 and I3 in the database itself (R21,
 * R63).
 */
static const char *const first[] = {
    "CREATE TABLE organization ("
    " name TEXT NOT NULL PRIMARY KEY,"
    " display_name TEXT NOT NULL,"
    " seats BIGINT NOT NULL CHECK (seats >= 1),"
    " invitation_lifetime BIGINT NOT NULL CHECK (invitation_lifetime > 0),"
    " domains TEXT NOT NULL DEFAULT '',"
    " version BIGINT NOT NULL DEFAULT 1,"
    " owners BIGINT NOT NULL CHECK (owners >= 1),"
    " seats_used BIGINT NOT NULL CHECK (seats_used >= 0),"
    " seats_ceiling BIGINT NOT NULL,"
    " CHECK (seats_used <= seats_ceiling));",

    /* owners whom the config named and who were made once: who left stays away */
    "CREATE TABLE founder ("
    " organization TEXT NOT NULL REFERENCES organization (name),"
    " address_folded TEXT NOT NULL,"
    " PRIMARY KEY (organization, address_folded));",

    "CREATE TABLE project ("
    " organization TEXT NOT NULL REFERENCES organization (name),"
    " id TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " display_name TEXT NOT NULL,"
    " admins BIGINT NOT NULL CHECK (admins >= 1),"
    " created BIGINT NOT NULL, modified BIGINT NOT NULL, version BIGINT NOT NULL DEFAULT 1,"
    " PRIMARY KEY (organization, id),"
    " UNIQUE (organization, name));",

    "CREATE TABLE person ("
    " seq INTEGER PRIMARY KEY,"
    " organization TEXT NOT NULL REFERENCES organization (name),"
    " id TEXT NOT NULL,"
    " user_name TEXT NOT NULL, user_name_folded TEXT NOT NULL,"
    " address TEXT, address_folded TEXT,"
    " display_name TEXT, display_name_folded TEXT,"
    " profile TEXT NOT NULL,"
    " status TEXT NOT NULL"
    "  CHECK (status IN ('invited', 'expired', 'active', 'suspended', 'held')),"
    " reason TEXT,"
    " role BIGINT NOT NULL CHECK (role BETWEEN 0 AND 3),"
    " protected BIGINT NOT NULL DEFAULT 0,"
    " owner_suspended BIGINT NOT NULL DEFAULT 0,"
    " accepted_at BIGINT NOT NULL DEFAULT 0,"
    " expires_at BIGINT NOT NULL DEFAULT 0,"
    " created BIGINT NOT NULL, modified BIGINT NOT NULL, version BIGINT NOT NULL DEFAULT 1,"
    " CHECK (status <> 'active' OR (role >= 1 AND accepted_at > 0)),"
    " CHECK (status <> 'invited' OR (role >= 1 AND address IS NOT NULL)),"
    " UNIQUE (organization, id),"
    " UNIQUE (organization, user_name_folded));"
    "CREATE UNIQUE INDEX person_address ON person (organization, address_folded)"
    " WHERE address_folded IS NOT NULL;"
    "CREATE INDEX person_status ON person (organization, status, role);"
    "CREATE INDEX person_modified ON person (organization, modified);"
    "CREATE INDEX person_display_name ON person (organization, display_name_folded);"
    "CREATE INDEX person_due ON person (expires_at) WHERE status = 'invited';",

    "CREATE TABLE link ("
    " seq INTEGER PRIMARY KEY,"
    " organization TEXT NOT NULL, person TEXT NOT NULL, origin TEXT NOT NULL,"
    " external_id TEXT,"
    " active BIGINT NOT NULL,"
    " role BIGINT NOT NULL CHECK (role BETWEEN 0 AND 3),"
    " UNIQUE (organization, person, origin),"
    " FOREIGN KEY (organization, person) REFERENCES person (organization, id)"
    "  ON DELETE CASCADE);"
    "CREATE INDEX link_external ON link (organization, origin, external_id);",

    "CREATE TABLE link_project ("
    " organization TEXT NOT NULL, person TEXT NOT NULL, origin TEXT NOT NULL,"
    " project TEXT NOT NULL,"
    " role BIGINT NOT NULL CHECK (role BETWEEN 1 AND 3),"
    " PRIMARY KEY (organization, person, origin, project),"
    " FOREIGN KEY (organization, person, origin) REFERENCES link (organization, person, origin)"
    "  ON DELETE CASCADE,"
    " FOREIGN KEY (organization, project) REFERENCES project (organization, name));"
    "CREATE INDEX link_project_project ON link_project (organization, project);",

    /* project '' is the organization itself; a project role 0 says "none" */
    "CREATE TABLE override ("
    " organization TEXT NOT NULL, person TEXT NOT NULL, project TEXT NOT NULL,"
    " role BIGINT NOT NULL CHECK (role BETWEEN 0 AND 3),"
    " PRIMARY KEY (organization, person, project),"
    " CHECK (project <> '' OR role >= 1),"
    " FOREIGN KEY (organization, person) REFERENCES person (organization, id)"
    "  ON DELETE CASCADE);",

    "CREATE TABLE stand_in ("
    " organization TEXT NOT NULL, project TEXT NOT NULL, person TEXT NOT NULL,"
    " PRIMARY KEY (organization, project, person),"
    " FOREIGN KEY (organization, person) REFERENCES person (organization, id)"
    "  ON DELETE CASCADE,"
    " FOREIGN KEY (organization, project) REFERENCES project (organization, name));"
    "CREATE INDEX stand_in_person ON stand_in (organization, person);",

    /* what follows from links, overrides and stand-ins; counts only while the person is active
     */
    "CREATE TABLE person_project ("
    " organization TEXT NOT NULL, person TEXT NOT NULL, project TEXT NOT NULL,"
    " role BIGINT NOT NULL CHECK (role BETWEEN 1 AND 3),"
    " PRIMARY KEY (organization, person, project),"
    " FOREIGN KEY (organization, person) REFERENCES person (organization, id)"
    "  ON DELETE CASCADE,"
    " FOREIGN KEY (organization, project) REFERENCES project (organization, name));"
    "CREATE INDEX person_project_role ON person_project (organization, project, role);",

    /* no foreign key to the person: a closed invitation outlives a removed one */
    "CREATE TABLE invitation ("
    " organization TEXT NOT NULL REFERENCES organization (name),"
    " id TEXT NOT NULL, person TEXT NOT NULL, address TEXT NOT NULL,"
    " token_hash BLOB,"
    " status TEXT NOT NULL"
    "  CHECK (status IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),"
    " sent_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, sent_count BIGINT NOT NULL,"
    " invited_by TEXT NOT NULL,"
    " created BIGINT NOT NULL, closed_at BIGINT NOT NULL DEFAULT 0,"
    " version BIGINT NOT NULL DEFAULT 1,"
    " CHECK ((status = 'pending') = (token_hash IS NOT NULL)),"
    " CHECK ((status = 'pending') = (closed_at = 0)),"
    " PRIMARY KEY (organization, id));"
    "CREATE UNIQUE INDEX invitation_token ON invitation (token_hash)"
    " WHERE token_hash IS NOT NULL;"
    "CREATE UNIQUE INDEX invitation_pending ON invitation (organization, person)"
    " WHERE status = 'pending';"
    "CREATE INDEX invitation_person ON invitation (organization, person);"
    "CREATE INDEX invitation_due ON invitation (organization, expires_at)"
    " WHERE status = 'pending';"
    "CREATE INDEX invitation_closed ON invitation (closed_at) WHERE closed_at > 0;",

    "CREATE TABLE marker ("
    " organization TEXT NOT NULL REFERENCES organization (name),"
    " id TEXT NOT NULL, origin TEXT NOT NULL, external_id TEXT,"
    " user_name TEXT NOT NULL, user_name_folded TEXT NOT NULL, address_folded TEXT,"
    " kind TEXT NOT NULL CHECK (kind IN ('left', 'declined', 'removed', 'revoked')),"
    " since BIGINT NOT NULL,"
    " PRIMARY KEY (organization, id));"
    "CREATE INDEX marker_external ON marker (organization, origin, external_id);"
    "CREATE INDEX marker_user_name ON marker (organization, user_name_folded);",

    "CREATE TABLE departed ("
    " organization TEXT NOT NULL REFERENCES organization (name),"
    " origin TEXT NOT NULL, external_id TEXT NOT NULL,"
    " user_name_folded TEXT NOT NULL,"
    " person TEXT NOT NULL,"
    " state TEXT NOT NULL,"
    " until BIGINT NOT NULL,"
    " PRIMARY KEY (organization, origin, external_id));"
    "CREATE INDEX departed_until ON departed (until);",

    /* organization '' : all of them */
    "CREATE TABLE connection ("
    " organization TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,"
    " scope TEXT NOT NULL CHECK (scope IN ('read', 'people', 'sync', 'admin')),"
    " personality TEXT NOT NULL CHECK (personality IN ('tolerant', 'strict')),"
    " patch_answer BIGINT NOT NULL CHECK (patch_answer IN (200, 204)),"
    " max_role BIGINT NOT NULL CHECK (max_role BETWEEN 1 AND 3),"
    " adopt BIGINT NOT NULL, rehearsal BIGINT NOT NULL,"
    " at_cap TEXT NOT NULL CHECK (at_cap IN ('refuse', 'wait')),"
    " created BIGINT NOT NULL,"
    " CHECK (organization <> '' OR scope IN ('sync', 'admin')),"
    " PRIMARY KEY (organization, id),"
    " UNIQUE (organization, name));",

    "CREATE TABLE token ("
    " organization TEXT NOT NULL, id TEXT NOT NULL,"
    " connection TEXT, person TEXT, name TEXT,"
    " secret_hash BLOB NOT NULL,"
    " created BIGINT NOT NULL, expires_at BIGINT NOT NULL, last_used_at BIGINT NOT NULL,"
    " CHECK ((connection IS NULL) <> (person IS NULL)),"
    " PRIMARY KEY (organization, id),"
    " UNIQUE (id),"
    " FOREIGN KEY (organization, connection) REFERENCES connection (organization, id)"
    "  ON DELETE CASCADE,"
    " FOREIGN KEY (organization, person) REFERENCES person (organization, id)"
    "  ON DELETE CASCADE);"
    "CREATE INDEX token_person ON token (organization, person);",
    NULL,
};

/* The audit trail, the outbox, renewals. */
static const char *const second[] = {
    /* records stay: neither this program nor a slip of the hand takes one out, puts another in its
     * place (an INSERT OR REPLACE deletes without a trigger) or moves the end back; organization
     * '*' : what belongs to none alone */
    "CREATE TABLE audit ("
    " organization TEXT NOT NULL,"
    " seq BIGINT NOT NULL,"
    " record TEXT NOT NULL,"
    " hash BLOB NOT NULL,"
    " PRIMARY KEY (organization, seq));"
    "CREATE TRIGGER audit_is_not_updated BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;"
    "CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;"
    "CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit"
    " WHEN EXISTS (SELECT 1 FROM audit a"
    "  WHERE a.organization = NEW.organization AND a.seq = NEW.seq)"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;",

    "CREATE TABLE audit_head ("
    " organization TEXT NOT NULL PRIMARY KEY,"
    " seq BIGINT NOT NULL,"
    " hash BLOB NOT NULL);"
    "CREATE TRIGGER audit_head_only_grows BEFORE UPDATE ON audit_head"
    " WHEN NEW.seq <> OLD.seq + 1 OR NEW.organization <> OLD.organization"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;"
    "CREATE TRIGGER audit_head_is_not_deleted BEFORE DELETE ON audit_head"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;",

    /* the token is there only while the mail waits; no foreign key to the person: see invitation */
    "CREATE TABLE outbox ("
    " organization TEXT NOT NULL REFERENCES organization (name),"
    " id TEXT NOT NULL, invitation TEXT NOT NULL, person TEXT NOT NULL, address TEXT NOT NULL,"
    " token TEXT,"
    " state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'undeliverable')),"
    " detail TEXT,"
    " created BIGINT NOT NULL, expires_at BIGINT NOT NULL,"
    " due BIGINT NOT NULL, attempts BIGINT NOT NULL DEFAULT 0,"
    " attempted_at BIGINT NOT NULL DEFAULT 0,"
    " CHECK ((state = 'waiting') = (token IS NOT NULL)),"
    " PRIMARY KEY (organization, id),"
    " UNIQUE (organization, invitation));"
    "CREATE INDEX outbox_due ON outbox (due) WHERE state = 'waiting';"
    "CREATE INDEX outbox_person ON outbox (organization, person);",

    "CREATE TABLE renewal ("
    " organization TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL,"
    " PRIMARY KEY (organization, person, at),"
    " FOREIGN KEY (organization, person) REFERENCES person (organization, id)"
    "  ON DELETE CASCADE);",
    NULL,
};

/* Pushed groups, what providers are owed, client credentials, tolerances used. */
static const char *const third[] = {
    /* held_as: of status held which kind of it; '' is held for a reason that an administrator
     * mends. waiting_since: of those who wait, 0 for all others. link.attached: gives roles and
     * keeps nobody in; rehearsed: without any effect yet; unknown_roles and profile: JSON, what
     * its provider sent and only it reads */
    "ALTER TABLE person ADD COLUMN held_as TEXT NOT NULL DEFAULT ''"
    " CHECK (held_as IN ('', 'waiting', 'rehearsed') AND (held_as = '' OR status = 'held'));"
    "ALTER TABLE person ADD COLUMN waiting_since BIGINT NOT NULL DEFAULT 0"
    " CHECK ((held_as = 'waiting') = (waiting_since > 0));"
    "CREATE INDEX person_waiting ON person (organization, waiting_since)"
    " WHERE held_as = 'waiting';"
    "ALTER TABLE link ADD COLUMN attached BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE link ADD COLUMN rehearsed BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE link ADD COLUMN unknown_roles TEXT;"
    "ALTER TABLE link ADD COLUMN profile TEXT;",

    /* what a provider asked of the only owner: done once another owner is active. role: the lower
     * one that is to be; 0: it stays */
    "CREATE TABLE owed ("
    " organization TEXT NOT NULL, person TEXT NOT NULL, origin TEXT NOT NULL,"
    " deed TEXT NOT NULL CHECK (deed IN ('remove', 'suspend', 'role')),"
    " role BIGINT NOT NULL CHECK (role BETWEEN 0 AND 3),"
    " since BIGINT NOT NULL,"
    " PRIMARY KEY (organization, person, origin),"
    " FOREIGN KEY (organization, person, origin) REFERENCES link (organization, person, origin)"
    "  ON DELETE CASCADE);",

    /* origin: the connection that pushed it */
    "CREATE TABLE pushed_group ("
    " organization TEXT NOT NULL REFERENCES organization (name),"
    " seq INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL, origin TEXT NOT NULL, external_id TEXT,"
    " display_name TEXT NOT NULL, display_name_folded TEXT NOT NULL,"
    " created BIGINT NOT NULL, modified BIGINT NOT NULL, version BIGINT NOT NULL DEFAULT 1,"
    " UNIQUE (organization, id),"
    " UNIQUE (organization, origin, display_name_folded));"
    "CREATE INDEX pushed_group_external ON pushed_group (organization, origin, external_id);"
    "CREATE INDEX pushed_group_modified ON pushed_group (organization, modified);"
    "CREATE TABLE pushed_member ("
    " seq INTEGER PRIMARY KEY,"
    " organization TEXT NOT NULL, pushed_group TEXT NOT NULL, person TEXT NOT NULL,"
    " display TEXT,"
    " UNIQUE (organization, pushed_group, person),"
    " FOREIGN KEY (organization, pushed_group) REFERENCES pushed_group (organization, id)"
    "  ON DELETE CASCADE,"
    " FOREIGN KEY (organization, person) REFERENCES person (organization, id)"
    "  ON DELETE CASCADE);"
    "CREATE INDEX pushed_member_person ON pushed_member (organization, person);"
    "CREATE INDEX pushed_member_order ON pushed_member (organization, pushed_group, seq);"
    /* of all pushed groups, those that are gone included: version is one up with every change,
     * changed_at is the last push */
    "CREATE TABLE pushed_state ("
    " organization TEXT NOT NULL PRIMARY KEY REFERENCES organization (name),"
    " version BIGINT NOT NULL, changed_at BIGINT NOT NULL);",

    /* kind: bearer opens the endpoint; client is a secret that only fetches access tokens, which
     * name it as their client and die with it */
    "ALTER TABLE token ADD COLUMN kind TEXT NOT NULL DEFAULT 'bearer'"
    " CHECK (kind IN ('bearer', 'client', 'access'));"
    "ALTER TABLE token ADD COLUMN client TEXT;"
    "CREATE INDEX token_client ON token (organization, client) WHERE client IS NOT NULL;"
    "CREATE TABLE tolerance_use ("
    " organization TEXT NOT NULL, connection TEXT NOT NULL,"
    " tolerance BIGINT NOT NULL,"
    " uses BIGINT NOT NULL, last_at BIGINT NOT NULL,"
    " PRIMARY KEY (organization, connection, tolerance),"
    " FOREIGN KEY (organization, connection) REFERENCES connection (organization, id)"
    "  ON DELETE CASCADE);",
    NULL,
};

static const char *const *const steps[] = {first, second, third};

gint64 migrations_newest(void)
{
    return (gint64)G_N_ELEMENTS(steps);
}

const char *const *migrations_texts(gint64 number)
{
    return number >= 1 && number <= migrations_newest() ? steps[number - 1] : NULL;
}

gboolean migrations_read(StoreSession *session, gint64 *number, GError **error)
{
    return store_script(session,
                        "CREATE TABLE IF NOT EXISTS migration (number BIGINT NOT NULL)",
                        error) &&
           store_number(session, "SELECT MAX(number) FROM migration", STORE_NOTHING, 0, number,
                        error);
}

static gboolean run_step(StoreSession *session, gint64 number, GError **error)
{
    gboolean ok = TRUE;
    for (const char *const *text = migrations_texts(number); ok && *text != NULL; text++)
        ok = store_script(session, *text, error);
    if (!ok || !store_run(session, "INSERT INTO migration (number) VALUES (?)",
                          STORE_BIND(store_int(number)), error)) {
        g_prefix_error(error, "schema step %" G_GINT64_FORMAT ": ", number);
        return FALSE;
    }
    return TRUE;
}

/* Within the write lock: of two programs that start at once one finds the work done. */
static gboolean run_next(StoreSession *session, gint64 target, gint64 *number, GError **error)
{
    if (!store_begin(session, error))
        return FALSE;
    if (!migrations_read(session, number, error))
        goto failed;
    if (*number > migrations_newest()) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "store: its schema is number %" G_GINT64_FORMAT
                    ", this program knows %" G_GINT64_FORMAT
                    ": a newer rolecall has used it, run that one",
                    *number, migrations_newest());
        goto failed;
    }
    if (*number < target && !run_step(session, *number + 1, error))
        goto failed;
    return store_commit(session, error);
failed:
    store_rollback(session);
    return FALSE;
}

gboolean migrations_run(StoreSession *session, gint64 target, GError **error)
{
    gint64 number = 0;
    do {
        if (!run_next(session, target, &number, error))
            return FALSE;
    } while (number + 1 < target);
    return TRUE;
}
