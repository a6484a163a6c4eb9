#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mapping/condition.h"

#include "company.h"

static const char *const LINES[] = {
    "person a department=Search title=Engineer number=10 flags=514 mail=a@x.org mail=b@y.org "
    "odd=(a*b)\\c since=20260101000000Z signed=-2147483646",
    NULL,
};

static void a_filter_holds_as_rfc_4515_says(void **state)
{
    (void)state;

    static const struct {
        const char *filter;
        gboolean holds;
    } ROWS[] = {
        {"(department=Search)", TRUE},
        {"(DEPARTMENT=sEARCH)", TRUE},
        {"(department~=search)", TRUE},
        {"(department=Sales)", FALSE},
        {"(department=*)", TRUE},
        {"(manager=*)", FALSE},
        {"(!(title=Contractor))", TRUE},
        {"(!(manager=x))", TRUE},
        {"(&(department=Search)(!(title=Contractor)))", TRUE},
        {"(&(department=Search)(title=Contractor))", FALSE},
        {"(|(department=Sales)(title=engineer))", TRUE},
        {"(|(department=Sales)(title=x))", FALSE},
        {"(&)", TRUE},
        {"(|)", FALSE},
        {"(mail=b@y.org)", TRUE},
        {"(mail=*@y.org)", TRUE},
        {"(mail=*@z.org)", FALSE},
        {"(title=Eng*)", TRUE},
        {"(title=*GIN*)", TRUE},
        {"(title=E*gi*e*r)", TRUE},
        {"(title=E*gi*gi*r)", FALSE},
        {"(title=Engineer*Engineer)", FALSE},
        {"(title=*Engineer*)", TRUE},
        {"(title=**)", TRUE},
        {"(number>=9)", TRUE},
        {"(number>=10)", TRUE},
        {"(number>=11)", FALSE},
        {"(number<=9)", FALSE},
        {"(number<=100)", TRUE},
        {"(since>=20251231000000Z)", TRUE},
        {"(since<=20251231000000Z)", FALSE},
        {"(odd=\\28a\\2ab\\29\\5cc)", TRUE},
        {"(odd=\\28a*\\5c*)", TRUE},
        {"(flags:1.2.840.113556.1.4.803:=2)", TRUE},
        {"(flags:1.2.840.113556.1.4.803:=3)", FALSE},
        {"(flags:1.2.840.113556.1.4.804:=3)", TRUE},
        {"(flags:1.2.840.113556.1.4.804:=1)", FALSE},
        {"(signed:1.2.840.113556.1.4.803:=2147483648)", TRUE},
        {"(title:1.2.840.113556.1.4.803:=0)", FALSE},
        {" ( & ( department=Search ) ( number>=1 ) ) ", FALSE}, /* blanks in a value count */
        {" ( & (department=Search) (number>=1) ) ", TRUE},
    };

    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Condition) condition = condition_new(ROWS[i].filter, &error);
        if (error != NULL)
            fail_msg("%s", error->message);
        if (condition_holds(condition, snapshot, &snapshot->people[0]) != ROWS[i].holds)
            fail_msg("%s", ROWS[i].filter);
    }
}

static void it_lists_the_attributes_it_reads_once_each(void **state)
{
    (void)state;
    g_autoptr(Condition) condition =
        condition_new("(&(a=1)(|(B=*)(!(A>=2)))(c:1.2.840.113556.1.4.803:=2))", NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    condition_attributes(condition, names);
    assert_int_equal(names->len, 3);
    assert_string_equal(names->pdata[0], "a");
    assert_string_equal(names->pdata[1], "B");
    assert_string_equal(names->pdata[2], "c");
}

static void what_any_text_holds_when_escaped_is_that_text(void **state)
{
    (void)state;
    g_autoptr(GRand) chance = g_rand_new_with_seed(41);
    static const char SIGNS[] = "*()\\,+\"<>; #a=&|!~\t\x7f";
    for (int round = 0; round < 20000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GString) filter = g_string_new("(v=");
        gint32 length = g_rand_int_range(chance, 1, 9);
        for (gint32 i = 0; i < length; i++) {
            char sign = SIGNS[g_rand_int_range(chance, 0, (gint32)sizeof SIGNS - 1)];
            g_string_append_c(text, sign);
            g_string_append_printf(filter, "\\%02x", (guint)(guint8)sign);
        }
        g_string_append_c(filter, ')');
        g_autoptr(Snapshot) snapshot = snapshot_new("corp");
        assert_true(snapshot_add_person(
            snapshot, &(struct snapshot_entry){.dn = "p", .dn_key = "p", .anchor = "p"}, NULL));
        snapshot_add_value(snapshot, "v", text->str);
        snapshot_seal(snapshot);
        g_autoptr(Condition) condition = condition_new(filter->str, NULL);
        assert_true(condition_holds(condition, snapshot, &snapshot->people[0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_holds_as_rfc_4515_says),
        cmocka_unit_test(it_lists_the_attributes_it_reads_once_each),
        cmocka_unit_test(what_any_text_holds_when_escaped_is_that_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
