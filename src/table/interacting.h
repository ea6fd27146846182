/* Kernels lesioned together beside the same kernels each lesioned alone: what the tables of groups
 * and of pairs compare, and the columns that both have of it. */
#ifndef LSN_TABLE_INTERACTING_H
#define LSN_TABLE_INTERACTING_H

#include "base/text.h"
#include "lesion/results.h"
#include "lesion/table.h"
#include "table/tally.h"

/* What a lesion costs: images recognised, nats, logits. */
enum { LSN_TOP1, LSN_LOSS, LSN_MARGIN, LSN_MEASURES };

/* The sets of so many kernels that are lesioned together and each alone, as numbers of the
 * results. */
struct lsn_interacting {
    size_t count;
    size_t size;      /* kernels of each set */
    size_t *together; /* [count] */
    size_t *alone;    /* [count][size] */
};

/* What lesioning a set together costs beyond the sum of what each of its kernels costs alone, by
 * one measure at one condition. */
struct lsn_interaction {
    double alone;        /* that sum, the mean over images */
    double sum, squares; /* over images: of each one's interaction */
    double p, q;         /* q is the caller's */
};

/* How many kernels number k of the results has. */
size_t lsn_set_size(const struct lsn_results *results, size_t k);

/* Finds all sets of this size, at least 1; none in results of single kernels. LSN_E_MEMORY. On
 * failure, too, lsn_interacting_free frees what there is. */
enum lsn_status lsn_interacting_find(const struct lsn_results *results, size_t size,
                                     struct lsn_interacting *sets, struct lsn_error *err);
void lsn_interacting_free(struct lsn_interacting *sets);

/* The interactions of sets at one condition. */
struct lsn_interactions {
    const struct lsn_interacting *sets;
    struct lsn_interaction *of[LSN_MEASURES]; /* [sets->count] */
    struct lsn_tally intact;
    struct lsn_tally *tallies; /* [results' kernel_count] */
    /* While they are measured: */
    const struct lsn_results *results;
    const struct lsn_table_options *options;
    struct lsn_outcome stimulus;       /* the current one, intact */
    struct lsn_outcome *lesioned;      /* [results' kernel_count] */
    uint8_t *same;                     /* [results' kernel_count] */
    size_t *counts;                    /* [sets->count][sets->size] images whose interaction of
                                        * accuracy is 1, 2, ... in magnitude */
    double *numbers, *maxima, *scores; /* [sets->count], [options->flips], [sets->count] buffers */
};

/* Makes room for those of sets. What it is given must outlive them. LSN_E_ARGUMENT where no image
 * is complete or there are no flips; LSN_E_MEMORY. On failure, too, lsn_interactions_free frees
 * what there is. */
enum lsn_status lsn_interactions_create(const struct lsn_results *results,
                                        const struct lsn_table_options *options,
                                        const struct lsn_interacting *sets,
                                        struct lsn_interactions *made, struct lsn_error *err);
void lsn_interactions_free(struct lsn_interactions *interactions);

/* Measures and tests all at condition c, in place of those of the one before. LSN_E_INTERRUPTED,
 * LSN_E_DATA where a loss or margin is not finite, LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_interactions_measure(struct lsn_interactions *interactions, int c,
                                         struct lsn_error *err);

/* What lesioning number k of the results costs, the mean over images. */
double lsn_interactions_drop(const struct lsn_interactions *interactions, size_t k, int measure);

/* The columns of one measure, whose name with _ behind it m is, "" for accuracy; and their cells,
 * with a comma before them, of a set of so many kernels. */
#define LSN_INTERACTION_COLUMNS(m)                                                                 \
    "single_" m "drop," m "interaction," m "interaction_ci_low," m "interaction_ci_high," m        \
    "interaction_p," m "interaction_q"
void lsn_interaction_add(struct lsn_text *text, const struct lsn_interaction *interaction,
                         size_t size, size_t images, int measure);

#endif
