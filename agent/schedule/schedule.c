#include "agent/schedule/schedule.h"

#include <string.h>

#include "scim/protocol/outcome.h"

#define SECONDS_A_MINUTE G_GINT64_CONSTANT(60)
#define SECONDS_A_DAY    86400
#define MINUTES_AN_HOUR  60
#define MINUTES_A_DAY    1440
#define SHORTEST_EVERY   10
#define LONGEST_EVERY    (G_GINT64_CONSTANT(366) * SECONDS_A_DAY)
#define LAST_YEAR        9999
/* GDate's number of 1970-01-01. */
#define EPOCH_JULIAN 719163
/* The rarest date that comes at all, 29 February on a given weekday around 2100, takes 40
 * years. */
#define DAYS_TO_SEARCH (G_GINT64_CONSTANT(41) * 366)

static const struct {
    const char *name;
    guint lowest, highest;
    const char *names; /* three letters each, from the lowest value on; or NULL */
} fields[SCHEDULE_FIELDS] = {
    [SCHEDULE_MINUTE] = {"minute", 0, 59, NULL},
    [SCHEDULE_HOUR] = {"hour", 0, 23, NULL},
    [SCHEDULE_DAY] = {"day of month", 1, 31, NULL},
    [SCHEDULE_MONTH] = {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    [SCHEDULE_WEEKDAY] = {"day of week", 0, 7, "sunmontuewedthufrisat"},
};

static const struct {
    char letter;
    gint64 seconds;
} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', SECONDS_A_DAY}};

static gboolean refuse(const char *text, const char *why, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "schedule \"%s\": %s", text, why);
    return FALSE;
}

/* "15m" behind "every". */
static gint64 parse_interval(const char *text)
{
    size_t length = strlen(text);
    guint64 count = 0;
    if (length < 2) {
        return 0;
    }
    g_autofree char *digits = g_strndup(text, length - 1);
    if (!g_ascii_string_to_unsigned(digits, 10, 1, LONGEST_EVERY, &count, NULL)) {
        return 0;
    }
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (units[i].letter == text[length - 1] &&
            count <= LONGEST_EVERY / (guint64)units[i].seconds) {
            return (gint64)count * units[i].seconds;
        }
    }
    return 0;
}

static gboolean parse_value(enum schedule_field field, const char *text, guint *value)
{
    const char *names = fields[field].names;
    guint64 number = 0;
    for (guint i = 0; names != NULL && strlen(text) == 3 && names[3 * (size_t)i] != '\0'; i++) {
        if (g_ascii_strncasecmp(names + 3 * (size_t)i, text, 3) == 0) {
            *value = fields[field].lowest + i;
            return TRUE;
        }
    }
    if (!g_ascii_string_to_unsigned(text, 10, fields[field].lowest, fields[field].highest,
                                    &number, NULL)) {
        return FALSE;
    }
    *value = (guint)number;
    return TRUE;
}

/* "*", "5" or "5-10" before a step. */
static gboolean parse_range(enum schedule_field field, const char *text, guint *from, guint *to)
{
    if (strcmp(text, "*") == 0) {
        *from = fields[field].lowest;
        *to = field == SCHEDULE_WEEKDAY ? 6 : fields[field].highest;
        return TRUE;
    }
    g_auto(GStrv) ends = g_strsplit(text, "-", 2);
    if (ends[0] == NULL || !parse_value(field, ends[0], from)) {
        return FALSE;
    }
    *to = *from;
    if (ends[1] != NULL && !parse_value(field, ends[1], to)) {
        return FALSE;
    }
    if (field == SCHEDULE_WEEKDAY && *to == 0 && *from > 0) {
        *to = 7; /* "fri-sun" */
    }
    return *from <= *to;
}

static gboolean parse_item(enum schedule_field field, const char *text, guint64 *allowed)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    guint64 step = 1;
    guint from = 0, to = 0;
    if (parts[0] == NULL || !parse_range(field, parts[0], &from, &to)) {
        return FALSE;
    }
    if (parts[1] != NULL && (!g_ascii_string_to_unsigned(parts[1], 10, 1, 59, &step, NULL) ||
                             (from == to && strcmp(parts[0], "*") != 0))) {
        return FALSE;
    }
    for (guint value = from; value <= to; value += (guint)step) {
        *allowed |= G_GUINT64_CONSTANT(1) << (field == SCHEDULE_WEEKDAY ? value % 7 : value);
    }
    return TRUE;
}

static gboolean parse_field(enum schedule_field field, const char *text, guint64 *allowed)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    for (char **item = items; *item != NULL; item++) {
        if (!parse_item(field, *item, allowed)) {
            return FALSE;
        }
    }
    return *allowed != 0;
}

static gboolean parse_cron(const char *text, char **words, struct schedule *schedule,
                           GError **error)
{
    for (guint i = 0; i < SCHEDULE_FIELDS; i++) {
        enum schedule_field field = (enum schedule_field)i;
        if (!parse_field(field, words[i], &schedule->allowed[field])) {
            g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "schedule \"%s\": \"%s\" is no %s",
                        text, words[i], fields[field].name);
            return FALSE;
        }
    }
    schedule->either_day = words[SCHEDULE_DAY][0] != '*' && words[SCHEDULE_WEEKDAY][0] != '*';
    if (schedule_next(schedule, 0) == G_MAXINT64) {
        return refuse(text, "no such date ever comes", error);
    }
    return TRUE;
}

static GPtrArray *split_words(const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
    GPtrArray *kept = g_ptr_array_new_with_free_func(g_free);
    for (char **word = words; *word != NULL; word++) {
        if ((*word)[0] != '\0') {
            g_ptr_array_add(kept, g_strdup(*word));
        }
    }
    return kept;
}

gboolean schedule_parse(const char *text, struct schedule *schedule, GError **error)
{
    g_autoptr(GPtrArray) words = split_words(text);
    *schedule = (struct schedule){0};
    if (words->len == 2 && strcmp(words->pdata[0], "every") == 0) {
        schedule->every = parse_interval(words->pdata[1]);
        if (schedule->every < SHORTEST_EVERY || schedule->every > LONGEST_EVERY) {
            return refuse(text, "an interval is \"10s\" to \"366d\", in s, m, h or d", error);
        }
        return TRUE;
    }
    if (words->len != SCHEDULE_FIELDS) {
        return refuse(text, "it is neither \"every 15m\" nor five cron fields", error);
    }
    return parse_cron(text, (char **)words->pdata, schedule, error);
}

static gboolean has(const struct schedule *schedule, enum schedule_field field, guint value)
{
    return (schedule->allowed[field] >> value & 1) != 0;
}

static gboolean is_day(const struct schedule *schedule, const GDate *date)
{
    gboolean day = has(schedule, SCHEDULE_DAY, g_date_get_day(date));
    gboolean weekday = has(schedule, SCHEDULE_WEEKDAY, (guint)g_date_get_weekday(date) % 7);
    if (!has(schedule, SCHEDULE_MONTH, (guint)g_date_get_month(date))) {
        return FALSE;
    }
    return schedule->either_day ? day || weekday : day && weekday;
}

/* The first minute of a day from `minute` on, or -1. */
static gint64 first_minute(const struct schedule *schedule, gint64 minute)
{
    for (; minute < MINUTES_A_DAY; minute++) {
        if (has(schedule, SCHEDULE_HOUR, (guint)(minute / MINUTES_AN_HOUR)) &&
            has(schedule, SCHEDULE_MINUTE, (guint)(minute % MINUTES_AN_HOUR))) {
            return minute;
        }
    }
    return -1;
}

static gint64 next_by_fields(const struct schedule *schedule, gint64 after)
{
    gint64 start = after / SECONDS_A_MINUTE + 1;
    gint64 day = start / MINUTES_A_DAY;
    gint64 minute = start % MINUTES_A_DAY;
    for (gint64 last = day + DAYS_TO_SEARCH; day <= last; day++, minute = 0) {
        GDate date;
        g_date_clear(&date, 1);
        g_date_set_julian(&date, (guint32)(day + EPOCH_JULIAN));
        if (g_date_get_year(&date) > LAST_YEAR) {
            break;
        }
        gint64 found = is_day(schedule, &date) ? first_minute(schedule, minute) : -1;
        if (found >= 0) {
            return day * SECONDS_A_DAY + found * SECONDS_A_MINUTE;
        }
    }
    return G_MAXINT64;
}

gint64 schedule_next(const struct schedule *schedule, gint64 after)
{
    const gint64 latest = G_GINT64_CONSTANT(253402300799); /* 9999-12-31T23:59:59Z */
    if (after >= latest) {
        return G_MAXINT64;
    }
    after = MAX(after, 0);
    if (schedule->every == 0) {
        return next_by_fields(schedule, after);
    }
    return (after / schedule->every + 1) * schedule->every;
}

gint64 schedule_due(const struct schedule *schedule, gint64 *last_start, gint64 now)
{
    if (*last_start < 0) {
        return now;
    }
    *last_start = MIN(*last_start, now);
    gint64 next = schedule_next(schedule, *last_start);
    return MAX(next, now);
}
