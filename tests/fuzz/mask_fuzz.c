/* The file of a mask, on an image of 48 x 48 px. */
#include <stdio.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "lesion/region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t pixels[48 * 48 * 3], mask[48 * 48];
    const struct lsn_image crop = {.width = 48, .height = 48, .channels = 3, .pixels = pixels};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_region region;
    char text[300];

    snprintf(text, sizeof text, "mask:%s", fuzz_file("mask.png", data, size));
    fuzz_must(lsn_region_parse(text, 0, &region, NULL) == LSN_OK, "a mask's text is read");
    if (lsn_region_load(&region, &err) == LSN_OK) {
        if (lsn_region_make(&region, &crop, NULL, 0, mask, &err) == LSN_OK)
            fuzz_must(lsn_region_area(mask, sizeof mask) <= 1, "a share");
    } else {
        fuzz_must(err.text[0], "a failure says why");
    }
    lsn_region_free(&region);
    return 0;
}
