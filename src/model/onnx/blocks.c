/* Blocks of size x size pixels as channels (SpaceToDepth) and back (DepthToSpace), also where
 * exporters write these as a Reshape, a Transpose and a Reshape. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/move.h"

/* Of each block of `size` rows (or columns) only the one at `place` in it is kept. */
static enum lsn_status take_place(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                  int size, int place)
{
    struct lsn_shape s = lsn_value_shape(im, value);
    int count = (rows ? s.h : s.w) / size, i, *from = lsn_alloc((size_t)count, sizeof *from);
    enum lsn_status status;

    if (!from)
        return lsn_fail_memory(im->err, "a list of rows");
    for (i = 0; i < count; i++)
        from[i] = place + i * size;
    status = lsn_import_take_spatial(im, value, rows, from, count);
    lsn_free(from);
    return status;
}

/* The reverse: each row (or column) becomes the one at `place` of a block of `size`; the others of
 * the block are zeroes. */
static enum lsn_status put_place(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                 int size, int place)
{
    struct lsn_shape s = lsn_value_shape(im, value);
    int count = (rows ? s.h : s.w) * size, i, *from = lsn_alloc((size_t)count, sizeof *from);
    enum lsn_status status;

    if (!from)
        return lsn_fail_memory(im->err, "a list of rows");
    for (i = 0; i < count; i++)
        from[i] = i % size == place ? i / size : -1;
    status = lsn_import_take_spatial(im, value, rows, from, count);
    lsn_free(from);
    return status;
}

#define BLOCK_MAX 64

static enum lsn_status check_block(struct lsn_importer *im, const struct lsn_value *value, int size)
{
    if (size > BLOCK_MAX || value->rank == LSN_RANK_MAX)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "makes blocks of %d rows or columns, or %d dimensions; at most %d "
                               "and %d are supported",
                               size, value->rank + 1, BLOCK_MAX, LSN_RANK_MAX);
    return LSN_OK;
}

/* For each place in a block the rows at that place are taken, and the maps of all places
 * concatenated: channel c of place p is channel p * channels + c. */
enum lsn_status lsn_import_split_blocks(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                        int d, int size)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONCAT);
    int parts[BLOCK_MAX], place, c;
    struct lsn_value part;

    LSN_TRY(check_block(im, value, size));
    LSN_TRY(lsn_import_order_channels(im, value));
    c = lsn_value_shape(im, value).c;
    for (place = 0; place < size; place++) {
        part = *value;
        LSN_TRY(take_place(im, &part, rows, size, place));
        parts[place] = part.node;
    }
    LSN_TRY(lsn_import_emit(im, &node, "blocks", size, parts, &part.node));
    *value = part;
    memmove(&value->axes[d + 2], &value->axes[d + 1],
            (size_t)(value->rank++ - d - 1) * sizeof value->axes[0]);
    value->axes[d + 1] = (struct lsn_axis){LSN_AXIS_CHANNEL, size, c};
    return LSN_OK;
}

enum lsn_status lsn_import_merge_blocks(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                        int d)
{
    int size = value->axes[d].size, sum[2];
    struct lsn_value part = *value;
    struct lsn_node node;
    int64_t place;

    LSN_TRY(check_block(im, value, size));
    for (place = 0; place < size; place++) {
        part = *value;
        LSN_TRY(lsn_import_take(im, &part, d, &place, 1));
        LSN_TRY(put_place(im, &part, rows, size, (int)place));
        sum[1] = part.node;
        node = lsn_node_default(LSN_OP_ADD);
        if (place > 0)
            LSN_TRY(lsn_import_emit(im, &node, "sum", 2, sum, &sum[1]));
        sum[0] = sum[1];
    }
    *value = part;
    value->node = sum[0];
    return LSN_OK;
}

static enum lsn_status block_size(struct lsn_importer *im, int *size)
{
    *size = 0;
    LSN_TRY(lsn_import_int(im, "blocksize", 1, BLOCK_MAX, size));
    return *size ? LSN_OK : lsn_import_fail(im, LSN_E_MODEL, "has no blocksize");
}

/* Channel (y * size + x) * channels + c of the result is channel c at row y, column x of each
 * block. */
enum lsn_status lsn_import_space_to_depth(struct lsn_importer *im)
{
    struct lsn_value *in, split, out;
    struct lsn_shape s;
    int size;

    LSN_TRY(lsn_import_nchw(im, 0, &in));
    LSN_TRY(block_size(im, &size));
    s = lsn_value_shape(im, in);
    if (s.h % size != 0 || s.w % size != 0)
        return lsn_import_fail(im, LSN_E_MODEL, "%d x %d does not divide into blocks of %d", s.h,
                               s.w, size);
    split = *in;
    LSN_TRY(lsn_import_split_blocks(im, &split, true, 2, size));
    LSN_TRY(lsn_import_split_blocks(im, &split, false, 4, size));
    out = split;
    out.axes[1] = split.axes[3];
    out.axes[2] = split.axes[5];
    out.axes[3] = split.axes[1];
    out.axes[5] = split.axes[2];
    LSN_TRY(lsn_import_order_channels(im, &out));
    out = lsn_value_nchw(im, out.node);
    return lsn_import_bind(im, 0, &out);
}

/* In mode DCR the channels are (row in the block, column in the block, channel of the result); in
 * mode CRD, which is PyTorch's PixelShuffle, (channel, row, column). */
enum lsn_status lsn_import_depth_to_space(struct lsn_importer *im)
{
    static const char *const modes[] = {"DCR", "CRD", NULL};
    int size, mode = 0, c;
    struct lsn_value *in, out;

    LSN_TRY(lsn_import_nchw(im, 0, &in));
    LSN_TRY(block_size(im, &size));
    LSN_TRY(lsn_import_string(im, "mode", modes, &mode));
    c = lsn_value_shape(im, in).c / (size * size);
    if (lsn_value_shape(im, in).c % (size * size) != 0)
        return lsn_import_fail(im, LSN_E_MODEL, "%d channel%s not divide into blocks of %d",
                               lsn_value_shape(im, in).c,
                               lsn_value_shape(im, in).c == 1 ? " does" : "s do", size);
    out = *in;
    out.rank = 6; /* batch, channels, rows, rows of a block, columns, columns of a block */
    out.axes[1] = (struct lsn_axis){LSN_AXIS_CHANNEL, c, mode == 0 ? 1 : size * size};
    out.axes[3] = (struct lsn_axis){LSN_AXIS_CHANNEL, size, mode == 0 ? size * c : size};
    out.axes[4] = in->axes[3];
    out.axes[5] = (struct lsn_axis){LSN_AXIS_CHANNEL, size, mode == 0 ? c : 1};
    LSN_TRY(lsn_import_merge_blocks(im, &out, true, 3));
    LSN_TRY(lsn_import_merge_blocks(im, &out, false, 5));
    out = lsn_value_nchw(im, out.node);
    return lsn_import_bind(im, 0, &out);
}
