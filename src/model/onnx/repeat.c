/* Repeating values: Expand, Tile. */
#include "base/memory.h"
#include "base/text.h"
#include "model/onnx/attribute.h"
#include "model/onnx/handlers.h"
#include "model/onnx/move.h"

#define EXTENT_MAX 65536

/* Repeats all n channels, rows or columns in turn until there are count. */
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
        return lsn_import_select(im, value, from, count);
    status = lsn_import_take_spatial(im, value, kind == LSN_AXIS_ROW, from, count);
    lsn_free(from);
    return status;
}

/* Repeats axis d, which must run over all channels, rows or columns. An axis of size 1 that is none
 * of these becomes the axis of channels where there is one channel. */
static enum lsn_status repeat_axis(struct lsn_importer *im, struct lsn_value *value, int d,
                                   int64_t times)
{
    struct lsn_shape s = lsn_value_shape(im, value);
    enum lsn_axis_kind kind = lsn_value_axis_kind(value, d);
    int n = value->axes[d].size, whole;

    if (kind == LSN_AXIS_ONE && d > 0 && s.c == 1)
        kind = LSN_AXIS_CHANNEL;
    whole = kind == LSN_AXIS_CHANNEL  ? s.c
            : kind == LSN_AXIS_ROW    ? s.h
            : kind == LSN_AXIS_COLUMN ? s.w
                                      : 0;
    if (n != whole || times < 1 || times > EXTENT_MAX || times * n > EXTENT_MAX)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED,
                               "repeats the %d value%s of axis %d %jd times; all channels, height "
                               "and width can be repeated, to at most %d",
                               n, lsn_plural((size_t)n), d, (intmax_t)times, EXTENT_MAX);
    LSN_TRY(repeat(im, value, kind, n, n * (int)times));
    value->axes[d] = (struct lsn_axis){kind, n * (int)times, 1};
    return LSN_OK;
}

/* Binds input 0 with each of its axes repeated times [rank] times as output 0. */
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

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    LSN_TRY(lsn_import_list(im, 1, "shape", &list, &count));
    if (!list || count > (size_t)in->rank)
        status = lsn_import_fail(im, LSN_E_UNSUPPORTED, "expands %d dimension%s to %zu", in->rank,
                                 lsn_plural((size_t)in->rank), count);
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

    LSN_TRY(lsn_import_feature_map(im, 0, &in));
    LSN_TRY(lsn_import_order_channels(im, in));
    LSN_TRY(lsn_import_list(im, 1, "repeats", &times, &count));
    if (times && count == (size_t)in->rank)
        status = repeat_all(im, in, times);
    else
        status = lsn_import_fail(im, LSN_E_MODEL, "has %zu repeat%s for %d dimension%s", count,
                                 lsn_plural(count), in->rank, lsn_plural((size_t)in->rank));
    lsn_free(times);
    return status;
}
