/* Constants of more than shapes: weights that the graph itself reduces, clips, repeats,
 * chooses from or unpacks (weight standardisation, cosine heads, int8). */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/onnx/constant.h"

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

/* (x - zero point) * scale, both one number or one for each index of an axis. */
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
