/* The model's classes by what they are called. */
#ifndef LSN_MODEL_CLASSES_H
#define LSN_MODEL_CLASSES_H

#include "base/error.h"
#include "base/names.h"
#include "lesion/model.h"

/* Which classes bear a text as their id, or as their name. */
struct lsn_class_texts {
    struct lsn_names first; /* the text to the first class that bears it */
    int *second;            /* [count] by that class: another that bears it, or -1 */
};

/* Texts are lent from the model. */
struct lsn_classes {
    int count;
    struct lsn_class_texts ids, names;
    bool has_names;       /* any id or name at all */
    bool has_wordnet_ids; /* any that is a WordNet id */
    /* How groups of them are decided between, by which images are labelled; NULL: they are
     * labelled by class. Lent from the model. */
    const struct lsn_decision *decision;
};

/* LSN_E_MEMORY; lsn_classes_free in any case. */
enum lsn_status lsn_classes_read(const struct lsn_model *model, struct lsn_classes *classes,
                                 struct lsn_error *err);
void lsn_classes_free(struct lsn_classes *classes);

/* The class whose id or else name text is, exactly, or -1; *other is a second one
 * called the same (ImageNet has two named "crane"), or -1. */
int lsn_class_find(const struct lsn_classes *classes, const char *text, int *other);

/* Whether text is a WordNet id of a noun, n and eight digits, as ImageNet's classes have. */
bool lsn_is_wordnet_id(const char *text);

/* Whether text is digits alone: in a list such a class is an index, whatever it may be the name
 * of. */
bool lsn_is_class_index(const char *text);

#endif
