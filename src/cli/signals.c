#include "signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

atomic_bool signals_stop;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&signals_stop, true);
}

void signals_catch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    /* SA_RESETHAND: a second signal of the kind takes its default action. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
    struct sigaction old;
    size_t i;

    sigemptyset(&action.sa_mask);
    for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        /* nohup ignores it, and is to go on doing so. Not so Ctrl-C, which shells ignore in
         * what they start in the background: kill -INT still ends that in good order. */
        if (numbers[i] == SIGHUP && sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
            continue;
        sigaction(numbers[i], &action, NULL);
    }
}
