#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "scim/protocol/mailing_address.h"

static void
the_address_is_the_primary_else_the_work_else_the_first_mail_else_the_user_name(void **state)
{
    (void)state;

    static const struct {
        const char *document, *user_name, *address;
    } cases[] = {
        {"{'emails':[{'value':'a@x.example'},{'value':'b@x.example','type':'Work'},"
         "{'value':'c@x.example','primary':true}]}",
         NULL, "c@x.example"},
        {"{'emails':[{'value':'a@x.example'},{'value':'b@x.example','type':'Work'}]}", NULL,
         "b@x.example"},
        {"{'emails':[{'value':'a@x.example','type':'home'}]}", NULL, "a@x.example"},
        {"{'emails':[{'value':'no mail','primary':true},{'value':'a@x.example'}]}", NULL,
         "a@x.example"},
        {"{'userName':'u@x.example'}", NULL, "u@x.example"},
        {"{'userName':'u@x.example','emails':[{'type':'work'}]}", NULL, "u@x.example"},
        {"{'userName':'u@x.example'}", "v@x.example", "v@x.example"},
        {"{}", "bob", NULL},
        {"{}", NULL, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdelimit(g_strdup(cases[i].document), "'", '"');
        json_t *document = json_loads(text, 0, NULL);
        assert_non_null(document);
        const char *address = mailing_address_of(document, cases[i].user_name);
        if (g_strcmp0(address, cases[i].address) != 0)
            fail_msg("%s: %s", cases[i].document, address);
        json_decref(document);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            the_address_is_the_primary_else_the_work_else_the_first_mail_else_the_user_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
