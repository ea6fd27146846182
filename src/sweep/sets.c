/* Joint lesions in a sweep: sets of kernels stand where single kernels do. A set counts as a kernel
 * of its first kernel's layer, since everything before that is intact: sets of one first layer are
 * grouped and counted as a layer's kernels are. */
#include "sweep/sets.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "sweep/select.h"

/* Sets with the arrays that they own. */
struct owned_sets {
    struct lsn_kernel_sets sets; /* the first member: a pointer to it is one to the whole */
    struct lsn_kernel *kernels;
    int *start;
};

enum lsn_status lsn_kernel_sets_create(size_t sets, size_t kernels, struct lsn_kernel_sets **made,
                                       struct lsn_error *err)
{
    struct owned_sets *owned = lsn_alloc(1, sizeof *owned);

    *made = NULL;
    if (!owned)
        return lsn_fail_memory(err, "sets of kernels");
    owned->kernels = lsn_alloc(kernels, sizeof *owned->kernels);
    owned->start = lsn_alloc(sets + 1, sizeof *owned->start);
    owned->sets = (struct lsn_kernel_sets){owned->kernels, owned->start, 0};
    if (!owned->kernels || !owned->start) {
        lsn_kernel_sets_free(&owned->sets);
        return lsn_fail_memory(err, "sets of kernels");
    }
    *made = &owned->sets;
    return LSN_OK;
}

void lsn_kernel_sets_add(struct lsn_kernel_sets *sets, const struct lsn_kernel *kernels, int count)
{
    struct owned_sets *owned = (struct owned_sets *)sets;
    int first = owned->start[sets->count];

    memcpy(owned->kernels + first, kernels, (size_t)count * sizeof *kernels);
    owned->start[++sets->count] = first + count;
}

void lsn_kernel_sets_free(struct lsn_kernel_sets *sets)
{
    struct owned_sets *owned = (struct owned_sets *)sets;

    if (!owned)
        return;
    lsn_free(owned->kernels);
    lsn_free(owned->start);
    lsn_free(owned);
}

static enum lsn_status check_set(const struct lsn_model *model, const struct lsn_kernel_sets *sets,
                                 int i, const struct lsn_lesion *lesion, struct lsn_error *err)
{
    int first = sets->start[i], count = sets->start[i + 1] - first;

    if (count < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "joint lesions: set %d of %d has no kernel", i,
                        sets->count);
    LSN_TRY(lsn_select_check_picked(model, sets->kernels + first, count, lesion, 1, err));
    if (i > 0 && sets->kernels[first].layer < sets->kernels[sets->start[i - 1]].layer)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "joint lesions: set %d of %d begins in an earlier layer than the set "
                        "before it",
                        i, sets->count);
    return LSN_OK;
}

static enum lsn_status check(const struct lsn_model *model, const struct lsn_sweep_options *options,
                             const struct lsn_lesion *lesions, int lesion_count,
                             struct lsn_error *err)
{
    const struct lsn_kernel_sets *sets = options->sets;
    int i;

    if (options->picked || options->fixed_count > 0 || options->sample_kernels > 0 ||
        lesion_count > 1)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "joint lesions take one lesion, and no picked, fixed or sampled kernels");
    if (sets->count < 1 || sets->start[0] != 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "joint lesions: there are no sets");
    for (i = 0; i < sets->count; i++)
        LSN_TRY(check_set(model, sets, i, &lesions[0], err));
    return LSN_OK;
}

enum lsn_status lsn_selection_make_sets(const struct lsn_model *model,
                                        const struct lsn_sweep_options *options,
                                        const struct lsn_lesion *lesions, int lesion_count,
                                        struct lsn_selection *selection, struct lsn_error *err)
{
    const struct lsn_kernel_sets *sets = options->sets;
    size_t count = (size_t)sets->count, kernels, i;

    *selection = (struct lsn_selection){0};
    LSN_TRY(check(model, options, lesions, lesion_count, err));
    kernels = (size_t)sets->start[sets->count];
    selection->lesion = lsn_alloc(count, sizeof *selection->lesion);
    selection->layer = lsn_alloc(count, sizeof *selection->layer);
    selection->kernel = lsn_alloc(count, sizeof *selection->kernel);
    selection->set_kernels = lsn_alloc(kernels, sizeof *selection->set_kernels);
    selection->set_start = lsn_alloc(count + 1, sizeof *selection->set_start);
    if (!selection->lesion || !selection->layer || !selection->kernel || !selection->set_kernels ||
        !selection->set_start) {
        lsn_selection_free(selection);
        return lsn_fail_memory(err, "a list of sets of kernels");
    }
    memcpy(selection->set_kernels, sets->kernels, kernels * sizeof *sets->kernels);
    memcpy(selection->set_start, sets->start, (count + 1) * sizeof *sets->start);
    for (i = 0; i < count; i++) {
        selection->layer[i] = sets->kernels[sets->start[i]].layer;
        selection->kernel[i] = sets->kernels[sets->start[i]].kernel;
    }
    selection->count = count;
    return LSN_OK;
}

void lsn_sets_name(struct lsn_text *text, const struct lsn_results *r, size_t k)
{
    enum { NAMED_MOST = 2 }; /* an error has room for few */
    int i, first, count;

    if (!r->set_start || r->set_start[k + 1] == r->set_start[k] + 1) {
        lsn_text_add(text, "kernel %d of '%.100s'", r->kernel_index[k],
                     r->layer_names[r->kernel_layer[k]]);
        return;
    }
    first = r->set_start[k];
    count = r->set_start[k + 1] - first;
    lsn_text_add(text, "kernels");
    for (i = first; i < first + count && i < first + NAMED_MOST; i++)
        lsn_text_add(text, " %.100s:%d", r->layer_names[r->set_kernels[i].layer],
                     r->set_kernels[i].kernel);
    if (count > NAMED_MOST)
        lsn_text_add(text, " and %d more", count - NAMED_MOST);
    lsn_text_add(text, " together");
}
