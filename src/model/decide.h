/* A map of classes to groups; the public half is lesion/decide.h. */
#ifndef LSN_MODEL_DECIDE_H
#define LSN_MODEL_DECIDE_H

#include "base/names.h"
#include "base/text.h"
#include "lesion/decide.h"

struct lsn_decision {
    enum lsn_decide_by by;
    int logit_count;        /* of the model */
    int *group_of;          /* [logit_count] -1: is left out */
    int group_count;        /* at least 2 */
    char **group_names;     /* [group_count] owned */
    struct lsn_names names; /* of the groups */
    int *classes;           /* [class_count] in the order of their groups, then of their index */
    int class_count;
    int *first; /* [group_count + 1] where each group begins in classes; the last: class_count */
    char sha256[65], rule[80];
    struct lsn_text text;
};

/* LSN_E_DATA where one of logits [count] is not finite. */
enum lsn_status lsn_logits_check(const float *logits, int count, struct lsn_error *err);

/* Adds factor times the derivatives, by the logits, of the score of a class that the model decides
 * between to d_logits [lsn_model_logits]. Where the largest logit is the score, that is of the
 * first of the largest. */
void lsn_model_score_backward(const struct lsn_model *model, const float *logits, int class_index,
                              double factor, float *d_logits);

void lsn_decision_free(struct lsn_decision *decision);

#endif
