/* Finds out which class each class folder stands for. */
#ifndef LSN_DATA_MATCHING_H
#define LSN_DATA_MATCHING_H

#include "base/text.h"
#include "data/dataset.h"

/* The way out that ends a refusal: how to give the labels otherwise. */
#define LSN_LABELS_HINT "(a labels.csv with the header file,class gives the labels otherwise)"

/* The class folders, and the classes that are found for them. */
struct lsn_matching {
    const char *folder; /* the folder that contains them */
    const char **names; /* [count] lent; sorted by bytes, as torchvision's ImageFolder sorts them */
    int count;
    int *indices;        /* [count] class of each folder */
    struct lsn_text how; /* one sentence on how the classes were found; owned */
};

/* Matches the folders by the ids and names of the model's classes; *known is false where no folder
 * is named so. LSN_E_MEMORY; LSN_E_DATA where only some folders match, or a name is that of two
 * classes. */
enum lsn_status lsn_match_known(struct lsn_matching *matching, const struct lsn_classes *classes,
                                bool *known, struct lsn_error *err);

/* Matches folders whose names are no ids or names of classes: by index where they are named 0 ...
 * classes - 1, else by counting them in the order that the user asks for, or in sorted order where
 * that cannot be mistaken. LSN_E_MEMORY; LSN_E_DATA where it can be mistaken. */
enum lsn_status lsn_match_counted(struct lsn_matching *matching, const struct lsn_classes *classes,
                                  enum lsn_folder_order order, struct lsn_error *err);

#endif
