/* Makes the masks of regions. Random masks are seeded by the image's position in the whole list, so
 * that any number of threads or shards makes the same masks. */
#include "lesion/region.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "image/canny.h"

#define RADIUS_MIN_PX 3
#define SLACK         1e-9 /* of a pixel: .7 x 20 / 2 counts as 7 though its last bit is short */

static int radius_px(const struct lsn_region *region, int width, int height)
{
    int shorter = width < height ? width : height;

    return (int)floor(region->size * shorter / 2 + SLACK);
}

enum lsn_status lsn_region_check(const struct lsn_region *region, int width, int height,
                                 struct lsn_error *err)
{
    char text[LSN_REGION_TEXT_MAX];

    lsn_error_clear(err);
    switch (region->kind) {
    case LSN_REGION_CENTRE:
    case LSN_REGION_SURROUND:
    case LSN_REGION_SQUARE:
        if (radius_px(region, width, height) >= RADIUS_MIN_PX)
            return LSN_OK;
        lsn_region_text(region, text);
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "region %s: its radius is %d px on images of %d x %d px, at least %d px "
                        "are wanted",
                        text, radius_px(region, width, height), width, height, RADIUS_MIN_PX);
    case LSN_REGION_MASK:
        if (!region->mask.pixels)
            return lsn_fail(err, LSN_E_DATA, "%s: the mask is not loaded", region->file);
        if (region->mask.width != width || region->mask.height != height)
            return lsn_fail(err, LSN_E_DATA, "%s: has %d x %d px, a mask of %d x %d px is wanted",
                            region->file, region->mask.width, region->mask.height, width, height);
        return LSN_OK;
    case LSN_REGION_ALL:
    case LSN_REGION_EDGES:
    case LSN_REGION_NON_EDGES:
    case LSN_REGION_OTHER_EDGES:
    case LSN_REGION_RANDOM:
        break;
    }
    return LSN_OK;
}

/* Fills mask with 1 in the disc or square, else 0. */
static void make_centred(const struct lsn_region *region, const struct lsn_image *crop,
                         uint8_t *mask)
{
    int64_t r = radius_px(region, crop->width, crop->height);
    int64_t x, y;

    for (y = -(crop->height / 2); y < crop->height - crop->height / 2; y++)
        for (x = -(crop->width / 2); x < crop->width - crop->width / 2; x++)
            *mask++ = region->kind == LSN_REGION_SQUARE ? x >= -r && x <= r && y >= -r && y <= r
                                                        : x * x + y * y <= r * r;
}

/* Sets mask to 1 at all pixels within the radius of an edge pixel. */
static void dilate(const uint8_t *edges, int w, int h, int radius, uint8_t *mask)
{
    int x, y, dx, dy;

    for (y = 0; y < h; y++)
        for (x = 0; x < w; x++) {
            if (!edges[(size_t)y * (size_t)w + (size_t)x])
                continue;
            for (dy = -radius; dy <= radius; dy++) {
                int reach = (int)sqrt((double)(radius * radius - dy * dy));

                for (dx = -reach; dx <= reach; dx++)
                    if (x + dx >= 0 && x + dx < w && y + dy >= 0 && y + dy < h)
                        mask[(size_t)(y + dy) * (size_t)w + (size_t)(x + dx)] = 1;
            }
        }
}

static enum lsn_status make_edges(const struct lsn_region *region, const struct lsn_image *crop,
                                  uint8_t *mask, struct lsn_error *err)
{
    size_t count = (size_t)crop->width * (size_t)crop->height;
    uint8_t *edges;

    LSN_TRY(lsn_canny(crop, region->sigma_px, mask, err));
    if (region->dilate_px == 0)
        return LSN_OK;
    edges = lsn_alloc(count, 1);
    if (!edges)
        return lsn_fail_memory(err, "the edges of an image");
    memcpy(edges, mask, count);
    dilate(edges, crop->width, crop->height, region->dilate_px, mask);
    lsn_free(edges);
    return LSN_OK;
}

/* Draws exactly `wanted` pixels: each pixel is taken with probability (number still wanted) /
 * (pixels left). */
static void make_random(const struct lsn_region *region, size_t image, size_t pixels, uint8_t *mask)
{
    uint64_t state = lsn_random_mix(region->seed + LSN_RANDOM_STEP * ((uint64_t)image + 1));
    size_t wanted = (size_t)round(region->size * (double)pixels), i;

    for (i = 0; i < pixels; i++) {
        mask[i] = lsn_random_below(&state, pixels - i) < wanted;
        wanted -= mask[i];
    }
}

static void invert(uint8_t *mask, size_t pixels)
{
    size_t i;

    for (i = 0; i < pixels; i++)
        mask[i] = !mask[i];
}

enum lsn_status lsn_region_make(const struct lsn_region *region, const struct lsn_image *crop,
                                const struct lsn_image *other, size_t image, uint8_t *mask,
                                struct lsn_error *err)
{
    size_t pixels = (size_t)crop->width * (size_t)crop->height, i;

    lsn_error_clear(err);
    LSN_TRY(lsn_region_check(region, crop->width, crop->height, err));
    switch (region->kind) {
    case LSN_REGION_ALL:
        memset(mask, 1, pixels);
        break;
    case LSN_REGION_CENTRE:
    case LSN_REGION_SQUARE:
        make_centred(region, crop, mask);
        break;
    case LSN_REGION_SURROUND:
        make_centred(region, crop, mask);
        invert(mask, pixels);
        break;
    case LSN_REGION_EDGES:
        LSN_TRY(make_edges(region, crop, mask, err));
        break;
    case LSN_REGION_NON_EDGES:
        LSN_TRY(make_edges(region, crop, mask, err));
        invert(mask, pixels);
        break;
    case LSN_REGION_OTHER_EDGES:
        if (!other || other->width != crop->width || other->height != crop->height)
            return lsn_fail(err, LSN_E_ARGUMENT, "other-edges: there is no image of that size");
        LSN_TRY(make_edges(region, other, mask, err));
        break;
    case LSN_REGION_MASK:
        for (i = 0; i < pixels; i++)
            mask[i] = region->mask.pixels[i * (size_t)region->mask.channels] != 0;
        break;
    case LSN_REGION_RANDOM:
        make_random(region, image, pixels, mask);
        break;
    }
    return LSN_OK;
}

double lsn_region_area(const uint8_t *mask, size_t pixels)
{
    size_t inside = 0, i;

    for (i = 0; i < pixels; i++)
        inside += mask[i];
    return pixels ? (double)inside / (double)pixels : 0;
}
