#include "lesion/image.h"

void lsn_image_make_grey(struct lsn_image *image)
{
    size_t pixels = (size_t)image->width * (size_t)image->height, i;
    uint8_t *p = image->pixels;

    for (i = 0; i < pixels; i++, p += 3)
        p[0] = p[1] = p[2] =
            (uint8_t)((19595u * p[0] + 38470u * p[1] + 7471u * p[2] + 32768u) >> 16);
}
