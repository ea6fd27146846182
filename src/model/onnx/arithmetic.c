/* Ops that combine feature maps with each other or with constants. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/importer.h"

/* value op constant (or, flipped, constant op value) as scale * value + shift,
 * one number per channel. */
static enum lsn_status affine_numbers(struct lsn_importer *im, char op, bool flipped, float *k,
                                      int channels, float *scale, float *shift)
{
    int c;

    if (op == 'D' && flipped)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "divides a constant by a feature map");
    for (c = 0; c < channels; c++) {
        scale[c] = op == 'M' ? k[c] : op == 'D' ? 1.0f / k[c] : op == 'S' && flipped ? -1.0f : 1.0f;
        shift[c] = op == 'A' || (op == 'S' && flipped) ? k[c] : op == 'S' ? -k[c] : 0.0f;
    }
    return LSN_OK;
}

/* Broadcasting gives the lower of two ranks axes of size 1 in front. */
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

static enum lsn_status with_constant(struct lsn_importer *im, struct lsn_value *value,
                                     struct lsn_value *constant, bool flipped)
{
    struct lsn_node node = lsn_node_default(LSN_OP_AFFINE);
    struct lsn_value input;
    enum lsn_status status;
    float *k = NULL;
    int c;

    LSN_TRY(lsn_import_order_channels(im, value));
    input = *value;
    c = lsn_import_shape(im, &input).c;
    LSN_TRY(lsn_import_per_channel(im, constant, &input, &k));
    status = lsn_import_scale_and_shift(im, &node, c, 1);
    if (status == LSN_OK)
        status = affine_numbers(im, im->current->op[0], flipped, k, c, node.tensors[0].data,
                                node.tensors[1].data);
    lsn_free(k);
    if (status == LSN_OK)
        status = raise_rank(im, &input, constant->constant.rank);
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return lsn_import_same(im, &node, &input);
}

/* Whether an axis of kind would meet another of value's than its own: the outer
 * product of two vectors is no op of two feature maps. */
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

/* The axes of the result of combining two feature maps: each pair must be of one
 * kind, or one of the two of size 1. */
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

/* x * sigmoid(x) and x * hard_sigmoid(x) have names of their own. */
static enum lsn_op gated_op(const struct lsn_importer *im, int x, int gate)
{
    const struct lsn_node *node = &im->graph->nodes[gate];

    if (node->input_count != 1 || node->inputs[0] != x)
        return LSN_OP_MUL;
    if (node->op == LSN_OP_SIGMOID)
        return LSN_OP_SILU;
    if (node->op == LSN_OP_HARD_SIGMOID && node->attributes.alpha == 1.0f / 6.0f &&
        node->attributes.beta == 0.5f)
        return LSN_OP_HARD_SWISH;
    return LSN_OP_MUL;
}

static enum lsn_status two_maps(struct lsn_importer *im, struct lsn_value *a, struct lsn_value *b)
{
    struct lsn_value out = {.rank = 0};
    int inputs[2], count = 2;
    struct lsn_node node;
    enum lsn_op op = im->current->op[0] == 'M' ? LSN_OP_MUL : LSN_OP_ADD;

    LSN_TRY(join_axes(im, *a, *b, &out));
    inputs[0] = a->node;
    inputs[1] = b->node;
    if (im->current->op[0] == 'D')
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "divides by a feature map");
    if (im->current->op[0] == 'S') {
        node = lsn_node_default(LSN_OP_AFFINE);
        LSN_TRY(lsn_import_scale_and_shift(im, &node, lsn_import_shape(im, b).c, -1));
        LSN_TRY(lsn_import_emit(im, &node, "minus", 1, &b->node, &inputs[1]));
    }
    if (op == LSN_OP_MUL) {
        op = gated_op(im, inputs[0], inputs[1]);
        if (op == LSN_OP_MUL && gated_op(im, inputs[1], inputs[0]) != LSN_OP_MUL) {
            op = gated_op(im, inputs[1], inputs[0]);
            inputs[0] = inputs[1];
        }
        count = op == LSN_OP_MUL ? 2 : 1;
    }
    node = lsn_node_default(op);
    LSN_TRY(lsn_import_emit(im, &node, NULL, count, inputs, &out.node));
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_binary(struct lsn_importer *im)
{
    struct lsn_value *a = lsn_import_input(im, 0), *b = lsn_import_input(im, 1);

    if (!a || !b)
        return lsn_import_fail(im, LSN_E_MODEL, "has not two inputs");
    if (b->is_constant)
        return with_constant(im, a, b, false);
    if (a->is_constant)
        return with_constant(im, b, a, true);
    return two_maps(im, a, b);
}

enum lsn_status lsn_import_concat(struct lsn_importer *im)
{
    size_t count = im->current->input_count, i;
    int axis = 1, at, d, *inputs = lsn_alloc(count, sizeof *inputs);
    struct lsn_node node = lsn_node_default(LSN_OP_CONCAT);
    struct lsn_value *in, out = {.rank = 0};
    enum lsn_status status = LSN_OK;

    if (!inputs)
        return lsn_fail_memory(im->err, "a list of inputs");
    for (i = 0; i < count && status == LSN_OK; i++) {
        status = lsn_import_map(im, i, &in);
        if (status == LSN_OK)
            status = lsn_import_order_channels(im, in);
        if (status == LSN_OK && i == 0) {
            out = *in;
            status = lsn_import_int(im, "axis", -LSN_RANK_MAX, LSN_RANK_MAX, &axis);
        }
        if (status == LSN_OK)
            status = lsn_import_axis(im, axis, in->rank, &at);
        if (status != LSN_OK)
            break;
        for (d = 0; d < in->rank; d++)
            if (in->rank != out.rank || (d == at ? in->axes[d].size != lsn_import_shape(im, in).c
                                                 : in->axes[d].kind != out.axes[d].kind ||
                                                       in->axes[d].kind == LSN_AXIS_CHANNEL)) {
                status = lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                         "concatenates along axis %d, which is not that of the "
                                         "channels in every input",
                                         at);
                break;
            }
        inputs[i] = in->node;
    }
    if (status == LSN_OK)
        status = lsn_import_emit(im, &node, NULL, (int)count, inputs, &out.node);
    lsn_free(inputs);
    LSN_TRY(status);
    d = lsn_import_shape(im, &out).c;
    out.axes[at] = (struct lsn_axis){d == 1 ? LSN_AXIS_ONE : LSN_AXIS_CHANNEL, d, 1};
    return lsn_import_bind(im, 0, &out);
}

/* [o][c] from [c][o] */
static enum lsn_status transpose(struct lsn_importer *im, struct lsn_tensor *weight)
{
    size_t c = (size_t)weight->dims[0], o = (size_t)weight->dims[1], i, j;
    float *data = lsn_alloc_floats(c * o);

    if (!data)
        return lsn_fail_memory(im->err, "a weight");
    for (i = 0; i < c; i++)
        for (j = 0; j < o; j++)
            data[j * c + i] = weight->data[i * o + j];
    lsn_free(weight->data);
    weight->data = data;
    weight->dims[0] = (int)o;
    weight->dims[1] = (int)c;
    return LSN_OK;
}

/* Checks that value's last axis is its channels, and emits Linear over it. */
static enum lsn_status emit_linear(struct lsn_importer *im, struct lsn_node *node,
                                   const struct lsn_value *value)
{
    struct lsn_value out = *value;
    struct lsn_axis *last = &out.axes[out.rank > 0 ? out.rank - 1 : 0];
    int outputs = node->tensors[0].dims[0], c = lsn_import_shape(im, value).c;

    if (out.rank < 1 || last->size != c || (c > 1 && last->kind != LSN_AXIS_CHANNEL)) {
        lsn_node_free(node);
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "its input's last axis is not that of all channels");
    }
    LSN_TRY(lsn_import_emit(im, node, NULL, 1, &value->node, &out.node));
    *last = (struct lsn_axis){outputs == 1 ? LSN_AXIS_ONE : LSN_AXIS_CHANNEL, outputs, 1};
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_matmul(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);
    struct lsn_value *in;
    enum lsn_status status;

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    status = lsn_import_tensor(im, lsn_import_input(im, 1), "second matrix", 2, &node.tensors[0]);
    if (status == LSN_OK)
        status = transpose(im, &node.tensors[0]);
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return emit_linear(im, &node, in);
}

/* Gemm's C as one number per output. */
static enum lsn_status gemm_bias(struct lsn_importer *im, struct lsn_value *value, int outputs,
                                 float beta, struct lsn_tensor *bias)
{
    struct lsn_tensor stored = {0};
    size_t count, i;
    enum lsn_status status = lsn_import_tensor(im, value, "bias", -1, &stored);

    count = status == LSN_OK ? lsn_tensor_count(&stored) : 0;
    if (status == LSN_OK && count != 1 && count != (size_t)outputs)
        status =
            lsn_import_fail(im, LSN_E_MODEL, "its bias has %zu values, wanted %d", count, outputs);
    if (status == LSN_OK) {
        status = lsn_tensor_vector(bias, outputs, im->err);
        for (i = 0; bias->data && i < (size_t)outputs; i++)
            bias->data[i] = beta * stored.data[count == 1 ? 0 : i];
    }
    lsn_tensor_free(&stored);
    return status;
}

enum lsn_status lsn_import_gemm(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);
    struct lsn_tensor *weight = &node.tensors[0];
    float alpha = 1, beta = 1;
    int trans_a = 0, trans_b = 0;
    enum lsn_status status;
    struct lsn_value *in;
    size_t i;

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    LSN_TRY(lsn_import_float(im, "alpha", &alpha));
    LSN_TRY(lsn_import_float(im, "beta", &beta));
    LSN_TRY(lsn_import_int(im, "transA", 0, 0, &trans_a));
    LSN_TRY(lsn_import_int(im, "transB", 0, 1, &trans_b));
    status = lsn_import_tensor(im, lsn_import_input(im, 1), "weight", 2, weight);
    if (status == LSN_OK && !trans_b)
        status = transpose(im, weight);
    for (i = 0; status == LSN_OK && alpha != 1.0f && i < lsn_tensor_count(weight); i++)
        weight->data[i] *= alpha;
    if (status == LSN_OK && lsn_import_input(im, 2))
        status = gemm_bias(im, lsn_import_input(im, 2), weight->dims[0], beta, &node.tensors[1]);
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return emit_linear(im, &node, in);
}

/* ReduceMean over all of space is global average pooling. */
enum lsn_status lsn_import_reduce_mean(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_GLOBAL_AVERAGE_POOL);
    bool reduced[LSN_RANK_MAX] = {false}, keep = true, none = false, any_space = false, ok = true;
    struct lsn_value *in, out;
    enum lsn_status status = LSN_OK;
    int64_t *axes;
    size_t count, i;
    int d, axis;

    LSN_TRY(lsn_import_map(im, 0, &in));
    out = *in;
    LSN_TRY(lsn_import_flag(im, "keepdims", &keep));
    LSN_TRY(lsn_import_flag(im, "noop_with_empty_axes", &none));
    LSN_TRY(lsn_import_list(im, 1, "axes", &axes, &count));
    for (d = 0; d < out.rank; d++)
        reduced[d] = count == 0 && !none;
    for (i = 0; i < count && status == LSN_OK; i++) {
        status = lsn_import_axis(im, axes[i], out.rank, &axis);
        reduced[axis] = status == LSN_OK;
    }
    lsn_free(axes);
    LSN_TRY(status);
    for (d = 0; d < out.rank; d++) {
        bool space = out.axes[d].kind != LSN_AXIS_ONE && out.axes[d].kind != LSN_AXIS_CHANNEL;

        any_space = any_space || space;
        ok = ok && (reduced[d] ? out.axes[d].kind != LSN_AXIS_CHANNEL : !space);
    }
    if (!ok)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "only the mean over all of height and width is supported");
    if (any_space)
        LSN_TRY(lsn_import_emit(im, &node, NULL, 1, &out.node, &out.node));
    for (d = 0, axis = 0; d < out.rank; d++)
        if (!reduced[d])
            out.axes[axis++] = out.axes[d];
        else if (keep)
            out.axes[axis++] = (struct lsn_axis){LSN_AXIS_ONE, 1, 1};
    out.rank = axis;
    return lsn_import_bind(im, 0, &out);
}
