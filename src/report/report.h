/* Shared by the files that make a report: the run's tables, divided into sections, and the list of
 * figures. */
#ifndef LSN_REPORT_REPORT_H
#define LSN_REPORT_REPORT_H

#include "base/error.h"
#include "base/text.h"
#include "format/csv.h"
#include "format/json.h"
#include "lesion/report.h"

#define LSN_REPORT_SECTIONS_MAX 12
#define LSN_REPORT_P            0.05 /* a p_max below it is called significant */

/* A section: the kernels under one lesion, at one region and normalisation. One figure shows the
 * rows of one section. */
struct lsn_section {
    int lesion;
    size_t first, end; /* kernels */
    int showing;       /* index into the report's showings */
    int contrast_count;
    double *contrasts;      /* [contrast_count] it is shown at, ascending; owned */
    int *conditions;        /* [contrast_count]; owned */
    bool compared;          /* it has rows in the table of selectivity */
    size_t selectivity_row; /* the first of them */
    bool curved;            /* it has rows in the table of psychometric curves */
    size_t curve_row;       /* the first of them */
    char suffix[16];        /* of its figures' names: "", "-2", "-3" ... */
    char *title;            /* owned */
};

struct lsn_figure_kind;

/* A figure's files are figures/NAME.csv and so on. */
struct lsn_figure {
    const struct lsn_figure_kind *kind;
    int section; /* -1: of the whole run */
    const char *caption;
    char name[64];
    bool has_data;      /* its CSV file was written */
    char left_out[512]; /* why it is not there; "": it is */
};

struct lsn_report {
    const char *run, *folder;
    const struct lsn_results *results;
    const struct lsn_report_options *options;
    struct lsn_csv kernels, intact, layers, selectivity, curves; /* the tables as written */
    struct lsn_csv ladder; /* the intact network over contrasts, of the run; without rows: none */
    bool compared;         /* there is a selectivity */
    bool curved;           /* there are psychometric curves */
    double *contrasts;     /* [contrast_count] of the run, ascending; owned */
    int contrast_count;
    int *showings; /* [showing_count] the first condition of each region and normalisation */
    int showing_count;
    struct lsn_section *sections; /* [section_count] */
    int section_count, section_total;
    struct lsn_figure *figures; /* [figure_count] */
    int figure_count;
    struct lsn_json *facts; /* run.json; owned */
    char model_sha256[65];  /* of it */
    bool drops_fit;         /* the table of taylor is of all images of the run, whose true drops may
                             * stand in for those that it lacks */
};

/* One kernel of a section at one contrast. */
struct lsn_place {
    double drop, low, high; /* top1_drop and its interval */
    size_t kernel;          /* of the run */
};

/* Reads the run's tables/ladder.csv, where there is one. LSN_E_FORMAT, LSN_E_DATA where it is
 * another table or of other images; LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_report_read_ladder(struct lsn_report *report, struct lsn_error *err);

/* Checks that a table of another command is of the run's network, groups of classes, images,
 * conditions and lesions (of invariance: of the first three): by its provenance FILE.json, where
 * that is there, else outcome's trusted names it, and by its layers, conditions and lesions. Of the
 * table of taylor, sets drops_fit, or outcome's left_out. LSN_E_DATA where it is of others; as
 * lsn_csv_read. */
enum lsn_status lsn_report_check_beside(struct lsn_report *report, const char *path,
                                        struct lsn_report_outcome *outcome, struct lsn_error *err);

/* Finds the columns names [count] of a table; columns [count] may be NULL. LSN_E_FORMAT where one
 * is missing: the command that writes such tables is named. */
enum lsn_status lsn_report_columns(const char *path, const struct lsn_csv *csv,
                                   const char *const *names, int count, const char *writer,
                                   int *columns, struct lsn_error *err);
/* LSN_E_DATA where a table has no rows. */
enum lsn_status lsn_report_has_rows(const char *path, const struct lsn_csv *csv,
                                    struct lsn_error *err);

/* Fills the axes and sections from the results, and the tables from folder/tables, which
 * are there. lsn_report_free frees what there is also after a failure. */
enum lsn_status lsn_report_read(struct lsn_report *report, struct lsn_error *err);
void lsn_report_free(struct lsn_report *report);

/* Returns a cell of the table of kernels. */
const char *lsn_report_cell(const struct lsn_report *report, size_t kernel, int condition,
                            const char *column);
/* Returns a cell of a kernel's row in the table of selectivity; the section must be compared. */
const char *lsn_report_selectivity(const struct lsn_report *report,
                                   const struct lsn_section *section, size_t kernel,
                                   const char *column);

/* The condition of a section that is the low (column contrast_low) or the high end
 * (contrast_high) of what is compared. */
int lsn_report_end(const struct lsn_report *report, const struct lsn_section *section,
                   const char *column);

enum { LSN_MEASURE_BEYOND, LSN_MEASURE_LOST, LSN_MEASURES };

/* A measure of selectivity, over the images right at both contrasts when intact: what the page
 * and its figures take from the table. */
struct lsn_measure {
    int index;          /* of the above */
    const char *value;  /* its column, a share of these images; above 0: selective */
    const char *p_max;  /* column of its corrected p */
    const char *beside; /* column of the images that those lost at low contrast are set beside */
};

extern const struct lsn_measure lsn_measures[LSN_MEASURES];

/* How selective a section's kernels are: beyond what their importance predicts, or, where too few
 * have an effect to tell what is usual, at low beyond high contrast. NULL: the section is not
 * compared, or no image is right at both contrasts. */
const struct lsn_measure *lsn_report_measure(const struct lsn_report *report,
                                             const struct lsn_section *section);
/* Whether a kernel is selective by the measure: its value is above 0 and its p_max below
 * LSN_REPORT_P. */
bool lsn_report_is_selective(const struct lsn_report *report, const struct lsn_section *section,
                             const struct lsn_measure *measure, size_t kernel);

/* Returns a cell of a kernel's row in the table of psychometric curves; the section must be curved.
 */
const char *lsn_report_curve(const struct lsn_report *report, const struct lsn_section *section,
                             size_t kernel, const char *column);

/* Returns a cell's number, or NaN where the cell is empty. */
double lsn_report_number(const char *cell);

/* Sets places [end - first] to the section's kernels at its contrast number c, the largest drop
 * first; of equal drops the highest interval comes first, then the network's order counts. */
void lsn_report_sort(const struct lsn_report *report, const struct lsn_section *section, int c,
                     struct lsn_place *places);

/* The words for a region and normalisation: "edges, local:2"; "" for all and none. */
void lsn_report_showing(const struct lsn_report *report, int showing, struct lsn_text *text);

/* Returns the path folder/PART/NAMEENDING; owned. NULL: out of memory. */
char *lsn_report_path(const struct lsn_report *report, const char *part, const char *name,
                      const char *ending);

/* Writes a text to the file of that path and frees the text. */
enum lsn_status lsn_report_write_file(const struct lsn_report *report, const char *part,
                                      const char *name, const char *ending, struct lsn_text *text,
                                      struct lsn_error *err);

/* Adds a text as a cell with a comma before it, for gnuplot to read. gnuplot ends a text at a
 * comma, also within quotes, and style.gp separates the items of lists by |. Therefore a comma
 * becomes ;, a | becomes / and a quote '. */
void lsn_figure_text(struct lsn_text *csv, const char *text);

/* Adds, as such a cell, the words for a condition of another command's table: "contrast 0.1;
 * edges".
 */
void lsn_figure_condition(struct lsn_text *csv, const char *contrast, const char *region,
                          const char *normalise);

/* These add a figure's data as CSV; section is NULL for a figure of the whole run. */
typedef enum lsn_status lsn_figure_make(const struct lsn_report *report,
                                        const struct lsn_section *section, struct lsn_text *csv,
                                        struct lsn_error *err);
lsn_figure_make lsn_figure_accuracy, lsn_figure_showings, lsn_figure_drops, lsn_figure_lorenz,
    lsn_figure_kernelmap, lsn_figure_layers, lsn_figure_selectivity, lsn_figure_profile,
    lsn_figure_psychometric, lsn_figure_thresholds, lsn_figure_invariance, lsn_figure_greedy,
    lsn_figure_filters, lsn_figure_stimuli, lsn_figure_intervals, lsn_figure_elimination,
    lsn_figure_standing, lsn_figure_race, lsn_figure_pairs, lsn_figure_taylor, lsn_figure_shapley;

/* The columns that the page shows of a section's kernels, as CSV; those of a run that races
 * left. */
lsn_figure_make lsn_report_rows, lsn_report_raced_rows;

/* Prepares all figures' data and scripts, and draws them. */
enum lsn_status lsn_figures_write(struct lsn_report *report, struct lsn_report_outcome *outcome,
                                  struct lsn_error *err);

/* Returns the caption that the page gives a figure. */
const char *lsn_figure_title(const struct lsn_figure *figure);
const char *lsn_figure_caption(const struct lsn_figure *figure);
const char *lsn_figure_link(const struct lsn_figure *figure);

/* Adds, as HTML, the summary that the page has where the run has no claims. */
enum lsn_status lsn_report_summarise(const struct lsn_report *report, struct lsn_text *html,
                                     struct lsn_error *err);

/* Adds, as HTML, how much of the run races ran, and why most figures are left out. LSN_E_IO,
 * LSN_E_FORMAT, LSN_E_MEMORY. */
enum lsn_status lsn_report_raced_words(const struct lsn_report *report, struct lsn_text *html,
                                       struct lsn_error *err);

enum lsn_status lsn_page_write(const struct lsn_report *report, struct lsn_error *err);

#endif
