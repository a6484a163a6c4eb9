#include "scim/mail/smtp.h"

#include <string.h>
#include <sys/socket.h>

#include <curl/curl.h>

#include "scim/mail/smtp_server.h"
#include "scim/protocol/address.h"
#include "scim/protocol/outcome.h"

#define DEFAULT_TIMEOUT   60
#define LONGEST_CONNECT   30 /* with greeting, TLS and login */
#define REPLY_BYTES       4096
#define REPLY_CODE_LENGTH 3

struct smtp {
    CURL *curl;
    char *url, *user, *password, *ca_file;
    gboolean allows_clear;
    gint64 timeout;
};

/* One hand-over, as curl's callbacks see it. */
struct handover {
    const GString *mail;
    gsize sent;
    enum smtp_stage stage;
    int code;            /* of the last whole reply of the stage; 0: none yet */
    gboolean is_partial; /* the reply goes on */
    gboolean is_over;    /* QUIT is said: what follows is not about the mail */
    GString *words;
    char detail[CURL_ERROR_SIZE];
};

/* How a hand-over that no reply ended is told. */
static const struct {
    CURLcode code;
    const char *text;
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "the mail server's name cannot be resolved"},
    {CURLE_COULDNT_CONNECT, "the mail server does not answer"},
    {CURLE_OPERATION_TIMEDOUT, "the mail server did not answer in time"},
    {CURLE_GOT_NOTHING, "the mail server closed the connection"},
    {CURLE_RECV_ERROR, "the connection to the mail server was lost"},
    {CURLE_SEND_ERROR, "the connection to the mail server was lost"},
    {CURLE_SSL_CONNECT_ERROR, "TLS with the mail server does not come about"},
    {CURLE_PEER_FAILED_VERIFICATION, "the mail server's certificate is not trusted"},
    {CURLE_SSL_CACERT_BADFILE, "the CA file of the mail server cannot be used"},
    {CURLE_USE_SSL_FAILED, "the mail server offers no TLS, and without it nothing is sent"},
    {CURLE_LOGIN_DENIED, "the mail server takes no login as it is configured"},
    {CURLE_WEIRD_SERVER_REPLY, "the mail server's answers are not SMTP"},
};

static void wipe(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

static gpointer start_curl(gpointer unused)
{
    (void)unused;
    return GINT_TO_POINTER(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

static gboolean check_ca_file(const char *ca_file, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) failure = NULL;
    if (ca_file == NULL)
        return TRUE;
    if (!g_file_get_contents(ca_file, &text, NULL, &failure)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "the mail's ca_file \"%s\" cannot be read: %s", ca_file, failure->message);
        return FALSE;
    }
    if (strstr(text, "CERTIFICATE-----") == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "the mail's ca_file \"%s\" holds no certificate (PEM)", ca_file);
        return FALSE;
    }
    return TRUE;
}

Smtp *smtp_new(const struct smtp_options *options, GError **error)
{
    static GOnce curl_started = G_ONCE_INIT;
    if (!smtp_server_check(options->url, options->allows_clear, error) ||
        !check_ca_file(options->ca_file, error))
        return NULL;
    CURL *curl = g_once(&curl_started, start_curl, NULL) != NULL ? curl_easy_init() : NULL;
    if (curl == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "libcurl does not start");
        return NULL;
    }
    Smtp *smtp = g_new0(struct smtp, 1);
    smtp->curl = curl;
    smtp->url = g_strdup(options->url);
    smtp->user = g_strdup(options->user);
    smtp->password = g_strdup(options->password);
    smtp->ca_file = g_strdup(options->ca_file);
    smtp->allows_clear = options->allows_clear;
    smtp->timeout = options->timeout > 0 ? options->timeout : DEFAULT_TIMEOUT;
    return smtp;
}

/* curl would wait for the answer to its QUIT, and for as long as the server likes. */
static void close_connection(Smtp *smtp)
{
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(smtp->curl, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK &&
        socket != CURL_SOCKET_BAD)
        (void)shutdown(socket, SHUT_RD);
    curl_easy_cleanup(smtp->curl);
    smtp->curl = NULL;
}

void smtp_rest(Smtp *smtp)
{
    if (smtp->curl != NULL)
        close_connection(smtp);
}

void smtp_free(Smtp *smtp)
{
    if (smtp == NULL)
        return;
    smtp_rest(smtp);
    g_free(smtp->url);
    g_free(smtp->user);
    wipe(smtp->password);
    g_free(smtp->ca_file);
    g_free(smtp);
}

static size_t give_bytes(char *buffer, size_t size, size_t count, void *context)
{
    struct handover *handover = context;
    gsize most = size * count;
    gsize bytes = MIN(most, handover->mail->len - handover->sent);
    memcpy(buffer, handover->mail->str + handover->sent, bytes);
    handover->sent += bytes;
    return bytes;
}

/* A line of a reply: "250-SIZE 1000" or "250 OK". */
static void take_reply(struct handover *handover, const char *line, gsize length)
{
    gsize text = REPLY_CODE_LENGTH;
    if (handover->is_over || length < text || !g_ascii_isdigit(line[0]) ||
        !g_ascii_isdigit(line[1]) || !g_ascii_isdigit(line[2]))
        return;
    if (!handover->is_partial)
        g_string_truncate(handover->words, 0);
    handover->is_partial = length > text && line[text] == '-';
    if (length > text && handover->words->len < REPLY_BYTES)
        g_string_append_len(handover->words, line + text + 1, (gssize)(length - text - 1));
    if (handover->is_partial)
        return;
    handover->code = (int)g_ascii_strtoll(line, NULL, 10);
    if (handover->stage == SMTP_STAGE_DATA &&
        smtp_reply_is_wanted(SMTP_STAGE_DATA, handover->code)) {
        handover->stage = SMTP_STAGE_MAIL;
        handover->code = 0;
    }
}

static void take_command(struct handover *handover, const char *line, gsize length)
{
    enum smtp_stage stage = smtp_reply_stage(line, length, handover->stage);
    handover->is_over = handover->is_over || stage == SMTP_STAGE_QUIT;
    if (handover->is_over)
        return;
    handover->stage = stage;
    handover->code = 0;
    handover->is_partial = FALSE;
}

/* curl tells what goes to and fro only here; nothing of it is kept but the replies. */
static int watch(CURL *curl, curl_infotype type,
                 char *data, /* NOLINT(readability-non-const-parameter): curl's type */
                 size_t size, void *context)
{
    (void)curl;
    if (type == CURLINFO_HEADER_IN)
        take_reply(context, data, size);
    else if (type == CURLINFO_HEADER_OUT)
        take_command(context, data, size);
    return 0;
}

/* After a failure curl says QUIT, and would wait for the answer as long as for any other. */
static int look_up_from_waiting(void *context, curl_off_t a, curl_off_t b, curl_off_t c,
                                curl_off_t d)
{
    const struct handover *handover = context;
    (void)a, (void)b, (void)c, (void)d;
    return handover->is_over ? 1 : 0;
}

static void set_server(const Smtp *smtp)
{
    CURL *curl = smtp->curl;
    gint64 connect = MIN(smtp->timeout, (gint64)LONGEST_CONNECT);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_URL, smtp->url);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect * 1000));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(smtp->timeout * 1000));
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)smtp->timeout);
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(smtp->allows_clear ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (smtp->ca_file != NULL) { /* these authorities, and not the system's beside them */
        curl_easy_setopt(curl, CURLOPT_CAINFO, smtp->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    if (smtp->user != NULL) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, smtp->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, smtp->password != NULL ? smtp->password : "");
    }
}

/* Without its size: curl takes a mail for sent when so many bytes went out, and counts the dots that
 * it doubles among them, so that the end of the mail could be lost. */
static void set_mail(CURL *curl, struct handover *handover)
{
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, handover);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, handover);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, handover->detail);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_up_from_waiting);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, handover);
}

static char *print_failure(const struct handover *handover, CURLcode code)
{
    const char *text = "the mail could not be handed over";
    for (guint i = 0; i < G_N_ELEMENTS(failures); i++)
        if (failures[i].code == code)
            text = failures[i].text;
    g_autofree char *detail = smtp_reply_clean(
        handover->detail[0] != '\0' ? handover->detail : curl_easy_strerror(code));
    return detail[0] == '\0' ? g_strdup(text) : g_strdup_printf("%s (%s)", text, detail);
}

/* The server's reply decides, not what curl makes of it: curl takes only 250 for a yes. */
static enum smtp_result judge(const struct handover *handover, CURLcode code, char **detail)
{
    gboolean has_reply = handover->code != 0 && !handover->is_partial;
    gboolean is_wanted = has_reply && smtp_reply_is_wanted(handover->stage, handover->code);
    if (is_wanted && handover->stage == SMTP_STAGE_MAIL &&
        handover->sent == handover->mail->len)
        return SMTP_TAKEN;
    if (has_reply && !is_wanted) {
        *detail = smtp_reply_print(handover->stage, handover->code, handover->words->str);
        return smtp_reply_judge(handover->stage, handover->code);
    }
    *detail = print_failure(handover, code);
    return SMTP_POSTPONE;
}

static enum smtp_result hand_over(Smtp *smtp, const char *sender, const char *recipient,
                                  struct handover *handover, char **detail)
{
    struct curl_slist *recipients = curl_slist_append(NULL, recipient);
    curl_easy_reset(smtp->curl); /* keeps the connection */
    set_server(smtp);
    set_mail(smtp->curl, handover);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, recipients);
    CURLcode code = curl_easy_perform(smtp->curl);
    enum smtp_result result = judge(handover, code, detail);
    curl_easy_reset(smtp->curl); /* forgets what dies with this call */
    curl_slist_free_all(recipients);
    return result;
}

enum smtp_result smtp_send(Smtp *smtp, const char *sender, const char *recipient,
                           const GString *mail, char **detail)
{
    struct handover handover = {.mail = mail};
    *detail = NULL;
    if (!address_is_usable(sender, strlen(sender), NULL) ||
        !address_is_usable(recipient, strlen(recipient), NULL)) {
        *detail = g_strdup("the address is not one that can be mailed");
        return SMTP_REFUSED;
    }
    if (smtp->curl == NULL && (smtp->curl = curl_easy_init()) == NULL) {
        *detail = g_strdup("libcurl does not start");
        return SMTP_POSTPONE;
    }
    handover.words = g_string_new(NULL);
    enum smtp_result result = hand_over(smtp, sender, recipient, &handover, detail);
    g_string_free(handover.words, TRUE);
    return result;
}
