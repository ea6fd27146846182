/* Which ONNX ops are understood, with which attributes, and by which function. */
#include <string.h>

#include "model/onnx/handlers.h"
#include "model/onnx/table.h"
#include "model/ops.h"

static enum lsn_status import_softmax(struct lsn_importer *im)
{
    return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                           "a Softmax is supported at the network's end only");
}

/* clang-format off */
/* The first row of an op counts: ops of the lists below that need more than the others come before
 * these lists. */
static const struct lsn_import_op table[] = {
    {"AveragePool", "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides ", false, lsn_import_pool},
    {"BatchNormalization", "epsilon momentum spatial training_mode ", false, lsn_import_batch_norm},
    {"Cast", "saturate to ", true, lsn_import_identity},
    {"Clip", "max min ", false, lsn_import_clip},
    {"Concat", "axis ", false, lsn_import_concat},
    {"Conv", "auto_pad dilations group kernel_shape pads strides ", false, lsn_import_conv},
    {"DepthToSpace", "blocksize mode ", false, lsn_import_depth_to_space},
    {"Dropout", "ratio seed ", true, lsn_import_identity},
    {"Expand", "", false, lsn_import_expand},
    {"Flatten", "axis ", true, lsn_import_flatten},
    {"Gather", "axis ", false, lsn_import_gather},
    {"Gemm", "alpha beta transA transB ", false, lsn_import_gemm},
    {"GlobalAveragePool", "", false, lsn_import_global_pool},
    {"GlobalLpPool", "p ", false, lsn_import_lp_pool},
    {"GlobalMaxPool", "", false, lsn_import_global_pool},
    {"GroupNormalization", "epsilon num_groups stash_type ", false, lsn_import_group_norm},
    {"Identity", "", true, lsn_import_identity},
    {"If", "else_branch then_branch ", false, lsn_import_if},
    {"ImageScaler", "bias scale ", false, lsn_import_image_scaler},
    {"InstanceNormalization", "epsilon ", false, lsn_import_group_norm},
    {"LRN", "alpha beta bias size ", false, lsn_import_lrn},
    {"LayerNormalization", "axis epsilon stash_type ", false, lsn_import_layer_norm},
    {"LogSoftmax", "axis ", false, import_softmax},
    {"LpNormalization", "axis p ", false, lsn_import_lp_normalization},
    {"LpPool", "auto_pad ceil_mode dilations kernel_shape p pads strides ", false, lsn_import_lp_pool},
    {"MatMul", "", false, lsn_import_matmul},
    {"MaxPool", "auto_pad ceil_mode dilations kernel_shape pads storage_order strides ", false, lsn_import_pool},
    {"Max", "", false, lsn_import_variadic},
    {"Mean", "", false, lsn_import_variadic},
    {"MeanVarianceNormalization", "axes ", false, lsn_import_mean_variance},
    {"Min", "", false, lsn_import_variadic},
    {"PRelu", "", false, lsn_import_prelu},
    {"Pad", "mode pads value ", false, lsn_import_pad},
    {"Pow", "", false, lsn_import_pow},
    {"Reshape", "allowzero shape ", true, lsn_import_reshape},
    {"Resize", "antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value keep_aspect_ratio_policy mode nearest_mode ", false, lsn_import_resize},
    {"Slice", "axes ends starts ", false, lsn_import_slice},
    {"Softmax", "axis ", false, import_softmax},
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
#define ROW(id, name, function, parameters) {name, "" parameters, false, lsn_import_unary},
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
