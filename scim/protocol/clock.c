#include "scim/protocol/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static gint64 system_now(void *context)
{
    (void)context;
    return g_get_real_time() / G_USEC_PER_SEC;
}

static gint64 witness_now(void *context)
{
    struct timespec now = {0};
    (void)context;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec;
}

static void system_fill(void *context, guint8 *bytes, size_t count)
{
    (void)context;
    while (count > 0) {
        ssize_t got = getrandom(bytes, count, 0);
        if (got < 0) {
            if (errno == EINTR)
                continue;
            g_error("getrandom: %s",
                    g_strerror(errno)); /* without chance there is no token: end */
        }
        bytes += got;
        count -= (size_t)got;
    }
}

static const struct clock the_system_clock = {.now = system_now, .context = NULL};
static const struct clock the_witness = {.now = witness_now, .context = NULL};
static const struct random_source the_system_random = {.fill = system_fill, .context = NULL};

const struct clock *clock_system(void)
{
    return &the_system_clock;
}

const struct clock *clock_witness(void)
{
    return &the_witness;
}

const struct random_source *random_system(void)
{
    return &the_system_random;
}

gint64 clock_now(const struct clock *clock)
{
    return clock->now(clock->context);
}

char *clock_print(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    return time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ")
                        : g_strdup("9999-12-31T23:59:59Z");
}

gboolean clock_parse(const char *text, gint64 *seconds)
{
    g_autoptr(GDateTime) time =
        g_date_time_new_from_iso8601(text, NULL); /* NULL: a zone is required */
    if (time == NULL)
        return FALSE;
    *seconds = g_date_time_to_unix(time);
    return TRUE;
}

char *random_hex(const struct random_source *random, size_t count)
{
    g_autofree guint8 *bytes = g_malloc(count);
    GString *text = g_string_sized_new(2 * count);
    random->fill(random->context, bytes, count);
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(text, "%02x", bytes[i]);
    return g_string_free(text, FALSE);
}

char *random_base64url(const struct random_source *random, size_t count)
{
    g_autofree guint8 *bytes = g_malloc(count);
    random->fill(random->context, bytes, count);
    char *text = g_base64_encode(bytes, count);
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    char *padding = strchr(text, '=');
    if (padding != NULL)
        *padding = '\0';
    explicit_bzero(bytes, count);
    return text;
}
