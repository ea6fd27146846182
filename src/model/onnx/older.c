/* Files of opset 6. Most ops mean what they mean in opset 7. Those of two inputs broadcast
 * otherwise: only where the attribute broadcast is set, and axis 0 of the second input is then
 * matched with axis `axis` of the first. With axes of size 1 added after its own the second input
 * is matched so in opset 7, too: that is the input that replaces it. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"
#include "model/onnx/walk.h"

#define NEWER 7 /* the first opset that broadcasts as NumPy does */

bool lsn_import_is_old_attribute(const struct lsn_importer *im, const char *name)
{
    static const char *const attributes[][2] = {
        {"Add", "axis"},        {"Add", "broadcast"},  {"Sub", "axis"},
        {"Sub", "broadcast"},   {"Mul", "axis"},       {"Mul", "broadcast"},
        {"Div", "axis"},        {"Div", "broadcast"},  {"Pow", "axis"},
        {"Pow", "broadcast"},   {"Gemm", "broadcast"}, {"BatchNormalization", "is_test"},
        {"Dropout", "is_test"},
    };
    size_t i;

    for (i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        if (im->onnx.opset < NEWER && strcmp(attributes[i][0], im->current->op) == 0 &&
            strcmp(attributes[i][1], name) == 0)
            return true;
    return false;
}

static int rank_of(const struct lsn_value *value)
{
    return value->is_constant ? value->constant.rank : value->rank;
}

/* Adds axes of size 1 after value's own. */
static void add_axes(struct lsn_value *value, int more)
{
    int d;

    for (d = 0; d < more; d++)
        if (value->is_constant)
            value->constant.dims[value->constant.rank++] = 1;
        else
            value->axes[value->rank++] = (struct lsn_axis){LSN_AXIS_ONE, 1, 1};
}

/* The axis of the first input that the second one begins at; -1: as opset 7 has it. */
static enum lsn_status read_axis(struct lsn_importer *im, int *axis)
{
    *axis = -1;
    if (strcmp(im->current->op, "PRelu") == 0) {
        *axis = 1;
        return LSN_OK;
    }
    if (!lsn_import_is_old_attribute(im, "axis"))
        return LSN_OK;
    return lsn_import_int(im, "axis", 0, LSN_RANK_MAX - 1, axis);
}

enum lsn_status lsn_import_align_input(struct lsn_importer *im)
{
    struct lsn_value *first = lsn_import_input(im, 0), *second = lsn_import_input(im, 1);
    int axis, more, test = 1;

    if (im->onnx.opset >= NEWER)
        return LSN_OK;
    if (strcmp(im->current->op, "BatchNormalization") == 0)
        return lsn_import_int(im, "is_test", 1, 1, &test);
    LSN_TRY(read_axis(im, &axis));
    if (axis < 0 || !first || !second || rank_of(second) == 0)
        return LSN_OK;
    more = rank_of(first) - axis - rank_of(second);
    if (strcmp(im->current->op, "PRelu") == 0 && (rank_of(second) != 1 || more < 0))
        return LSN_OK;
    if (more < 0)
        return lsn_import_fail(im, LSN_E_MODEL,
                               "its second input of %d dimension%s does not fit the first one's %d "
                               "from axis %d on",
                               rank_of(second), lsn_plural((size_t)rank_of(second)), rank_of(first),
                               axis);
    im->aligned = *second;
    im->is_aligned = true;
    if (second->is_constant && second->constant.stored)
        im->aligned.constant.data = NULL; /* fetched anew: the other one keeps its own */
    add_axes(&im->aligned, more);
    return LSN_OK;
}

void lsn_import_end_alignment(struct lsn_importer *im)
{
    if (im->is_aligned && im->aligned.is_constant && im->aligned.constant.stored)
        lsn_free(im->aligned.constant.data);
    im->is_aligned = false;
}
