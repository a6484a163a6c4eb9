#include "scim/server/accept_page.h"

#include "scim/protocol/clock.h"

/* Paths are relative to /invitation, so that the page works behind any prefix. */
static const char script[] =
    "'use strict';\n"
    "(function () {\n"
    "  var token = window.location.hash.slice(1);\n"
    "  var form = document.getElementById('open');\n"
    "  if (!token || !form) { return; }\n"
    "  window.history.replaceState(null, '', window.location.pathname);\n"
    "  form.elements.token.value = token;\n"
    "  form.submit();\n"
    "}());\n";

static const char style[] =
    ":root { color-scheme: light dark; }\n"
    "body { font: 1.05rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto;"
    " padding: 0 1rem; }\n"
    "h1 { font-size: 1.4rem; }\n"
    "label { display: block; margin: 1rem 0 0.3rem; }\n"
    "input { font: inherit; width: 100%; box-sizing: border-box; padding: 0.4rem; }\n"
    "button { font: inherit; padding: 0.5rem 1.2rem; margin: 1rem 0.6rem 0 0; }\n"
    "dt { font-weight: 600; }\n"
    "dd { margin: 0 0 0.6rem; }\n";

const char *accept_page_script(void)
{
    return script;
}

const char *accept_page_style(void)
{
    return style;
}

/* Frees `body`. */
static char *wrap(const char *title, char *body, gboolean scripted)
{
    char *page = g_strconcat(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
        title, "</title>\n<link rel=\"stylesheet\" href=\"invitation/page.css\">\n",
        scripted ? "<script src=\"invitation/page.js\" defer></script>\n" : "",
        "</head>\n<body>\n<main>\n<h1>", title, "</h1>\n", body, "</main>\n</body>\n</html>\n",
        NULL);
    g_free(body);
    return page;
}

char *accept_page_start(void)
{
    return wrap("Invitation",
                g_strdup("<p>Enter the code from your invitation.</p>\n"
                         "<form id=\"open\" method=\"post\" action=\"invitation\">\n"
                         "<label for=\"token\">Code</label>\n"
                         "<input id=\"token\" name=\"token\" required autocomplete=\"off\" "
                         "spellcheck=\"false\" maxlength=\"200\">\n"
                         "<button>Show the invitation</button>\n</form>\n"),
                TRUE);
}

static void add_term(GString *body, const char *term, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);
    g_string_append_printf(body, "<dt>%s</dt><dd>%s</dd>\n", term, escaped);
}

char *accept_page_question(const struct accept_page_offer *offer)
{
    GString *body = g_string_new("<dl>\n");
    g_autofree char *expires = clock_print(offer->expires_at);
    add_term(body, "Organization", offer->organization);
    add_term(body, "Invited as", offer->address);
    if (offer->inviter != NULL) {
        add_term(body, "Invited by", offer->inviter);
    }
    for (guint i = 0; i < offer->roles->len; i++) {
        add_term(body, "Role", g_ptr_array_index(offer->roles, i));
    }
    add_term(body, "Valid until", expires);
    g_autofree char *token = g_markup_escape_text(offer->token, -1);
    g_string_append_printf(body,
                           "</dl>\n<form method=\"post\" action=\"invitation\">\n"
                           "<input type=\"hidden\" name=\"token\" value=\"%s\">\n"
                           "<button name=\"answer\" value=\"accept\">Accept</button>\n"
                           "<button name=\"answer\" value=\"decline\">Decline</button>\n"
                           "</form>\n",
                           token);
    return wrap("You are invited", g_string_free(body, FALSE), FALSE);
}

char *accept_page_accepted(const char *organization)
{
    return wrap("Welcome",
                g_markup_printf_escaped("<p>You are now a member of %s.</p>\n", organization),
                FALSE);
}

char *accept_page_declined(const char *organization)
{
    return wrap(
        "Declined",
        g_markup_printf_escaped("<p>You have declined the invitation to %s. You will not "
                                "be invited again unless an owner does it.</p>\n",
                                organization),
        FALSE);
}

char *accept_page_dead(void)
{
    return wrap(
        "This invitation is not valid",
        g_strdup("<p>It may have expired, been used, been withdrawn or been replaced by "
                 "a newer one. Ask whoever invited you for a new one.</p>\n"),
        FALSE);
}

char *accept_page_refused(const char *detail)
{
    return wrap("Not possible now", g_markup_printf_escaped("<p>%s</p>\n", detail), FALSE);
}
