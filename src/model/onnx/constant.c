/* How the functions that compute constants read their inputs and begin their result. */
#include "base/memory.h"
#include "model/onnx/constant.h"

#define COUNT_MAX ((size_t)1 << 28) /* elements of a computed constant */

enum lsn_status lsn_constant_read(struct lsn_importer *im, size_t i, struct lsn_constant *constant,
                                  const double **data)
{
    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, i), data));
    *constant = lsn_import_input(im, i)->constant;
    return LSN_OK;
}

enum lsn_status lsn_constant_start(struct lsn_importer *im, int rank, const int64_t *dims,
                                   bool integer, struct lsn_value *out)
{
    struct lsn_constant *k = &out->constant;
    size_t product = 1; /* of those that are not 0, which would hide an overflow */
    int d;

    *out = (struct lsn_value){.is_constant = true};
    k->rank = rank;
    k->integer = integer;
    k->count = 1;
    for (d = 0; d < rank; d++) {
        k->dims[d] = dims[d];
        if (dims[d] < 0 || !lsn_mul_size(product, dims[d] ? (size_t)dims[d] : 1, &product) ||
            product > COUNT_MAX)
            return lsn_import_fail(im, LSN_E_MODEL, "computes a constant with %jd along axis %d",
                                   (intmax_t)dims[d], d);
        k->count *= (size_t)dims[d];
    }
    k->data = lsn_alloc(k->count, sizeof *k->data);
    if (!k->data)
        return lsn_fail_memory(im->err, "a constant");
    return LSN_OK;
}
