#include <math.h>

#include "base/error.h"
#include "lesion/network.h"
#include "model/decide.h"

enum lsn_status lsn_outcome_of(const float *logits, int classes, int true_class,
                               struct lsn_outcome *outcome, struct lsn_error *err)
{
    float truth, best = -INFINITY, other = -INFINITY;
    double sum = 0;
    int i;

    lsn_error_clear(err);
    if (true_class < 0 || true_class >= classes)
        return lsn_fail(err, LSN_E_ARGUMENT, "the true class is %d, of %d", true_class, classes);
    truth = logits[true_class];
    LSN_TRY(lsn_logits_check(logits, classes, err));
    *outcome = (struct lsn_outcome){.predicted = 0, .rank = 1};
    for (i = 0; i < classes; i++) {
        if (logits[i] > best) {
            best = logits[i];
            outcome->predicted = i;
        }
        if (i == true_class)
            continue;
        if (logits[i] > truth || (i < true_class && logits[i] == truth))
            outcome->rank++;
        other = logits[i] > other ? logits[i] : other;
    }
    for (i = 0; i < classes; i++)
        sum += exp((double)logits[i] - (double)best);
    outcome->loss = (float)(log(sum) + (double)best - (double)truth);
    outcome->margin = truth - other;
    if (!isfinite(outcome->loss) || (classes > 1 && !isfinite(outcome->margin)))
        return lsn_fail(err, LSN_E_DATA,
                        "the logits %g and %g are too far apart for a float to tell how far",
                        fmin((double)truth, (double)other), (double)best);
    return LSN_OK;
}

bool lsn_logits_same(const float *logits, const float *intact, int classes)
{
    double scale = 0, moved = 0;
    int i;

    /* Not by fmax: GCC 12 fails on that where it compiles for arm64. */
    for (i = 0; i < classes; i++) {
        double size = fabs((double)intact[i]), by = fabs((double)logits[i] - (double)intact[i]);

        scale = size > scale ? size : scale;
        moved = by > moved ? by : moved;
    }
    return moved <= LSN_SAME_FRAC * scale;
}
