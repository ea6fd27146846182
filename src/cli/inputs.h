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
    struct lsn_look *look; /* of the whole dataset, before --damaged; NULL until looking_look */
    struct lsn_region *regions; /* [region_count] */
    int region_count;
    struct lsn_normalisation *normalisations; /* [normalisation_count] */
    int normalisation_count;
    struct lsn_condition *conditions; /* [condition_count] each contrast with each region with each
                                       * normalisation, which varies fastest */
    int condition_count;
    struct lsn_lesion *lesions; /* [lesion_count]; NULL for commands without --lesion */
    int lesion_count;
};

/* Writes a sentence about the layers whose weights the network uses at several places, which tells
 * where a kernel is lesioned. False: there are no such layers. */
#define INPUTS_PLACES_TEXT_MAX 700
bool inputs_places_text(const struct lsn_model *model, char *text, size_t size);

/* Loads the model without images, sets the groups of --decide, and splits layers as --lesion-places
 * asks, if the command has --lesion. False after an error message. */
bool inputs_load_model(const struct options *options, struct lsn_model **model);

/* Prints a note for each thing that was assumed about the model at path. The functions below call
 * it. */
void inputs_note_model(const char *path, const struct lsn_model *model);

/* Loads the model and lists the images. False after an error message. inputs_free has to follow,
 * also on failure. */
bool inputs_load_images(const struct options *options, struct inputs *inputs);

/* Lists the images of folder, and prints a note on how they were labelled. NULL after an error
 * message. */
struct lsn_dataset *inputs_open_dataset(const char *folder, const struct options *options,
                                        const struct lsn_model *model);

/* Loads everything that struct inputs has, except the look. False after an error message; then
 * everything is freed. */
bool inputs_load(const struct options *options, struct inputs *inputs);

/* Whether --lesion names one lesion, as takes ("a group takes") wants: told before anything is
 * loaded. False after an error message. */
bool inputs_one_lesion(const struct options *options, const char *takes);

void inputs_free(struct inputs *inputs);

#endif
