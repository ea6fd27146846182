/* Regions: where in an image the contrast is changed. A region is a mask R of one byte
 * per pixel, 1 or 0; where R is 1 the changed pixel is shown, elsewhere the image's own.
 * The means that a contrast is changed around are those of the whole image. */
#ifndef LESION_REGION_H
#define LESION_REGION_H

#include <stddef.h>
#include <stdint.h>

#include "lesion/error.h"
#include "lesion/image.h"

LSN_API_BEGIN

/* As texts, and what they mean on w x h px with cx = floor(w/2), cy = floor(h/2) and
 * r = floor(L min(w,h) / 2), where L is in (0,1] and r at least 3:
 *
 *   all
 *   centre:L     (x-cx)^2 + (y-cy)^2 <= r^2
 *   surround:L   the rest of it; the paper's code names the part that it keeps, and so
 *                calls this its centre mask
 *   square:L     |x-cx| <= r and |y-cy| <= r: 2 r + 1 px a side, less what lies outside
 *   edges[:SIGMA[:DILATE]]        within DILATE px of an edge, see below
 *   non-edges[:SIGMA[:DILATE]]    the rest of it
 *   other-edges[:SIGMA[:DILATE]]  the edges of another image of the list
 *   mask:FILE    an image of w x h px, where it is white; all else must be black
 *   random:F     F in (0,1]: round(F w h) px, any choice of them as likely as another
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

/* Zeroes are the region all. Copies share the mask of a file. */
struct lsn_region {
    enum lsn_region_kind kind;
    double size;                    /* L of centre, surround and square; F of random */
    double sigma_px;                /* of edges */
    int dilate_px;                  /* of edges */
    uint64_t seed;                  /* of random and other-edges, else 0 */
    char file[LSN_REGION_FILE_MAX]; /* of mask */
    char sha256[65];                /* of that file; "" until it is loaded */
    struct lsn_image mask;          /* of that file; without pixels until it is loaded */
};

/* Reads a text as above, without opening the file of a mask. seed goes into the kinds
 * that draw. LSN_E_ARGUMENT. */
enum lsn_status lsn_region_parse(const char *text, uint64_t seed, struct lsn_region *region,
                                 struct lsn_error *err);

/* The shortest text that is read as that region; it has no seed. */
void lsn_region_text(const struct lsn_region *region, char text[LSN_REGION_TEXT_MAX]);

/* Loads the file of a mask; nothing for the other kinds. LSN_E_DATA where a pixel is
 * neither black nor white; else as lsn_image_load. */
enum lsn_status lsn_region_load(struct lsn_region *region, struct lsn_error *err);
void lsn_region_free(struct lsn_region *region);

/* Whether the region can be made on images of width x height px. LSN_E_ARGUMENT where
 * its radius is under 3 px there, LSN_E_DATA where its file has another size, or is not
 * loaded. */
enum lsn_status lsn_region_check(const struct lsn_region *region, int width, int height,
                                 struct lsn_error *err);

/* mask [height][width], 1 or 0, for the crop of image number `image` of the whole list,
 * which random's draw depends on. other: the crop that other-edges takes them from, NULL
 * for the other kinds. As lsn_region_check, and LSN_E_MEMORY. */
enum lsn_status lsn_region_make(const struct lsn_region *region, const struct lsn_image *crop,
                                const struct lsn_image *other, size_t image, uint8_t *mask,
                                struct lsn_error *err);

/* The share of mask [pixels] that the region takes in. */
double lsn_region_area(const uint8_t *mask, size_t pixels);

LSN_API_END
#endif
