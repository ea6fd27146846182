/* What the claims' parts share: the words and the table that grow, and the numbers. */
#ifndef LSN_EXPERIMENT_CLAIMS_H
#define LSN_EXPERIMENT_CLAIMS_H

#include "base/text.h"
#include "lesion/claims.h"
#include "lesion/floor.h"
#include "table/parts.h"

struct lsn_claims {
    const struct lsn_results *sweep, *intact, *ladder;
    const char *folder; /* that selectivity.csv is in */
    struct lsn_parts parts;
    double *x, *y, *scratch; /* [kernels], [kernels], [3 * kernels] */
    struct lsn_text words, table;
    int claim; /* that rows are of */
    struct lsn_floor floor;
    const struct lsn_stop *stop; /* may be NULL */
};

/* Adds a paragraph of words; an item under the claim's headline. */
void lsn_claims_say(struct lsn_claims *claims, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds the claim's headline: its number, what it says, and the verdict. */
void lsn_claims_head(struct lsn_claims *claims, const char *claim, const char *verdict);

/* Adds a row of the table; layer and condition may be NULL. */
void lsn_claims_row(struct lsn_claims *claims, const char *quantity, const char *layer,
                    const struct lsn_condition *condition, double value, double low, double high);

enum lsn_verdict {
    LSN_VERDICT_SUPPORTED,     /* the whole interval is above 0 */
    LSN_VERDICT_CONTRADICTED,  /* it is below */
    LSN_VERDICT_UNDECIDED,     /* it holds 0 */
    LSN_VERDICT_NOT_SUPPORTED, /* of a measure that can support only: it does not */
    LSN_VERDICT_UNKNOWN        /* the measure is not known */
};

extern const char *const lsn_verdict_words[LSN_VERDICT_UNKNOWN + 1];

enum lsn_verdict lsn_verdict_of(struct lsn_interval interval);

/* What measures say together, as the claim's headline has it: the verdict of those that support,
 * contradict or cannot decide, where it is the same, else that it depends. One that does not
 * support speaks against support only. text [LSN_VERDICT_TEXT_MAX]. */
#define LSN_VERDICT_TEXT_MAX 80
void lsn_verdicts_join(const enum lsn_verdict *verdicts, int count, char *text);

/* Measures of selectivity: how much more a kernel costs at low contrast than at high. The
 * first LSN_CLAIM_JUDGING are free of the floor, and claims are judged by them. */
enum lsn_claim_measure {
    LSN_CLAIM_BOTH,      /* images right in both when intact: lost at low less lost at high */
    LSN_CLAIM_BEYOND,    /* the same: lost at low less predicted from importance at high */
    LSN_CLAIM_LOST_RATE, /* lost of the images right when intact at low, less that at high */
    LSN_CLAIM_LOSS,      /* loss added, nats an image */
    LSN_CLAIM_DROP,      /* accuracy dropped: bounded by what the intact network has at low */
    LSN_CLAIM_MEASURES
};
#define LSN_CLAIM_JUDGING LSN_CLAIM_LOSS

/* A measure's prefix in claims.csv, and what it is called. */
extern const char *const lsn_claim_prefixes[LSN_CLAIM_MEASURES];
extern const char *const lsn_claim_names[LSN_CLAIM_MEASURES];

/* The mean of a measure over kernels first ... end-1; NaN where it is not known. */
double lsn_claim_selectivity(const struct lsn_parts *parts, const bool *in,
                             enum lsn_claim_measure measure, size_t first, size_t end);

/* Adds a row of measure and quantity: both_selectivity, loss_selectivity ... */
void lsn_claims_measured(struct lsn_claims *claims, enum lsn_claim_measure measure,
                         const char *quantity, const char *layer, const struct lsn_measured *m);

/* Adds "4.12 % (1.00 to 7.30)", of the images, or of the loss "0.0412 nats (...)". */
void lsn_claims_add_measured(struct lsn_text *text, enum lsn_claim_measure measure,
                             const struct lsn_measured *m);

/* Says why the measures [LSN_CLAIM_JUDGING] that a claim is judged by differ, where they do, and
 * why the absolute drop may say something else. */
void lsn_claims_why(struct lsn_claims *claims, const enum lsn_verdict *verdicts);

/* The three claims, each with its words and rows; and the normalisations. */
enum lsn_status lsn_claim_layers(struct lsn_claims *claims, struct lsn_error *err);
enum lsn_status lsn_claim_handful(struct lsn_claims *claims, struct lsn_error *err);
enum lsn_status lsn_claim_edges(struct lsn_claims *claims, struct lsn_error *err);
enum lsn_status lsn_claim_normalised(struct lsn_claims *claims, struct lsn_error *err);

/* Of two conditions on the same images: how many are right at first, and of these wrong
 * then; how many are right only then. LSN_E_IO. */
struct lsn_shift {
    size_t images, right, lost, gained;
    double drop;
    struct lsn_interval interval;
};
enum lsn_status lsn_claims_shift(const struct lsn_results *results, int from, int to,
                                 struct lsn_shift *shift, struct lsn_error *err);

#endif
