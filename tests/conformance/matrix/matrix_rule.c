#include "tests/conformance/matrix/matrix_rule.h"

#include <string.h>

static const struct matrix_outcome kept = {200, NULL, MATRIX_KEPT};
static const struct matrix_outcome taken = {200, NULL, MATRIX_TAKEN};
static const struct matrix_outcome gone = {200, NULL, MATRIX_GONE};
static const struct matrix_outcome forbidden = {400, "mutability", MATRIX_KEPT};
static const struct matrix_outcome missing = {400, "invalidValue", MATRIX_KEPT};
static const struct matrix_outcome no_target = {400, "noTarget", MATRIX_KEPT};

const char *matrix_act_name(enum matrix_act act)
{
    static const char *const names[MATRIX_ACTS] = {
        "POST with", "POST without",  "PUT with",    "PUT without",
        "PATCH add", "PATCH replace", "PATCH remove"};
    return names[act];
}

const char *matrix_form_name(enum matrix_form form)
{
    static const char *const names[MATRIX_FORMS] = {"path", "URN path", "no path"};
    return names[form];
}

static gboolean is_patch(enum matrix_act act)
{
    return act >= MATRIX_ADD;
}

static gboolean is(const struct matrix_place *place, const char *mutability)
{
    return strcmp(matrix_place_mutability(place), mutability) == 0;
}

gboolean matrix_rule_applies(const struct matrix_place *place, const struct matrix_cell *cell)
{
    gboolean server_sets_it = is(place, "readOnly");
    if (!is_patch(cell->act) && cell->form != MATRIX_PATH) {
        return FALSE;
    }
    if (cell->form == MATRIX_URN_PATH && place->urn == NULL) {
        return FALSE;
    }
    if (cell->act <= MATRIX_POST_WITHOUT) {
        return !cell->is_set && (cell->act == MATRIX_POST_WITH || !server_sets_it);
    }
    if (cell->act == MATRIX_PUT_WITHOUT && server_sets_it) {
        return FALSE;
    }
    return cell->is_set || !(matrix_place_is_required(place) || server_sets_it);
}

/* RFC 7644 3.3; "required" is RFC 7643 7. */
static struct matrix_outcome create(const struct matrix_place *place,
                                    const struct matrix_cell *cell)
{
    if (is(place, "readOnly")) {
        return (struct matrix_outcome){200, NULL, MATRIX_OTHERS};
    }
    if (cell->act == MATRIX_POST_WITHOUT) {
        return matrix_place_is_required(place) ? missing : gone;
    }
    return taken;
}

/* RFC 7644 3.5.1; what is left out is cleared, what is immutable stays. */
static struct matrix_outcome replace_whole(const struct matrix_place *place,
                                           const struct matrix_cell *cell)
{
    if (is(place, "readOnly")) {
        return kept;
    }
    if (cell->act == MATRIX_PUT_WITHOUT) {
        return matrix_place_is_required(place) ? missing : is(place, "immutable") ? kept : gone;
    }
    /* A list that may be replaced is replaced: what never changes does so inside one value. */
    gboolean fixed = is(place, "immutable") && !matrix_place_is_chosen(place);
    return fixed && cell->is_set && !cell->same ? forbidden : taken;
}

/* RFC 7644 3.5.2: what may be changed at all; 3.5.2.1 to 3.5.2.3 what then happens. */
static struct matrix_outcome patch(const struct matrix_place *place,
                                   const struct matrix_cell *cell)
{
    if (cell->act == MATRIX_REMOVE && cell->form == MATRIX_PATHLESS) {
        return no_target;
    }
    if (is(place, "readOnly")) {
        /* Without a path a tolerant connection's read-only attributes are passed over (10). */
        return cell->form == MATRIX_PATHLESS ? kept : forbidden;
    }
    if (cell->act == MATRIX_REMOVE) {
        gboolean fixed = matrix_place_is_required(place) || is(place, "immutable");
        return cell->is_set && fixed ? forbidden : gone;
    }
    if (cell->is_set && is(place, "immutable")) {
        return cell->same ? kept : forbidden;
    }
    if (cell->is_set && cell->act == MATRIX_ADD && matrix_place_is_list(place)) {
        return (struct matrix_outcome){200, NULL, MATRIX_ADDED};
    }
    return taken;
}

/* What a strict connection is refused besides: a PATCH without path, which the profile forbids, and
 * a body that gives a read-only attribute another value. */
static gboolean is_profile(const struct matrix_place *place, const struct matrix_cell *cell,
                           struct matrix_outcome *outcome)
{
    gboolean sends = cell->act == MATRIX_POST_WITH || cell->act == MATRIX_PUT_WITH;
    struct matrix_place whole = *place;
    whole.sub = NULL;
    if (cell->form == MATRIX_PATHLESS && cell->act != MATRIX_REMOVE) {
        *outcome = (struct matrix_outcome){400, "invalidSyntax", MATRIX_KEPT};
        return TRUE;
    }
    *outcome = forbidden;
    return sends && is(&whole, "readOnly");
}

struct matrix_outcome matrix_rule(const struct matrix_place *place,
                                  const struct matrix_cell *cell)
{
    struct matrix_outcome outcome;
    if (cell->is_strict && is_profile(place, cell, &outcome)) {
        return outcome;
    }
    if (cell->act <= MATRIX_POST_WITHOUT) {
        return create(place, cell);
    }
    return is_patch(cell->act) ? patch(place, cell) : replace_whole(place, cell);
}

#define ANY (-1)

/* RFC 7644 3.5.1 lets a server keep or fill in what a PUT leaves out. */
static const char unspoken[] = "what a PUT leaves out stays";
static const char filled_in[] = "it has a value by itself where nobody gives one";
static const char located[] = "the server knows where and what a member is";
static const char admin[] = "a project has an admin, always";
static const char other_id[] = "a body for another resource than the URL's is a mistake (R08)";

/* Where this service says more than the standard, and by what right. */
static const struct own {
    const char *key;
    int act, form, is_set; /* ANY */
    struct matrix_outcome outcome;
    const char *reason; /* for who reads the table */
} owns[] = {
    {"Project:members", MATRIX_REMOVE, MATRIX_PATH, 1, {403, NULL, MATRIX_KEPT}, admin},
    {"Project:members", MATRIX_REMOVE, MATRIX_URN_PATH, 1, {403, NULL, MATRIX_KEPT}, admin},
    {"Invitation:roles", MATRIX_POST_WITHOUT, ANY, ANY, {200, NULL, MATRIX_OTHERS}, filled_in},
    {"Invitation:roles", ANY, ANY, 0, {MATRIX_NO_CELL, NULL, MATRIX_KEPT}, filled_in},
    {"Invitation:roles.type",
     MATRIX_POST_WITHOUT,
     ANY,
     ANY,
     {200, NULL, MATRIX_TAKEN},
     filled_in},
    {"Invitation:roles.type", ANY, ANY, 0, {MATRIX_NO_CELL, NULL, MATRIX_KEPT}, filled_in},
    {"Invitation:status", MATRIX_POST_WITHOUT, ANY, ANY, {200, NULL, MATRIX_OTHERS}, filled_in},
    {"Invitation:status",
     MATRIX_REMOVE,
     MATRIX_PATH,
     1,
     {400, "invalidValue", MATRIX_KEPT},
     filled_in},
    {"Invitation:status",
     MATRIX_REMOVE,
     MATRIX_URN_PATH,
     1,
     {400, "invalidValue", MATRIX_KEPT},
     filled_in},
    {"Invitation:status", ANY, ANY, 0, {MATRIX_NO_CELL, NULL, MATRIX_KEPT}, filled_in},

    {"User:id", MATRIX_PUT_WITH, ANY, ANY, {400, "invalidValue", MATRIX_KEPT}, other_id},
    {"Group:id", MATRIX_PUT_WITH, ANY, ANY, {400, "invalidValue", MATRIX_KEPT}, other_id},
    {"Group:id",
     MATRIX_ADD,
     MATRIX_PATHLESS,
     ANY,
     {400, "invalidValue", MATRIX_KEPT},
     other_id},
    {"Group:id",
     MATRIX_REPLACE,
     MATRIX_PATHLESS,
     ANY,
     {400, "invalidValue", MATRIX_KEPT},
     other_id},
    {"Project:id", MATRIX_PUT_WITH, ANY, ANY, {400, "invalidValue", MATRIX_KEPT}, other_id},
    {"User:externalId", MATRIX_PUT_WITHOUT, ANY, ANY, {200, NULL, MATRIX_KEPT}, unspoken},
    {"User:active", MATRIX_POST_WITHOUT, ANY, ANY, {200, NULL, MATRIX_OTHERS}, filled_in},
    {"User:active", MATRIX_PUT_WITHOUT, ANY, ANY, {200, NULL, MATRIX_KEPT}, unspoken},
    {"User:active", MATRIX_REMOVE, MATRIX_PATH, ANY, {200, NULL, MATRIX_KEPT}, filled_in},
    {"User:active", MATRIX_REMOVE, MATRIX_URN_PATH, ANY, {200, NULL, MATRIX_KEPT}, filled_in},
    {"User:roles", MATRIX_PUT_WITHOUT, ANY, ANY, {200, NULL, MATRIX_KEPT}, unspoken},
    {"Group:members.$ref", MATRIX_POST_WITH, ANY, ANY, {200, NULL, MATRIX_OTHERS}, located},
    {"Group:members.$ref", MATRIX_PUT_WITH, ANY, 1, {200, NULL, MATRIX_KEPT}, located},
    {"Group:members.$ref", MATRIX_POST_WITHOUT, ANY, 0, {200, NULL, MATRIX_OTHERS}, located},
    {"Group:members.$ref", ANY, ANY, 0, {MATRIX_NO_CELL, NULL, MATRIX_KEPT}, located},
    {"Group:members.type", MATRIX_POST_WITHOUT, ANY, ANY, {200, NULL, MATRIX_TAKEN}, located},
    {"Group:members.type", MATRIX_REMOVE, ANY, 0, {MATRIX_NO_CELL, NULL, MATRIX_KEPT}, located},
    {"Project:displayName",
     MATRIX_POST_WITHOUT,
     ANY,
     ANY,
     {200, NULL, MATRIX_OTHERS},
     filled_in},
    {"Project:displayName", MATRIX_PUT_WITHOUT, ANY, ANY, {200, NULL, MATRIX_KEPT}, unspoken},
    {"Project:members",
     MATRIX_POST_WITHOUT,
     ANY,
     ANY,
     {400, "invalidValue", MATRIX_KEPT},
     admin},
    {"Project:members", ANY, ANY, 0, {MATRIX_NO_CELL, NULL, MATRIX_KEPT}, admin},
    {"Project:members", MATRIX_PUT_WITHOUT, ANY, ANY, {200, NULL, MATRIX_KEPT}, unspoken},
    {"Group:members", MATRIX_PUT_WITHOUT, ANY, ANY, {200, NULL, MATRIX_KEPT}, unspoken},
};

static gboolean speaks_of(const struct own *own, const char *key,
                          const struct matrix_cell *cell)
{
    gboolean is_silent = cell->is_strict && cell->form == MATRIX_PATHLESS &&
                         own->outcome.status != MATRIX_NO_CELL;
    return !is_silent && strcmp(own->key, key) == 0 &&
           (own->act == ANY || own->act == (int)cell->act) &&
           (own->form == ANY || own->form == (int)cell->form) &&
           (own->is_set == ANY || own->is_set == (cell->is_set != FALSE));
}

gboolean matrix_rule_own(const struct matrix_place *place, const struct matrix_cell *cell,
                         struct matrix_outcome *outcome, guint *met)
{
    g_autofree char *key = matrix_place_key(place);
    for (size_t i = 0; i < G_N_ELEMENTS(owns); i++) {
        if (speaks_of(&owns[i], key, cell)) {
            met[i]++;
            *outcome = owns[i].outcome;
            return TRUE;
        }
    }
    return FALSE;
}

const char *matrix_rule_idle(const guint *met)
{
    for (size_t i = 0; i < G_N_ELEMENTS(owns); i++) {
        if (met[i] == 0) {
            return owns[i].key;
        }
    }
    return NULL;
}
