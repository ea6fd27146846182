/* Which ONNX ops are understood, with which attributes, and as what. */
#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "model/onnx/importer.h"
#include "model/ops.h"

#define EXTENT_MAX 65536

/* SAME_UPPER and SAME_LOWER: as much padding as makes the output
 * ceil(input / stride) long, the odd one behind or before. More than an int holds
 * becomes INT_MAX, which the graph refuses. */
static void same_pads(struct lsn_attributes *a, const int size[2], bool upper)
{
    int i;

    for (i = 0; i < 2; i++) {
        int64_t out = ((int64_t)size[i] + a->stride[i] - 1) / a->stride[i];
        int64_t window = (int64_t)(a->kernel[i] - 1) * a->dilation[i] + 1, before;
        int64_t total = (out - 1) * a->stride[i] + window - size[i];

        total = total < 0 ? 0 : total > INT_MAX ? INT_MAX : total;
        before = upper ? total / 2 : total - total / 2;
        a->pads[i] = (int)before;
        a->pads[i + 2] = (int)(total - before);
    }
}

/* kernel_shape, strides, dilations, pads and auto_pad. */
enum lsn_status lsn_import_window(struct lsn_importer *im, struct lsn_shape in,
                                  struct lsn_attributes *a)
{
    static const char *const auto_pads[] = {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", NULL};
    const int size[2] = {in.h, in.w};
    int auto_pad = 0;

    LSN_TRY(lsn_import_ints(im, "kernel_shape", 2, 1, EXTENT_MAX, a->kernel));
    LSN_TRY(lsn_import_ints(im, "strides", 2, 1, EXTENT_MAX, a->stride));
    LSN_TRY(lsn_import_ints(im, "dilations", 2, 1, EXTENT_MAX, a->dilation));
    LSN_TRY(lsn_import_string(im, "auto_pad", auto_pads, &auto_pad));
    if (auto_pad == 0)
        return lsn_import_ints(im, "pads", 4, 0, EXTENT_MAX, a->pads);
    if (auto_pad != 3)
        same_pads(a, size, auto_pad == 1);
    return LSN_OK;
}

static enum lsn_status import_conv(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV);
    struct lsn_attributes *a = &node.attributes;
    struct lsn_value *in, out;
    enum lsn_status status;

    LSN_TRY(lsn_import_map(im, 0, &in));
    if (in->rank == 3 && in->axes[0].size == 1 && in->axes[1].size == 1 &&
        in->axes[2].kind == LSN_AXIS_CHANNEL) {
        LSN_TRY(lsn_import_order_channels(im, in));
        return lsn_import_conv_of_vector(im, in);
    }
    LSN_TRY(lsn_import_planes(im, 0, &in));
    LSN_TRY(lsn_import_int(im, "group", 1, 1 << 20, &a->groups));
    status = lsn_import_tensor(im, lsn_import_input(im, 1), "weight", 4, &node.tensors[0]);
    a->kernel[0] = node.tensors[0].dims[2];
    a->kernel[1] = node.tensors[0].dims[3];
    if (status == LSN_OK)
        status = lsn_import_window(im, lsn_import_shape(im, in), a);
    if (status == LSN_OK && lsn_import_input(im, 2))
        status = lsn_import_tensor(im, lsn_import_input(im, 2), "bias", 1, &node.tensors[1]);
    if (status == LSN_OK &&
        (a->kernel[0] != node.tensors[0].dims[2] || a->kernel[1] != node.tensors[0].dims[3]))
        status = lsn_import_fail(im, LSN_E_MODEL, "attribute 'kernel_shape' is not its weight's");
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    LSN_TRY(lsn_import_emit(im, &node, NULL, 1, &in->node, &out.node));
    out = lsn_import_as_planes(im, out.node);
    return lsn_import_bind(im, 0, &out);
}

static enum lsn_status import_pool(struct lsn_importer *im)
{
    bool max = im->current->op[0] == 'M';
    struct lsn_node node = lsn_node_default(max ? LSN_OP_MAX_POOL : LSN_OP_AVERAGE_POOL);
    struct lsn_attributes *a = &node.attributes;
    struct lsn_value *in, out;

    if (im->current->output_count > 1 && im->current->outputs[1][0])
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its output of indices is not supported");
    if (!lsn_onnx_attribute(im->current, "kernel_shape"))
        return lsn_import_fail(im, LSN_E_MODEL, "has no kernel_shape");
    LSN_TRY(lsn_import_map(im, 0, &in));
    if (!max && in->rank == 5)
        return lsn_import_channel_pool(im);
    LSN_TRY(lsn_import_planes(im, 0, &in));
    LSN_TRY(lsn_import_window(im, lsn_import_shape(im, in), a));
    LSN_TRY(lsn_import_flag(im, "ceil_mode", &a->ceil_mode));
    LSN_TRY(lsn_import_flag(im, "count_include_pad", &a->count_include_pad));
    LSN_TRY(lsn_import_emit(im, &node, NULL, 1, &in->node, &out.node));
    out = lsn_import_as_planes(im, out.node);
    return lsn_import_bind(im, 0, &out);
}

static enum lsn_status import_global_pool(struct lsn_importer *im)
{
    bool max = strcmp(im->current->op, "GlobalMaxPool") == 0;
    struct lsn_node node = lsn_node_default(max ? LSN_OP_MAX_POOL : LSN_OP_GLOBAL_AVERAGE_POOL);
    struct lsn_value *in, out;
    struct lsn_shape s;

    LSN_TRY(lsn_import_planes(im, 0, &in));
    s = lsn_import_shape(im, in);
    if (max) {
        node.attributes.kernel[0] = s.h;
        node.attributes.kernel[1] = s.w;
    }
    LSN_TRY(lsn_import_emit(im, &node, NULL, 1, &in->node, &out.node));
    out = lsn_import_as_planes(im, out.node);
    return lsn_import_bind(im, 0, &out);
}

static enum lsn_status import_batch_norm(struct lsn_importer *im)
{
    static const char *const roles[4] = {"scale", "bias", "mean", "variance"};
    struct lsn_node node = lsn_node_default(LSN_OP_BATCH_NORM);
    enum lsn_status status = LSN_OK;
    struct lsn_value *in;
    int training = 0, spatial = 1, i, c;
    float momentum;

    /* What else it has for outputs are the batch's statistics, which training normalises by. */
    for (i = 1; i < (int)im->current->output_count; i++)
        if (im->current->outputs[i][0])
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "has the outputs of training mode; export the network for "
                                   "inference (in PyTorch after model.eval())");
    LSN_TRY(lsn_import_map(im, 0, &in));
    c = lsn_import_shape(im, in).c;
    if (in->rank < 2 || in->axes[1].size != c || (c > 1 && in->axes[1].kind != LSN_AXIS_CHANNEL))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its input's axis 1 is not the channels");
    LSN_TRY(lsn_import_order_channels(im, in));
    LSN_TRY(lsn_import_int(im, "training_mode", 0, 0, &training));
    LSN_TRY(lsn_import_int(im, "spatial", 1, 1, &spatial));
    LSN_TRY(lsn_import_float(im, "momentum", &momentum));
    LSN_TRY(lsn_import_float(im, "epsilon", &node.attributes.epsilon));
    for (i = 0; i < 4 && status == LSN_OK; i++)
        status = lsn_import_tensor(im, lsn_import_input(im, (size_t)i + 1), roles[i], 1,
                                   &node.tensors[i]);
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return lsn_import_same(im, &node, in);
}

static enum lsn_status import_layer_norm(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LAYER_NORM);
    enum lsn_status status;
    struct lsn_value *in;
    int axis = -1, stash_type = 1, covered = 1, i, c;

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    c = lsn_import_shape(im, in).c;
    LSN_TRY(lsn_import_int(im, "axis", -in->rank, in->rank - 1, &axis));
    LSN_TRY(lsn_import_int(im, "stash_type", 1, 1, &stash_type));
    LSN_TRY(lsn_import_float(im, "epsilon", &node.attributes.epsilon));
    axis += axis < 0 ? in->rank : 0;
    for (i = axis; i < in->rank; i++)
        covered *= in->axes[i].kind == LSN_AXIS_ONE || in->axes[i].kind == LSN_AXIS_CHANNEL
                       ? in->axes[i].size
                       : 0;
    if (axis <= 1 && in->rank == 4)
        return lsn_import_layer_norm_of_all(im, node.attributes.epsilon);
    if (covered != c)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "normalisation is supported over the channels, or over these and "
                               "all of space");
    status = lsn_import_tensor(im, lsn_import_input(im, 1), "scale", 1, &node.tensors[0]);
    if (status == LSN_OK && lsn_import_input(im, 2))
        status = lsn_import_tensor(im, lsn_import_input(im, 2), "bias", 1, &node.tensors[1]);
    else if (status == LSN_OK) {
        status = lsn_tensor_vector(&node.tensors[1], node.tensors[0].dims[0], im->err);
    }
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    return lsn_import_same(im, &node, in);
}

static enum lsn_status import_lrn(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LRN);
    struct lsn_value *in;

    if (!lsn_onnx_attribute(im->current, "size"))
        return lsn_import_fail(im, LSN_E_MODEL, "has no size");
    LSN_TRY(lsn_import_planes(im, 0, &in));
    LSN_TRY(lsn_import_int(im, "size", 1, EXTENT_MAX, &node.attributes.size));
    LSN_TRY(lsn_import_float(im, "alpha", &node.attributes.alpha));
    LSN_TRY(lsn_import_float(im, "beta", &node.attributes.beta));
    LSN_TRY(lsn_import_float(im, "bias", &node.attributes.bias));
    return lsn_import_same(im, &node, in);
}

static enum lsn_status import_clip(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CLIP);
    struct lsn_attributes *a = &node.attributes;
    struct lsn_value *in;

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_scalar(im, 1, "min", &a->min));
    LSN_TRY(lsn_import_scalar(im, 2, "max", &a->max));
    /* Exporters write "no bound" as the largest float. */
    a->min = a->min < -1e30f ? -1e30f : a->min;
    a->max = a->max > 1e30f ? 1e30f : a->max;
    return lsn_import_same(im, &node, in);
}

/* Functions of one value: their parameters have ONNX's names here. */
static enum lsn_status import_unary(struct lsn_importer *im)
{
    static const char *const approximations[] = {"none", "tanh", NULL};
    struct lsn_node node = lsn_node_default(lsn_op_find(im->current->op));
    const struct lsn_op_def *def = lsn_op_def(node.op);
    int approximation = 0, i;
    struct lsn_value *in;

    LSN_TRY(lsn_import_map(im, 0, &in));
    for (i = 0; i < def->attribute_count; i++)
        if (def->attributes[i].type == LSN_ATTR_FLOAT)
            LSN_TRY(lsn_import_float(
                im, def->attributes[i].name,
                (float *)(void *)((char *)&node.attributes + def->attributes[i].offset)));
    LSN_TRY(lsn_import_string(im, "approximate", approximations, &approximation));
    node.attributes.tanh_approx = approximation == 1;
    return lsn_import_same(im, &node, in);
}

static enum lsn_status import_pow(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_POW);
    struct lsn_value *in, *exponent = lsn_import_input(im, 1);

    LSN_TRY(lsn_import_map(im, 0, &in));
    if (!exponent || !exponent->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "its exponent is %s; a constant one is supported",
                               exponent ? "computed from the image" : "missing");
    LSN_TRY(lsn_import_scalar(im, 1, "exponent", &node.attributes.exponent));
    return lsn_import_same(im, &node, in);
}

/* PRelu with one slope is LeakyRelu. */
static enum lsn_status import_prelu(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_PRELU);
    struct lsn_value *in, *slope = lsn_import_input(im, 1);
    enum lsn_status status;
    int c;

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    if (!slope || !slope->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its slope must be constant");
    if (slope->constant.count == 1) {
        node = lsn_node_default(LSN_OP_LEAKY_RELU);
        LSN_TRY(lsn_import_scalar(im, 1, "slope", &node.attributes.alpha));
        return lsn_import_same(im, &node, in);
    }
    c = lsn_import_shape(im, in).c;
    node.tensors[0].rank = 1;
    node.tensors[0].dims[0] = c;
    status = lsn_import_per_channel(im, slope, in, &node.tensors[0].data);
    return status == LSN_OK ? lsn_import_same(im, &node, in) : status;
}

/* Nothing happens to the values: Identity, Dropout, and Cast among floats. */
static enum lsn_status import_identity(struct lsn_importer *im)
{
    struct lsn_value *in, out;
    int type = LSN_ONNX_FLOAT;

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_int(im, "to", 1, 16, &type));
    if (lsn_onnx_is_integer(&(struct lsn_onnx_tensor){.type = type}))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "attribute 'to' is type %d; a feature map stays in floats", type);
    out = *in;
    return lsn_import_bind(im, 0, &out);
}

/* clang-format off */
/* The first row of an op counts: those that need more than their family come first. */
static const struct lsn_import_op table[] = {
    {"AveragePool", "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides ", false, import_pool},
    {"BatchNormalization", "epsilon momentum spatial training_mode ", false, import_batch_norm},
    {"Cast", "saturate to ", true, import_identity},
    {"Clip", "max min ", false, import_clip},
    {"Concat", "axis ", false, lsn_import_concat},
    {"Conv", "auto_pad dilations group kernel_shape pads strides ", false, import_conv},
    {"DepthToSpace", "blocksize mode ", false, lsn_import_depth_to_space},
    {"Dropout", "ratio seed ", true, import_identity},
    {"Expand", "", false, lsn_import_expand},
    {"Flatten", "axis ", true, lsn_import_flatten},
    {"Gather", "axis ", false, lsn_import_gather},
    {"Gemm", "alpha beta transA transB ", false, lsn_import_gemm},
    {"GlobalAveragePool", "", false, import_global_pool},
    {"GlobalLpPool", "p ", false, lsn_import_lp_pool},
    {"GlobalMaxPool", "", false, import_global_pool},
    {"GroupNormalization", "epsilon num_groups stash_type ", false, lsn_import_group_norm},
    {"Identity", "", true, import_identity},
    {"If", "else_branch then_branch ", false, lsn_import_if},
    {"ImageScaler", "bias scale ", false, lsn_import_image_scaler},
    {"InstanceNormalization", "epsilon ", false, lsn_import_group_norm},
    {"LRN", "alpha beta bias size ", false, import_lrn},
    {"LayerNormalization", "axis epsilon stash_type ", false, import_layer_norm},
    {"LogSoftmax", "axis ", false, lsn_import_softmax},
    {"LpNormalization", "axis p ", false, lsn_import_lp_normalization},
    {"LpPool", "auto_pad ceil_mode dilations kernel_shape p pads strides ", false, lsn_import_lp_pool},
    {"MatMul", "", false, lsn_import_matmul},
    {"MaxPool", "auto_pad ceil_mode dilations kernel_shape pads storage_order strides ", false, import_pool},
    {"Max", "", false, lsn_import_variadic},
    {"Mean", "", false, lsn_import_variadic},
    {"MeanVarianceNormalization", "axes ", false, lsn_import_mean_variance},
    {"Min", "", false, lsn_import_variadic},
    {"PRelu", "", false, import_prelu},
    {"Pad", "mode pads value ", false, lsn_import_pad},
    {"Pow", "", false, import_pow},
    {"Reshape", "allowzero shape ", true, lsn_import_reshape},
    {"Resize", "antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value keep_aspect_ratio_policy mode nearest_mode ", false, lsn_import_resize},
    {"Slice", "axes ends starts ", false, lsn_import_slice},
    {"Softmax", "axis ", false, lsn_import_softmax},
    {"SpaceToDepth", "blocksize ", false, lsn_import_space_to_depth},
    {"Split", "axis num_outputs split ", false, lsn_import_split},
    {"Squeeze", "axes ", true, lsn_import_squeeze},
    {"Sum", "", false, lsn_import_variadic},
    {"Tile", "", false, lsn_import_tile},
    {"Transpose", "perm ", true, lsn_import_transpose},
    {"Unsqueeze", "axes ", true, lsn_import_unsqueeze},
    {"Upsample", "mode ", false, lsn_import_resize},
#define REAL(field, lowest, fallback) #field " "
#define FLAG(field)                   "approximate " /* Gelu's */
#define ROW(id, name, function, parameters) {name, "" parameters, false, import_unary},
    LSN_UNARY_LIST(ROW)
#undef ROW
#define ROW(id, name, function) {name, "", false, lsn_import_binary},
    LSN_JOIN_LIST(ROW)
#undef ROW
#define ROW(id, name, function) {name, "axes keepdims noop_with_empty_axes ", false, lsn_import_reduce},
    LSN_REDUCE_LIST(ROW)
#undef ROW
};
/* clang-format on */

const struct lsn_import_op *lsn_import_find(const char *op)
{
    size_t i;

    for (i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].op, op) == 0)
            return &table[i];
    return NULL;
}
