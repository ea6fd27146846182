#include "command.h"
#include "lesion/greedy.h"
#include "message.h"
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
    struct lsn_sweep_options sweep;
    struct lsn_greedy *greedy;
    struct inputs inputs;

    if (!sweeping_check_outputs(options->output, NULL, 0, options->force) ||
        !inputs_load(options, &inputs))
        return;
    (void)sweeping_options(options, &inputs, &sweep); /* no shard here that could be wrong */
    greedy =
        sweeping_look(options, &inputs, &sweep) ? sweeping_greedy(&inputs, &sweep, &how) : NULL;
    if (greedy) {
        if (lsn_greedy_write(options->output, options->force, greedy, &err) != LSN_OK)
            message_failure(&err);
        else
            sweeping_write_provenance(line, FOR_GREEDY, "greedy", options->output, options->force,
                                      &inputs, lsn_greedy_axes(greedy));
    }
    lsn_greedy_free(greedy);
    inputs_free(&inputs);
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
