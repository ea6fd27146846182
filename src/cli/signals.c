#include "signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

struct lsn_stop signals_stop;

static void on_signal(int number)
{
    (void)number;
    lsn_stop_ask(&signals_stop);
}

static volatile sig_atomic_t time_is_up;

static void on_alarm(int number)
{
    (void)number;
    time_is_up = !lsn_stop_asked(&signals_stop);
    lsn_stop_ask(&signals_stop);
}

bool signals_stop_after(double seconds)
{
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct itimerval timer = {.it_value = {.tv_sec = (time_t)seconds}};

    timer.it_value.tv_usec = (suseconds_t)((seconds - (double)timer.it_value.tv_sec) * 1e6);
    sigemptyset(&action.sa_mask);
    return sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &timer, NULL) == 0;
}

bool signals_time_is_up(void)
{
    return time_is_up;
}

void signals_catch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    /* SA_RESETHAND: a second signal of the same kind has its default action, ending the program. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
    struct sigaction old;
    size_t i;

    sigemptyset(&action.sa_mask);
    for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        /* nohup sets SIGHUP to be ignored, which has to stay so. SIGINT is caught even if ignored:
         * shells ignore it in background jobs, but kill -INT should stop these in good order. */
        if (numbers[i] == SIGHUP && sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
            continue;
        sigaction(numbers[i], &action, NULL);
    }
}

/* Calls async-signal-safe functions only, as the fault can interrupt any code. */
static void on_cut_file(int number)
{
    static const char text[] =
        "lesion: error: a model's file was cut short or its disk failed while it was read; let "
        "nothing write into it meanwhile, and put a new one in its place under its name (mv)\n";

    (void)number;
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(1);
}

void signals_catch_cut_files(void)
{
    struct sigaction action = {.sa_handler = on_cut_file};

    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}
