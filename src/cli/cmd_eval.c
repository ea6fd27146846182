#include "command.h"
#include "lesion/table.h"
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
    struct lsn_results *results = NULL;
    struct sweeping s;

    if (!sweeping_begin(&s, line, options->output, others, 2))
        return;
    s.sweep.engine = LSN_ENGINE_INTACT;
    s.sweep.keep_logits = options->logits != NULL;
    if (sweeping_look(&s))
        results = sweeping_run(&s.inputs, &s.sweep, "eval");
    if (results) {
        sweeping_note_chance(results);
        sweeping_finish(&s, write_tables(options, results, &err), &err, options->output, results);
    }
    lsn_results_free(results);
    sweeping_end(&s);
}

const struct command cmd_eval = {
    .name = "eval",
    .bit = FOR_EVAL,
    .operands = "",
    .run = run,
};
