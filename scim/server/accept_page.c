#include "scim/server/accept_page.h"

#include <string.h>

#include "scim/organization/harmless_name.h"
#include "scim/organization/time_words.h"
#include "scim/protocol/clock.h"

/* The token leaves the address bar, and with it the history, before anything else happens. A
 * second click must not answer a second time: its answer, "not valid", would replace the page
 * that says welcome. */
static const char script[] =
    "'use strict';\n"
    "(function () {\n"
    "  function open() {\n"
    "    var token = window.location.hash.slice(1);\n"
    "    if (!token) { return; }\n"
    "    window.history.replaceState(null, '', window.location.pathname);\n"
    "    var form = document.getElementById('open') || document.createElement('form');\n"
    "    if (!form.elements.token) {\n"
    "      form.method = 'post';\n"
    "      form.action = 'invitation';\n"
    "      var field = document.createElement('input');\n"
    "      field.type = 'hidden';\n"
    "      field.name = 'token';\n"
    "      form.appendChild(field);\n"
    "      document.body.appendChild(form);\n"
    "    }\n"
    "    form.elements.token.value = token;\n"
    "    form.submit();\n"
    "  }\n"
    "  var sent = false;\n"
    "  document.addEventListener('submit', function (event) {\n"
    "    if (sent) { event.preventDefault(); }\n"
    "    sent = true;\n"
    "  });\n"
    "  window.addEventListener('pageshow', function () { sent = false; });\n"
    "  window.addEventListener('hashchange', open);\n"
    "  open();\n"
    "}());\n";

static const char style[] =
    ":root { color-scheme: light dark; --ground: #f3f5f8; --sheet: #fff; --text: #1a2230;\n"
    "  --quiet: #505b6b; --line: #cdd4de; --edge: #6b7789; --strong: #1d4fbf;\n"
    "  --on-strong: #fff; --strong-over: #163d94; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --ground: #10141b; --sheet: #1a212c; --text: #e8ecf2; --quiet: #a9b4c4;\n"
    "    --line: #364152; --edge: #8592a6; --strong: #9dbcff; --on-strong: #0d1626;\n"
    "    --strong-over: #c3d6ff; }\n"
    "}\n"
    "* { box-sizing: border-box; }\n"
    "body { font: 1.0625rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;\n"
    "  margin: 0; padding: 1rem; color: var(--text); background: var(--ground);\n"
    "  overflow-wrap: anywhere; }\n"
    "main { max-width: 34rem; margin: 6vh auto; padding: 2rem 2.25rem 2.25rem;\n"
    "  background: var(--sheet); border: 1px solid var(--line); border-radius: 0.75rem; }\n"
    "h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }\n"
    "p { margin: 0 0 1rem; }\n"
    "main > :last-child { margin-bottom: 0; }\n"
    "dl { margin: 1.5rem 0; border-top: 1px solid var(--line); }\n"
    "dl div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: 0.6rem 0;\n"
    "  border-bottom: 1px solid var(--line); }\n"
    "dt { flex: 0 0 7.5rem; color: var(--quiet); }\n"
    "dd { flex: 1 1 12rem; margin: 0; min-width: 0; }\n"
    "dd small { display: block; color: var(--quiet); font-size: 0.9rem; }\n"
    "ul { margin: 0; padding: 0; list-style: none; }\n"
    "label { display: block; font-weight: 600; margin: 1.25rem 0 0.35rem; }\n"
    "input { font: inherit; width: 100%; padding: 0.6rem 0.75rem; color: var(--text);\n"
    "  background: var(--sheet); border: 1px solid var(--edge); border-radius: 0.4rem; }\n"
    ".code { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; }\n"
    "button { font: inherit; font-weight: 600; padding: 0.6rem 1.4rem;\n"
    "  margin: 1rem 0.75rem 0 0; border-radius: 0.4rem; cursor: pointer; color: "
    "var(--strong);\n"
    "  background: var(--sheet); border: 1px solid var(--strong); }\n"
    "button.main { color: var(--on-strong); background: var(--strong); }\n"
    "button.main:hover { background: var(--strong-over); }\n"
    "button:hover { border-color: var(--strong-over); }\n"
    ":focus-visible { outline: 3px solid var(--strong); outline-offset: 2px; }\n"
    "a { color: var(--strong); }\n"
    ".note { margin: 1.25rem 0 0; color: var(--quiet); font-size: 0.95rem; }\n"
    "@media (max-width: 30rem) {\n"
    "  body { padding: 0.5rem; }\n"
    "  main { margin: 0.5rem auto; padding: 1.25rem; }\n"
    "  h1 { font-size: 1.4rem; }\n"
    "  button { width: 100%; margin-right: 0; }\n"
    "}\n";

const char *accept_page_script(void)
{
    return script;
}

const char *accept_page_style(void)
{
    return style;
}

/* Where a page stands; what it loads lies in invitation/. No link of an invitation leads below. */
enum place {
    PLACE_INVITATION, /* /invitation */
    PLACE_BELOW,      /* /invitation/again */
};

/* Wipes and frees `body`. */
static char *wrap(enum place place, const char *title, char *body)
{
    gboolean is_below = place == PLACE_BELOW;
    char *page = g_strconcat(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
        title, "</title>\n<link rel=\"stylesheet\" href=\"", is_below ? "" : "invitation/",
        "page.css\">\n", is_below ? "" : "<script src=\"invitation/page.js\" defer></script>\n",
        "</head>\n<body>\n<main>\n<h1>", title, "</h1>\n", body, "</main>\n</body>\n</html>\n",
        NULL);
    explicit_bzero(body, strlen(body));
    g_free(body);
    return page;
}

static char *wrap_text(enum place place, const char *title, const char *body)
{
    return wrap(place, title, g_strdup(body));
}

/* The form that asks for a new invitation, or whom to ask where none is mailed. */
static char *print_way_out(gboolean sends_mail, const char *action)
{
    if (!sends_mail) {
        return g_strdup("<p>Ask whoever invited you for a new invitation.</p>\n");
    }
    return g_strconcat("<form method=\"post\" action=\"", action,
                       "\">\n<label for=\"address\">Your e-mail address</label>\n"
                       "<input id=\"address\" name=\"address\" type=\"email\" required "
                       "autocomplete=\"email\" spellcheck=\"false\" maxlength=\"254\" "
                       "aria-describedby=\"where\">\n"
                       "<button class=\"main\">Ask for a new invitation</button>\n</form>\n"
                       "<p class=\"note\" id=\"where\">A new invitation is only ever mailed to "
                       "the address that was invited.</p>\n",
                       NULL);
}

char *accept_page_start(gboolean sends_mail)
{
    g_autofree char *body = g_strconcat(
        "<p>Enter the code from your invitation, or paste its whole link. You will see what "
        "the invitation is before you answer it.</p>\n"
        "<form id=\"open\" method=\"post\" action=\"invitation\">\n"
        "<label for=\"token\">Code</label>\n"
        "<input id=\"token\" name=\"token\" class=\"code\" required autofocus "
        "autocomplete=\"off\" autocapitalize=\"off\" spellcheck=\"false\" maxlength=\"1000\">\n"
        "<button class=\"main\">Show the invitation</button>\n</form>\n",
        sends_mail ? "<p class=\"note\">No code, or it does not work? "
                     "<a href=\"invitation/again\">Ask for a new invitation</a>.</p>\n"
                   : "",
        NULL);
    return wrap_text(PLACE_INVITATION, "Your invitation", body);
}

/* <bdi>: a name in a script that runs from right to left moves nothing around it. */
static void add_term(GString *body, const char *term, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);
    g_string_append_printf(body, "<div><dt>%s</dt><dd><bdi>%s</bdi></dd></div>\n", term,
                           escaped);
}

static void add_roles(GString *body, const GPtrArray *roles)
{
    g_string_append(body, "<div><dt>Roles</dt><dd><ul>\n");
    for (guint i = 0; i < roles->len; i++) {
        g_autofree char *escaped = g_markup_escape_text(g_ptr_array_index(roles, i), -1);
        g_string_append_printf(body, "<li><bdi>%s</bdi></li>\n", escaped);
    }
    g_string_append(body, "</ul></dd></div>\n");
}

static void add_time(GString *body, const struct accept_page_offer *offer)
{
    g_autofree char *left = time_words_left(offer->expires_at - offer->now);
    g_autofree char *until = time_words_date(offer->expires_at);
    g_autofree char *machine = clock_print(offer->expires_at);
    g_string_append_printf(body,
                           "<div><dt>Time left</dt><dd>%s <small>until "
                           "<time datetime=\"%s\">%s</time></small></dd></div>\n</dl>\n",
                           left, machine, until);
}

/* In one piece, so that no copy of the token stays behind. */
static void add_buttons(GString *body, const char *token)
{
    g_autofree char *escaped = g_markup_escape_text(token, -1);
    g_string_append(body, "<form method=\"post\" action=\"invitation\">\n"
                          "<input type=\"hidden\" name=\"token\" value=\"");
    g_string_append(body, escaped);
    g_string_append(body,
                    "\">\n"
                    "<button class=\"main\" name=\"answer\" value=\"accept\">Accept</button>\n"
                    "<button name=\"answer\" value=\"decline\" "
                    "aria-describedby=\"declining\">Decline</button>\n"
                    "</form>\n");
    explicit_bzero(escaped, strlen(escaped));
}

#define QUESTION_BYTES 4096 /* more than the rest of the page: the string does not move */

char *accept_page_question(const struct accept_page_offer *offer)
{
    g_autofree char *name = harmless_name_shown(offer->organization);
    g_autofree char *escaped = g_markup_escape_text(name, -1);
    g_autoptr(GString) words = g_string_new(NULL);
    g_string_append(words, "<p>Look at what it is before you answer. If you did not expect it, "
                           "decline, or just close this page.</p>\n<dl>\n");
    add_term(words, "Organization", name);
    if (offer->inviter != NULL) {
        add_term(words, "Invited by", offer->inviter);
    }
    add_term(words, "Invited as", offer->address);
    add_roles(words, offer->roles);
    add_time(words, offer);
    GString *body = g_string_sized_new(words->len + strlen(offer->token) * 6 + QUESTION_BYTES);
    g_string_append_len(body, words->str, (gssize)words->len);
    add_buttons(body, offer->token);
    g_string_append_printf(body,
                           "<p class=\"note\" id=\"declining\">If you decline, you do not join "
                           "<bdi>%s</bdi>, and it is remembered: the same directory or service "
                           "does not invite you "
                           "again. An owner can.</p>\n",
                           escaped);
    return wrap(PLACE_INVITATION, "You are invited", g_string_free(body, FALSE));
}

static char *print_ending(const char *title, const char *format, const char *organization)
{
    g_autofree char *name = harmless_name_shown(organization);
    g_autofree char *escaped = g_markup_escape_text(name, -1);
    g_auto(GStrv) parts = g_strsplit(format, "@", 2);
    return wrap(PLACE_INVITATION, title,
                g_strconcat(parts[0], "<bdi>", escaped, "</bdi>", parts[1], NULL));
}

char *accept_page_accepted(const char *organization)
{
    return print_ending("Welcome",
                        "<p>You are now a member of <strong>@</strong></p>\n"
                        "<p>There is nothing else to do here: you can close this page.</p>\n",
                        organization);
}

char *accept_page_declined(const char *organization)
{
    return print_ending(
        "Declined",
        "<p>You have declined the invitation to <strong>@</strong></p>\n"
        "<p>It is remembered: the same directory or service does not invite you "
        "again. Was it a mistake? Then ask an owner to invite you.</p>\n",
        organization);
}

char *accept_page_dead(gboolean sends_mail)
{
    g_autofree char *way_out = print_way_out(sends_mail, "invitation/again");
    g_autofree char *body = g_strconcat(
        "<p>It may have expired, been used already, been withdrawn, or been replaced "
        "by a newer one.</p>\n",
        way_out, NULL);
    return wrap_text(PLACE_INVITATION, "This invitation is not valid", body);
}

char *accept_page_ask(gboolean sends_mail)
{
    g_autofree char *way_out = print_way_out(sends_mail, "again");
    return wrap_text(PLACE_BELOW, "A new invitation", way_out);
}

char *accept_page_asked(gboolean sends_mail)
{
    return sends_mail
               ? wrap_text(
                     PLACE_BELOW, "Look into your mail",
                     "<p>If an invitation to that address has expired or is still open, a "
                     "new one is on its way to it. It can take some minutes.</p>\n"
                     "<p>Nothing comes? Then ask whoever invited you: there is a limit to "
                     "how often a new one is mailed.</p>\n")
               : accept_page_ask(FALSE);
}

char *accept_page_refused(const char *detail)
{
    g_autofree char *sentence = harmless_name_line(detail);
    return wrap(PLACE_INVITATION, "Not possible now",
                g_markup_printf_escaped("<p>%s</p>\n", sentence));
}

char *accept_page_foreign(void)
{
    return wrap_text(
        PLACE_INVITATION, "Please answer here",
        "<p>The answer came from the page of another site, so nothing was done. Open "
        "the link of your invitation itself and answer there.</p>\n");
}

char *accept_page_busy(void)
{
    return wrap_text(
        PLACE_INVITATION, "Please try again",
        "<p>The service is busy at the moment, and nothing was done. Wait a minute, "
        "then open the link of your invitation once more.</p>\n");
}
