/* Choosing by index: Slice, Split, Gather. */
#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/index.h"
#include "model/onnx/move.h"

/* Takes first, first + step, ..., count indices of an axis. */
static enum lsn_status take_range(struct lsn_importer *im, struct lsn_value *value, int axis,
                                  int64_t first, int64_t step, int64_t count)
{
    enum lsn_status status;
    int64_t *indices, i;

    if (count == value->axes[axis].size && first == 0 && step == 1)
        return LSN_OK;
    if (count < 1)
        return lsn_import_fail(im, LSN_E_MODEL, "keeps nothing of axis %d", axis);
    indices = lsn_alloc((size_t)count, sizeof *indices);
    if (!indices)
        return lsn_fail_memory(im->err, "a list of channels");
    for (i = 0; i < count; i++)
        indices[i] = first + i * step;
    status = lsn_import_take(im, value, axis, indices, (int)count);
    lsn_free(indices);
    return status;
}

enum lsn_status lsn_import_slice(struct lsn_importer *im)
{
    static const char *const names[4] = {"starts", "ends", "axes", "steps"};
    int64_t *lists[4] = {NULL, NULL, NULL, NULL};
    enum lsn_status status = LSN_OK;
    struct lsn_value *in, out;
    size_t counts[4], i;
    int j;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    out = *in;
    for (j = 0; j < 4 && status == LSN_OK; j++)
        status = lsn_import_list(im, (size_t)j + 1, names[j], &lists[j], &counts[j]);
    if (status == LSN_OK &&
        (!lists[0] || counts[1] != counts[0] || (lists[2] && counts[2] != counts[0]) ||
         (lists[3] && counts[3] != counts[0])))
        status = lsn_import_fail(im, LSN_E_MODEL, "its starts, ends, axes and steps do not fit");
    for (i = 0; status == LSN_OK && i < counts[0]; i++) {
        int64_t first, count, step = lists[3] ? lists[3][i] : 1;
        int axis;

        status = lsn_import_axis(im, lists[2] ? lists[2][i] : (int64_t)i, out.rank, &axis);
        if (status == LSN_OK && step == 0)
            status = lsn_import_fail(im, LSN_E_MODEL, "a step is 0");
        if (status != LSN_OK)
            break;
        lsn_import_slice_indices(lists[0][i], lists[1][i], step, out.axes[axis].size, &first,
                                 &count);
        status = take_range(im, &out, axis, first, step, count);
    }
    for (j = 0; j < 4; j++)
        lsn_free(lists[j]);
    LSN_TRY(status);
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_split(struct lsn_importer *im)
{
    size_t outputs = im->current->output_count, count, i;
    int64_t *sizes, size, even, first = 0;
    enum lsn_status status = LSN_OK;
    struct lsn_value *in, whole;
    int axis = 0;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    whole = *in;
    LSN_TRY(lsn_import_int(im, "axis", -LSN_RANK_MAX, LSN_RANK_MAX, &axis));
    LSN_TRY(lsn_import_axis(im, axis, whole.rank, &axis));
    size = whole.axes[axis].size;
    even = (size + (int64_t)outputs - 1) / (outputs ? (int64_t)outputs : 1);
    LSN_TRY(lsn_import_list(im, 1, "split", &sizes, &count));
    if (sizes && count != outputs)
        status = lsn_import_fail(im, LSN_E_MODEL, "has %zu output%s and %zu size%s", outputs,
                                 lsn_plural(outputs), count, lsn_plural(count));
    for (i = 0; i < outputs && status == LSN_OK; i++) {
        int64_t part = sizes ? sizes[i] : even < size - first ? even : size - first;
        struct lsn_value out = whole;

        if (part < 1 || part > size - first)
            status = lsn_import_fail(im, LSN_E_MODEL, "part %zu has %jd of %jd value%s", i,
                                     (intmax_t)part, (intmax_t)size, lsn_plural((size_t)size));
        if (status == LSN_OK)
            status = take_range(im, &out, axis, first, 1, part);
        if (status == LSN_OK)
            status = lsn_import_bind(im, i, &out);
        first += part;
    }
    if (status == LSN_OK && first != size)
        status = lsn_import_fail(im, LSN_E_MODEL, "its parts have %jd of %jd values",
                                 (intmax_t)first, (intmax_t)size);
    lsn_free(sizes);
    return status;
}

/* Gather with constant indices: some channels, rows or columns in a given order, or a single
 * one. */
enum lsn_status lsn_import_gather(struct lsn_importer *im)
{
    struct lsn_value *in, *index, out;
    int64_t *list;
    enum lsn_status status = LSN_OK;
    size_t count, i;
    int axis = 0, d;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    out = *in;
    LSN_TRY(lsn_import_int(im, "axis", -LSN_RANK_MAX, LSN_RANK_MAX, &axis));
    LSN_TRY(lsn_import_axis(im, axis, out.rank, &axis));
    index = lsn_import_input(im, 1);
    if (!index || !index->is_constant || index->constant.rank > 1 || index->constant.count == 0)
        return lsn_import_fail(
            im, LSN_E_UNSUPPORTED,
            "gathers by an index that is computed from the image, or by a table; a "
            "constant index or list is supported");
    LSN_TRY(lsn_import_list(im, 1, "indices", &list, &count));
    for (i = 0; i < count && status == LSN_OK; i++) {
        int size = out.axes[axis].size;

        if (list[i] < -size || list[i] >= size)
            status = lsn_import_fail(im, LSN_E_MODEL, "index %jd is outside %d element%s",
                                     (intmax_t)list[i], size, lsn_plural((size_t)size));
        list[i] += list[i] < 0 ? size : 0;
    }
    if (status == LSN_OK && out.axes[axis].size != 1)
        status = lsn_import_take(im, &out, axis, list, (int)count);
    else if (status == LSN_OK && count != 1)
        status = lsn_import_fail(im, LSN_E_UNSUPPORTED, "repeats axis %d", axis);
    lsn_free(list);
    LSN_TRY(status);
    if (lsn_import_input(im, 1)->constant.rank == 0) {
        for (d = axis; d + 1 < out.rank; d++)
            out.axes[d] = out.axes[d + 1];
        out.rank--;
    }
    return lsn_import_bind(im, 0, &out);
}
