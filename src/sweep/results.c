#include "sweep/results.h"

#include "base/error.h"
#include "base/memory.h"

#define MISSING (-1)

enum lsn_status lsn_results_create(size_t image_count, int condition_count, int classes,
                                   bool keep_logits, struct lsn_selection *selection,
                                   struct lsn_results **results, struct lsn_error *err)
{
    size_t stimuli, cells, logits = 0, i;
    struct lsn_results *r;

    *results = NULL;
    if (!lsn_mul_size(image_count, (size_t)condition_count, &stimuli) ||
        !lsn_mul_size(stimuli, selection->count, &cells) ||
        !lsn_mul_size(stimuli, keep_logits ? (size_t)classes : 0, &logits))
        return lsn_fail_memory(err, "the outcomes");
    r = lsn_alloc(1, sizeof *r);
    if (!r)
        return lsn_fail_memory(err, "the outcomes");
    r->image_count = image_count;
    r->condition_count = condition_count;
    r->classes = classes;
    r->intact = lsn_alloc(stimuli, sizeof *r->intact);
    r->lesioned = lsn_alloc(cells, sizeof *r->lesioned);
    r->same = lsn_alloc(cells, sizeof *r->same);
    r->logits = keep_logits ? lsn_alloc_floats(logits) : NULL;
    if (!r->intact || !r->lesioned || !r->same || (keep_logits && !r->logits)) {
        lsn_results_free(r);
        return lsn_fail(
            err, LSN_E_MEMORY,
            "out of memory for the outcomes of %zu images, %d conditions and %zu kernels",
            image_count, condition_count, selection->count);
    }
    for (i = 0; i < stimuli; i++)
        r->intact[i].predicted = MISSING;
    for (i = 0; i < cells; i++)
        r->lesioned[i].predicted = MISSING;
    r->kernel_count = selection->count;
    r->kernel_layer = selection->layer;
    r->kernel_index = selection->kernel;
    *selection = (struct lsn_selection){0};
    *results = r;
    return LSN_OK;
}

void lsn_results_free(struct lsn_results *results)
{
    if (!results)
        return;
    lsn_free(results->kernel_layer);
    lsn_free(results->kernel_index);
    lsn_free(results->intact);
    lsn_free(results->lesioned);
    lsn_free(results->same);
    lsn_free(results->logits);
    lsn_free(results);
}

size_t lsn_results_stimulus(const struct lsn_results *results, size_t image, int condition)
{
    return image * (size_t)results->condition_count + (size_t)condition;
}

static bool any_missing(const struct lsn_outcome *cells, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (cells[i].predicted == MISSING)
            return true;
    return false;
}

void lsn_results_count_complete(struct lsn_results *results)
{
    size_t conditions = (size_t)results->condition_count;
    size_t cells = conditions * results->kernel_count, image = 0;

    while (image < results->image_count &&
           !any_missing(results->intact + image * conditions, conditions) &&
           !any_missing(results->lesioned + image * cells, cells))
        image++;
    results->complete_images = image;
}
