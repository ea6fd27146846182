#include "stats/parts.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/table.h"
#include "stats/rows.h"

const double *lsn_parts_dropped(const struct lsn_parts *p, int condition, size_t kernel)
{
    return p->dropped + ((size_t)condition * p->results->kernel_count + kernel) * (size_t)p->count;
}

const double *lsn_parts_loss(const struct lsn_parts *p, int condition, size_t kernel)
{
    return p->loss + ((size_t)condition * p->results->kernel_count + kernel) * (size_t)p->count;
}

static void add_stimulus(struct lsn_parts *p, const struct lsn_block *block, int condition,
                         size_t part)
{
    size_t parts = (size_t)p->count, k;
    int right = block->intact.rank == 1;

    p->right[(size_t)condition * parts + part] += right;
    for (k = 0; k < block->count; k++) {
        size_t at = ((size_t)condition * p->results->kernel_count + k) * parts + part;

        p->dropped[at] += right - (block->lesioned[k].rank == 1);
        p->loss[at] += (double)block->lesioned[k].loss - (double)block->intact.loss;
    }
}

static enum lsn_status add_images(struct lsn_parts *p, struct lsn_block *block,
                                  struct lsn_error *err)
{
    size_t image;
    int c;

    if (!lsn_block_next(block))
        return lsn_fail(err, LSN_E_DATA, "no kernel was lesioned");
    for (image = 0; image < p->results->complete_images; image++) {
        p->images[image % (size_t)p->count]++;
        for (c = 0; c < p->results->condition_count; c++) {
            LSN_TRY(lsn_block_read(block, image, c, err));
            add_stimulus(p, block, c, image % (size_t)p->count);
        }
    }
    return LSN_OK;
}

static enum lsn_status allocate(struct lsn_parts *p, struct lsn_error *err)
{
    size_t rows = (size_t)p->results->condition_count * (size_t)p->count, cells;

    if (lsn_mul_size(rows, p->results->kernel_count, &cells)) {
        p->images = lsn_alloc((size_t)p->count, sizeof(double));
        p->right = lsn_alloc(rows, sizeof(double));
        p->dropped = lsn_alloc(cells, sizeof(double));
        p->loss = lsn_alloc(cells, sizeof(double));
    }
    return p->images && p->right && p->dropped && p->loss ? LSN_OK
                                                          : lsn_fail_memory(err, "sums of parts");
}

enum lsn_status lsn_parts_make(const struct lsn_results *results, struct lsn_parts *parts,
                               struct lsn_error *err)
{
    size_t images = results->complete_images;
    struct lsn_block block = {.results = results};
    enum lsn_status status;

    *parts = (struct lsn_parts){.results = results};
    if (images < 2)
        return lsn_fail(err, LSN_E_DATA, "%zu images are complete, two are needed", images);
    parts->count = images < LSN_PARTS_MAX ? (int)images : LSN_PARTS_MAX;
    status = allocate(parts, err);
    if (status == LSN_OK)
        status = lsn_block_create(results, 0, results->kernel_count, SIZE_MAX, 0, &block, err);
    if (status == LSN_OK)
        status = add_images(parts, &block, err);
    lsn_block_free(&block);
    if (status != LSN_OK)
        lsn_parts_free(parts);
    return status;
}

void lsn_parts_free(struct lsn_parts *parts)
{
    lsn_free(parts->images);
    lsn_free(parts->right);
    lsn_free(parts->dropped);
    lsn_free(parts->loss);
    *parts = (struct lsn_parts){0};
}

double lsn_parts_sum(const struct lsn_parts *parts, const double *values, const bool *in)
{
    double sum = 0;
    int i;

    for (i = 0; i < parts->count; i++)
        sum += in[i] ? values[i] : 0;
    return sum;
}

/* The statistic of all parts, and without each one. */
static double measure_all(const struct lsn_parts *parts, lsn_statistic_fn *statistic, void *context,
                          double *without)
{
    bool in[LSN_PARTS_MAX];
    double value;
    int i;

    for (i = 0; i < parts->count; i++)
        in[i] = true;
    value = statistic(parts, in, context);
    for (i = 0; i < parts->count; i++) {
        in[i] = false;
        without[i] = statistic(parts, in, context);
        in[i] = true;
    }
    return value;
}

struct lsn_measured lsn_parts_measure(const struct lsn_parts *parts, lsn_statistic_fn *statistic,
                                      void *context)
{
    double without[LSN_PARTS_MAX];
    double value = measure_all(parts, statistic, context, without);

    return (struct lsn_measured){
        value, lsn_jackknife(value, without, (size_t)parts->count, LSN_TABLE_LEVEL)};
}

/* Fisher's z; a correlation of 1 counts as one a millionth less. */
static double fisher(double r)
{
    return atanh(fmin(fmax(r, -1 + 1e-6), 1 - 1e-6));
}

struct lsn_measured lsn_parts_correlate(const struct lsn_parts *parts, lsn_statistic_fn *statistic,
                                        void *context)
{
    double without[LSN_PARTS_MAX];
    double value = measure_all(parts, statistic, context, without);
    struct lsn_interval interval;
    int i;

    if (isnan(value))
        return (struct lsn_measured){value, {value, value}};
    for (i = 0; i < parts->count; i++)
        without[i] = isnan(without[i]) ? without[i] : fisher(without[i]);
    interval = lsn_jackknife(fisher(value), without, (size_t)parts->count, LSN_TABLE_LEVEL);
    return (struct lsn_measured){value, {tanh(interval.low), tanh(interval.high)}};
}
