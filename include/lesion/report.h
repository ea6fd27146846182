/* A report of a run: one HTML page, and the figures as vector graphics together with their data. */
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
    const struct lsn_dataset *dataset; /* of the run, for pictures of stimuli; needs model; NULL:
                                        * none */
    struct lsn_image_options loading;  /* how its files are decoded */
    const char *invariance, *greedy;   /* paths of the tables of these commands; NULL: none */
    const struct lsn_table_options *tables; /* of the selectivity table; its flips and seed are also
                                             * used for the psychometric curves; NULL: defaults */
    bool force;                             /* overwrite files */
    const char *race;                       /* a table of lsn_ranking_write; NULL: none */
    const char *pairs;                      /* a table of lsn_pairs_write; NULL: none */
    const char *taylor;                     /* a table of lsn_taylor_write; NULL: none */
    const char *shapley;                    /* a table of lsn_shapley_write; NULL: none */
};

/* clang-format off */
#define LSN_REPORT_OPTIONS_DEFAULT \
    {sizeof(struct lsn_report_options), NULL, NULL, NULL, LSN_IMAGE_OPTIONS_DEFAULT, NULL, NULL, NULL, \
     false, NULL, NULL, NULL, NULL}
/* clang-format on */

/* How many figures were drawn. */
struct lsn_report_outcome {
    int drawn;
    char note[512];     /* why some could not be drawn; "": all for which the run has data were */
    char trusted[1024]; /* the given tables without FILE.json beside them, with commas between them;
                         * "": none */
    char left_out[512]; /* why true drops that the table of taylor lacks are not the run's; "": they
                         * are, or it lacks none */
};

#define LSN_REPORT_GNUPLOT                                                                         \
    "the figures are not drawn, as gnuplot is not there: apt install gnuplot-nox"

/* Writes a report on the run's complete images into folder, which is made if it does not exist:
 *   index.html   the page, which needs no other file
 *   tables/      kernels, intact, layers, selectivity and psychometric as lsn_table_write_*
 *                make them
 *   figures/     NAME.csv, a figure's data; NAME.gp, the gnuplot script that draws it;
 *                NAME.svg and NAME.pdf, the drawn figure
 * run is the run directory. If it contains claims.txt, the page begins with that text. If it
 * contains tables/ladder.csv (written by lsn_table_write_intact for the run's images at ascending
 * contrasts of the whole image, the run's contrasts among them), the first figure shows the intact
 * network's accuracy at all these contrasts. A run of one contrast has no selectivity table; one of
 * fewer than LSN_PSYCHOMETRIC_CONTRASTS_LEAST contrasts has no psychometric curves.
 *
 * Of a run that races left (results' raced) only tables/kernels.csv and figures of how many images
 * each kernel was run on are made; the page says how the run is completed.
 *
 * Without gnuplot, or where it fails, everything else is written, and outcome says so. index.html
 * is written last. LSN_E_DATA where no image is complete
 * and no race left the run, or model, dataset or ladder are not those
 * of the run, or a given table is not of the run's network, groups of classes, images, conditions
 * and lesions, as far as it and FILE.json beside it tell (of invariance: network, groups and
 * images); LSN_E_ARGUMENT as lsn_table_write_selectivity; LSN_E_INTERRUPTED; LSN_E_FORMAT (of
 * the tables given and the ladder); LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_report_write(const char *run, const char *folder,
                                 const struct lsn_results *results,
                                 const struct lsn_report_options *options,
                                 struct lsn_report_outcome *outcome, struct lsn_error *err);

LSN_API_END
#endif
