#include "scim/organization/verdict.h"

#include <string.h>

gboolean verdict_is_good(const struct verdict *verdict)
{
    return verdict->kind == VERDICT_DONE || verdict->kind == VERDICT_UNCHANGED;
}

void verdict_clear(struct verdict *verdict)
{
    fault_clear(&verdict->fault);
    g_free(verdict->id);
    g_free(verdict->invitation);
    if (verdict->token != NULL)
        explicit_bzero(verdict->token, strlen(verdict->token));
    g_free(verdict->token);
    *verdict = (struct verdict){0};
}

static gboolean say(struct verdict *verdict, enum verdict_kind kind)
{
    if (verdict_is_good(verdict))
        verdict->kind = kind;
    return FALSE;
}

gboolean verdict_invalid(struct verdict *verdict, enum fault_type type, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fault_set(&verdict->fault, type, "%s", detail);
    return say(verdict, VERDICT_INVALID);
}

gboolean verdict_missing(struct verdict *verdict, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fault_set_status(&verdict->fault, 404, "%s", detail);
    return say(verdict, VERDICT_NOT_FOUND);
}

gboolean verdict_taken(struct verdict *verdict, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fault_set(&verdict->fault, FAULT_UNIQUENESS, "%s", detail);
    return say(verdict, VERDICT_TAKEN);
}

gboolean verdict_stale(struct verdict *verdict)
{
    fault_set_status(&verdict->fault, 412,
                     "The resource has changed since that version: read it again.");
    return say(verdict, VERDICT_STALE);
}

gboolean verdict_refuse(struct verdict *verdict, enum refusal_rule rule, const char *format,
                        ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    struct refusal refusal = {0};
    refusal_set(&refusal, rule, "%s", detail);
    return verdict_take_refusal(verdict, &refusal);
}

gboolean verdict_take_refusal(struct verdict *verdict, struct refusal *refusal)
{
    fault_take_refusal(&verdict->fault, refusal);
    return say(verdict, VERDICT_REFUSED);
}
