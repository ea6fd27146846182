/* Makes networks with fixed lesions; engine/fixed.c makes their weights. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/lesion.h"
#include "engine/network.h"

static enum lsn_status check(const struct lsn_network *base, const struct lsn_lesion *lesion,
                             const struct lsn_kernel *kernels, int count, struct lsn_error *err)
{
    int i;

    if (base->fixed.count > 0)
        return lsn_fail(err, LSN_E_ARGUMENT, "a network with fixed lesions cannot be given others");
    for (i = 0; i < count; i++)
        LSN_TRY(lsn_lesion_check(lesion, base, kernels[i].layer, &kernels[i].kernel, 1, err));
    return LSN_OK;
}

enum lsn_status lsn_network_create_lesioned(const struct lsn_network *base,
                                            const struct lsn_lesion *lesion,
                                            const struct lsn_kernel *kernels, int count,
                                            struct lsn_network **network, struct lsn_error *err)
{
    struct lsn_network *made;
    enum lsn_status status;

    lsn_error_clear(err);
    *network = NULL;
    LSN_TRY(check(base, lesion, kernels, count, err));
    made = *network = lsn_network_derive(base);
    if (!made)
        return lsn_fail_memory(err, "the compiled network");
    made->fixed.lesion = *lesion;
    made->fixed.kernels = lsn_alloc((size_t)count, sizeof *made->fixed.kernels);
    made->fixed.count = made->fixed.kernels ? count : 0;
    if (made->fixed.kernels) {
        memcpy(made->fixed.kernels, kernels, (size_t)count * sizeof *kernels);
        status = lsn_network_prepare(made, err);
    } else {
        status = lsn_fail_memory(err, "the lesioned kernels");
    }
    if (status != LSN_OK) {
        lsn_network_free(made);
        *network = NULL;
    }
    return status;
}
