/* Arithmetic of indices: axes, permutations, shapes, slices, and where elements lie. */
#include "model/onnx/attribute.h"
#include "model/onnx/index.h"

enum lsn_status lsn_import_axis(struct lsn_importer *im, int64_t axis, int rank, int *result)
{
    *result = 0;
    if (axis < -rank || axis >= rank)
        return lsn_import_fail(im, LSN_E_MODEL, "axis %jd is outside its input of rank %d",
                               (intmax_t)axis, rank);
    *result = (int)(axis < 0 ? axis + rank : axis);
    return LSN_OK;
}

enum lsn_status lsn_import_mark_axes(struct lsn_importer *im, const int64_t *list, size_t count,
                                     int rank, bool *marked)
{
    size_t i;
    int axis;

    for (i = 0; i < count; i++) {
        LSN_TRY(lsn_import_axis(im, list[i], rank, &axis));
        if (marked[axis])
            return lsn_import_fail(im, LSN_E_MODEL, "axis %d is listed twice", axis);
        marked[axis] = true;
    }
    return LSN_OK;
}

enum lsn_status lsn_import_perm(struct lsn_importer *im, int rank, int *perm)
{
    bool taken[LSN_RANK_MAX] = {false};
    int d;

    for (d = 0; d < rank; d++)
        perm[d] = rank - 1 - d;
    LSN_TRY(lsn_import_ints(im, "perm", (size_t)rank, 0, rank - 1, perm));
    for (d = 0; d < rank; d++) {
        if (taken[perm[d]])
            return lsn_import_fail(im, LSN_E_MODEL, "attribute 'perm' has axis %d twice", perm[d]);
        taken[perm[d]] = true;
    }
    return LSN_OK;
}

enum lsn_status lsn_import_resolve_shape(struct lsn_importer *im, const int64_t *dims, int rank,
                                         int64_t count, int64_t *target, size_t target_rank,
                                         bool zero_is_zero)
{
    int64_t product = 1;
    int open = -1, d;

    if (!target)
        return lsn_import_fail(im, LSN_E_MODEL, "has no shape");
    if (target_rank > LSN_RANK_MAX)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "reshapes to %zu dimensions, at most %d are "
                               "supported",
                               target_rank, LSN_RANK_MAX);
    for (d = 0; d < (int)target_rank; d++) {
        if (target[d] == 0 && !zero_is_zero && d < rank)
            target[d] = dims[d];
        if (target[d] == -1 && open < 0) {
            open = d;
            continue;
        }
        if (target[d] < 1 || target[d] > count || product > count / target[d])
            return lsn_import_fail(im, LSN_E_MODEL, "reshapes %jd values with %jd along axis %d",
                                   (intmax_t)count, (intmax_t)target[d], d);
        product *= target[d];
    }
    if (open >= 0 && count % product == 0)
        target[open] = count / product;
    else if (open >= 0 || product != count)
        return lsn_import_fail(im, LSN_E_MODEL, "reshapes %jd values to %jd", (intmax_t)count,
                               (intmax_t)product);
    return LSN_OK;
}

void lsn_import_slice_indices(int64_t start, int64_t end, int64_t step, int64_t size,
                              int64_t *first, int64_t *count)
{
    int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;

    start += start < 0 ? size : 0;
    end += end < 0 ? size : 0;
    start = start < 0 ? 0 : start; /* also going down, where NumPy would keep nothing */
    start = start > high ? high : start;
    end = end < low ? low : end > high ? high : end;
    *first = start;
    if (step > 0)
        *count = end > start ? (end - start - 1) / step + 1 : 0;
    else
        *count = start > end ? (start - end - 1) / -step + 1 : 0;
}

int64_t lsn_constant_offset(size_t i, int rank, const int64_t *dims, const int64_t *distances)
{
    int64_t offset = 0;
    int d;

    for (d = rank - 1; d >= 0; d--) {
        offset += (int64_t)(i % (size_t)dims[d]) * distances[d];
        i /= (size_t)dims[d];
    }
    return offset;
}

void lsn_constant_distances(const struct lsn_constant *k, int64_t *distances)
{
    int64_t distance = 1;
    int d;

    for (d = k->rank - 1; d >= 0; d--) {
        distances[d] = distance;
        distance *= k->dims[d];
    }
}
