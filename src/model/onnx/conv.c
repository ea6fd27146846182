/* Conv, also over a vector. */
#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/move.h"
#include "model/onnx/weights.h"

#define EXTENT_MAX 65536

/* A convolution of one channel along a vector, which is laid out N x 1 x C (channel attention of
 * ECA-Net does so over the channels' means): a Linear node whose weight [out][C] has the kernel in
 * every row, one stride further right in each. */
static enum lsn_status import_conv_of_vector(struct lsn_importer *im, struct lsn_value *in)
{
    struct lsn_node node = lsn_node_default(LSN_OP_LINEAR);
    struct lsn_tensor kernel = {0}, *weight = &node.tensors[0];
    int stride = 1, dilation = 1, pads[2] = {0, 0}, c = in->axes[2].size, out = 0, o, k, i;
    int64_t room; /* from the first place of the kernel to its last */
    enum lsn_status status;
    struct lsn_value to;

    LSN_TRY(lsn_import_ints(im, "strides", 1, 1, EXTENT_MAX, &stride));
    LSN_TRY(lsn_import_ints(im, "dilations", 1, 1, EXTENT_MAX, &dilation));
    LSN_TRY(lsn_import_ints(im, "pads", 2, 0, EXTENT_MAX, pads));
    status = lsn_import_tensor(im, lsn_import_input(im, 1), "weight", 3, &kernel);
    if (status == LSN_OK &&
        (kernel.dims[0] != 1 || kernel.dims[1] != 1 || lsn_onnx_attribute(im->current, "auto_pad")))
        status = lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                 "a convolution over a vector may have one input and one output "
                                 "channel, and no auto_pad");
    k = status == LSN_OK ? kernel.dims[2] : 1;
    room = c + pads[0] + pads[1] - 1 - (int64_t)dilation * (k - 1);
    if (status == LSN_OK && room < 0)
        status = lsn_import_fail(im, LSN_E_MODEL, "its kernel does not fit its %d value%s", c,
                                 lsn_plural((size_t)c));
    if (status == LSN_OK) {
        out = (int)(room / stride) + 1;
        *weight = (struct lsn_tensor){.rank = 2, .dims = {out, c}};
        weight->data = lsn_alloc_floats((size_t)out * (size_t)c);
        status = weight->data ? LSN_OK : lsn_fail_memory(im->err, "a weight");
    }
    for (o = 0; status == LSN_OK && o < out; o++)
        for (i = 0; i < k; i++) {
            int from = o * stride - pads[0] + i * dilation;

            if (from >= 0 && from < c)
                weight->data[(size_t)o * (size_t)c + (size_t)from] = kernel.data[i];
        }
    if (status == LSN_OK && lsn_import_input(im, 2))
        status = lsn_import_bias(im, lsn_import_input(im, 2), out, &node.tensors[1]);
    lsn_tensor_free(&kernel);
    if (status != LSN_OK) {
        lsn_node_free(&node);
        return status;
    }
    to = *in;
    LSN_TRY(lsn_import_emit(im, &node, NULL, 1, &in->node, &to.node));
    to.axes[2] = (struct lsn_axis){out == 1 ? LSN_AXIS_ONE : LSN_AXIS_CHANNEL, out, 1};
    return lsn_import_bind(im, 0, &to);
}

enum lsn_status lsn_import_conv(struct lsn_importer *im)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONV);
    struct lsn_attributes *a = &node.attributes;
    struct lsn_value *in, out;
    enum lsn_status status;

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    if (in->rank == 3 && in->axes[0].size == 1 && in->axes[1].size == 1 &&
        in->axes[2].kind == LSN_AXIS_CHANNEL) {
        LSN_TRY(lsn_import_order_channels(im, in));
        return import_conv_of_vector(im, in);
    }
    LSN_TRY(lsn_import_nchw(im, 0, &in));
    LSN_TRY(lsn_import_int(im, "group", 1, 1 << 20, &a->groups));
    status = lsn_import_tensor(im, lsn_import_input(im, 1), "weight", 4, &node.tensors[0]);
    a->kernel[0] = node.tensors[0].dims[2];
    a->kernel[1] = node.tensors[0].dims[3];
    if (status == LSN_OK)
        status = lsn_import_window(im, lsn_value_shape(im, in), a);
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
    out = lsn_value_nchw(im, out.node);
    return lsn_import_bind(im, 0, &out);
}
