#include "scim/protocol/outcome.h"

GQuark outcome_quark(void)
{
    return g_quark_from_static_string("rolecall-outcome");
}

const char *outcome_name(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_RETRY:
        return "retry";
    case OUTCOME_UNCERTAIN:
        return "uncertain";
    case OUTCOME_CONFLICT:
        return "conflict";
    case OUTCOME_REFUSED:
        return "refused";
    case OUTCOME_BAD_INPUT:
        return "bad-input";
    case OUTCOME_DENIED:
        return "denied";
    case OUTCOME_SETTINGS:
        return "settings";
    case OUTCOME_INTERRUPTED:
        return "interrupted";
    case OUTCOME_INTERNAL:
        return "internal";
    }
    return "internal";
}
