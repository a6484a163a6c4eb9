#include "agent/settings/settings_walk.h"

#include <string.h>

/* A value before it is given to a field: from the file, or from the table's default. */
struct value {
    const config_setting_t *setting; /* NULL: the default */
    int type;                        /* CONFIG_TYPE_STRING, _INT64, _BOOL */
    const char *text;
    gint64 number;
    gboolean flag;
};

static const char *const type_words[] = {
    [SETTINGS_TYPE_TEXT] = "a text in quotes",
    [SETTINGS_TYPE_URL] = "a URL in quotes",
    [SETTINGS_TYPE_FLAG] = "true or false",
    [SETTINGS_TYPE_NUMBER] = "a whole number",
    [SETTINGS_TYPE_SIZE] = "a number of bytes or a size such as \"1 MiB\"",
    [SETTINGS_TYPE_DURATION] = "a duration such as \"90s\", \"15m\", \"48h\" or \"7d\"",
    [SETTINGS_TYPE_LIMIT] = "a limit such as \"max(3, 10%)\"",
    [SETTINGS_TYPE_NAME] = "a short name in quotes",
    [SETTINGS_TYPE_CHOICE] = "one of the words that the manual lists, in quotes",
    [SETTINGS_TYPE_TEXTS] = "texts in square brackets: [ \"a\", \"b\" ]",
    [SETTINGS_TYPE_GROUP] = "a group: { ... }",
    [SETTINGS_TYPE_LIST] = "a list of groups: ( { ... }, { ... } )",
    [SETTINGS_TYPE_MAP] = "a group of texts: { a = \"b\"; }",
};

/* A default stands on no line. */
static void complain_at(struct settings_walk *walk, const config_setting_t *setting, char *text)
{
    settings_problem_add(walk->problems, FALSE, walk->settings->file,
                         setting != NULL ? config_setting_source_line(setting) : 0, text);
}

static void complain(struct settings_walk *walk, const struct settings_key *key,
                     const struct value *value, char *reason)
{
    g_autofree char *sentence = reason;
    complain_at(walk, value->setting, g_strdup_printf("%s %s", key->name, sentence));
}

static const char *keep(struct settings_walk *walk, char *text)
{
    g_ptr_array_add(walk->settings->owned, text);
    return text;
}

static void remember_line(struct settings_walk *walk, void *place,
                          const config_setting_t *setting)
{
    if (setting != NULL)
        g_hash_table_insert(walk->settings->lines, place,
                            GUINT_TO_POINTER(config_setting_source_line(setting)));
}

static struct value value_of(const config_setting_t *setting)
{
    struct value value = {.setting = setting, .type = config_setting_type(setting)};
    if (value.type == CONFIG_TYPE_STRING) {
        value.text = config_setting_get_string(setting);
    } else if (value.type == CONFIG_TYPE_INT || value.type == CONFIG_TYPE_INT64) {
        value.type = CONFIG_TYPE_INT64;
        value.number = config_setting_get_int64(setting);
    } else if (value.type == CONFIG_TYPE_BOOL) {
        value.flag = config_setting_get_bool(setting) != 0;
    }
    return value;
}

/* The default of a key as a value; the table's own spelling is checked by its test. */
static struct value value_standard(const struct settings_key *key)
{
    struct value value = {.type = CONFIG_TYPE_STRING, .text = key->standard};
    if (key->type == SETTINGS_TYPE_FLAG) {
        value.type = CONFIG_TYPE_BOOL;
        value.flag = strcmp(key->standard, "true") == 0;
    } else if (key->type == SETTINGS_TYPE_NUMBER) {
        value.type = CONFIG_TYPE_INT64;
        value.number = g_ascii_strtoll(key->standard, NULL, 10);
    }
    return value;
}

/* Text that may be kept: no control characters, and something in it unless the key is a
 * template. */
static gboolean text_is_sound(struct settings_walk *walk, const struct settings_key *key,
                              const struct value *value)
{
    for (const char *at = value->text; *at != '\0'; at++)
        if (g_ascii_iscntrl(*at)) {
            complain(walk, key, value, g_strdup("has a control character in it"));
            return FALSE;
        }
    if (*value->text == '\0' && key->in != SETTINGS_SECTION_PROFILE) {
        complain(walk, key, value, g_strdup("is empty: leave the key out instead"));
        return FALSE;
    }
    return TRUE;
}

static gboolean give_url(struct settings_walk *walk, const struct settings_key *key,
                         const struct value *value, const char **field)
{
    static const char *const web[] = {"https", "http", NULL};
    static const char *const mail[] = {"smtps", "smtp", NULL};
    const char *const *schemes = key->in == SETTINGS_SECTION_MAIL ? mail : web;
    g_autoptr(GUri) uri = g_uri_parse(value->text, G_URI_FLAGS_NONE, NULL);
    if (uri == NULL || g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0' ||
        !g_strv_contains(schemes, g_uri_get_scheme(uri))) {
        complain(walk, key, value,
                 g_strdup_printf("= \"%s\" is not a URL with %s:// or %s://", value->text,
                                 schemes[0], schemes[1]));
        return FALSE;
    }
    if (g_uri_get_userinfo(uri) != NULL) {
        complain(walk, key, value, g_strdup("must not carry a user or a password"));
        return FALSE;
    }
    char *text = g_strdup(value->text);
    for (gsize length = strlen(text); length > 0 && text[length - 1] == '/';)
        text[--length] = '\0';
    *field = keep(walk, text);
    return TRUE;
}

static gboolean give_choice(struct settings_walk *walk, const struct settings_key *key,
                            const struct value *value, const char **field)
{
    for (const char *const *choice = key->choices; *choice != NULL; choice++)
        if (strcmp(*choice, value->text) == 0) {
            *field = *choice;
            return TRUE;
        }
    g_autoptr(GString) choices = g_string_new(NULL);
    for (const char *const *choice = key->choices; *choice != NULL; choice++)
        g_string_append_printf(choices, "%s\"%s\"", choices->len == 0 ? "" : ", ", *choice);
    complain(walk, key, value,
             g_strdup_printf("= \"%s\" is not one of %s", value->text, choices->str));
    return FALSE;
}

static gboolean give_name(struct settings_walk *walk, const struct settings_key *key,
                          const struct value *value, const char **field)
{
    if (!role_scope_name_is_valid(value->text)) {
        complain(
            walk, key, value,
            g_strdup_printf("= \"%s\" is not a short name: a-z, 0-9 and hyphen, at most 40",
                            value->text));
        return FALSE;
    }
    *field = keep(walk, g_strdup(value->text));
    return TRUE;
}

static char *print_bound(const struct settings_key *key, gint64 bound)
{
    return key->type == SETTINGS_TYPE_DURATION ? settings_value_print_duration(bound)
                                               : g_strdup_printf("%" G_GINT64_FORMAT, bound);
}

/* Numbers, sizes and durations, within their bounds. */
static gboolean give_number(struct settings_walk *walk, const struct settings_key *key,
                            const struct value *value, gint64 *field)
{
    gint64 number = value->number;
    const char *why = NULL;
    if ((key->type == SETTINGS_TYPE_DURATION &&
         !settings_value_duration(value->text, &number, &why)) ||
        (key->type == SETTINGS_TYPE_SIZE && value->text != NULL &&
         !settings_value_size(value->text, &number, &why))) {
        complain(walk, key, value, g_strdup_printf("= \"%s\" %s", value->text, why));
        return FALSE;
    }
    if (number < key->least || number > key->most) {
        g_autofree char *least = print_bound(key, key->least);
        g_autofree char *most = print_bound(key, key->most);
        complain(walk, key, value, g_strdup_printf("must lie between %s and %s", least, most));
        return FALSE;
    }
    *field = number;
    return TRUE;
}

static gboolean give_limit(struct settings_walk *walk, const struct settings_key *key,
                           const struct value *value, struct settings_limit *field)
{
    const char *why = NULL;
    if (settings_value_limit(value->text, field, &why))
        return TRUE;
    complain(walk, key, value, g_strdup_printf("= \"%s\" %s", value->text, why));
    return FALSE;
}

/* Is a value of this libconfig type what the key takes? */
static gboolean type_fits(enum settings_type type, int given)
{
    switch (type) {
    case SETTINGS_TYPE_TEXT:
    case SETTINGS_TYPE_URL:
    case SETTINGS_TYPE_NAME:
    case SETTINGS_TYPE_CHOICE:
    case SETTINGS_TYPE_DURATION:
    case SETTINGS_TYPE_LIMIT:
        return given == CONFIG_TYPE_STRING;
    case SETTINGS_TYPE_FLAG:
        return given == CONFIG_TYPE_BOOL;
    case SETTINGS_TYPE_NUMBER:
        return given == CONFIG_TYPE_INT64;
    case SETTINGS_TYPE_SIZE:
        return given == CONFIG_TYPE_INT64 || given == CONFIG_TYPE_STRING;
    case SETTINGS_TYPE_TEXTS:
        return given == CONFIG_TYPE_ARRAY || given == CONFIG_TYPE_LIST ||
               given == CONFIG_TYPE_STRING;
    case SETTINGS_TYPE_GROUP:
    case SETTINGS_TYPE_MAP:
        return given == CONFIG_TYPE_GROUP;
    case SETTINGS_TYPE_LIST:
        return given == CONFIG_TYPE_LIST;
    }
    return FALSE;
}

static gboolean give_texts(struct settings_walk *walk, const struct settings_key *key,
                           const struct value *value, const char ***field)
{
    const int count =
        value->type == CONFIG_TYPE_STRING ? 1 : config_setting_length(value->setting);
    const char **texts = g_new0(const char *, (gsize)count + 1);
    g_ptr_array_add(walk->settings->owned, texts);
    gboolean sound = TRUE;
    for (int i = 0; i < count; i++) {
        const config_setting_t *element =
            value->type == CONFIG_TYPE_STRING
                ? value->setting
                : config_setting_get_elem(value->setting, (guint)i);
        const struct value one = value_of(element);
        if (one.type != CONFIG_TYPE_STRING) {
            complain(walk, key, &one, g_strdup_printf("takes %s", type_words[key->type]));
            return FALSE;
        }
        sound = text_is_sound(walk, key, &one) && sound;
        char *text = g_strdup(one.text);
        texts[i] = keep(walk, text);
        remember_line(walk, text, element);
    }
    *field = texts;
    return sound;
}

static gboolean give_map(struct settings_walk *walk, const struct settings_key *key,
                         const struct value *value, GPtrArray *map)
{
    const int count = config_setting_length(value->setting);
    for (int i = 0; i < count; i++) {
        const config_setting_t *member = config_setting_get_elem(value->setting, (guint)i);
        const struct value one = value_of(member);
        if (one.type != CONFIG_TYPE_STRING) {
            complain(walk, key, &one, g_strdup_printf("takes %s", type_words[key->type]));
            return FALSE;
        }
        struct rule_text_role *pair = g_new0(struct rule_text_role, 1);
        g_ptr_array_add(walk->settings->owned, pair);
        g_ptr_array_add(map, pair);
        pair->value = keep(walk, g_strdup(config_setting_name(member)));
        pair->role = keep(walk, g_strdup(one.text));
    }
    return TRUE;
}

static gboolean give_list(struct settings_walk *walk, const struct settings_key *key,
                          const struct value *value, GPtrArray *list)
{
    const int count = config_setting_length(value->setting);
    for (int i = 0; i < count; i++) {
        const config_setting_t *element = config_setting_get_elem(value->setting, (guint)i);
        if (!config_setting_is_group(element)) {
            complain_at(walk, element,
                        g_strdup_printf("%s takes %s", key->name, type_words[key->type]));
            continue;
        }
        void *record = g_malloc0(settings_table_section_size(key->section));
        g_ptr_array_add(walk->settings->owned, record);
        g_ptr_array_add(list, record);
        remember_line(walk, record, element);
        settings_walk_fill(walk, key->section, element, record);
    }
    return TRUE;
}

static gboolean give(struct settings_walk *walk, const struct settings_key *key,
                     const struct value *value, void *field)
{
    if (value->text != NULL && key->type != SETTINGS_TYPE_TEXTS &&
        !text_is_sound(walk, key, value))
        return FALSE;
    switch (key->type) {
    case SETTINGS_TYPE_TEXT:
        *(const char **)field = keep(walk, g_strdup(value->text));
        return TRUE;
    case SETTINGS_TYPE_URL:
        return give_url(walk, key, value, field);
    case SETTINGS_TYPE_NAME:
        return give_name(walk, key, value, field);
    case SETTINGS_TYPE_CHOICE:
        return give_choice(walk, key, value, field);
    case SETTINGS_TYPE_FLAG:
        *(gboolean *)field = value->flag;
        return TRUE;
    case SETTINGS_TYPE_NUMBER:
    case SETTINGS_TYPE_SIZE:
    case SETTINGS_TYPE_DURATION:
        return give_number(walk, key, value, field);
    case SETTINGS_TYPE_LIMIT:
        return give_limit(walk, key, value, field);
    case SETTINGS_TYPE_TEXTS:
        return give_texts(walk, key, value, field);
    case SETTINGS_TYPE_GROUP:
        settings_walk_fill(walk, key->section, value->setting, field);
        return TRUE;
    case SETTINGS_TYPE_LIST:
        return give_list(walk, key, value, *(GPtrArray **)field);
    case SETTINGS_TYPE_MAP:
        return give_map(walk, key, value, *(GPtrArray **)field);
    }
    return FALSE;
}

static gboolean give_setting(struct settings_walk *walk, const struct settings_key *key,
                             const config_setting_t *setting, void *field)
{
    const struct value value = value_of(setting);
    if (!type_fits(key->type, value.type)) {
        complain(walk, key, &value, g_strdup_printf("takes %s", type_words[key->type]));
        return FALSE;
    }
    /* a group begins where its first field does, whose line must not be the group's */
    if (key->type != SETTINGS_TYPE_GROUP)
        remember_line(walk, field, setting);
    return give(walk, key, &value, field);
}

static void complain_unknown(struct settings_walk *walk, enum settings_section section,
                             const config_setting_t *group)
{
    const int count = config_setting_length(group);
    for (int i = 0; i < count; i++) {
        const config_setting_t *member = config_setting_get_elem(group, (guint)i);
        const char *name = config_setting_name(member);
        if (settings_table_find(section, name) != NULL)
            continue;
        const char *nearest = settings_table_nearest(section, name);
        complain_at(walk, member,
                    nearest == NULL
                        ? g_strdup_printf("\"%s\" is not a key of %s", name,
                                          settings_table_section_name(section))
                        : g_strdup_printf("\"%s\" is not a key of %s: did you mean \"%s\"?",
                                          name, settings_table_section_name(section), nearest));
    }
}

/* What a field has before the file speaks: never NULL for lists. */
static void give_standard(struct settings_walk *walk, const struct settings_key *key,
                          void *field)
{
    if (key->type == SETTINGS_TYPE_LIST || key->type == SETTINGS_TYPE_MAP) {
        GPtrArray *list = g_ptr_array_new();
        *(GPtrArray **)field = list;
        g_ptr_array_add(walk->settings->lists, list);
    } else if (key->type == SETTINGS_TYPE_TEXTS) {
        *(const char ***)field = g_new0(const char *, 1);
        g_ptr_array_add(walk->settings->owned, *(const char ***)field);
    } else if (key->type == SETTINGS_TYPE_GROUP) {
        settings_walk_fill(walk, key->section, NULL, field);
    } else if (key->standard != NULL) {
        const struct value value = value_standard(key);
        give(walk, key, &value, field);
    }
}

void settings_walk_fill(struct settings_walk *walk, enum settings_section section,
                        const config_setting_t *group, void *record)
{
    if (group != NULL)
        complain_unknown(walk, section, group);
    for (const struct settings_key *key = settings_table(); key->name != NULL; key++) {
        if (key->in != section)
            continue;
        void *field = (char *)record + key->offset;
        const config_setting_t *setting =
            group == NULL ? NULL : config_setting_get_member(group, key->name);
        give_standard(walk, key, field);
        if (setting != NULL)
            give_setting(walk, key, setting, field);
        else if (key->is_required && group != NULL)
            complain_at(walk, group,
                        g_strdup_printf("%s has no \"%s\"",
                                        settings_table_section_name(section), key->name));
    }
}
