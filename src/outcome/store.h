/* Where outcomes are kept: in memory, or in the arrays of a run directory. Cells are
 * missing until they are put. Any number of threads may put and get at once, cells of
 * their own. */
#ifndef LSN_OUTCOME_STORE_H
#define LSN_OUTCOME_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesion/network.h"

struct lsn_store;

/* A stimulus is image * conditions + condition. */
struct lsn_store_shape {
    size_t images, conditions, kernels;
};

/* LSN_E_MEMORY, LSN_E_IO. */
enum lsn_status lsn_store_in_memory(struct lsn_store_shape shape, struct lsn_store **store,
                                    struct lsn_error *err);

/* Lays the arrays out in folder, all cells missing, and on disk. */
enum lsn_status lsn_store_create(const char *folder, struct lsn_store_shape shape,
                                 struct lsn_store **store, struct lsn_error *err);

/* LSN_E_FORMAT where the arrays have other shapes. */
enum lsn_status lsn_store_open(const char *folder, struct lsn_store_shape shape, bool writable,
                               struct lsn_store **store, struct lsn_error *err);
void lsn_store_free(struct lsn_store *store);

/* Bytes of the arrays in a folder, and in memory. */
double lsn_store_bytes(struct lsn_store_shape shape);
size_t lsn_store_memory(struct lsn_store_shape shape);

/* The intact outcome of a stimulus, and those of kernels first ... first+count-1.
 * same: 1 where the lesion leaves the logits as they were (lesion/results.h). A missing one is read
 * as predicted -1. */
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

/* The share of a stimulus's pixels that its region takes in; NaN: missing. */
enum lsn_status lsn_store_put_area(struct lsn_store *store, size_t stimulus, float area_frac,
                                   struct lsn_error *err);
enum lsn_status lsn_store_get_area(const struct lsn_store *store, size_t stimulus, float *area_frac,
                                   struct lsn_error *err);

/* How many outcomes [count] that were got are not missing; whether none is. */
size_t lsn_store_count_there(const struct lsn_outcome *outcomes, size_t count);
bool lsn_store_all_there(const struct lsn_outcome *outcomes, size_t count);

/* Whether a stimulus's intact outcome and that share are there. */
enum lsn_status lsn_store_has_intact(const struct lsn_store *store, size_t stimulus, bool *has,
                                     struct lsn_error *err);

/* What was put is on the disk afterwards. */
enum lsn_status lsn_store_sync(struct lsn_store *store, struct lsn_error *err);

#endif
