#include "agent/directory/directory_search.h"

#include <string.h>

#include <ldap.h>

#include "agent/directory/directory_dn.h"
#include "scim/protocol/outcome.h"

#define ENTRIES_MAX      10000000
#define EMPTY_PAGES_MAX  1000
#define RANGE_PARTS_MAX  100000
#define PROGRESS_ENTRIES 1000

struct running {
    DirectorySession *session;
    const struct directory_query *query;
    directory_search_handler *handler;
    void *context;
    struct directory_entry entry;
    gint64 limit;         /* monotonic time by which the answer to this request must be whole */
    gboolean is_deadline; /* that is the end of the run, not of the patience with this answer */
    int id;
    guint page_entries;
    struct berval *cookie; /* owned; empty: no more pages */
};

static gboolean fail(GError **error, enum outcome outcome, char *text)
{
    g_set_error_literal(error, OUTCOME, (int)outcome, text);
    g_free(text);
    return FALSE;
}

static gboolean fail_code(const struct running *running, int code, const char *said,
                          GError **error)
{
    g_autofree char *doing = g_strdup_printf("search below '%s'", running->query->base);
    directory_session_fail(error, code, said, doing);
    return FALSE;
}

gboolean directory_search_explains(enum directory_kind kind, const char *url)
{
    static const char *const partitions[] = {"cn=configuration,", "dc=domaindnszones,",
                                             "dc=forestdnszones,"};
    LDAPURLDesc *parts = NULL;
    if (kind != DIRECTORY_KIND_ACTIVE_DIRECTORY ||
        ldap_url_parse(url, &parts) != LDAP_URL_SUCCESS)
        return FALSE;
    g_autofree char *key = parts->lud_dn == NULL ? NULL : directory_dn_key(parts->lud_dn, NULL);
    gboolean explained = FALSE;
    for (size_t i = 0; key != NULL && i < G_N_ELEMENTS(partitions); i++)
        explained = explained || g_str_has_prefix(key, partitions[i]);
    ldap_free_urldesc(parts);
    return explained;
}

static gboolean take_reference(struct running *running, LDAPMessage *message, GError **error)
{
    char **urls = NULL;
    int code = ldap_parse_reference(running->session->handle, message, &urls, NULL, 0);
    gboolean explained = code == LDAP_SUCCESS && urls != NULL && urls[0] != NULL;
    running->session->references++;
    for (char **url = urls; explained && *url != NULL; url++)
        explained = directory_search_explains(running->session->kind, *url);
    if (!explained)
        fail(error, OUTCOME_SETTINGS,
             g_strdup_printf(
                 "search below '%s': a part of it is kept elsewhere, '%s'; references "
                 "are never followed: choose bases without it, or read that server as "
                 "a directory of its own",
                 running->query->base, urls != NULL && urls[0] != NULL ? urls[0] : "?"));
    ldap_memvfree((void **)urls);
    return explained;
}

/* Decodes in place: name and values point into the message (RFC 4511 4.5.2). */
static gboolean decode(struct running *running, LDAPMessage *message, GError **error)
{
    LDAP *handle = running->session->handle;
    BerElement *ber = NULL;
    struct berval dn;
    struct berval name;
    struct berval *values = NULL;
    int code = ldap_get_dn_ber(handle, message, &ber, &dn);
    if (code == LDAP_SUCCESS)
        directory_entry_begin(&running->entry, dn.bv_val, dn.bv_len);
    while (code == LDAP_SUCCESS) {
        code = ldap_get_attribute_ber(handle, message, ber, &name, &values);
        if (code != LDAP_SUCCESS || name.bv_val == NULL)
            break;
        directory_entry_add_attribute(&running->entry, name.bv_val, name.bv_len);
        for (struct berval *value = values; value != NULL && value->bv_val != NULL; value++)
            directory_entry_add_value(&running->entry, value->bv_val, value->bv_len);
        ldap_memfree(values);
        values = NULL;
    }
    ber_free(ber, 0);
    return code == LDAP_SUCCESS || fail_code(running, code, NULL, error);
}

static void report_progress(DirectorySession *session)
{
    const struct source_observer *observer = session->observer;
    if (observer != NULL && session->entries % PROGRESS_ENTRIES == 0)
        observer->progress(observer->context, session->options->name, session->entries);
}

static gboolean take_entry(struct running *running, LDAPMessage *message, GError **error)
{
    if (++running->session->entries > ENTRIES_MAX)
        return fail(error, OUTCOME_RETRY, g_strdup("the server sends entries without end"));
    running->page_entries++;
    report_progress(running->session);
    return decode(running, message, error) &&
           directory_entry_check(&running->entry, NULL, running->query->ranges, error) &&
           running->handler(running->context, &running->entry, error);
}

/* The cookie of the page that has just ended, RFC 2696 section 3. */
static gboolean take_cookie(struct running *running, LDAPControl **controls, GError **error)
{
    LDAPControl *control = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, NULL);
    struct berval cookie = {0, NULL};
    ber_int_t estimate = 0;
    if (control == NULL || ldap_parse_pageresponse_control(running->session->handle, control,
                                                           &estimate, &cookie) != LDAP_SUCCESS)
        return fail(
            error, OUTCOME_RETRY,
            g_strdup_printf("search below '%s': a page came without the word whether more "
                            "follows",
                            running->query->base));
    ber_bvfree(running->cookie);
    running->cookie = ber_bvdup(&cookie);
    ber_memfree(cookie.bv_val);
    return TRUE;
}

static gboolean take_result(struct running *running, LDAPMessage *message, gboolean paged,
                            GError **error)
{
    LDAPControl **controls = NULL;
    char *said = NULL;
    char **urls = NULL;
    int code = LDAP_OTHER;
    int parsed = ldap_parse_result(running->session->handle, message, &code, NULL, &said, &urls,
                                   &controls, 0);
    gboolean done = FALSE;
    if (parsed != LDAP_SUCCESS)
        fail_code(running, parsed, NULL, error);
    else if (code == LDAP_NO_SUCH_OBJECT && running->query->absent != NULL)
        done = *running->query->absent = TRUE;
    else if (code != LDAP_SUCCESS)
        fail_code(running, code, said, error);
    else
        done = !paged || take_cookie(running, controls, error);
    ldap_controls_free(controls);
    ldap_memfree(said);
    ldap_memvfree((void **)urls);
    return done;
}

static gboolean fail_wait(const struct running *running, int type, GError **error)
{
    int code = LDAP_OTHER;
    if (type == 0 && running->is_deadline)
        return fail(error, OUTCOME_INTERRUPTED, g_strdup("the time for this run is over"));
    if (type == 0)
        return fail(error, OUTCOME_RETRY,
                    g_strdup_printf("search below '%s': no whole answer within %u s",
                                    running->query->base,
                                    running->session->options->search_timeout));
    if (type > 0)
        return fail(error, OUTCOME_RETRY,
                    g_strdup_printf("search below '%s': the server sent an answer of type 0x%x",
                                    running->query->base, (guint)type));
    ldap_get_option(running->session->handle, LDAP_OPT_RESULT_CODE, &code);
    return fail_code(running, code == LDAP_SUCCESS ? LDAP_SERVER_DOWN : code, NULL, error);
}

/* Takes messages until the SearchResultDone of this request; *more says that it has not come.
 */
static gboolean take_next(struct running *running, gboolean paged, gboolean *more,
                          GError **error)
{
    gint64 left = MAX(running->limit - g_get_monotonic_time(), 0);
    struct timeval limit = {.tv_sec = left / G_USEC_PER_SEC, .tv_usec = left % G_USEC_PER_SEC};
    LDAPMessage *message = NULL;
    gboolean taken = FALSE;
    int type = left == 0 ? 0
                         : ldap_result(running->session->handle, running->id, LDAP_MSG_ONE,
                                       &limit, &message);
    if (type == LDAP_RES_SEARCH_ENTRY)
        taken = take_entry(running, message, error);
    else if (type == LDAP_RES_SEARCH_REFERENCE)
        taken = take_reference(running, message, error);
    else if (type == LDAP_RES_SEARCH_RESULT)
        taken = take_result(running, message, paged, error);
    else
        fail_wait(running, type, error);
    *more = type != LDAP_RES_SEARCH_RESULT;
    ldap_msgfree(message);
    return taken;
}

/* libldap wants names that it could write to. */
static char **copy_names(const char *const *names)
{
    GPtrArray *copy = g_ptr_array_new();
    for (; *names != NULL; names++)
        g_ptr_array_add(copy, g_strdup(*names));
    g_ptr_array_add(copy, NULL);
    return (char **)g_ptr_array_free(copy, FALSE);
}

static gboolean ask(struct running *running, gboolean paged, GError **error)
{
    const struct directory_query *query = running->query;
    LDAPControl *page = NULL;
    LDAP *handle = running->session->handle;
    int scope = query->depth == DIRECTORY_ONE_ENTRY ? LDAP_SCOPE_BASE : LDAP_SCOPE_SUBTREE;
    g_auto(GStrv) attributes = copy_names(query->attributes);
    if (paged &&
        ldap_create_page_control(handle, (ber_int_t)running->session->options->page_size,
                                 running->cookie, 'T', &page) != LDAP_SUCCESS)
        return fail(error, OUTCOME_INTERNAL, g_strdup("libldap makes no paging control"));
    LDAPControl *controls[] = {page, NULL};
    int code = ldap_search_ext(handle, query->base, scope, query->filter, attributes, 0,
                               controls, NULL, NULL, 0, &running->id);
    if (page != NULL)
        ldap_control_free(page);
    guint patience = running->session->options->search_timeout;
    gint64 left = directory_session_time_left(running->session->options, patience);
    running->is_deadline = left < (gint64)patience * G_USEC_PER_SEC;
    running->limit = g_get_monotonic_time() + left;
    return code == LDAP_SUCCESS || fail_code(running, code, NULL, error);
}

static gboolean read_page(struct running *running, gboolean paged, GError **error)
{
    gboolean more = TRUE;
    running->page_entries = 0;
    if (!ask(running, paged, error))
        return FALSE;
    while (more)
        if (!take_next(running, paged, &more, error)) {
            ldap_abandon_ext(running->session->handle, running->id, NULL, NULL);
            return FALSE;
        }
    return TRUE;
}

static gboolean read_pages(struct running *running, GError **error)
{
    gboolean paged = running->session->pages && running->query->depth == DIRECTORY_SUBTREE;
    guint empty_pages = 0;
    do {
        if (!read_page(running, paged, error))
            return FALSE;
        empty_pages = running->page_entries == 0 ? empty_pages + 1 : 0;
        if (empty_pages > EMPTY_PAGES_MAX)
            return fail(error, OUTCOME_RETRY,
                        g_strdup("the server sends empty pages without end"));
    } while (running->cookie != NULL && running->cookie->bv_len > 0);
    return TRUE;
}

gboolean directory_search(DirectorySession *session, const struct directory_query *query,
                          directory_search_handler *handler, void *context, GError **error)
{
    struct running running = {
        .session = session, .query = query, .handler = handler, .context = context};
    directory_entry_init(&running.entry);
    gboolean whole = read_pages(&running, error);
    directory_entry_clear(&running.entry);
    ber_bvfree(running.cookie);
    if (!whole)
        session->broken = TRUE;
    return whole;
}

/* One part of a ranged attribute. */
struct range {
    const char *attribute;
    guint64 first, next;
    gboolean seen;
    directory_search_handler *handler;
    void *context;
};

static gboolean take_range(void *context, const struct directory_entry *entry, GError **error)
{
    struct range *range = context;
    guint64 first = 0;
    size_t length = strlen(range->attribute);
    for (guint i = 0; i < entry->attributes->len; i++) {
        const struct directory_attribute *attribute =
            &g_array_index(entry->attributes, struct directory_attribute, i);
        if (attribute->name.length == length &&
            g_ascii_strncasecmp(attribute->name.bytes, range->attribute, length) == 0 &&
            directory_entry_range(&attribute->options, &first, &range->next))
            range->seen = first == range->first;
    }
    return range->handler(range->context, entry, error);
}

gboolean directory_search_range(DirectorySession *session, const struct directory_rest *rest,
                                directory_search_handler *handler, void *context,
                                GError **error)
{
    struct range range = {.attribute = rest->attribute,
                          .next = rest->first,
                          .handler = handler,
                          .context = context};
    for (guint part = 0; range.next != 0; part++) {
        g_autofree char *wanted =
            g_strdup_printf("%s;range=%" G_GUINT64_FORMAT "-*", rest->attribute, range.next);
        const char *const attributes[] = {wanted, NULL};
        struct directory_query query = {.base = rest->dn,
                                        .depth = DIRECTORY_ONE_ENTRY,
                                        .filter = "(objectClass=*)",
                                        .attributes = attributes,
                                        .ranges = TRUE};
        range.first = range.next;
        range.seen = FALSE;
        if (!directory_search(session, &query, take_range, &range, error))
            return FALSE;
        if (!range.seen || (range.next != 0 && range.next <= range.first) ||
            part > RANGE_PARTS_MAX)
            return fail(error, OUTCOME_RETRY,
                        g_strdup_printf("'%s': the values of '%s' from %" G_GUINT64_FORMAT
                                        " on did not come",
                                        rest->dn, rest->attribute, range.first));
    }
    return TRUE;
}
