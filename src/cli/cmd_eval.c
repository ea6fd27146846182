#include "command.h"
#include "lesion/table.h"
#include "message.h"
#include "sweeping.h"

static enum lsn_status write_tables(const struct options *options,
                                    const struct lsn_results *results, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;

    if (options->per_image)
        status = lsn_table_write_images(options->per_image, options->force, results, err);
    if (status == LSN_OK && options->logits)
        status = lsn_table_write_logits(options->logits, options->force, results, err);
    if (status == LSN_OK)
        status = lsn_table_write_intact(options->output, options->force, results, err);
    return status;
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    const char *const others[] = {options->per_image, options->logits};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_sweep_options sweep;
    struct lsn_results *results;
    struct inputs inputs;

    if (!sweeping_check_outputs(options->output, others, 2, options->force) ||
        !inputs_load(options, &inputs))
        return;
    (void)sweeping_options(options, &inputs, &sweep); /* no shard here that could be wrong */
    sweep.engine = LSN_ENGINE_INTACT;
    sweep.keep_logits = options->logits != NULL;
    results =
        sweeping_look(options, &inputs, &sweep) ? sweeping_run(&inputs, &sweep, "eval") : NULL;
    if (results) {
        sweeping_note_chance(results);
        if (write_tables(options, results, &err) != LSN_OK)
            message_failure(&err);
        else
            sweeping_write_provenance(line, FOR_EVAL, "eval", options->output, options->force,
                                      &inputs, results);
    }
    lsn_results_free(results);
    inputs_free(&inputs);
}

const struct command cmd_eval = {
    .name = "eval",
    .bit = FOR_EVAL,
    .summary = "the intact network's accuracy at each contrast",
    .operands = "",
    .description = "Writes one CSV row per contrast, region and normalisation:\n"
                   "contrast,region,normalise,images,top1,top5,loss,margin.\n",
    .run = run,
};
