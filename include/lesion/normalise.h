/* Contrast normalisation: of the stimulus, as retina and cortex might do, or of the
 * activation of one node of the network. */
#ifndef LESION_NORMALISE_H
#define LESION_NORMALISE_H

#include <stddef.h>

#include "lesion/error.h"
#include "lesion/shape.h"

LSN_API_BEGIN

struct lsn_model;

/* The kinds of normalisation as texts, and the result y for an image or activation x [h][w][c].
 * G * x is one plane: the mean over channels, blurred over space by a Gaussian of standard
 * deviation SIGMA px. The Gaussian is cut off at floor(4 SIGMA + .5) px, and at the borders the
 * weights that lie inside the image are scaled to sum to 1.
 *
 *   none
 *   global                  y = (x - mean) / sd, with the mean and sd of all values
 *   local:SIGMA             v = x - G * x, s = sqrt(G * v^2), y = v / max(mean(s), s), the
 *                           mean taken over positions (Jarrett et al. 2009)
 *   divisive:SIGMA:HALF:N   d = x - G * x for a stimulus, d = x for a node,
 *                           y = sign(d) |d|^N / (HALF^N + G * |d|^N)  (Heeger 1992)
 *
 * Where sd or mean(s) is at most a millionth of the largest |x|, which in float cannot be told from
 * 0, y is 0. SIGMA is in 0.1 ... 1000 px, HALF in 1e-6 ... 1e6 in the units of x, N in 0.1 ... 10.
 *
 * Such a text normalises the stimulus: x in [0,1] after the change of contrast. The result is then
 * (y - mean(y)) / sd(y) sd + mean, clipped to [0,1], where sd and mean are the fields below; it is
 * mean where sd(y) is 0. With @NODE appended, as in local:2@conv1, a text other than none
 * normalises that node's activation instead: the nodes that read it get y, not rescaled.
 *
 *   pool@NODE   the node, a MaxPool, becomes y = s max + (1 - s) mean over its window, in each
 *               channel. s is the mean, over the channel's windows, of the variance within a
 *               window, but at most 1. Padding is left out. (The paper's contrast pooling.)
 */
enum lsn_normalisation_kind {
    LSN_NORMALISATION_NONE,
    LSN_NORMALISATION_GLOBAL,
    LSN_NORMALISATION_LOCAL,
    LSN_NORMALISATION_DIVISIVE,
    LSN_NORMALISATION_POOL
};

#define LSN_NORMALISATION_KINDS (LSN_NORMALISATION_POOL + 1)

enum { LSN_NORMALISATION_NODE_MAX = 512, LSN_NORMALISATION_TEXT_MAX = 640 };

/* Zeroes mean no normalisation. */
struct lsn_normalisation {
    enum lsn_normalisation_kind kind;
    double sigma_px;
    double half, power;                    /* HALF and N */
    double mean, sd;                       /* of a normalised stimulus; 0 for a node */
    char node[LSN_NORMALISATION_NODE_MAX]; /* "": the stimulus */
};

/* The mean and sd of a normalised stimulus unless others are given: averages of the channel means
 * and standard deviations of ImageNet that torchvision's models subtract and divide by. */
#define LSN_NORMALISATION_MEAN .449
#define LSN_NORMALISATION_SD   .226

/* Reads a text as above. mean in [0,1] and sd in (0,1] apply to stimuli only. LSN_E_ARGUMENT. */
enum lsn_status lsn_normalisation_parse(const char *text, double mean, double sd,
                                        struct lsn_normalisation *normalisation,
                                        struct lsn_error *err);

/* Writes the shortest text that is read as that normalisation; it does not contain mean and sd. */
void lsn_normalisation_text(const struct lsn_normalisation *normalisation,
                            char text[LSN_NORMALISATION_TEXT_MAX]);

/* Checks, before long work, that the model has the node and that its activation can be normalised
 * in this way. LSN_E_ARGUMENT where not. */
enum lsn_status lsn_normalisation_check(const struct lsn_normalisation *normalisation,
                                        const struct lsn_model *model, struct lsn_error *err);

/* Normalises a stimulus in place: pixels [h][w][c] in 0 ... 255. Does nothing where the
 * normalisation is none or of a node. scratch [lsn_normalisation_scratch(shape)]. */
void lsn_normalisation_apply(const struct lsn_normalisation *normalisation, struct lsn_shape shape,
                             float *pixels, double *scratch);
size_t lsn_normalisation_scratch(struct lsn_shape shape);

LSN_API_END
#endif
