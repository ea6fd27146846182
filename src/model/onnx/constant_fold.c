/* Which ops are computed when all their inputs are constants, and by which function. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/attribute.h"
#include "model/onnx/constant.h"

static enum lsn_status fold_value(struct lsn_importer *im)
{
    const struct lsn_onnx_attribute *a =
        im->current->attribute_count ? im->current->attributes : NULL;
    struct lsn_value out = {.is_constant = true};
    int64_t count = a ? (int64_t)a->count : 0;
    size_t i;

    if (a && a->type == 't') {
        struct lsn_constant *k = &out.constant;

        k->rank = a->t.rank;
        memcpy(k->dims, a->t.dims, sizeof k->dims);
        k->count = a->t.count;
        k->integer = lsn_onnx_is_integer(&a->t);
        k->stored = &a->t;
        return lsn_import_bind(im, 0, &out);
    }
    if (!a || !strchr("ifIF", a->type))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "attribute '%s' is not supported",
                               a ? a->name : "(none)");
    LSN_TRY(lsn_constant_start(im, a->type == 'I' || a->type == 'F', &count,
                               a->type == 'i' || a->type == 'I', &out));
    for (i = 0; i < out.constant.count; i++)
        out.constant.data[i] = a->type == 'i'   ? (double)a->i
                               : a->type == 'f' ? (double)a->f
                               : a->type == 'I' ? (double)a->ints[i]
                                                : (double)a->floats[i];
    return lsn_import_bind(im, 0, &out);
}

static enum lsn_status fold_constant_of_shape(struct lsn_importer *im)
{
    const struct lsn_onnx_attribute *value = lsn_onnx_attribute(im->current, "value");
    int64_t dims[LSN_RANK_MAX], *shape;
    struct lsn_error reason = LSN_ERROR_NONE;
    double *fill = NULL, number = 0;
    struct lsn_value out;
    size_t i, rank;

    LSN_TRY(lsn_import_list(im, 0, "shape", &shape, &rank));
    for (i = 0; i < rank && i < LSN_RANK_MAX; i++)
        dims[i] = shape[i];
    lsn_free(shape);
    if (rank > LSN_RANK_MAX || (value && (value->type != 't' || value->t.count != 1)))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its shape or value is not supported");
    if (value) {
        enum lsn_status status = lsn_onnx_doubles(&im->onnx, &value->t, &fill, &reason);

        if (status != LSN_OK)
            return lsn_import_fail(im, status, "%s", reason.text);
        number = fill[0];
        lsn_free(fill);
    }
    LSN_TRY(lsn_constant_start(im, (int)rank, dims, value && lsn_onnx_is_integer(&value->t), &out));
    for (i = 0; i < out.constant.count; i++)
        out.constant.data[i] = number;
    return lsn_import_bind(im, 0, &out);
}

static const struct {
    const char *op;
    size_t inputs; /* that must be there */
    enum lsn_status (*fold)(struct lsn_importer *);
} foldable[] = {
    {"Constant", 0, fold_value},
    {"Identity", 1, lsn_constant_unary},
    {"Dropout", 1, lsn_constant_unary},
    {"Cast", 1, lsn_constant_unary},
    {"Abs", 1, lsn_constant_unary},
    {"Ceil", 1, lsn_constant_unary},
    {"Exp", 1, lsn_constant_unary},
    {"Floor", 1, lsn_constant_unary},
    {"Log", 1, lsn_constant_unary},
    {"Neg", 1, lsn_constant_unary},
    {"Reciprocal", 1, lsn_constant_unary},
    {"Round", 1, lsn_constant_unary},
    {"Sqrt", 1, lsn_constant_unary},
    {"Add", 2, lsn_constant_binary},
    {"Sub", 2, lsn_constant_binary},
    {"Mul", 2, lsn_constant_binary},
    {"Div", 2, lsn_constant_binary},
    {"Pow", 2, lsn_constant_binary},
    {"Equal", 2, lsn_constant_binary},
    {"Max", 2, lsn_constant_binary},
    {"Min", 2, lsn_constant_binary},
    {"Clip", 1, lsn_constant_clip},
    {"DequantizeLinear", 2, lsn_constant_dequantize},
    {"Expand", 2, lsn_constant_expand},
    {"ReduceL1", 1, lsn_constant_reduce},
    {"ReduceL2", 1, lsn_constant_reduce},
    {"ReduceMax", 1, lsn_constant_reduce},
    {"ReduceMean", 1, lsn_constant_reduce},
    {"ReduceMin", 1, lsn_constant_reduce},
    {"ReduceProd", 1, lsn_constant_reduce},
    {"ReduceSum", 1, lsn_constant_reduce},
    {"ReduceSumSquare", 1, lsn_constant_reduce},
    {"BatchNormalization", 5, lsn_constant_batch_norm},
    {"MatMul", 2, lsn_constant_matmul},
    {"Range", 3, lsn_constant_range},
    {"Tile", 2, lsn_constant_tile},
    {"Where", 3, lsn_constant_where},
    {"Gather", 2, lsn_constant_gather},
    {"Concat", 1, lsn_constant_concat},
    {"Reshape", 1, lsn_constant_reshape},
    {"Squeeze", 1, lsn_constant_squeeze},
    {"Unsqueeze", 1, lsn_constant_squeeze},
    {"Transpose", 1, lsn_constant_transpose},
    {"Slice", 1, lsn_constant_slice},
    {"ConstantOfShape", 1, fold_constant_of_shape},
};

enum lsn_status lsn_import_fold(struct lsn_importer *im, bool *folded)
{
    size_t i, j;

    *folded = true;
    if (strcmp(im->current->op, "Shape") == 0 && lsn_import_input(im, 0))
        return lsn_constant_shape(im);
    *folded = false;
    for (i = 0; i < sizeof foldable / sizeof foldable[0]; i++)
        if (strcmp(im->current->op, foldable[i].op) == 0)
            break;
    if (i == sizeof foldable / sizeof foldable[0] || im->current->input_count < foldable[i].inputs)
        return LSN_OK;
    for (j = 0; j < im->current->input_count; j++) {
        const struct lsn_value *in = lsn_import_input(im, j);

        if (in ? !in->is_constant : j < foldable[i].inputs || im->current->inputs[j][0])
            return LSN_OK;
    }
    *folded = true;
    return foldable[i].fold(im);
}
