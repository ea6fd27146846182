/* Run directories: what a run is of, and its outcomes, on disk.
 *
 *   run.json        the facts below; written last, so a directory that has it is whole
 *   images.csv, conditions.csv, kernels.csv   the three axes of the arrays
 *   looked.csv      what was seen of each image of the whole list, also of those left out:
 *                   size, modification time, SHA-256 (data/looked.h). Not in older runs.
 *   intact_*.npy    [image][condition]          predicted, rank, loss, margin
 *   area.npy        [image][condition]          share of the pixels in the region
 *   *.npy           [image][condition][kernel]  the same and same
 *   means.npy       the mean planes, where a lesion takes them
 *   fewer-images.tmp/   the same without images that were taken from the list, on its way to
 *                   take this one's place (outcome/removal.h)
 *   race.json       of the last race that left outcomes here; none: all are a sweep's. Its
 *                   right_in_both is of all of them: raced_right of lesion/results.h
 *   lock            held while a process works on it
 */
#ifndef LSN_OUTCOME_RUN_H
#define LSN_OUTCOME_RUN_H

#define LSN_FACTS_FILE "run.json"
#define LSN_MEANS_FILE "means.npy"
#define LSN_RACE_FILE  "race.json"

#include <stdbool.h>

#include "lesion/look.h"
#include "outcome/results.h"

/* What must not change while a run is carried on, as texts. */
enum lsn_fact {
    LSN_FACT_FORMAT,
    LSN_FACT_LESION,    /* version of the program */
    LSN_FACT_BLAS_CORE, /* the last bits depend on it */
    LSN_FACT_MODEL,     /* SHA-256 */
    LSN_FACT_DECIDE,    /* rule of lsn_model_decision; before the images, which it labels */
    LSN_FACT_IMAGES,    /* SHA-256 of the whole list, from which partners and means come */
    LSN_FACT_ORDER,     /* of that list: "list", its own, or "shuffled:SEED" */
    LSN_FACT_CLASSES,
    LSN_FACT_ENGINE,
    LSN_FACT_ALPHA,
    LSN_FACT_DEPTH,
    LSN_FACT_SHARD, /* i/n */
    LSN_FACT_COUNT
};

struct lsn_facts {
    char text[LSN_FACT_COUNT][80];
};

/* The order of a list of images, as facts and provenance say it. */
#define LSN_ORDER_LIST     "list"
#define LSN_ORDER_SHUFFLED "shuffled:" /* and the seed */
#define LSN_ORDER_TEXT_MAX 40
void lsn_order_text(const struct lsn_dataset *dataset, char text[LSN_ORDER_TEXT_MAX]);

/* Facts of a run of this process. */
struct lsn_facts lsn_facts_of(const struct lsn_model *model, const struct lsn_dataset *dataset,
                              enum lsn_engine engine, const struct lsn_image_options *loading,
                              int shard, int shards);

/* The first fact in which two runs differ, an enum lsn_fact, or -1. any_core, any_shard:
 * that one is no difference. */
int lsn_facts_difference(const struct lsn_facts *a, const struct lsn_facts *b, bool any_core,
                         bool any_shard);

/* The fact's key in run.json; static. */
const char *lsn_fact_name(enum lsn_fact fact);

/* run.json of a folder. LSN_E_IO, LSN_E_FORMAT, LSN_E_UNSUPPORTED, LSN_E_MEMORY. */
enum lsn_status lsn_facts_read(const char *folder, struct lsn_facts *facts, struct lsn_error *err);
enum lsn_status lsn_facts_write(const char *folder, const struct lsn_facts *facts,
                                struct lsn_error *err);

/* Opens folder as the run that results and facts describe, and gives results its store:
 * lays it out where it is not there (or was not laid out whole), else checks that it is
 * that run. any_core: another BLAS core is no difference. look: what was seen of the whole
 * list, which is kept, and by which images without outcomes may have been mended or replaced
 * (lsn_run_renew_images) or be gone from the list (outcome/removal.h), which results then say;
 * NULL: none may have another size or be gone. *lock is to be closed after
 * the store. LSN_E_DATA names the first difference; LSN_E_IO, where another process
 * works on it among others; LSN_E_FORMAT, LSN_E_MEMORY. */
enum lsn_status lsn_run_open(const char *folder, const struct lsn_facts *facts, bool any_core,
                             const struct lsn_look *look, struct lsn_results *results, int *lock,
                             struct lsn_error *err);

/* Sets results' raced and raced_right from the folder's race.json: raced is whether there is one.
 * LSN_E_IO, LSN_E_FORMAT, LSN_E_MEMORY. */
enum lsn_status lsn_run_read_race(const char *folder, struct lsn_results *results,
                                  struct lsn_error *err);

/* Reads facts and axes of a run, and opens its outcomes for reading. */
enum lsn_status lsn_run_read(const char *folder, struct lsn_facts *facts,
                             struct lsn_results **results, struct lsn_error *err);

/* Images first ... first+count-1 of a list are shard (from 1) of shards. */
void lsn_run_shard(size_t images, int shard, int shards, size_t *first, size_t *count);

#endif
