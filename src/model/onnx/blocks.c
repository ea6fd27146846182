/* Repeating values (Expand, Tile), and blocks of space as channels (SpaceToDepth) and back
 * (DepthToSpace), also where a Reshape parts rows or columns into blocks, or joins them. */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/importer.h"

#define EXTENT_MAX 65536

/* Channels [count] as the list has them. */
static enum lsn_status emit_select(struct lsn_importer *im, struct lsn_value *value, int *channels,
                                   int count)
{
    struct lsn_node node = lsn_node_default(LSN_OP_SELECT);

    node.attributes.channels = channels;
    node.attributes.channel_count = count;
    return lsn_import_emit(im, &node, "select", 1, &value->node, &value->node);
}

/* All n channels, rows or columns again and again until there are count. */
static enum lsn_status repeat(struct lsn_importer *im, struct lsn_value *value,
                              enum lsn_axis_kind kind, int n, int count)
{
    int *from = lsn_alloc((size_t)count, sizeof *from), i;
    enum lsn_status status;

    if (!from)
        return lsn_fail_memory(im->err, "a list of channels");
    for (i = 0; i < count; i++)
        from[i] = i % n;
    if (kind == LSN_AXIS_CHANNEL)
        return emit_select(im, value, from, count);
    status = lsn_import_take_side(im, value, kind == LSN_AXIS_ROW, from, count);
    lsn_free(from);
    return status;
}

/* Repeats axis d so many times. It must run through all channels, rows or columns; one of
 * size 1 that is none of these becomes that of the channels where there is but one. */
static enum lsn_status repeat_axis(struct lsn_importer *im, struct lsn_value *value, int d,
                                   int64_t times)
{
    struct lsn_shape s = lsn_import_shape(im, value);
    enum lsn_axis_kind kind = lsn_import_kind_at(value, d);
    int n = value->axes[d].size, whole;

    if (kind == LSN_AXIS_ONE && d > 0 && s.c == 1)
        kind = LSN_AXIS_CHANNEL;
    whole = kind == LSN_AXIS_CHANNEL  ? s.c
            : kind == LSN_AXIS_ROW    ? s.h
            : kind == LSN_AXIS_COLUMN ? s.w
                                      : 0;
    if (n != whole || times < 1 || times > EXTENT_MAX || times * n > EXTENT_MAX)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "repeats the %d values of axis %d %jd times; all channels, height "
                               "and width can be repeated, to at most %d",
                               n, d, (intmax_t)times, EXTENT_MAX);
    LSN_TRY(repeat(im, value, kind, n, n * (int)times));
    value->axes[d] = (struct lsn_axis){kind, n * (int)times, 1};
    return LSN_OK;
}

/* Input 0 with each of its axes repeated times [rank] times, bound as output 0. */
static enum lsn_status repeat_all(struct lsn_importer *im, struct lsn_value *in,
                                  const int64_t *times)
{
    struct lsn_value out = *in;
    int d;

    for (d = 0; d < out.rank; d++)
        if (times[d] != 1)
            LSN_TRY(repeat_axis(im, &out, d, times[d]));
    return lsn_import_bind(im, 0, &out);
}

/* Axes of size 1 are repeated to the wanted size; the others keep theirs. */
enum lsn_status lsn_import_expand(struct lsn_importer *im)
{
    int64_t *list, times[LSN_RANK_MAX];
    struct lsn_value *in;
    enum lsn_status status = LSN_OK;
    size_t count;
    int d;

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    LSN_TRY(lsn_import_list(im, 1, "shape", &list, &count));
    if (!list || count > (size_t)in->rank)
        status =
            lsn_import_fail(im, LSN_E_UNSUPPORTED, "expands %d dimensions to %zu", in->rank, count);
    for (d = 0; d < in->rank && status == LSN_OK; d++) {
        int at = d - (in->rank - (int)count), size = in->axes[d].size;

        times[d] = at < 0 || list[at] == size ? 1 : list[at];
        if (times[d] != 1 && size != 1)
            status = lsn_import_fail(im, LSN_E_MODEL, "expands the %d values of axis %d to %jd",
                                     size, d, (intmax_t)list[at]);
    }
    lsn_free(list);
    LSN_TRY(status);
    return repeat_all(im, in, times);
}

enum lsn_status lsn_import_tile(struct lsn_importer *im)
{
    int64_t *times;
    struct lsn_value *in;
    enum lsn_status status;
    size_t count;

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    LSN_TRY(lsn_import_list(im, 1, "repeats", &times, &count));
    if (times && count == (size_t)in->rank)
        status = repeat_all(im, in, times);
    else
        status =
            lsn_import_fail(im, LSN_E_MODEL, "has %zu repeats for %d dimensions", count, in->rank);
    lsn_free(times);
    return status;
}

/* ---- blocks of rows or columns ---- */

/* value becomes those of its rows (or columns) that stand at place in their block of size. */
static enum lsn_status take_place(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                  int size, int place)
{
    struct lsn_shape s = lsn_import_shape(im, value);
    int count = (rows ? s.h : s.w) / size, i, *from = lsn_alloc((size_t)count, sizeof *from);
    enum lsn_status status;

    if (!from)
        return lsn_fail_memory(im->err, "a list of rows");
    for (i = 0; i < count; i++)
        from[i] = place + i * size;
    status = lsn_import_take_side(im, value, rows, from, count);
    lsn_free(from);
    return status;
}

/* The reverse: its rows (or columns) at that place of blocks, zeroes at the others. */
static enum lsn_status put_place(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                 int size, int place)
{
    struct lsn_shape s = lsn_import_shape(im, value);
    int count = (rows ? s.h : s.w) * size, i, *from = lsn_alloc((size_t)count, sizeof *from);
    enum lsn_status status;

    if (!from)
        return lsn_fail_memory(im->err, "a list of rows");
    for (i = 0; i < count; i++)
        from[i] = i % size == place ? i / size : -1;
    status = lsn_import_take_side(im, value, rows, from, count);
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

/* A channel's number becomes place * channels + its old one. */
enum lsn_status lsn_import_split_blocks(struct lsn_importer *im, struct lsn_value *value, bool rows,
                                        int d, int size)
{
    struct lsn_node node = lsn_node_default(LSN_OP_CONCAT);
    int parts[BLOCK_MAX], place, c;
    struct lsn_value part;

    LSN_TRY(check_block(im, value, size));
    LSN_TRY(lsn_import_order_channels(im, value));
    c = lsn_import_shape(im, value).c;
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
        LSN_TRY(lsn_import_keep(im, &part, d, &place, 1));
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

/* Channel (y * size + x) * c + i is channel i at (y, x) of each block. */
enum lsn_status lsn_import_space_to_depth(struct lsn_importer *im)
{
    struct lsn_value *in, split, out;
    struct lsn_shape s;
    int size;

    LSN_TRY(lsn_import_planes(im, 0, &in));
    LSN_TRY(block_size(im, &size));
    s = lsn_import_shape(im, in);
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
    out = lsn_import_as_planes(im, out.node);
    return lsn_import_bind(im, 0, &out);
}

/* PyTorch's PixelShuffle is mode CRD. */
enum lsn_status lsn_import_depth_to_space(struct lsn_importer *im)
{
    static const char *const modes[] = {"DCR", "CRD", NULL};
    int size, mode = 0, c;
    struct lsn_value *in, out;

    LSN_TRY(lsn_import_planes(im, 0, &in));
    LSN_TRY(block_size(im, &size));
    LSN_TRY(lsn_import_string(im, "mode", modes, &mode));
    c = lsn_import_shape(im, in).c / (size * size);
    if (lsn_import_shape(im, in).c % (size * size) != 0)
        return lsn_import_fail(im, LSN_E_MODEL, "%d channels do not divide into blocks of %d",
                               lsn_import_shape(im, in).c, size);
    out = *in;
    out.rank = 6; /* batch, channels, rows, rows of a block, columns, columns of a block */
    out.axes[1] = (struct lsn_axis){LSN_AXIS_CHANNEL, c, mode == 0 ? 1 : size * size};
    out.axes[3] = (struct lsn_axis){LSN_AXIS_CHANNEL, size, mode == 0 ? size * c : size};
    out.axes[4] = in->axes[3];
    out.axes[5] = (struct lsn_axis){LSN_AXIS_CHANNEL, size, mode == 0 ? c : 1};
    LSN_TRY(lsn_import_merge_blocks(im, &out, true, 3));
    LSN_TRY(lsn_import_merge_blocks(im, &out, false, 5));
    out = lsn_import_as_planes(im, out.node);
    return lsn_import_bind(im, 0, &out);
}
