/* Keeps outcomes, in memory or in the arrays of a run directory. An outcome is missing until it is
 * put. Any number of threads may put and get at once, each outcomes of its own. */
#ifndef LSN_OUTCOME_STORE_H
#define LSN_OUTCOME_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesion/network.h"

struct lsn_store;

/* The sizes of the arrays. The index of a stimulus is image * conditions + condition. */
struct lsn_store_shape {
    size_t images, conditions, kernels;
};

/* Makes a store in memory, all outcomes missing. LSN_E_MEMORY, LSN_E_IO. */
enum lsn_status lsn_store_in_memory(struct lsn_store_shape shape, struct lsn_store **store,
                                    struct lsn_error *err);

/* Creates the arrays in folder at full size, all outcomes missing; they are on the disk
 * afterwards. */
enum lsn_status lsn_store_create(const char *folder, struct lsn_store_shape shape,
                                 struct lsn_store **store, struct lsn_error *err);

/* Opens the arrays in folder. LSN_E_FORMAT where they have another shape. */
enum lsn_status lsn_store_open(const char *folder, struct lsn_store_shape shape, bool writable,
                               struct lsn_store **store, struct lsn_error *err);
void lsn_store_free(struct lsn_store *store);

/* The bytes that the arrays take in a folder, and in memory. */
double lsn_store_bytes(struct lsn_store_shape shape);
size_t lsn_store_memory(struct lsn_store_shape shape);

/* Puts or gets the intact outcome of a stimulus, or its outcomes for kernels first ...
 * first+count-1. same is 1 where the lesion leaves the logits unchanged (lesion/results.h). A
 * missing outcome is read with predicted -1. */
enum lsn_status lsn_store_put_intact(struct lsn_store *store, size_t stimulus,
                                     const struct lsn_outcome *outcome, struct lsn_error *err);
enum lsn_status lsn_store_put(struct lsn_store *store, size_t stimulus, size_t first, size_t count,
                              const struct lsn_outcome *outcomes, const uint8_t *same,
                              struct lsn_error *err);
enum lsn_status lsn_store_get_intact(const struct lsn_store *store, size_t stimulus,
                                     struct lsn_outcome *outcome, struct lsn_error *err);
enum lsn_status lsn_store_get(const struct lsn_store *store, size_t stimulus, size_t first,
                              size_t count, struct lsn_outcome *outcomes, uint8_t *same,
                              struct lsn_error *err);

/* Puts or gets the share of a stimulus's pixels that its region covers; NaN: missing. */
enum lsn_status lsn_store_put_area(struct lsn_store *store, size_t stimulus, float area_frac,
                                   struct lsn_error *err);
enum lsn_status lsn_store_get_area(const struct lsn_store *store, size_t stimulus, float *area_frac,
                                   struct lsn_error *err);

/* How many of outcomes [count] are not missing; whether none is missing. */
size_t lsn_store_count_there(const struct lsn_outcome *outcomes, size_t count);
bool lsn_store_all_there(const struct lsn_outcome *outcomes, size_t count);

/* Sets *has to whether a stimulus has both its intact outcome and its area_frac. */
enum lsn_status lsn_store_has_intact(const struct lsn_store *store, size_t stimulus, bool *has,
                                     struct lsn_error *err);

/* Returns when everything that was put is on the disk. */
enum lsn_status lsn_store_sync(struct lsn_store *store, struct lsn_error *err);

#endif
