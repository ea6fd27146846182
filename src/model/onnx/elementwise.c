/* Functions of each number alone, or with a number per channel. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/move.h"
#include "model/onnx/weights.h"
#include "model/ops.h"

enum lsn_status lsn_import_clip(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CLIP);
    struct lsn_attributes *a = &node.attributes;
    struct lsn_value *in;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_scalar(im, 1, "min", &a->min));
    LSN_TRY(lsn_import_scalar(im, 2, "max", &a->max));
    /* Exporters write "no bound" as the largest float. */
    a->min = a->min < -1e30f ? -1e30f : a->min;
    a->max = a->max > 1e30f ? 1e30f : a->max;
    return lsn_import_emit_and_bind(im, &node, in);
}

/* A node of the graph by the same name, whose attributes have the same names, too. */
enum lsn_status lsn_import_unary(struct lsn_importer *im)
{
    static const char *const approximations[] = {"none", "tanh", NULL};
    struct lsn_node node = lsn_node_default(lsn_op_find(im->current->op));
    const struct lsn_op_def *def = lsn_op_def(node.op);
    int approximation = 0, i;
    struct lsn_value *in;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    for (i = 0; i < def->attribute_count; i++)
        if (def->attributes[i].type == LSN_ATTR_FLOAT)
            LSN_TRY(lsn_import_float(
                im, def->attributes[i].name,
                (float *)(void *)((char *)&node.attributes + def->attributes[i].offset)));
    LSN_TRY(lsn_import_string(im, "approximate", approximations, &approximation));
    node.attributes.tanh_approx = approximation == 1;
    return lsn_import_emit_and_bind(im, &node, in);
}

enum lsn_status lsn_import_pow(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_POW);
    struct lsn_value *in, *exponent = lsn_import_input(im, 1);

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    if (!exponent || !exponent->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "its exponent is %s; a constant one is supported",
                               exponent ? "computed from the image" : "missing");
    LSN_TRY(lsn_import_scalar(im, 1, "exponent", &node.attributes.exponent));
    return lsn_import_emit_and_bind(im, &node, in);
}

/* PRelu; with one slope for all channels it is a LeakyRelu. */
enum lsn_status lsn_import_prelu(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_PRELU);
    struct lsn_value *in, *slope = lsn_import_input(im, 1);
    enum lsn_status status;
    int c;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    if (!slope || !slope->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its slope must be constant");
    if (slope->constant.count == 1) {
        node = lsn_node_default(LSN_OP_LEAKY_RELU);
        LSN_TRY(lsn_import_scalar(im, 1, "slope", &node.attributes.alpha));
        return lsn_import_emit_and_bind(im, &node, in);
    }
    c = lsn_value_shape(im, in).c;
    node.tensors[0].rank = 1;
    node.tensors[0].dims[0] = c;
    status = lsn_import_per_channel(im, slope, in, &node.tensors[0].data);
    return status == LSN_OK ? lsn_import_emit_and_bind(im, &node, in) : status;
}

/* An op of old converters (WinMLTools, CNTK): scale * image + bias[channel]. */
enum lsn_status lsn_import_image_scaler(struct lsn_importer *im)
{
    const struct lsn_onnx_attribute *bias = lsn_onnx_attribute(im->current, "bias");
    struct lsn_node node = lsn_node_default(LSN_OP_AFFINE);
    float scale = 1;
    struct lsn_value *in;
    size_t i, c;

    LSN_TRY(lsn_import_nchw(im, 0, &in));
    LSN_TRY(lsn_import_float(im, "scale", &scale));
    c = (size_t)lsn_value_shape(im, in).c;
    if (bias && (bias->type != 'F' || bias->count != c))
        return lsn_import_fail(im, LSN_E_MODEL,
                               "its bias is not one number for each of %zu "
                               "channels",
                               c);
    LSN_TRY(lsn_import_scale_and_shift(im, &node, (int)c, scale));
    for (i = 0; i < c && bias; i++)
        node.tensors[1].data[i] = bias->floats[i];
    return lsn_import_emit_and_bind(im, &node, in);
}

/* Ops that leave a feature map as it is: Identity, Dropout, and Cast from float to float. */
enum lsn_status lsn_import_identity(struct lsn_importer *im)
{
    struct lsn_value *in, out;
    int type = LSN_ONNX_FLOAT;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_int(im, "to", 1, 16, &type));
    if (lsn_onnx_is_integer(&(struct lsn_onnx_tensor){.type = type}))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "attribute 'to' is type %d; a feature map stays in floats", type);
    out = *in;
    return lsn_import_bind(im, 0, &out);
}
