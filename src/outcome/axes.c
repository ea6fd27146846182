#include "outcome/axes.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "format/file.h"
#include "outcome/kind.h"

#define BYTES_MAX ((size_t)1 << 32)

const char *const lsn_definition_names[LSN_DEFINITIONS] = {[LSN_CONTRAST_MID_GREY] = "mid-grey",
                                                           [LSN_CONTRAST_MEAN] = "mean",
                                                           [LSN_CONTRAST_LUMINANCE_MEAN] =
                                                               "luminance-mean"};
const char *const lsn_quantize_names[LSN_QUANTIZES] = {
    [LSN_QUANTIZE_TRUNC] = "trunc", [LSN_QUANTIZE_ROUND] = "round", [LSN_QUANTIZE_NONE] = "none"};

#define KERNEL_AXIS "layer,layer_index,kernel,lesion,seed"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void add_images(struct lsn_text *text, const struct lsn_results *r)
{
    size_t i;

    lsn_text_add(text, "file,class,class_name,bytes\n");
    for (i = 0; i < r->image_count; i++) {
        const char *name = r->class_names[r->image_classes[i]];

        lsn_text_add_csv(text, r->image_names[i]);
        lsn_text_add(text, ",%d,", r->image_classes[i]);
        lsn_text_add_csv(text, name ? name : "");
        lsn_text_add(text, ",%llu\n", (unsigned long long)r->image_bytes[i]);
    }
}

void lsn_condition_add(struct lsn_text *text, const struct lsn_condition *condition)
{
    char region[LSN_REGION_TEXT_MAX], normalisation[LSN_NORMALISATION_TEXT_MAX];

    lsn_region_text(&condition->region, region);
    lsn_normalisation_text(&condition->normalisation, normalisation);
    lsn_text_add_number(text, condition->contrast);
    lsn_text_add(text, ",");
    lsn_text_add_csv(text, region);
    lsn_text_add(text, ",");
    lsn_text_add_csv(text, normalisation);
}

static void add_conditions(struct lsn_text *text, const struct lsn_results *r)
{
    int c;

    lsn_text_add(text,
                 LSN_CONDITION ",definition,quantize,seed,mask_sha256,stimulus_mean,stimulus_sd\n");
    for (c = 0; c < r->condition_count; c++) {
        const struct lsn_condition *condition = &r->conditions[c];

        lsn_condition_add(text, condition);
        lsn_text_add(
            text, ",%s,%s,%llu,%s,%.9g,%.9g\n", lsn_definition_names[condition->definition],
            lsn_quantize_names[condition->quantize], (unsigned long long)condition->region.seed,
            condition->region.sha256, condition->normalisation.mean, condition->normalisation.sd);
    }
}

/* Adds a kernel, which is lesioned as number k of the arrays, without the end of its line. */
static void add_kernel(struct lsn_text *text, const struct lsn_results *r, size_t k,
                       struct lsn_kernel kernel)
{
    const struct lsn_lesion *how = &r->lesions[r->kernel_lesion[k]];
    char lesion[LSN_LESION_TEXT_MAX];

    lsn_lesion_text(how, lesion);
    lsn_text_add_csv(text, r->layer_names[kernel.layer]);
    lsn_text_add(text, ",%d,%d,%s,%llu", kernel.layer, kernel.kernel, lesion,
                 (unsigned long long)how->seed);
}

static void add_sets(struct lsn_text *text, const struct lsn_results *r)
{
    size_t k;
    int i;

    lsn_text_add(text, KERNEL_AXIS "," LSN_SET "\n");
    for (k = 0; k < r->kernel_count; k++)
        for (i = r->set_start[k]; i < r->set_start[k + 1]; i++) {
            add_kernel(text, r, k, r->set_kernels[i]);
            lsn_text_add(text, ",%zu\n", k);
        }
}

static void add_kernels(struct lsn_text *text, const struct lsn_results *r)
{
    size_t k;

    if (r->set_start) {
        add_sets(text, r);
        return;
    }

    lsn_text_add(text, KERNEL_AXIS "%s\n", r->sampled_from ? "," LSN_SAMPLED_FROM : "");
    for (k = 0; k < r->kernel_count; k++) {
        add_kernel(text, r, k, (struct lsn_kernel){r->kernel_layer[k], r->kernel_index[k]});
        if (r->sampled_from)
            lsn_text_add(text, ",%d", r->sampled_from[r->kernel_layer[k]]);
        lsn_text_add(text, "\n");
    }
}

static const struct axis {
    const char *name;
    void (*add)(struct lsn_text *text, const struct lsn_results *results);
} axes[] = {
    {"images.csv", add_images}, {"conditions.csv", add_conditions}, {"kernels.csv", add_kernels}};

enum { KERNELS = 2 };

/* Calls visit for the axes first ... end-1, each with the path of its file and the text that the
 * file should have. */
static enum lsn_status
visit_axes(const char *folder, const struct lsn_results *results, size_t first, size_t end,
           enum lsn_status (*visit)(const char *path, const char *wanted, struct lsn_error *err),
           struct lsn_error *err)
{
    enum lsn_status status = LSN_OK;
    size_t i;

    for (i = first; i < end && status == LSN_OK; i++) {
        char *path = lsn_path_join(folder, axes[i].name);
        struct lsn_text text = {0};

        axes[i].add(&text, results);
        status = path && !text.failed ? visit(path, text.bytes, err)
                                      : lsn_fail_memory(err, "the axes of a run");
        lsn_text_free(&text);
        lsn_free(path);
    }
    return status;
}

static enum lsn_status write_axis(const char *path, const char *wanted, struct lsn_error *err)
{
    return lsn_file_write(path, true, wanted, strlen(wanted), err);
}

enum lsn_status lsn_axes_write(const char *folder, const struct lsn_results *results,
                               struct lsn_error *err)
{
    return visit_axes(folder, results, 0, COUNT(axes), write_axis, err);
}

enum lsn_status lsn_axes_write_images(const char *folder, const struct lsn_results *results,
                                      struct lsn_error *err)
{
    return visit_axes(folder, results, 0, 1, write_axis, err);
}

/* The number of characters of a line [length] before its last cell. */
static size_t without_last(const char *line, size_t length)
{
    while (length > 0 && line[length - 1] != ',')
        length--;
    return length;
}

/* Compares two texts line by line; the error names the first line that differs. any_last: the last
 * cell of a line may differ. */
static enum lsn_status compare_lines(const char *path, const char *found, const char *wanted,
                                     bool ignore_last, struct lsn_error *err)
{
    int line = 1;

    for (;;) {
        size_t a = strcspn(found, "\n"), b = strcspn(wanted, "\n");
        size_t x = ignore_last ? without_last(found, a) : a;
        size_t y = ignore_last ? without_last(wanted, b) : b;

        if (x != y || memcmp(found, wanted, x) != 0)
            return lsn_fail(err, LSN_E_DATA, "%s: line %d is '%.*s', not '%.*s'", path, line,
                            a < 100 ? (int)a : 100, found, b < 100 ? (int)b : 100, wanted);
        found += a;
        wanted += b;
        if (!*found || !*wanted)
            break;
        found++;
        wanted++;
        line++;
    }
    if (*found || *wanted)
        return lsn_fail(err, LSN_E_DATA, "%s: has %s lines than wanted", path,
                        *found ? "more" : "fewer");
    return LSN_OK;
}

static enum lsn_status compare_text(const char *path, const char *wanted, bool ignore_last,
                                    struct lsn_error *err)
{
    struct lsn_bytes found;
    enum lsn_status status = lsn_file_read(path, BYTES_MAX, &found, err);

    if (status == LSN_OK)
        status = compare_lines(path, (const char *)found.data, wanted, ignore_last, err);
    lsn_free(found.data);
    return status;
}

static enum lsn_status compare_axis(const char *path, const char *wanted, struct lsn_error *err)
{
    return compare_text(path, wanted, false, err);
}

/* Compares images.csv without its last column, the sizes of the files. */
static enum lsn_status compare_names(const char *path, const char *wanted, struct lsn_error *err)
{
    return compare_text(path, wanted, true, err);
}

/* Compares what the two texts of kernels.csv say that the runs are of. */
static enum lsn_status compare_kinds(const char *folder, const char *found, const char *wanted,
                                     struct lsn_error *err)
{
    const char *a = lsn_kind_text(found), *b = lsn_kind_text(wanted);

    return a == b ? LSN_OK
                  : lsn_fail(err, LSN_E_DATA, "%s: is a run%s of %s, not of %s", folder,
                             lsn_kind_is_claims(folder) ? " of lesion claims," : "", a, b);
}

static enum lsn_status compare_kind(const char *path, const char *wanted, struct lsn_error *err)
{
    char *folder = lsn_path_folder(path);
    struct lsn_bytes found = {0};
    enum lsn_status status =
        folder ? lsn_file_read(path, BYTES_MAX, &found, err) : lsn_fail_memory(err, "a path");

    if (status == LSN_OK)
        status = compare_kinds(folder, (const char *)found.data, wanted, err);
    lsn_free(found.data);
    lsn_free(folder);
    return status;
}

enum lsn_status lsn_axes_compare_others(const char *folder, const struct lsn_results *results,
                                        struct lsn_error *err)
{
    return visit_axes(folder, results, 1, COUNT(axes), compare_axis, err);
}

enum lsn_status lsn_axes_compare(const char *folder, const struct lsn_results *results,
                                 bool any_bytes, struct lsn_error *err)
{
    struct lsn_error reason = LSN_ERROR_NONE;
    enum lsn_status status;
    size_t i;

    status = visit_axes(folder, results, KERNELS, KERNELS + 1, compare_kind, &reason);
    if (status != LSN_OK)
        return lsn_fail(err, status, "%s%s", reason.text,
                        status == LSN_E_DATA ? "; " LSN_RUN_GOES_ON : "");
    LSN_TRY(visit_axes(folder, results, 0, 1, any_bytes ? compare_names : compare_axis, err));
    for (i = 1; i < COUNT(axes); i++) {
        status = visit_axes(folder, results, i, i + 1, compare_axis, &reason);
        if (status != LSN_OK && status != LSN_E_DATA)
            return lsn_fail(err, status, "%s", reason.text);
        if (status != LSN_OK)
            return lsn_fail(err, status, "%s: is a run%s of other %s: %s; " LSN_RUN_GOES_ON, folder,
                            lsn_kind_is_claims(folder) ? " of lesion claims," : "",
                            i == KERNELS ? "kernels" : "conditions", reason.text);
    }
    return LSN_OK;
}

/* Compares the files called name in folders a and b by compare_axis or compare_kind. */
static enum lsn_status compare_files(const char *name, const char *a, const char *b,
                                     enum lsn_status (*compare)(const char *path,
                                                                const char *wanted,
                                                                struct lsn_error *err),
                                     struct lsn_error *err)
{
    char *path_a = lsn_path_join(a, name), *path_b = lsn_path_join(b, name);
    struct lsn_error reason = LSN_ERROR_NONE;
    struct lsn_bytes wanted = {0};
    enum lsn_status status = path_a && path_b ? lsn_file_read(path_b, BYTES_MAX, &wanted, err)
                                              : lsn_fail_memory(err, "a path");

    if (status == LSN_OK) {
        status = compare(path_a, (const char *)wanted.data, &reason);
        if (status == LSN_E_DATA)
            status = lsn_fail(err, status, "%s and %s are not of one run: %s", a, b, reason.text);
        else if (status != LSN_OK)
            status = lsn_fail(err, status, "%s", reason.text);
    }
    lsn_free(wanted.data);
    lsn_free(path_a);
    lsn_free(path_b);
    return status;
}

enum lsn_status lsn_axes_compare_shared(const char *a, const char *b, struct lsn_error *err)
{
    LSN_TRY(compare_files("kernels.csv", a, b, compare_kind, err));
    LSN_TRY(compare_files("conditions.csv", a, b, compare_axis, err));
    return compare_files("kernels.csv", a, b, compare_axis, err);
}
