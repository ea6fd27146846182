/* Kernels lesioned together beside the same kernels each lesioned alone: what the tables of groups
 * and of pairs compare. */
#ifndef LSN_TABLE_INTERACTING_H
#define LSN_TABLE_INTERACTING_H

#include "lesion/results.h"

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

/* How many kernels number k of the results has. */
size_t lsn_set_size(const struct lsn_results *results, size_t k);

/* Finds all sets of this size, at least 1; none in results of single kernels. LSN_E_MEMORY. On
 * failure, too, lsn_interacting_free frees what there is. */
enum lsn_status lsn_interacting_find(const struct lsn_results *results, size_t size,
                                     struct lsn_interacting *sets, struct lsn_error *err);
void lsn_interacting_free(struct lsn_interacting *sets);

/* What a lesion costs on one stimulus. */
double lsn_drop_of(const struct lsn_outcome *intact, const struct lsn_outcome *lesioned,
                   int measure);

/* The sum of what each kernel of set i costs alone on one stimulus; lesioned [results'
 * kernel_count]. */
double lsn_drop_alone(const struct lsn_interacting *sets, size_t i,
                      const struct lsn_outcome *intact, const struct lsn_outcome *lesioned,
                      int measure);

#endif
