#include <math.h>

#include "base/error.h"
#include "lesion/gradient.h"
#include "model/decide.h"
#include "model/model.h"

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

/* The best class but one, the first of several. */
static int best_but(const float *scores, int classes, int but)
{
    int best = but == 0 ? 1 : 0, i;

    for (i = best + 1; i < classes; i++)
        if (i != but && scores[i] > scores[best])
            best = i;
    return best;
}

enum lsn_status lsn_outcome_gradients(const struct lsn_model *model, const float *logits,
                                      int true_class, float *d_loss, float *d_margin,
                                      struct lsn_error *err)
{
    int classes = lsn_model_classes(model), count = lsn_model_logits(model), other, i;
    struct lsn_outcome outcome;
    const float *scores;
    double truth;

    lsn_error_clear(err);
    /* d_margin has room for the scores, which are no more than the logits, until the end. */
    LSN_TRY(lsn_model_scores(model, logits, d_margin, &scores, err));
    LSN_TRY(lsn_outcome_of(scores, classes, true_class, &outcome, err));
    other = best_but(scores, classes, true_class);
    truth = (double)scores[true_class];
    for (i = 0; i < count; i++)
        d_loss[i] = 0;
    /* The logarithm of the softmax's divisor is truth + loss. */
    for (i = 0; i < classes; i++)
        lsn_model_score_backward(model, logits, i,
                                 i == true_class
                                     ? expm1(-(double)outcome.loss)
                                     : exp((double)scores[i] - truth - (double)outcome.loss),
                                 d_loss);
    for (i = 0; i < count; i++)
        d_margin[i] = 0;
    lsn_model_score_backward(model, logits, true_class, 1, d_margin);
    lsn_model_score_backward(model, logits, other, -1, d_margin);
    return LSN_OK;
}
