/*
 * The accept page: a person answers an invitation with nothing but a browser.
 *
 * No GET has an effect. The token stands in the link's fragment, which no server sees; a script
 * of our own posts it, or the person types the code (or pastes the whole link). A token that is
 * expired, used, revoked, declined, replaced or unknown gets one and the same answer, byte by byte
 * (R60, M08).
 */
#pragma once

#include "scim/server/call.h"

/* GET /invitation: the page with the field for the code. */
gboolean handle_accept_page(struct call *call);
/* Its script and its style, from our own path: the page has none inline. */
gboolean handle_accept_script(struct call *call);
gboolean handle_accept_style(struct call *call);
/* POST /invitation, first on a snapshot: 410 for a dead token; without an answer the page that
 * shows what the invitation is and asks; with one nothing yet, but a form that another site's page
 * sent ends here with 403. */
gboolean handle_accept_look(struct call *call);
/* POST /invitation with answer=accept or decline: does it and says so. */
gboolean handle_accept_answer(struct call *call);
