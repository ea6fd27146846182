/* Constants of more than shapes: weights that the graph itself reduces, clips, repeats,
 * chooses from, multiplies or unpacks (weight standardisation, cosine heads, spectral norms,
 * int8). */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/onnx/constant.h"

/* The numbers and dims of input i. */
static enum lsn_status read(struct lsn_importer *im, size_t i, struct lsn_constant *constant,
                            const double **data)
{
    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, i), data));
    *constant = lsn_import_input(im, i)->constant;
    return LSN_OK;
}

/* Row-major distances of k broadcast to rank dims: 0 where it is repeated. */
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

/* The dims of all constants [count] broadcast together. */
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

enum lsn_status lsn_constant_where(struct lsn_importer *im)
{
    int64_t dims[LSN_RANK_MAX], distances[3][LSN_RANK_MAX];
    struct lsn_constant in[3];
    const double *data[3];
    struct lsn_value out;
    int rank, j;
    size_t i;

    for (j = 0; j < 3; j++)
        LSN_TRY(read(im, (size_t)j, &in[j], &data[j]));
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

    LSN_TRY(read(im, 0, &in[0], &data));
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

/* Adds x to a running result of the reduction that op names. */
static double reduce_step(const char *op, double result, double x)
{
    if (strcmp(op, "ReduceMax") == 0)
        return fmax(result, x);
    if (strcmp(op, "ReduceMin") == 0)
        return fmin(result, x);
    if (strcmp(op, "ReduceProd") == 0)
        return result * x;
    if (strcmp(op, "ReduceL1") == 0)
        return result + fabs(x);
    return result + (strcmp(op, "ReduceSum") == 0 || strcmp(op, "ReduceMean") == 0 ? x : x * x);
}

static double reduce_start(const char *op)
{
    return strcmp(op, "ReduceMax") == 0    ? -INFINITY
           : strcmp(op, "ReduceMin") == 0  ? INFINITY
           : strcmp(op, "ReduceProd") == 0 ? 1
                                           : 0;
}

/* The result's dims, and how far its elements lie apart along each axis of the input: 0
 * along those that are reduced. */
static enum lsn_status reduced_dims(struct lsn_importer *im, const struct lsn_constant *in,
                                    int64_t *kept, int64_t *distances, int *rank)
{
    bool reduced[LSN_RANK_MAX] = {false}, keep = true, none = false;
    enum lsn_status status;
    int64_t *axes, step = 1;
    size_t count;
    int d;

    LSN_TRY(lsn_import_flag(im, "keepdims", &keep));
    LSN_TRY(lsn_import_flag(im, "noop_with_empty_axes", &none));
    LSN_TRY(lsn_import_list(im, 1, "axes", &axes, &count));
    status = lsn_import_mark_axes(im, axes, count, in->rank, reduced);
    lsn_free(axes);
    LSN_TRY(status);
    for (*rank = d = 0; d < in->rank; d++) {
        reduced[d] = reduced[d] || (count == 0 && !none);
        if (!reduced[d] || keep)
            kept[(*rank)++] = reduced[d] ? 1 : in->dims[d];
    }
    for (d = in->rank - 1; d >= 0; d--) {
        distances[d] = reduced[d] ? 0 : step;
        step *= reduced[d] ? 1 : in->dims[d];
    }
    return LSN_OK;
}

enum lsn_status lsn_constant_reduce(struct lsn_importer *im)
{
    int64_t kept[LSN_RANK_MAX], distances[LSN_RANK_MAX];
    const char *op = im->current->op;
    struct lsn_constant in;
    struct lsn_value out;
    const double *data;
    double *result, each;
    int rank;
    size_t i;

    LSN_TRY(read(im, 0, &in, &data));
    LSN_TRY(reduced_dims(im, &in, kept, distances, &rank));
    LSN_TRY(lsn_constant_start(im, rank, kept, in.integer, &out));
    result = out.constant.data;
    each = out.constant.count ? (double)in.count / (double)out.constant.count : 1;
    for (i = 0; i < out.constant.count; i++)
        result[i] = reduce_start(op);
    for (i = 0; i < in.count; i++) {
        double *to = &result[lsn_constant_offset(i, in.rank, in.dims, distances)];

        *to = reduce_step(op, *to, data[i]);
    }
    for (i = 0; i < out.constant.count; i++) {
        if (strcmp(op, "ReduceMean") == 0)
            result[i] /= each;
        if (strcmp(op, "ReduceL2") == 0)
            result[i] = sqrt(result[i]);
    }
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_constant_clip(struct lsn_importer *im)
{
    float low = -INFINITY, high = INFINITY;
    struct lsn_constant in;
    struct lsn_value out;
    const double *data;
    size_t i;

    LSN_TRY(read(im, 0, &in, &data));
    LSN_TRY(lsn_import_scalar(im, 1, "min", &low));
    LSN_TRY(lsn_import_scalar(im, 2, "max", &high));
    LSN_TRY(lsn_constant_start(im, in.rank, in.dims, in.integer, &out));
    for (i = 0; i < in.count; i++)
        out.constant.data[i] = fmin(fmax(data[i], (double)low), (double)high);
    return lsn_import_bind(im, 0, &out);
}

/* (x - zero point) * scale, both one number or one for each index of an axis. */
enum lsn_status lsn_constant_dequantize(struct lsn_importer *im)
{
    struct lsn_constant in, scale, zero = {.count = 1};
    const double *data, *scales, *zeroes = NULL;
    int64_t inner = 1;
    struct lsn_value out;
    int axis = 1, d;
    size_t i;

    LSN_TRY(read(im, 0, &in, &data));
    LSN_TRY(read(im, 1, &scale, &scales));
    if (lsn_import_input(im, 2))
        LSN_TRY(read(im, 2, &zero, &zeroes));
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

#define TIMES_MAX (1 << 30)

enum lsn_status lsn_constant_tile(struct lsn_importer *im)
{
    int64_t dims[LSN_RANK_MAX], distances[LSN_RANK_MAX], *times;
    enum lsn_status status = LSN_OK;
    struct lsn_constant in;
    struct lsn_value out;
    const double *data;
    size_t count, i;
    int d;

    LSN_TRY(read(im, 0, &in, &data));
    LSN_TRY(lsn_import_list(im, 1, "repeats", &times, &count));
    if (count != (size_t)in.rank)
        status =
            lsn_import_fail(im, LSN_E_MODEL, "has %zu repeats for %d dimensions", count, in.rank);
    for (d = 0; d < in.rank && status == LSN_OK; d++) {
        if (times[d] < 0 || times[d] > TIMES_MAX || in.dims[d] > TIMES_MAX)
            status = lsn_import_fail(im, LSN_E_UNSUPPORTED, "repeats %jd values %jd times",
                                     (intmax_t)in.dims[d], (intmax_t)times[d]);
        else
            dims[d] = in.dims[d] * times[d];
    }
    lsn_free(times);
    LSN_TRY(status);
    LSN_TRY(lsn_constant_start(im, in.rank, dims, in.integer, &out));
    lsn_constant_distances(&in, distances);
    for (i = 0; i < out.constant.count; i++) {
        size_t rest = i;
        int64_t from = 0;

        for (d = in.rank - 1; d >= 0; d--) {
            from += (int64_t)(rest % (size_t)dims[d]) % in.dims[d] * distances[d];
            rest /= (size_t)dims[d];
        }
        out.constant.data[i] = data[from];
    }
    return lsn_import_bind(im, 0, &out);
}

#define PRODUCTS_MAX 1e10 /* more than any weight needs; so a hostile file does not take hours */

/* Of vectors and matrices: a vector is a matrix of one row, or behind of one column, whose
 * dimension the result does not have. */
enum lsn_status lsn_constant_matmul(struct lsn_importer *im)
{
    struct lsn_constant a, b;
    const double *x, *y;
    int64_t rows, columns, n, dims[2], i, j, k;
    struct lsn_value out;
    int rank = 0;

    LSN_TRY(read(im, 0, &a, &x));
    LSN_TRY(read(im, 1, &b, &y));
    if (a.rank < 1 || b.rank < 1 || a.rank > 2 || b.rank > 2)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "multiplies constants of %d and %d dimensions; vectors and matrices "
                               "can be",
                               a.rank, b.rank);
    n = b.dims[0];
    rows = a.rank == 2 ? a.dims[0] : 1;
    columns = b.rank == 2 ? b.dims[1] : 1;
    if ((double)rows * (double)columns * (double)n > PRODUCTS_MAX)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "multiplies constants of %jd x %jd and %jd x %jd, which is too much",
                               (intmax_t)rows, (intmax_t)n, (intmax_t)n, (intmax_t)columns);
    if (a.dims[a.rank - 1] != n)
        return lsn_import_fail(im, LSN_E_MODEL, "multiplies rows of %jd by columns of %jd",
                               (intmax_t)a.dims[a.rank - 1], (intmax_t)n);
    if (a.rank == 2)
        dims[rank++] = rows;
    if (b.rank == 2)
        dims[rank++] = columns;
    LSN_TRY(lsn_constant_start(im, rank, dims, a.integer && b.integer, &out));
    for (i = 0; i < rows; i++)
        for (j = 0; j < columns; j++)
            for (k = 0; k < n; k++)
                out.constant.data[i * columns + j] += x[i * n + k] * y[k * columns + j];
    return lsn_import_bind(im, 0, &out);
}

/* Mean and variance of channel c of x [batch][channels][inner]. */
static void statistics(const double *x, const int64_t dims[3], int64_t c, double *mean,
                       double *variance)
{
    double n = (double)(dims[0] * dims[2]);
    int64_t b, i;

    *mean = *variance = 0;
    for (b = 0; b < dims[0]; b++)
        for (i = 0; i < dims[2]; i++)
            *mean += x[(b * dims[1] + c) * dims[2] + i] / n;
    for (b = 0; b < dims[0]; b++)
        for (i = 0; i < dims[2]; i++) {
            double distance = x[(b * dims[1] + c) * dims[2] + i] - *mean;

            *variance += distance * distance / n;
        }
}

/* In training mode, which other outputs than the first tell before opset 14, by the
 * statistics of the constant itself: so weights are standardised (timm, BiT). */
enum lsn_status lsn_constant_batch_norm(struct lsn_importer *im)
{
    const double *data[5]; /* input, scale, bias, mean, variance */
    struct lsn_constant in, each;
    int64_t dims[3] = {1, 1, 1}, c;
    float epsilon = 1e-5f;
    bool training = im->current->output_count > 1 && im->current->outputs[1][0];
    struct lsn_value out;
    size_t i;
    int d;

    LSN_TRY(lsn_import_flag(im, "training_mode", &training));
    LSN_TRY(lsn_import_float(im, "epsilon", &epsilon));
    LSN_TRY(read(im, 0, &in, &data[0]));
    for (d = 0; d < in.rank && in.count > 0; d++)
        dims[d < 2 ? d : 2] *= in.dims[d];
    for (i = 1; i < 5; i++) {
        LSN_TRY(read(im, i, &each, &data[i]));
        if (in.rank < 2 || each.count != (size_t)dims[1])
            return lsn_import_fail(im, LSN_E_MODEL, "input %zu has %zu numbers, axis 1 %jd", i,
                                   each.count, (intmax_t)dims[1]);
    }
    LSN_TRY(lsn_constant_start(im, in.rank, in.dims, false, &out));
    for (c = 0; c < dims[1]; c++) {
        double mean = data[3][c], variance = data[4][c], scale;
        int64_t b, at;

        if (training)
            statistics(data[0], dims, c, &mean, &variance);
        scale = data[1][c] / sqrt(variance + (double)epsilon);
        for (b = 0; b < dims[0]; b++)
            for (at = (b * dims[1] + c) * dims[2]; at < (b * dims[1] + c + 1) * dims[2]; at++)
                out.constant.data[at] = (data[0][at] - mean) * scale + data[2][c];
    }
    return lsn_import_bind(im, 0, &out);
}
