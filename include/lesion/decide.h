/* What a network decides between: its classes, or groups of some of them. */
#ifndef LESION_DECIDE_H
#define LESION_DECIDE_H

#include "lesion/error.h"
#include "lesion/model.h"

LSN_API_BEGIN

/* The score of a group, which stands where a class's logit stands otherwise: in predicted, rank,
 * loss and margin. A group of one class has that class's logit by either rule. */
enum lsn_decide_by {
    LSN_DECIDE_BY_MEAN, /* log of the mean of exp(logit) over the group's classes. Up to a constant
                         * that all groups share it is the log of their mean softmax probability,
                         * whether the softmax is over all classes or over those of the map. */
    LSN_DECIDE_BY_MAX   /* the largest logit of the group's classes */
};

/* From here on the model decides between groups of its classes: lsn_model_classes counts the
 * groups, lsn_model_class_name names them, and images are labelled by them. To be called before
 * the model is used; a second call takes the place of the first.
 *
 * map_path: a CSV with the header class,group; class is a class's index, id or name, as in a
 * labels.csv. Groups are numbered in the order in which the map names them first. Logits of
 * classes that it does not name are left out of every decision.
 *
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT (the CSV); LSN_E_DATA: a class that the model does not
 * have or that is named twice, a group without a name, fewer than two groups. On failure the
 * model is as it was. */
enum lsn_status lsn_model_decide(struct lsn_model *model, const char *map_path,
                                 enum lsn_decide_by by, struct lsn_error *err);

/* How the model decides. */
struct lsn_decision_info {
    const char *text;   /* one line on the map and what it was taken for; lent; NULL: no map */
    const char *sha256; /* of the map, 64 hex digits; lent; NULL: no map */
    const char *by;     /* "mean" or "max"; "none": no map */
    const char *rule;   /* all of it, as run.json has it: "mean SHA-256", or "none"; lent */
    int groups;
    int classes; /* of the model that are in them */
};

struct lsn_decision_info lsn_model_decision(const struct lsn_model *model);

/* Length of what the network answers with: classes that it has, decided between or not. */
int lsn_model_logits(const struct lsn_model *model);

/* What is decided by, from logits [lsn_model_logits]: *scores [lsn_model_classes] is made in room
 * of that size, or is logits where there is no map. With a map LSN_E_DATA where a logit is not
 * finite, also one that is left out (without, lsn_outcome_of looks). */
enum lsn_status lsn_model_scores(const struct lsn_model *model, const float *logits, float *room,
                                 const float **scores, struct lsn_error *err);

LSN_API_END
#endif
