/* Repeating values (Expand), and blocks of space as channels (SpaceToDepth) and back
 * (DepthToSpace). */
#include <string.h>

#include "base/memory.h"
#include "model/onnx/importer.h"

/* The value with each of its axes of size 1 repeated to the wanted size. */
static enum lsn_status expand(struct lsn_importer *im, struct lsn_value *value, const int64_t *dims)
{
    struct lsn_shape s = lsn_import_shape(im, value), wanted = s;
    int d, *repeated, *sizes[4] = {NULL, &wanted.c, &wanted.h, &wanted.w};
    struct lsn_node node = lsn_node_default(LSN_OP_SELECT);
    enum lsn_status status = LSN_OK;

    for (d = 0; d < value->rank; d++) {
        if (dims[d] == 1 || dims[d] == value->axes[d].size)
            continue;
        if (value->axes[d].size != 1 || value->rank != 4 || d == 0 || dims[d] > 1 << 16)
            return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                                   "expands axis %d from %d to %jd; channels, height and width of "
                                   "size 1 can be expanded",
                                   d, value->axes[d].size, (intmax_t)dims[d]);
        *sizes[d] = (int)dims[d];
    }
    if (wanted.h != s.h || wanted.w != s.w) {
        int most = wanted.h > wanted.w ? wanted.h : wanted.w;

        repeated = lsn_alloc((size_t)most, sizeof *repeated);
        if (!repeated)
            return lsn_fail_memory(im->err, "a list of rows");
        if (wanted.h != s.h)
            status = lsn_import_take_side(im, value, true, repeated, wanted.h);
        if (status == LSN_OK && wanted.w != s.w)
            status = lsn_import_take_side(im, value, false, repeated, wanted.w);
        lsn_free(repeated);
        LSN_TRY(status);
    }
    if (wanted.c != s.c) {
        node.attributes.channels = lsn_alloc((size_t)wanted.c, sizeof(int));
        if (!node.attributes.channels)
            return lsn_fail_memory(im->err, "a list of channels");
        node.attributes.channel_count = wanted.c;
        LSN_TRY(lsn_import_emit(im, &node, "select", 1, &value->node, &value->node));
    }
    if (value->rank == 4)
        *value = lsn_import_as_planes(im, value->node);
    return LSN_OK;
}

enum lsn_status lsn_import_expand(struct lsn_importer *im)
{
    int64_t *list, dims[LSN_RANK_MAX];
    struct lsn_value *in, out;
    enum lsn_status status = LSN_OK;
    size_t count;
    int d;

    LSN_TRY(lsn_import_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    out = *in;
    LSN_TRY(lsn_import_list(im, 1, "shape", &list, &count));
    if (!list || count > (size_t)out.rank)
        status =
            lsn_import_fail(im, LSN_E_UNSUPPORTED, "expands %d dimensions to %zu", out.rank, count);
    for (d = 0; d < out.rank && status == LSN_OK; d++) {
        int from = d - (out.rank - (int)count);

        dims[d] = from < 0 || list[from] == 1 ? out.axes[d].size : list[from];
    }
    lsn_free(list);
    LSN_TRY(status);
    for (d = 0; d < out.rank; d++)
        if (dims[d] != out.axes[d].size) {
            if (out.rank == 4)
                LSN_TRY(lsn_import_planes(im, 0, &in));
            LSN_TRY(expand(im, &out, dims));
            break;
        }
    return lsn_import_bind(im, 0, &out);
}

/* Every `size`-th row and column of value's planes, from (y, x) on. */
static enum lsn_status every(struct lsn_importer *im, struct lsn_value *value, int size, int y,
                             int x)
{
    struct lsn_shape s = lsn_import_shape(im, value);
    int h = s.h / size, w = s.w / size, i;
    int *from = lsn_alloc((size_t)(h > w ? h : w), sizeof *from);
    enum lsn_status status;

    if (!from)
        return lsn_fail_memory(im->err, "a list of rows");
    for (i = 0; i < h; i++)
        from[i] = y + i * size;
    status = lsn_import_take_side(im, value, true, from, h);
    for (i = 0; i < w; i++)
        from[i] = x + i * size;
    if (status == LSN_OK)
        status = lsn_import_take_side(im, value, false, from, w);
    lsn_free(from);
    return status;
}

#define BLOCK_MAX 16

static enum lsn_status block_size(struct lsn_importer *im, int *size)
{
    *size = 0;
    LSN_TRY(lsn_import_int(im, "blocksize", 1, BLOCK_MAX, size));
    return *size ? LSN_OK : lsn_import_fail(im, LSN_E_MODEL, "has no blocksize");
}

/* Channel (y * size + x) * c + i is channel i at (y, x) of each block. */
enum lsn_status lsn_import_space_to_depth(struct lsn_importer *im)
{
    int inputs[BLOCK_MAX * BLOCK_MAX], size, y, x;
    struct lsn_node node = lsn_node_default(LSN_OP_CONCAT);
    struct lsn_value *in, out;
    struct lsn_shape s;

    LSN_TRY(lsn_import_planes(im, 0, &in));
    LSN_TRY(block_size(im, &size));
    s = lsn_import_shape(im, in);
    if (s.h % size != 0 || s.w % size != 0)
        return lsn_import_fail(im, LSN_E_MODEL, "%d x %d does not divide into blocks of %d", s.h,
                               s.w, size);
    for (y = 0; y < size; y++)
        for (x = 0; x < size; x++) {
            out = *in;
            LSN_TRY(every(im, &out, size, y, x));
            inputs[y * size + x] = out.node;
        }
    LSN_TRY(lsn_import_emit(im, &node, NULL, size * size, inputs, &out.node));
    out = lsn_import_as_planes(im, out.node);
    return lsn_import_bind(im, 0, &out);
}

/* The channels that go to (y, x) of each block, at its place among zeroes. */
static enum lsn_status spread_part(struct lsn_importer *im, struct lsn_value *value, int size,
                                   bool blocks_first, int place)
{
    struct lsn_shape s = lsn_import_shape(im, value);
    int c = s.c / (size * size), most = (s.h > s.w ? s.h : s.w) * size, i;
    int *channels = lsn_alloc((size_t)c, sizeof *channels);
    int *from = lsn_alloc((size_t)most, sizeof *from);
    struct lsn_node node = lsn_node_default(LSN_OP_SELECT);
    enum lsn_status status;

    if (!channels || !from) {
        lsn_free(channels);
        lsn_free(from);
        return lsn_fail_memory(im->err, "a list of channels");
    }
    for (i = 0; i < c; i++)
        channels[i] = blocks_first ? place * c + i : i * size * size + place;
    node.attributes.channels = channels;
    node.attributes.channel_count = c;
    status = lsn_import_emit(im, &node, "part", 1, &value->node, &value->node);
    for (i = 0; i < s.h * size; i++)
        from[i] = i % size == place / size ? i / size : -1;
    if (status == LSN_OK)
        status = lsn_import_take_side(im, value, true, from, s.h * size);
    for (i = 0; i < s.w * size; i++)
        from[i] = i % size == place % size ? i / size : -1;
    if (status == LSN_OK)
        status = lsn_import_take_side(im, value, false, from, s.w * size);
    lsn_free(from);
    return status;
}

/* PyTorch's PixelShuffle is mode CRD. */
enum lsn_status lsn_import_depth_to_space(struct lsn_importer *im)
{
    static const char *const modes[] = {"DCR", "CRD", NULL};
    int size, mode = 0, place, inputs[2];
    struct lsn_value *in, out;

    LSN_TRY(lsn_import_planes(im, 0, &in));
    LSN_TRY(block_size(im, &size));
    LSN_TRY(lsn_import_string(im, "mode", modes, &mode));
    if (lsn_import_shape(im, in).c % (size * size) != 0)
        return lsn_import_fail(im, LSN_E_MODEL, "%d channels do not divide into blocks of %d",
                               lsn_import_shape(im, in).c, size);
    for (place = 0; place < size * size; place++) {
        struct lsn_node node = lsn_node_default(LSN_OP_ADD);

        out = *in;
        LSN_TRY(spread_part(im, &out, size, mode == 0, place));
        inputs[1] = out.node;
        if (place > 0)
            LSN_TRY(lsn_import_emit(im, &node, "sum", 2, inputs, &inputs[1]));
        inputs[0] = inputs[1];
    }
    out = lsn_import_as_planes(im, inputs[0]);
    return lsn_import_bind(im, 0, &out);
}
