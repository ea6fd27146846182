/* Attributes of the current node. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"

static enum lsn_status find(struct lsn_importer *im, const char *name, char type,
                            const struct lsn_onnx_attribute **attribute)
{
    *attribute = lsn_onnx_attribute(im->current, name);
    if (*attribute && (*attribute)->type != type)
        return lsn_import_fail(im, LSN_E_MODEL, "attribute '%s' is not of its type", name);
    return LSN_OK;
}

static enum lsn_status check_range(struct lsn_importer *im, const char *name, int64_t value,
                                   int64_t low, int64_t high)
{
    if (value < low || value > high)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "attribute '%s' is %jd, supported are %jd ... %jd", name,
                               (intmax_t)value, (intmax_t)low, (intmax_t)high);
    return LSN_OK;
}

enum lsn_status lsn_import_int(struct lsn_importer *im, const char *name, int64_t low, int64_t high,
                               int *value)
{
    const struct lsn_onnx_attribute *attribute;

    LSN_TRY(find(im, name, 'i', &attribute));
    if (!attribute)
        return LSN_OK;
    LSN_TRY(check_range(im, name, attribute->i, low, high));
    *value = (int)attribute->i;
    return LSN_OK;
}

enum lsn_status lsn_import_flag(struct lsn_importer *im, const char *name, bool *value)
{
    int number = *value;

    LSN_TRY(lsn_import_int(im, name, 0, 1, &number));
    *value = number != 0;
    return LSN_OK;
}

enum lsn_status lsn_import_float(struct lsn_importer *im, const char *name, float *value)
{
    const struct lsn_onnx_attribute *attribute;

    LSN_TRY(find(im, name, 'f', &attribute));
    if (attribute)
        *value = attribute->f;
    return LSN_OK;
}

enum lsn_status lsn_import_ints(struct lsn_importer *im, const char *name, size_t count,
                                int64_t low, int64_t high, int *values)
{
    const struct lsn_onnx_attribute *attribute;
    size_t i;

    LSN_TRY(find(im, name, 'I', &attribute));
    if (!attribute)
        return LSN_OK;
    if (attribute->count != count)
        return lsn_import_fail(
            im, LSN_E_UNSUPPORTED, "attribute '%s' has %zu value%s, %zu %s supported", name,
            attribute->count, lsn_plural(attribute->count), count, count == 1 ? "is" : "are");
    for (i = 0; i < count; i++) {
        LSN_TRY(check_range(im, name, attribute->ints[i], low, high));
        values[i] = (int)attribute->ints[i];
    }
    return LSN_OK;
}

enum lsn_status lsn_import_string(struct lsn_importer *im, const char *name,
                                  const char *const *choices, int *chosen)
{
    const struct lsn_onnx_attribute *attribute;
    int i;

    LSN_TRY(find(im, name, 's', &attribute));
    if (!attribute)
        return LSN_OK;
    for (i = 0; choices[i]; i++)
        if (strlen(choices[i]) == attribute->s_length &&
            memcmp(choices[i], attribute->s, attribute->s_length) == 0) {
            *chosen = i;
            return LSN_OK;
        }
    return lsn_import_fail(im, LSN_E_UNSUPPORTED, "attribute '%s' is '%.*s', not supported", name,
                           (int)attribute->s_length, attribute->s);
}

/* Slice writes "to the end" as the largest integer. Half of it means the same, and sums of two such
 * numbers do not overflow. */
static int64_t cut_int(int64_t value)
{
    return value > INT64_MAX / 2 ? INT64_MAX / 2 : value < INT64_MIN / 2 ? INT64_MIN / 2 : value;
}

/* The same for numbers that were read as double; value is not NaN. */
static int64_t cut_double(double value)
{
    return value >= 0x1p62 ? INT64_MAX / 2 : value <= -0x1p62 ? INT64_MIN / 2 : (int64_t)value;
}

enum lsn_status lsn_import_list(struct lsn_importer *im, size_t i, const char *attribute,
                                int64_t **list, size_t *count)
{
    struct lsn_value *value = lsn_import_input(im, i);
    const struct lsn_onnx_attribute *ints;
    const double *data = NULL;
    size_t j;

    *list = NULL;
    *count = 0;
    LSN_TRY(find(im, attribute, 'I', &ints));
    if (!value && !ints)
        return LSN_OK;
    if (value && !value->is_constant)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its %s must be constant", attribute);
    if (value)
        LSN_TRY(lsn_import_numbers(im, value, &data));
    for (j = 0; value && j < value->constant.count; j++)
        if (!(trunc(data[j]) == data[j]))
            return lsn_import_fail(im, LSN_E_MODEL, "its %s must be whole numbers, not %g",
                                   attribute, data[j]);
    *count = value ? value->constant.count : ints->count;
    *list = lsn_alloc(*count, sizeof **list);
    if (!*list)
        return lsn_fail_memory(im->err, "a list of numbers");
    for (j = 0; j < *count; j++)
        (*list)[j] = value ? cut_double(data[j]) : cut_int(ints->ints[j]);
    return LSN_OK;
}

enum lsn_status lsn_import_scalar(struct lsn_importer *im, size_t i, const char *attribute,
                                  float *value)
{
    struct lsn_value *in = lsn_import_input(im, i);
    const double *data;

    if (!in)
        return lsn_import_float(im, attribute, value);
    LSN_TRY(lsn_import_numbers(im, in, &data));
    if (in->constant.count != 1)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "its %s is not one number", attribute);
    *value = (float)data[0];
    return LSN_OK;
}

#define EXTENT_MAX 65536

/* SAME_UPPER and SAME_LOWER: as much padding as makes the output ceil(input / stride) long; of an
 * odd number of pixels the last one is added below and right (upper), or above and left. More than
 * an int holds becomes INT_MAX, which the graph refuses. */
static void same_pads(struct lsn_attributes *a, const int size[2], bool upper)
{
    int i;

    for (i = 0; i < 2; i++) {
        int64_t out = ((int64_t)size[i] + a->stride[i] - 1) / a->stride[i];
        int64_t window = (int64_t)(a->kernel[i] - 1) * a->dilation[i] + 1, before;
        int64_t total = (out - 1) * a->stride[i] + window - size[i];

        total = total < 0 ? 0 : total > INT_MAX ? INT_MAX : total;
        before = upper ? total / 2 : total - total / 2;
        a->pads[i] = (int)before;
        a->pads[i + 2] = (int)(total - before);
    }
}

/* kernel_shape, strides, dilations, pads and auto_pad. */
enum lsn_status lsn_import_window(struct lsn_importer *im, struct lsn_shape in,
                                  struct lsn_attributes *a)
{
    static const char *const auto_pads[] = {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", NULL};
    const int size[2] = {in.h, in.w};
    int auto_pad = 0;

    LSN_TRY(lsn_import_ints(im, "kernel_shape", 2, 1, EXTENT_MAX, a->kernel));
    LSN_TRY(lsn_import_ints(im, "strides", 2, 1, EXTENT_MAX, a->stride));
    LSN_TRY(lsn_import_ints(im, "dilations", 2, 1, EXTENT_MAX, a->dilation));
    LSN_TRY(lsn_import_string(im, "auto_pad", auto_pads, &auto_pad));
    if (auto_pad == 0)
        return lsn_import_ints(im, "pads", 4, 0, EXTENT_MAX, a->pads);
    if (auto_pad != 3)
        same_pads(a, size, auto_pad == 1);
    return LSN_OK;
}
