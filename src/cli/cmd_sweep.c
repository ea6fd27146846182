#include <string.h>

#include "command.h"
#include "lesion/table.h"
#include "message.h"
#include "sweeping.h"

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_sweep_options sweep;
    struct lsn_results *results;
    struct inputs inputs;

    if (!sweeping_check_output(options->output, options->force) || !inputs_load(options, &inputs))
        return;
    sweep = sweeping_options(options, &inputs);
    results = sweeping_run(&inputs, &sweep, "sweep");
    if (results) {
        if (lsn_table_write_kernels(options->output, options->force, results, &err) != LSN_OK) {
            message_error("%s", err.text);
        } else {
            sweeping_write_provenance(line, FOR_SWEEP, "sweep", options->output, &inputs, results);
            if (strcmp(options->output, "-") != 0)
                message_note("%s: %zu kernels, %d contrasts, %zu images", options->output,
                             results->kernel_count, results->condition_count,
                             results->complete_images);
        }
    }
    lsn_results_free(results);
    inputs_free(&inputs);
}

const struct command cmd_sweep = {
    .name = "sweep",
    .bit = FOR_SWEEP,
    .summary = "lesion one kernel at a time and tabulate what is lost at each contrast",
    .operands = "",
    .description =
        "Shows every image at every contrast, intact and with each chosen kernel lesioned\n"
        "(its weights zeroed, its bias and batch-norm kept), and writes one CSV row per\n"
        "kernel and contrast. This is also what 'lesion --model ...' runs. After Ctrl-C\n"
        "the table holds the images that were complete.\n",
    .run = run,
};
