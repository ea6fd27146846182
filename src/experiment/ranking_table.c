/* The table of what races found. */
#include "base/error.h"
#include "base/text.h"
#include "experiment/ranking.h"
#include "outcome/axes.h"
#include "table/columns.h"

static void add_kernel(struct lsn_text *text, const struct lsn_results *axes,
                       const struct lsn_ranking_race *race, int rank)
{
    const struct lsn_ranked *k = &race->kernels[rank];

    lsn_text_add(text, ",%d,", rank + 1);
    lsn_text_add_csv(text, axes->layer_names[k->layer]);
    lsn_text_add(text, ",%d,%d", k->layer, k->kernel);
    lsn_columns_lesion(text, &axes->lesions[0]);
    lsn_text_add(text, ",%zu", k->images);
}

/* Of one condition. */
static void add_row(struct lsn_text *text, const struct lsn_results *axes,
                    const struct lsn_ranking_race *race, int rank)
{
    const struct lsn_ranked *k = &race->kernels[rank];
    double n = k->images ? (double)k->images : 1;

    lsn_condition_add(text, &axes->conditions[race->conditions[0]]);
    add_kernel(text, axes, race, rank);
    lsn_text_add(text, ",%zu,%zu", k->lost[0], k->gained[0]);
    lsn_columns_number(text, ((double)k->lost[0] - (double)k->gained[0]) / n);
    lsn_columns_number(text, k->loss_drop[0]);
}

/* Of two contrasts. */
static void add_pair(struct lsn_text *text, const struct lsn_results *axes,
                     const struct lsn_ranking_race *race, int rank)
{
    const struct lsn_condition *low = &axes->conditions[race->conditions[0]];
    const struct lsn_condition *high = &axes->conditions[race->conditions[1]];
    char region[LSN_REGION_TEXT_MAX], normalisation[LSN_NORMALISATION_TEXT_MAX];
    const struct lsn_ranked *k = &race->kernels[rank];

    lsn_region_text(&low->region, region);
    lsn_normalisation_text(&low->normalisation, normalisation);
    lsn_text_add_number(text, low->contrast);
    lsn_columns_number(text, high->contrast);
    lsn_columns_text(text, region);
    lsn_columns_text(text, normalisation);
    add_kernel(text, axes, race, rank);
    lsn_text_add(text, ",%zu,%zu,%zu,%zu,%zu,%zu,%zu", k->both, k->lost[0], k->gained[0],
                 k->lost[1], k->gained[1], k->low_only, k->high_only);
    lsn_columns_number(text, k->loss_drop[0]);
    lsn_columns_number(text, k->loss_drop[1]);
}

enum lsn_status lsn_ranking_write(const char *path, bool force, const struct lsn_ranking *ranking,
                                  struct lsn_error *err)
{
    bool pair = lsn_ranking_is_pair(ranking->measure);
    struct lsn_text text = {0};
    int i, rank;

    lsn_error_clear(err);
    lsn_text_add(&text,
                 "%s,rank," LSN_COLUMNS_KERNEL ",images,%s,value,value_ci_low,value_ci_high,"
                 "decided\n",
                 pair ? "contrast_low,contrast_high,region,normalise" : LSN_CONDITION,
                 pair ? "both,lost_low,gained_low,lost_high,gained_high,lost_low_only,"
                        "lost_high_only,loss_drop_low,loss_drop_high"
                      : "lost,gained,top1_drop,loss_drop");
    for (i = 0; i < ranking->race_count; i++)
        for (rank = 0; rank < ranking->races[i].count; rank++) {
            const struct lsn_ranked *k = &ranking->races[i].kernels[rank];

            (pair ? add_pair : add_row)(&text, ranking->axes, &ranking->races[i], rank);
            lsn_columns_number(&text, k->value);
            lsn_columns_number(&text, k->lower);
            lsn_columns_number(&text, k->upper);
            lsn_text_add(&text, ",%s\n", k->exact ? "exact" : "accepted");
        }
    return lsn_columns_write(path, force, &text, LSN_OK, err);
}
