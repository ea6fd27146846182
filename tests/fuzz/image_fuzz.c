/* An image file, decoded in every way, scaled and cropped. */
#include "fuzz/fuzz.h"
#include "lesion/image.h"

#define SMALL 1000000 /* px */

static void scale(const struct lsn_image *image)
{
    int i;

    if ((long)image->width * image->height > SMALL)
        return;
    for (i = 0; i < LSN_INTERPOLATIONS; i++) {
        struct lsn_image scaled, crop;

        if (lsn_image_resize_short(image, 7, (enum lsn_interpolation)i, &scaled, NULL) != LSN_OK)
            return;
        if (lsn_image_center_crop(&scaled, 9, 5, &crop, NULL) == LSN_OK)
            lsn_image_free(&crop);
        lsn_image_free(&scaled);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file("image", data, size);
    struct lsn_image_options options;
    int i;

    for (i = 0; i < 3; i++) {
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_image image;

        options = (struct lsn_image_options){(enum lsn_alpha)i, (enum lsn_depth)i};
        if (lsn_image_load(path, &options, &image, &err) == LSN_OK)
            scale(&image);
        else
            fuzz_must(err.text[0] && !image.pixels, "a failure says why");
        lsn_image_free(&image);
    }
    return 0;
}
