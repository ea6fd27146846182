/* What the axes of a value stand for. */
#include "model/onnx/importer.h"

struct lsn_shape lsn_value_shape(const struct lsn_importer *im, const struct lsn_value *value)
{
    return im->graph->nodes[value->node].shape;
}

bool lsn_axis_is_whole(const struct lsn_axis *axis, enum lsn_axis_kind kind, int size)
{
    if (size == 1)
        return axis->kind == LSN_AXIS_ONE;
    return axis->kind == kind && axis->size == size &&
           (kind != LSN_AXIS_CHANNEL || axis->step == 1);
}

static struct lsn_axis axis_of(enum lsn_axis_kind kind, int size)
{
    return (struct lsn_axis){size == 1 ? LSN_AXIS_ONE : kind, size, 1};
}

struct lsn_value lsn_value_nchw(const struct lsn_importer *im, int node)
{
    struct lsn_shape s = im->graph->nodes[node].shape;

    return (struct lsn_value){
        .node = node,
        .rank = 4,
        .axes = {axis_of(LSN_AXIS_ONE, 1), axis_of(LSN_AXIS_CHANNEL, s.c),
                 axis_of(LSN_AXIS_ROW, s.h), axis_of(LSN_AXIS_COLUMN, s.w)},
    };
}

enum lsn_axis_kind lsn_value_axis_kind(const struct lsn_value *value, int d)
{
    if (value->axes[d].kind == LSN_AXIS_ONE && value->rank == 4)
        return d == 1   ? LSN_AXIS_CHANNEL
               : d == 2 ? LSN_AXIS_ROW
               : d == 3 ? LSN_AXIS_COLUMN
                        : LSN_AXIS_ONE;
    return value->axes[d].kind;
}
