#include "table/interacting.h"

#include "base/error.h"
#include "base/memory.h"

size_t lsn_set_size(const struct lsn_results *r, size_t k)
{
    return (size_t)(r->set_start[k + 1] - r->set_start[k]);
}

/* Finds the set that is this kernel alone among singles [count]. False: there is none. */
static bool find_single(const struct lsn_results *r, const size_t *singles, size_t count,
                        struct lsn_kernel kernel, size_t *single)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (r->kernel_layer[singles[i]] == kernel.layer &&
            r->kernel_index[singles[i]] == kernel.kernel) {
            *single = singles[i];
            return true;
        }
    return false;
}

/* Adds set k, unless one of its kernels is not among singles [count]. */
static void add(struct lsn_interacting *sets, const struct lsn_results *r, size_t k,
                const size_t *singles, size_t count)
{
    const struct lsn_kernel *kernels = r->set_kernels + r->set_start[k];
    size_t *alone = sets->alone + sets->count * sets->size, i;

    for (i = 0; i < sets->size; i++)
        if (!find_single(r, singles, count, kernels[i], &alone[i]))
            return;
    sets->together[sets->count++] = k;
}

enum lsn_status lsn_interacting_find(const struct lsn_results *r, size_t size,
                                     struct lsn_interacting *sets, struct lsn_error *err)
{
    size_t *singles = lsn_alloc(r->kernel_count, sizeof *singles);
    size_t room = 0, single_count = 0, k;

    *sets = (struct lsn_interacting){.size = size};
    for (k = 0; k < r->kernel_count && r->set_start; k++)
        room += lsn_set_size(r, k) == size;
    sets->together = lsn_alloc(room, sizeof *sets->together);
    sets->alone = lsn_alloc(room, size * sizeof *sets->alone);
    if (!singles || !sets->together || !sets->alone) {
        lsn_free(singles);
        return lsn_fail_memory(err, "a table of kernels lesioned together");
    }
    for (k = 0; k < r->kernel_count && r->set_start; k++)
        if (lsn_set_size(r, k) == 1)
            singles[single_count++] = k;
    for (k = 0; k < r->kernel_count && r->set_start; k++)
        if (lsn_set_size(r, k) == size)
            add(sets, r, k, singles, single_count);
    lsn_free(singles);
    return LSN_OK;
}

void lsn_interacting_free(struct lsn_interacting *sets)
{
    lsn_free(sets->together);
    lsn_free(sets->alone);
    *sets = (struct lsn_interacting){.size = 0};
}

double lsn_drop_of(const struct lsn_outcome *intact, const struct lsn_outcome *lesioned,
                   int measure)
{
    return measure == LSN_TOP1   ? (double)((intact->rank == 1) - (lesioned->rank == 1))
           : measure == LSN_LOSS ? (double)lesioned->loss - (double)intact->loss
                                 : (double)intact->margin - (double)lesioned->margin;
}

double lsn_drop_alone(const struct lsn_interacting *sets, size_t i,
                      const struct lsn_outcome *intact, const struct lsn_outcome *lesioned,
                      int measure)
{
    const size_t *alone = sets->alone + i * sets->size;
    double sum = 0;
    size_t k;

    for (k = 0; k < sets->size; k++)
        sum += lsn_drop_of(intact, &lesioned[alone[k]], measure);
    return sum;
}
