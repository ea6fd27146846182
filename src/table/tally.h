/* Outcomes added up over images, in image order: counts and sums. */
#ifndef LSN_TABLE_TALLY_H
#define LSN_TABLE_TALLY_H

#include "lesion/results.h"

#define LSN_TALLY_TOP 5

/* Counts of images; sums of the loss in nats and of the margin in logits. */
struct lsn_tally {
    size_t top1, top5;
    size_t lost, gained; /* right only intact; right only lesioned */
    size_t changed;      /* the lesioned network predicts another class than the intact one */
    double loss, margin;
    bool same; /* the lesion leaves all logits as they were: noop */
};

/* Add one image: its outcome on a network, or on the lesioned network beside the intact one. */
void lsn_tally_add(struct lsn_tally *tally, const struct lsn_outcome *outcome);
void lsn_tally_add_lesioned(struct lsn_tally *tally, const struct lsn_outcome *intact,
                            const struct lsn_outcome *lesioned, bool same);

/* What a lesion costs, summed over the images of two tallies: images recognised, nats, logits. */
struct lsn_tally_drops {
    double top1, loss, margin;
};
static inline struct lsn_tally_drops lsn_tally_drops(const struct lsn_tally *intact,
                                                     const struct lsn_tally *lesioned)
{
    return (struct lsn_tally_drops){.top1 = (double)lesioned->lost - (double)lesioned->gained,
                                    .loss = lesioned->loss - intact->loss,
                                    .margin = intact->margin - lesioned->margin};
}

/* The tallies of a run over its first images. */
struct lsn_tallies {
    struct lsn_tally *intact;   /* [condition_count] */
    struct lsn_tally *lesioned; /* [condition_count][kernel_count] */
    double *p, *q;              /* [condition_count][kernel_count]; NULL until lsn_tallies_test */
};

/* Tallies the first `images` images, intact and lesioned. LSN_E_ARGUMENT for results of joint
 * lesions; LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_tallies_make(const struct lsn_results *results, size_t images,
                                 struct lsn_tallies *tallies, struct lsn_error *err);

/* Sets p to McNemar's exact test of lost against gained, and q to Benjamini-Hochberg's q-values
 * over the kernels of a family (lsn_family_end) at each condition. LSN_E_MEMORY. */
enum lsn_status lsn_tallies_test(const struct lsn_results *results, struct lsn_tallies *tallies,
                                 struct lsn_error *err);

/* As lsn_tallies_make for the intact network alone: lesioned stays NULL, and no lesioned outcome is
 * read. */
enum lsn_status lsn_tallies_make_intact(const struct lsn_results *results, size_t images,
                                        struct lsn_tallies *tallies, struct lsn_error *err);

void lsn_tallies_free(struct lsn_tallies *tallies);

#endif
