/*
 * A cell of the matrix as a request: method, path and body for each path of the endpoint, or an act
 * for the judge.
 *
 *   struct rules_request request;
 *   rules_request_make(&world, &cell, &request);
 *   char letter = rules_request_send(&world, &cell, &request, &detail);
 *   rules_request_clear(&request);
 */
#pragma once

#include "tests/rules/rules_table.h"

#define RULES_NEWCOMER "nell@example.com"

struct rules_cell {
    const struct rules_row *row;
    enum rules_actor actor;
    enum rules_path path;
    gboolean is_bulk; /* the same inside of POST /Bulk */
};

struct rules_request {
    const char *method;
    char *path;
    json_t *body; /* NULL: none */
};

/* Whom the cell is about: the row's target, resolved for the actor. The caller frees. */
char *rules_request_target(const struct rules_cell *cell);

void rules_request_make(struct rules_world *world, const struct rules_cell *cell,
                        struct rules_request *request);
void rules_request_clear(struct rules_request *request);

/* What was answered, as a letter of rules_table.h: 'D' for every good answer, '?' for what the table
 * has no letter for. *detail is what stood in the answer; the caller frees. */
char rules_request_send(struct rules_world *world, const struct rules_cell *cell,
                        const struct rules_request *request, char **detail);
