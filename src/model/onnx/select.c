/* Channels chosen and put in another order: the Select node. */
#include "base/memory.h"
#include "model/onnx/move.h"

#define CHANNELS_MAX (1 << 26)

enum lsn_status lsn_import_select(struct lsn_importer *im, struct lsn_value *value, int *channels,
                                  int count)
{
    struct lsn_node node = lsn_node_default(LSN_OP_SELECT);

    node.attributes.channels = channels;
    node.attributes.channel_count = count;
    return lsn_import_emit(im, &node, "select", 1, &value->node, &value->node);
}

/* Which indices are taken of which axis of channels; of the others, all. axis -1: of every axis
 * all. */
struct choice {
    int axis;
    const int64_t *indices; /* [count] */
    int count;
};

static int size_of(const struct lsn_value *value, const struct choice *choice, int d)
{
    return d == choice->axis ? choice->count : value->axes[d].size;
}

/* How many channels are chosen: the product over the axes of channels. */
static enum lsn_status count_chosen(struct lsn_importer *im, const struct lsn_value *value,
                                    const struct choice *choice, int *count)
{
    int64_t product = 1;
    int d;

    *count = 0;
    for (d = 0; d < value->rank; d++)
        if (value->axes[d].kind == LSN_AXIS_CHANNEL && product <= CHANNELS_MAX)
            product *= size_of(value, choice, d);
    if (product > CHANNELS_MAX)
        return lsn_import_fail(im, LSN_E_UNSUPPORTED, "makes %jd channels", (intmax_t)product);
    *count = (int)product;
    return LSN_OK;
}

/* Which channel of value's node is the i-th that is chosen, the last axis running fastest: i
 * written in the mixed base of the axes' sizes, each digit times that axis's step. */
static int chosen_channel(const struct lsn_value *value, const struct choice *choice, int i)
{
    int channel = 0, d;

    for (d = value->rank - 1; d >= 0; d--) {
        int size = size_of(value, choice, d);

        if (value->axes[d].kind != LSN_AXIS_CHANNEL)
            continue;
        channel +=
            (d == choice->axis ? (int)choice->indices[i % size] : i % size) * value->axes[d].step;
        i /= size;
    }
    return channel;
}

/* Value's axes of channels when the chosen ones, and no others, are the channels of its node. */
static void renumber_axes(struct lsn_value *value, const struct choice *choice)
{
    int step = 1, d;

    for (d = value->rank - 1; d >= 0; d--) {
        struct lsn_axis *a = &value->axes[d];

        if (a->kind != LSN_AXIS_CHANNEL)
            continue;
        a->size = size_of(value, choice, d);
        a->step = step;
        step *= a->size;
        a->kind = a->size == 1 ? LSN_AXIS_ONE : LSN_AXIS_CHANNEL;
    }
}

/* Value becomes the chosen channels in the order of its axes. A Select node is added only where
 * they are not all the node's channels in their own order already. */
static enum lsn_status choose(struct lsn_importer *im, struct lsn_value *value,
                              const struct choice *choice)
{
    bool in_order;
    int *channels, count, i;

    LSN_TRY(count_chosen(im, value, choice, &count));
    channels = lsn_alloc((size_t)count, sizeof *channels);
    if (!channels)
        return lsn_fail_memory(im->err, "a list of channels");
    in_order = count == lsn_value_shape(im, value).c;
    for (i = 0; i < count; i++) {
        channels[i] = chosen_channel(value, choice, i);
        in_order = in_order && channels[i] == i;
    }
    if (in_order)
        lsn_free(channels);
    else
        LSN_TRY(lsn_import_select(im, value, channels, count));
    renumber_axes(value, choice);
    return LSN_OK;
}

enum lsn_status lsn_import_order_channels(struct lsn_importer *im, struct lsn_value *value)
{
    return choose(im, value, &(struct choice){.axis = -1});
}

enum lsn_status lsn_import_take_channels(struct lsn_importer *im, struct lsn_value *value, int axis,
                                         const int64_t *indices, int count)
{
    return choose(im, value, &(struct choice){axis, indices, count});
}
