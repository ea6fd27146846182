/* Contrast normalisation: of the stimulus, as retina and cortex might do, or of the
 * activation of one node of the network. */
#ifndef LESION_NORMALISE_H
#define LESION_NORMALISE_H

#include <stddef.h>

#include "lesion/error.h"
#include "lesion/shape.h"

LSN_API_BEGIN

struct lsn_model;

/* As texts, and what they make of an image or activation x [h][w][c]. G * x is one plane,
 * the mean over channels blurred by a Gaussian of SIGMA px over space: cut off at
 * floor(4 SIGMA + .5) px, and at the borders what is inside sums to 1 again.
 *
 *   none
 *   global                  (x - mean) / sd, of all values
 *   local:SIGMA             v = x - G * x, s = sqrt(G * v^2), y = v / max(mean(s), s), the
 *                           mean over positions (Jarrett et al. 2009)
 *   divisive:SIGMA:HALF:N   d = x - G * x for a stimulus, d = x for a node,
 *                           y = sign(d) |d|^N / (HALF^N + G * |d|^N)  (Heeger 1992)
 *
 * Where sd or mean(s) is 0, or a millionth of the largest |x| and less, which float does not
 * tell from 0, the result is 0. SIGMA is in 0.1 ... 1000 px, HALF in 1e-6 ... 1e6 in the units of
 * x, N in 0.1 ... 10.
 *
 * These are of the stimulus: x in [0,1] after the change of contrast; y is brought to the
 * mean and sd below over all its values, (y - mean(y)) / sd(y) sd + mean, where sd(y) is 0
 * to that mean, and clipped to [0,1]. With @NODE behind it, as in local:2@conv1, each but
 * none is of that node's activation instead: what reads the node reads y.
 *
 *   pool@NODE   the node, a MaxPool, becomes y = s max + (1 - s) mean over its window, by
 *               channel, where s is the mean over the channel's windows of the variance
 *               within one, 1 at most. Padding does not count. (The paper's contrast pooling.)
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

/* Zeroes are none. */
struct lsn_normalisation {
    enum lsn_normalisation_kind kind;
    double sigma_px;
    double half, power;
    double mean, sd;                       /* that a stimulus is brought to; else 0 */
    char node[LSN_NORMALISATION_NODE_MAX]; /* "": the stimulus */
};

#define LSN_NORMALISATION_MEAN .449
#define LSN_NORMALISATION_SD   .226

/* Reads a text as above. mean in [0,1] and sd in (0,1] are for stimuli. LSN_E_ARGUMENT. */
enum lsn_status lsn_normalisation_parse(const char *text, double mean, double sd,
                                        struct lsn_normalisation *normalisation,
                                        struct lsn_error *err);

/* The shortest text that is read as that normalisation; mean and sd are not in it. */
void lsn_normalisation_text(const struct lsn_normalisation *normalisation,
                            char text[LSN_NORMALISATION_TEXT_MAX]);

/* Whether the model has the node, and it can be normalised so: to be asked before long
 * work. LSN_E_ARGUMENT. */
enum lsn_status lsn_normalisation_check(const struct lsn_normalisation *normalisation,
                                        const struct lsn_model *model, struct lsn_error *err);

/* Normalises pixels [h][w][c] in 0 ... 255, a stimulus, in place; nothing where the
 * normalisation is none or of a node. scratch [lsn_normalisation_scratch(shape)]. */
void lsn_normalisation_apply(const struct lsn_normalisation *normalisation, struct lsn_shape shape,
                             float *pixels, double *scratch);
size_t lsn_normalisation_scratch(struct lsn_shape shape);

LSN_API_END
#endif
