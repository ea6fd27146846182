/* Functions of constants element by element, with broadcasting: what exporters compute shapes, pads
 * and scales with. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/onnx/attribute.h"
#include "model/onnx/constant.h"
#include "model/onnx/index.h"

static double identity(double x)
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
    } functions[] = {{"Abs", fabs},         {"Ceil", ceil}, {"Exp", exp},
                     {"Floor", floor},      {"Log", log},   {"Neg", negative},
                     {"Round", rint},       {"Sqrt", sqrt}, {"Reciprocal", reciprocal},
                     {"Identity", identity}};
    size_t i;

    for (i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (strcmp(op, functions[i].op) == 0)
            return functions[i].function(x);
    return x;
}

/* Functions of one number; Identity, Dropout, and Cast, which may cut to whole numbers. */
enum lsn_status lsn_constant_unary(struct lsn_importer *im)
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

/* How far apart in constant k elements lie that are neighbours along each axis of dims [rank], to
 * which k is broadcast: 0 along an axis where k is repeated. */
static enum lsn_status broadcast(struct lsn_importer *im, const struct lsn_constant *k, int rank,
                                 const int64_t *dims, int64_t *distances)
{
    int64_t own[LSN_RANK_MAX];
    int d;

    lsn_constant_distances(k, own);
    memset(distances, 0, (size_t)rank * sizeof *distances);
    for (d = 0; d < k->rank; d++) {
        int at = rank - k->rank + d;

        if (at < 0 || (k->dims[d] != 1 && k->dims[d] != dims[at]))
            return lsn_import_fail(im, LSN_E_MODEL, "its constants do not broadcast");
        distances[at] = k->dims[d] == 1 ? 0 : own[d];
    }
    return LSN_OK;
}

/* The shape that constants [count] broadcast to. Whether each fits it is checked by broadcast. */
static void common_dims(const struct lsn_constant *constants, int count, int *rank, int64_t *dims)
{
    int i, d;

    for (*rank = i = 0; i < count; i++)
        *rank = constants[i].rank > *rank ? constants[i].rank : *rank;
    for (d = 0; d < *rank; d++)
        dims[d] = 1;
    for (i = 0; i < count; i++)
        for (d = 0; d < constants[i].rank; d++) {
            int64_t *to = &dims[*rank - constants[i].rank + d];

            *to = *to == 1 ? constants[i].dims[d] : *to;
        }
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

/* Add, Sub, Mul, Div, Pow, Max, Min, Equal. */
enum lsn_status lsn_constant_binary(struct lsn_importer *im)
{
    int64_t dims[LSN_RANK_MAX], distances[2][LSN_RANK_MAX];
    struct lsn_constant in[2];
    const double *data[2];
    struct lsn_value out;
    int rank, j;
    size_t i;

    for (j = 0; j < 2; j++)
        LSN_TRY(lsn_constant_read(im, (size_t)j, &in[j], &data[j]));
    common_dims(in, 2, &rank, dims);
    for (j = 0; j < 2; j++)
        LSN_TRY(broadcast(im, &in[j], rank, dims, distances[j]));
    LSN_TRY(lsn_constant_start(im, rank, dims, in[0].integer && in[1].integer, &out));
    for (i = 0; i < out.constant.count; i++)
        out.constant.data[i] = binary(im->current->op, out.constant.integer,
                                      data[0][lsn_constant_offset(i, rank, dims, distances[0])],
                                      data[1][lsn_constant_offset(i, rank, dims, distances[1])]);
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_constant_where(struct lsn_importer *im)
{
    int64_t dims[LSN_RANK_MAX], distances[3][LSN_RANK_MAX];
    struct lsn_constant in[3];
    const double *data[3];
    struct lsn_value out;
    int rank, j;
    size_t i;

    for (j = 0; j < 3; j++)
        LSN_TRY(lsn_constant_read(im, (size_t)j, &in[j], &data[j]));
    common_dims(in, 3, &rank, dims);
    for (j = 0; j < 3; j++)
        LSN_TRY(broadcast(im, &in[j], rank, dims, distances[j]));
    LSN_TRY(lsn_constant_start(im, rank, dims, in[1].integer && in[2].integer, &out));
    for (i = 0; i < out.constant.count; i++) {
        j = data[0][lsn_constant_offset(i, rank, dims, distances[0])] != 0 ? 1 : 2;
        out.constant.data[i] = data[j][lsn_constant_offset(i, rank, dims, distances[j])];
    }
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_constant_expand(struct lsn_importer *im)
{
    int64_t dims[LSN_RANK_MAX], distances[LSN_RANK_MAX], *list;
    struct lsn_constant in[2] = {{.rank = 0}, {.rank = 0}};
    const double *data;
    enum lsn_status status = LSN_OK;
    struct lsn_value out;
    size_t count, i;
    int rank;

    LSN_TRY(lsn_constant_read(im, 0, &in[0], &data));
    LSN_TRY(lsn_import_list(im, 1, "shape", &list, &count));
    if (count > LSN_RANK_MAX)
        status = lsn_import_fail(im, LSN_E_UNSUPPORTED, "expands to %zu dimensions", count);
    else
        for (in[1].rank = (int)count, i = 0; i < count; i++)
            in[1].dims[i] = list[i];
    lsn_free(list);
    LSN_TRY(status);
    common_dims(in, 2, &rank, dims);
    for (i = 0; i < count; i++)
        if (in[1].dims[i] != 1 && in[1].dims[i] != dims[rank - in[1].rank + (int)i])
            return lsn_import_fail(im, LSN_E_MODEL, "its constants do not broadcast");
    LSN_TRY(broadcast(im, &in[0], rank, dims, distances));
    LSN_TRY(lsn_constant_start(im, rank, dims, in[0].integer, &out));
    for (i = 0; i < out.constant.count; i++)
        out.constant.data[i] = data[lsn_constant_offset(i, rank, dims, distances)];
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_constant_clip(struct lsn_importer *im)
{
    float low = -INFINITY, high = INFINITY;
    struct lsn_constant in;
    struct lsn_value out;
    const double *data;
    size_t i;

    LSN_TRY(lsn_constant_read(im, 0, &in, &data));
    LSN_TRY(lsn_import_scalar(im, 1, "min", &low));
    LSN_TRY(lsn_import_scalar(im, 2, "max", &high));
    LSN_TRY(lsn_constant_start(im, in.rank, in.dims, in.integer, &out));
    for (i = 0; i < in.count; i++)
        out.constant.data[i] = fmin(fmax(data[i], (double)low), (double)high);
    return lsn_import_bind(im, 0, &out);
}

/* (x - zero point) * scale; both are one number, or one for each index of an axis. */
enum lsn_status lsn_constant_dequantize(struct lsn_importer *im)
{
    struct lsn_constant in, scale, zero = {.count = 1};
    const double *data, *scales, *zeroes = NULL;
    int64_t inner = 1;
    struct lsn_value out;
    int axis = 1, d;
    size_t i;

    LSN_TRY(lsn_constant_read(im, 0, &in, &data));
    LSN_TRY(lsn_constant_read(im, 1, &scale, &scales));
    if (lsn_import_input(im, 2))
        LSN_TRY(lsn_constant_read(im, 2, &zero, &zeroes));
    LSN_TRY(lsn_import_int(im, "axis", -LSN_RANK_MAX, LSN_RANK_MAX, &axis));
    if (scale.count != 1)
        LSN_TRY(lsn_import_axis(im, axis, in.rank, &axis));
    if (scale.count != 1 &&
        (scale.count != (size_t)in.dims[axis] || (zero.count != 1 && zero.count != scale.count)))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "its scale has %zu values; one, or one for each index of an axis, "
                               "is supported",
                               scale.count);
    for (d = axis + 1; scale.count != 1 && d < in.rank; d++)
        inner *= in.dims[d];
    LSN_TRY(lsn_constant_start(im, in.rank, in.dims, false, &out));
    for (i = 0; i < in.count; i++) {
        size_t at = scale.count == 1 ? 0 : i / (size_t)inner % scale.count;

        out.constant.data[i] =
            (data[i] - (zeroes ? zeroes[zero.count == 1 ? 0 : at] : 0)) * scales[at];
    }
    return lsn_import_bind(im, 0, &out);
}
