/* Images labelled by groups of classes (lesion/decide.h): a label is the name of a group, or a
 * class that the map has in one. */
#ifndef LSN_DATA_DECIDED_H
#define LSN_DATA_DECIDED_H

#include "data/matching.h"

/* What a label was taken for. */
enum lsn_label_kind {
    LSN_LABEL_NONE, /* nothing that is known */
    LSN_LABEL_GROUP,
    LSN_LABEL_INDEX,
    LSN_LABEL_ID,
    LSN_LABEL_NAME
};

/* The group that text labels images with, where classes->decision is there; none is no error.
 * by_index: digits may be a class's index. where: for the error, in which it stands first.
 * LSN_E_DATA where text may mean two groups, or is a class that the map has in none. */
enum lsn_status lsn_decided_find(const struct lsn_classes *classes, bool by_index,
                                 const char *where, const char *text, int *group,
                                 enum lsn_label_kind *kind, struct lsn_error *err);

/* lsn_match_known with groups: by their names, or by the classes' ids and names. */
enum lsn_status lsn_decided_match(struct lsn_matching *matching, const struct lsn_classes *classes,
                                  bool *known, struct lsn_error *err);

/* Turns matching->indices from classes into their groups. LSN_E_DATA where one has none. */
enum lsn_status lsn_decided_turn(struct lsn_matching *matching, const struct lsn_classes *classes,
                                 struct lsn_error *err);

#endif
