#include "scim/protocol/mailing_address.h"

#include <string.h>

#include <glib.h>

#include "scim/protocol/address.h"

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static const char *mailable(const char *text)
{
    return text != NULL && address_is_usable(text, strlen(text), NULL) ? text : NULL;
}

static gboolean is_primary(const json_t *mail)
{
    return json_is_true(json_object_get(mail, "primary"));
}

static gboolean is_work(const json_t *mail)
{
    const char *type = text_of(mail, "type");
    return type != NULL && g_ascii_strcasecmp(type, "work") == 0;
}

static gboolean is_any(const json_t *mail)
{
    return mail != NULL;
}

const char *mailing_address_of(const json_t *document, const char *user_name)
{
    static gboolean (*const preferred[])(const json_t *) = {is_primary, is_work, is_any};
    const json_t *mails = json_object_get(document, "emails");
    for (size_t i = 0; i < G_N_ELEMENTS(preferred); i++) {
        size_t at;
        json_t *mail;
        json_array_foreach(mails, at, mail)
        {
            const char *address = mailable(text_of(mail, "value"));
            if (preferred[i](mail) && address != NULL)
                return address;
        }
    }
    return mailable(user_name != NULL ? user_name : text_of(document, "userName"));
}
