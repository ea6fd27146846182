/* Which class each class folder stands for. */
#ifndef LSN_DATA_MATCHING_H
#define LSN_DATA_MATCHING_H

#include "base/text.h"
#include "data/dataset.h"

/* How labels are given otherwise, for the end of a refusal. */
#define LSN_LABELS_HINT "(a labels.csv with the header file,class gives the labels otherwise)"

/* Class folders to be matched. */
struct lsn_matching {
    const char *folder; /* where they lie */
    const char **names; /* [count] lent; in the order of their bytes, as ImageFolder sorts */
    int count;
    int *indices;        /* [count] the class of each */
    struct lsn_text how; /* one line on how that was found; owned */
};

/* Matches the folders by the classes' ids and names; *known is false where none bears one.
 * LSN_E_MEMORY; LSN_E_DATA where some do and others do not, or a name is two classes'. */
enum lsn_status lsn_match_known(struct lsn_matching *matching, const struct lsn_classes *classes,
                                bool *known, struct lsn_error *err);

/* Matches folders that bear no class's id or name: by index where they are called by each of
 * 0 ... classes - 1, else in the order that is asked for or that cannot be mistaken.
 * LSN_E_MEMORY; LSN_E_DATA where it can. */
enum lsn_status lsn_match_counted(struct lsn_matching *matching, const struct lsn_classes *classes,
                                  enum lsn_folder_order order, struct lsn_error *err);

#endif
