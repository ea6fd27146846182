/* What most commands start from: the model, the images and the conditions that
 * the options name. */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include "lesion/dataset.h"
#include "lesion/lesions.h"
#include "lesion/look.h"
#include "lesion/model.h"
#include "lesion/stimulus.h"
#include "options.h"

struct inputs {
    struct lsn_model *model;
    struct lsn_dataset *dataset;
    struct lsn_look *look;      /* at the dataset as it was listed; NULL until looking_look */
    struct lsn_region *regions; /* [region_count] */
    int region_count;
    struct lsn_normalisation *normalisations; /* [normalisation_count] */
    int normalisation_count;
    struct lsn_condition *conditions; /* [condition_count] of each contrast every region, of each
                                       * region every normalisation */
    int condition_count;
    struct lsn_lesion *lesions; /* [lesion_count]; none for commands without --lesion */
    int lesion_count;
};

/* What there is to say about layers whose weights are read at several places; false: nothing. */
#define INPUTS_PLACES_TEXT_MAX 700
bool inputs_places_text(const struct lsn_model *model, char *text, size_t size);

/* The model alone, with the groups that it is to decide between, and its layers as
 * --lesion-places has them where the command lesions. False, with an error said, on failure. */
bool inputs_load_model(const struct options *options, struct lsn_model **model);

/* Says what was assumed of the model at path: a note each. The functions below do. */
void inputs_note_model(const char *path, const struct lsn_model *model);

/* The model and the images. False, with an error said, on failure; inputs_free in any case. */
bool inputs_load_images(const struct options *options, struct inputs *inputs);

/* The images of folder, with a note on how they were labelled. NULL, with an error said, on
 * failure. */
struct lsn_dataset *inputs_open_dataset(const char *folder, const struct options *options,
                                        const struct lsn_model *model);

/* All of it. False, with an error said, on failure; nothing is then held. */
bool inputs_load(const struct options *options, struct inputs *inputs);

void inputs_free(struct inputs *inputs);

#endif
