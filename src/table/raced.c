#include "table/raced.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "outcome/results.h"
#include "table/columns.h"
#include "table/tally.h"

/* Of one kernel at one condition. */
struct cell {
    size_t images;
    struct lsn_tally intact, lesioned;
};

static void add_image(struct cell *cells, const struct lsn_results *r,
                      const struct lsn_outcome *intact, const struct lsn_outcome *lesioned,
                      const uint8_t *same)
{
    size_t conditions = (size_t)r->condition_count, c, k, i;

    for (c = 0, i = 0; c < conditions; c++)
        for (k = 0; k < r->kernel_count; k++, i++) {
            struct cell *cell = &cells[i];

            if (intact[c].predicted < 0 || lesioned[i].predicted < 0)
                continue;
            cell->images++;
            lsn_tally_add(&cell->intact, &intact[c]);
            lsn_tally_add_lesioned(&cell->lesioned, &intact[c], &lesioned[i], same[i]);
        }
}

static enum lsn_status count(const struct lsn_results *r, struct cell *cells, struct lsn_error *err)
{
    size_t conditions = (size_t)r->condition_count, all = conditions * r->kernel_count, image;
    struct lsn_outcome *intact = lsn_alloc(conditions, sizeof *intact);
    struct lsn_outcome *lesioned = lsn_alloc(all, sizeof *lesioned);
    uint8_t *same = lsn_alloc(all, 1);
    enum lsn_status status =
        intact && lesioned && same ? LSN_OK : lsn_fail_memory(err, "the outcomes of an image");

    for (image = 0; image < r->image_count && status == LSN_OK; image++) {
        status = lsn_results_read(r, image, intact, lesioned, same, err);
        if (status == LSN_OK)
            add_image(cells, r, intact, lesioned, same);
    }
    lsn_free(intact);
    lsn_free(lesioned);
    lsn_free(same);
    return status;
}

static double share(size_t some, size_t all)
{
    return all > 0 ? (double)some / (double)all : (double)NAN;
}

/* The counts of LSN_COLUMNS_ACCURACY and of LSN_COLUMNS_MEASURES, and q, alone. */
static void add_counts(struct lsn_text *text, const struct cell *cell)
{
    lsn_text_add(text, ",%zu,%zu,%zu,%zu,%zu", cell->images, cell->intact.top1, cell->lesioned.top1,
                 cell->lesioned.lost, cell->lesioned.gained);
    lsn_text_add(text, ",,,,,,,,,,,,,%zu,%zu,,,,,,%zu", cell->intact.top5, cell->lesioned.top5,
                 cell->lesioned.changed);
}

/* The cells of LSN_COLUMNS_ACCURACY without intervals and tests. */
static void add_accuracy(struct lsn_text *text, const struct cell *cell)
{
    const struct lsn_tally *lesioned = &cell->lesioned;
    size_t right = cell->intact.top1;

    lsn_text_add(text, ",%zu,%zu,%zu,%zu,%zu", cell->images, right, lesioned->top1, lesioned->lost,
                 lesioned->gained);
    lsn_columns_number(text,
                       share(lesioned->lost, cell->images) - share(lesioned->gained, cell->images));
    lsn_text_add(text, ",,");
    lsn_columns_number(text, share(lesioned->lost, right));
    lsn_text_add(text, ",,");
    lsn_columns_number(text, share(lesioned->gained, cell->images - right));
    lsn_text_add(text, ",,,,");
}

enum lsn_status lsn_raced_rows(struct lsn_text *text, const struct lsn_results *r,
                               struct lsn_error *err)
{
    size_t conditions = (size_t)r->condition_count, k, c;
    struct cell *cells = lsn_alloc(conditions * r->kernel_count, sizeof *cells);
    enum lsn_status status;

    if (!cells)
        return lsn_fail_memory(err, "a table");
    for (k = 0; k < conditions * r->kernel_count; k++)
        cells[k].lesioned.same = true;
    status = count(r, cells, err);
    for (k = 0; k < r->kernel_count && status == LSN_OK; k++)
        for (c = 0; c < conditions; c++) {
            const struct cell *cell = &cells[c * r->kernel_count + k];
            bool all = cell->images == r->image_count;

            lsn_columns_kernel(text, r, k);
            lsn_columns_condition(text, &r->conditions[c]);
            if (all)
                lsn_columns_accuracy(text, cell->images, &cell->intact, &cell->lesioned);
            else if (!r->raced_right && cell->images > 0)
                add_accuracy(text, cell);
            if (!all && (r->raced_right || cell->images == 0)) {
                add_counts(text, cell);
            } else {
                lsn_text_add(text, ",");
                lsn_columns_measures(text, cell->images, &cell->intact, &cell->lesioned);
            }
            if (all)
                lsn_text_add(text, ",%d\n", cell->lesioned.same);
            else
                lsn_text_add(text, ",\n");
        }
    lsn_free(cells);
    return status;
}
