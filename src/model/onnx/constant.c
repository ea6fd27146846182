/* Arithmetic on constants: what exporters compute shapes, pads and scales with. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "model/onnx/importer.h"

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

/* A result with these dims and no numbers in it yet. */
static enum lsn_status start(struct lsn_importer *im, int rank, const int64_t *dims, bool integer,
                             struct lsn_value *out)
{
    struct lsn_constant *k = &out->constant;
    int d;

    *out = (struct lsn_value){.is_constant = true};
    k->rank = rank;
    k->integer = integer;
    k->count = 1;
    for (d = 0; d < rank; d++) {
        k->dims[d] = dims[d];
        if (dims[d] < 0 || !lsn_mul_size(k->count, (size_t)dims[d], &k->count) ||
            k->count > COUNT_MAX)
            return lsn_import_fail(im, LSN_E_MODEL, "computes a constant with %jd along axis %d",
                                   (intmax_t)dims[d], d);
    }
    k->data = lsn_alloc(k->count, sizeof *k->data);
    if (!k->data)
        return lsn_fail_memory(im->err, "a constant");
    return LSN_OK;
}

/* Where element i of an array with these dims lies, given each axis's distance. */
static int64_t offset_of(size_t i, int rank, const int64_t *dims, const int64_t *distances)
{
    int64_t offset = 0;
    int d;

    for (d = rank - 1; d >= 0; d--) {
        offset += (int64_t)(i % (size_t)dims[d]) * distances[d];
        i /= (size_t)dims[d];
    }
    return offset;
}

/* Row-major distances of an array. */
static void distances_of(const struct lsn_constant *k, int64_t *distances)
{
    int64_t distance = 1;
    int d;

    for (d = k->rank - 1; d >= 0; d--) {
        distances[d] = distance;
        distance *= k->dims[d];
    }
}

/* The same numbers with other dims. */
static enum lsn_status reshaped(struct lsn_importer *im, const struct lsn_constant *from,
                                const double *data, int rank, const int64_t *dims)
{
    struct lsn_value out;

    LSN_TRY(start(im, rank, dims, from->integer, &out));
    if (out.constant.count != from->count) {
        lsn_free(out.constant.data);
        return lsn_import_fail(im, LSN_E_MODEL, "%zu numbers cannot be reshaped to %zu",
                               from->count, out.constant.count);
    }
    memcpy(out.constant.data, data, from->count * sizeof *data);
    return lsn_import_bind(im, 0, &out);
}

static enum lsn_status fold_constant(struct lsn_importer *im)
{
    const struct lsn_onnx_attribute *a = im->current->attribute_count ? im->current->attributes : NULL;
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
    LSN_TRY(start(im, a->type == 'I' || a->type == 'F', &count, a->type == 'i' || a->type == 'I',
                  &out));
    for (i = 0; i < out.constant.count; i++)
        out.constant.data[i] = a->type == 'i'   ? (double)a->i
                               : a->type == 'f' ? (double)a->f
                               : a->type == 'I' ? (double)a->ints[i]
                                                : (double)a->floats[i];
    return lsn_import_bind(im, 0, &out);
}

/* Shape's start and end attributes, and of a constant or a feature map. */
static enum lsn_status fold_shape(struct lsn_importer *im)
{
    struct lsn_value *in = lsn_import_input(im, 0), out;
    int rank = in->is_constant ? in->constant.rank : in->rank, first = 0, last = rank, i;
    int64_t count;

    LSN_TRY(lsn_import_int(im, "start", -rank, rank, &first));
    LSN_TRY(lsn_import_int(im, "end", -rank, LSN_RANK_MAX, &last));
    first += first < 0 ? rank : 0;
    last += last < 0 ? rank : 0;
    last = last > rank ? rank : last;
    count = last > first ? last - first : 0;
    LSN_TRY(start(im, 1, &count, true, &out));
    in = lsn_import_input(im, 0);
    for (i = 0; i < count; i++)
        out.constant.data[i] = in->is_constant ? (double)in->constant.dims[first + i]
                                               : (double)in->axes[first + i].size;
    return lsn_import_bind(im, 0, &out);
}

static double unary(const char *op, double x)
{
    switch (op[0]) {
    case 'F':
        return floor(x);
    case 'C':
        return op[1] == 'e' ? ceil(x) : x;
    case 'S':
        return sqrt(x);
    case 'N':
        return -x;
    default:
        return x;
    }
}

/* Identity, Dropout, Cast, Floor, Ceil, Sqrt, Neg. */
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
    LSN_TRY(start(im, from.rank, from.dims, integer, &out));
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
    case 'M':
        return a * b;
    case 'D':
        return integer ? (b != 0 ? trunc(a / b) : 0) : a / b;
    default:
        return pow(a, b);
    }
}

/* Add, Sub, Mul, Div, Pow with broadcasting. */
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
        distances_of(&in[j], own);
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
    LSN_TRY(start(im, rank, dims, in[0].integer && in[1].integer, &out));
    for (i = 0; i < out.constant.count; i++)
        out.constant.data[i] = binary(im->current->op, out.constant.integer,
                                      data[0][offset_of(i, rank, dims, distances[0])],
                                      data[1][offset_of(i, rank, dims, distances[1])]);
    return lsn_import_bind(im, 0, &out);
}

static enum lsn_status fold_gather(struct lsn_importer *im)
{
    const double *data, *indices;
    struct lsn_constant from, index;
    int64_t dims[2 * LSN_RANK_MAX], inner = 1;
    int axis = 0, rank = 0, d;
    struct lsn_value out;
    size_t i;

    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &data));
    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 1), &indices));
    from = lsn_import_input(im, 0)->constant;
    index = lsn_import_input(im, 1)->constant;
    LSN_TRY(lsn_import_int(im, "axis", -LSN_RANK_MAX, LSN_RANK_MAX, &axis));
    LSN_TRY(lsn_import_axis(im, axis, from.rank, &axis));
    for (d = 0; d < axis; d++)
        dims[rank++] = from.dims[d];
    for (d = 0; d < index.rank; d++)
        dims[rank++] = index.dims[d];
    for (d = axis + 1; d < from.rank; d++) {
        dims[rank++] = from.dims[d];
        inner *= from.dims[d];
    }
    if (rank > LSN_RANK_MAX)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its result has %d dimensions", rank);
    for (i = 0; i < index.count; i++)
        if (!(indices[i] >= -(double)from.dims[axis] && indices[i] < (double)from.dims[axis]))
            return lsn_import_fail(im, LSN_E_MODEL, "index %g is outside %jd elements", indices[i],
                                   (intmax_t)from.dims[axis]);
    LSN_TRY(start(im, rank, dims, from.integer, &out));
    for (i = 0; i < out.constant.count; i++) {
        size_t in = i % (size_t)inner, rest = i / (size_t)inner;
        int64_t at = (int64_t)indices[rest % index.count], outer = (int64_t)(rest / index.count);

        at += at < 0 ? from.dims[axis] : 0;
        out.constant.data[i] = data[(outer * from.dims[axis] + at) * inner + (int64_t)in];
    }
    return lsn_import_bind(im, 0, &out);
}

/* Sum of the inputs' lengths along axis, checking that the rest agrees. */
static enum lsn_status concat_dims(struct lsn_importer *im, int *axis, struct lsn_constant *shape)
{
    size_t i;
    int d;

    *shape = lsn_import_input(im, 0)->constant;
    *axis = 0;
    LSN_TRY(lsn_import_int(im, "axis", -LSN_RANK_MAX, LSN_RANK_MAX, axis));
    LSN_TRY(lsn_import_axis(im, *axis, shape->rank, axis));
    for (i = 1; i < im->current->input_count; i++) {
        const struct lsn_constant *k = &lsn_import_input(im, i)->constant;

        for (d = 0; d < shape->rank; d++)
            if (k->rank != shape->rank || (d != *axis && k->dims[d] != shape->dims[d]))
                return lsn_import_fail(im, LSN_E_MODEL, "its constants do not fit together");
        shape->dims[*axis] += k->dims[*axis];
        shape->integer = shape->integer && k->integer;
    }
    return LSN_OK;
}

static enum lsn_status fold_concat(struct lsn_importer *im)
{
    struct lsn_constant shape;
    struct lsn_value out;
    size_t outer = 1, i, o, done = 0, row = 1;
    enum lsn_status status = LSN_OK;
    int axis, d;

    LSN_TRY(concat_dims(im, &axis, &shape));
    LSN_TRY(start(im, shape.rank, shape.dims, shape.integer, &out));
    for (d = 0; d < axis; d++)
        outer *= (size_t)shape.dims[d];
    for (d = axis; d < shape.rank; d++)
        row *= (size_t)shape.dims[d];
    for (i = 0; i < im->current->input_count && status == LSN_OK; i++) {
        const double *data;
        size_t part = outer ? lsn_import_input(im, i)->constant.count / outer : 0;

        status = lsn_import_numbers(im, lsn_import_input(im, i), &data);
        for (o = 0; o < outer && status == LSN_OK; o++)
            memcpy(out.constant.data + o * row + done, data + o * part, part * sizeof *data);
        done += part;
    }
    if (status != LSN_OK) {
        lsn_free(out.constant.data);
        return status;
    }
    return lsn_import_bind(im, 0, &out);
}

static enum lsn_status fold_reshape(struct lsn_importer *im)
{
    struct lsn_constant from = lsn_import_input(im, 0)->constant;
    int64_t *target, dims[LSN_RANK_MAX];
    const double *data;
    enum lsn_status status;
    bool zero_is_zero = false;
    size_t count;

    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &data));
    LSN_TRY(lsn_import_flag(im, "allowzero", &zero_is_zero));
    LSN_TRY(lsn_import_list(im, 1, "shape", &target, &count));
    status = lsn_import_target(im, from.dims, from.rank, (int64_t)from.count, target, count,
                               zero_is_zero);
    if (status == LSN_OK)
        memcpy(dims, target, count * sizeof *dims);
    lsn_free(target);
    LSN_TRY(status);
    return reshaped(im, &from, data, (int)count, dims);
}

/* Squeeze and Unsqueeze; axes by list or, for Squeeze, all of size 1. */
static enum lsn_status fold_squeeze(struct lsn_importer *im)
{
    struct lsn_constant from = lsn_import_input(im, 0)->constant;
    bool adds = im->current->op[0] == 'U', listed[LSN_RANK_MAX] = {false};
    int64_t *list, dims[LSN_RANK_MAX] = {0};
    int rank, in = 0, out = 0, d, axis = 0;
    enum lsn_status status = LSN_OK;
    const double *data;
    size_t count, i;

    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &data));
    LSN_TRY(lsn_import_list(im, 1, "axes", &list, &count));
    rank = from.rank + (adds ? (int)(count < LSN_RANK_MAX ? count : LSN_RANK_MAX) : 0);
    if (rank > LSN_RANK_MAX)
        status = lsn_import_fail(im, LSN_E_UNSUPPORTED, "its result has %d dimensions", rank);
    for (i = 0; i < count && status == LSN_OK; i++) {
        status = lsn_import_axis(im, list[i], rank, &axis);
        listed[axis] = status == LSN_OK;
    }
    for (d = 0; d < rank && status == LSN_OK; d++) {
        if (adds && listed[d])
            dims[out++] = 1;
        else if (adds || !(listed[d] || (!list && from.dims[d] == 1)))
            dims[out++] = in < from.rank ? from.dims[in++] : 1;
        else
            in++;
    }
    lsn_free(list);
    LSN_TRY(status);
    return reshaped(im, &from, data, out, dims);
}

static enum lsn_status fold_transpose(struct lsn_importer *im)
{
    struct lsn_constant from = lsn_import_input(im, 0)->constant;
    int perm[LSN_RANK_MAX], d;
    int64_t own[LSN_RANK_MAX], dims[LSN_RANK_MAX], distances[LSN_RANK_MAX];
    const double *data;
    struct lsn_value out;
    size_t i;

    for (d = 0; d < from.rank; d++)
        perm[d] = from.rank - 1 - d;
    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &data));
    LSN_TRY(lsn_import_ints(im, "perm", (size_t)from.rank, 0, from.rank - 1, perm));
    distances_of(&from, own);
    for (d = 0; d < from.rank; d++) {
        dims[d] = from.dims[perm[d]];
        distances[d] = own[perm[d]];
    }
    LSN_TRY(start(im, from.rank, dims, from.integer, &out));
    for (i = 0; i < out.constant.count && i < from.count; i++)
        out.constant.data[i] = data[offset_of(i, from.rank, dims, distances)];
    return lsn_import_bind(im, 0, &out);
}

/* Slice along one axis, of a constant of any rank: shapes and pads need no more. */
static enum lsn_status fold_slice(struct lsn_importer *im)
{
    struct lsn_constant from = lsn_import_input(im, 0)->constant;
    int64_t *lists[4], distances[LSN_RANK_MAX], dims[LSN_RANK_MAX], first = 0, length = 0;
    static const char *const names[4] = {"starts", "ends", "axes", "steps"};
    enum lsn_status status = LSN_OK;
    size_t counts[4] = {0}, i;
    const double *data;
    struct lsn_value out;
    int axis = 0, j;

    memset(lists, 0, sizeof lists);
    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &data));
    for (j = 0; j < 4 && status == LSN_OK; j++)
        status = lsn_import_list(im, (size_t)j + 1, names[j], &lists[j], &counts[j]);
    if (status == LSN_OK && (counts[0] != 1 || counts[1] != 1 || counts[2] > 1 || counts[3] > 1 ||
                             (lists[3] && lists[3][0] == 0)))
        status = lsn_import_fail(im, LSN_E_UNSUPPORTED, "slices a constant along %zu axes, one is "
                                 "supported", counts[0]);
    if (status == LSN_OK)
        status = lsn_import_axis(im, lists[2] ? lists[2][0] : 0, from.rank, &axis);
    memcpy(dims, from.dims, sizeof dims);
    distances_of(&from, distances);
    if (status == LSN_OK) {
        int64_t step = lists[3] ? lists[3][0] : 1;

        lsn_import_range(lists[0][0], lists[1][0], step, from.dims[axis], &first, &length);
        first *= distances[axis];
        distances[axis] *= step;
        dims[axis] = length;
        status = start(im, from.rank, dims, from.integer, &out);
    }
    for (j = 0; j < 4; j++)
        lsn_free(lists[j]);
    LSN_TRY(status);
    for (i = 0; i < out.constant.count; i++)
        out.constant.data[i] = data[first + offset_of(i, from.rank, dims, distances)];
    return lsn_import_bind(im, 0, &out);
}

static enum lsn_status fold_constant_of_shape(struct lsn_importer *im)
{
    const struct lsn_onnx_attribute *value = lsn_onnx_attribute(im->current, "value");
    int64_t dims[LSN_RANK_MAX];
    double *fill = NULL, number = 0;
    const double *shape;
    struct lsn_value out;
    size_t i, rank;

    LSN_TRY(lsn_import_numbers(im, lsn_import_input(im, 0), &shape));
    rank = lsn_import_input(im, 0)->constant.count;
    if (rank > LSN_RANK_MAX || (value && (value->type != 't' || value->t.count != 1)))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its shape or value is not supported");
    if (value) {
        LSN_TRY(lsn_onnx_doubles(&im->onnx, &value->t, &fill, im->err));
        number = fill[0];
        lsn_free(fill);
    }
    for (i = 0; i < rank; i++)
        dims[i] = (int64_t)shape[i];
    LSN_TRY(start(im, (int)rank, dims, value && lsn_onnx_is_integer(&value->t), &out));
    for (i = 0; i < out.constant.count; i++)
        out.constant.data[i] = number;
    return lsn_import_bind(im, 0, &out);
}

enum lsn_status lsn_import_fold(struct lsn_importer *im, bool *folded)
{
    static const struct {
        const char *op;
        size_t inputs; /* that must be there */
        enum lsn_status (*fold)(struct lsn_importer *);
    } table[] = {
        {"Constant", 0, fold_constant},
        {"Identity", 1, fold_unary},
        {"Dropout", 1, fold_unary},
        {"Cast", 1, fold_unary},
        {"Floor", 1, fold_unary},
        {"Ceil", 1, fold_unary},
        {"Sqrt", 1, fold_unary},
        {"Neg", 1, fold_unary},
        {"Add", 2, fold_binary},
        {"Sub", 2, fold_binary},
        {"Mul", 2, fold_binary},
        {"Div", 2, fold_binary},
        {"Pow", 2, fold_binary},
        {"Gather", 2, fold_gather},
        {"Concat", 1, fold_concat},
        {"Reshape", 1, fold_reshape},
        {"Squeeze", 1, fold_squeeze},
        {"Unsqueeze", 1, fold_squeeze},
        {"Transpose", 1, fold_transpose},
        {"Slice", 1, fold_slice},
        {"ConstantOfShape", 1, fold_constant_of_shape},
    };
    size_t i, j;

    *folded = true;
    if (strcmp(im->current->op, "Shape") == 0 && lsn_import_input(im, 0))
        return fold_shape(im);
    *folded = false;
    for (i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(im->current->op, table[i].op) == 0)
            break;
    if (i == sizeof table / sizeof table[0] || im->current->input_count < table[i].inputs)
        return LSN_OK;
    for (j = 0; j < im->current->input_count; j++) {
        const struct lsn_value *in = lsn_import_input(im, j);

        if (in ? !in->is_constant : j < table[i].inputs || im->current->inputs[j][0])
            return LSN_OK;
    }
    *folded = true;
    return table[i].fold(im);
}
