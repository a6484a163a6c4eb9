#include "agent/command/serve_mail.h"

#include "scim/mail/mail_sender.h"
#include "scim/mail/mailer.h"
#include "scim/protocol/loopback.h"
#include "scim/server/clock_guard.h"
#include "scim/store/store_open.h"

/* Verbs put mails into the outbox from processes of their own. */
#define LOOK_SECONDS 2

/* The longest that a stop waits for a mail server that does not answer. */
#define HAND_OVER_SECONDS 30

/* One mailer with what it works on. */
struct sender {
    const ServeMail *mail;
    Store *store;
    StoreSession *session;
    Secret *password;
    struct mailer_options options; /* borrow from the settings */
    Mailer *mailer;
    struct clock_guard guard; /* on the mailer's thread */
};

struct serve_mail {
    void (*log)(void *context, GLogLevelFlags level, const char *line);
    void *context;
    GMutex mutex; /* of what follows */
    GCond ended;
    gboolean ends;
    struct sender *sender; /* NULL: nothing is sent */
    GThread *looking;
};

static void sender_free(struct sender *sender)
{
    if (sender == NULL)
        return;
    mailer_stop(sender->mailer);
    g_clear_pointer(&sender->session, store_session_close);
    g_clear_pointer(&sender->store, store_close);
    secret_free(sender->password);
    g_free(sender);
}

/* A wall clock that was set gives no mail up for its age. */
static gboolean time_is_frozen(void *context)
{
    struct sender *sender = context;
    clock_guard_look(&sender->guard, clock_now(clock_system()), clock_now(clock_witness()));
    return sender->guard.is_frozen;
}

static void log_line(void *context, GLogLevelFlags level, const char *line)
{
    const struct sender *sender = context;
    sender->mail->log(sender->mail->context, level, line);
}

static gboolean read_password(const Settings *settings, Secret **password, GError **error)
{
    *password = NULL;
    if (!secret_is_named(&settings->mail.password))
        return TRUE;
    *password = secret_read(&settings->mail.password, error);
    if (*password == NULL)
        g_prefix_error(error, "mail: ");
    return *password != NULL;
}

static struct smtp_options smtp_of(const Settings *settings, const Secret *password)
{
    const struct mail_settings *mail = &settings->mail;
    return (struct smtp_options){
        .url = mail->url,
        .user = mail->user,
        .password = password == NULL ? NULL : password->bytes,
        .ca_file = mail->ca_file,
        .allows_clear = g_str_has_prefix(mail->url, "smtp://") && loopback_is_url(mail->url),
        .timeout = HAND_OVER_SECONDS,
    };
}

gboolean serve_mail_check(const Settings *settings, GError **error)
{
    g_autoptr(Secret) password = NULL;
    if (settings->mail.url == NULL)
        return TRUE;
    struct mail_sender sender = {NULL};
    const gboolean is_sender = mail_sender_parse(settings->mail.from, &sender, error);
    mail_sender_clear(&sender);
    if (!is_sender || !read_password(settings, &password, error))
        return FALSE;
    const struct smtp_options options = smtp_of(settings, password);
    g_autoptr(Smtp) smtp = smtp_new(&options, error);
    return smtp != NULL;
}

static struct sender *sender_new(const ServeMail *mail, const Settings *settings,
                                 const char *url, GError **error)
{
    struct sender *sender = g_new0(struct sender, 1);
    sender->mail = mail;
    if (read_password(settings, &sender->password, error))
        sender->store = store_open(settings->endpoint.store, error);
    if (sender->store != NULL)
        sender->session = store_session_open(sender->store, STORE_WRITE, error);
    if (sender->session == NULL) {
        sender_free(sender);
        return NULL;
    }
    clock_guard_begin(&sender->guard, clock_now(clock_system()), clock_now(clock_witness()));
    sender->options = (struct mailer_options){
        .session = sender->session,
        .clock = clock_system(),
        .smtp = smtp_of(settings, sender->password),
        .from = settings->mail.from,
        .url = url,
        .rate = settings->mail.rate,
        .time_is_frozen = time_is_frozen,
        .log = log_line,
        .context = sender,
    };
    return sender;
}

static gpointer look_regularly(gpointer data)
{
    ServeMail *mail = data;
    g_mutex_lock(&mail->mutex);
    while (!mail->ends) {
        const gint64 until = g_get_monotonic_time() + LOOK_SECONDS * G_TIME_SPAN_SECOND;
        if (!g_cond_wait_until(&mail->ended, &mail->mutex, until) && mail->sender != NULL)
            mailer_wake(mail->sender->mailer);
    }
    g_mutex_unlock(&mail->mutex);
    return NULL;
}

ServeMail *serve_mail_new(void (*log)(void *context, GLogLevelFlags level, const char *line),
                          void *context)
{
    ServeMail *mail = g_new0(ServeMail, 1);
    mail->log = log;
    mail->context = context;
    g_mutex_init(&mail->mutex);
    g_cond_init(&mail->ended);
    return mail;
}

/* Nobody waits for a mailer that ends: it is taken out first. */
static struct sender *exchange_sender(ServeMail *mail, struct sender *sender)
{
    g_mutex_lock(&mail->mutex);
    struct sender *before = mail->sender;
    mail->sender = sender;
    g_mutex_unlock(&mail->mutex);
    return before;
}

static gboolean sender_start(struct sender *sender, GError **error)
{
    sender->mailer = mailer_start(&sender->options, error);
    return sender->mailer != NULL;
}

/* Two at once would send a mail twice: the new one starts when the old one has stopped. */
static gboolean take_over(ServeMail *mail, struct sender *fresh, GError **error)
{
    struct sender *before = exchange_sender(mail, NULL);
    if (before != NULL)
        g_clear_pointer(&before->mailer, mailer_stop);
    if (fresh == NULL || sender_start(fresh, error)) {
        sender_free(before);
        exchange_sender(mail, fresh);
        return TRUE;
    }
    sender_free(fresh);
    if (before != NULL && sender_start(before, NULL))
        exchange_sender(mail, before);
    else
        sender_free(before);
    return FALSE;
}

gboolean serve_mail_start(ServeMail *mail, const Settings *settings, const char *url,
                          GError **error)
{
    struct sender *fresh = NULL;
    if (settings->mail.url != NULL) {
        fresh =
            serve_mail_check(settings, error) ? sender_new(mail, settings, url, error) : NULL;
        if (fresh == NULL)
            return FALSE;
    }
    if (!take_over(mail, fresh, error))
        return FALSE;
    if (mail->looking == NULL && fresh != NULL)
        mail->looking = g_thread_new("mail", look_regularly, mail);
    return TRUE;
}

void serve_mail_wake(void *mail)
{
    ServeMail *self = mail;
    g_mutex_lock(&self->mutex);
    if (self->sender != NULL)
        mailer_wake(self->sender->mailer);
    g_mutex_unlock(&self->mutex);
}

void serve_mail_free(ServeMail *mail)
{
    if (mail == NULL)
        return;
    g_mutex_lock(&mail->mutex);
    mail->ends = TRUE;
    g_cond_signal(&mail->ended);
    g_mutex_unlock(&mail->mutex);
    if (mail->looking != NULL)
        g_thread_join(mail->looking);
    sender_free(mail->sender);
    g_cond_clear(&mail->ended);
    g_mutex_clear(&mail->mutex);
    g_free(mail);
}
