/* Reductions (ReduceMean, ReduceSum, ReduceMax and so on), and LpNormalization, which divides by
 * one. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/index.h"
#include "model/onnx/move.h"
#include "model/onnx/weights.h"
#include "model/ops.h"

/* Which axes a reduction is over, and what these are of the feature map. */
struct cover {
    bool reduced[LSN_RANK_MAX];
    bool channels, rows, columns; /* all of them are reduced */
    bool partly;                  /* some, but not all, channels are */
};

static struct cover cover_of(const struct lsn_importer *im, const struct lsn_value *value,
                             const bool *reduced)
{
    struct cover cover = {.channels = false};
    int covered = 1, d;

    for (d = 0; d < value->rank; d++) {
        const struct lsn_axis *a = &value->axes[d];

        cover.reduced[d] = reduced[d];
        if (!reduced[d])
            continue;
        cover.rows = cover.rows || a->kind == LSN_AXIS_ROW || a->kind == LSN_AXIS_SPACE;
        cover.columns = cover.columns || a->kind == LSN_AXIS_COLUMN || a->kind == LSN_AXIS_SPACE;
        if (a->kind == LSN_AXIS_CHANNEL)
            covered *= a->size;
    }
    cover.channels = covered > 1 && covered == lsn_value_shape(im, value).c;
    cover.partly = covered > 1 && !cover.channels;
    return cover;
}

/* Takes the reduced axes out of value's, or with keepdims makes them of size 1. */
static void reduce_axes(struct lsn_value *value, const struct cover *cover, bool keepdims)
{
    int d, rank = 0;

    for (d = 0; d < value->rank; d++)
        if (!cover->reduced[d])
            value->axes[rank++] = value->axes[d];
        else if (keepdims)
            value->axes[rank++] = (struct lsn_axis){LSN_AXIS_ONE, 1, 1};
    value->rank = rank;
}

static enum lsn_status emit_plain(struct lsn_importer *im, struct lsn_node node, const char *suffix,
                                  struct lsn_value *value)
{
    return lsn_import_emit(im, &node, suffix, 1, &value->node, &value->node);
}

/* The largest value of each h x w window, of each channel for itself. */
static enum lsn_status emit_max_pool(struct lsn_importer *im, int h, int w, const char *suffix,
                                     struct lsn_value *value)
{
    struct lsn_node node = lsn_node_default(LSN_OP_MAX_POOL);

    node.attributes.kernel[0] = h;
    node.attributes.kernel[1] = w;
    return emit_plain(im, node, suffix, value);
}

/* Reduces rows or columns alone. A sum or a mean is a Resample to one row, a maximum a MaxPool as
 * high as the map, a minimum the negative of the negatives' maximum. */
static enum lsn_status reduce_one_spatial(struct lsn_importer *im, enum lsn_op op, bool rows,
                                          const char *suffix, struct lsn_value *value)
{
    struct lsn_node negative = lsn_node_default(LSN_OP_NEG);
    struct lsn_shape s = lsn_value_shape(im, value);
    int n = rows ? s.h : s.w, i;
    enum lsn_status status;
    float *weights;

    if (op == LSN_OP_REDUCE_MAX)
        return emit_max_pool(im, rows ? s.h : 1, rows ? 1 : s.w, suffix, value);
    if (op == LSN_OP_REDUCE_MIN) {
        LSN_TRY(emit_plain(im, negative, "negative", value));
        LSN_TRY(emit_max_pool(im, rows ? s.h : 1, rows ? 1 : s.w, "pool", value));
        return emit_plain(im, negative, suffix, value);
    }
    if (op != LSN_OP_REDUCE_MEAN && op != LSN_OP_REDUCE_SUM)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "reduces rows or columns alone, which only a mean, a sum, a "
                               "maximum or a minimum may");
    weights = lsn_alloc_floats((size_t)n);
    if (!weights)
        return lsn_fail_memory(im->err, "weights of rows");
    for (i = 0; i < n; i++)
        weights[i] = op == LSN_OP_REDUCE_MEAN ? 1.0f / (float)n : 1.0f;
    status = lsn_import_resample(im, value, rows ? 1 : s.h, rows ? weights : NULL, rows ? s.w : 1,
                                 rows ? NULL : weights);
    lsn_free(weights);
    return status;
}

/* A reduction over axes of size 1 leaves sums, means, maxima and minima as they are; the others
 * still take squares or absolute values. */
static enum lsn_status reduce_nothing(struct lsn_importer *im, enum lsn_op op,
                                      struct lsn_value *value)
{
    struct lsn_node node =
        lsn_node_default(op == LSN_OP_REDUCE_SUM_SQUARE ? LSN_OP_POW : LSN_OP_ABS);

    if (op != LSN_OP_REDUCE_SUM_SQUARE && op != LSN_OP_REDUCE_L1 && op != LSN_OP_REDUCE_L2)
        return LSN_OK;
    node.attributes.exponent = 2;
    return lsn_import_emit(im, &node, NULL, 1, &value->node, &value->node);
}

#define SELECTS_MAX 64

/* Reduces one of several axes of channels: takes its indices one by one and adds or compares these
 * maps. */
static enum lsn_status reduce_axis(struct lsn_importer *im, enum lsn_op op, int d,
                                   struct lsn_value *value)
{
    enum lsn_op join = op == LSN_OP_REDUCE_MAX   ? LSN_OP_MAX
                       : op == LSN_OP_REDUCE_MIN ? LSN_OP_MIN
                                                 : LSN_OP_ADD;
    struct lsn_node scale = lsn_node_default(LSN_OP_AFFINE);
    int n = value->axes[d].size, inputs[2] = {0, 0};
    struct lsn_value part = *value;
    int64_t i;

    if (n > SELECTS_MAX)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "reduces %d by %d of the channels; all of them can be reduced, or "
                               "at most %d by %d",
                               n, n, SELECTS_MAX, SELECTS_MAX);
    for (i = 0; i < n; i++) {
        struct lsn_node node = lsn_node_default(join);

        part = *value;
        LSN_TRY(lsn_import_take(im, &part, d, &i, 1));
        inputs[1] = part.node;
        if (i > 0)
            LSN_TRY(lsn_import_emit(im, &node, "part", 2, inputs, &inputs[1]));
        inputs[0] = inputs[1];
    }
    part.node = inputs[0];
    *value = part;
    if (op != LSN_OP_REDUCE_MEAN)
        return LSN_OK;
    LSN_TRY(lsn_import_scale_and_shift(im, &scale, lsn_value_shape(im, value).c, 1.0f / (float)n));
    return emit_plain(im, scale, "part", value);
}

static enum lsn_status emit_reduce(struct lsn_importer *im, enum lsn_op op,
                                   const struct cover *cover, const char *suffix,
                                   struct lsn_value *value);

/* Reduces what is no node of its own: some of the axes of channels, or channels together with one
 * of rows and columns. One axis after the other. */
static enum lsn_status reduce_in_turn(struct lsn_importer *im, enum lsn_op op,
                                      const struct cover *cover, struct lsn_value *value)
{
    struct cover channels = *cover, space = *cover;
    int d;

    if (op != LSN_OP_REDUCE_MEAN && op != LSN_OP_REDUCE_SUM && op != LSN_OP_REDUCE_MAX &&
        op != LSN_OP_REDUCE_MIN)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "reduces some of the channels, or channels and one of height and "
                               "width, which only a mean, a sum, a maximum or a minimum may");
    space.channels = space.partly = channels.rows = channels.columns = false;
    if (space.rows || space.columns)
        LSN_TRY(emit_reduce(im, op, &space, "space", value));
    if (channels.channels)
        return emit_reduce(im, op, &channels, NULL, value);
    for (d = 0; d < value->rank; d++)
        if (cover->reduced[d] && value->axes[d].kind == LSN_AXIS_CHANNEL)
            LSN_TRY(reduce_axis(im, op, d, value));
    return LSN_OK;
}

/* Reduces the feature map of value; its axes are left as they are. */
static enum lsn_status emit_reduce(struct lsn_importer *im, enum lsn_op op,
                                   const struct cover *cover, const char *suffix,
                                   struct lsn_value *value)
{
    struct lsn_shape s = lsn_value_shape(im, value);
    bool one_spatial = (cover->rows || cover->columns) &&
                       ((!cover->rows && s.h > 1) || (!cover->columns && s.w > 1));
    struct lsn_node node = lsn_node_default(op);

    if (cover->partly || (cover->channels && one_spatial))
        return reduce_in_turn(im, op, cover, value);
    if (one_spatial)
        return reduce_one_spatial(im, op, cover->rows, suffix, value);
    if (!cover->channels && !cover->rows && !cover->columns)
        return reduce_nothing(im, op, value);
    if (!cover->channels && op == LSN_OP_REDUCE_MAX)
        return emit_max_pool(im, s.h, s.w, suffix, value);
    if (!cover->channels && op == LSN_OP_REDUCE_MEAN)
        node = lsn_node_default(LSN_OP_GLOBAL_AVERAGE_POOL);
    node.attributes.over_channels = cover->channels;
    node.attributes.over_space = cover->rows || cover->columns;
    return emit_plain(im, node, suffix, value);
}

enum lsn_status lsn_import_reduce(struct lsn_importer *im)
{
    bool reduced[LSN_RANK_MAX] = {false}, keepdims = true, none = false;
    enum lsn_op op = lsn_op_find(im->current->op);
    struct lsn_value *in, out;
    struct cover cover;
    enum lsn_status status;
    int64_t *axes;
    size_t count;
    int d;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    out = *in;
    LSN_TRY(lsn_import_flag(im, "keepdims", &keepdims));
    LSN_TRY(lsn_import_flag(im, "noop_with_empty_axes", &none));
    LSN_TRY(lsn_import_list(im, 1, "axes", &axes, &count));
    status = lsn_import_mark_axes(im, axes, count, out.rank, reduced);
    lsn_free(axes);
    LSN_TRY(status);
    for (d = 0; d < out.rank && count == 0 && !none; d++)
        reduced[d] = true;
    cover = cover_of(im, &out, reduced);
    LSN_TRY(emit_reduce(im, op, &cover, NULL, &out));
    reduce_axes(&out, &cover, keepdims);
    return lsn_import_bind(im, 0, &out);
}

/* x / max(|x|_p, tiny), with the norm over all channels at each position: where that is 0, so is
 * x. */
enum lsn_status lsn_import_lp_normalization(struct lsn_importer *im)
{
    struct lsn_node clip = lsn_node_default(LSN_OP_CLIP);
    bool reduced[LSN_RANK_MAX] = {false};
    struct lsn_value *in, norm, out;
    struct cover cover;
    int axis = -1, p = 2;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    norm = *in;
    LSN_TRY(lsn_import_int(im, "axis", -LSN_RANK_MAX, LSN_RANK_MAX, &axis));
    LSN_TRY(lsn_import_axis(im, axis, norm.rank, &axis));
    LSN_TRY(lsn_import_int(im, "p", 1, 2, &p));
    reduced[axis] = true;
    cover = cover_of(im, &norm, reduced);
    LSN_TRY(emit_reduce(im, p == 1 ? LSN_OP_REDUCE_L1 : LSN_OP_REDUCE_L2, &cover, "norm", &norm));
    reduce_axes(&norm, &cover, true);
    clip.attributes.min = 1e-30f;
    LSN_TRY(lsn_import_emit(im, &clip, "norm", 1, &norm.node, &norm.node));
    LSN_TRY(lsn_import_join(im, LSN_OP_DIV, NULL, in, &norm, &out));
    return lsn_import_bind(im, 0, &out);
}
