/* The table of Shapley values. */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "experiment/shapley.h"
#include "table/columns.h"
#include "table/tally.h"

#define COLUMNS                                                                                    \
    LSN_COLUMNS_KERNEL "," LSN_CONDITION ",images,rounds,rank,"                                    \
                       "shapley,shapley_ci_low,shapley_ci_high,shapley_se,"                        \
                       "loss_shapley,loss_shapley_ci_low,loss_shapley_ci_high,loss_shapley_se,"    \
                       "top1_drop,loss_drop,decided"

/* What ranks a kernel. */
struct ranked {
    double first, second; /* sums of the measure, and of the other one */
    size_t kernel;
};

static int compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->first < y->first || x->first > y->first)
        return x->first < y->first ? 1 : -1;
    if (x->second < y->second || x->second > y->second)
        return x->second < y->second ? 1 : -1;
    return (x->kernel > y->kernel) - (x->kernel < y->kernel);
}

/* Sets ranks [condition][kernel]. order [kernel] is a buffer. */
static void rank(const struct lsn_shapley *s, struct ranked *order, size_t *ranks)
{
    enum lsn_race_measure measure = s->how.measure,
                          other = measure == LSN_RACE_LOSS ? LSN_RACE_ACCURACY : LSN_RACE_LOSS;
    size_t kernels = s->axes->kernel_count, k;
    int c;

    for (c = 0; c < s->axes->condition_count; c++) {
        for (k = 0; k < kernels; k++)
            order[k] = (struct ranked){lsn_shapley_betting(s, k, c, measure)->sum,
                                       lsn_shapley_betting(s, k, c, other)->sum, k};
        qsort(order, kernels, sizeof *order, compare);
        for (k = 0; k < kernels; k++)
            ranks[(size_t)c * kernels + order[k].kernel] = k + 1;
    }
}

static void add_value(struct lsn_text *text, const struct lsn_shapley *s, size_t kernel,
                      int condition, enum lsn_race_measure measure)
{
    struct lsn_shapley_value value = lsn_shapley_of(s, kernel, condition, measure);

    lsn_columns_number(text, value.value);
    lsn_columns_number(text, value.low);
    lsn_columns_number(text, value.high);
    lsn_columns_number(text, value.error);
}

static void add_row(struct lsn_text *text, const struct lsn_shapley *s,
                    const struct lsn_tallies *tallies, const size_t *ranks, size_t kernel,
                    int condition)
{
    static const char *const states[] = {[LSN_RACE_ACTIVE] = "open",
                                         [LSN_RACE_ACCEPTED] = "accepted",
                                         [LSN_RACE_DROPPED] = "dropped"};
    size_t at = (size_t)condition * s->axes->kernel_count + kernel;
    struct lsn_tally_drops alone =
        lsn_tally_drops(&tallies->intact[condition], &tallies->lesioned[at]);
    double images = (double)s->axes->image_count;

    lsn_columns_kernel(text, s->axes, kernel);
    lsn_columns_condition(text, &s->axes->conditions[condition]);
    lsn_text_add(text, ",%zu,%d,%zu", s->axes->image_count, s->rounds, ranks[at]);
    add_value(text, s, kernel, condition, LSN_RACE_ACCURACY);
    add_value(text, s, kernel, condition, LSN_RACE_LOSS);
    lsn_columns_number(text, alone.top1 / images);
    lsn_columns_number(text, alone.loss / images);
    lsn_text_add(text, ",%s\n", s->how.top > 0 ? states[s->states[at]] : "");
}

enum lsn_status lsn_shapley_write(const char *path, bool force, const struct lsn_shapley *s,
                                  struct lsn_error *err)
{
    size_t kernels = s->axes->kernel_count, k;
    size_t *ranks = lsn_alloc(kernels * (size_t)s->axes->condition_count, sizeof *ranks);
    struct ranked *order = lsn_alloc(kernels, sizeof *order);
    struct lsn_tallies tallies = {.intact = NULL};
    struct lsn_text text = {0};
    enum lsn_status status;
    int c;

    lsn_error_clear(err);
    status = ranks && order ? lsn_tallies_make(s->axes, s->axes->image_count, &tallies, err)
                            : lsn_fail_memory(err, "a table");
    if (status == LSN_OK) {
        rank(s, order, ranks);
        lsn_text_add(&text, "%s\n", COLUMNS);
        for (k = 0; k < kernels; k++)
            for (c = 0; c < s->axes->condition_count; c++)
                add_row(&text, s, &tallies, ranks, k, c);
    }
    lsn_tallies_free(&tallies);
    lsn_free(ranks);
    lsn_free(order);
    return lsn_columns_write(path, force, &text, status, err);
}
