/* Shared by the files that judge the claims: the numbers they are judged by, and the text and the
 * table that they add to. */
#ifndef LSN_EXPERIMENT_CLAIMS_H
#define LSN_EXPERIMENT_CLAIMS_H

#include "base/text.h"
#include "lesion/claims.h"
#include "lesion/floor.h"
#include "table/folds.h"

struct lsn_claims {
    const struct lsn_results *sweep, *intact, *ladder;
    const struct lsn_claims_half *halves; /* [2]; NULL: claim 2 is judged from the sweep */
    const char *folder;                   /* of the run; it has tables/selectivity.csv */
    struct lsn_folds folds;
    double *x, *y;                /* [kernels] */
    struct lsn_weighted *scratch; /* [2 * kernels] */
    struct lsn_text words, table;
    int claim; /* 1 ... 3: the claim that is worked on; 4: normalisation; 0: the introduction */
    struct lsn_floor floor;
    const struct lsn_stop *stop; /* may be NULL */
};

/* Adds a paragraph to claims.txt; once a claim has begun, as an item under its headline. */
void lsn_claims_say(struct lsn_claims *claims, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds the claim's headline to claims.txt: its number, the claim and the verdict. */
void lsn_claims_head(struct lsn_claims *claims, const char *claim, const char *verdict);

/* Adds a row to claims.csv; layer and condition may be NULL. */
void lsn_claims_row(struct lsn_claims *claims, const char *quantity, const char *layer,
                    const struct lsn_condition *condition, double value, double low, double high);

enum lsn_verdict {
    LSN_VERDICT_SUPPORTED,     /* the whole interval is above 0 */
    LSN_VERDICT_CONTRADICTED,  /* the whole interval is below 0 */
    LSN_VERDICT_UNDECIDED,     /* the interval contains 0 */
    LSN_VERDICT_NOT_SUPPORTED, /* by a measure that can support a claim, not contradict it */
    LSN_VERDICT_UNKNOWN        /* the measure is not known */
};

extern const char *const lsn_verdict_words[LSN_VERDICT_UNKNOWN + 1];

enum lsn_verdict lsn_verdict_of(struct lsn_interval interval);

/* Joins the verdicts by several measures into the one of the claim's headline. Supported,
 * contradicted and undecided count: where all that count agree, that is the verdict, else it
 * "depends on the measure". Not supported turns supported into that, too, and else counts as little
 * as unknown. text [LSN_VERDICT_TEXT_MAX]. */
#define LSN_VERDICT_TEXT_MAX 80
void lsn_verdicts_join(const enum lsn_verdict *verdicts, int count, char *text);

/* Measures of selectivity: how much more a kernel costs at low contrast than at high. The
 * first LSN_CLAIM_JUDGING are free of the floor, and claims are judged by them. */
enum lsn_claim_measure {
    /* As fractions of the images right at both contrasts when intact: */
    LSN_CLAIM_BOTH,   /* lost at low - lost at high */
    LSN_CLAIM_BEYOND, /* lost at low - predicted to be lost at low (table/effects.h) */
    /* Each at low contrast - the same at high contrast: */
    LSN_CLAIM_LOST_RATE, /* lost / images right when intact at that contrast */
    LSN_CLAIM_LOSS,      /* loss added, nats per image */
    LSN_CLAIM_DROP,      /* drop; at low contrast it cannot exceed the intact accuracy there */
    LSN_CLAIM_MEASURES
};
#define LSN_CLAIM_JUDGING LSN_CLAIM_LOSS

/* A measure's prefix in claims.csv, and its name in claims.txt. */
extern const char *const lsn_claim_prefixes[LSN_CLAIM_MEASURES];
extern const char *const lsn_claim_names[LSN_CLAIM_MEASURES];

/* Returns a measure's mean over kernels first ... end-1, on the folds that are in (table/folds.h);
 * NaN where it cannot be computed. */
double lsn_claim_selectivity(const struct lsn_folds *folds, const bool *in,
                             enum lsn_claim_measure measure, size_t first, size_t end);

/* Adds a row to claims.csv whose quantity is named by measure and quantity: both_selectivity,
 * loss_selectivity ... layer may be NULL. */
void lsn_claims_measured(struct lsn_claims *claims, enum lsn_claim_measure measure,
                         const char *quantity, const char *layer, const struct lsn_measured *m);

/* Adds a value with its interval: "4.120 % (1.000 to 7.300)", which is of the images, or for the
 * loss "0.0412 nats (0.0100 to 0.0730)". */
void lsn_claims_add_measured(struct lsn_text *text, enum lsn_claim_measure measure,
                             const struct lsn_measured *m);

/* On how many images the measured value, if it stayed as it is, would differ from 0 surely: their
 * number times (half the interval's width / value)^2, as a standard error falls with the root of
 * their number. Of a sample the number of kernels must grow by the same factor. 0 where it differs
 * already; infinite for a value of 0; NaN where the interval is unknown. */
double lsn_claims_images_needed(const struct lsn_claims *claims, const struct lsn_measured *m);

/* Says on how many images the measures [count] that leave the claim undecided would decide it, and
 * adds a row for each: needed [count] of lsn_claims_images_needed, names and prefixes [count] as
 * lsn_claim_names and lsn_claim_prefixes. */
void lsn_claims_outlook(struct lsn_claims *claims, const enum lsn_verdict *verdicts,
                        const double *needed, const char *const *names, const char *const *prefixes,
                        int count);

/* Explains, given the verdicts [LSN_CLAIM_JUDGING] on a claim, why they differ where they do, and
 * why the absolute drop may say something else. */
void lsn_claims_why(struct lsn_claims *claims, const enum lsn_verdict *verdicts);

/* Claim 2 is of this fraction of the kernels, the top. */
#define LSN_CLAIM_TOP 0.05

/* The findings of claim 2 by one measure: the mean selectivity of the top kernels and of all
 * kernels, and the difference of the two. */
struct lsn_claim_findings {
    struct lsn_measured top, all, excess;
};

/* Adds the rows of the findings by a measure. */
void lsn_claims_found(struct lsn_claims *claims, enum lsn_claim_measure measure,
                      const struct lsn_claim_findings *findings);

/* Where races chose the top kernels (claims->halves): finds findings [LSN_CLAIM_MEASURES], and
 * which share of the variants of a whole sweep was run for them; adds their rows. LSN_E_ARGUMENT
 * where the halves do not fit the sweep; else as lsn_folds_make. */
enum lsn_status lsn_claim_raced(struct lsn_claims *claims, struct lsn_claim_findings *findings,
                                double *run_frac, struct lsn_error *err);

/* Says which kernels the races chose; or why there were no races. */
void lsn_claims_say_chosen(struct lsn_claims *claims);

/* Judge the three claims, and report the normalisations: each adds its paragraphs and rows. */
enum lsn_status lsn_claim_layers(struct lsn_claims *claims, struct lsn_error *err);
enum lsn_status lsn_claim_handful(struct lsn_claims *claims, struct lsn_error *err);
enum lsn_status lsn_claim_edges(struct lsn_claims *claims, struct lsn_error *err);
enum lsn_status lsn_claim_normalised(struct lsn_claims *claims, struct lsn_error *err);

/* The intact network under two conditions, from and to, on the same images. */
struct lsn_paired_change {
    size_t images, right; /* right under from */
    size_t lost, gained;  /* right under from only, under to only */
    double drop;          /* (lost - gained) / images */
    struct lsn_interval interval;
};

/* LSN_E_IO. */
enum lsn_status lsn_claims_shift(const struct lsn_results *results, int from, int to,
                                 struct lsn_paired_change *shift, struct lsn_error *err);

#endif
