#include "scim/protocol/request_limits.h"

const struct request_limits *request_limits_standard(void)
{
    static const struct request_limits standard = {
        .body = BODY_MAX_BYTES,
        .filter = FILTER_MAX_BYTES,
        .filter_terms = FILTER_MAX_TERMS,
        .filter_depth = FILTER_MAX_DEPTH,
        .path = ATTRIBUTE_PATH_MAX_BYTES,
        .json_depth = BODY_MAX_DEPTH,
        .page = LIST_RESPONSE_MAX_COUNT,
        .sorted = SORTED_MAX_ROWS,
        .bulk_body = BULK_MAX_BYTES,
        .bulk_operations = BULK_MAX_OPERATIONS,
        .rate = REQUESTS_A_SECOND,
    };
    return &standard;
}
