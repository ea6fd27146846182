/* Lets a model decide between groups of its classes instead of between the classes themselves. */
#ifndef LESION_DECIDE_H
#define LESION_DECIDE_H

#include "lesion/error.h"
#include "lesion/model.h"

LSN_API_BEGIN

/* How a group's score is made from the logits of its classes. Predicted class, rank, loss and
 * margin are then computed from the groups' scores as they otherwise are from the classes' logits.
 * A group of one class has that class's logit by either rule. */
enum lsn_decide_by {
    LSN_DECIDE_BY_MEAN, /* log of the mean of exp(logit) over the group's classes. Up to a constant
                         * that all groups share it is the log of their mean softmax probability,
                         * whether the softmax is over all classes or over those of the map. */
    LSN_DECIDE_BY_MAX   /* the largest logit of the group's classes */
};

/* From here on the model decides between groups of its classes: lsn_model_classes counts the
 * groups, lsn_model_class_name names them, and images are labelled by them. Call it before
 * the model is used; a second call replaces the map of the first.
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

/* Describes what a model decides between, and by which rule. */
struct lsn_decision_info {
    const char *text;   /* one line on the map and how it was read; lent; NULL: no map */
    const char *sha256; /* of the map file, 64 hex digits; lent; NULL: no map */
    const char *by;     /* "mean" or "max"; "none": no map */
    const char *rule;   /* by and sha256 as run.json has them: "mean SHA-256", or "none"; lent */
    int groups;
    int classes; /* classes of the model that are in a group */
};

struct lsn_decision_info lsn_model_decision(const struct lsn_model *model);

/* The number of logits that the network computes: one per class of the model, whether or not the
 * class is in a group. */
int lsn_model_logits(const struct lsn_model *model);

/* Turns logits [lsn_model_logits] into the scores that the model decides by, *scores
 * [lsn_model_classes]. With a map they are computed into room [lsn_model_classes]; without one
 * *scores is logits itself. LSN_E_DATA where there is a map and any logit is not finite, even that
 * of a class in no group; without a map lsn_outcome_of makes this check. */
enum lsn_status lsn_model_scores(const struct lsn_model *model, const float *logits, float *room,
                                 const float **scores, struct lsn_error *err);

LSN_API_END
#endif
