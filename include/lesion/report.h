/* A report to look at: one page, and figures fit for a paper beside their data. */
#ifndef LESION_REPORT_H
#define LESION_REPORT_H

#include "lesion/dataset.h"
#include "lesion/image.h"
#include "lesion/results.h"
#include "lesion/table.h"

LSN_API_BEGIN

struct lsn_report_options {
    size_t size;                       /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    const struct lsn_model *model;     /* of the run; NULL: no pictures of kernels */
    const char *model_name;            /* as the page names it; NULL: by its SHA-256 */
    const struct lsn_dataset *dataset; /* of the run; NULL: no stimuli. Wants model. */
    struct lsn_image_options loading;
    const char *invariance, *greedy;        /* tables of these commands; NULL: none */
    const struct lsn_table_options *tables; /* of the selectivity; flips and seed of the curves,
                                             * too; NULL: the default */
    bool force;                             /* overwrite files */
    const char *race;                       /* a table of lsn_ranking_write; NULL: none */
};

/* clang-format off */
#define LSN_REPORT_OPTIONS_DEFAULT \
    {sizeof(struct lsn_report_options), NULL, NULL, NULL, LSN_IMAGE_OPTIONS_DEFAULT, NULL, NULL, NULL, \
     false, NULL}
/* clang-format on */

/* What became of the figures. */
struct lsn_report_outcome {
    int drawn;
    char note[512]; /* why some could not be drawn; "": all that the run has were */
};

#define LSN_REPORT_GNUPLOT                                                                         \
    "the figures are not drawn, as gnuplot is not there: apt install gnuplot-nox"

/* Writes into folder, which is made where it is not there, of the complete images:
 *   index.html   the page, with all that it shows inside
 *   tables/      kernels, intact, layers, selectivity and psychometric as lsn_table_write_*
 *                make them
 *   figures/     NAME.csv, what a figure shows; NAME.gp, what draws it, for gnuplot;
 *                NAME.svg and NAME.pdf, drawn so
 * run is the folder of the run; a claims.txt in it begins the page. A tables/ladder.csv in it
 * (lsn_table_write_intact, of the run's images everywhere at ascending contrasts, those of the run
 * among them) is the intact network's curve behind the words. A run of one contrast has no
 * selectivity, one without LSN_PSYCHOMETRIC_CONTRASTS_LEAST no psychometric curves.
 *
 * Of a run that races left (results' raced) there are tables/kernels.csv and figures of how many
 * images each kernel stands on alone: the page says what completes the run.
 *
 * Without gnuplot, or where it fails, the rest is written, and outcome says so. LSN_E_DATA
 * where no image is complete and no race left the run, or model, dataset or ladder are not those of
 * the run; LSN_E_ARGUMENT as lsn_table_write_selectivity; LSN_E_INTERRUPTED; LSN_E_FORMAT (of the
 * tables given and the ladder); LSN_E_IO, LSN_E_MEMORY. index.html comes last. */
enum lsn_status lsn_report_write(const char *run, const char *folder,
                                 const struct lsn_results *results,
                                 const struct lsn_report_options *options,
                                 struct lsn_report_outcome *outcome, struct lsn_error *err);

LSN_API_END
#endif
