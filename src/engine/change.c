#include "engine/change.h"

#include <string.h>

void lsn_change_map(const struct lsn_change *change, int variant, int *map)
{
    size_t row;

    for (row = change->start[variant]; row < change->start[variant + 1]; row++)
        map[change->position[row]] = (int)row;
}

void lsn_change_unmap(const struct lsn_change *change, int variant, int *map)
{
    size_t row;

    for (row = change->start[variant]; row < change->start[variant + 1]; row++)
        map[change->position[row]] = -1;
}

const float *lsn_change_widen(const struct lsn_change *change, int variant, size_t row, int first,
                              int count, float *buffer)
{
    const float *delta = lsn_change_row(change, row);
    int i;

    if (!change->listed && change->first == first && change->channels == count)
        return delta;
    memset(buffer, 0, (size_t)count * sizeof *buffer);
    if (change->listed) {
        const int *list = lsn_change_list(change, variant);

        for (i = 0; i < change->channels; i++)
            buffer[list[i] - first] = delta[i];
    } else {
        memcpy(buffer + (change->first - first), delta, (size_t)change->channels * sizeof *buffer);
    }
    return buffer;
}

void lsn_change_same_channels(const struct lsn_change *in, int shift, struct lsn_change *out)
{
    int count = in->variants * in->channels, i;

    out->channels = in->channels;
    out->first = in->first + shift;
    for (i = 0; out->listed && i < count; i++)
        out->list[i] = in->list[i] + shift;
}
