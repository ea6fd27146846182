/* Taking indices of any axis, and bringing axes into the order of an image. */
#include "base/memory.h"
#include "model/onnx/move.h"

enum lsn_status lsn_import_take(struct lsn_importer *im, struct lsn_value *value, int axis,
                                const int64_t *indices, int count)
{
    enum lsn_axis_kind kind = value->axes[axis].kind;
    enum lsn_status status;
    int *from, i;

    if (kind == LSN_AXIS_CHANNEL)
        return lsn_import_take_channels(im, value, axis, indices, count);
    if (kind != LSN_AXIS_ROW && kind != LSN_AXIS_COLUMN)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "cuts axis %d; channels, height and width can be cut", axis);
    from = lsn_alloc((size_t)count, sizeof *from);
    if (!from)
        return lsn_fail_memory(im->err, "a list of rows");
    for (i = 0; i < count; i++)
        from[i] = (int)indices[i];
    status = lsn_import_take_spatial(im, value, kind == LSN_AXIS_ROW, from, count);
    lsn_free(from);
    return status;
}

enum lsn_status lsn_import_nchw(struct lsn_importer *im, size_t i, struct lsn_value **value)
{
    struct lsn_shape s;
    const struct lsn_axis *a;

    LSN_TRY(lsn_import_feature_map(im, i, value));
    if ((*value)->rank == 4)
        LSN_TRY(lsn_import_order_channels(im, *value));
    a = (*value)->axes;
    if ((*value)->rank == 4 && (a[2].kind == LSN_AXIS_COLUMN || a[3].kind == LSN_AXIS_ROW) &&
        (a[2].kind == LSN_AXIS_ONE || a[3].kind == LSN_AXIS_ONE))
        LSN_TRY(lsn_import_transpose_space(im, *value));
    s = lsn_value_shape(im, *value);
    if ((*value)->rank != 4 || a[0].kind != LSN_AXIS_ONE ||
        !lsn_axis_is_whole(&a[1], LSN_AXIS_CHANNEL, s.c) ||
        !lsn_axis_is_whole(&a[2], LSN_AXIS_ROW, s.h) ||
        !lsn_axis_is_whole(&a[3], LSN_AXIS_COLUMN, s.w))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "input %zu is not laid out batch x channels x height x width, the "
                               "one layout supported there (rank %d)",
                               i, (*value)->rank);
    return LSN_OK;
}
