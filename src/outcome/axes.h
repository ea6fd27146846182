/* The axes of a run's arrays as CSV files: images.csv, conditions.csv, kernels.csv. */
#ifndef LSN_OUTCOME_AXES_H
#define LSN_OUTCOME_AXES_H

#include "base/text.h"
#include "outcome/results.h"

/* The words of a condition's enums. */
enum { LSN_DEFINITIONS = LSN_CONTRAST_LUMINANCE_MEAN + 1, LSN_QUANTIZES = LSN_QUANTIZE_NONE + 1 };
extern const char *const lsn_definition_names[LSN_DEFINITIONS];
extern const char *const lsn_quantize_names[LSN_QUANTIZES];

#define LSN_CONDITION "contrast,region,normalise"

/* The cells of LSN_CONDITION: how a table names a condition. */
void lsn_condition_add(struct lsn_text *text, const struct lsn_condition *condition);

/* LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_axes_write(const char *folder, const struct lsn_results *results,
                               struct lsn_error *err);

/* The same of images.csv alone. */
enum lsn_status lsn_axes_write_images(const char *folder, const struct lsn_results *results,
                                      struct lsn_error *err);

/* LSN_E_DATA with the first line that is not what lsn_axes_write would write. any_bytes: the
 * images' sizes are no difference. */
enum lsn_status lsn_axes_compare(const char *folder, const struct lsn_results *results,
                                 bool any_bytes, struct lsn_error *err);

/* The same of all axes but the images. */
enum lsn_status lsn_axes_compare_others(const char *folder, const struct lsn_results *results,
                                        struct lsn_error *err);

/* The same of the axes that shards of a run share, all but the images, in folder a as
 * against folder b. */
enum lsn_status lsn_axes_compare_shared(const char *a, const char *b, struct lsn_error *err);

/* Fills the axes of results, whose classes are known; all, or all but the images.
 * LSN_E_FORMAT and as above. */
enum lsn_status lsn_axes_read(const char *folder, struct lsn_results *results,
                              struct lsn_error *err);
enum lsn_status lsn_axes_read_shared(const char *folder, struct lsn_results *results,
                                     struct lsn_error *err);

#endif
