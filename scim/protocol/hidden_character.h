/*
 * Characters that are not seen and yet act: they break a line, drive a terminal or turn the direction
 * of a text (R65). Pure.
 */
#pragma once

#include <glib.h>

/* C0 and C1 controls, DEL, U+2028, U+2029, and whatever is of the kind "format" (bidi controls, zero
 * width). */
gboolean hidden_character_is(gunichar character);

/* Is there one in the text, which is valid UTF-8? */
gboolean hidden_character_is_in(const char *text);
