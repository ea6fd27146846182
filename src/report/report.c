/* Makes a report: writes the tables, draws the figures from them, and puts both into the page. */
#include "report/report.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/options.h"
#include "format/file.h"
#include "lesion/decide.h"
#include "table/columns.h"

#define RUN_BYTES_MAX ((size_t)1 << 20)

/* Whether model and dataset, where given, are what the run is of. */
static enum lsn_status compare(const struct lsn_report *report, const char *path,
                               const struct lsn_json *json, struct lsn_error *err)
{
    const struct lsn_report_options *options = report->options;
    const char *model = lsn_json_string(lsn_json_member(json, "model_sha256"));
    const char *images = lsn_json_string(lsn_json_member(json, "image_list_sha256"));
    const char *found = lsn_json_string(lsn_json_member(json, "decide"));
    const char *rule = options->model ? lsn_model_decision(options->model).rule : "none";

    if (!model || !images)
        return lsn_fail(err, LSN_E_FORMAT, "%s: lacks model_sha256 or image_list_sha256", path);
    if (options->model && strcmp(lsn_model_sha256(options->model), model) != 0)
        return lsn_fail(err, LSN_E_DATA, "%s: the run is of another model, with SHA-256 %.64s",
                        path, model);
    if (options->dataset && strcmp(rule, found ? found : "none") != 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: the run's map of groups is '%.80s', here it is '%s'; give --decide "
                        "and --decide-by as the run had them",
                        path, found ? found : "none", rule);
    if (options->dataset && strcmp(lsn_dataset_sha256(options->dataset), images) != 0)
        return lsn_fail(err, LSN_E_DATA, "%s: the run is of another list of images", path);
    return LSN_OK;
}

static enum lsn_status read_run(struct lsn_report *report, struct lsn_error *err)
{
    char *path = lsn_path_join(report->run, "run.json");
    struct lsn_bytes bytes = {0};
    enum lsn_status status = path ? LSN_OK : lsn_fail_memory(err, "a path");

    if (status == LSN_OK)
        status = lsn_file_read(path, RUN_BYTES_MAX, &bytes, err);
    if (status == LSN_OK)
        status = lsn_json_parse(path, (const char *)bytes.data, bytes.size, &report->facts, err);
    if (status == LSN_OK)
        status = compare(report, path, report->facts, err);
    if (status == LSN_OK)
        snprintf(report->model_sha256, sizeof report->model_sha256, "%s",
                 lsn_json_string(lsn_json_member(report->facts, "model_sha256")));
    lsn_free(bytes.data);
    lsn_free(path);
    return status;
}

static enum lsn_status make_folder(const char *path, struct lsn_error *err)
{
    if (!path)
        return lsn_fail_memory(err, "a path");
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return lsn_fail_errno(err, errno, "%s: cannot create", path);
    return LSN_OK;
}

static enum lsn_status make_folders(const struct lsn_report *report, struct lsn_error *err)
{
    char *tables = lsn_path_join(report->folder, "tables");
    char *figures = lsn_path_join(report->folder, "figures");
    enum lsn_status status = make_folder(report->folder, err);

    if (status == LSN_OK)
        status = make_folder(tables, err);
    if (status == LSN_OK)
        status = make_folder(figures, err);
    lsn_free(tables);
    lsn_free(figures);
    return status;
}

typedef enum lsn_status write_table(const char *path, bool force, const struct lsn_results *results,
                                    struct lsn_error *err);

static enum lsn_status write_curves(const struct lsn_report *report, const char *path,
                                    struct lsn_error *err)
{
    const struct lsn_table_options *tables = report->options->tables;
    struct lsn_psychometric_options options = LSN_PSYCHOMETRIC_OPTIONS_DEFAULT;

    options.flips = tables->flips;
    options.seed = tables->seed;
    options.memory = tables->memory;
    options.stop = tables->stop;
    return lsn_table_write_psychometric(path, report->options->force, report->results, &options,
                                        err);
}

/* Writes the tables, of a run that races left that of kernels alone. That of selectivity is the
 * first, as its options (the two contrasts) can be wrong: a mistake shows before anything else is
 * written. */
static enum lsn_status write_tables(const struct lsn_report *report, struct lsn_error *err)
{
    static const struct {
        const char *name;
        write_table *write;
    } tables[] = {{"selectivity", NULL},
                  {"kernels", lsn_table_write_kernels},
                  {"intact", lsn_table_write_intact},
                  {"layers", lsn_table_write_layers},
                  {"psychometric", NULL}};
    const struct lsn_report_options *options = report->options;
    bool raced = report->results->raced;
    enum lsn_status status = LSN_OK;
    size_t i;

    for (i = 0; i < sizeof tables / sizeof tables[0] && status == LSN_OK; i++) {
        char *path = lsn_report_path(report, "tables", tables[i].name, ".csv");

        if (!path)
            status = lsn_fail_memory(err, "a path");
        else if (tables[i].write && (!raced || tables[i].write == lsn_table_write_kernels))
            status = tables[i].write(path, options->force, report->results, err);
        else if (i > 0 && report->curved)
            status = write_curves(report, path, err);
        else if (i == 0 && report->compared)
            status = lsn_table_write_selectivity(path, options->force, report->results,
                                                 options->tables, err);
        lsn_free(path);
    }
    return status;
}

/* Whether to write the table of selectivity: the run has two contrasts, or the user asked for some,
 * in which case writing it gives the error. */
static bool wants_selectivity(const struct lsn_results *results,
                              const struct lsn_table_options *options)
{
    return !lsn_results_one_contrast(results) || options->low >= 0 || options->high >= 0;
}

/* Whether to write the table of psychometric curves: some region and normalisation has contrasts
 * enough for a curve. */
static bool wants_curves(const struct lsn_results *results)
{
    int c, other, count;

    for (c = 0; c < results->condition_count; c++) {
        for (count = 0, other = c; other < results->condition_count; other++)
            count += lsn_same_but_contrast(results, c, other);
        if (count >= LSN_PSYCHOMETRIC_CONTRASTS_LEAST)
            return results->kernel_count > 0;
    }
    return false;
}

/* Checks that the tables of other commands, which the report shows too, can be read. */
static enum lsn_status check_finds(struct lsn_report *report, struct lsn_error *err)
{
    struct lsn_text csv = {0};
    enum lsn_status status = LSN_OK;

    if (report->options->invariance)
        status = lsn_figure_invariance(report, NULL, &csv, err);
    if (report->options->greedy && status == LSN_OK)
        status = lsn_figure_greedy(report, NULL, &csv, err);
    if (report->options->race && status == LSN_OK)
        status = lsn_figure_race(report, NULL, &csv, err);
    if (report->options->pairs && status == LSN_OK)
        status = lsn_figure_pairs(report, NULL, &csv, err);
    if (report->options->taylor && status == LSN_OK)
        status = lsn_figure_taylor(report, NULL, &csv, err);
    if (report->options->shapley && status == LSN_OK)
        status = lsn_figure_shapley(report, NULL, &csv, err);
    lsn_text_free(&csv);
    if (status == LSN_OK && !report->results->raced)
        status = lsn_report_read_ladder(report, err);
    return status;
}

/* Checks that these tables are of what the run is of. */
static enum lsn_status check_beside(struct lsn_report *report, struct lsn_report_outcome *outcome,
                                    struct lsn_error *err)
{
    const struct lsn_report_options *o = report->options;
    const char *const paths[] = {o->invariance, o->greedy, o->race,
                                 o->pairs,      o->taylor, o->shapley};
    size_t i;

    for (i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (paths[i])
            LSN_TRY(lsn_report_check_beside(report, paths[i], outcome, err));
    return LSN_OK;
}

/* Checks all that can be checked before anything is written. */
static enum lsn_status check(struct lsn_report *report, struct lsn_error *err)
{
    char *page = lsn_path_join(report->folder, "index.html");
    struct stat found;
    enum lsn_status status = LSN_OK;

    if (!page)
        status = lsn_fail_memory(err, "a path");
    else if (report->results->complete_images == 0 && !report->results->raced)
        status = lsn_fail(err, LSN_E_DATA, "%s: no image is complete yet", report->run);
    else if (stat(report->folder, &found) == 0)
        status = lsn_output_check(page, report->options->force, err);
    lsn_free(page);
    return status == LSN_OK ? check_finds(report, err) : status;
}

enum lsn_status lsn_report_write(const char *run, const char *folder,
                                 const struct lsn_results *results,
                                 const struct lsn_report_options *given,
                                 struct lsn_report_outcome *outcome, struct lsn_error *err)
{
    struct lsn_table_options tables = LSN_TABLE_OPTIONS_DEFAULT;
    struct lsn_report_options options = LSN_REPORT_OPTIONS_DEFAULT;
    struct lsn_report report = {.run = run,
                                .folder = folder,
                                .results = results,
                                .options = &options,
                                .curved = !results->raced && wants_curves(results)};
    enum lsn_status status;

    lsn_error_clear(err);
    *outcome = (struct lsn_report_outcome){0};
    LSN_TRY(lsn_options_take("report", &options, given, err));
    LSN_TRY(lsn_options_take("table", &tables, options.tables, err));
    options.tables = &tables;
    report.compared = !results->raced && wants_selectivity(results, &tables);
    status = check(&report, err);
    if (status == LSN_OK)
        status = read_run(&report, err);
    if (status == LSN_OK)
        status = check_beside(&report, outcome, err);
    if (status == LSN_OK)
        status = make_folders(&report, err);
    if (status == LSN_OK)
        status = write_tables(&report, err);
    if (status == LSN_OK)
        status = lsn_report_read(&report, err);
    if (status == LSN_OK)
        status = lsn_figures_write(&report, outcome, err);
    if (status == LSN_OK)
        status = lsn_page_write(&report, err);
    if (status == LSN_OK && !outcome->note[0] && report.section_count < report.section_total)
        snprintf(outcome->note, sizeof outcome->note,
                 "the first %d of %d sections are shown; all are in the tables",
                 report.section_count, report.section_total);
    lsn_report_free(&report);
    return status;
}
