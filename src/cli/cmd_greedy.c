#include "command.h"
#include "lesion/greedy.h"
#include "sweeping.h"

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    const struct lsn_greedy_options how = {.size = sizeof how,
                                           .steps = options->steps,
                                           .orders = options->orders,
                                           .seed = (uint64_t)options->seed,
                                           .measure = (enum lsn_race_measure)options->measure};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_greedy *greedy = NULL;
    struct sweeping s;

    if (!sweeping_begin(&s, line, options->output, NULL, 0, options->force))
        return;
    if (sweeping_look(&s))
        greedy = sweeping_greedy(&s.inputs, &s.sweep, &how);
    if (greedy)
        sweeping_finish(&s, lsn_greedy_write(options->output, options->force, greedy, &err), &err,
                        options->output, options->force, lsn_greedy_axes(greedy));
    lsn_greedy_free(greedy);
    sweeping_end(&s);
}

const struct command cmd_greedy = {
    .name = "greedy",
    .bit = FOR_GREEDY,
    .summary = "lesion the kernel with the largest drop, keep it lesioned, and so on",
    .operands = "",
    .description =
        "At each condition on its own: every step is a sweep of all kernels left, and lesions\n"
        "the one with the largest drop for good. Beside it, as controls, --orders random\n"
        "orders of as many kernels. Writes one CSV row per condition, order (greedy,\n"
        "random-1 ...) and step: what all kernels lesioned up to that step cost together, as\n"
        "a sweep's row. After Ctrl-C the table holds the steps that were done.\n",
    .run = run,
};
