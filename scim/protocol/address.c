#include "scim/protocol/address.h"

#include <string.h>

#define LOCAL_MAX_BYTES 64 /* RFC 5321 4.5.3.1.1 */
#define LABEL_MAX_BYTES 63 /* RFC 1035 2.3.4 */

/* atext of RFC 5322 3.2.3 */
static gboolean is_atom_byte(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static const char *fault_of_local_part(const char *text, size_t length)
{
    if (length == 0)
        return "has nothing before its '@'";
    if (length > LOCAL_MAX_BYTES)
        return "has more than 64 bytes before its '@'";
    if (text[0] == '"')
        return "has a quoted local part";
    if (text[0] == '.' || text[length - 1] == '.')
        return "has a dot at the edge of its local part";
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.' && text[i + 1] == '.')
            return "has two dots in a row";
        if (text[i] != '.' && !is_atom_byte(text[i]))
            return "has a character that no address of ours may have";
    }
    return NULL;
}

static const char *fault_of_label(const char *text, size_t length)
{
    if (length == 0)
        return "has an empty part in its domain";
    if (length > LABEL_MAX_BYTES)
        return "has a part of more than 63 bytes in its domain";
    if (text[0] == '-' || text[length - 1] == '-')
        return "has a hyphen at the edge of a part of its domain";
    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && text[i] != '-')
            return "has a character in its domain that no domain has";
    }
    return NULL;
}

static gboolean is_number(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isdigit(text[i]))
            return FALSE;
    }
    return TRUE;
}

static const char *fault_of_domain(const char *text, size_t length)
{
    size_t labels = 0;
    size_t start = 0;
    gboolean digits_only = FALSE;
    if (length == 0)
        return "has nothing behind its '@'";
    for (size_t i = 0; i <= length; i++) {
        if (i < length && text[i] != '.')
            continue;
        const char *fault = fault_of_label(text + start, i - start);
        if (fault != NULL)
            return fault;
        digits_only = is_number(text + start, i - start);
        labels++;
        start = i + 1;
    }
    if (labels < 2)
        return "has a domain without a dot";
    return digits_only ? "has a number where its top-level domain should be" : NULL;
}

static const char *fault_of_address(const char *text, size_t length)
{
    if (length == 0)
        return "is empty";
    if (length > ADDRESS_MAX_BYTES)
        return "is longer than 254 bytes";
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\0' || g_ascii_iscntrl(text[i]))
            return "has a control character";
        if (!g_ascii_isprint(text[i]))
            return "has a character outside ASCII";
    }
    const char *at = memrchr(text, '@', length);
    if (at == NULL)
        return "has no '@'";
    size_t local = (size_t)(at - text);
    if (memchr(text, '@', local) != NULL)
        return "has more than one '@'";
    const char *fault = fault_of_local_part(text, local);
    return fault != NULL ? fault : fault_of_domain(at + 1, length - local - 1);
}

gboolean address_is_usable(const char *text, size_t length, const char **why)
{
    const char *fault = fault_of_address(text, length);
    if (why != NULL)
        *why = fault;
    return fault == NULL;
}

gboolean address_in_domains(const char *address, const char *const *domains)
{
    if (domains == NULL || domains[0] == NULL)
        return TRUE;
    const char *at = strrchr(address, '@');
    if (at == NULL)
        return FALSE;
    for (size_t i = 0; domains[i] != NULL; i++) {
        if (g_ascii_strcasecmp(at + 1, domains[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

char *address_fold(const char *text)
{
    return g_ascii_strdown(text, -1);
}
