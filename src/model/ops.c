#include "model/ops.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "op/window.h"

enum { WEIGHT, BIAS };

#define WHO(node) (node)->name, lsn_op_def((node)->op)->name

static enum lsn_status infer_input(struct lsn_node *node, const struct lsn_shape *in,
                                   struct lsn_error *err)
{
    (void)in;
    return lsn_fail(err, LSN_E_MODEL, "node '%s': only the image is an Input", node->name);
}

static enum lsn_status infer_same(struct lsn_node *node, const struct lsn_shape *in,
                                  struct lsn_error *err)
{
    (void)err;
    node->shape = in[0];
    return LSN_OK;
}

/* Every tensor is one number per channel. */
static enum lsn_status infer_per_channel(struct lsn_node *node, const struct lsn_shape *in,
                                         struct lsn_error *err)
{
    int i;

    for (i = 0; i < LSN_TENSORS_MAX; i++) {
        const struct lsn_tensor *t = &node->tensors[i];

        if (t->data && (t->rank != 1 || t->dims[0] != in[0].c))
            return lsn_fail(
                err, LSN_E_MODEL, "node '%s' (%s): its %s has %zu values, its input %d channels",
                WHO(node), lsn_op_def(node->op)->tensors[i], lsn_tensor_count(t), in[0].c);
    }
    return infer_same(node, in, err);
}

static enum lsn_status infer_batch_norm(struct lsn_node *node, const struct lsn_shape *in,
                                        struct lsn_error *err)
{
    const struct lsn_tensor *var = &node->tensors[3];
    size_t c;

    LSN_TRY(infer_per_channel(node, in, err));
    for (c = 0; c < (size_t)in[0].c; c++)
        if (!(var->data[c] + node->attributes.epsilon > 0))
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (%s): the variance of channel %zu is %g, epsilon %g",
                            WHO(node), c, (double)var->data[c], (double)node->attributes.epsilon);
    return LSN_OK;
}

static enum lsn_status check_bias(const struct lsn_node *node, struct lsn_error *err)
{
    const struct lsn_tensor *bias = &node->tensors[BIAS];

    if (bias->data && (bias->rank != 1 || bias->dims[0] != node->shape.c))
        return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): its bias has %zu values, wanted %d",
                        WHO(node), lsn_tensor_count(bias), node->shape.c);
    return LSN_OK;
}

/* Output height and width of a window op; pads are top, left, bottom, right. */
static enum lsn_status infer_window(struct lsn_node *node, const struct lsn_shape *in,
                                    struct lsn_error *err)
{
    const struct lsn_attributes *a = &node->attributes;

    node->shape.h = lsn_window_length(in->h, a->kernel[0], a->stride[0], a->dilation[0], a->pads[0],
                                      a->pads[2], a->ceil_mode);
    node->shape.w = lsn_window_length(in->w, a->kernel[1], a->stride[1], a->dilation[1], a->pads[1],
                                      a->pads[3], a->ceil_mode);
    if (node->shape.h < 1 || node->shape.w < 1)
        return lsn_fail(err, LSN_E_MODEL,
                        "node '%s' (%s): a %d x %d window (dilation %d x %d) does not fit the "
                        "%d x %d input with its padding",
                        WHO(node), a->kernel[0], a->kernel[1], a->dilation[0], a->dilation[1],
                        in->h, in->w);
    return LSN_OK;
}

/* What to do about a first layer that wants images of that many channels. */
static const char *other_images(const struct lsn_node *node, int channels)
{
    if (node->inputs[0] != 0 || node->attributes.groups != 1)
        return "";
    return channels == 1   ? "; 'channels' of the preprocessing must be 1 (grey) for it"
           : channels == 3 ? "; 'channels' of the preprocessing must be 3 (colour) for it"
                           : "";
}

static enum lsn_status infer_conv(struct lsn_node *node, const struct lsn_shape *in,
                                  struct lsn_error *err)
{
    const struct lsn_tensor *weight = &node->tensors[WEIGHT];
    struct lsn_attributes *a = &node->attributes;

    if (weight->rank != 4)
        return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): its weight has %d dimensions, wanted 4",
                        WHO(node), weight->rank);
    if (in->c % a->groups != 0 || weight->dims[0] % a->groups != 0 ||
        weight->dims[1] != in->c / a->groups)
        return lsn_fail(err, LSN_E_MODEL,
                        "node '%s' (%s): a weight of %d x %d x %d x %d with %d groups does not "
                        "fit an input of %d channels%s",
                        WHO(node), weight->dims[0], weight->dims[1], weight->dims[2],
                        weight->dims[3], a->groups, in->c, other_images(node, weight->dims[1]));
    a->kernel[0] = weight->dims[2];
    a->kernel[1] = weight->dims[3];
    node->shape.c = weight->dims[0];
    LSN_TRY(infer_window(node, in, err));
    return check_bias(node, err);
}

static enum lsn_status infer_linear(struct lsn_node *node, const struct lsn_shape *in,
                                    struct lsn_error *err)
{
    const struct lsn_tensor *weight = &node->tensors[WEIGHT];

    if (weight->rank != 2 || weight->dims[1] != in->c)
        return lsn_fail(err, LSN_E_MODEL,
                        "node '%s' (%s): a weight of %d dimensions, %d x %d, does not fit an input "
                        "of %d channels",
                        WHO(node), weight->rank, weight->dims[0],
                        weight->rank > 1 ? weight->dims[1] : 1, in->c);
    node->shape = (struct lsn_shape){weight->dims[0], in->h, in->w};
    return check_bias(node, err);
}

/* Of taps that lie apart, all may fall on padding: there is no maximum or mean then. */
static enum lsn_status check_taps(const struct lsn_node *node, const struct lsn_shape *in,
                                  struct lsn_error *err)
{
    const struct lsn_attributes *a = &node->attributes;
    const int sizes[2] = {in->h, in->w}, counts[2] = {node->shape.h, node->shape.w};
    int i, at, first, last;

    for (i = 0; i < 2; i++)
        for (at = 0; at < counts[i]; at++) {
            lsn_window_taps(at, sizes[i], a->kernel[i], a->stride[i], a->dilation[i], a->pads[i],
                            &first, &last);
            if (first == last)
                return lsn_fail(err, LSN_E_MODEL,
                                "node '%s' (%s): its window at %s %d meets no pixel of the "
                                "%d x %d input, only padding",
                                WHO(node), i ? "column" : "row", at, in->h, in->w);
        }
    return LSN_OK;
}

static enum lsn_status infer_pool(struct lsn_node *node, const struct lsn_shape *in,
                                  struct lsn_error *err)
{
    const struct lsn_attributes *a = &node->attributes;
    int i;

    for (i = 0; i < 2; i++) {
        long long extent = (long long)a->dilation[i] * (a->kernel[i] - 1) + 1;

        if (a->pads[i] >= extent || a->pads[i + 2] >= extent)
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (%s): padding %d, %d is as large as its window of %d",
                            WHO(node), a->pads[i], a->pads[i + 2], a->kernel[i]);
    }
    node->shape.c = in->c;
    LSN_TRY(infer_window(node, in, err));
    return check_taps(node, in, err);
}

static enum lsn_status infer_broadcast(struct lsn_node *node, const struct lsn_shape *in,
                                       struct lsn_error *err)
{
    const int a[3] = {in[0].c, in[0].h, in[0].w}, b[3] = {in[1].c, in[1].h, in[1].w};
    int out[3], i;

    for (i = 0; i < 3; i++) {
        if (a[i] != b[i] && a[i] != 1 && b[i] != 1)
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (%s): shapes %d x %d x %d and %d x %d x %d do not match",
                            WHO(node), a[0], a[1], a[2], b[0], b[1], b[2]);
        out[i] = a[i] > b[i] ? a[i] : b[i];
    }
    node->shape = (struct lsn_shape){out[0], out[1], out[2]};
    return LSN_OK;
}

static enum lsn_status infer_concat(struct lsn_node *node, const struct lsn_shape *in,
                                    struct lsn_error *err)
{
    int i;

    node->shape = in[0];
    for (i = 1; i < node->input_count; i++) {
        if (in[i].h != in[0].h || in[i].w != in[0].w)
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (%s): input %d is %d x %d, input 0 is %d x %d", WHO(node), i,
                            in[i].h, in[i].w, in[0].h, in[0].w);
        if (in[i].c > INT_MAX - node->shape.c)
            return lsn_fail(err, LSN_E_MODEL, "node '%s' (%s): too many channels", WHO(node));
        node->shape.c += in[i].c;
    }
    return LSN_OK;
}

static enum lsn_status infer_select(struct lsn_node *node, const struct lsn_shape *in,
                                    struct lsn_error *err)
{
    const struct lsn_attributes *a = &node->attributes;
    int i;

    for (i = 0; i < a->channel_count; i++)
        if (a->channels[i] < 0 || a->channels[i] >= in->c)
            return lsn_fail(err, LSN_E_MODEL,
                            "node '%s' (%s): channel %d is asked for, its input has %d", WHO(node),
                            a->channels[i], in->c);
    node->shape = (struct lsn_shape){a->channel_count, in->h, in->w};
    return LSN_OK;
}

static enum lsn_status infer_pad(struct lsn_node *node, const struct lsn_shape *in,
                                 struct lsn_error *err)
{
    const int *p = node->attributes.pads;

    (void)err;
    node->shape = (struct lsn_shape){in->c, in->h + p[0] + p[2], in->w + p[1] + p[3]};
    return LSN_OK;
}

static enum lsn_status infer_global_pool(struct lsn_node *node, const struct lsn_shape *in,
                                         struct lsn_error *err)
{
    (void)err;
    node->shape = (struct lsn_shape){in->c, 1, 1};
    return LSN_OK;
}

static enum lsn_status infer_flatten(struct lsn_node *node, const struct lsn_shape *in,
                                     struct lsn_error *err)
{
    (void)err;
    node->shape = (struct lsn_shape){in->c * in->h * in->w, 1, 1};
    return LSN_OK;
}

#define OFFSET(field) offsetof(struct lsn_attributes, field)
#define EXTENT_MAX    65536           /* px; far beyond any network, so sums stay in int */
#define REAL_MAX      ((double)1e30f) /* as a float holds it: the default of Clip */

/* clang-format off */
#define KERNEL     {"kernel", LSN_ATTR_INT2, OFFSET(kernel), 1, EXTENT_MAX, 1, true}
#define STRIDE     {"stride", LSN_ATTR_INT2, OFFSET(stride), 1, EXTENT_MAX, 1, false}
#define DILATION   {"dilation", LSN_ATTR_INT2, OFFSET(dilation), 1, EXTENT_MAX, 1, false}
#define PADS       {"pads", LSN_ATTR_INT4, OFFSET(pads), 0, EXTENT_MAX, 0, false}
#define CEIL_MODE  {"ceil_mode", LSN_ATTR_BOOL, OFFSET(ceil_mode), 0, 1, 0, false}
#define FLOAT(name, low, fallback) {#name, LSN_ATTR_FLOAT, OFFSET(name), low, REAL_MAX, fallback, false}

static const struct lsn_attribute_def conv_attributes[] = {
    STRIDE, DILATION, PADS, {"groups", LSN_ATTR_INT, OFFSET(groups), 1, INT_MAX, 1, false}};
static const struct lsn_attribute_def max_pool_attributes[] = {
    KERNEL, STRIDE, DILATION, PADS, CEIL_MODE};
static const struct lsn_attribute_def average_pool_attributes[] = {
    KERNEL, STRIDE, DILATION, PADS, CEIL_MODE,
    {"count_include_pad", LSN_ATTR_BOOL, OFFSET(count_include_pad), 0, 1, 0, false}};
static const struct lsn_attribute_def lrn_attributes[] = {
    {"size", LSN_ATTR_INT, OFFSET(size), 1, EXTENT_MAX, 5, true},
    FLOAT(alpha, 0, 1e-4), FLOAT(beta, 0, 0.75), FLOAT(bias, 1e-30, 1)};
static const struct lsn_attribute_def norm_attributes[] = {FLOAT(epsilon, 0, 1e-5)};
static const struct lsn_attribute_def leaky_attributes[] = {FLOAT(alpha, -REAL_MAX, 0.01)};
static const struct lsn_attribute_def clip_attributes[] = {
    FLOAT(min, -REAL_MAX, -REAL_MAX), FLOAT(max, -REAL_MAX, REAL_MAX)};
static const struct lsn_attribute_def hard_sigmoid_attributes[] = {
    FLOAT(alpha, 0, 0.2), FLOAT(beta, -REAL_MAX, 0.5)};
static const struct lsn_attribute_def gelu_attributes[] = {
    {"tanh_approx", LSN_ATTR_BOOL, OFFSET(tanh_approx), 0, 1, 0, false}};
static const struct lsn_attribute_def select_attributes[] = {
    {"channels", LSN_ATTR_CHANNELS, OFFSET(channels), 0, INT_MAX, 0, true}};
static const struct lsn_attribute_def pad_attributes[] = {PADS, FLOAT(value, -REAL_MAX, 0)};

#define ATTRIBUTES(list) list, (int)(sizeof list / sizeof list[0])

static const struct lsn_op_def table[LSN_OP_COUNT] = {
    [LSN_OP_INPUT]        = {"Input", 0, 0, {0}, 0, NULL, 0, infer_input},
    [LSN_OP_CONV]         = {"Conv", 1, 1, {"weight", "bias"}, 1, ATTRIBUTES(conv_attributes), infer_conv},
    [LSN_OP_LINEAR]       = {"Linear", 1, 1, {"weight", "bias"}, 1, NULL, 0, infer_linear},
    [LSN_OP_BATCH_NORM]   = {"BatchNormalization", 1, 1, {"scale", "bias", "mean", "var"}, 4, ATTRIBUTES(norm_attributes), infer_batch_norm},
    [LSN_OP_AFFINE]       = {"Affine", 1, 1, {"scale", "bias"}, 2, NULL, 0, infer_per_channel},
    [LSN_OP_LAYER_NORM]   = {"LayerNormalization", 1, 1, {"scale", "bias"}, 2, ATTRIBUTES(norm_attributes), infer_per_channel},
    [LSN_OP_LRN]          = {"LRN", 1, 1, {0}, 0, ATTRIBUTES(lrn_attributes), infer_same},
    [LSN_OP_RELU]         = {"Relu", 1, 1, {0}, 0, NULL, 0, infer_same},
    [LSN_OP_LEAKY_RELU]   = {"LeakyRelu", 1, 1, {0}, 0, ATTRIBUTES(leaky_attributes), infer_same},
    [LSN_OP_CLIP]         = {"Clip", 1, 1, {0}, 0, ATTRIBUTES(clip_attributes), infer_same},
    [LSN_OP_HARD_SWISH]   = {"HardSwish", 1, 1, {0}, 0, NULL, 0, infer_same},
    [LSN_OP_HARD_SIGMOID] = {"HardSigmoid", 1, 1, {0}, 0, ATTRIBUTES(hard_sigmoid_attributes), infer_same},
    [LSN_OP_SIGMOID]      = {"Sigmoid", 1, 1, {0}, 0, NULL, 0, infer_same},
    [LSN_OP_TANH]         = {"Tanh", 1, 1, {0}, 0, NULL, 0, infer_same},
    [LSN_OP_ERF]          = {"Erf", 1, 1, {0}, 0, NULL, 0, infer_same},
    [LSN_OP_GELU]         = {"Gelu", 1, 1, {0}, 0, ATTRIBUTES(gelu_attributes), infer_same},
    [LSN_OP_SILU]         = {"Silu", 1, 1, {0}, 0, NULL, 0, infer_same},
    [LSN_OP_ADD]          = {"Add", 2, 2, {0}, 0, NULL, 0, infer_broadcast},
    [LSN_OP_MUL]          = {"Mul", 2, 2, {0}, 0, NULL, 0, infer_broadcast},
    [LSN_OP_CONCAT]       = {"Concat", 1, INT_MAX, {0}, 0, NULL, 0, infer_concat},
    [LSN_OP_SELECT]       = {"Select", 1, 1, {0}, 0, ATTRIBUTES(select_attributes), infer_select},
    [LSN_OP_PAD]          = {"Pad", 1, 1, {0}, 0, ATTRIBUTES(pad_attributes), infer_pad},
    [LSN_OP_MAX_POOL]     = {"MaxPool", 1, 1, {0}, 0, ATTRIBUTES(max_pool_attributes), infer_pool},
    [LSN_OP_AVERAGE_POOL] = {"AveragePool", 1, 1, {0}, 0, ATTRIBUTES(average_pool_attributes), infer_pool},
    [LSN_OP_GLOBAL_AVERAGE_POOL] = {"GlobalAveragePool", 1, 1, {0}, 0, NULL, 0, infer_global_pool},
    [LSN_OP_FLATTEN]      = {"Flatten", 1, 1, {0}, 0, NULL, 0, infer_flatten},
    [LSN_OP_NORMALISE]    = {"Normalise", 1, 1, {0}, 0, NULL, 0, infer_same},
    [LSN_OP_CONTRAST_POOL] = {"ContrastPool", 1, 1, {0}, 0, ATTRIBUTES(max_pool_attributes), infer_pool},
};
/* clang-format on */

const struct lsn_op_def *lsn_op_def(enum lsn_op op)
{
    return &table[op];
}

enum lsn_op lsn_op_find(const char *name)
{
    int i;

    for (i = 0; i < LSN_OP_IN_FILES; i++)
        if (strcmp(table[i].name, name) == 0)
            return (enum lsn_op)i;
    return LSN_OP_COUNT;
}

int64_t lsn_node_multiply_adds(const struct lsn_node *node, const struct lsn_shape *in)
{
    const struct lsn_shape *s = &node->shape;
    int64_t positions = (int64_t)s->h * s->w;

    if (node->op == LSN_OP_CONV)
        return positions * (int64_t)lsn_tensor_count(&node->tensors[WEIGHT]);
    if (node->op == LSN_OP_LINEAR)
        return positions * (int64_t)s->c * in->c;
    return 0;
}
