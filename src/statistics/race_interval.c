/* The empirical-Bernstein confidence sequence without replacement of Waudby-Smith &
 * Ramdas (NeurIPS 2020, theorem 3.2), for what is reported of an arm; the race is
 * decided by pairwise tests, which are sharper. With x_i in 0 ... 1, S the sum of those before
 * it, r the images not seen before it, e_i a guess at x_i made before it, and any
 * weight l_i in (0, 1) chosen before it:
 *
 *     sum l_i (x_i + S/r) / W  -+  (ln(2/error) + sum psi(l_i) (x_i - e_i)^2) / W,
 *     W = sum l_i (1 + seen/r),   psi(l) = -ln(1 - l) - l,
 *
 * holds the mean over all images at all times with probability >= 1 - error; and so
 * does what it leaves of the range that unseen images of 0 and of 1 would give. */
#include "statistics/race.h"

#include <math.h>

#define WEIGHT_MOST 0.5
#define RENEW       16 /* images; a root and a logarithm for each value would be slow */

/* The guess and its squared error, each begun with one image's worth of the middle. */
static double guess(const struct lsn_confidence_sequence *spread, size_t seen)
{
    return (0.5 + spread->sum) / (double)(seen + 1);
}

/* Near the best weight if the spread stays as it is and this were the last image. */
static void renew(struct lsn_confidence_sequence *spread, size_t seen, double error)
{
    double t = (double)seen + 1, variance = (0.25 + spread->squares) / t;
    double weight = sqrt(2 * log(2 / error) / (variance * t * log(1 + t)));

    spread->weight = fmin(weight, WEIGHT_MOST);
    spread->psi = -log1p(-spread->weight) - spread->weight;
}

void lsn_confidence_sequence_add(struct lsn_confidence_sequence *spread, double x, size_t seen,
                                 size_t images, double error)
{
    double remaining = (double)(images - seen), miss = x - guess(spread, seen);

    if (seen % RENEW == 0 || (seen & (seen - 1)) == 0)
        renew(spread, seen, error);
    spread->weighted += spread->weight * (x + spread->sum / remaining);
    spread->weights += spread->weight * (1 + (double)seen / remaining);
    spread->cost += spread->psi * miss * miss;
    spread->squares += miss * miss;
    spread->sum += x;
}

void lsn_confidence_sequence_interval(const struct lsn_confidence_sequence *spread, size_t seen,
                                      size_t images, double error, double *lower, double *upper)
{
    double all = (double)images;

    *lower = spread->sum / all;
    *upper = (spread->sum + (double)(images - seen)) / all;
    if (seen > 0) {
        double middle = spread->weighted / spread->weights;
        double width = (log(2 / error) + spread->cost) / spread->weights;

        *lower = fmax(*lower, middle - width);
        *upper = fmin(*upper, middle + width);
    }
}
