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

    if (!inputs_one_lesion(options, "greedy lesions take") ||
        !sweeping_begin(&s, line, options->output, NULL, 0))
        return;
    if (sweeping_look(&s))
        greedy = sweeping_greedy(&s.inputs, &s.sweep, &how);
    if (greedy)
        sweeping_finish(&s, lsn_greedy_write(options->output, options->force, greedy, &err), &err,
                        options->output, lsn_greedy_axes(greedy));
    lsn_greedy_free(greedy);
    sweeping_end(&s);
}

const struct command cmd_greedy = {
    .name = "greedy",
    .bit = FOR_GREEDY,
    .operands = "",
    .run = run,
};
