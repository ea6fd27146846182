#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/image.h"

/* A crop along one axis: count samples of the image, starting at from, are copied to position to of
 * the crop. */
struct cut {
    size_t from, to, count;
};

/* Centres a crop along one axis. Where the image is larger, its margin is halved; an odd margin is
 * rounded half to even, as Python's round does. Where the crop is larger, the image is padded, an
 * odd pixel of padding going after the image. */
static struct cut make_cut(int size, int crop)
{
    int margin = size - crop, half = margin / 2;

    if (margin < 0)
        return (struct cut){0, (size_t)-margin / 2, (size_t)size};
    return (struct cut){(size_t)(margin % 2 ? half + half % 2 : half), 0, (size_t)crop};
}

enum lsn_status lsn_image_center_crop(const struct lsn_image *image, int width, int height,
                                      struct lsn_image *out, struct lsn_error *err)
{
    size_t pixel = (size_t)image->channels, stride = (size_t)image->width * pixel;
    size_t row_bytes = (size_t)width * pixel, i;
    struct cut across, down;

    lsn_error_clear(err);
    *out = (struct lsn_image){0};
    if (width < 1 || height < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "crop: %d x %d px, at least 1 x 1 is wanted", width,
                        height);
    out->pixels = lsn_alloc((size_t)height, row_bytes);
    if (!out->pixels)
        return lsn_fail_memory(err, "a cropped image");
    out->width = width;
    out->height = height;
    out->channels = image->channels;
    across = make_cut(image->width, width);
    down = make_cut(image->height, height);
    for (i = 0; i < down.count; i++)
        memcpy(out->pixels + (down.to + i) * row_bytes + across.to * pixel,
               image->pixels + (down.from + i) * stride + across.from * pixel,
               across.count * pixel);
    return LSN_OK;
}
