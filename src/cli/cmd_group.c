#include "command.h"
#include "lesion/table.h"
#include "message.h"
#include "signals.h"
#include "sweeping.h"

/* The kernels one by one, and with all of them held; the table of both. */
static void run_group(const struct command_line *line, const struct inputs *inputs,
                      struct lsn_sweep_options *sweep)
{
    const struct options *options = &line->options;
    struct lsn_table_options table = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_results *singles, *joint = NULL;
    struct lsn_error err = LSN_ERROR_NONE;

    singles = sweeping_run(inputs, sweep, "one by one");
    if (singles && singles->complete_images == singles->image_count) {
        sweep->held = sweep->picked;
        sweep->held_count = sweep->picked_count;
        sweep->engine = LSN_ENGINE_INTACT;
        joint = sweeping_run(inputs, sweep, "together");
    }
    table.flips = (size_t)options->flips;
    table.seed = (uint64_t)options->seed;
    if (joint) {
        enum lsn_status status;

        /* The table of an interrupted sweep is still written. */
        table.stop = joint->complete_images == joint->image_count ? &signals_stop : NULL;
        status =
            lsn_table_write_group(options->output, options->force, singles, joint, &table, &err);
        if (status == LSN_OK) {
            sweeping_write_provenance(line, FOR_GROUP, "group", options->output, options->force,
                                      inputs, joint);
        } else if (status == LSN_E_INTERRUPTED) {
            message_note("interrupted: %s is not written", options->output);
            message_set_exit(EXIT_INTERRUPTED);
        } else {
            message_failure(&err);
        }
    }
    lsn_results_free(singles);
    lsn_results_free(joint);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_sweep_options sweep;
    struct lsn_kernel *kernels;
    struct inputs inputs;

    if (!options->kernels) {
        message_usage("--kernels is missing: which group?");
        return;
    }
    if (!sweeping_check_outputs(options->output, NULL, 0, options->force) ||
        !inputs_load(options, &inputs))
        return;
    (void)sweeping_options(options, &inputs, &sweep); /* no shard here that could be wrong */
    sweep.kernels = NULL;
    if (inputs.lesion_count > 1)
        message_usage("--lesion: a group takes one");
    else if (lsn_kernels_parse(inputs.model, options->kernels, &kernels, &sweep.picked_count,
                               &err) != LSN_OK)
        message_failure(&err);
    else {
        sweep.picked = kernels;
        if (sweeping_look(options, &inputs, &sweep))
            run_group(line, &inputs, &sweep);
        lsn_kernels_free(kernels);
    }
    inputs_free(&inputs);
}

const struct command cmd_group = {
    .name = "group",
    .bit = FOR_GROUP,
    .summary = "lesion several kernels at once, beside the sum of them one by one",
    .operands = "",
    .description =
        "Writes one CSV row per condition: what the kernels cost together, as a sweep's row,\n"
        "then single_drop, the sum of their top1_drops one by one, interaction, what they\n"
        "cost together beyond it (below 0: one does what another did), and interaction_p, a\n"
        "sign-flip test of it over images; likewise of the loss.\n",
    .run = run,
};
