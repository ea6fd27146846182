#include "model/ops.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "model/infer.h"

enum { WEIGHT };

#define OFFSET(field) offsetof(struct lsn_attributes, field)
#define EXTENT_MAX    65536           /* px; far beyond any network, so sums stay in int */
#define REAL_MAX      ((double)1e30f) /* as a float holds it: the default of Clip */

/* clang-format off */
#define KERNEL     {"kernel", LSN_ATTR_INT2, OFFSET(kernel), 1, EXTENT_MAX, 1, true}
#define STRIDE     {"stride", LSN_ATTR_INT2, OFFSET(stride), 1, EXTENT_MAX, 1, false}
#define DILATION   {"dilation", LSN_ATTR_INT2, OFFSET(dilation), 1, EXTENT_MAX, 1, false}
#define PADS       {"pads", LSN_ATTR_INT4, OFFSET(pads), 0, EXTENT_MAX, 0, false}
#define CEIL_MODE  {"ceil_mode", LSN_ATTR_BOOL, OFFSET(ceil_mode), 0, 1, 0, false}
#define FLAG_ATTRIBUTE(name) {#name, LSN_ATTR_BOOL, OFFSET(name), 0, 1, 0, false}
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
static const struct lsn_attribute_def group_norm_attributes[] = {
    {"groups", LSN_ATTR_INT, OFFSET(groups), 1, INT_MAX, 1, true}, FLOAT(epsilon, 0, 1e-5)};
static const struct lsn_attribute_def reduce_attributes[] = {
    FLAG_ATTRIBUTE(over_channels), FLAG_ATTRIBUTE(over_space)};

/* Of each function of one value; an empty row ends the list. */
#define REAL(field, low, fallback) FLOAT(field, low, fallback),
#define FLAG(field) FLAG_ATTRIBUTE(field),
#define ROW(id, name, function, parameters) \
    static const struct lsn_attribute_def id##_attributes[] = {parameters {0}};
LSN_UNARY_LIST(ROW)
#undef ROW

static const struct lsn_attribute_def select_attributes[] = {
    {"channels", LSN_ATTR_CHANNELS, OFFSET(channels), 0, INT_MAX, 0, true}};
static const struct lsn_attribute_def pad_attributes[] = {PADS, FLOAT(value, -REAL_MAX, 0)};

#define ATTRIBUTES(list) list, (int)(sizeof list / sizeof list[0])

static const struct lsn_op_def table[LSN_OP_COUNT] = {
    [LSN_OP_INPUT]        = {"Input", 0, 0, {0}, 0, NULL, 0, lsn_infer_input},
    [LSN_OP_CONV]         = {"Conv", 1, 1, {"weight", "bias"}, 1, ATTRIBUTES(conv_attributes), lsn_infer_conv},
    [LSN_OP_LINEAR]       = {"Linear", 1, 1, {"weight", "bias"}, 1, NULL, 0, lsn_infer_linear},
    [LSN_OP_BATCH_NORM]   = {"BatchNormalization", 1, 1, {"scale", "bias", "mean", "var"}, 4, ATTRIBUTES(norm_attributes), lsn_infer_batch_norm},
    [LSN_OP_AFFINE]       = {"Affine", 1, 1, {"scale", "bias"}, 2, NULL, 0, lsn_infer_per_channel},
    [LSN_OP_LAYER_NORM]   = {"LayerNormalization", 1, 1, {"scale", "bias"}, 2, ATTRIBUTES(norm_attributes), lsn_infer_per_channel},
    [LSN_OP_LRN]          = {"LRN", 1, 1, {0}, 0, ATTRIBUTES(lrn_attributes), lsn_infer_same},
    [LSN_OP_GROUP_NORM]   = {"GroupNormalization", 1, 1, {"scale", "bias"}, 2, ATTRIBUTES(group_norm_attributes), lsn_infer_group_norm},
    [LSN_OP_PRELU]        = {"PRelu", 1, 1, {"slope"}, 1, NULL, 0, lsn_infer_per_channel},
#define ROW(id, name, function, parameters) \
    [LSN_OP_##id] = {name, 1, 1, {0}, 0, id##_attributes, (int)(sizeof id##_attributes / sizeof id##_attributes[0]) - 1, lsn_infer_same},
    LSN_UNARY_LIST(ROW)
#undef ROW
#define ROW(id, name, function) [LSN_OP_##id] = {name, 2, 2, {0}, 0, NULL, 0, lsn_infer_broadcast},
    LSN_JOIN_LIST(ROW)
#undef ROW
#define ROW(id, name, function) [LSN_OP_##id] = {name, 1, 1, {0}, 0, ATTRIBUTES(reduce_attributes), lsn_infer_reduce},
    LSN_REDUCE_LIST(ROW)
#undef ROW
    [LSN_OP_CONSTANT]     = {"Constant", 0, 0, {"value"}, 1, NULL, 0, lsn_infer_constant},
    [LSN_OP_CONCAT]       = {"Concat", 1, INT_MAX, {0}, 0, NULL, 0, lsn_infer_concat},
    [LSN_OP_SELECT]       = {"Select", 1, 1, {0}, 0, ATTRIBUTES(select_attributes), lsn_infer_select},
    [LSN_OP_PAD]          = {"Pad", 1, 1, {0}, 0, ATTRIBUTES(pad_attributes), lsn_infer_pad},
    [LSN_OP_RESAMPLE]     = {"Resample", 1, 1, {"rows", "columns"}, 2, NULL, 0, lsn_infer_resample},
    [LSN_OP_MAX_POOL]     = {"MaxPool", 1, 1, {0}, 0, ATTRIBUTES(max_pool_attributes), lsn_infer_pool},
    [LSN_OP_AVERAGE_POOL] = {"AveragePool", 1, 1, {0}, 0, ATTRIBUTES(average_pool_attributes), lsn_infer_pool},
    [LSN_OP_GLOBAL_AVERAGE_POOL] = {"GlobalAveragePool", 1, 1, {0}, 0, NULL, 0, lsn_infer_global_pool},
    [LSN_OP_FLATTEN]      = {"Flatten", 1, 1, {0}, 0, NULL, 0, lsn_infer_flatten},
    [LSN_OP_NORMALISE]    = {"Normalise", 1, 1, {0}, 0, NULL, 0, lsn_infer_same},
    [LSN_OP_CONTRAST_POOL] = {"ContrastPool", 1, 1, {0}, 0, ATTRIBUTES(max_pool_attributes), lsn_infer_pool},
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
