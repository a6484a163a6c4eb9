#include "mapping/lint.h"

#include <string.h>

#define NO_RULE         G_MAXUINT32
#define OWNERS_HARMLESS 3 /* so many owners are never too many */
#define OWNERS_PER_CENT 10

/* What one rule did on all snapshots. */
struct tally {
    guint32 matched;   /* people */
    guint32 won;       /* people in whose scope it counts */
    guint32 owners;    /* people whom it would make owner */
    guint32 beaten_by; /* a rule that beat it, or NO_RULE */
    guint32 last_seen; /* the person counted last: a pattern reaches one by several groups */
};

struct linting {
    const Mapper *mapper;
    const Rules *rules;
    struct tally *tallies;
    GPtrArray *findings;
    guint32 turn;
};

static void free_finding(gpointer data)
{
    struct lint_finding *finding = data;

    g_free(finding->text);
    g_free(finding);
}

static void find(struct linting *linting, enum lint_kind kind, guint32 rule, char *text)
{
    struct lint_finding *finding = g_new0(struct lint_finding, 1);
    g_autofree char *words = rules_words_at(linting->rules, rule);

    finding->kind = kind;
    finding->rule = rule;
    finding->text = g_strdup_printf("%s: %s", words, text);
    g_free(text);
    g_ptr_array_add(linting->findings, finding);
}

static gboolean same_scope(const struct mapper_grant *a, const struct mapper_grant *b)
{
    return !a->deny && !b->deny && g_strcmp0(a->organization, b->organization) == 0 &&
           g_strcmp0(a->project, b->project) == 0;
}

/* Does `a` beat `b` where both match? Of equal roles the first rule counts. */
static gboolean beats(const struct mapper_grant *a, const struct mapper_grant *b)
{
    int left = a->project != NULL ? (int)a->project_role : (int)a->organization_role;
    int right = b->project != NULL ? (int)b->project_role : (int)b->organization_role;

    if (a->deny && !b->deny)
        return a->organization == NULL || g_strcmp0(a->organization, b->organization) == 0;
    if (!same_scope(a, b))
        return FALSE;
    return left > right || (left == right && a->rule < b->rule);
}

static void count_grant(struct linting *linting, const GArray *grants, guint at)
{
    const struct mapper_grant *grant =
        mapper_grant_at(linting->mapper, g_array_index(grants, guint32, at));
    struct tally *tally = &linting->tallies[grant->rule];
    guint32 beaten_by = NO_RULE;

    if (tally->last_seen != linting->turn) {
        tally->last_seen = linting->turn;
        tally->matched++;
        if (grant->organization_role == ORGANIZATION_ROLE_OWNER)
            tally->owners++;
    }
    for (guint i = 0; i < grants->len && beaten_by == NO_RULE; i++) {
        const struct mapper_grant *other =
            mapper_grant_at(linting->mapper, g_array_index(grants, guint32, i));
        if (other->rule != grant->rule && beats(other, grant))
            beaten_by = other->rule;
    }
    if (beaten_by == NO_RULE)
        tally->won++;
    else
        tally->beaten_by = MIN(tally->beaten_by, beaten_by);
}

static void count_directory(struct linting *linting, guint32 directory,
                            const Snapshot *snapshot)
{
    g_autoptr(GArray) grants = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint32 person = 0; snapshot != NULL && person < snapshot->person_count; person++) {
        linting->turn++;
        g_array_set_size(grants, 0);
        mapper_grants_of(linting->mapper, directory, person, grants);
        for (guint i = 0; i < grants->len; i++)
            count_grant(linting, grants, i);
    }
}

static const Snapshot *snapshot_of(const struct linting *linting, const char *directory)
{
    guint32 count = 0;
    const struct mapper_directory *directories = mapper_directories(linting->mapper, &count);

    for (guint32 i = 0; i < count; i++)
        if (g_str_equal(directories[i].name, directory))
            return directories[i].snapshot;
    return NULL;
}

static void judge_counts(struct linting *linting, guint32 index)
{
    const struct tally *tally = &linting->tallies[index];
    const Snapshot *snapshot =
        snapshot_of(linting, rules_get(linting->rules, index)->directory);

    if (snapshot == NULL)
        return;
    if (tally->matched == 0) {
        find(linting, LINT_MATCHES_NOBODY, index,
             g_strdup("matches nobody in the directory as it was read"));
        return;
    }
    if (tally->won == 0) {
        g_autofree char *other = rules_words_at(linting->rules, tally->beaten_by);
        find(linting, LINT_NEVER_WINS, index,
             g_strdup_printf(
                 "changes nothing: everybody it matches gets as much, more, or a deny "
                 "by other rules, such as %s",
                 other));
    }
    if (tally->owners > OWNERS_HARMLESS &&
        (guint64)tally->owners * 100 > (guint64)snapshot->person_count * OWNERS_PER_CENT)
        find(linting, LINT_MANY_OWNERS, index,
             g_strdup_printf("makes %u of the %u people read owners", tally->owners,
                             snapshot->person_count));
}

static gboolean same_subject(const struct rule *a, const struct rule *b)
{
    if (a->subject != b->subject || !g_str_equal(a->directory, b->directory))
        return FALSE;
    if (a->dn_key != NULL && b->dn_key != NULL)
        return g_str_equal(a->dn_key, b->dn_key);
    return g_ascii_strcasecmp(a->key, b->key) == 0;
}

static const char *contradict(const struct rule *a, const struct rule *b)
{
    gboolean one_organization = a->organization == NULL || b->organization == NULL ||
                                g_str_equal(a->organization, b->organization);

    if (a->deny != b->deny)
        return one_organization ? "is granted and denied the same; the deny counts" : NULL;
    if (a->deny || g_strcmp0(a->organization, b->organization) != 0 ||
        g_strcmp0(a->project, b->project) != 0)
        return NULL;
    if (g_str_equal(a->role, b->role))
        return a->role_count == b->role_count ? "is said twice" : NULL;
    return "gets two roles in one scope; the higher one counts";
}

/* Rules of one subject stand side by side in canonical order, but for the case of their names. */
static void judge_contradictions(struct linting *linting, guint32 index)
{
    const struct rule *rule = rules_get(linting->rules, index);

    for (guint32 i = 0; i < index; i++) {
        const struct rule *other = rules_get(linting->rules, i);
        const char *what = same_subject(other, rule) ? contradict(other, rule) : NULL;
        if (what == NULL)
            continue;
        g_autofree char *words = rules_words_at(linting->rules, i);
        find(linting, LINT_CONTRADICTION, index,
             g_strdup_printf("with %s: the same subject %s", words, what));
    }
}

GPtrArray *lint_rules(const Mapper *mapper)
{
    struct linting linting = {.mapper = mapper, .rules = mapper_rules(mapper)};
    guint32 rule_count = rules_count(linting.rules);
    g_autofree struct tally *tallies = g_new0(struct tally, rule_count);
    guint32 count = 0;
    const struct mapper_directory *directories = mapper_directories(mapper, &count);

    linting.tallies = tallies;
    linting.findings = g_ptr_array_new_with_free_func(free_finding);
    for (guint32 i = 0; i < rule_count; i++)
        tallies[i].beaten_by = NO_RULE;
    for (guint32 i = 0; i < count; i++)
        count_directory(&linting, i, directories[i].snapshot);
    for (guint32 i = 0; i < rule_count; i++) {
        judge_counts(&linting, i);
        judge_contradictions(&linting, i);
    }
    return linting.findings;
}
