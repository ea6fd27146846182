/* The rounds of Shapley values: each is a sweep of cumulative lesions. */
#include "experiment/shapley.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/text.h"
#include "format/file.h"
#include "outcome/results.h"
#include "outcome/run.h"
#include "sweep/select.h"

struct work {
    const struct lsn_model *model;
    const struct lsn_dataset *dataset;
    const struct lsn_sweep_options *options;
    struct lsn_shapley *shapley;
    size_t bytes;   /* that the values take, and the outcomes of the kernels lesioned alone */
    char stage[60]; /* as progress shows it */
};

/* Passes the sweep's progress on, with the round as its stage. */
static void report(void *context, const struct lsn_progress *progress)
{
    const struct work *w = context;
    struct lsn_progress shown = *progress;

    shown.stage = w->stage;
    w->options->progress(w->options->progress_context, &shown);
}

/* Runs a round, or with round 0 each kernel alone. *results are complete, or NULL. */
static enum lsn_status run_round(struct work *w, int round, struct lsn_results **results,
                                 struct lsn_error *err)
{
    struct lsn_sweep_options options = *w->options;
    enum lsn_status status = LSN_OK;
    char name[24] = LSN_SINGLES_FOLDER, *folder = NULL;

    *results = NULL;
    if (round > 0)
        snprintf(name, sizeof name, "round-%03d", round);
    snprintf(w->stage, sizeof w->stage, round > 0 ? "round %d of at most %d" : "one by one", round,
             w->shapley->how.rounds);
    if (options.run) {
        options.run = folder = lsn_path_join(options.run, name);
        if (!folder)
            return lsn_fail_memory(err, "a path");
    }
    options.memory -= options.memory ? w->bytes : 0;
    options.round = round;
    options.order_seed = w->shapley->how.seed;
    if (round > 1 && w->shapley->length < w->shapley->axes->kernel_count)
        options.order_length = (int)w->shapley->length;
    options.started = NULL;
    options.progress = options.progress ? report : NULL;
    options.progress_context = w;
    status = lsn_sweep_run(w->model, w->dataset, &options, results, err);
    if (status != LSN_OK) {
        lsn_results_free(*results);
        *results = NULL;
    }
    lsn_free(folder);
    return status;
}

/* Whether all of the top are known at all conditions; the others are dropped then. */
static bool is_decided(const struct lsn_shapley *s)
{
    size_t accepted, k;
    int c;

    for (c = 0; c < s->axes->condition_count; c++) {
        for (accepted = k = 0; k < s->axes->kernel_count; k++)
            accepted += lsn_shapley_state(s, k, c) == LSN_RACE_ACCEPTED;
        if (accepted < (size_t)s->how.top)
            return false;
    }
    return s->how.top > 0;
}

static enum lsn_status allocate(struct work *w, struct lsn_error *err)
{
    struct lsn_shapley *s = w->shapley;
    size_t conditions = (size_t)s->axes->condition_count, memory = w->options->memory, cells;
    const size_t each = LSN_SHAPLEY_MEASURES * (sizeof *s->bettings + 3 * sizeof(double));

    if (!lsn_mul_size(conditions, s->axes->kernel_count, &cells) ||
        !lsn_mul_size(cells, each, &w->bytes))
        return lsn_fail_memory(err, "Shapley values");
    w->bytes += w->options->run ? 0 : lsn_store_memory(lsn_results_shape(s->axes));
    if (memory > 0 && w->bytes >= memory)
        return lsn_fail(err, LSN_E_MEMORY,
                        "%zu MiB of memory are too few: the Shapley values of %zu kernel%s at %d "
                        "condition%s alone need %zu MiB",
                        memory >> 20, s->axes->kernel_count, lsn_plural(s->axes->kernel_count),
                        s->axes->condition_count, lsn_plural(conditions), (w->bytes >> 20) + 1);
    s->ends = lsn_alloc(conditions, sizeof *s->ends);
    s->bettings = lsn_alloc(cells, LSN_SHAPLEY_MEASURES * sizeof *s->bettings);
    s->states = lsn_alloc(cells, sizeof *s->states);
    s->curves = lsn_alloc(cells, LSN_SHAPLEY_MEASURES * sizeof *s->curves);
    s->before = lsn_alloc(cells, LSN_SHAPLEY_MEASURES * sizeof *s->before);
    s->squares = lsn_alloc(cells, LSN_SHAPLEY_MEASURES * sizeof *s->squares);
    return s->ends && s->bettings && s->states && s->curves && s->before && s->squares
               ? LSN_OK
               : lsn_fail_memory(err, "Shapley values");
}

static enum lsn_status run(struct work *w, struct lsn_error *err)
{
    struct lsn_shapley *s = w->shapley;
    int round;

    LSN_TRY(run_round(w, 0, &s->axes, err));
    LSN_TRY(allocate(w, err));
    for (round = 1; round <= s->how.rounds && !is_decided(s); round++) {
        struct lsn_results *results;
        enum lsn_status status;

        LSN_TRY(run_round(w, round, &results, err));
        status = lsn_shapley_add(s, results, round, err);
        lsn_results_free(results);
        LSN_TRY(status);
        if (round == 1)
            lsn_shapley_truncate(s);
        if (s->how.top > 0)
            LSN_TRY(lsn_shapley_decide(s, err));
    }
    return LSN_OK;
}

static enum lsn_status check(const struct lsn_sweep_options *o,
                             const struct lsn_shapley_options *how, struct lsn_error *err)
{
    if (o->fixed_count || o->sets || o->round || o->sample_kernels || o->lesion_count > 1 ||
        o->engine == LSN_ENGINE_INTACT)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "Shapley values take one lesion, no fixed or joint ones, and no sample");
    if (how->rounds < 1 || how->seed < 0 || how->top < 0 || how->measure > LSN_RACE_LOSS ||
        !(how->confidence > 0 && how->confidence < 1) || !(how->clip >= 0 && how->clip < 1e6) ||
        !(how->truncate >= 0 && how->truncate < 1))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "Shapley values: rounds %d, seed %lld, top %d, confidence %g, clip %g, "
                        "truncate %g",
                        how->rounds, (long long)how->seed, how->top, how->confidence, how->clip,
                        how->truncate);
    if ((how->top > 0 || how->truncate > 0) && o->shards)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "the top, and where orders end, is decided from all images: shards take "
                        "neither; merge them, then ask for it");
    return LSN_OK;
}

/* Checks, before anything is run, that there are more kernels than the top. */
static enum lsn_status check_top(const struct lsn_model *model, const struct lsn_sweep_options *o,
                                 int top, struct lsn_error *err)
{
    const struct lsn_lesion whole = LSN_LESION_WHOLE;
    struct lsn_selection chosen;
    size_t kernels;

    if (top == 0)
        return LSN_OK;
    LSN_TRY(
        lsn_selection_make(model, o, o->lesion_count > 0 ? o->lesions : &whole, 1, &chosen, err));
    kernels = chosen.count;
    lsn_selection_free(&chosen);
    return (size_t)top < kernels ? LSN_OK
                                 : lsn_fail(err, LSN_E_ARGUMENT,
                                            "the top %d of %zu kernel%s: fewer must be asked for",
                                            top, kernels, lsn_plural(kernels));
}

/* Makes the folder that the run directories are in. */
static enum lsn_status make_folder(const char *run, struct lsn_error *err)
{
    struct stat info;
    char *facts;
    bool is_run;

    if (!run)
        return LSN_OK;
    if (mkdir(run, 0777) != 0 && errno != EEXIST)
        return lsn_fail_errno(err, errno, "%s: cannot create", run);
    if (stat(run, &info) == 0 && !S_ISDIR(info.st_mode))
        return lsn_fail(err, LSN_E_IO, "%s: is a file, a run wants a folder", run);
    facts = lsn_path_join(run, LSN_FACTS_FILE);
    if (!facts)
        return lsn_fail_memory(err, "a path");
    is_run = access(facts, F_OK) == 0;
    lsn_free(facts);
    return is_run ? lsn_fail(
                        err, LSN_E_DATA,
                        "%s: is one run itself, lesion shapley makes several: give another folder",
                        run)
                  : LSN_OK;
}

enum lsn_status lsn_shapley_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                                const struct lsn_sweep_options *given,
                                const struct lsn_shapley_options *given_how,
                                struct lsn_shapley **shapley, struct lsn_error *err)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_shapley_options how = LSN_SHAPLEY_OPTIONS_DEFAULT;
    struct work w = {.model = model, .dataset = dataset, .options = &options};
    enum lsn_status status;

    lsn_error_clear(err);
    *shapley = NULL;
    LSN_TRY(lsn_options_take("sweep", &options, given, err));
    LSN_TRY(lsn_options_take("shapley", &how, given_how, err));
    LSN_TRY(check(&options, &how, err));
    LSN_TRY(check_top(model, &options, how.top, err));
    LSN_TRY(make_folder(options.run, err));
    w.shapley = lsn_alloc(1, sizeof *w.shapley);
    if (!w.shapley)
        return lsn_fail_memory(err, "Shapley values");
    w.shapley->how = how;
    w.shapley->largest[LSN_RACE_ACCURACY] = 1;
    w.shapley->largest[LSN_RACE_LOSS] =
        how.clip > 0 ? how.clip : log(fmax(lsn_model_classes(model), 2));
    status = run(&w, err);
    if (status == LSN_OK || (status == LSN_E_INTERRUPTED && w.shapley->rounds > 0))
        *shapley = w.shapley;
    else
        lsn_shapley_free(w.shapley);
    return status;
}

void lsn_shapley_free(struct lsn_shapley *s)
{
    if (!s)
        return;
    lsn_results_free(s->axes);
    lsn_free(s->ends);
    lsn_free(s->bettings);
    lsn_free(s->states);
    lsn_free(s->curves);
    lsn_free(s->before);
    lsn_free(s->squares);
    lsn_free(s);
}
