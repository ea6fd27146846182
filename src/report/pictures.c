/* Sheets of pictures: the first layer's kernels, and example stimuli. They are written as PNG
 * files, to which gnuplot adds labels. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "lesion/stimulus_maker.h"
#include "model/model.h"
#include "report/pictures.h"
#include "report/report.h"
#include "table/columns.h"

#define FILTER_PX      48 /* about a side of a kernel's picture */
#define FILTER_COLUMNS 12
#define EXAMPLES       4
#define EXAMPLE_ROWS   12
#define EXAMPLE_PX     128
#define EXAMPLE_GAP_PX 4

/* In as many channels as the network's images have. */
static enum lsn_status new_sheet(const struct lsn_report *report, int width, int height,
                                 struct lsn_image *sheet, struct lsn_error *err)
{
    int channels = lsn_model_input(report->options->model)->shape.c;
    size_t pixels;

    *sheet = (struct lsn_image){.width = width, .height = height, .channels = channels};
    if (!lsn_mul_size((size_t)width, (size_t)height, &pixels))
        return lsn_fail_memory(err, "a sheet of pictures");
    sheet->pixels = lsn_alloc(pixels, (size_t)channels);
    if (!sheet->pixels)
        return lsn_fail_memory(err, "a sheet of pictures");
    memset(sheet->pixels, 255, pixels * (size_t)channels);
    return LSN_OK;
}

static enum lsn_status save_sheet(const struct lsn_report *report, const char *name,
                                  struct lsn_image *sheet, struct lsn_error *err)
{
    char *path = lsn_report_path(report, "figures", name, ".png");
    enum lsn_status status = path ? lsn_image_save_png(path, report->options->force, sheet, err)
                                  : lsn_fail_memory(err, "a path");

    lsn_free(path);
    lsn_image_free(sheet);
    return status;
}

static const struct lsn_tensor *first_weights(const struct lsn_model *model)
{
    return &model->graph.nodes[model->layers[0].places[0]].tensors[0];
}

const char *lsn_pictures_lack_filters(const struct lsn_report *report,
                                      const struct lsn_section *section)
{
    const struct lsn_model *model = report->options->model;

    (void)section;
    if (!model)
        return "The weights are not in the run: --model FILE shows the first layer's kernels.";
    if (model->layer_count == 0 || first_weights(model)->dims[1] != model->input.shape.c)
        return "The first layer does not see whole pixels, so its kernels are not shown as "
               "pictures.";
    if (report->results->kernel_layer[report->sections[0].first] != 0)
        return "The first layer is not among those lesioned.";
    return NULL;
}

/* A kernel, and the value by which kernels are sorted. */
struct filter {
    size_t kernel; /* of the run */
    double value;
};

static int by_value(const void *left, const void *right)
{
    const struct filter *a = left, *b = right;
    int order = (a->value < b->value) - (a->value > b->value);

    return order ? order : (a->kernel > b->kernel) - (a->kernel < b->kernel);
}

/* Weights [c][kh][kw] about mid-grey, the largest magnitude black or white; scale px a
 * side each. */
static void draw_filter(const struct lsn_report *report, int kernel, int scale, int left, int top,
                        struct lsn_image *sheet)
{
    const struct lsn_tensor *weights = first_weights(report->options->model);
    int kh = weights->dims[2], kw = weights->dims[3], channels = sheet->channels, c, x, y, i;
    size_t plane = (size_t)kh * (size_t)kw;
    const float *w = weights->data + (size_t)kernel * (size_t)channels * plane;
    double most = 0;

    /* Not by fmax: GCC 12 fails on that where it compiles for arm64. */
    for (i = 0; i < channels * (int)plane; i++)
        most = fabs((double)w[i]) > most ? fabs((double)w[i]) : most;
    for (y = 0; y < kh * scale; y++)
        for (x = 0; x < kw * scale; x++)
            for (c = 0; c < channels; c++) {
                int from = report->options->model->input.bgr ? channels - 1 - c : c;
                double value =
                    (double)w[(size_t)from * plane + (size_t)(y / scale * kw + x / scale)];
                size_t at = (size_t)(top + y) * (size_t)sheet->width + (size_t)(left + x);

                sheet->pixels[at * (size_t)channels + (size_t)c] =
                    (uint8_t)(127.5 + (most > 0 ? 127.5 * value / most : 0));
            }
}

/* measure: NULL sorts by the drop. */
static struct filter *sort_filters(const struct lsn_report *report,
                                   const struct lsn_measure *measure, size_t *count)
{
    const struct lsn_section *section = &report->sections[0];
    struct filter *filters = lsn_alloc(section->end - section->first, sizeof *filters);
    size_t k;

    for (k = section->first, *count = 0;
         filters && k < section->end && report->results->kernel_layer[k] == 0; k++) {
        const char *cell = measure
                               ? lsn_report_selectivity(report, section, k, measure->value)
                               : lsn_report_cell(report, k, section->conditions[0], "top1_drop");

        filters[(*count)++] = (struct filter){k, lsn_report_number(cell)};
    }
    if (filters)
        qsort(filters, *count, sizeof *filters, by_value);
    return filters;
}

enum lsn_status lsn_figure_filters(const struct lsn_report *report,
                                   const struct lsn_section *section, struct lsn_text *csv,
                                   struct lsn_error *err)
{
    const struct lsn_tensor *weights = first_weights(report->options->model);
    const struct lsn_measure *measure = lsn_report_measure(report, &report->sections[0]);
    int kh = weights->dims[2], kw = weights->dims[3];
    int scale = FILTER_PX / kw > 1 ? FILTER_PX / kw : 1;
    int cell_w = kw * scale + 8, cell_h = kh * scale + 30, columns, rows, i;
    size_t count;
    struct filter *filters = sort_filters(report, measure, &count);
    struct lsn_image sheet;
    enum lsn_status status;

    (void)section;
    if (!filters)
        return lsn_fail_memory(err, "a figure");
    columns = (int)count < FILTER_COLUMNS ? (int)count : FILTER_COLUMNS;
    rows = ((int)count + columns - 1) / columns;
    status = new_sheet(report, columns * cell_w, rows * cell_h, &sheet, err);
    lsn_text_add(csv, "kernel,%s,x_px,y_px,width_px,height_px\n",
                 measure ? measure->value : "drop");
    for (i = 0; i < (int)count && status == LSN_OK; i++) {
        int left = i % columns * cell_w + 4, top = i / columns * cell_h;
        size_t k = filters[i].kernel;

        draw_filter(report, report->results->kernel_index[k], scale, left, top, &sheet);
        lsn_text_add(csv, "%d", report->results->kernel_index[k]);
        lsn_columns_number(csv, filters[i].value);
        lsn_text_add(csv, ",%d,%d,%d,%d\n", left + kw * scale / 2, top + kh * scale, sheet.width,
                     sheet.height);
    }
    lsn_free(filters);
    return status == LSN_OK ? save_sheet(report, "filters", &sheet, err) : status;
}

/* What shows the examples. */
struct examples {
    const struct lsn_report *report;
    struct lsn_stimulus_maker *maker;
    float *pixels;          /* [h][w][c] */
    struct lsn_image image; /* the same in 8 bits */
    struct lsn_image sheet;
    int side_w, side_h; /* px of one in the sheet */
    int count, rows;
};

static enum lsn_status show(struct examples *e, size_t image, const struct lsn_condition *condition,
                            struct lsn_error *err)
{
    size_t values = (size_t)e->image.width * (size_t)e->image.height * (size_t)e->image.channels;
    size_t i;
    struct lsn_condition own = *condition;
    enum lsn_status status = lsn_region_load(&own.region, err);

    if (status == LSN_OK)
        status = lsn_stimulus_maker_make(e->maker, image, &own, e->pixels, NULL, err);
    for (i = 0; i < values && status == LSN_OK; i++)
        e->image.pixels[i] = (uint8_t)(e->pixels[i] + 0.5f);
    if (own.region.mask.pixels != condition->region.mask.pixels)
        lsn_region_free(&own.region);
    return status;
}

static enum lsn_status put(struct examples *e, int column, int row, struct lsn_error *err)
{
    size_t pixel = (size_t)e->sheet.channels, stride = (size_t)e->sheet.width * pixel;
    size_t line = (size_t)e->side_w * pixel;
    size_t left = (size_t)(column * (e->side_w + EXAMPLE_GAP_PX)) * pixel;
    size_t top = (size_t)(row * (e->side_h + EXAMPLE_GAP_PX));
    struct lsn_image small;
    int y;

    LSN_TRY(lsn_image_resize(&e->image, e->side_w, e->side_h, LSN_BILINEAR, &small, err));
    for (y = 0; y < e->side_h; y++)
        memcpy(e->sheet.pixels + (top + (size_t)y) * stride + left, small.pixels + (size_t)y * line,
               line);
    lsn_image_free(&small);
    return LSN_OK;
}

/* Every contrast as each region and normalisation has it. */
static const struct lsn_condition *row_condition(const struct lsn_report *report, int row,
                                                 struct lsn_text *label)
{
    const struct lsn_section *section = report->sections;
    struct lsn_text showing = {0};

    for (; row >= section->contrast_count; section++)
        row -= section->contrast_count;

    lsn_report_showing(report, section->showing, &showing);
    lsn_text_add_number(label, section->contrasts[row]);
    if (showing.length)
        lsn_text_add(label, " %s", showing.bytes);
    lsn_text_free(&showing);
    return &report->results->conditions[section->conditions[row]];
}

static enum lsn_status fill(struct examples *e, struct lsn_text *csv, struct lsn_error *err)
{
    const struct lsn_dataset *dataset = e->report->options->dataset;
    const struct lsn_model *model = e->report->options->model;
    int row, i;

    lsn_text_add(csv, "side,label,x_px,y_px,width_px,height_px\n");
    for (i = 0; i < e->count; i++) {
        size_t image = lsn_dataset_count(dataset) * (size_t)i / (size_t)e->count;
        int class_index = lsn_dataset_class(dataset, image);
        const char *name = lsn_model_class_name(model, class_index);

        lsn_text_add(csv, "top");
        lsn_figure_text(csv, name ? name : lsn_dataset_name(dataset, image));
        lsn_text_add(csv, ",%d,0,%d,%d\n", i * (e->side_w + EXAMPLE_GAP_PX) + e->side_w / 2,
                     e->sheet.width, e->sheet.height);
    }
    for (row = 0; row < e->rows; row++) {
        struct lsn_text label = {0};
        const struct lsn_condition *condition = row_condition(e->report, row, &label);

        lsn_text_add(csv, "left");
        lsn_figure_text(csv, label.bytes ? label.bytes : "");
        lsn_text_free(&label);
        lsn_text_add(csv, ",0,%d,%d,%d\n", row * (e->side_h + EXAMPLE_GAP_PX) + e->side_h / 2,
                     e->sheet.width, e->sheet.height);
        for (i = 0; i < e->count; i++) {
            LSN_TRY(
                show(e, lsn_dataset_count(dataset) * (size_t)i / (size_t)e->count, condition, err));
            LSN_TRY(put(e, i, row, err));
        }
    }
    return LSN_OK;
}

enum lsn_status lsn_figure_stimuli(const struct lsn_report *report,
                                   const struct lsn_section *section, struct lsn_text *csv,
                                   struct lsn_error *err)
{
    const struct lsn_shape *s = &lsn_model_input(report->options->model)->shape;
    size_t images = lsn_dataset_count(report->options->dataset);
    struct examples e = {.report = report};
    int larger = s->w > s->h ? s->w : s->h, wanted = 0, i;
    enum lsn_status status;

    (void)section;
    e.side_w = larger > EXAMPLE_PX ? (s->w * EXAMPLE_PX + larger / 2) / larger : s->w;
    e.side_h = larger > EXAMPLE_PX ? (s->h * EXAMPLE_PX + larger / 2) / larger : s->h;
    e.side_w = e.side_w > 0 ? e.side_w : 1;
    e.side_h = e.side_h > 0 ? e.side_h : 1;
    e.count = images < EXAMPLES ? (int)images : EXAMPLES;
    /* The sections of the first lesion come first, one for each showing. */
    for (i = 0; i < report->showing_count && i < report->section_count; i++)
        wanted += report->sections[i].contrast_count;
    e.rows = wanted < EXAMPLE_ROWS ? wanted : EXAMPLE_ROWS;
    status = new_sheet(report, e.count * (e.side_w + EXAMPLE_GAP_PX) - EXAMPLE_GAP_PX,
                       e.rows * (e.side_h + EXAMPLE_GAP_PX) - EXAMPLE_GAP_PX, &e.sheet, err);
    if (status == LSN_OK)
        status = new_sheet(report, s->w, s->h, &e.image, err);
    if (status == LSN_OK) {
        e.pixels = lsn_alloc_floats((size_t)s->w * (size_t)s->h * (size_t)s->c);
        status = e.pixels
                     ? lsn_stimulus_maker_create(report->options->model, report->options->dataset,
                                                 &report->options->loading, &e.maker, err)
                     : lsn_fail_memory(err, "stimuli");
    }
    if (status == LSN_OK)
        status = fill(&e, csv, err);
    lsn_stimulus_maker_free(e.maker);
    lsn_free(e.pixels);
    lsn_image_free(&e.image);
    if (status == LSN_OK)
        return save_sheet(report, "stimuli", &e.sheet, err);
    lsn_image_free(&e.sheet);
    return status;
}
