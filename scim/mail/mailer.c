#include "scim/mail/mailer.h"

#include <string.h>

#include "scim/mail/mail_message.h"
#include "scim/mail/mail_pace.h"

#define SECOND        ((gint64)G_USEC_PER_SEC)
#define POLL          (60 * SECOND) /* the wall clock may have been set */
#define FIRST_RETRY   SECOND        /* of a store that fails */
#define LONGEST_RETRY (60 * SECOND)

struct mailer {
    struct mailer_options options; /* its texts are in `sender` and `url` */
    struct mail_sender sender;
    char *url;
    Smtp *smtp;
    MailPace *pace;
    gboolean is_untidy; /* mails went out since the outbox was tidied */
    GThread *thread;
    GMutex lock; /* all below */
    GCond changed;
    gboolean is_woken, is_stopping;
};

/* How a hand-over ended: what the outbox must be told. */
struct ending {
    enum smtp_result result;
    char *detail;
};

static void say(struct mailer *mailer, GLogLevelFlags level, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void say(struct mailer *mailer, GLogLevelFlags level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (mailer->options.log != NULL)
        mailer->options.log(mailer->options.context, level, line);
}

/* Sleeps until `until` (monotonic), a stop, or, where `may_wake`, a wake. FALSE: it is to stop. */
static gboolean rest(struct mailer *mailer, gint64 until, gboolean may_wake)
{
    gboolean in_time = TRUE;
    g_mutex_lock(&mailer->lock);
    while (in_time && !mailer->is_stopping && !(may_wake && mailer->is_woken))
        in_time = g_cond_wait_until(&mailer->changed, &mailer->lock, until);
    if (may_wake)
        mailer->is_woken = FALSE;
    gboolean goes_on = !mailer->is_stopping;
    g_mutex_unlock(&mailer->lock);
    return goes_on;
}

static gboolean settle(struct mailer *mailer, const struct outbox_message *message,
                       const struct ending *ending, GError **error)
{
    StoreSession *session = mailer->options.session;
    gint64 now = clock_now(mailer->options.clock);
    switch (ending->result) {
    case SMTP_TAKEN:
        return outbox_sent(session, message, now, error);
    case SMTP_POSTPONE:
        return outbox_postpone(session, message, now, ending->detail, error);
    case SMTP_REFUSED:
        return outbox_give_up(session, message, now, ending->detail, error);
    }
    return TRUE;
}

/* Without the server's own words, which may name people (smtp.h). */
static void tell_ending(struct mailer *mailer, const struct outbox_message *message,
                        const struct ending *ending)
{
    static const struct {
        GLogLevelFlags level;
        const char *text;
    } texts[] = {
        [SMTP_TAKEN] = {G_LOG_LEVEL_INFO, "was handed over"},
        [SMTP_POSTPONE] = {G_LOG_LEVEL_WARNING, "waits for another attempt: "},
        [SMTP_REFUSED] = {G_LOG_LEVEL_WARNING, "cannot be delivered: "},
    };

    g_autofree char *detail = g_strdup(ending->detail != NULL ? ending->detail : "");
    char *words = strstr(detail, ": \"");
    if (words != NULL)
        *words = '\0';
    say(mailer, texts[ending->result].level,
        "the mail of invitation %s of organization \"%s\" %s%s", message->invitation,
        message->organization, texts[ending->result].text, detail);
}

/* What the server has taken must be written down, or it goes out twice: so nothing else is done
 * until it is, or until the mailer has to stop. */
static void settle_for_sure(struct mailer *mailer, const struct outbox_message *message,
                            const struct ending *ending)
{
    gint64 wait = FIRST_RETRY;
    gboolean goes_on = TRUE;
    g_autoptr(GError) error = NULL;
    while (!settle(mailer, message, ending, &error)) {
        if (!goes_on) {
            say(mailer, G_LOG_LEVEL_WARNING,
                "how the mail of invitation %s ended could not be written down: %s",
                message->invitation, error->message);
            return;
        }
        say(mailer, G_LOG_LEVEL_WARNING,
            "the outbox cannot be written, tried again in %" G_GINT64_FORMAT " s: %s",
            wait / SECOND, error->message);
        g_clear_error(&error);
        goes_on = rest(mailer, g_get_monotonic_time() + wait, FALSE);
        wait = MIN(2 * wait, LONGEST_RETRY);
    }
    tell_ending(mailer, message, ending);
}

static void hand_over(struct mailer *mailer, const struct outbox_message *message)
{
    const struct mail_message mail = {.from = &mailer->sender,
                                      .to = message->address,
                                      .id = message->id,
                                      .url = mailer->url,
                                      .token = message->token,
                                      .organization = message->organization_name,
                                      .inviter = message->inviter,
                                      .inviter_address = message->inviter_address,
                                      .roles = message->roles,
                                      .date = message->created,
                                      .expires_at = message->expires_at};
    struct ending ending = {0};
    GString *bytes = mail_message_print(&mail);
    mail_pace_count(mailer->pace, g_get_monotonic_time());
    ending.result = smtp_send(mailer->smtp, mailer->sender.address, message->address, bytes,
                              &ending.detail);
    explicit_bzero(bytes->str, bytes->len);
    g_string_free(bytes, TRUE);
    settle_for_sure(mailer, message, &ending);
    g_free(ending.detail);
}

/* When there is something to do again, in monotonic time: never further away than the next look at
 * the wall clock. */
static gint64 next_look(const struct mailer *mailer, gint64 next)
{
    gint64 now = g_get_monotonic_time();
    gint64 wait = next - clock_now(mailer->options.clock);
    if (next == 0 || wait >= POLL / SECOND)
        return now + POLL;
    return now + MAX(wait, (gint64)1) * SECOND;
}

/* At rest, for whoever copies the store's files: a mailed link is the reader's alone. */
static void tidy(struct mailer *mailer)
{
    g_autoptr(GError) error = NULL;
    if (!mailer->is_untidy)
        return;
    mailer->is_untidy = !outbox_tidy(mailer->options.session, &error);
    if (error != NULL)
        say(mailer, G_LOG_LEVEL_INFO, "the outbox is tidied later: %s", error->message);
}

/* One look into the outbox. *until: when to look again (monotonic). FALSE: the store failed. */
static gboolean look(struct mailer *mailer, gint64 *until, GError **error)
{
    const struct mailer_options *options = &mailer->options;
    struct outbox_message message;
    gboolean found = FALSE;
    gint64 next = 0;
    *until = g_get_monotonic_time() + POLL;
    if (options->time_is_frozen != NULL && options->time_is_frozen(options->context))
        return TRUE;
    if (!outbox_take(options->session, clock_now(options->clock), &message, &found, &next,
                     error))
        return FALSE;
    if (message.overdue > 0)
        say(mailer, G_LOG_LEVEL_WARNING,
            "%" G_GINT64_FORMAT " mails could not be delivered before their time ran out",
            message.overdue);
    *until = next_look(mailer, next);
    if (found) {
        hand_over(mailer, &message);
        mailer->is_untidy = TRUE;
        *until = mail_pace_next(mailer->pace, g_get_monotonic_time());
    } else {
        tidy(mailer);
    }
    outbox_message_clear(&message);
    return TRUE;
}

/* Waits until the pace allows the next mail. FALSE: it is to stop. */
static gboolean keep_pace(struct mailer *mailer)
{
    gint64 now = g_get_monotonic_time();
    gint64 next = mail_pace_next(mailer->pace, now);
    return next <= now || rest(mailer, next, FALSE);
}

static gpointer run(gpointer data)
{
    struct mailer *mailer = data;
    gint64 wait = FIRST_RETRY;
    gint64 until = 0;
    gboolean goes_on = TRUE;
    while (goes_on) {
        g_autoptr(GError) error = NULL;
        if (look(mailer, &until, &error)) {
            wait = FIRST_RETRY;
            if (until > g_get_monotonic_time())
                smtp_rest(mailer->smtp);
            goes_on = rest(mailer, until, TRUE) && keep_pace(mailer);
            continue;
        }
        say(mailer, G_LOG_LEVEL_WARNING,
            "the outbox cannot be read, tried again in %" G_GINT64_FORMAT " s: %s",
            wait / SECOND, error->message);
        smtp_rest(mailer->smtp);
        goes_on = rest(mailer, g_get_monotonic_time() + wait, FALSE);
        wait = MIN(2 * wait, LONGEST_RETRY);
    }
    smtp_rest(mailer->smtp);
    return NULL;
}

Mailer *mailer_start(const struct mailer_options *options, GError **error)
{
    struct mail_sender sender = {0};
    Smtp *smtp = NULL;
    if (!mail_sender_parse(options->from, &sender, error) ||
        (smtp = smtp_new(&options->smtp, error)) == NULL) {
        mail_sender_clear(&sender);
        return NULL;
    }
    Mailer *mailer = g_new0(struct mailer, 1);
    mailer->options = *options;
    mailer->sender = sender;
    mailer->smtp = smtp;
    mailer->url = g_strdup(options->url);
    mailer->pace = mail_pace_new(options->rate);
    g_mutex_init(&mailer->lock);
    g_cond_init(&mailer->changed);
    mailer->thread = g_thread_new("mailer", run, mailer);
    return mailer;
}

void mailer_wake(Mailer *mailer)
{
    g_mutex_lock(&mailer->lock);
    mailer->is_woken = TRUE;
    g_cond_signal(&mailer->changed);
    g_mutex_unlock(&mailer->lock);
}

void mailer_stop(Mailer *mailer)
{
    if (mailer == NULL)
        return;
    g_mutex_lock(&mailer->lock);
    mailer->is_stopping = TRUE;
    g_cond_signal(&mailer->changed);
    g_mutex_unlock(&mailer->lock);
    g_thread_join(mailer->thread);
    smtp_free(mailer->smtp);
    mail_sender_clear(&mailer->sender);
    mail_pace_free(mailer->pace);
    g_free(mailer->url);
    g_cond_clear(&mailer->changed);
    g_mutex_clear(&mailer->lock);
    g_free(mailer);
}
