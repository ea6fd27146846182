#include <stdlib.h>

#include "command.h"
#include "folders.h"
#include "lesion/parse.h"
#include "lesion/table.h"
#include "message.h"
#include "signals.h"
#include "tables.h"

static bool parse_guess(const char *text, double *guess)
{
    if (!text || (lsn_parse_float(text, 0, 1, guess) && *guess < 1))
        return true;
    message_usage("--guess: '%s' is not a number from 0 to below 1", text);
    return false;
}

static void tabulate(const char *run, const char *path, bool force,
                     const struct lsn_results *results,
                     const struct lsn_psychometric_options *options)
{
    struct lsn_error err = LSN_ERROR_NONE;
    enum lsn_status status;

    if (results->complete_images < results->image_count)
        message_note("%s: not finished; the table is of the first %zu of %zu images, which %s "
                     "complete",
                     run, results->complete_images, results->image_count,
                     message_are(results->complete_images));
    signals_catch();
    status = lsn_table_check(path, force, &err);
    if (status == LSN_OK)
        status = lsn_table_write_psychometric(path, force, results, options, &err);
    if (tables_say_end(status, &err, path))
        message_detail("%s: written", path);
}

static void write_table(const char *run, const struct options *options,
                        const struct lsn_results *results,
                        const struct lsn_psychometric_options *made)
{
    char *folder = tables_folder(run, options->output);
    char *path = folder ? folders_path(folder, "psychometric.csv") : NULL;

    if (path)
        tabulate(run, path, options->force, results, made);
    free(path);
    free(folder);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    const char *run = line->operands[0];
    struct lsn_psychometric_options made = LSN_PSYCHOMETRIC_OPTIONS_DEFAULT;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;

    made.function = (enum lsn_psychometric_function)options->function;
    made.bootstraps = (size_t)options->bootstraps;
    made.flips = (size_t)options->flips;
    made.seed = (uint64_t)options->seed;
    made.threads = options->threads;
    made.stop = &signals_stop;
    if (!parse_guess(options->guess, &made.guess))
        return;
    if (lsn_results_open(run, &results, &err) != LSN_OK)
        message_failure(&err);
    else if (folders_is_begun(run, results))
        write_table(run, options, results, &made);
    lsn_results_free(results);
}

const struct command cmd_psychometric = {
    .name = "psychometric",
    .bit = FOR_PSYCHOMETRIC,
    .operands = "RUN",
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
