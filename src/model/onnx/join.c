/* Functions of two feature maps, or of one and a constant: Add, Sub, Mul, Div, Max, Min,
 * and any number of them in Max, Min, Sum and Mean. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/handlers.h"
#include "model/onnx/move.h"
#include "model/onnx/weights.h"
#include "model/ops.h"

/* Broadcasting gives the array of lower rank axes of size 1 in front. */
static enum lsn_status raise_rank(struct lsn_importer *im, struct lsn_value *value, int rank)
{
    int more = rank - value->rank, d;

    if (rank > LSN_RANK_MAX)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its result has %d dimensions", rank);
    if (more <= 0)
        return LSN_OK;
    memmove(&value->axes[more], value->axes, (size_t)value->rank * sizeof value->axes[0]);
    for (d = 0; d < more; d++)
        value->axes[d] = (struct lsn_axis){LSN_AXIS_ONE, 1, 1};
    value->rank = rank;
    return LSN_OK;
}

/* Whether value has an axis of this kind (at another place). An axis of size 1 stands opposite an
 * axis of kind there; were the two added as feature maps, value would be matched along its own axis
 * instead, which is wrong: the product of a row vector and a column vector is a matrix. */
static bool has_elsewhere(const struct lsn_value *value, enum lsn_axis_kind kind)
{
    int d;

    for (d = 0; d < value->rank; d++) {
        enum lsn_axis_kind own = value->axes[d].kind;

        if (own == kind || (kind == LSN_AXIS_SPACE && own > LSN_AXIS_CHANNEL) ||
            (own == LSN_AXIS_SPACE && kind > LSN_AXIS_CHANNEL))
            return true;
    }
    return false;
}

/* The axes of a function of two feature maps. Each pair of axes must run over the same, or one of
 * the two be of size 1. */
static enum lsn_status join_axes(struct lsn_importer *im, struct lsn_value a, struct lsn_value b,
                                 struct lsn_value *out)
{
    int d;

    LSN_TRY(raise_rank(im, &a, b.rank));
    LSN_TRY(raise_rank(im, &b, a.rank));
    out->rank = a.rank;
    for (d = 0; d < out->rank; d++) {
        const struct lsn_axis *x = &a.axes[d], *y = &b.axes[d];
        bool x_one = x->kind == LSN_AXIS_ONE, y_one = y->kind == LSN_AXIS_ONE;

        if (x_one && y_one ? false
            : x_one        ? has_elsewhere(&a, y->kind)
            : y_one        ? has_elsewhere(&b, x->kind)
                           : x->kind != y->kind || x->size != y->size || x->step != y->step)
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "axis %d of its two inputs (%d and %d values) stands for "
                                   "different things",
                                   d, x->size, y->size);
        out->axes[d] = x_one ? *y : *x;
    }
    return LSN_OK;
}

/* The graph has ops for x * sigmoid(x), x * hard_sigmoid(x) and x * tanh(softplus(x)). Which one
 * the product of x and gate is; Mul where it is none. */
static enum lsn_op gated_op(const struct lsn_importer *im, int x, int gate)
{
    const struct lsn_node *node = &im->graph->nodes[gate], *inner;

    if (node->op == LSN_OP_TANH) {
        inner = &im->graph->nodes[node->inputs[0]];
        return inner->op == LSN_OP_SOFTPLUS && inner->inputs[0] == x ? LSN_OP_MISH : LSN_OP_MUL;
    }
    if (node->input_count != 1 || node->inputs[0] != x)
        return LSN_OP_MUL;
    if (node->op == LSN_OP_SIGMOID)
        return LSN_OP_SILU;
    if (node->op == LSN_OP_HARD_SIGMOID && node->attributes.alpha == 1.0f / 6.0f &&
        node->attributes.beta == 0.5f)
        return LSN_OP_HARD_SWISH;
    return LSN_OP_MUL;
}

enum lsn_status lsn_import_join(struct lsn_importer *im, enum lsn_op op, const char *suffix,
                                const struct lsn_value *a, const struct lsn_value *b,
                                struct lsn_value *out)
{
    int inputs[2] = {a->node, b->node}, count = 2;
    struct lsn_value joined = {.rank = 0};
    struct lsn_node node;

    LSN_TRY(join_axes(im, *a, *b, &joined));
    if (op == LSN_OP_MUL) {
        op = gated_op(im, inputs[0], inputs[1]);
        if (op == LSN_OP_MUL && gated_op(im, inputs[1], inputs[0]) != LSN_OP_MUL) {
            op = gated_op(im, inputs[1], inputs[0]);
            inputs[0] = inputs[1];
        }
        count = op == LSN_OP_MUL ? 2 : 1;
    }
    node = lsn_node_default(op);
    LSN_TRY(lsn_import_emit(im, &node, suffix, count, inputs, &joined.node));
    *out = joined;
    return LSN_OK;
}

/* What axis d of constant k runs over, as it is broadcast to value: the same as value's axis
 * there. */
static enum lsn_status kind_of(struct lsn_importer *im, const struct lsn_value *value,
                               const struct lsn_constant *k, int d, enum lsn_axis_kind *kind)
{
    int at = value->rank - k->rank + d;
    const struct lsn_axis *axis = &value->axes[at];
    struct lsn_shape s = lsn_value_shape(im, value);

    *kind = axis->kind;
    if (axis->kind == LSN_AXIS_ONE && value->rank == 4 && value->axes[1].kind <= LSN_AXIS_CHANNEL)
        *kind = at == 1   ? LSN_AXIS_CHANNEL
                : at == 2 ? LSN_AXIS_ROW
                : at == 3 ? LSN_AXIS_COLUMN
                          : LSN_AXIS_ONE;
    if (*kind == LSN_AXIS_ONE || (axis->size != 1 && axis->size != k->dims[d]) ||
        (*kind == LSN_AXIS_CHANNEL && axis->size != 1 && axis->size != s.c))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "a constant of %jd values along dimension %d does not fit its "
                               "input's %d there",
                               (intmax_t)k->dims[d], d, axis->size);
    return LSN_OK;
}

/* Where in the array of constant k element (c, y, x) of the feature map lies; kinds says what each
 * axis of k runs over. */
static size_t element_at(const struct lsn_constant *k, const enum lsn_axis_kind *kinds, int width,
                         const int at[3])
{
    size_t index = 0;
    int d;

    for (d = 0; d < k->rank; d++) {
        size_t i = kinds[d] == LSN_AXIS_CHANNEL  ? (size_t)at[0]
                   : kinds[d] == LSN_AXIS_ROW    ? (size_t)at[1]
                   : kinds[d] == LSN_AXIS_COLUMN ? (size_t)at[2]
                                                 : (size_t)(at[1] * width + at[2]);

        index = index * (size_t)k->dims[d] + (k->dims[d] == 1 ? 0 : i);
    }
    return index;
}

/* The tensor of a Constant node, whose dims are set, from constant k. */
static enum lsn_status fill_constant(struct lsn_importer *im, const struct lsn_constant *k,
                                     const enum lsn_axis_kind *kinds, const double *data,
                                     struct lsn_tensor *tensor)
{
    int at[3], *dims = tensor->dims;
    float *to;

    tensor->rank = 3;
    tensor->data = to = lsn_alloc_floats(lsn_tensor_count(tensor));
    if (!to)
        return lsn_fail_memory(im->err, "a constant");
    for (at[0] = 0; at[0] < dims[0]; at[0]++)
        for (at[1] = 0; at[1] < dims[1]; at[1]++)
            for (at[2] = 0; at[2] < dims[2]; at[2]++)
                *to++ = (float)data[element_at(k, kinds, dims[2], at)];
    return LSN_OK;
}

enum lsn_status lsn_import_constant_map(struct lsn_importer *im, struct lsn_value *constant,
                                        const struct lsn_value *value, struct lsn_value *out)
{
    const struct lsn_constant *k = &constant->constant;
    struct lsn_node node = lsn_node_default(LSN_OP_CONSTANT);
    enum lsn_axis_kind kinds[LSN_RANK_MAX];
    struct lsn_shape s = lsn_value_shape(im, value);
    int *dims = node.tensors[0].dims, d;
    enum lsn_status status;
    const double *data;

    LSN_TRY(lsn_import_numbers(im, constant, &data));
    dims[0] = dims[1] = dims[2] = 1;
    out->rank = k->rank;
    for (d = 0; d < k->rank; d++) {
        kinds[d] = LSN_AXIS_ONE;
        if (k->dims[d] != 1)
            LSN_TRY(kind_of(im, value, k, d, &kinds[d]));
        out->axes[d] = (struct lsn_axis){kinds[d], (int)k->dims[d], 1};
        if (kinds[d] == LSN_AXIS_CHANNEL)
            dims[0] = (int)k->dims[d];
        else if (kinds[d] == LSN_AXIS_ROW)
            dims[1] = (int)k->dims[d];
        else if (kinds[d] == LSN_AXIS_COLUMN)
            dims[2] = (int)k->dims[d];
        else if (kinds[d] == LSN_AXIS_SPACE) {
            dims[1] = s.h;
            dims[2] = s.w;
        }
    }
    status = fill_constant(im, k, kinds, data, &node.tensors[0]);
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return lsn_import_emit(im, &node, "constant", 0, NULL, &out->node);
}

static bool is_per_channel(const struct lsn_importer *im, const struct lsn_value *value,
                           const struct lsn_constant *k)
{
    int c = lsn_value_shape(im, value).c, d;

    for (d = 0; d < k->rank; d++) {
        int at = value->rank - k->rank + d;

        if (k->dims[d] != 1 && (at < 0 || value->axes[at].kind != LSN_AXIS_CHANNEL ||
                                value->axes[at].size != c || k->dims[d] != c))
            return false;
    }
    return true;
}

/* An Affine node, scale * value + shift, for value op constant with one number per channel.
 * flipped: for constant op value, of Sub. */
static enum lsn_status emit_affine(struct lsn_importer *im, enum lsn_op op, bool flipped,
                                   const char *suffix, struct lsn_value *constant,
                                   struct lsn_value *value)
{
    struct lsn_node node = lsn_node_default(LSN_OP_AFFINE);
    float *k = NULL, *scale, *shift;
    int c = lsn_value_shape(im, value).c, i;

    LSN_TRY(lsn_import_per_channel(im, constant, value, &k));
    if (lsn_import_scale_and_shift(im, &node, c, 1) != LSN_OK) {
        lsn_free(k);
        return LSN_E_MEMORY;
    }
    scale = node.tensors[0].data;
    shift = node.tensors[1].data;
    for (i = 0; i < c; i++) {
        if (op == LSN_OP_MUL || op == LSN_OP_DIV)
            scale[i] = op == LSN_OP_MUL ? k[i] : 1.0f / k[i];
        else
            shift[i] = op == LSN_OP_ADD || flipped ? k[i] : -k[i];
        if (op == LSN_OP_SUB && flipped)
            scale[i] = -1;
    }
    lsn_free(k);
    return lsn_import_emit(im, &node, suffix, 1, &value->node, &value->node);
}

/* Value, whose channels are in order, becomes value op constant (flipped: constant op value).
 * suffix as of lsn_import_emit. */
static enum lsn_status join_constant(struct lsn_importer *im, enum lsn_op op, bool flipped,
                                     const char *suffix, struct lsn_value *constant,
                                     struct lsn_value *value)
{
    struct lsn_node node = lsn_node_default(LSN_OP_RECIPROCAL);
    struct lsn_value map = {.rank = 0};

    LSN_TRY(raise_rank(im, value, constant->constant.rank));
    if (op <= LSN_OP_DIV && is_per_channel(im, value, &constant->constant)) {
        if (op == LSN_OP_DIV && flipped)
            LSN_TRY(lsn_import_emit(im, &node, "reciprocal", 1, &value->node, &value->node));
        return emit_affine(im, op == LSN_OP_DIV && flipped ? LSN_OP_MUL : op, flipped, suffix,
                           constant, value);
    }
    LSN_TRY(lsn_import_constant_map(im, constant, value, &map));
    return lsn_import_join(im, op, suffix, flipped ? &map : value, flipped ? value : &map, value);
}

static enum lsn_status with_constant(struct lsn_importer *im, enum lsn_op op,
                                     struct lsn_value *value, struct lsn_value *constant,
                                     bool flipped)
{
    struct lsn_value out;

    LSN_TRY(lsn_import_order_channels(im, value));
    out = *value;
    LSN_TRY(join_constant(im, op, flipped, NULL, constant, &out));
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_binary(struct lsn_importer *im)
{
    struct lsn_value *a = lsn_import_input(im, 0), *b = lsn_import_input(im, 1), out;
    enum lsn_op op = lsn_op_find(im->current->op);

    if (!a || !b)
        return lsn_import_fail(im, LSN_E_MODEL, "has not two inputs");
    if (b->is_constant)
        return with_constant(im, op, a, b, false);
    if (a->is_constant)
        return with_constant(im, op, b, a, true);
    LSN_TRY(lsn_import_join(im, op, NULL, a, b, &out));
    return lsn_import_bind(im, 0, &out);
}

/* Max, Min, Sum and Mean of any number of inputs: one after the other, constants last. The last
 * node bears the ONNX node's name. A mean is the sum over the number of inputs. */
enum lsn_status lsn_import_variadic(struct lsn_importer *im)
{
    bool mean = strcmp(im->current->op, "Mean") == 0, adds = mean || im->current->op[0] == 'S';
    enum lsn_op op = adds ? LSN_OP_ADD : lsn_op_find(im->current->op);
    size_t count = im->current->input_count, done = 0, i;
    struct lsn_node node = lsn_node_default(LSN_OP_AFFINE);
    struct lsn_value *in, out = {.rank = 0};
    int constants;

    for (constants = 0; constants < 2; constants++)
        for (i = 0; i < count; i++) {
            const char *suffix = done + 1 < count || mean ? "part" : NULL;

            in = lsn_import_input(im, i);
            if (in && in->is_constant != (constants == 1))
                continue;
            if (constants == 1) {
                LSN_TRY(join_constant(im, op, false, suffix, in, &out));
            } else {
                LSN_TRY(lsn_import_feature_map(im, i, &in));
                LSN_TRY(lsn_import_order_channels(im, in));
                if (done == 0)
                    out = *in;
                else
                    LSN_TRY(lsn_import_join(im, op, suffix, &out, in, &out));
            }
            done++;
        }
    if (done == 0)
        return lsn_import_fail(im, LSN_E_MODEL, "has no input");
    if (mean) {
        LSN_TRY(lsn_import_scale_and_shift(im, &node, lsn_value_shape(im, &out).c,
                                           1.0f / (float)count));
        LSN_TRY(lsn_import_emit(im, &node, NULL, 1, &out.node, &out.node));
    }
    return lsn_import_bind(im, 0, &out);
}
