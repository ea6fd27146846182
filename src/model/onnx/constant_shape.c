/* Constants rearranged. Exporters write the target of a Reshape so: the shape of a map, sliced,
 * gathered and concatenated. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"
#include "model/onnx/constant.h"
#include "model/onnx/index.h"

/* Shape, of a constant or a feature map; from opset 15 on it may be of the axes from start to end
 * only. */
enum lsn_status lsn_constant_shape(struct lsn_importer *im)
{
    struct lsn_value *in = lsn_import_input(im, 0), out;
    int rank = in->is_constant ? in->constant.rank : in->rank, first = 0, last = rank, i;
    int64_t count;

    LSN_TRY(lsn_import_int(im, "start", -rank, rank, &first));
    LSN_TRY(lsn_import_int(im, "end", -rank, LSN_RANK_MAX, &last));
    first += first < 0 ? rank : 0;
    last += last < 0 ? rank : 0;
    last = last > rank ? rank : last;
    count = last > first ? last - first : 0;
    LSN_TRY(lsn_constant_start(im, 1, &count, true, &out));
    in = lsn_import_input(im, 0);
    for (i = 0; i < count; i++)
        out.constant.data[i] = in->is_constant ? (double)in->constant.dims[first + i]
                                               : (double)in->axes[first + i].size;
    return lsn_import_bind(im, 0, &out);
}

/* The same numbers with other dims. */
static enum lsn_status reshaped(struct lsn_importer *im, const struct lsn_constant *from,
                                const double *data, int rank, const int64_t *dims)
{
    struct lsn_value out;

    LSN_TRY(lsn_constant_start(im, rank, dims, from->integer, &out));
    if (out.constant.count != from->count) {
        lsn_free(out.constant.data);
        return lsn_import_fail(im, LSN_E_MODEL, "%zu number%s cannot be reshaped to %zu",
                               from->count, lsn_plural(from->count), out.constant.count);
    }
    memcpy(out.constant.data, data, from->count * sizeof *data);
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_constant_gather(struct lsn_importer *im)
{
    const double *data, *indices;
    struct lsn_constant from, index;
    int64_t dims[2 * LSN_RANK_MAX], inner = 1;
    int axis = 0, rank = 0, d;
    struct lsn_value out;
    size_t i;

    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &data));
    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 1), &indices));
    from = lsn_import_input(im, 0)->constant;
    index = lsn_import_input(im, 1)->constant;
    LSN_TRY(lsn_import_int(im, "axis", -LSN_RANK_MAX, LSN_RANK_MAX, &axis));
    LSN_TRY(lsn_import_axis(im, axis, from.rank, &axis));
    for (d = 0; d < axis; d++)
        dims[rank++] = from.dims[d];
    for (d = 0; d < index.rank; d++)
        dims[rank++] = index.dims[d];
    for (d = axis + 1; d < from.rank; d++) {
        dims[rank++] = from.dims[d];
        inner *= from.dims[d];
    }
    if (rank > LSN_RANK_MAX)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its result has %d dimensions", rank);
    for (i = 0; i < index.count; i++)
        if (!(indices[i] >= -(double)from.dims[axis] && indices[i] < (double)from.dims[axis]))
            return lsn_import_fail(im, LSN_E_MODEL, "index %g is outside %jd elements", indices[i],
                                   (intmax_t)from.dims[axis]);
    LSN_TRY(lsn_constant_start(im, rank, dims, from.integer, &out));
    for (i = 0; i < out.constant.count; i++) {
        size_t in = i % (size_t)inner, rest = i / (size_t)inner;
        int64_t at = (int64_t)indices[rest % index.count], outer = (int64_t)(rest / index.count);

        at += at < 0 ? from.dims[axis] : 0;
        out.constant.data[i] = data[(outer * from.dims[axis] + at) * inner + (int64_t)in];
    }
    return lsn_import_bind(im, 0, &out);
}

/* The dims of the result in *shape: those of the inputs, which must agree but along the axis, where
 * they are added. */
static enum lsn_status concat_dims(struct lsn_importer *im, int *axis, struct lsn_constant *shape)
{
    size_t i;
    int d;

    *shape = lsn_import_input(im, 0)->constant;
    *axis = 0;
    LSN_TRY(lsn_import_int(im, "axis", -LSN_RANK_MAX, LSN_RANK_MAX, axis));
    LSN_TRY(lsn_import_axis(im, *axis, shape->rank, axis));
    for (i = 1; i < im->current->input_count; i++) {
        const struct lsn_value *in = lsn_import_input(im, i);
        const struct lsn_constant *k = in ? &in->constant : NULL;

        if (!k)
            return lsn_import_fail(im, LSN_E_MODEL, "has no input %zu", i);
        for (d = 0; d < shape->rank; d++)
            if (k->rank != shape->rank || (d != *axis && k->dims[d] != shape->dims[d]))
                return lsn_import_fail(im, LSN_E_MODEL, "its constants do not fit together");
        shape->dims[*axis] += k->dims[*axis];
        shape->integer = shape->integer && k->integer;
    }
    return LSN_OK;
}

enum lsn_status lsn_constant_concat(struct lsn_importer *im)
{
    struct lsn_constant shape;
    struct lsn_value out;
    size_t outer = 1, i, o, done = 0, row = 1;
    enum lsn_status status = LSN_OK;
    int axis, d;

    LSN_TRY(concat_dims(im, &axis, &shape));
    LSN_TRY(lsn_constant_start(im, shape.rank, shape.dims, shape.integer, &out));
    for (d = 0; d < axis; d++)
        outer *= (size_t)shape.dims[d];
    for (d = axis; d < shape.rank; d++)
        row *= (size_t)shape.dims[d];
    for (i = 0; i < im->current->input_count && status == LSN_OK; i++) {
        const double *data;
        size_t part = outer ? lsn_import_input(im, i)->constant.count / outer : 0;

        status = lsn_import_numbers(im, lsn_import_input(im, i), &data);
        for (o = 0; o < outer && status == LSN_OK; o++)
            memcpy(out.constant.data + o * row + done, data + o * part, part * sizeof *data);
        done += part;
    }
    if (status != LSN_OK) {
        lsn_free(out.constant.data);
        return status;
    }
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_constant_reshape(struct lsn_importer *im)
{
    struct lsn_constant from = lsn_import_input(im, 0)->constant;
    int64_t *target, dims[LSN_RANK_MAX];
    const double *data;
    enum lsn_status status;
    bool zero_is_zero = false;
    size_t count;

    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &data));
    LSN_TRY(lsn_import_flag(im, "allowzero", &zero_is_zero));
    LSN_TRY(lsn_import_list(im, 1, "shape", &target, &count));
    status = lsn_import_resolve_shape(im, from.dims, from.rank, (int64_t)from.count, target, count,
                                      zero_is_zero);
    if (status == LSN_OK)
        memcpy(dims, target, count * sizeof *dims);
    lsn_free(target);
    LSN_TRY(status);
    return reshaped(im, &from, data, (int)count, dims);
}

/* Squeeze removes the listed axes, or all of size 1 where there is no list; Unsqueeze adds the
 * listed ones. */
enum lsn_status lsn_constant_squeeze(struct lsn_importer *im)
{
    struct lsn_constant from = lsn_import_input(im, 0)->constant;
    bool adds = im->current->op[0] == 'U', listed[LSN_RANK_MAX] = {false};
    int64_t *list, dims[LSN_RANK_MAX] = {0};
    int rank, in = 0, out = 0, d;
    enum lsn_status status;
    const double *data;
    size_t count;

    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &data));
    LSN_TRY(lsn_import_list(im, 1, "axes", &list, &count));
    rank = from.rank + (adds ? (int)(count < LSN_RANK_MAX ? count : LSN_RANK_MAX) : 0);
    if (rank > LSN_RANK_MAX)
        status = lsn_import_fail(im, LSN_E_UNSUPPORTED, "its result has %d dimensions", rank);
    else
        status = lsn_import_mark_axes(im, list, count, rank, listed);
    for (d = 0; d < rank && status == LSN_OK; d++) {
        if (adds && listed[d])
            dims[out++] = 1;
        else if (adds || !(listed[d] || (!list && from.dims[d] == 1)))
            dims[out++] = in < from.rank ? from.dims[in++] : 1;
        else
            in++;
    }
    lsn_free(list);
    LSN_TRY(status);
    return reshaped(im, &from, data, out, dims);
}

enum lsn_status lsn_constant_transpose(struct lsn_importer *im)
{
    struct lsn_constant from = lsn_import_input(im, 0)->constant;
    int perm[LSN_RANK_MAX], d;
    int64_t own[LSN_RANK_MAX], dims[LSN_RANK_MAX], distances[LSN_RANK_MAX];
    const double *data;
    struct lsn_value out;
    size_t i;

    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &data));
    LSN_TRY(lsn_import_perm(im, from.rank, perm));
    lsn_constant_distances(&from, own);
    for (d = 0; d < from.rank; d++) {
        dims[d] = from.dims[perm[d]];
        distances[d] = own[perm[d]];
    }
    LSN_TRY(lsn_constant_start(im, from.rank, dims, from.integer, &out));
    for (i = 0; i < out.constant.count; i++)
        out.constant.data[i] = data[lsn_constant_offset(i, from.rank, dims, distances)];
    return lsn_import_bind(im, 0, &out);
}

/* Slice along one axis, which is all that computing shapes and pads needs. */
enum lsn_status lsn_constant_slice(struct lsn_importer *im)
{
    struct lsn_constant from = lsn_import_input(im, 0)->constant;
    int64_t *lists[4], distances[LSN_RANK_MAX], dims[LSN_RANK_MAX], first = 0, length = 0;
    static const char *const names[4] = {"starts", "ends", "axes", "steps"};
    enum lsn_status status = LSN_OK;
    size_t counts[4] = {0}, i;
    const double *data;
    struct lsn_value out;
    int axis = 0, j;

    memset(lists, 0, sizeof lists);
    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &data));
    for (j = 0; j < 4 && status == LSN_OK; j++)
        status = lsn_import_list(im, (size_t)j + 1, names[j], &lists[j], &counts[j]);
    if (status == LSN_OK && lists[3] && counts[3] && lists[3][0] == 0)
        status = lsn_import_fail(im, LSN_E_MODEL, "a step is 0");
    if (status == LSN_OK && (counts[0] != 1 || counts[1] != 1 || counts[2] > 1 || counts[3] > 1))
        status = lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                 "slices a constant along %zu axes, one is "
                                 "supported",
                                 counts[0]);
    if (status == LSN_OK)
        status = lsn_import_axis(im, lists[2] ? lists[2][0] : 0, from.rank, &axis);
    memcpy(dims, from.dims, sizeof dims);
    lsn_constant_distances(&from, distances);
    if (status == LSN_OK) {
        int64_t step = counts[3] ? lists[3][0] : 1;

        lsn_import_slice_indices(lists[0][0], lists[1][0], step, from.dims[axis], &first, &length);
        first *= distances[axis];
        distances[axis] *= length > 1 ? step : 0;
        dims[axis] = length;
        status = lsn_constant_start(im, from.rank, dims, from.integer, &out);
    }
    for (j = 0; j < 4; j++)
        lsn_free(lists[j]);
    LSN_TRY(status);
    for (i = 0; i < out.constant.count; i++)
        out.constant.data[i] = data[first + lsn_constant_offset(i, from.rank, dims, distances)];
    return lsn_import_bind(im, 0, &out);
}
