/* Ops that only rearrange: on feature maps most of them change how the axes are
 * seen, and nothing is moved. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/importer.h"

enum lsn_status lsn_import_target(struct lsn_importer *im, const int64_t *dims, int rank,
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

/* Everything as one vector, in the order in which the axes stand. */
static enum lsn_status flatten_all(struct lsn_importer *im, struct lsn_value *value)
{
    struct lsn_node node = lsn_node_default(LSN_OP_FLATTEN);
    struct lsn_shape s = lsn_import_shape(im, value);
    struct lsn_value vector = {.rank = value->rank};
    int d;

    LSN_TRY(lsn_import_order_channels(im, value));
    LSN_TRY(lsn_import_emit(im, &node, "flatten", 1, &value->node, &vector.node));
    /* Flatten's index is (c * h + y) * w + x: each axis is now one of channels. */
    for (d = 0; d < value->rank; d++) {
        const struct lsn_axis *a = &value->axes[d];
        int step = a->kind == LSN_AXIS_CHANNEL ? a->step * s.h * s.w
                   : a->kind == LSN_AXIS_ROW   ? s.w
                                               : 1;

        vector.axes[d] = (struct lsn_axis){
            a->kind == LSN_AXIS_ONE ? LSN_AXIS_ONE : LSN_AXIS_CHANNEL, a->size, step};
    }
    *value = vector;
    return lsn_import_order_channels(im, value);
}

static bool all_of(const struct lsn_value *value, int first, int last, enum lsn_axis_kind kind)
{
    int d;

    for (d = first; d < last; d++)
        if (value->axes[d].kind != kind && value->axes[d].kind != LSN_AXIS_ONE)
            return false;
    return true;
}

/* Old axes first ... last-1 become one of this size, or become *many*, the new
 * dims [count]; appended to out. */
static enum lsn_status regroup(struct lsn_importer *im, const struct lsn_value *value, int first,
                               int last, const int64_t *dims, int count, struct lsn_value *out)
{
    struct lsn_shape s = lsn_import_shape(im, value);
    const struct lsn_axis *a = &value->axes[first];
    int step = 1, d;

    if (last - first == 1 && count == 1) {
        out->axes[out->rank++] = *a;
        return LSN_OK;
    }
    if (all_of(value, first, last, LSN_AXIS_CHANNEL)) {
        for (d = first; d < last; d++)
            if (value->axes[d].kind == LSN_AXIS_CHANNEL)
                step = value->axes[d].step;
        for (d = count - 1; d >= 0; d--) {
            out->axes[out->rank + d] = (struct lsn_axis){
                dims[d] == 1 ? LSN_AXIS_ONE : LSN_AXIS_CHANNEL, (int)dims[d], step};
            step *= (int)dims[d];
        }
        out->rank += count;
        return LSN_OK;
    }
    if (count == 1 && last - first == 2 && a[0].kind == LSN_AXIS_ROW &&
        a[1].kind == LSN_AXIS_COLUMN) {
        out->axes[out->rank++] = (struct lsn_axis){LSN_AXIS_SPACE, s.h * s.w, 1};
        return LSN_OK;
    }
    if (last - first == 1 && a->kind == LSN_AXIS_SPACE && count == 2 && dims[0] == s.h &&
        dims[1] == s.w) {
        out->axes[out->rank++] = (struct lsn_axis){LSN_AXIS_ROW, s.h, 1};
        out->axes[out->rank++] = (struct lsn_axis){LSN_AXIS_COLUMN, s.w, 1};
        return LSN_OK;
    }
    return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                           "reshapes space and channels in a way that is not supported; only "
                           "splitting and merging channels, and flattening all, are");
}

/* Which of dims follows on `before` values along those before it; -1: none, a dim lies across. */
static int starts_at(const int64_t *dims, int rank, int64_t before)
{
    int64_t product = 1;
    int d;

    for (d = 0; d < rank && product < before; d++)
        product *= dims[d];
    return product == before ? d : -1;
}

/* Where dims part rows (or columns) into blocks, or join them with channels to their right,
 * the places in the blocks become channels, or rows. */
static enum lsn_status change_blocks(struct lsn_importer *im, struct lsn_value *value,
                                     const int64_t *dims, int rank)
{
    int64_t before = 1;
    int d, j;

    for (d = 0; d < value->rank; d++) {
        const struct lsn_axis *a = &value->axes[d];
        bool rows = a->kind == LSN_AXIS_ROW;

        j = starts_at(dims, rank, before);
        while (j >= 0 && j < rank && dims[j] == 1)
            j++;
        before *= a->size;
        if (j < 0 || j == rank || (!rows && a->kind != LSN_AXIS_COLUMN))
            continue;
        if (j + 1 < rank && dims[j] < a->size && dims[j] * dims[j + 1] == a->size)
            LSN_TRY(lsn_import_split_blocks(im, value, rows, d++, (int)dims[j + 1]));
        else if (d + 1 < value->rank && a[1].kind == LSN_AXIS_CHANNEL &&
                 dims[j] == (int64_t)a[0].size * a[1].size) {
            before *= a[1].size;
            LSN_TRY(lsn_import_merge_blocks(im, value, rows, ++d));
        }
    }
    return LSN_OK;
}

static bool mixes_space_and_channels(const struct lsn_value *value, const int64_t *dims, int rank)
{
    int d;
    int64_t total = 1;

    for (d = 0; d < value->rank; d++)
        total *= value->axes[d].size;
    for (d = 0; d < rank; d++)
        if (dims[d] == total && total > 1)
            return !all_of(value, 0, value->rank, LSN_AXIS_CHANNEL);
    return false;
}

/* Whether dims of rank 3 part the values elsewhere than between channels and space. */
static bool mixes(const struct lsn_value *value, const int64_t *dims, int rank)
{
    return rank == 3 && value->rank == 4 && value->axes[2].size * value->axes[3].size > 1 &&
           dims[1] != value->axes[1].size;
}

static bool are_planes(const struct lsn_importer *im, const struct lsn_value *value)
{
    return value->rank == 4 && value->axes[1].size == lsn_import_shape(im, value).c &&
           value->axes[2].kind != LSN_AXIS_CHANNEL && value->axes[3].kind != LSN_AXIS_CHANNEL;
}

/* From planes to 1 x groups x all the rest; false: these dims are something else. */
static bool group(const struct lsn_importer *im, const struct lsn_value *value, const int64_t *dims,
                  int rank, struct lsn_value *out)
{
    int c = lsn_import_shape(im, value).c;

    if (rank != 3 || dims[0] != 1 || !are_planes(im, value) || c % dims[1] != 0)
        return false;
    *out = (struct lsn_value){.node = value->node, .rank = 3, .grouped = true};
    out->axes[0] = (struct lsn_axis){LSN_AXIS_ONE, 1, 1};
    out->axes[1] = (struct lsn_axis){LSN_AXIS_CHANNEL, (int)dims[1], 1};
    out->axes[2] = (struct lsn_axis){LSN_AXIS_SPACE, (int)dims[2], 1};
    return true;
}

/* And back, to the very planes. */
static enum lsn_status ungroup(struct lsn_importer *im, const struct lsn_value *value,
                               const int64_t *dims, int rank)
{
    struct lsn_value out = lsn_import_as_planes(im, value->node);
    bool same = rank == 4;
    int d;

    for (d = 0; d < rank && same; d++)
        same = dims[d] == out.axes[d].size;
    if (!same)
        return lsn_import_fail(
            im, LSN_E_UNSUPPORTED,
            "reshapes groups of channels with their space to something else than "
            "the planes they were");
    return lsn_import_bind(im, 0, &out);
}

/* value with other dims of the same product. */
static enum lsn_status reshape(struct lsn_importer *im, struct lsn_value *value,
                               const int64_t *dims, int rank)
{
    struct lsn_value out = {.node = value->node};
    int i = 0, j = 0;

    if (value->grouped)
        return ungroup(im, value, dims, rank);
    LSN_TRY(lsn_import_order_channels(im, value));
    if (mixes(value, dims, rank) && group(im, value, dims, rank, &out))
        return lsn_import_bind(im, 0, &out);
    out.node = value->node;
    if (mixes_space_and_channels(value, dims, rank))
        LSN_TRY(flatten_all(im, value));
    LSN_TRY(change_blocks(im, value, dims, rank));
    out.node = value->node;
    while (i < value->rank || j < rank) {
        int first = i, start = j;
        int64_t old, new;

        if (i < value->rank && value->axes[i].size == 1) {
            i++;
            continue;
        }
        if (j < rank && dims[j] == 1) {
            out.axes[out.rank++] = (struct lsn_axis){LSN_AXIS_ONE, 1, 1};
            j++;
            continue;
        }
        if (i == value->rank || j == rank)
            return lsn_import_fail(im, LSN_E_MODEL, "its sizes do not fit");
        for (old = value->axes[i++].size, new = dims[j++]; old != new;) {
            if (old < new ? i == value->rank : j == rank)
                return lsn_import_fail(im, LSN_E_MODEL, "its sizes do not fit");
            if (old < new)
                old *= value->axes[i++].size;
            else
                new *= dims[j++];
        }
        LSN_TRY(regroup(im, value, first, i, dims + start, j - start, &out));
    }
    return lsn_import_bind(im, 0, &out);
}

static int64_t sizes_of(const struct lsn_value *value, int64_t *dims)
{
    int64_t count = 1;
    int d;

    for (d = 0; d < value->rank; d++) {
        dims[d] = value->axes[d].size;
        count *= dims[d];
    }
    return count;
}

enum lsn_status lsn_import_reshape(struct lsn_importer *im)
{
    struct lsn_value *in, copy;
    int64_t dims[LSN_RANK_MAX], *target, count;
    bool zero_is_zero = false, unrolled = false;
    enum lsn_status status;
    size_t rank = 0;

    LSN_TRY(lsn_import_map(im, 0, &in));
    copy = *in;
    count = sizes_of(&copy, dims);
    LSN_TRY(lsn_import_flag(im, "allowzero", &zero_is_zero));
    LSN_TRY(lsn_import_list(im, 1, "shape", &target, &rank));
    lsn_import_drop_batch(im, target, rank, count);
    status = lsn_import_target(im, dims, copy.rank, count, target, rank, zero_is_zero);
    if (status == LSN_OK)
        lsn_import_unroll(im, target, rank, &copy, &unrolled);
    if (status == LSN_OK)
        status = unrolled ? lsn_import_bind(im, 0, &copy) : reshape(im, &copy, target, (int)rank);
    lsn_free(target);
    return status;
}

enum lsn_status lsn_import_flatten(struct lsn_importer *im)
{
    struct lsn_value *in, copy;
    int64_t dims[LSN_RANK_MAX], flat[2] = {1, 1};
    int axis = 1, d;

    LSN_TRY(lsn_import_map(im, 0, &in));
    copy = *in;
    (void)sizes_of(&copy, dims);
    LSN_TRY(lsn_import_int(im, "axis", -copy.rank, copy.rank, &axis));
    axis += axis < 0 ? copy.rank : 0;
    for (d = 0; d < copy.rank; d++)
        flat[d >= axis] *= dims[d];
    return reshape(im, &copy, flat, 2);
}

enum lsn_status lsn_import_transpose(struct lsn_importer *im)
{
    struct lsn_value *in, out;
    int perm[LSN_RANK_MAX], d;

    LSN_TRY(lsn_import_map(im, 0, &in));
    out = *in;
    LSN_TRY(lsn_import_perm(im, out.rank, perm));
    for (d = 0; d < out.rank; d++)
        out.axes[d] = in->axes[perm[d]];
    return lsn_import_bind(im, 0, &out);
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

enum lsn_status lsn_import_squeeze(struct lsn_importer *im)
{
    bool marked[LSN_RANK_MAX] = {false};
    struct lsn_value *in, out;
    enum lsn_status status;
    int64_t *list;
    size_t count;
    int d;

    LSN_TRY(lsn_import_map(im, 0, &in));
    out = *in;
    LSN_TRY(lsn_import_list(im, 1, "axes", &list, &count));
    status = lsn_import_mark_axes(im, list, count, out.rank, marked);
    out.rank = 0;
    for (d = 0; d < in->rank && status == LSN_OK; d++) {
        if (marked[d] && in->axes[d].size != 1)
            status = lsn_import_fail(im, LSN_E_MODEL, "axis %d has %d values, not 1", d,
                                     in->axes[d].size);
        if (marked[d] || (!list && in->axes[d].size == 1))
            continue;
        out.axes[out.rank++] = in->axes[d];
    }
    lsn_free(list);
    LSN_TRY(status);
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_unsqueeze(struct lsn_importer *im)
{
    bool marked[LSN_RANK_MAX] = {false};
    struct lsn_value *in, out;
    enum lsn_status status = LSN_OK;
    int64_t *list;
    size_t count;
    int d, from = 0;

    LSN_TRY(lsn_import_map(im, 0, &in));
    out = *in;
    LSN_TRY(lsn_import_list(im, 1, "axes", &list, &count));
    if (count > (size_t)(LSN_RANK_MAX - in->rank))
        status = lsn_import_fail(im, LSN_E_UNSUPPORTED, "its result has more than %d dimensions",
                                 LSN_RANK_MAX);
    else
        status = lsn_import_mark_axes(im, list, count, in->rank + (int)count, marked);
    lsn_free(list);
    LSN_TRY(status);
    out.rank = in->rank + (int)count;
    for (d = 0; d < out.rank; d++)
        out.axes[d] = marked[d] || from == in->rank ? (struct lsn_axis){LSN_AXIS_ONE, 1, 1}
                                                    : in->axes[from++];
    return lsn_import_bind(im, 0, &out);
}
