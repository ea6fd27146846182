/* Results as tidy CSV files, of the complete images at the beginning. Every function
 * writes to path ("-" is standard output); an existing file is refused unless force; a
 * file appears whole or not at all. */
#ifndef LESION_TABLE_H
#define LESION_TABLE_H

#include "lesion/dataset.h"
#include "lesion/sweep.h"

LSN_API_BEGIN

/* One row per layer, kernel and condition:
 * layer,layer_index,kernel,contrast,region,images,top1_intact,top1_lesioned,lost,
 * gained,top1_drop,top5_intact,top5_lesioned,top5_drop,loss_intact,loss_lesioned,
 * loss_drop,margin_drop,changed,noop */
enum lsn_status lsn_table_write_kernels(const char *path, bool force,
                                        const struct lsn_results *results, struct lsn_error *err);

/* contrast,region,images,top1,top5,loss,margin */
enum lsn_status lsn_table_write_intact(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err);

/* file,class,contrast,region,predicted,rank,loss,margin */
enum lsn_status lsn_table_write_images(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err);

/* The kept logits as NumPy .npy, float32 [images][conditions][classes]. */
enum lsn_status lsn_table_write_logits(const char *path, bool force,
                                       const struct lsn_results *results, struct lsn_error *err);

/* What the network is shown, shown [images][condition_count]:
 * file,contrast,region,area,rms_contrast,mean_luminance */
enum lsn_status lsn_table_write_shown(const char *path, bool force,
                                      const struct lsn_dataset *dataset,
                                      const struct lsn_condition *conditions, int condition_count,
                                      const struct lsn_shown *shown, size_t images,
                                      struct lsn_error *err);

/* Provenance of a run as JSON: versions, BLAS core, SHA-256 of model and image
 * list, and the options as given. options: [option_count] name and value pairs. */
enum lsn_status lsn_provenance_write(const char *path, bool force, const struct lsn_model *model,
                                     const struct lsn_dataset *dataset, const char *command,
                                     const char *const (*options)[2], int option_count,
                                     size_t images, struct lsn_error *err);

/* Whether path could be written now: to be asked before long work. */
enum lsn_status lsn_table_check(const char *path, bool force, struct lsn_error *err);

LSN_API_END
#endif
