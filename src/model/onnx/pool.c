/* Pooling: the largest, the mean, or a norm of each window. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/move.h"
#include "model/onnx/weights.h"

#define CHANNELS_MAX 65536

/* Checks that the attribute, where it is there, has this value at all indices but free_index. */
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

/* AveragePool along channels, which PyTorch's LocalResponseNorm is exported with, laid out N x 1 x
 * C x H x W: a Linear node over the channels, whose weight has 1 / kernel at the channels of each
 * window. */
static enum lsn_status import_channel_pool(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);
    struct lsn_tensor *weight = &node.tensors[0];
    int kernel[3], unused[6], c, out, i, k;
    struct lsn_value *in, to;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    c = lsn_value_shape(im, in).c;
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
                               "pools %d of %d channel%s, or has auto_pad, which is not supported "
                               "there",
                               kernel[0], c, lsn_plural((size_t)c));
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

enum lsn_status lsn_import_pool(struct lsn_importer *im)
{
    bool max = im->current->op[0] == 'M';
    struct lsn_node node = lsn_node_default(max ? LSN_OP_MAX_POOL : LSN_OP_AVERAGE_POOL);
    struct lsn_attributes *a = &node.attributes;
    struct lsn_value *in, out;

    if (im->current->output_count > 1 && im->current->outputs[1][0])
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its output of indices is not supported");
    if (!lsn_onnx_attribute(im->current, "kernel_shape"))
        return lsn_import_fail(im, LSN_E_MODEL, "has no kernel_shape");
    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    if (!max && in->rank == 5)
        return import_channel_pool(im);
    LSN_TRY(lsn_import_nchw(im, 0, &in));
    LSN_TRY(lsn_import_window(im, lsn_value_shape(im, in), a));
    LSN_TRY(lsn_import_flag(im, "ceil_mode", &a->ceil_mode));
    LSN_TRY(lsn_import_flag(im, "count_include_pad", &a->count_include_pad));
    LSN_TRY(lsn_import_emit(im, &node, NULL, 1, &in->node, &out.node));
    out = lsn_value_nchw(im, out.node);
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_global_pool(struct lsn_importer *im)
{
    bool max = strcmp(im->current->op, "GlobalMaxPool") == 0;
    struct lsn_node node = lsn_node_default(max ? LSN_OP_MAX_POOL : LSN_OP_GLOBAL_AVERAGE_POOL);
    struct lsn_value *in, out;
    struct lsn_shape s;

    LSN_TRY(lsn_import_nchw(im, 0, &in));
    s = lsn_value_shape(im, in);
    if (max) {
        node.attributes.kernel[0] = s.h;
        node.attributes.kernel[1] = s.w;
    }
    LSN_TRY(lsn_import_emit(im, &node, NULL, 1, &in->node, &out.node));
    out = lsn_value_nchw(im, out.node);
    return lsn_import_bind(im, 0, &out);
}

/* Emits a node that reads value; value is its output then. */
static enum lsn_status chain(struct lsn_importer *im, struct lsn_node node, const char *suffix,
                             struct lsn_value *value)
{
    return lsn_import_emit(im, &node, suffix, 1, &value->node, &value->node);
}

static struct lsn_node power_of(float exponent)
{
    struct lsn_node node = lsn_node_default(LSN_OP_POW);

    node.attributes.exponent = exponent;
    return node;
}

/* LpPool and GlobalLpPool: (sum of |x|^p)^(1/p) over the window, written as (mean of |x|^p times
 * the size of the window)^(1/p). */
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

    LSN_TRY(lsn_import_nchw(im, 0, &in));
    out = *in;
    s = lsn_value_shape(im, in);
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
    out = lsn_value_nchw(im, out.node);
    return lsn_import_bind(im, 0, &out);
}
