/* Greedy lesions. A greedy step sweeps the kernels not chosen yet while those chosen so far stay
 * lesioned (the fixed lesions), and chooses the one with the largest drop. A step of a random order
 * only adds the order's next kernel to the fixed lesions and runs no sweep: the outcomes of the run
 * without further lesions are what the fixed lesions cost. */
#include "lesion/greedy.h"

#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/random.h"
#include "sweep/job.h"
#include "table/columns.h"
#include "table/tally.h"

/* One step of one order at one condition. */
struct step {
    struct lsn_kernel kernel;
    struct lsn_tally tally; /* of the fixed lesions up to this step, against the intact network */
};

struct lsn_greedy {
    struct lsn_results *axes;
    int steps, orders;
    struct step *done;        /* [condition][1 + orders][steps]; order 0 is the greedy one */
    int *done_count;          /* [condition][1 + orders] steps finished */
    struct lsn_tally *intact; /* [condition] */
};

struct work {
    const struct lsn_model *model;
    const struct lsn_dataset *dataset;
    const struct lsn_sweep_options *options;
    const struct lsn_greedy_options *how;
    struct lsn_greedy *greedy;
    struct lsn_kernel *candidates; /* [candidate_count] in the model's order */
    struct lsn_kernel *left;       /* [candidate_count] those not chosen yet */
    struct lsn_kernel *fixed;      /* [steps] the fixed lesions */
    struct lsn_kernel *random;     /* [orders][steps] */
    int candidate_count;
    struct lsn_outcome *intact; /* [images] at the current condition, without any lesion */
    char stage[120];            /* the step, as progress shows it */
};

/* Passes the sweep's progress on, with the step as its stage. */
static void report(void *context, const struct lsn_progress *progress)
{
    const struct work *w = context;
    struct lsn_progress shown = *progress;

    shown.stage = w->stage;
    w->options->progress(w->options->progress_context, &shown);
}

/* Sweeps the first `left` kernels of w->left at a condition, under the first `fixed` fixed lesions.
 * With left 0 it runs the fixed lesions alone. */
static enum lsn_status sweep(struct work *w, int condition, int left, int fixed,
                             struct lsn_results **results, struct lsn_error *err)
{
    struct lsn_sweep_options options = *w->options;

    options.conditions = &w->options->conditions[condition];
    options.condition_count = 1;
    options.layers = options.kernels = NULL;
    options.picked = w->left;
    options.picked_count = left;
    options.fixed = w->fixed;
    options.fixed_count = fixed;
    options.started = NULL;
    options.progress = w->options->progress ? report : NULL;
    options.progress_context = w;
    if (left == 0)
        options.engine = LSN_ENGINE_INTACT;
    return lsn_sweep_run(w->model, w->dataset, &options, results, err);
}

/* What lesioning a kernel costs on top of the fixed lesions. */
struct cost {
    double dropped, loss; /* images, nats */
};

/* Whether a costs more than b by the measure chosen; where these are equal, by the other measure.
 */
static bool is_more(const struct work *w, const struct cost *a, const struct cost *b)
{
    bool by_loss = w->how->measure == LSN_RACE_LOSS;
    double first[2] = {by_loss ? a->loss : a->dropped, by_loss ? b->loss : b->dropped};
    double second[2] = {by_loss ? a->dropped : a->loss, by_loss ? b->dropped : b->loss};

    return first[0] > first[1] || (!(first[0] < first[1]) && second[0] > second[1]);
}

/* Sets chosen to the kernel of results that costs most; of equal ones, to the first. */
static enum lsn_status choose(const struct work *w, const struct lsn_results *results,
                              size_t *chosen, struct lsn_error *err)
{
    struct lsn_tallies tallies;
    struct cost best = {0, 0};
    size_t k;

    LSN_TRY(lsn_tallies_make(results, results->image_count, &tallies, err));
    *chosen = 0;
    for (k = 0; k < results->kernel_count; k++) {
        struct lsn_tally_drops drops = lsn_tally_drops(&tallies.intact[0], &tallies.lesioned[k]);
        struct cost cost = {drops.top1, drops.loss};

        if (k == 0 || is_more(w, &cost, &best)) {
            best = cost;
            *chosen = k;
        }
    }
    lsn_tallies_free(&tallies);
    return LSN_OK;
}

/* Tallies the outcomes of kernel k of the results against the intact network. Where the results
 * have no kernel k, these are the outcomes of the fixed lesions alone. */
static enum lsn_status tally(const struct work *w, const struct lsn_results *results, size_t k,
                             struct lsn_tally *to, struct lsn_error *err)
{
    struct lsn_outcome outcome;
    uint8_t same;
    size_t image;

    for (image = 0; image < results->image_count; image++) {
        if (k < results->kernel_count)
            LSN_TRY(lsn_store_get(results->store, image, k, 1, &outcome, &same, err));
        else
            LSN_TRY(lsn_store_get_intact(results->store, image, &outcome, err));
        lsn_tally_add_lesioned(to, &w->intact[image], &outcome, false);
    }
    return LSN_OK;
}

/* Stores and tallies the outcomes at a condition without any lesion. */
static enum lsn_status keep_intact(struct work *w, const struct lsn_results *results, int condition,
                                   struct lsn_error *err)
{
    size_t image;

    for (image = 0; image < results->image_count; image++) {
        LSN_TRY(lsn_store_get_intact(results->store, image, &w->intact[image], err));
        lsn_tally_add(&w->greedy->intact[condition], &w->intact[image]);
    }
    return LSN_OK;
}

static void remove_left(struct work *w, int count, int index)
{
    for (; index < count - 1; index++)
        w->left[index] = w->left[index + 1];
}

static struct step *step_at(const struct lsn_greedy *g, int condition, int order, int step)
{
    size_t row = (size_t)condition * (size_t)(1 + g->orders) + (size_t)order;

    return &g->done[row * (size_t)g->steps + (size_t)step];
}

/* [steps] the kernels of a random order; orders count from 1. */
static struct lsn_kernel *random_order(const struct work *w, int order)
{
    return w->random + (size_t)(order - 1) * (size_t)w->how->steps;
}

/* Runs one step: order 0 chooses from the kernels left, another takes its next kernel. */
static enum lsn_status run_step(struct work *w, int condition, int order, int step_index,
                                struct lsn_error *err)
{
    struct step *step = step_at(w->greedy, condition, order, step_index);
    int left = order == 0 ? w->candidate_count - step_index : 0;
    struct lsn_results *results;
    enum lsn_status status;
    size_t chosen = 0;

    if (order > 0)
        w->fixed[step_index] = random_order(w, order)[step_index];
    status = sweep(w, condition, left, order > 0 ? step_index + 1 : step_index, &results, err);
    if (status == LSN_OK && order == 0 && step_index == 0)
        status = keep_intact(w, results, condition, err);
    if (status == LSN_OK && order == 0)
        status = choose(w, results, &chosen, err);
    if (status == LSN_OK)
        status = tally(w, results, chosen, &step->tally, err);
    lsn_results_free(results);
    LSN_TRY(status);
    if (order == 0) {
        w->fixed[step_index] = w->left[chosen];
        remove_left(w, left, (int)chosen);
    }
    step->kernel = w->fixed[step_index];
    w->greedy->done_count[condition * (1 + w->greedy->orders) + order]++;
    return LSN_OK;
}

static enum lsn_status run_condition(struct work *w, int condition, struct lsn_error *err)
{
    int order, step_index, i;

    for (i = 0; i < w->candidate_count; i++)
        w->left[i] = w->candidates[i];
    for (order = 0; order <= w->how->orders; order++)
        for (step_index = 0; step_index < w->how->steps; step_index++) {
            snprintf(w->stage, sizeof w->stage, "condition %d of %d, order %d of %d, step %d of %d",
                     condition + 1, w->options->condition_count, order, w->how->orders,
                     step_index + 1, w->how->steps);
            LSN_TRY(run_step(w, condition, order, step_index, err));
        }
    return LSN_OK;
}

/* Draws the kernels of each random order; none is drawn twice within an order. */
static void draw_orders(struct work *w)
{
    int order, i;

    for (order = 1; order <= w->how->orders; order++) {
        uint64_t state = w->how->seed * 1000003u + (uint64_t)order - 1;

        for (i = 0; i < w->candidate_count; i++)
            w->left[i] = w->candidates[i];
        for (i = 0; i < w->how->steps; i++) {
            int j = i + (int)lsn_random_below(&state, (uint64_t)(w->candidate_count - i));
            struct lsn_kernel drawn = w->left[j];

            w->left[j] = w->left[i];
            w->left[i] = random_order(w, order)[i] = drawn;
        }
    }
}

static enum lsn_status allocate(struct work *w, struct lsn_error *err)
{
    struct lsn_greedy *g = w->greedy;
    size_t orders = (size_t)(1 + g->orders), steps = (size_t)g->steps;
    size_t conditions = (size_t)w->options->condition_count;

    g->done = lsn_alloc(conditions * orders * steps, sizeof *g->done);
    g->done_count = lsn_alloc(conditions * orders, sizeof *g->done_count);
    g->intact = lsn_alloc(conditions, sizeof *g->intact);
    w->left = lsn_alloc((size_t)w->candidate_count, sizeof *w->left);
    w->fixed = lsn_alloc(steps, sizeof *w->fixed);
    w->random = lsn_alloc(orders * steps, sizeof *w->random);
    w->intact = lsn_alloc(g->axes->image_count, sizeof *w->intact);
    return g->done && g->done_count && g->intact && w->left && w->fixed && w->random && w->intact
               ? LSN_OK
               : lsn_fail_memory(err, "greedy lesions");
}

/* Finds the images, conditions and kernels that the options select. */
static enum lsn_status describe(struct work *w, struct lsn_error *err)
{
    struct lsn_job job = {.model = w->model, .dataset = w->dataset, .options = w->options};
    enum lsn_status status = lsn_job_describe(&job, lsn_dataset_count(w->dataset), err);
    struct lsn_results *axes = job.results;
    size_t k;

    lsn_job_release(&job);
    w->greedy->axes = axes;
    LSN_TRY(status);
    w->candidate_count = (int)axes->kernel_count;
    w->candidates = lsn_alloc(axes->kernel_count, sizeof *w->candidates);
    if (!w->candidates)
        return lsn_fail_memory(err, "greedy lesions");
    for (k = 0; k < axes->kernel_count; k++)
        w->candidates[k] = (struct lsn_kernel){axes->kernel_layer[k], axes->kernel_index[k]};
    if (w->candidate_count < w->how->steps)
        return lsn_fail(err, LSN_E_ARGUMENT, "%d steps of %d kernel%s", w->how->steps,
                        w->candidate_count, lsn_plural((size_t)w->candidate_count));
    return LSN_OK;
}

static enum lsn_status check(const struct lsn_sweep_options *o,
                             const struct lsn_greedy_options *how, struct lsn_error *err)
{
    if (o->run || o->shards || o->fixed_count || o->picked_count || o->round ||
        o->engine == LSN_ENGINE_INTACT)
        return lsn_fail(err, LSN_E_ARGUMENT, "greedy lesions take no run directory and no shards");
    if (o->condition_count < 1 || o->lesion_count > 1 || how->steps < 1 || how->orders < 0)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "greedy lesions need a condition, one lesion, and at least one step");
    return LSN_OK;
}

static enum lsn_status run(struct work *w, struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    int c;

    LSN_TRY(describe(w, err));
    LSN_TRY(allocate(w, err));
    draw_orders(w);
    for (c = 0; c < w->options->condition_count && status == LSN_OK; c++)
        status = run_condition(w, c, err);
    return status;
}

enum lsn_status lsn_greedy_run(const struct lsn_model *model, const struct lsn_dataset *dataset,
                               const struct lsn_sweep_options *given,
                               const struct lsn_greedy_options *given_how,
                               struct lsn_greedy **greedy, struct lsn_error *err)
{
    struct lsn_sweep_options options = LSN_SWEEP_OPTIONS_DEFAULT;
    struct lsn_greedy_options how = LSN_GREEDY_OPTIONS_DEFAULT;
    struct work w = {.model = model, .dataset = dataset, .options = &options, .how = &how};
    enum lsn_status status;

    lsn_error_clear(err);
    *greedy = NULL;
    LSN_TRY(lsn_options_take("sweep", &options, given, err));
    LSN_TRY(lsn_options_take("greedy", &how, given_how, err));
    LSN_TRY(check(&options, &how, err));
    w.greedy = lsn_alloc(1, sizeof *w.greedy);
    if (!w.greedy)
        return lsn_fail_memory(err, "greedy lesions");
    w.greedy->steps = how.steps;
    w.greedy->orders = how.orders;
    status = run(&w, err);
    lsn_free(w.candidates);
    lsn_free(w.left);
    lsn_free(w.fixed);
    lsn_free(w.random);
    lsn_free(w.intact);
    if (status == LSN_OK || (status == LSN_E_INTERRUPTED && w.greedy->done_count))
        *greedy = w.greedy;
    else
        lsn_greedy_free(w.greedy);
    return status;
}

void lsn_greedy_free(struct lsn_greedy *greedy)
{
    if (!greedy)
        return;
    lsn_results_free(greedy->axes);
    lsn_free(greedy->done);
    lsn_free(greedy->done_count);
    lsn_free(greedy->intact);
    lsn_free(greedy);
}

const struct lsn_results *lsn_greedy_axes(const struct lsn_greedy *greedy)
{
    return greedy->axes;
}

static void add_row(struct lsn_text *text, const struct lsn_greedy *g, int condition, int order,
                    int step_index)
{
    const struct step *step = step_at(g, condition, order, step_index);
    const struct lsn_results *r = g->axes;

    if (order == 0)
        lsn_text_add(text, "greedy");
    else
        lsn_text_add(text, "random-%d", order);
    lsn_text_add(text, ",%d,", step_index + 1);
    lsn_text_add_csv(text, r->layer_names[step->kernel.layer]);
    lsn_text_add(text, ",%d,%d", step->kernel.layer, step->kernel.kernel);
    lsn_columns_lesion(text, &r->lesions[0]);
    lsn_columns_condition(text, &r->conditions[condition]);
    lsn_columns_accuracy(text, r->image_count, &g->intact[condition], &step->tally);
    lsn_columns_measures(text, r->image_count, &g->intact[condition], &step->tally);
    lsn_text_add(text, "\n");
}

enum lsn_status lsn_greedy_write(const char *path, bool force, const struct lsn_greedy *g,
                                 struct lsn_error *err)
{
    struct lsn_text text = {0};
    int condition, order, step_index;

    lsn_error_clear(err);
    lsn_text_add(&text, "order,step," LSN_COLUMNS_KERNEL "," LSN_CONDITION "," LSN_COLUMNS_ACCURACY
                        "," LSN_COLUMNS_MEASURES "\n");
    for (condition = 0; condition < g->axes->condition_count; condition++)
        for (order = 0; order <= g->orders; order++)
            for (step_index = 0; step_index < g->done_count[condition * (1 + g->orders) + order];
                 step_index++)
                add_row(&text, g, condition, order, step_index);
    return lsn_columns_write(path, force, &text, LSN_OK, err);
}
