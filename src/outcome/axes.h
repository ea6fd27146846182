/* The three axes of a run's arrays, written as CSV files: images.csv, conditions.csv,
 * kernels.csv. */
#ifndef LSN_OUTCOME_AXES_H
#define LSN_OUTCOME_AXES_H

#include "base/text.h"
#include "outcome/results.h"

/* The names of a condition's enum values. */
enum { LSN_DEFINITIONS = LSN_CONTRAST_LUMINANCE_MEAN + 1, LSN_QUANTIZES = LSN_QUANTIZE_NONE + 1 };
extern const char *const lsn_definition_names[LSN_DEFINITIONS];
extern const char *const lsn_quantize_names[LSN_QUANTIZES];

/* The column of kernels.csv that only the run of a sample has: of how many of its layer's kernels a
 * kernel was drawn. */
#define LSN_SAMPLED_FROM "sampled_from"

/* The column that only the run of joint lesions has: the set, numbered from 0, that a kernel is
 * lesioned with. A set has a row for each of its kernels, and is one kernel of the arrays. */
#define LSN_SET "set"

#define LSN_CONDITION "contrast,region,normalise"

/* Appends the cells with which a table names a condition, in the columns of LSN_CONDITION. */
void lsn_condition_add(struct lsn_text *text, const struct lsn_condition *condition);

/* Writes the three files of results' axes. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_axes_write(const char *folder, const struct lsn_results *results,
                               struct lsn_error *err);

/* Writes only images.csv. */
enum lsn_status lsn_axes_write_images(const char *folder, const struct lsn_results *results,
                                      struct lsn_error *err);

/* How a sentence ends that refuses to go on with another run. */
#define LSN_RUN_GOES_ON                                                                            \
    "a run goes on with the options that it began with, another one wants a folder of its own"

/* Compares the files in folder with what lsn_axes_write would write for results; LSN_E_DATA names
 * the kind of run or the first line that differs. any_bytes: the sizes of the image files may
 * differ. */
enum lsn_status lsn_axes_compare(const char *folder, const struct lsn_results *results,
                                 bool any_bytes, struct lsn_error *err);

/* Compares only the axes of conditions and kernels. */
enum lsn_status lsn_axes_compare_others(const char *folder, const struct lsn_results *results,
                                        struct lsn_error *err);

/* Compares the axes of conditions and kernels in folders a and b, which the shards of one run
 * share. */
enum lsn_status lsn_axes_compare_shared(const char *a, const char *b, struct lsn_error *err);

/* Reads the axes from the files in folder into results, whose number of classes must be set.
 * lsn_axes_read_shared leaves the images out. LSN_E_FORMAT, and as above. */
enum lsn_status lsn_axes_read(const char *folder, struct lsn_results *results,
                              struct lsn_error *err);
enum lsn_status lsn_axes_read_shared(const char *folder, struct lsn_results *results,
                                     struct lsn_error *err);

#endif
