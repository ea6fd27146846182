/* Resize and Upsample: each output row or column is a weighted sum of input ones. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/move.h"

#define EXTENT_MAX 65536

enum mode { NEAREST, LINEAR, CUBIC };
enum coordinates {
    HALF_PIXEL,
    ASYMMETRIC,
    ALIGN_CORNERS,
    PYTORCH_HALF_PIXEL,
    HALF_PIXEL_SYMMETRIC
};
enum rounding { ROUND_PREFER_FLOOR, ROUND_PREFER_CEIL, FLOOR, CEIL };

struct resize {
    int mode, coordinates, rounding;
    float cubic_a;
    size_t numbers; /* of scales or sizes: 4, of all dimensions, or 2 where axes names them */
};

/* Height or width: n rows (or columns) become count; scale is what the file says, or count / n. */
struct length {
    int n, count;
    double scale;
};

/* Where output row i lies among the input's rows, by the formulas of ONNX's page of Resize. In
 * float, as ONNX Runtime computes: the result is rounded next, and may lie at an edge (the floor of
 * 2 / 0.4f is 5 in float and 4 in double). PyTorch multiplies by 1 / scale, which may give a
 * neighbour (findings/nearest-resize-export.sh). */
static float source_of(const struct resize *r, const struct length *length, int i)
{
    float n = (float)length->n, count = (float)length->count, at = (float)i;
    float scale = (float)length->scale, offset;

    switch (r->coordinates) {
    case ASYMMETRIC:
        return at / scale;
    case ALIGN_CORNERS:
        return length->count == 1 ? 0 : at * (n - 1) / (count - 1);
    case PYTORCH_HALF_PIXEL:
        return length->count == 1 ? 0 : (at + 0.5f) / scale - 0.5f;
    case HALF_PIXEL_SYMMETRIC:
        offset = n / 2 * (1 - count / (scale * n));
        return offset + (at + 0.5f) / scale - 0.5f;
    default:
        return (at + 0.5f) / scale - 0.5f;
    }
}

static int clamped(double x, int n)
{
    return x < 0 ? 0 : x > n - 1 ? n - 1 : (int)x;
}

static double rounded(int rounding, double x)
{
    switch (rounding) {
    case ROUND_PREFER_FLOOR:
        return ceil(x - 0.5);
    case ROUND_PREFER_CEIL:
        return floor(x + 0.5);
    case FLOOR:
        return floor(x);
    default:
        return ceil(x);
    }
}

/* The weight of an input row at distance d in cubic interpolation (Keys 1981). */
static double cubic(double a, double d)
{
    d = fabs(d);
    return d <= 1  ? ((a + 2) * d - (a + 3)) * d * d + 1
           : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
                   : 0;
}

/* Adds the weights of output row i to row [n]; beyond the edges the input continues with its
 * edge. */
static void weigh(const struct resize *r, const struct length *length, int i, float *row)
{
    double x = (double)source_of(r, length, i), low, share;
    int tap;

    if (r->mode == NEAREST) {
        row[clamped(rounded(r->rounding, x), length->n)] = 1;
        return;
    }
    if (r->mode == LINEAR)
        x = x < 0 ? 0 : x > length->n - 1 ? length->n - 1 : x;
    low = floor(x);
    share = x - low;
    if (r->mode == LINEAR) {
        row[clamped(low, length->n)] += (float)(1 - share);
        row[clamped(low + 1, length->n)] += (float)share;
        return;
    }
    for (tap = -1; tap <= 2; tap++)
        row[clamped(low + tap, length->n)] += (float)cubic((double)r->cubic_a, share - tap);
}

/* The weights of all output rows, [count][n], fresh; NULL: out of memory. */
static float *weights_of(const struct resize *r, const struct length *length)
{
    float *weights = lsn_alloc_floats((size_t)length->n * (size_t)length->count);
    int i;

    for (i = 0; weights && i < length->count; i++)
        weigh(r, length, i, weights + (size_t)i * (size_t)length->n);
    return weights;
}

static enum lsn_status read_options(struct lsn_importer *im, struct resize *r)
{
    static const char *const modes[] = {"nearest", "linear", "cubic", NULL};
    static const char *const coordinates[] = {"half_pixel",           "asymmetric",
                                              "align_corners",        "pytorch_half_pixel",
                                              "half_pixel_symmetric", NULL};
    static const char *const roundings[] = {"round_prefer_floor", "round_prefer_ceil", "floor",
                                            "ceil", NULL};
    static const char *const policies[] = {"stretch", NULL};
    int zero = 0, axes[2] = {0, 0};

    /* Before opset 11, and in Upsample, these cannot be chosen. */
    if (im->onnx.opset < 11 || strcmp(im->current->op, "Upsample") == 0) {
        r->coordinates = ASYMMETRIC;
        r->rounding = FLOOR;
    }
    LSN_TRY(lsn_import_string(im, "mode", modes, &r->mode));
    LSN_TRY(lsn_import_string(im, "coordinate_transformation_mode", coordinates, &r->coordinates));
    LSN_TRY(lsn_import_string(im, "nearest_mode", roundings, &r->rounding));
    LSN_TRY(lsn_import_string(im, "keep_aspect_ratio_policy", policies, &zero));
    LSN_TRY(lsn_import_float(im, "cubic_coeff_a", &r->cubic_a));
    LSN_TRY(lsn_import_int(im, "antialias", 0, 0, &zero));
    LSN_TRY(lsn_import_ints(im, "axes", 2, -4, 3, axes));
    r->numbers = lsn_onnx_attribute(im->current, "axes") ? 2 : 4;
    if (r->numbers == 2 && ((axes[0] + 4) % 4 != 2 || (axes[1] + 4) % 4 != 3))
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "resizes axes %d and %d; height and width, 2 and 3, can be resized",
                               axes[0], axes[1]);
    return lsn_import_int(im, "exclude_outside", 0, 0, &zero);
}

/* Reads constant input i, scales or sizes: *data are the two for height and width; NULL where it is
 * left out or empty. same: what its number for channels must be. */
static enum lsn_status read_numbers(struct lsn_importer *im, const struct resize *r, size_t i,
                                    int same, const double **data)
{
    struct lsn_value *in = lsn_import_input(im, i);

    *data = NULL;
    if (!in || (in->is_constant && in->constant.count == 0))
        return LSN_OK;
    LSN_TRY(lsn_import_numbers(im, in, data));
    if (in->constant.count != r->numbers)
        return lsn_import_fail(im, LSN_E_MODEL, "has %zu scale%s or size%s, not %zu",
                               in->constant.count, lsn_plural(in->constant.count),
                               lsn_plural(in->constant.count), r->numbers);
    if (r->numbers == 2)
        return LSN_OK;
    if ((*data)[0] != 1 || (*data)[1] != same)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "resizes more than height and width");
    *data += 2;
    return LSN_OK;
}

/* How long height and width become. */
static enum lsn_status read_lengths(struct lsn_importer *im, const struct resize *r,
                                    struct lsn_shape s, struct length *lengths)
{
    bool old = im->onnx.opset < 11 || strcmp(im->current->op, "Upsample") == 0;
    const int n[2] = {s.h, s.w};
    const double *scales, *sizes = NULL;
    double count;
    int i;

    LSN_TRY(read_numbers(im, r, old ? 1 : 2, 1, &scales));
    if (!old)
        LSN_TRY(read_numbers(im, r, 3, s.c, &sizes));
    for (i = 0; i < 2; i++) {
        if (!scales && !sizes)
            return lsn_import_fail(im, LSN_E_MODEL, "has neither scales nor sizes");
        count = sizes ? sizes[i] : (double)floorf((float)n[i] * (float)scales[i]);
        if (!(count >= 1 && count <= EXTENT_MAX))
            return lsn_import_fail(im, LSN_E_MODEL, "resizes %d rows or columns to %g", n[i],
                                   count);
        lengths[i] = (struct length){n[i], (int)count, sizes ? count / n[i] : scales[i]};
    }
    return LSN_OK;
}

enum lsn_status lsn_import_resize(struct lsn_importer *im)
{
    struct resize r = {NEAREST, HALF_PIXEL, ROUND_PREFER_FLOOR, -0.75f, 4};
    struct lsn_value *in, out;
    enum lsn_status status;
    struct length lengths[2];
    float *rows, *columns;

    LSN_TRY(lsn_import_nchw(im, 0, &in));
    LSN_TRY(read_options(im, &r));
    LSN_TRY(read_lengths(im, &r, lsn_value_shape(im, in), lengths));
    rows = weights_of(&r, &lengths[0]);
    columns = weights_of(&r, &lengths[1]);
    out = *in;
    if (rows && columns)
        status = lsn_import_resample(im, &out, lengths[0].count, rows, lengths[1].count, columns);
    else
        status = lsn_fail_memory(im->err, "weights of rows");
    lsn_free(rows);
    lsn_free(columns);
    LSN_TRY(status);
    out = lsn_value_nchw(im, out.node);
    return lsn_import_bind(im, 0, &out);
}
