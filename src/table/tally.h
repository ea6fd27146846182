/* What outcomes come to: counts and sums over images, in image order. */
#ifndef LSN_TABLE_TALLY_H
#define LSN_TABLE_TALLY_H

#include "lesion/results.h"

#define LSN_TALLY_TOP 5

/* Counts are of images; sums in nats and logits. */
struct lsn_tally {
    size_t top1, top5;
    size_t lost, gained; /* correct only intact; only lesioned */
    size_t changed;      /* predicted another class */
    double loss, margin;
    bool same; /* the lesion leaves all logits as they were: noop */
};

/* Counts an image's outcome; that of a lesion beside the intact one. */
void lsn_tally_add(struct lsn_tally *tally, const struct lsn_outcome *outcome);
void lsn_tally_add_lesioned(struct lsn_tally *tally, const struct lsn_outcome *intact,
                            const struct lsn_outcome *lesioned, bool same);

/* Of the first `images` images. */
struct lsn_tallies {
    struct lsn_tally *intact;   /* [condition_count] */
    struct lsn_tally *lesioned; /* [condition_count][kernel_count] */
    double *p, *q;              /* likewise; NULL until lsn_tallies_test */
};

/* LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_tallies_make(const struct lsn_results *results, size_t images,
                                 struct lsn_tallies *tallies, struct lsn_error *err);

/* p: McNemar's exact tests of lost against gained; q: Benjamini-Hochberg over the
 * kernels of a family (lsn_family_end) at a condition. LSN_E_MEMORY. */
enum lsn_status lsn_tallies_test(const struct lsn_results *results, struct lsn_tallies *tallies,
                                 struct lsn_error *err);
/* The same of the intact outcomes alone: lesioned is NULL, and their arrays are not read. */
enum lsn_status lsn_tallies_make_intact(const struct lsn_results *results, size_t images,
                                        struct lsn_tallies *tallies, struct lsn_error *err);

void lsn_tallies_free(struct lsn_tallies *tallies);

#endif
