/* Arithmetic on constants: what exporters compute shapes, pads and scales with. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/onnx/constant.h"

#define COUNT_MAX ((size_t)1 << 28) /* elements of a computed constant */

enum lsn_status lsn_import_numbers(struct lsn_importer *im, struct lsn_value *value,
                                   const double **data)
{
    struct lsn_constant *constant = &value->constant;
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status = LSN_OK;

    *data = NULL;
    if (!value->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "an input is not constant");
    if (!constant->data)
        status = lsn_onnx_doubles(&im->onnx, constant->stored, &constant->data, &reason);
    if (status != LSN_OK)
        return lsn_import_fail(im, status, "%s", reason.text);
    *data = constant->data;
    return LSN_OK;
}

enum lsn_status lsn_constant_start(struct lsn_importer *im, int rank, const int64_t *dims,
                                   bool integer, struct lsn_value *out)
{
    struct lsn_constant *k = &out->constant;
    size_t product = 1; /* of those that are not 0, which would hide an overflow */
    int d;

    *out = (struct lsn_value){.is_constant = true};
    k->rank = rank;
    k->integer = integer;
    k->count = 1;
    for (d = 0; d < rank; d++) {
        k->dims[d] = dims[d];
        if (dims[d] < 0 || !lsn_mul_size(product, dims[d] ? (size_t)dims[d] : 1, &product) ||
            product > COUNT_MAX)
            return lsn_import_fail(im, LSN_E_MODEL, "computes a constant with %jd along axis %d",
                                   (intmax_t)dims[d], d);
        k->count *= (size_t)dims[d];
    }
    k->data = lsn_alloc(k->count, sizeof *k->data);
    if (!k->data)
        return lsn_fail_memory(im->err, "a constant");
    return LSN_OK;
}

int64_t lsn_constant_offset(size_t i, int rank, const int64_t *dims, const int64_t *distances)
{
    int64_t offset = 0;
    int d;

    for (d = rank - 1; d >= 0; d--) {
        offset += (int64_t)(i % (size_t)dims[d]) * distances[d];
        i /= (size_t)dims[d];
    }
    return offset;
}

void lsn_constant_distances(const struct lsn_constant *k, int64_t *distances)
{
    int64_t distance = 1;
    int d;

    for (d = k->rank - 1; d >= 0; d--) {
        distances[d] = distance;
        distance *= k->dims[d];
    }
}

enum lsn_status lsn_constant_read(struct lsn_importer *im, size_t i, struct lsn_constant *constant,
                                  const double **data)
{
    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, i), data));
    *constant = lsn_import_input(im, i)->constant;
    return LSN_OK;
}

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

static double keep(double x)
{
    return x;
}

static double negative(double x)
{
    return -x;
}

static double reciprocal(double x)
{
    return 1 / x;
}

static double unary(const char *op, double x)
{
    static const struct {
        const char *op;
        double (*function)(double);
    } functions[] = {{"Abs", fabs},     {"Ceil", ceil}, {"Exp", exp},
                     {"Floor", floor},  {"Log", log},   {"Neg", negative},
                     {"Round", rint},   {"Sqrt", sqrt}, {"Reciprocal", reciprocal},
                     {"Identity", keep}};
    size_t i;

    for (i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (strcmp(op, functions[i].op) == 0)
            return functions[i].function(x);
    return x;
}

/* Functions of one number; Identity, Dropout, and Cast, which may cut to whole numbers. */
static enum lsn_status fold_unary(struct lsn_importer *im)
{
    const struct lsn_constant from = lsn_import_input(im, 0)->constant;
    int type = from.integer ? LSN_ONNX_INT64 : LSN_ONNX_FLOAT;
    const double *data;
    struct lsn_value out;
    bool integer;
    size_t i;

    LSN_TRY(lsn_import_int(im, "to", 1, 16, &type));
    integer = lsn_onnx_is_integer(&(struct lsn_onnx_tensor){.type = type});
    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &data));
    LSN_TRY(lsn_constant_start(im, from.rank, from.dims, integer, &out));
    for (i = 0; i < from.count; i++) {
        double x = unary(im->current->op, data[i]);

        out.constant.data[i] = integer ? trunc(x) : x;
    }
    return lsn_import_bind(im, 0, &out);
}

static double binary(const char *op, bool integer, double a, double b)
{
    switch (op[0]) {
    case 'A':
        return a + b;
    case 'S':
        return a - b;
    case 'D':
        return integer ? (b != 0 ? trunc(a / b) : 0) : a / b;
    case 'P':
        return pow(a, b);
    case 'E':
        return a == b;
    default:
        return op[1] == 'u' ? a * b : op[1] == 'a' ? fmax(a, b) : fmin(a, b);
    }
}

/* Add, Sub, Mul, Div, Pow, Max, Min, Equal with broadcasting. */
static enum lsn_status fold_binary(struct lsn_importer *im)
{
    const double *data[2];
    struct lsn_constant in[2];
    int64_t dims[LSN_RANK_MAX], distances[2][LSN_RANK_MAX] = {{0}}, own[LSN_RANK_MAX];
    struct lsn_value out;
    int rank, j, d;
    size_t i;

    for (j = 0; j < 2; j++) {
        LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, (size_t)j), &data[j]));
        in[j] = lsn_import_input(im, (size_t)j)->constant;
    }
    rank = in[0].rank > in[1].rank ? in[0].rank : in[1].rank;
    for (d = 0; d < rank; d++)
        dims[d] = 1;
    for (j = 0; j < 2; j++) {
        lsn_constant_distances(&in[j], own);
        for (d = 0; d < in[j].rank; d++) {
            int at = rank - in[j].rank + d;

            if (in[j].dims[d] == 1)
                continue;
            if (dims[at] != 1 && dims[at] != in[j].dims[d])
                return lsn_import_fail(im, LSN_E_MODEL, "its constants do not broadcast");
            dims[at] = in[j].dims[d];
            distances[j][at] = own[d];
        }
    }
    LSN_TRY(lsn_constant_start(im, rank, dims, in[0].integer && in[1].integer, &out));
    for (i = 0; i < out.constant.count; i++)
        out.constant.data[i] = binary(im->current->op, out.constant.integer,
                                      data[0][lsn_constant_offset(i, rank, dims, distances[0])],
                                      data[1][lsn_constant_offset(i, rank, dims, distances[1])]);
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
    {"Identity", 1, fold_unary},
    {"Dropout", 1, fold_unary},
    {"Cast", 1, fold_unary},
    {"Abs", 1, fold_unary},
    {"Ceil", 1, fold_unary},
    {"Exp", 1, fold_unary},
    {"Floor", 1, fold_unary},
    {"Log", 1, fold_unary},
    {"Neg", 1, fold_unary},
    {"Reciprocal", 1, fold_unary},
    {"Round", 1, fold_unary},
    {"Sqrt", 1, fold_unary},
    {"Add", 2, fold_binary},
    {"Sub", 2, fold_binary},
    {"Mul", 2, fold_binary},
    {"Div", 2, fold_binary},
    {"Pow", 2, fold_binary},
    {"Equal", 2, fold_binary},
    {"Max", 2, fold_binary},
    {"Min", 2, fold_binary},
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
