/* Labels for decisions between groups of classes (lesion/decide.h): a label is the name of a group,
 * or a class that the map of groups assigns to one. */
#ifndef LSN_DATA_DECIDED_H
#define LSN_DATA_DECIDED_H

#include "data/matching.h"

/* What the text of a label is. */
enum lsn_label_kind {
    LSN_LABEL_NONE,  /* neither a group nor a class */
    LSN_LABEL_GROUP, /* the name of a group */
    LSN_LABEL_INDEX, /* the index of a class of the model, as are the others: */
    LSN_LABEL_ID,    /* its id */
    LSN_LABEL_NAME   /* its name */
};

/* Finds the group that a label text stands for; classes->decision must be set. An unknown label is
 * no error: *kind is then LSN_LABEL_NONE. by_index: a number may be a class index. where begins the
 * error sentence. LSN_E_DATA where the text could mean two groups, or is a class that the map has
 * in no group. */
enum lsn_status lsn_decided_find(const struct lsn_classes *classes, bool by_index,
                                 const char *where, const char *text, int *group,
                                 enum lsn_label_kind *kind, struct lsn_error *err);

/* Like lsn_match_known, for a decision between groups: matches class folders by the names of
 * groups, or by the ids and names of classes. */
enum lsn_status lsn_decided_match(struct lsn_matching *matching, const struct lsn_classes *classes,
                                  bool *known, struct lsn_error *err);

/* Replaces the classes in matching->indices by their groups. LSN_E_DATA where a class is in no
 * group. */
enum lsn_status lsn_decided_turn(struct lsn_matching *matching, const struct lsn_classes *classes,
                                 struct lsn_error *err);

#endif
