/*
 * What the handlers of the accept page share: forms that are short and the person's own, and
 * answers that no browser keeps, frames or tells to another site.
 *
 *   g_autoptr(GHashTable) fields = accept_form_read(call);
 *   if (fields == NULL) return FALSE;
 *   if (accept_form_refuse_foreign(call)) return TRUE;
 *   return accept_form_answer(call, 200, ACCEPT_FORM_HTML, accept_page_...());
 */
#pragma once

#include "scim/server/call.h"

#define ACCEPT_FORM_BYTES 4096 /* of a posted form at most; more is answered 413 */

#define ACCEPT_FORM_HTML "text/html; charset=utf-8"

/* The fields of the posted form, to be unreffed, which wipes them; NULL with a fault. */
GHashTable *accept_form_read(struct call *call);

/* Answers 403 and TRUE when the page of another site sent the form. */
gboolean accept_form_refuse_foreign(struct call *call);

/* Answers with `text` (taken) and the headers of every page here. Always TRUE. */
gboolean accept_form_answer(struct call *call, unsigned status, const char *media_type,
                            char *text);
