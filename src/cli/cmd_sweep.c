#include <string.h>

#include "command.h"
#include "lesion/table.h"
#include "message.h"
#include "sweeping.h"

static void write_table(const struct command_line *line, const char *output, bool force,
                        const struct inputs *inputs, const struct lsn_results *results)
{
    struct lsn_error err = LSN_ERROR_NONE;

    if (lsn_table_write_kernels(output, force, results, &err) != LSN_OK) {
        message_error("%s", err.text);
        return;
    }
    sweeping_write_provenance(line, FOR_SWEEP, "sweep", output, inputs, results);
    if (strcmp(output, "-") != 0)
        message_note("%s: %zu kernels, %d contrasts, %zu images", output, results->kernel_count,
                     results->condition_count, results->complete_images);
}

/* What there is to say, and to write, of a run directory. */
static void finish_run(const struct command_line *line, const struct inputs *inputs,
                       const struct lsn_results *results)
{
    if (results->complete_images < results->image_count)
        return;
    message_note("%s: complete, %zu kernels, %d contrasts, %zu images", line->options.run,
                 results->kernel_count, results->condition_count, results->image_count);
    if (line->options.output)
        write_table(line, line->options.output, true, inputs, results);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    const char *output = options->output ? options->output : "-";
    struct lsn_sweep_options sweep;
    struct lsn_results *results;
    struct inputs inputs;

    if (!sweeping_check_output(output, options->force || options->run) ||
        !inputs_load(options, &inputs))
        return;
    results =
        sweeping_options(options, &inputs, &sweep) ? sweeping_run(&inputs, &sweep, "sweep") : NULL;
    if (results && options->run)
        finish_run(line, &inputs, results);
    else if (results)
        write_table(line, output, options->force, &inputs, results);
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
        "the table holds the images that were complete. With --run the outcomes are kept\n"
        "on disk as they come: a run that was ended, even by kill -9 or a power cut, goes\n"
        "on with the same command; lesion stats makes its tables. With --shard, too, any\n"
        "number of machines share a run, and lesion merge joins their run directories.\n",
    .run = run,
};
