/* Ops that only rearrange: Reshape, Flatten, Transpose, Squeeze, Unsqueeze. Of feature maps they
 * mostly change which axes these are seen through, and add no node. */
#include "base/memory.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/image.h"
#include "model/onnx/index.h"
#include "model/onnx/move.h"

/* Makes the feature map one vector, in the order in which value's axes stand; these are all axes of
 * channels then. */
static enum lsn_status flatten_all(struct lsn_importer *im, struct lsn_value *value)
{
    struct lsn_node node = lsn_node_default(LSN_OP_FLATTEN);
    struct lsn_shape s = lsn_value_shape(im, value);
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

static bool are_channels(const struct lsn_axis *axes, int count)
{
    int d;

    for (d = 0; d < count; d++)
        if (axes[d].kind != LSN_AXIS_CHANNEL && axes[d].kind != LSN_AXIS_ONE)
            return false;
    return true;
}

/* A few neighbouring axes of a value and the neighbouring dims of the new shape that have as many
 * elements, as 6 x 4 and 3 x 8. Both can be looked at by themselves, whatever stands before and
 * after. */
struct regrouping {
    const struct lsn_axis *axes; /* [axis_count] */
    int axis_count;
    const int64_t *dims; /* [dim_count] */
    int dim_count;
};

/* Axes of channels, which are in order, as other axes of channels: 32 as 4 x 8, say. */
static void regroup_channels(const struct regrouping *r, struct lsn_value *out)
{
    int step = 1, d;

    for (d = 0; d < r->axis_count; d++)
        if (r->axes[d].kind == LSN_AXIS_CHANNEL)
            step = r->axes[d].step;
    for (d = r->dim_count - 1; d >= 0; d--) {
        out->axes[out->rank + d] = (struct lsn_axis){
            r->dims[d] == 1 ? LSN_AXIS_ONE : LSN_AXIS_CHANNEL, (int)r->dims[d], step};
        step *= (int)r->dims[d];
    }
    out->rank += r->dim_count;
}

/* Appends to out what axes the new dims are. s: of the feature map. */
static enum lsn_status regroup(struct lsn_importer *im, const struct regrouping *r,
                               struct lsn_shape s, struct lsn_value *out)
{
    const struct lsn_axis *a = r->axes;

    if (r->axis_count == 1 && r->dim_count == 1) {
        out->axes[out->rank++] = *a;
        return LSN_OK;
    }
    if (are_channels(r->axes, r->axis_count)) {
        regroup_channels(r, out);
        return LSN_OK;
    }
    if (r->axis_count == 2 && r->dim_count == 1 && a[0].kind == LSN_AXIS_ROW &&
        a[1].kind == LSN_AXIS_COLUMN) {
        out->axes[out->rank++] = (struct lsn_axis){LSN_AXIS_SPACE, s.h * s.w, 1};
        return LSN_OK;
    }
    if (r->axis_count == 1 && r->dim_count == 2 && a->kind == LSN_AXIS_SPACE && r->dims[0] == s.h &&
        r->dims[1] == s.w) {
        out->axes[out->rank++] = (struct lsn_axis){LSN_AXIS_ROW, s.h, 1};
        out->axes[out->rank++] = (struct lsn_axis){LSN_AXIS_COLUMN, s.w, 1};
        return LSN_OK;
    }
    return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                           "reshapes space and channels in a way that is not supported; only "
                           "splitting and merging channels, and flattening all, are");
}

/* Which of dims [rank] begins after `before` elements (the product of the dims before it); -1: none
 * does, one of them spans that place. */
static int starts_at(const int64_t *dims, int rank, int64_t before)
{
    int64_t product = 1;
    int d;

    for (d = 0; d < rank && product < before; d++)
        product *= dims[d];
    return product == before ? d : -1;
}

/* A Reshape may cut an axis of rows (or columns) into blocks and places in a block, as
 * space-to-depth is written: the places become channels then. Or it joins such an axis and the
 * channels after it, as depth-to-space is: these become rows. Value, with these nodes added, has
 * axes that dims [rank] only regroup. */
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

/* Whether one of dims holds all elements of a value that is more than channels: a map becomes a
 * vector. */
static bool makes_vector(const struct lsn_value *value, const int64_t *dims, int rank)
{
    int64_t total = 1;
    int d;

    for (d = 0; d < value->rank; d++)
        total *= value->axes[d].size;
    for (d = 0; d < rank; d++)
        if (dims[d] == total && total > 1)
            return !are_channels(value->axes, value->rank);
    return false;
}

static bool are_planes(const struct lsn_importer *im, const struct lsn_value *value)
{
    return value->rank == 4 && value->axes[1].size == lsn_value_shape(im, value).c &&
           value->axes[2].kind != LSN_AXIS_CHANNEL && value->axes[3].kind != LSN_AXIS_CHANNEL;
}

/* Whether dims [rank] are 1 x groups x all the rest of planes: what PyTorch's exporter makes of a
 * GroupNorm's input before an InstanceNormalization. */
static bool makes_groups(const struct lsn_importer *im, const struct lsn_value *value,
                         const int64_t *dims, int rank)
{
    return rank == 3 && dims[0] == 1 && are_planes(im, value) &&
           value->axes[2].size * value->axes[3].size > 1 && dims[1] != value->axes[1].size &&
           lsn_value_shape(im, value).c % dims[1] == 0;
}

static enum lsn_status group(struct lsn_importer *im, const struct lsn_value *value,
                             const int64_t *dims)
{
    struct lsn_value out = {.node = value->node, .rank = 3, .grouped = true};

    out.axes[0] = (struct lsn_axis){LSN_AXIS_ONE, 1, 1};
    out.axes[1] = (struct lsn_axis){LSN_AXIS_CHANNEL, (int)dims[1], 1};
    out.axes[2] = (struct lsn_axis){LSN_AXIS_SPACE, (int)dims[2], 1};
    return lsn_import_bind(im, 0, &out);
}

/* Behind the InstanceNormalization: only back to the planes that they were. */
static enum lsn_status ungroup(struct lsn_importer *im, const struct lsn_value *value,
                               const int64_t *dims, int rank)
{
    struct lsn_value out = lsn_value_nchw(im, value->node);
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

/* Finds the fewest axes from *axis on, and dims from *dim on, that have as many elements; *axis and
 * *dim move past them. */
static enum lsn_status next_regrouping(struct lsn_importer *im, const struct lsn_value *value,
                                       const int64_t *dims, int rank, int *axis, int *dim,
                                       struct regrouping *r)
{
    int first_axis = *axis, first_dim = *dim;
    int64_t old, new;

    if (*axis == value->rank || *dim == rank)
        return lsn_import_fail(im, LSN_E_MODEL, "its sizes do not fit");
    old = value->axes[(*axis)++].size;
    new = dims[(*dim)++];
    while (old != new) {
        if (old < new ? *axis == value->rank : *dim == rank)
            return lsn_import_fail(im, LSN_E_MODEL, "its sizes do not fit");
        if (old < new)
            old *= value->axes[(*axis)++].size;
        else
            new *= dims[(*dim)++];
    }
    *r = (struct regrouping){value->axes + first_axis, *axis - first_axis, dims + first_dim,
                             *dim - first_dim};
    return LSN_OK;
}

/* The axes of value, whose channels are in order, regrouped to dims [rank]. Those of size 1 come
 * and go as they like. */
static enum lsn_status regroup_all(struct lsn_importer *im, const struct lsn_value *value,
                                   const int64_t *dims, int rank)
{
    struct lsn_value out = {.node = value->node};
    struct lsn_shape s = lsn_value_shape(im, value);
    struct regrouping r = {.axis_count = 0};
    int axis = 0, dim = 0;

    while (axis < value->rank || dim < rank) {
        if (axis < value->rank && value->axes[axis].size == 1) {
            axis++;
        } else if (dim < rank && dims[dim] == 1) {
            out.axes[out.rank++] = (struct lsn_axis){LSN_AXIS_ONE, 1, 1};
            dim++;
        } else {
            LSN_TRY(next_regrouping(im, value, dims, rank, &axis, &dim, &r));
            LSN_TRY(regroup(im, &r, s, &out));
        }
    }
    return lsn_import_bind(im, 0, &out);
}

/* Binds value with dims [rank] instead of its own, of the same product. */
static enum lsn_status reshape(struct lsn_importer *im, struct lsn_value *value,
                               const int64_t *dims, int rank)
{
    if (value->grouped)
        return ungroup(im, value, dims, rank);
    LSN_TRY(lsn_import_order_channels(im, value));
    if (makes_groups(im, value, dims, rank))
        return group(im, value, dims);
    if (makes_vector(value, dims, rank))
        LSN_TRY(flatten_all(im, value));
    LSN_TRY(change_blocks(im, value, dims, rank));
    return regroup_all(im, value, dims, rank);
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
    bool zero_is_zero = false, unflattened = false;
    enum lsn_status status;
    size_t rank = 0;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    copy = *in;
    count = sizes_of(&copy, dims);
    LSN_TRY(lsn_import_flag(im, "allowzero", &zero_is_zero));
    LSN_TRY(lsn_import_list(im, 1, "shape", &target, &rank));
    lsn_import_drop_batch(im, target, rank, count);
    status = lsn_import_resolve_shape(im, dims, copy.rank, count, target, rank, zero_is_zero);
    if (status == LSN_OK)
        lsn_import_unflatten_image(im, target, rank, &copy, &unflattened);
    if (status == LSN_OK)
        status =
            unflattened ? lsn_import_bind(im, 0, &copy) : reshape(im, &copy, target, (int)rank);
    lsn_free(target);
    return status;
}

enum lsn_status lsn_import_flatten(struct lsn_importer *im)
{
    struct lsn_value *in, copy;
    int64_t dims[LSN_RANK_MAX], flat[2] = {1, 1};
    int axis = 1, d;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
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

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    out = *in;
    LSN_TRY(lsn_import_perm(im, out.rank, perm));
    for (d = 0; d < out.rank; d++)
        out.axes[d] = in->axes[perm[d]];
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_squeeze(struct lsn_importer *im)
{
    bool marked[LSN_RANK_MAX] = {false};
    struct lsn_value *in, out;
    enum lsn_status status;
    int64_t *list;
    size_t count;
    int d;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
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

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
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
