#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "lesion/image.h"

/* margin / 2, a half going to the even neighbour, as Python's round does. */
static int offset(int margin)
{
    int half = margin / 2;

    return margin % 2 ? half + half % 2 : half;
}

enum lsn_status lsn_image_center_crop(const struct lsn_image *image, int width, int height,
                                      struct lsn_image *out, struct lsn_error *err)
{
    size_t stride = (size_t)image->width * 3, row_bytes;
    const uint8_t *from;
    int y;

    *out = (struct lsn_image){0};
    if (width < 1 || height < 1)
        return lsn_fail(err, LSN_E_ARGUMENT, "crop: %d x %d px, at least 1 x 1 is wanted", width,
                        height);
    if (image->width < width || image->height < height)
        return lsn_fail(err, LSN_E_DATA, "has %d x %d px, at least %d x %d are wanted",
                        image->width, image->height, width, height);
    row_bytes = (size_t)width * 3;
    out->pixels = lsn_alloc((size_t)height, row_bytes);
    if (!out->pixels)
        return lsn_fail_memory(err, "a cropped image");
    out->width = width;
    out->height = height;
    from = image->pixels + (size_t)offset(image->height - height) * stride +
           (size_t)offset(image->width - width) * 3;
    for (y = 0; y < height; y++)
        memcpy(out->pixels + (size_t)y * row_bytes, from + (size_t)y * stride, row_bytes);
    return LSN_OK;
}
