/* Normalisations over space, and pooling by a norm. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/importer.h"

#define CHANNELS_MAX 65536

/* One number per channel from a constant with one per channel or one per group. */
static enum lsn_status per_channel(struct lsn_importer *im, struct lsn_value *value,
                                   const char *what, int c, struct lsn_tensor *tensor)
{
    struct lsn_tensor stored = {0};
    enum lsn_status status = lsn_import_tensor(im, value, what, 1, &stored);
    int count = status == LSN_OK ? stored.dims[0] : 1, i;

    if (status == LSN_OK && c % count != 0)
        status = lsn_import_fail(im, LSN_E_MODEL, "its %s has %d values, its input %d channels",
                                 what, count, c);
    if (status == LSN_OK)
        status = lsn_tensor_vector(tensor, c, im->err);
    for (i = 0; status == LSN_OK && i < c; i++)
        tensor->data[i] = stored.data[i / (c / count)];
    lsn_tensor_free(&stored);
    return status;
}

/* InstanceNormalization (a group for each channel) and GroupNormalization; opset 18's has a
 * scale for each group. */
enum lsn_status lsn_import_group_norm(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_GROUP_NORM);
    bool instance = im->current->op[0] == 'I';
    struct lsn_value *in;
    enum lsn_status status;
    int c, stash_type = 1;

    LSN_TRY(lsn_import_map(im, 0, &in));
    if (!in->grouped && in->rank != 3)
        LSN_TRY(lsn_import_planes(im, 0, &in));
    else if (!in->grouped)
        LSN_TRY(lsn_import_order_channels(im, in));
    c = lsn_import_shape(im, in).c;
    if (in->rank == 3 && !in->grouped &&
        (in->axes[1].size != c || in->axes[1].kind != LSN_AXIS_CHANNEL))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its input's axis 1 is not the channels");
    node.attributes.groups = in->grouped ? in->axes[1].size : instance ? c : 0;
    LSN_TRY(lsn_import_int(im, "num_groups", 1, c, &node.attributes.groups));
    LSN_TRY(lsn_import_int(im, "stash_type", 1, 1, &stash_type));
    LSN_TRY(lsn_import_float(im, "epsilon", &node.attributes.epsilon));
    if (node.attributes.groups == 0)
        return lsn_import_fail(im, LSN_E_MODEL, "has no num_groups");
    status = per_channel(im, lsn_import_input(im, 1), "scale", c, &node.tensors[0]);
    if (status == LSN_OK)
        status = per_channel(im, lsn_import_input(im, 2), "bias", c, &node.tensors[1]);
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return lsn_import_same(im, &node, in);
}

/* A GroupNormalization without scale and shift. */
static enum lsn_status emit_plain(struct lsn_importer *im, const char *part, int groups,
                                  float epsilon, const struct lsn_value *in, int *index)
{
    struct lsn_node node = lsn_node_default(LSN_OP_GROUP_NORM);

    node.attributes.groups = groups;
    node.attributes.epsilon = epsilon;
    LSN_TRY(lsn_import_scale_and_shift(im, &node, lsn_import_shape(im, in).c, 1));
    return lsn_import_emit(im, &node, part, 1, &in->node, index);
}

#define MEAN_VARIANCE_EPSILON 1e-18f /* ONNX adds 1e-9 to the deviation itself */

/* MeanVarianceNormalization: over space, or over space and channels. */
enum lsn_status lsn_import_mean_variance(struct lsn_importer *im)
{
    bool marked[LSN_RANK_MAX] = {false};
    int64_t *axes = NULL;
    enum lsn_status status;
    struct lsn_value *in, out;
    size_t count = 0;
    int c;

    LSN_TRY(lsn_import_planes(im, 0, &in));
    LSN_TRY(lsn_import_list(im, 1, "axes", &axes, &count));
    marked[2] = marked[3] = !axes;
    status = lsn_import_mark_axes(im, axes, count, 4, marked);
    lsn_free(axes);
    LSN_TRY(status);
    if (!marked[2] || !marked[3])
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "normalises over other axes than height and width, and channels");
    c = lsn_import_shape(im, in).c;
    out = *in;
    LSN_TRY(emit_plain(im, NULL, marked[1] ? 1 : c, MEAN_VARIANCE_EPSILON, in, &out.node));
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_layer_norm_of_all(struct lsn_importer *im, float epsilon)
{
    static const enum lsn_op ops[2] = {LSN_OP_MUL, LSN_OP_ADD};
    struct lsn_value *in, out, map = {.rank = 0};
    size_t i;

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    out = *in;
    LSN_TRY(emit_plain(im, "norm", 1, epsilon, in, &out.node));
    for (i = 0; i < 2; i++)
        if (lsn_import_input(im, i + 1)) {
            LSN_TRY(lsn_import_constant_map(im, lsn_import_input(im, i + 1), &out, &map));
            LSN_TRY(lsn_import_join(im, ops[i], i ? NULL : "scaled", &out, &map, &out));
        }
    return lsn_import_bind(im, 0, &out);
}

/* One node of a chain: emitted, and value is its output then. */
static enum lsn_status chain(struct lsn_importer *im, struct lsn_node node, const char *part,
                             struct lsn_value *value)
{
    return lsn_import_emit(im, &node, part, 1, &value->node, &value->node);
}

static struct lsn_node power_of(float exponent)
{
    struct lsn_node node = lsn_node_default(LSN_OP_POW);

    node.attributes.exponent = exponent;
    return node;
}

/* LpPool and GlobalLpPool: (the sum of |x|^p)^(1/p) is the mean of |x|^p times the taps, to
 * the power of 1/p. */
enum lsn_status lsn_import_lp_pool(struct lsn_importer *im)
{
    bool global = im->current->op[0] == 'G';
    struct lsn_node mean =
        lsn_node_default(global ? LSN_OP_GLOBAL_AVERAGE_POOL : LSN_OP_AVERAGE_POOL);
    struct lsn_node scale = lsn_node_default(LSN_OP_AFFINE);
    struct lsn_attributes *a = &mean.attributes;
    struct lsn_value *in, out;
    struct lsn_shape s;
    bool ceil_mode = false;
    int p = 2;

    LSN_TRY(lsn_import_planes(im, 0, &in));
    out = *in;
    s = lsn_import_shape(im, in);
    LSN_TRY(lsn_import_int(im, "p", 1, 64, &p));
    LSN_TRY(lsn_import_flag(im, "ceil_mode", &ceil_mode));
    if (!global)
        LSN_TRY(lsn_import_window(im, s, a));
    if (ceil_mode || (!global && (a->dilation[0] > 1 || a->dilation[1] > 1)))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "ceil_mode and dilations are not supported");
    a->count_include_pad = true;
    LSN_TRY(chain(im, lsn_node_default(LSN_OP_ABS), "abs", &out));
    LSN_TRY(chain(im, power_of((float)p), "power", &out));
    LSN_TRY(chain(im, mean, "mean", &out));
    LSN_TRY(lsn_import_scale_and_shift(im, &scale, s.c,
                                       global ? (float)s.h * (float)s.w
                                              : (float)a->kernel[0] * (float)a->kernel[1]));
    LSN_TRY(chain(im, scale, "sum", &out));
    LSN_TRY(chain(im, power_of(1.0f / (float)p), NULL, &out));
    out = lsn_import_as_planes(im, out.node);
    return lsn_import_bind(im, 0, &out);
}

/* Checks that the attribute, where it is there, has this value at all indices but `free`. */
static enum lsn_status check_ints(struct lsn_importer *im, const char *name, size_t count,
                                  int wanted, size_t free_index, int *values)
{
    size_t i;

    for (i = 0; i < count; i++)
        values[i] = wanted;
    LSN_TRY(lsn_import_ints(im, name, count, 0, CHANNELS_MAX, values));
    for (i = 0; i < count; i++)
        if (values[i] != wanted && i != free_index)
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "attribute '%s' has %d at place %zu; over five axes only "
                                   "channels can be pooled, one by one and without padding",
                                   name, values[i], i);
    return LSN_OK;
}

/* AveragePool over channels laid out N x 1 x C x H x W, as torch's LocalResponseNorm is
 * exported: a Linear with a band of ones over their number. */
enum lsn_status lsn_import_channel_pool(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);
    struct lsn_tensor *weight = &node.tensors[0];
    int kernel[3], unused[6], c, out, i, k;
    struct lsn_value *in, to;

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    c = lsn_import_shape(im, in).c;
    if (in->axes[2].kind != LSN_AXIS_CHANNEL || in->axes[2].size != c)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "pools over five axes, of which the third is not the channels");
    LSN_TRY(check_ints(im, "kernel_shape", 3, 1, 0, kernel));
    LSN_TRY(check_ints(im, "strides", 3, 1, 3, unused));
    LSN_TRY(check_ints(im, "dilations", 3, 1, 3, unused));
    LSN_TRY(check_ints(im, "pads", 6, 0, 6, unused));
    out = c - kernel[0] + 1;
    if (kernel[0] < 1 || out < 1 || lsn_onnx_attribute(im->current, "auto_pad"))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "pools %d of %d channels, or has auto_pad, which is not supported "
                               "there",
                               kernel[0], c);
    *weight = (struct lsn_tensor){.rank = 2, .dims = {out, c}};
    weight->data = lsn_alloc_floats((size_t)out * (size_t)c);
    if (!weight->data)
        return lsn_fail_memory(im->err, "a weight");
    for (i = 0; i < out; i++)
        for (k = 0; k < kernel[0]; k++)
            weight->data[(size_t)i * (size_t)c + (size_t)(i + k)] = 1.0f / (float)kernel[0];
    to = *in;
    LSN_TRY(lsn_import_emit(im, &node, NULL, 1, &in->node, &to.node));
    to.axes[2] = (struct lsn_axis){out == 1 ? LSN_AXIS_ONE : LSN_AXIS_CHANNEL, out, 1};
    return lsn_import_bind(im, 0, &to);
}
