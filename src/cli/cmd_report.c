#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "ends.h"
#include "folders.h"
#include "inputs.h"
#include "lesion/report.h"
#include "looking.h"
#include "message.h"
#include "signals.h"

#define FOLDER_DEFAULT "report"

/* The report's folder as a fresh string, after making the folders that it is in. NULL after an
 * error message. */
static char *make_folder(const char *run, const char *output)
{
    size_t size = strlen(run) + (output ? strlen(output) : 0) + sizeof "/" FOLDER_DEFAULT;
    char *folder = malloc(size);

    if (!folder) {
        message_error("out of memory for a path");
        return NULL;
    }
    if (output)
        snprintf(folder, size, "%s", output);
    else
        snprintf(folder, size, "%s/" FOLDER_DEFAULT, run);
    if (folders_make(folder))
        return folder;
    free(folder);
    return NULL;
}

static void write_report(const char *run, const char *folder, const struct lsn_results *results,
                         const struct lsn_report_options *options)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_report_outcome outcome;
    enum lsn_status status = lsn_report_write(run, folder, results, options, &outcome, &err);

    if (status == LSN_E_INTERRUPTED) {
        message_note("interrupted: %s/index.html is not written", folder);
        message_set_exit(EXIT_INTERRUPTED);
    } else if (status != LSN_OK) {
        message_failure(&err);
    } else {
        if (outcome.note[0])
            message_note("%s", outcome.note);
        if (outcome.trusted[0])
            message_note("no FILE.json is beside %s: taken to be of the run's network, groups of "
                         "classes and images",
                         outcome.trusted);
        if (outcome.left_out[0])
            message_note("%s", outcome.left_out);
        message_detail("%s/index.html: written, with %d figure%s", folder, outcome.drawn,
                       message_plural((size_t)outcome.drawn));
    }
}

/* Loads the model and lists and looks at the images, where options name them. Images that the run
 * recorded are not opened again. False after an error message. */
static bool open_inputs(const char *run, const struct options *options, struct inputs *inputs)
{
    if (options->model && !inputs_load_model(options, &inputs->model))
        return false;
    if (!options->images)
        return true;
    inputs->dataset = inputs_open_dataset(options->images, options, inputs->model);
    return inputs->dataset && looking_check(options, inputs, run);
}

/* Opens the model and images that the options name, and writes the report. Everything is checked
 * before anything is written. */
static void report(const char *run, const struct options *options, const struct ends *ends,
                   const struct lsn_results *results, const struct lsn_report_options *given)
{
    struct lsn_table_options tables = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_report_options made = *given;
    struct inputs inputs = {.model = NULL};
    char *folder = NULL;

    tables.flips = (size_t)options->flips;
    tables.seed = (uint64_t)options->seed;
    tables.stop = &signals_stop;
    made.tables = &tables;
    if (results->raced && (options->low || options->high || options->low_accuracy)) {
        message_usage("--low, --low-accuracy and --high are of selectivity, which %s has not "
                      "before the whole "
                      "sweep: its command without --top or --above runs what is left",
                      run);
        return;
    }
    if (!results->raced && (!folders_is_begun(run, results) || !ends_find(ends, results, &tables) ||
                            !ends_note(ends, results, &tables)))
        return;
    if (open_inputs(run, options, &inputs))
        folder = make_folder(run, options->output);
    if (folder) {
        const char *slash = options->model ? strrchr(options->model, '/') : NULL;

        made.model = inputs.model;
        made.model_name = slash ? slash + 1 : options->model;
        made.dataset = inputs.dataset;
        if (results->raced)
            message_note("%s: is a race's: the report is of how many images each kernel was run "
                         "on; its command without --top or --above runs what is left, and then "
                         "lesion report has all figures",
                         run);
        else if (results->complete_images < results->image_count)
            message_note("%s: not finished; the report is of the first %zu of %zu images, which "
                         "%s complete",
                         run, results->complete_images, results->image_count,
                         message_are(results->complete_images));
        signals_catch();
        write_report(run, folder, results, &made);
    }
    free(folder);
    inputs_free(&inputs);
}

static void run(const struct command_line *line)
{
    const struct options *options = &line->options;
    struct lsn_report_options made = {
        .size = sizeof made,
        .loading = {(enum lsn_alpha)options->alpha, (enum lsn_depth)options->depth},
        .invariance = options->invariance,
        .greedy = options->greedy,
        .race = options->race,
        .pairs = options->pairs,
        .taylor = options->taylor,
        .shapley = options->shapley,
        .force = options->force};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_results *results;
    struct ends ends;

    if (!ends_parse(options, &ends))
        return;
    if (options->images && !options->model) {
        message_usage("--images goes with --model");
        return;
    }
    if (lsn_results_open(line->operands[0], &results, &err) != LSN_OK)
        message_failure(&err);
    else
        report(line->operands[0], options, &ends, results, &made);
    lsn_results_free(results);
}

const struct command cmd_report = {
    .name = "report",
    .bit = FOR_REPORT,
    .operands = "RUN",
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
