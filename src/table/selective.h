/* What each kernel of a family costs at two contrasts, compared image by image. */
#ifndef LSN_TABLE_SELECTIVE_H
#define LSN_TABLE_SELECTIVE_H

#include "lesion/table.h"
#include "table/effects.h"
#include "table/parts.h"
#include "table/rows.h"

enum { LSN_LOW, LSN_HIGH, LSN_ENDS };

/* What is tested by sign flips: an image's difference between the two contrasts. */
enum lsn_selective_measure {
    LSN_SELECTIVE_TOP1,   /* of correctness lost: intact - lesioned, low - high */
    LSN_SELECTIVE_LOSS,   /* of the loss: lesioned - intact, low - high */
    LSN_SELECTIVE_LOST,   /* right in both when intact: lost at low - lost at high */
    LSN_SELECTIVE_BEYOND, /* right in both when intact: lost at low - predicted to be */
    LSN_SELECTIVE_MEASURES
};

/* Of one kernel, over images. */
struct lsn_selective_sums {
    double dropped[LSN_ENDS]; /* lost - gained, images */
    double loss[LSN_ENDS];    /* lesioned - intact, nats */
    size_t lost[LSN_ENDS];    /* of the images right when intact there */
    /* Of the images right in both when intact. */
    size_t low_only, high_only; /* lost at that contrast only */
    size_t both_lost[LSN_ENDS]; /* lost at it */
    size_t predicted;           /* predicted to be lost at low contrast */
    size_t unpredicted, spared; /* lost and not predicted; predicted and not lost */
    double part_dropped[LSN_ENDS][LSN_PARTS_MAX]; /* dropped, of the images of a part */
};

struct lsn_selective {
    const struct lsn_results *results;
    const struct lsn_table_options *options;
    size_t start, end;        /* kernels of the family */
    int conditions[LSN_ENDS]; /* to be set */
    int parts;                /* of the images, for jackknifes: image i is in part i % parts */
    double part_images[LSN_PARTS_MAX], part_correct[LSN_ENDS][LSN_PARTS_MAX]; /* intact */
    size_t correct[LSN_ENDS];                                                 /* images, intact */
    struct lsn_effects effects;
    struct lsn_selective_sums *sums; /* [end - start] */
    /* Of each measure: [end - start], and of maxima [flips]. */
    double *p[LSN_SELECTIVE_MEASURES], *p_max[LSN_SELECTIVE_MEASURES];
    double *score[LSN_SELECTIVE_MEASURES], *maxima[LSN_SELECTIVE_MEASURES];
    struct lsn_block block;
    double *differences[LSN_SELECTIVE_MEASURES]; /* [block.most] of one image */
    struct lsn_flips *tests[LSN_SELECTIVE_MEASURES];
};

/* The two conditions [LSN_ENDS] to compare that are shown as condition first: of the contrasts of
 * conditions low and high, or where these are negative of the lowest and the highest. They are the
 * same where a contrast was not given and one alone is shown so; where a given one is not, one is
 * -1. LSN_E_ARGUMENT. */
enum lsn_status lsn_selective_choose(const struct lsn_results *results, int low, int high,
                                     int first, int *conditions, struct lsn_error *err);

/* Computes all of it, of the results, options, kernels and conditions that are set.
 * LSN_E_INTERRUPTED, LSN_E_DATA, LSN_E_IO, LSN_E_MEMORY; lsn_selective_free frees what there
 * is then, too. */
enum lsn_status lsn_selective_make(struct lsn_selective *s, struct lsn_error *err);
void lsn_selective_free(struct lsn_selective *s);

#endif
