/* What the claims' parts share: the words and the table that grow, and the numbers. */
#ifndef LSN_STATS_CLAIMS_H
#define LSN_STATS_CLAIMS_H

#include "base/text.h"
#include "lesion/claims.h"
#include "stats/parts.h"

struct lsn_claims {
    const struct lsn_results *sweep, *intact;
    const char *folder; /* that selectivity.csv is in */
    struct lsn_parts parts;
    double *x, *y, *scratch; /* [kernels], [kernels], [3 * kernels] */
    struct lsn_text words, table;
    int claim; /* that rows are of */
};

/* Adds a paragraph of words; an item under the claim's headline. */
void lsn_claims_say(struct lsn_claims *claims, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds the claim's headline: its number, what it says, and the verdict. */
void lsn_claims_head(struct lsn_claims *claims, const char *claim, const char *verdict);

/* Adds a row of the table; layer and condition may be NULL. */
void lsn_claims_row(struct lsn_claims *claims, const char *quantity, const char *layer,
                    const struct lsn_condition *condition, double value, double low, double high);

/* "supported" where the whole interval is above 0, "contradicted" where it is below. */
const char *lsn_claims_verdict(struct lsn_interval interval);

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
