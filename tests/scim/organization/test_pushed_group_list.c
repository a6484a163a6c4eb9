#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/pushed_group_list.h"
#include "scim/protocol/schema_tables.h"
#include "tests/scim/organization/group_stage.h"

/* Counts the groups that SQL could not decide, and takes those with two members. */
static gboolean has_two_members(void *context, const struct pushed_group *group)
{
    ++*(guint *)context;
    return group->members != NULL && group->members->len == 2;
}

static struct pushed_group_page list(struct group_stage *groups, const char *text,
                                     struct pushed_group_query query)
{
    struct fault fault = {0};
    g_autoptr(Filter) filter = NULL;
    struct pushed_group_page page = {0};
    if (text != NULL) {
        filter = filter_parse(&schema_tables_group, text, strlen(text), NULL, NULL, &fault);
        assert_non_null(filter);
        query.filter = filter->root;
    }
    query.organization = "acme";
    assert_true(pushed_group_list(groups->stage->session, &query, &page, NULL));
    return page;
}

/* `%s` is the id of a, or of the group "Search" where the filter begins with "id". */
static void SQL_says_what_it_has_columns_for(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();

    static const struct {
        const char *filter;
        gint64 total;
        guint asked; /* of how many memory decides */
    } cases[] = {
        {NULL, 3, 0},
        {"displayName eq \"sEArch\"", 2, 0},
        {"displayName eq \"search\" and externalId pr", 0, 0},
        {"externalId eq \"g-ads\"", 1, 0},
        {"members eq \"%s\"", 2, 0},
        {"members.value eq \"%s\"", 2, 0},
        {"members[value eq \"%s\"]", 2, 0},
        {"id eq \"%s\" and displayName sw \"se\"", 1, 0},
        {"not (members eq \"%s\")", 1, 0},
        {"meta.created gt \"2020-01-01T00:00:00Z\"", 3, 0},
        {"members[display eq \"A\"]", 2, 3},
        {"members pr", 2, 3},
        {"members pr and displayName eq \"ads\"", 0, 1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *filter = cases[i].filter;
        const char *id = filter != NULL && g_str_has_prefix(filter, "id")
                             ? groups->groups[GROUP_STAGE_SEARCH]
                             : groups->people[0];
        g_auto(GStrv) parts = g_strsplit(filter != NULL ? filter : "", "%s", -1);
        g_autofree char *text = filter != NULL ? g_strjoinv(id, parts) : NULL;
        guint asked = 0;
        struct pushed_group_page page =
            list(groups, text,
                 (struct pushed_group_query){
                     .matches = has_two_members, .context = &asked, .count = 100});
        if (page.total != cases[i].total || page.groups->len != cases[i].total ||
            asked != cases[i].asked)
            fail_msg("%s: %d, %u in memory", text, (int)page.total, asked);
        pushed_group_page_clear(&page);
    }
    group_stage_close(groups);
}

static void pages_together_are_every_group_once(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();
    guint asked = 0;
    static const char *const filters[] = {NULL, "members pr"};
    static const guint totals[] = {3, 2};
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
        guint seen = 0;
        for (gint64 start = 0; start < 4; start++) {
            struct pushed_group_page page =
                list(groups, filters[i],
                     (struct pushed_group_query){.matches = has_two_members,
                                                 .context = &asked,
                                                 .with_members = TRUE,
                                                 .start = start,
                                                 .count = 1});
            assert_int_equal(page.total, totals[i]);
            assert_true(page.groups->len == 0 ||
                        ((PushedGroup *)page.groups->pdata[0])->members->len > 0);
            seen += page.groups->len;
            pushed_group_page_clear(&page);
        }
        assert_int_equal(seen, totals[i]);
    }
    group_stage_close(groups);
}

/* Counts the groups that were read with their members. */
static gboolean is_read_with_members(void *context, const struct pushed_group *group)
{
    *(guint *)context += group->members != NULL ? 1 : 0;
    return FALSE;
}

static void members_are_read_for_a_filter_that_names_them_anywhere(void **state)
{
    (void)state;
    struct group_stage *groups = group_stage_open();

    static const struct {
        const char *filter;
        guint read;
    } cases[] = {
        {"meta.location co \"members\"", 0},
        {"members pr", 3},
        {"displayName eq \"x\" or not (externalId pr and members[type eq \"User\"])", 3},
        {"meta.location co \"members\" or members.display pr", 3},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint read = 0;
        struct pushed_group_page page =
            list(groups, cases[i].filter,
                 (struct pushed_group_query){
                     .count = 10, .matches = is_read_with_members, .context = &read});
        if (read != cases[i].read)
            fail_msg("%s: %u", cases[i].filter, read);
        pushed_group_page_clear(&page);
    }
    group_stage_close(groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(SQL_says_what_it_has_columns_for),
        cmocka_unit_test(pages_together_are_every_group_once),
        cmocka_unit_test(members_are_read_for_a_filter_that_names_them_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
