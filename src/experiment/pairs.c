/* Which kernels to pair, and the joint lesions of their pairs. */
#include "lesion/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "lesion/decide.h"
#include "outcome/axes.h"
#include "outcome/results.h"
#include "outcome/run.h"
#include "sweep/sets.h"
#include "table/tally.h"

enum lsn_status lsn_pairs_create(const struct lsn_kernel *kernels, int count,
                                 struct lsn_kernel_sets **sets, struct lsn_error *err)
{
    size_t n = (size_t)count;
    int i, j;

    lsn_error_clear(err);
    *sets = NULL;
    if (count < 2 || count > LSN_PAIRS_KERNELS_MAX)
        return lsn_fail(err, LSN_E_ARGUMENT, "pairs of %d kernel%s: wanted 2 ... %d", count,
                        lsn_plural(n), LSN_PAIRS_KERNELS_MAX);
    LSN_TRY(lsn_kernel_sets_create(n + n * (n - 1) / 2, n * n, sets, err));
    for (i = 0; i < count; i++) {
        lsn_kernel_sets_add(*sets, &kernels[i], 1);
        for (j = i + 1; j < count; j++)
            lsn_kernel_sets_add(*sets, (const struct lsn_kernel[]){kernels[i], kernels[j]}, 2);
    }
    return LSN_OK;
}

/* A run from which kernels are chosen. */
struct work {
    const char *run;
    const struct lsn_model *model;
    const struct lsn_pairs_choice *choice;
    struct lsn_results *results;
    int condition;
    struct lsn_tallies tallies;
};

static enum lsn_status check_run(const struct work *w, const struct lsn_facts *facts,
                                 struct lsn_error *err)
{
    const struct lsn_results *r = w->results;
    const char *rule = lsn_model_decision(w->model).rule;

    if (strcmp(facts->text[LSN_FACT_MODEL], lsn_model_sha256(w->model)) != 0)
        return lsn_fail(err, LSN_E_DATA, "%s: the run is of another model, with SHA-256 %.64s",
                        w->run, facts->text[LSN_FACT_MODEL]);
    if (strcmp(facts->text[LSN_FACT_DECIDE], rule) != 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: the run's map of groups is '%s', here it is '%s'; give --decide and "
                        "--decide-by as the run had them",
                        w->run, facts->text[LSN_FACT_DECIDE], rule);
    if (r->set_start)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: is a run of kernels lesioned together (lesion group or lesion pairs): "
                        "wanted one of lesion sweep",
                        w->run);
    if (strcmp(facts->text[LSN_FACT_LESIONED], LSN_LESIONED_ALONE) != 0)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: is a round of lesion shapley, whose kernels were lesioned one on top "
                        "of the other: give singles beside it, of its kernels lesioned alone",
                        w->run);
    if (r->raced)
        return lsn_fail(err, LSN_E_DATA,
                        "%s: is a race's, of other images for each kernel: name the kernels of its "
                        "table, or run its command again without --top or --above",
                        w->run);
    if (r->complete_images == 0)
        return lsn_fail(err, LSN_E_DATA, "%s: no image is complete yet", w->run);
    return LSN_OK;
}

/* Sets *same to whether a condition is b, whose text is b_text. */
static enum lsn_status compare_condition(const struct lsn_condition *a,
                                         const struct lsn_condition *b, const char *b_text,
                                         bool *same, struct lsn_error *err)
{
    struct lsn_text text = {0};
    enum lsn_status status = LSN_OK;

    lsn_condition_add(&text, a);
    if (text.failed)
        status = lsn_fail_memory(err, "a condition");
    *same = status == LSN_OK && strcmp(text.bytes, b_text) == 0 && a->definition == b->definition &&
            a->quantize == b->quantize && a->region.seed == b->region.seed;
    lsn_text_free(&text);
    return status;
}

/* Finds the condition whose text is wanted_text. */
static enum lsn_status find_text(struct work *w, const char *wanted_text, struct lsn_error *err)
{
    const struct lsn_condition *wanted = w->choice->condition;
    bool same = false;

    for (w->condition = 0; w->condition < w->results->condition_count; w->condition++) {
        LSN_TRY(compare_condition(&w->results->conditions[w->condition], wanted, wanted_text, &same,
                                  err));
        if (same)
            return LSN_OK;
    }
    return lsn_fail(err, LSN_E_ARGUMENT,
                    "%s: the run has no contrast %s of definition %s, quantized by %s; give --at a "
                    "contrast that it has, and --region, --normalise, --definition and --quantize "
                    "as it had them",
                    w->run, wanted_text, lsn_definition_names[wanted->definition],
                    lsn_quantize_names[wanted->quantize]);
}

static enum lsn_status find_condition(struct work *w, struct lsn_error *err)
{
    struct lsn_text text = {0};
    enum lsn_status status;

    lsn_condition_add(&text, w->choice->condition);
    status = text.failed ? lsn_fail_memory(err, "a condition") : find_text(w, text.bytes, err);
    lsn_text_free(&text);
    return status;
}

/* Whether number k of the results is by the wanted lesion. */
static bool is_candidate(const struct work *w, size_t k)
{
    const struct lsn_lesion *lesion = &w->results->lesions[w->results->kernel_lesion[k]];
    char texts[2][LSN_LESION_TEXT_MAX];

    lsn_lesion_text(lesion, texts[0]);
    lsn_lesion_text(w->choice->lesion, texts[1]);
    return strcmp(texts[0], texts[1]) == 0 && lesion->seed == w->choice->lesion->seed;
}

static bool is_layer(const struct work *w, int layer)
{
    return layer < lsn_model_layers(w->model) &&
           strcmp(lsn_model_layer_name(w->model, layer), w->results->layer_names[layer]) == 0;
}

/* Whether kernel a costs more than kernel b: by the measure, where that is equal by the other one.
 */
static bool is_more(const struct work *w, size_t a, size_t b)
{
    const struct lsn_tally *x =
        w->tallies.lesioned + (size_t)w->condition * w->results->kernel_count + a;
    const struct lsn_tally *y =
        w->tallies.lesioned + (size_t)w->condition * w->results->kernel_count + b;
    double drops[2] = {(double)x->lost - (double)x->gained, (double)y->lost - (double)y->gained};
    double losses[2] = {x->loss, y->loss};
    bool by_loss = w->choice->measure == LSN_RACE_LOSS;
    const double *first = by_loss ? losses : drops, *second = by_loss ? drops : losses;

    return first[0] > first[1] || (!(first[0] < first[1]) && second[0] > second[1]);
}

static int by_place(const void *left, const void *right)
{
    const struct lsn_kernel *a = left, *b = right;

    return a->layer != b->layer ? (a->layer > b->layer) - (a->layer < b->layer)
                                : (a->kernel > b->kernel) - (a->kernel < b->kernel);
}

/* Fails as the run has too few candidates, and names the lesion that it has. */
static enum lsn_status fail_few(const struct work *w, size_t found, struct lsn_error *err)
{
    const struct lsn_results *r = w->results;
    char wanted[LSN_LESION_TEXT_MAX], there[LSN_LESION_TEXT_MAX] = "none";

    lsn_lesion_text(w->choice->lesion, wanted);
    if (r->lesion_count > 0)
        lsn_lesion_text(&r->lesions[0], there);
    return lsn_fail(err, LSN_E_ARGUMENT,
                    "%s: has %zu kernel%s lesioned by %s, wanted the top %d: ask for fewer, or for "
                    "the --lesion and --seed of the run, whose first lesion is %s, seed %llu",
                    w->run, found, lsn_plural(found), wanted, w->choice->top, there,
                    r->lesion_count > 0 ? (unsigned long long)r->lesions[0].seed : 0);
}

/* Inserts each candidate among the best so far [top], sorted; equal ones stay in the run's order.
 */
static enum lsn_status find_best(const struct work *w, size_t *best, struct lsn_error *err)
{
    const struct lsn_results *r = w->results;
    size_t top = (size_t)w->choice->top, found = 0, at, k;

    for (k = 0; k < r->kernel_count; k++) {
        if (!is_candidate(w, k))
            continue;
        if (!is_layer(w, r->kernel_layer[k]))
            return lsn_fail(err, LSN_E_DATA, "%s: its layer '%s' is not number %d here%s", w->run,
                            r->layer_names[r->kernel_layer[k]], r->kernel_layer[k],
                            "; give --lesion-places as the run had it");
        for (at = found < top ? found++ : top; at > 0 && is_more(w, k, best[at - 1]); at--)
            if (at < top)
                best[at] = best[at - 1];
        if (at < top)
            best[at] = k;
    }
    if (found < top)
        return fail_few(w, found, err);
    return LSN_OK;
}

static enum lsn_status choose(struct work *w, struct lsn_kernel *kernels, struct lsn_error *err)
{
    size_t top = (size_t)w->choice->top, i;
    size_t *best = lsn_alloc(top, sizeof *best);
    enum lsn_status status = best ? LSN_OK : lsn_fail_memory(err, "a list of kernels");

    if (status == LSN_OK)
        status = lsn_tallies_make(w->results, w->results->complete_images, &w->tallies, err);
    if (status == LSN_OK)
        status = find_best(w, best, err);
    for (i = 0; i < top && status == LSN_OK; i++)
        kernels[i] = (struct lsn_kernel){w->results->kernel_layer[best[i]],
                                         w->results->kernel_index[best[i]]};
    if (status == LSN_OK)
        qsort(kernels, top, sizeof *kernels, by_place);
    lsn_tallies_free(&w->tallies);
    lsn_free(best);
    return status;
}

enum lsn_status lsn_pairs_choose(const char *run, const struct lsn_model *model,
                                 const struct lsn_pairs_choice *choice, struct lsn_kernel **kernels,
                                 size_t *images, struct lsn_error *err)
{
    struct work w = {.run = run, .model = model, .choice = choice};
    struct lsn_facts facts;
    enum lsn_status status;

    lsn_error_clear(err);
    *kernels = NULL;
    *images = 0;
    if (choice->top < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "the top %d kernels: wanted at least 1", choice->top);
    LSN_TRY(lsn_run_read(run, &facts, &w.results, err));
    status = check_run(&w, &facts, err);
    if (status == LSN_OK)
        status = find_condition(&w, err);
    if (status == LSN_OK) {
        *images = w.results->complete_images;
        *kernels = lsn_alloc((size_t)choice->top, sizeof **kernels);
        status = *kernels ? choose(&w, *kernels, err) : lsn_fail_memory(err, "a list of kernels");
    }
    lsn_results_free(w.results);
    if (status != LSN_OK) {
        lsn_free(*kernels);
        *kernels = NULL;
    }
    return status;
}
