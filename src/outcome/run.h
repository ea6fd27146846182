/* Run directories keep a run's facts and outcomes on disk, so that it can be interrupted and
 * resumed:
 *
 *   run.json        the facts below; written last, so a directory that has it has all other files
 *   images.csv, conditions.csv, kernels.csv   the three axes of the arrays
 *   looked.csv      what was seen of each image of the whole list, also of those left out:
 *                   size, modification time, SHA-256 (data/looked.h); not in older runs
 *   predicted.npy, rank.npy, loss.npy, margin.npy   [image][condition][kernel], with that kernel
 *                   lesioned
 *   same.npy        [image][condition][kernel]  whether the lesion left all logits unchanged
 *   intact_predicted.npy, ... intact_margin.npy     [image][condition], without a lesion
 *   area.npy        [image][condition]          share of the pixels in the region
 *   means.npy       the mean planes, if a lesion uses them
 *   fewer-images.tmp/   a shorter run on its way to replace this one, after images were taken
 *                   from the list (outcome/removal.h)
 *   race.json       exists if a race stored outcomes here, for which kernels may have been run on
 *                   different images. Describes the last race; but its right_in_both tells
 *                   whether any race here ran only images that are right at both contrasts
 *   tables.sha256   SHA-256 of each table that was made of the run, one a line, which a later one
 *                   may so replace (lsn_run_wrote)
 *   lock            locked while a process works on the run
 */
#ifndef LSN_OUTCOME_RUN_H
#define LSN_OUTCOME_RUN_H

#define LSN_FACTS_FILE   "run.json"
#define LSN_MEANS_FILE   "means.npy"
#define LSN_RACE_FILE    "race.json"
#define LSN_WRITTEN_FILE "tables.sha256"

#include <stdbool.h>

#include "lesion/look.h"
#include "outcome/results.h"

/* The facts that must not change while a run is continued, as text. */
enum lsn_fact {
    LSN_FACT_FORMAT,
    LSN_FACT_LESION,    /* version of the program */
    LSN_FACT_BLAS_CORE, /* the last bits of outcomes depend on it */
    LSN_FACT_MODEL,     /* SHA-256 */
    LSN_FACT_DECIDE,    /* rule of lsn_model_decision; before the images, which it labels */
    LSN_FACT_IMAGES,    /* SHA-256 of the whole list, on which partners and means depend */
    LSN_FACT_ORDER,     /* order of the list: "list" (as read) or "shuffled:SEED" */
    LSN_FACT_CLASSES,
    LSN_FACT_ENGINE,
    LSN_FACT_ALPHA,
    LSN_FACT_DEPTH,
    LSN_FACT_LESIONED, /* which kernels at a time: LSN_LESIONED_ALONE, or an order of them */
    LSN_FACT_SHARD,    /* shard i of n, as "i/n" */
    LSN_FACT_COUNT
};

struct lsn_facts {
    char text[LSN_FACT_COUNT][80];
};

/* The order of a list of images, as run.json and the provenance write it. */
#define LSN_ORDER_LIST     "list"
#define LSN_ORDER_SHUFFLED "shuffled:" /* followed by the seed */
#define LSN_ORDER_TEXT_MAX 40
void lsn_order_text(const struct lsn_dataset *dataset, char text[LSN_ORDER_TEXT_MAX]);

/* Each kernel is lesioned alone; run.json need not say so. */
#define LSN_LESIONED_ALONE "alone"

/* Which of the runs of Shapley values is that of the kernels lesioned alone. */
#define LSN_SINGLES_FOLDER "singles"

/* The facts of a run that this process would make, in which each kernel is lesioned alone. */
struct lsn_facts lsn_facts_of(const struct lsn_model *model, const struct lsn_dataset *dataset,
                              enum lsn_engine engine, const struct lsn_image_options *loading,
                              int shard, int shards);

/* Says that kernels are lesioned in random orders, of each the first `length` (0: all), and stay
 * lesioned. */
void lsn_facts_lesion_in_order(struct lsn_facts *facts, int64_t seed, int round, int length);

/* The first fact, an enum lsn_fact, in which two runs differ, or -1. any_core, any_shard: the BLAS
 * core or the shard may differ. */
int lsn_facts_difference(const struct lsn_facts *a, const struct lsn_facts *b, bool any_core,
                         bool any_shard);

/* The key of a fact in run.json; a constant string. */
const char *lsn_fact_name(enum lsn_fact fact);

/* Reads or writes run.json in a folder. LSN_E_IO, LSN_E_FORMAT, LSN_E_UNSUPPORTED, LSN_E_MEMORY. */
enum lsn_status lsn_facts_read(const char *folder, struct lsn_facts *facts, struct lsn_error *err);
enum lsn_status lsn_facts_write(const char *folder, const struct lsn_facts *facts,
                                struct lsn_error *err);

/* Opens folder as the run that results and facts describe, and opens its store of outcomes for
 * results. A run that is not there, or was not laid out completely, is laid out; otherwise it is
 * checked to be this run. any_core: the BLAS core may differ. look is what was seen of the images
 * of the whole list; it is stored, and an image without outcomes may then have been changed
 * (lsn_run_renew_images) or taken from the list (outcome/removal.h) since the run began; results
 * receive how many. look NULL: no image may have another size or be gone. The caller closes *lock
 * after the store. LSN_E_DATA names the first difference; LSN_E_IO, also where another process
 * works on the run; LSN_E_FORMAT, LSN_E_MEMORY. */
enum lsn_status lsn_run_open(const char *folder, const struct lsn_facts *facts, bool any_core,
                             const struct lsn_look *look, struct lsn_results *results, int *lock,
                             struct lsn_error *err);

/* Sets raced and raced_right of results from race.json in folder; raced is whether that exists.
 * LSN_E_IO, LSN_E_FORMAT, LSN_E_MEMORY. */
enum lsn_status lsn_run_read_race(const char *folder, struct lsn_results *results,
                                  struct lsn_error *err);

/* Reads the facts and axes of a run, and opens its outcomes for reading. */
enum lsn_status lsn_run_read(const char *folder, struct lsn_facts *facts,
                             struct lsn_results **results, struct lsn_error *err);

/* Computes which images of a list belong to a shard (numbered from 1): first ... first+count-1. */
void lsn_run_shard(size_t images, int shard, int shards, size_t *first, size_t *count);

#endif
