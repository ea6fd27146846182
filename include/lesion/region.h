/* Regions: where in an image the contrast is changed. A region is a mask R of one byte
 * per pixel; where R is 1 the pixel has the changed contrast, where R is 0 it is the image's own.
 * The mean that the contrast is changed around is that of the whole image. */
#ifndef LESION_REGION_H
#define LESION_REGION_H

#include <stddef.h>
#include <stdint.h>

#include "lesion/error.h"
#include "lesion/image.h"

LSN_API_BEGIN

/* The kinds of regions as texts, and where R is 1 on w x h px, with cx = floor(w/2),
 * cy = floor(h/2) and r = floor(L min(w,h) / 2), where L is in (0,1] and r at least 3:
 *
 *   all
 *   centre:L     (x-cx)^2 + (y-cy)^2 <= r^2
 *   surround:L   everywhere else; the paper's code calls this its centre mask, as it names a mask
 *                after the part that it leaves unchanged
 *   square:L     |x-cx| <= r and |y-cy| <= r: 2 r + 1 px a side, cut off at the image's border
 *   edges[:SIGMA[:DILATE]]        within DILATE px of an edge, see below
 *   non-edges[:SIGMA[:DILATE]]    everywhere else
 *   other-edges[:SIGMA[:DILATE]]  the edges of another image of the list, as a control
 *   mask:FILE    where the image FILE, of w x h px, is white; its other pixels must be black
 *   random:F     F in (0,1]: round(F w h) px drawn at random, all choices equally likely
 *
 * Edges are Canny's, the pixels (borders apart) that scikit-image 0.19 finds by
 *
 *   skimage.feature.canny(rgb.sum(2) / 255, sigma=SIGMA, low_threshold=0.9,
 *                         high_threshold=0.9, use_quantiles=True)
 *
 * SIGMA is in 0.1 ... 20 px, 1 unless given; DILATE in 0 ... 100 px, 0 unless given: every
 * pixel with an edge no more than DILATE px away, centre to centre. */
enum lsn_region_kind {
    LSN_REGION_ALL,
    LSN_REGION_CENTRE,
    LSN_REGION_SURROUND,
    LSN_REGION_SQUARE,
    LSN_REGION_EDGES,
    LSN_REGION_NON_EDGES,
    LSN_REGION_OTHER_EDGES,
    LSN_REGION_MASK,
    LSN_REGION_RANDOM
};

#define LSN_REGION_KINDS (LSN_REGION_RANDOM + 1)

enum { LSN_REGION_FILE_MAX = 1024, LSN_REGION_TEXT_MAX = LSN_REGION_FILE_MAX + 64 };

/* Zeroes mean the region all. Copies of the struct share the pixels of mask. */
struct lsn_region {
    enum lsn_region_kind kind;
    double size;                    /* L of centre, surround and square; F of random */
    double sigma_px;                /* of the three kinds of edges */
    int dilate_px;                  /* likewise */
    uint64_t seed;                  /* of random and other-edges, else 0 */
    char file[LSN_REGION_FILE_MAX]; /* FILE of mask */
    char sha256[65];                /* of that file; "" until it is loaded */
    struct lsn_image mask;          /* that file; without pixels until it is loaded */
};

/* Reads a text as above, without opening the file of a mask. seed is kept for random and
 * other-edges, the kinds that draw at random. LSN_E_ARGUMENT. */
enum lsn_status lsn_region_parse(const char *text, uint64_t seed, struct lsn_region *region,
                                 struct lsn_error *err);

/* Writes the shortest text that is read as that region; it does not contain the seed. */
void lsn_region_text(const struct lsn_region *region, char text[LSN_REGION_TEXT_MAX]);

/* Loads the file of a mask; does nothing for the other kinds. LSN_E_DATA where a pixel is
 * neither black nor white; otherwise fails as lsn_image_load. lsn_region_free frees the pixels. */
enum lsn_status lsn_region_load(struct lsn_region *region, struct lsn_error *err);
void lsn_region_free(struct lsn_region *region);

/* Checks whether the region can be made on images of width x height px. LSN_E_ARGUMENT where
 * its radius r would be under 3 px, LSN_E_DATA where its mask has another size or is not loaded. */
enum lsn_status lsn_region_check(const struct lsn_region *region, int width, int height,
                                 struct lsn_error *err);

/* Writes the region's mask [height][width], 1 or 0, for a crop. image: the image's number in the
 * whole list, on which, with the seed, the pixels of random depend. other: the crop whose edges
 * other-edges takes; NULL for the other kinds. Fails as lsn_region_check, and LSN_E_MEMORY. */
enum lsn_status lsn_region_make(const struct lsn_region *region, const struct lsn_image *crop,
                                const struct lsn_image *other, size_t image, uint8_t *mask,
                                struct lsn_error *err);

/* Returns the share of mask [pixels] that is 1. */
double lsn_region_area(const uint8_t *mask, size_t pixels);

LSN_API_END
#endif
