/* Reads and writes regions as text, and loads the file of a mask. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "format/file.h"
#include "lesion/parse.h"
#include "lesion/region.h"

#define SIGMA_DEFAULT_PX 1.0

/* What may follow the name of a kind of region. */
enum suffix { NOTHING, SIZE, EDGES, FILE_NAME };

static const struct {
    const char *name;
    enum suffix suffix;
    bool seeded; /* draws at random, by a seed */
} kinds[] = {
    [LSN_REGION_ALL] = {"all", NOTHING, false},
    [LSN_REGION_CENTRE] = {"centre", SIZE, false},
    [LSN_REGION_SURROUND] = {"surround", SIZE, false},
    [LSN_REGION_SQUARE] = {"square", SIZE, false},
    [LSN_REGION_EDGES] = {"edges", EDGES, false},
    [LSN_REGION_NON_EDGES] = {"non-edges", EDGES, false},
    [LSN_REGION_OTHER_EDGES] = {"other-edges", EDGES, true},
    [LSN_REGION_MASK] = {"mask", FILE_NAME, false},
    [LSN_REGION_RANDOM] = {"random", SIZE, true},
};
static_assert(sizeof kinds / sizeof kinds[0] == LSN_REGION_KINDS, "each kind has a row");

#define ALL_KINDS                                                                                  \
    "all, centre:L, surround:L, square:L, edges, non-edges, other-edges, mask:FILE, random:F"

static enum lsn_status parse_size(const char *text, const char *suffix, struct lsn_region *region,
                                  struct lsn_error *err)
{
    if (!suffix || !lsn_parse_float(suffix, 0, 1, &region->size) || region->size <= 0)
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "region '%.100s': wants a number above 0 and up to 1, as in %s:0.5", text,
                        kinds[region->kind].name);
    return LSN_OK;
}

static enum lsn_status parse_edges(const char *text, const char *suffix, struct lsn_region *region,
                                   struct lsn_error *err)
{
    size_t length = suffix ? strcspn(suffix, ":") : 0;
    char sigma[32] = "";
    int64_t dilate = 0;

    region->sigma_px = SIGMA_DEFAULT_PX;
    if (!suffix)
        return LSN_OK;
    if (length < sizeof sigma)
        memcpy(sigma, suffix, length);
    if (!lsn_parse_float(sigma, 0.1, 20, &region->sigma_px))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "region '%.100s': the sigma '%.*s' is not a number of px in 0.1 ... 20",
                        text, length < 40 ? (int)length : 40, suffix);
    if (suffix[length] && !lsn_parse_int(suffix + length + 1, 0, 100, &dilate))
        return lsn_fail(err, LSN_E_ARGUMENT,
                        "region '%.100s': '%.40s' is not a whole number of px in 0 ... 100", text,
                        suffix + length + 1);
    region->dilate_px = (int)dilate;
    return LSN_OK;
}

static enum lsn_status parse_file(const char *text, const char *suffix, struct lsn_region *region,
                                  struct lsn_error *err)
{
    if (!suffix || !suffix[0])
        return lsn_fail(err, LSN_E_ARGUMENT, "region '%.100s': wants a file, as in mask:FILE.png",
                        text);
    if (strlen(suffix) >= sizeof region->file)
        return lsn_fail(err, LSN_E_ARGUMENT, "region '%.100s...': the path has over %zu bytes",
                        text, sizeof region->file - 1);
    memcpy(region->file, suffix, strlen(suffix) + 1);
    return LSN_OK;
}

enum lsn_status lsn_region_parse(const char *text, uint64_t seed, struct lsn_region *region,
                                 struct lsn_error *err)
{
    size_t length = strcspn(text, ":");
    const char *suffix = text[length] ? text + length + 1 : NULL;
    int i;

    lsn_error_clear(err);
    *region = (struct lsn_region){.kind = LSN_REGION_ALL};
    for (i = 0; i < LSN_REGION_KINDS; i++)
        if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, text, length) == 0)
            break;
    if (i == LSN_REGION_KINDS || (kinds[i].suffix == NOTHING && suffix))
        return lsn_fail(err, LSN_E_ARGUMENT, "region '%.100s': is none of " ALL_KINDS, text);
    region->kind = (enum lsn_region_kind)i;
    region->seed = kinds[i].seeded ? seed : 0;
    switch (kinds[i].suffix) {
    case NOTHING:
        return LSN_OK;
    case SIZE:
        return parse_size(text, suffix, region, err);
    case EDGES:
        return parse_edges(text, suffix, region, err);
    case FILE_NAME:
        break;
    }
    return parse_file(text, suffix, region, err);
}

void lsn_region_text(const struct lsn_region *region, char text[LSN_REGION_TEXT_MAX])
{
    const size_t size = LSN_REGION_TEXT_MAX;
    const char *name = kinds[region->kind].name;
    char number[LSN_NUMBER_MAX];

    switch (kinds[region->kind].suffix) {
    case NOTHING:
        snprintf(text, size, "%s", name);
        break;
    case SIZE:
        lsn_number_print(region->size, number, sizeof number);
        snprintf(text, size, "%s:%s", name, number);
        break;
    case EDGES:
        lsn_number_print(region->sigma_px, number, sizeof number);
        if (region->dilate_px > 0)
            snprintf(text, size, "%s:%s:%d", name, number, region->dilate_px);
        else if (region->sigma_px < SIGMA_DEFAULT_PX || region->sigma_px > SIGMA_DEFAULT_PX)
            snprintf(text, size, "%s:%s", name, number);
        else
            snprintf(text, size, "%s", name);
        break;
    case FILE_NAME:
        snprintf(text, size, "%s:%s", name, region->file);
        break;
    }
}

/* Refuses grey levels: they would mean a partial change of contrast, and a mask has only all or
 * nothing. */
static enum lsn_status check_black_and_white(const char *path, const struct lsn_image *image,
                                             struct lsn_error *err)
{
    size_t pixels = (size_t)image->width * (size_t)image->height, i;

    for (i = 0; i < pixels; i++) {
        const uint8_t *p = image->pixels + i * 3;

        if ((p[0] != 0 && p[0] != 255) || p[1] != p[0] || p[2] != p[0])
            return lsn_fail(err, LSN_E_DATA,
                            "%s: the pixel x %zu, y %zu is %d %d %d, only black and white are "
                            "wanted in a mask",
                            path, i % (size_t)image->width, i / (size_t)image->width, p[0], p[1],
                            p[2]);
    }
    return LSN_OK;
}

enum lsn_status lsn_region_load(struct lsn_region *region, struct lsn_error *err)
{
    enum lsn_status status;

    lsn_error_clear(err);
    if (region->kind != LSN_REGION_MASK || region->mask.pixels)
        return LSN_OK;
    LSN_TRY(lsn_image_load(region->file, NULL, &region->mask, err));
    status = check_black_and_white(region->file, &region->mask, err);
    if (status == LSN_OK)
        status = lsn_file_sha256(region->file, region->sha256, err);
    if (status != LSN_OK)
        lsn_image_free(&region->mask);
    return status;
}

void lsn_region_free(struct lsn_region *region)
{
    lsn_image_free(&region->mask);
}
