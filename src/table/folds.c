#include "table/folds.h"

#include "base/error.h"
#include "base/memory.h"
#include "outcome/results.h"
#include "table/columns.h"
#include "table/effects.h"

/* Returns the index of a kernel's first fold in one of the arrays of sums. */
static size_t first_part(const struct lsn_folds *p, int condition, size_t kernel)
{
    return ((size_t)condition * p->results->kernel_count + kernel) * (size_t)p->count;
}

/* An image on the intact network, which is read before the outcomes of its lesions. */
struct image {
    size_t fold;
    struct lsn_outcome *intact;        /* [conditions] */
    bool shared[LSN_FOLDS_GROUPS_MAX]; /* right at all conditions of a group */
};

static enum lsn_status read_intact(struct lsn_folds *p, size_t number, struct image *image,
                                   struct lsn_error *err)
{
    const struct lsn_results *r = p->results;
    int c, group;

    image->fold = number % (size_t)p->count;
    p->images[image->fold]++;
    for (group = 0; group < p->groups.count; group++)
        image->shared[group] = true;
    for (c = 0; c < r->condition_count; c++) {
        bool right;

        LSN_TRY(lsn_store_get_intact(r->store, lsn_results_stimulus(r, number, c),
                                     &image->intact[c], err));
        right = image->intact[c].rank == 1;
        p->right[(size_t)c * (size_t)p->count + image->fold] += right;
        image->shared[p->groups.group[c]] = image->shared[p->groups.group[c]] && right;
    }
    for (group = 0; group < p->groups.count; group++)
        p->shared[(size_t)group * (size_t)p->count + image->fold] += image->shared[group];
    return LSN_OK;
}

/* Adds an image's outcomes at one condition to the sums of all kernels. */
static void add_stimulus(struct lsn_folds *p, const struct lsn_kernel_batch *block, int condition,
                         const struct image *image)
{
    const struct lsn_outcome *intact = &image->intact[condition];
    bool shared = image->shared[p->groups.group[condition]], right = intact->rank == 1;
    size_t k;

    for (k = 0; k < block->count; k++) {
        size_t cell = first_part(p, condition, k) + image->fold;
        const struct lsn_outcome *lesioned = &block->lesioned[k];
        bool wrong = lesioned->rank != 1;

        p->sums[LSN_FOLDS_DROPPED][cell] += (double)right - (double)!wrong;
        p->sums[LSN_FOLDS_LOSS][cell] += (double)lesioned->loss - (double)intact->loss;
        p->sums[LSN_FOLDS_LOST][cell] += right && wrong;
        p->sums[LSN_FOLDS_SHARED][cell] += shared && wrong;
        if (condition == p->groups.high && shared)
            p->predicted[first_part(p, 0, k) + image->fold] += lsn_effect_predicts(
                &image->intact[p->groups.low], lsn_effect(intact, lesioned), p->usual);
    }
}

static enum lsn_status add_images(struct lsn_folds *p, struct lsn_kernel_batch *block,
                                  struct image *image, struct lsn_error *err)
{
    size_t number;
    int c;

    if (!lsn_kernel_batch_next(block))
        return lsn_fail(err, LSN_E_DATA, "no kernel was lesioned");
    for (number = 0; number < p->results->complete_images; number++) {
        LSN_TRY(lsn_stop_check(p->stop, err));
        LSN_TRY(read_intact(p, number, image, err));
        for (c = 0; c < p->results->condition_count; c++) {
            LSN_TRY(lsn_kernel_batch_read(block, number, c, err));
            add_stimulus(p, block, c, image);
        }
    }
    return LSN_OK;
}

static enum lsn_status allocate(struct lsn_folds *p, struct lsn_error *err)
{
    size_t folds = (size_t)p->count, rows = (size_t)p->results->condition_count * folds, cells;
    bool fine = lsn_mul_size(rows, p->results->kernel_count, &cells);
    int sum;

    for (sum = 0; sum < LSN_FOLDS_SUMS && fine; sum++) {
        p->sums[sum] = lsn_alloc(cells, sizeof(double));
        fine = p->sums[sum];
    }
    if (fine) {
        p->images = lsn_alloc(folds, sizeof(double));
        p->right = lsn_alloc(rows, sizeof(double));
        p->shared = lsn_alloc((size_t)p->groups.count * folds, sizeof(double));
        p->predicted = lsn_alloc(p->results->kernel_count * folds, sizeof(double));
        fine = p->images && p->right && p->shared && p->predicted;
    }
    return fine ? LSN_OK : lsn_fail_memory(err, "sums of folds");
}

static enum lsn_status find_usual(struct lsn_folds *p, struct lsn_error *err)
{
    const struct lsn_effects_of of = {0, p->results->kernel_count, p->groups.low, p->groups.high};
    struct lsn_effects effects;
    enum lsn_status status = lsn_effects_make(p->results, &of, p->stop, &effects, err);

    p->usual = effects.usual;
    lsn_effects_free(&effects);
    return status;
}

/* Finds how many kernels each stands for, and of which layers there are others. */
static enum lsn_status weigh_kernels(struct lsn_folds *p, struct lsn_error *err)
{
    const struct lsn_results *r = p->results;
    size_t first, end, k;

    p->weight = lsn_alloc(r->kernel_count, sizeof *p->weight);
    p->replica = lsn_alloc(r->kernel_count, sizeof *p->replica);
    p->without = lsn_alloc(r->kernel_count, sizeof *p->without);
    p->strata = lsn_alloc(r->kernel_count, sizeof *p->strata);
    p->variances = lsn_alloc(1 + r->kernel_count, sizeof *p->variances);
    if (!p->weight || !p->replica || !p->without || !p->strata || !p->variances)
        return lsn_fail_memory(err, "weights of kernels");
    for (first = 0; first < r->kernel_count; first = end) {
        size_t from;

        end = lsn_layer_end(r, first);
        from = r->sampled_from ? (size_t)r->sampled_from[r->kernel_layer[first]] : end - first;
        if (from < end - first)
            return lsn_fail(err, LSN_E_DATA, "layer %.100s: a sample of %zu of its %zu kernels",
                            r->layer_names[r->kernel_layer[first]], end - first, from);
        for (k = first; k < end; k++)
            p->weight[k] = (double)from / (double)(end - first);
        if (from > end - first)
            p->strata[p->stratum_count++] = (struct lsn_folds_stratum){first, end, from};
        p->all += (double)from;
    }
    return LSN_OK;
}

enum lsn_status lsn_folds_make(const struct lsn_results *results,
                               const struct lsn_folds_groups *groups, const double *usual,
                               const struct lsn_stop *stop, struct lsn_folds *folds,
                               struct lsn_error *err)
{
    size_t images = results->complete_images;
    struct lsn_kernel_batch block = {.results = results};
    struct image image = {.intact = NULL};
    enum lsn_status status;

    *folds = (struct lsn_folds){.results = results, .stop = stop, .groups = *groups};
    if (images < 2)
        return lsn_fail(err, LSN_E_DATA, "%zu image%s complete, two are needed", images,
                        images == 1 ? " is" : "s are");
    folds->count = images < LSN_FOLDS_MAX ? (int)images : LSN_FOLDS_MAX;
    image.intact = lsn_alloc((size_t)results->condition_count, sizeof *image.intact);
    status = image.intact ? allocate(folds, err) : lsn_fail_memory(err, "sums of folds");
    if (usual)
        folds->usual = *usual;
    else if (status == LSN_OK)
        status = find_usual(folds, err);
    if (status == LSN_OK)
        status =
            lsn_kernel_batch_create(results, 0, results->kernel_count, SIZE_MAX, 0, &block, err);
    if (status == LSN_OK)
        status = add_images(folds, &block, &image, err);
    if (status == LSN_OK)
        status = weigh_kernels(folds, err);
    lsn_kernel_batch_free(&block);
    lsn_free(image.intact);
    if (status != LSN_OK)
        lsn_folds_free(folds);
    return status;
}

void lsn_folds_free(struct lsn_folds *folds)
{
    int sum;

    for (sum = 0; sum < LSN_FOLDS_SUMS; sum++)
        lsn_free(folds->sums[sum]);
    lsn_free(folds->images);
    lsn_free(folds->right);
    lsn_free(folds->shared);
    lsn_free(folds->predicted);
    lsn_free(folds->weight);
    lsn_free(folds->replica);
    lsn_free(folds->without);
    lsn_free(folds->strata);
    lsn_free(folds->variances);
    *folds = (struct lsn_folds){0};
}

double lsn_folds_total(const struct lsn_folds *folds, const double *values, const bool *in)
{
    double sum = 0;
    int i;

    for (i = 0; i < folds->count; i++)
        sum += in[i] ? values[i] : 0;
    return sum;
}

double lsn_folds_sum(const struct lsn_folds *folds, enum lsn_folds_sum sum, int condition,
                     size_t kernel, const bool *in)
{
    return lsn_folds_total(folds, folds->sums[sum] + first_part(folds, condition, kernel), in);
}

double lsn_folds_predicted(const struct lsn_folds *folds, size_t kernel, const bool *in)
{
    return lsn_folds_total(folds, folds->predicted + first_part(folds, 0, kernel), in);
}

double lsn_folds_right(const struct lsn_folds *folds, int condition, const bool *in)
{
    return lsn_folds_total(folds, folds->right + (size_t)condition * (size_t)folds->count, in);
}

double lsn_folds_shared(const struct lsn_folds *folds, int group, const bool *in)
{
    return lsn_folds_total(folds, folds->shared + (size_t)group * (size_t)folds->count, in);
}
