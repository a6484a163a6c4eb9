#include "agent/command/interrupt.h"

#include <signal.h>

gboolean interrupt_requested(void *context)
{
    struct interrupt *interrupt = context;
    sigset_t signals;
    if (!interrupt->is_armed) {
        sigemptyset(&signals);
        sigaddset(&signals, SIGINT);
        sigaddset(&signals, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals, NULL);
        interrupt->is_armed = TRUE;
        return FALSE;
    }
    return sigpending(&signals) == 0 &&
           (sigismember(&signals, SIGINT) == 1 || sigismember(&signals, SIGTERM) == 1);
}
