/* Constants that weights are computed from in the graph: reduced, repeated, multiplied and
 * normalised, as by spectral norms and weight standardisation. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"
#include "model/onnx/constant.h"
#include "model/onnx/index.h"

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
    return strcmp(op, "ReduceMax") == 0    ? (double)-INFINITY
           : strcmp(op, "ReduceMin") == 0  ? (double)INFINITY
           : strcmp(op, "ReduceProd") == 0 ? 1
                                           : 0;
}

/* The dims of the result, and for each axis of the input how far apart in the result elements lie
 * that are neighbours along it: 0 along an axis that is reduced. */
static enum lsn_status reduced_dims(struct lsn_importer *im, const struct lsn_constant *in,
                                    int64_t *kept, int64_t *distances, int *rank)
{
    bool reduced[LSN_RANK_MAX] = {false}, keepdims = true, none = false;
    enum lsn_status status;
    int64_t *axes, step = 1;
    size_t count;
    int d;

    LSN_TRY(lsn_import_flag(im, "keepdims", &keepdims));
    LSN_TRY(lsn_import_flag(im, "noop_with_empty_axes", &none));
    LSN_TRY(lsn_import_list(im, 1, "axes", &axes, &count));
    status = lsn_import_mark_axes(im, axes, count, in->rank, reduced);
    lsn_free(axes);
    LSN_TRY(status);
    for (*rank = d = 0; d < in->rank; d++) {
        reduced[d] = reduced[d] || (count == 0 && !none);
        if (!reduced[d] || keepdims)
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

    LSN_TRY(lsn_constant_read(im, 0, &in, &data));
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

    LSN_TRY(lsn_constant_read(im, 0, &in, &data));
    LSN_TRY(lsn_import_list(im, 1, "repeats", &times, &count));
    if (count != (size_t)in.rank)
        status = lsn_import_fail(im, LSN_E_MODEL, "has %zu repeat%s for %d dimension%s", count,
                                 lsn_plural(count), in.rank, lsn_plural((size_t)in.rank));
    for (d = 0; d < in.rank && status == LSN_OK; d++) {
        if (times[d] < 0 || times[d] > TIMES_MAX || in.dims[d] > TIMES_MAX)
            status = lsn_import_fail(im, LSN_E_UNSUPPORTED, "repeats %jd value%s %jd times",
                                     (intmax_t)in.dims[d], lsn_plural((size_t)in.dims[d]),
                                     (intmax_t)times[d]);
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

/* A vector at the left is a matrix of one row, one at the right a matrix of one column; the result
 * does not have that dimension. */
enum lsn_status lsn_constant_matmul(struct lsn_importer *im)
{
    struct lsn_constant a, b;
    const double *x, *y;
    int64_t rows, columns, n, dims[2], i, j, k;
    struct lsn_value out;
    int rank = 0;

    LSN_TRY(lsn_constant_read(im, 0, &a, &x));
    LSN_TRY(lsn_constant_read(im, 1, &b, &y));
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

/* In training mode it normalises the constant by its own mean and variance, which timm and BiT use
 * to standardise weights. Before opset 14 no attribute tells the mode, only that there are more
 * outputs than one. */
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
    LSN_TRY(lsn_constant_read(im, 0, &in, &data[0]));
    for (d = 0; d < in.rank && in.count > 0; d++)
        dims[d < 2 ? d : 2] *= in.dims[d];
    for (i = 1; i < 5; i++) {
        LSN_TRY(lsn_constant_read(im, i, &each, &data[i]));
        if (in.rank < 2 || each.count != (size_t)dims[1])
            return lsn_import_fail(im, LSN_E_MODEL, "input %zu has %zu number%s, axis 1 %jd", i,
                                   each.count, lsn_plural(each.count), (intmax_t)dims[1]);
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

/* start, start + delta, ... before limit. */
enum lsn_status lsn_constant_range(struct lsn_importer *im)
{
    struct lsn_constant in[3];
    const double *data[3];
    struct lsn_value out;
    int64_t count;
    double steps;
    size_t i;

    for (i = 0; i < 3; i++)
        LSN_TRY(lsn_constant_read(im, i, &in[i], &data[i]));
    if (in[0].count != 1 || in[1].count != 1 || in[2].count != 1)
        return lsn_import_fail(im, LSN_E_MODEL, "its start, limit or delta is not one number");
    steps = ceil((data[1][0] - data[0][0]) / data[2][0]);
    if (!(fabs(steps) <= TIMES_MAX))
        return lsn_import_fail(im, LSN_E_MODEL, "makes %g numbers", steps);
    count = steps > 0 ? (int64_t)steps : 0;
    LSN_TRY(lsn_constant_start(im, 1, &count, in[0].integer && in[2].integer, &out));
    for (i = 0; i < (size_t)count; i++)
        out.constant.data[i] = data[0][0] + (double)i * data[2][0];
    return lsn_import_bind(im, 0, &out);
}
