#include "tests/conformance/matrix/matrix_place.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static const char *name_of(const json_t *attribute)
{
    return text_of(attribute, "name");
}

void matrix_place_list(GArray *places, const char *type, const json_t *schema,
                       gboolean in_extension)
{
    const char *urn = text_of(schema, "id");
    size_t i;
    json_t *attribute;
    json_array_foreach(json_object_get(schema, "attributes"), i, attribute)
    {
        struct matrix_place place = {type, urn, in_extension, attribute, NULL};
        g_array_append_val(places, place);
        size_t j;
        json_t *sub;
        json_array_foreach(json_object_get(attribute, "subAttributes"), j, sub)
        {
            place.sub = sub;
            g_array_append_val(places, place);
        }
    }
}

char *matrix_place_key(const struct matrix_place *place)
{
    return g_strconcat(place->type, ":", name_of(place->attribute),
                       place->sub != NULL ? "." : "",
                       place->sub != NULL ? name_of(place->sub) : "", NULL);
}

const char *matrix_place_mutability(const struct matrix_place *place)
{
    static const char *const order[] = {"readOnly", "immutable"};
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        if (strcmp(text_of(place->attribute, "mutability"), order[i]) == 0 ||
            (place->sub != NULL && strcmp(text_of(place->sub, "mutability"), order[i]) == 0)) {
            return order[i];
        }
    }
    return "readWrite";
}

gboolean matrix_place_is_required(const struct matrix_place *place)
{
    const json_t *itself = place->sub != NULL ? place->sub : place->attribute;
    return json_is_true(json_object_get(itself, "required"));
}

static gboolean has_several(const struct matrix_place *place)
{
    return json_is_true(json_object_get(place->attribute, "multiValued"));
}

gboolean matrix_place_is_list(const struct matrix_place *place)
{
    return place->sub == NULL && has_several(place);
}

gboolean matrix_place_is_chosen(const struct matrix_place *place)
{
    return place->sub != NULL && has_several(place);
}

json_t *matrix_place_home(const struct matrix_place *place, json_t *resource, gboolean makes)
{
    if (!place->in_extension) {
        return resource;
    }
    if (makes && json_object_get(resource, place->urn) == NULL) {
        json_object_set_new(resource, place->urn, json_object());
    }
    return json_object_get(resource, place->urn);
}

/* A sub-attribute whose text tells the value from others, and which is not the one looked at. */
static const char *telling_of(const struct matrix_place *place, const json_t *like)
{
    static const char *const preferred[] = {"value", "type", "role", "display", "formatted"};
    for (size_t i = 0; i < G_N_ELEMENTS(preferred); i++) {
        if (strcmp(preferred[i], name_of(place->sub)) != 0 &&
            text_of(like, preferred[i]) != NULL) {
            return preferred[i];
        }
    }
    return NULL;
}

json_t *matrix_place_choose(const struct matrix_place *place, const json_t *resource,
                            const json_t *like, char **filter)
{
    const char *telling = telling_of(place, like);
    const char *wanted = telling != NULL ? text_of(like, telling) : "none";
    const json_t *home = place->in_extension ? json_object_get(resource, place->urn) : resource;
    if (filter != NULL) {
        *filter = g_strdup_printf("%s eq \"%s\"", telling != NULL ? telling : "value", wanted);
    }
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(home, name_of(place->attribute)), i, one)
    {
        if (telling != NULL && g_strcmp0(text_of(one, telling), wanted) == 0) {
            return one;
        }
    }
    return NULL;
}
