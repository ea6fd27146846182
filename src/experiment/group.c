/* The joint lesions of a group. */
#include "lesion/group.h"

#include "base/error.h"
#include "sweep/sets.h"

/* All together come first: sets are in the order of their first kernels' layers, and none begins
 * earlier. */
enum lsn_status lsn_group_create(const struct lsn_kernel *kernels, int count,
                                 struct lsn_kernel_sets **sets, struct lsn_error *err)
{
    size_t n = (size_t)count;
    int i;

    lsn_error_clear(err);
    *sets = NULL;
    if (count < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "a group of %d kernels: wanted at least 1", count);
    LSN_TRY(lsn_kernel_sets_create(n + 1, 2 * n, sets, err));
    lsn_kernel_sets_add(*sets, kernels, count);
    for (i = 0; i < count && count > 1; i++)
        lsn_kernel_sets_add(*sets, &kernels[i], 1);
    return LSN_OK;
}
