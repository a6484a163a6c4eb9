#include "scim/server/handle_bulk.h"

#include <string.h>

#include "scim/protocol/bulk.h"
#include "scim/protocol/bulk_reference.h"
#include "scim/protocol/membership.h"

#define IS_ERROR(status) ((status) >= 400)

struct run {
    struct call *call;
    const struct bulk *bulk;
    const char *prefix; /* of every path: "/scim/v2" */
    GHashTable *ids;    /* bulkId -> id of what is made */
    json_t **results;   /* of the operations that were processed */
    gint64 failures;
};

/* One operation as a request of its own. */
struct attempt {
    Exchange *exchange;
    struct call *call;
};

static void attempt_clear(struct attempt *attempt)
{
    g_clear_pointer(&attempt->call, call_free);
    g_clear_pointer(&attempt->exchange, exchange_free);
}

static gboolean attempt_failed(const struct attempt *attempt)
{
    return IS_ERROR(attempt->exchange->status);
}

/* Who asks, for whom, and why: as in the request around it. */
static void copy_headers(const struct run *run, Exchange *exchange)
{
    static const char *const names[] = {"Authorization", ROLECALL_HEADER_ORIGIN,
                                        ROLECALL_HEADER_RUN, ROLECALL_HEADER_ADOPT,
                                        ROLECALL_HEADER_REASON};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = exchange_header(run->call->exchange, names[i]);
        if (value != NULL) {
            exchange_add_header(exchange, names[i], value);
        }
    }
}

/* `path` is that inside the service, `data` borrowed. */
static struct attempt attempt_make(const struct run *run, const char *method, const char *path,
                                   json_t *data)
{
    g_autofree char *target = g_strconcat(run->prefix, path, NULL);
    Exchange *exchange = exchange_new(method, target);
    exchange->peer = g_strdup(run->call->exchange->peer);
    copy_headers(run, exchange);
    struct call *inner = call_new(run->call->service, exchange);
    inner->is_inner = TRUE;
    inner->body = json_incref(data);
    memcpy(inner->request, run->call->request, sizeof inner->request);
    return (struct attempt){exchange, inner};
}

static json_t *begin_result(const struct bulk_operation *operation, unsigned status)
{
    g_autofree char *code = g_strdup_printf("%u", status);
    return json_pack("{s:s*, s:s*, s:s}", "method", operation->method, "bulkId",
                     operation->bulk_id, "status", code);
}

/* Where the resource is: as its handler said, or as it was asked for. A POST that failed has made
 * none. */
static void set_location(const struct run *run, const struct bulk_operation *operation,
                         const struct attempt *attempt, json_t *result)
{
    const char *told = exchange_answer_header(attempt->exchange, "Location");
    const char *own = json_string_value(
        json_object_get(json_object_get(attempt->call->kept, "meta"), "location"));
    gboolean is_post = strcmp(operation->method, "POST") == 0;
    if (!attempt_failed(attempt) && (told != NULL || own != NULL)) {
        json_object_set_new(result, "location", json_string(told != NULL ? told : own));
    } else if (!is_post) {
        g_autofree char *location =
            g_strconcat(run->call->service->url, attempt->exchange->path, NULL);
        json_object_set_new(result, "location", json_string(location));
    }
}

/* RFC 7644 3.7.3. What was done is not repeated, but for what cannot be read again: a link. */
static json_t *print_result(const struct run *run, const struct bulk_operation *operation,
                            const struct attempt *attempt)
{
    const char *tag = exchange_answer_header(attempt->exchange, "ETag");
    json_t *result = begin_result(operation, attempt->exchange->status);
    set_location(run, operation, attempt, result);
    if (!attempt_failed(attempt) && tag != NULL) {
        json_object_set_new(result, "version", json_string(tag));
    }
    if (attempt->call->kept != NULL && (attempt_failed(attempt) || attempt->call->shows_once)) {
        json_object_set(result, "response", attempt->call->kept);
    }
    return result;
}

static json_t *print_fault(const struct run *run, const struct bulk_operation *operation,
                           const struct fault *fault)
{
    json_t *result = begin_result(operation, (unsigned)fault->status);
    if (operation->path != NULL && g_strcmp0(operation->method, "POST") != 0) {
        g_autofree char *location = g_strconcat(run->call->base, operation->path, NULL);
        json_object_set_new(result, "location", json_string(location));
    }
    json_object_set_new(result, "response", fault_print(fault));
    return result;
}

static void set_result(struct run *run, size_t index, json_t *result, gboolean failed)
{
    json_decref(run->results[index]);
    run->results[index] = result;
    run->failures += failed;
}

/* Begins what is undone when it fails. FALSE with a fault: the store failed. */
static gboolean begin(struct run *run)
{
    GError *error = NULL;
    return store_savepoint(run->call->session, &error) || call_store_failed(run->call, error);
}

/* FALSE with a fault: the store failed, and everything with it. */
static gboolean end(struct run *run, gboolean keeps)
{
    GError *error = NULL;
    StoreSession *session = run->call->session;
    if (!store_in_transaction(session)) {
        return fault_set_status(&run->call->fault, 503,
                                "the store gave the whole request up: nothing happened, try "
                                "again");
    }
    return (keeps ? store_release(session, &error) : store_undo(session, &error)) ||
           call_store_failed(run->call, error);
}

static void note_id(struct run *run, const struct bulk_operation *operation,
                    const struct attempt *attempt)
{
    const char *id = json_string_value(json_object_get(attempt->call->kept, "id"));
    if (strcmp(operation->method, "POST") == 0 && id != NULL) {
        g_hash_table_insert(run->ids, g_strdup(operation->bulk_id), g_strdup(id));
    }
}

/* Asks for it, with `data` as it now is, and keeps its result. FALSE: it was not done. */
static gboolean perform(struct run *run, size_t index, const char *path, json_t *data)
{
    const struct bulk_operation *operation = &run->bulk->operations[index];
    struct attempt attempt = attempt_make(run, operation->method, path, data);
    if (operation->version != NULL && strcmp(operation->method, "POST") != 0) {
        exchange_add_header(attempt.exchange, "If-Match", operation->version);
    }
    run->call->serve_inner(run->call, attempt.call);
    gboolean failed = attempt_failed(&attempt);
    set_result(run, index, print_result(run, operation, &attempt), failed);
    if (!failed) {
        note_id(run, operation, &attempt);
    }
    attempt_clear(&attempt);
    return !failed;
}

/* FALSE with a fault of the whole request. */
static gboolean run_operation(struct run *run, size_t index)
{
    struct bulk_operation *operation = &run->bulk->operations[index];
    struct fault fault = {0};
    g_autofree char *path = NULL;
    json_t *data = NULL;
    gboolean good = FALSE;
    if (fault_is_set(&operation->fault)) {
        set_result(run, index, print_fault(run, operation, &operation->fault), TRUE);
        return TRUE;
    }
    path = bulk_reference_resolve_path(operation->path, run->ids, &fault);
    if (path != NULL && operation->data != NULL) {
        data = bulk_reference_resolve(operation->data, run->ids, &fault);
    }
    if (fault_is_set(&fault)) {
        set_result(run, index, print_fault(run, operation, &fault), TRUE);
        good = TRUE;
    } else {
        good = begin(run) && end(run, perform(run, index, path, data));
    }
    fault_clear(&fault);
    json_decref(data);
    return good;
}

/* Makes it without what it cannot refer to yet. FALSE: it was not made. */
static gboolean create(struct run *run, size_t index, gboolean *pruned)
{
    const struct bulk_operation *operation = &run->bulk->operations[index];
    struct fault fault = {0};
    json_t *left = bulk_reference_prune(operation->data, run->ids, pruned);
    json_t *data = bulk_reference_resolve(left, run->ids, &fault);
    gboolean done = perform(run, index, operation->path, data);
    json_decref(data);
    json_decref(left);
    fault_clear(&fault);
    return done;
}

/* Says the whole of it again, now that everything is there. */
static gboolean complete(struct run *run, size_t index)
{
    const struct bulk_operation *operation = &run->bulk->operations[index];
    const char *id = g_hash_table_lookup(run->ids, operation->bulk_id);
    struct fault fault = {0};
    json_t *data = bulk_reference_resolve(operation->data, run->ids, &fault);
    gboolean good = id != NULL && data != NULL;
    if (good) {
        g_autofree char *path =
            g_strdup_printf("%.*s/%s", (int)strcspn(operation->path, "?"), operation->path, id);
        struct attempt attempt = attempt_make(run, "PUT", path, data);
        run->call->serve_inner(run->call, attempt.call);
        const char *tag = exchange_answer_header(attempt.exchange, "ETag");
        good = !attempt_failed(&attempt);
        if (good && tag != NULL) {
            json_object_set_new(run->results[index], "version", json_string(tag));
        }
        attempt_clear(&attempt);
    }
    json_decref(data);
    fault_clear(&fault);
    return good;
}

static gboolean create_and_complete(struct run *run, const GArray *members)
{
    g_autofree gboolean *pruned = g_new0(gboolean, members->len);
    for (guint i = 0; i < members->len; i++) {
        if (!create(run, g_array_index(members, size_t, i), &pruned[i])) {
            return FALSE;
        }
    }
    for (guint i = 0; i < members->len; i++) {
        if (pruned[i] && !complete(run, g_array_index(members, size_t, i))) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean has_failed(const json_t *result)
{
    const char *status = json_string_value(json_object_get(result, "status"));
    return status != NULL && IS_ERROR(g_ascii_strtoull(status, NULL, 10));
}

/* Whoever was made is not: nothing of the circle is. */
static void undo_results(struct run *run, const GArray *members)
{
    struct fault fault = {0};
    fault_set_status(&fault, 409,
                     "it and what it refers to refer to each other, and not all of them could "
                     "be made: nothing of it was done");
    for (guint i = 0; i < members->len; i++) {
        size_t index = g_array_index(members, size_t, i);
        const struct bulk_operation *operation = &run->bulk->operations[index];
        g_hash_table_remove(run->ids, operation->bulk_id);
        if (run->results[index] == NULL || !has_failed(run->results[index])) {
            set_result(run, index, print_fault(run, operation, &fault), TRUE);
        }
    }
    fault_clear(&fault);
}

/* RFC 7644 3.7.1. FALSE with a fault of the whole request. */
static gboolean run_circle(struct run *run, const struct bulk_group *group)
{
    if (!begin(run)) {
        return FALSE;
    }
    gboolean good = create_and_complete(run, group->members);
    if (!good) {
        undo_results(run, group->members);
    }
    return end(run, good);
}

static gboolean run_groups(struct run *run)
{
    const struct bulk *bulk = run->bulk;
    for (guint i = 0; i < bulk->groups->len; i++) {
        const struct bulk_group *group = g_ptr_array_index(bulk->groups, i);
        if (bulk->fail_on_errors > 0 && run->failures >= bulk->fail_on_errors) {
            return TRUE;
        }
        if (!(group->is_circular
                  ? run_circle(run, group)
                  : run_operation(run, g_array_index(group->members, size_t, 0)))) {
            return FALSE;
        }
    }
    return TRUE;
}

/* In the order of the request; those after the last failure that was accepted are not there. */
static json_t *print_results(const struct run *run)
{
    json_t *operations = json_array();
    for (size_t i = 0; i < run->bulk->count; i++) {
        if (run->results[i] != NULL) {
            json_array_append(operations, run->results[i]);
        }
    }
    return json_pack("{s:[s], s:o}", "schemas", SCIM_URN_BULK_RESPONSE, "Operations",
                     operations);
}

gboolean handle_bulk(struct call *call)
{
    g_autoptr(Bulk) bulk = bulk_parse(call->body, call_limits(call), &call->fault);
    if (bulk == NULL) {
        return FALSE;
    }
    struct run run = {.call = call,
                      .bulk = bulk,
                      .prefix = call->base + strlen(call->service->url),
                      .ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                      .results = g_new0(json_t *, bulk->count)};
    gboolean good = run_groups(&run) && call_answer(call, 200, print_results(&run));
    for (size_t i = 0; i < bulk->count; i++) {
        json_decref(run.results[i]);
    }
    g_free(run.results);
    g_hash_table_unref(run.ids);
    return good;
}
