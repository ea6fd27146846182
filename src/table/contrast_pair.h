/* Compares what lesioning each kernel costs at a low and at a high contrast, image by image. */
#ifndef LSN_TABLE_CONTRAST_PAIR_H
#define LSN_TABLE_CONTRAST_PAIR_H

#include "lesion/table.h"
#include "table/columns.h"
#include "table/effects.h"
#include "table/folds.h"

/* The two contrasts that are compared. */
enum { LSN_LOW, LSN_HIGH, LSN_ENDS };

/* The differences that are tested by flipping their signs, one per image. */
enum lsn_contrast_pair_measure {
    LSN_CONTRAST_PAIR_TOP1, /* (right intact - right lesioned) at low - the same at high */
    LSN_CONTRAST_PAIR_LOSS, /* (loss lesioned - loss intact) at low - the same at high */
    /* These two are 0 unless the image is right at both contrasts when intact. */
    LSN_CONTRAST_PAIR_LOST,   /* lost at low - lost at high */
    LSN_CONTRAST_PAIR_BEYOND, /* lost at low - predicted to be lost at low (effects.h) */
    LSN_CONTRAST_PAIR_MEASURES
};

/* One kernel's sums over the images. */
struct lsn_contrast_pair_sums {
    double dropped[LSN_ENDS]; /* lost - gained, images */
    double loss[LSN_ENDS];    /* lesioned - intact, nats */
    size_t lost[LSN_ENDS];    /* images, of those right when intact at that contrast */
    /* Of the images right at both contrasts when intact: */
    size_t low_only, high_only; /* lost at low contrast only, at high contrast only */
    size_t both_lost[LSN_ENDS]; /* lost at that contrast */
    size_t predicted;           /* predicted to be lost at low contrast */
    size_t unpredicted, spared; /* lost at low though not predicted; predicted and not lost */
    double fold_dropped[LSN_ENDS][LSN_FOLDS_MAX]; /* dropped, over the images of one fold */
};

struct lsn_contrast_pair {
    const struct lsn_results *results;
    const struct lsn_table_options *options;
    size_t start, end;        /* kernels start ... end-1 are tested together */
    int conditions[LSN_ENDS]; /* set by the caller */
    int folds;                /* of the images, for the jackknife: image i is in fold i % folds */
    double fold_images[LSN_FOLDS_MAX], fold_correct[LSN_ENDS][LSN_FOLDS_MAX];
    size_t correct[LSN_ENDS]; /* images right when intact */
    struct lsn_effects effects;
    struct lsn_contrast_pair_sums *sums; /* [end - start] */
    /* For each measure, arrays [end - start]; those of maxima are [flips]. */
    double *p[LSN_CONTRAST_PAIR_MEASURES], *p_max[LSN_CONTRAST_PAIR_MEASURES];
    double *score[LSN_CONTRAST_PAIR_MEASURES], *maxima[LSN_CONTRAST_PAIR_MEASURES];
    struct lsn_kernel_batch block;
    double *differences[LSN_CONTRAST_PAIR_MEASURES]; /* [block.most] of one image */
    struct lsn_flips *tests[LSN_CONTRAST_PAIR_MEASURES];
};

/* The two conditions [LSN_ENDS] to compare, both with the region and normalisation of condition
 * first: those of the contrasts of conditions low and high, or where these are negative of the
 * lowest and the highest contrast. They are the same one where a contrast was not given and the run
 * has only one contrast with that region and normalisation; one is -1 where the run lacks a given
 * contrast there. LSN_E_ARGUMENT. */
enum lsn_status lsn_contrast_pair_choose(const struct lsn_results *results, int low, int high,
                                         int first, int *conditions, struct lsn_error *err);

/* Fills s, whose results, options, start, end and conditions the caller has set; the other members
 * must be 0. LSN_E_INTERRUPTED, LSN_E_DATA, LSN_E_IO, LSN_E_MEMORY; call lsn_contrast_pair_free
 * after a failure, too. */
enum lsn_status lsn_contrast_pair_make(struct lsn_contrast_pair *s, struct lsn_error *err);
void lsn_contrast_pair_free(struct lsn_contrast_pair *s);

#endif
