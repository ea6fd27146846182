/* Tables of other commands that a report takes in must be of the run's network: kernels of equal
 * names in another one would be drawn beside those of the run. */
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "format/file.h"
#include "format/json.h"
#include "lesion/parse.h"
#include "report/report.h"

#define JSON_BYTES_MAX ((size_t)1 << 20)

enum lsn_status lsn_report_columns(const char *path, const struct lsn_csv *csv,
                                   const char *const *names, int count, const char *writer,
                                   int *columns, struct lsn_error *err)
{
    int i;

    for (i = 0; i < count; i++) {
        int column = lsn_csv_column(csv, names[i]);

        if (column < 0)
            return lsn_fail(err, LSN_E_FORMAT,
                            "%s: has no column %s, wanted what this version of lesion %s writes",
                            path, names[i], writer);
        if (columns)
            columns[i] = column;
    }
    return LSN_OK;
}

enum lsn_status lsn_report_has_rows(const char *path, const struct lsn_csv *csv,
                                    struct lsn_error *err)
{
    return csv->row_count > 0 ? LSN_OK : lsn_fail(err, LSN_E_DATA, "%s: has no rows", path);
}

/* Compares the network that a table's provenance names, where that is there. */
static enum lsn_status check_model(const struct lsn_report *report, const char *path,
                                   const char *provenance, struct lsn_error *err)
{
    struct lsn_bytes bytes = {0};
    struct lsn_json *json = NULL;
    enum lsn_status status;
    const char *model;

    if (access(provenance, F_OK) != 0)
        return LSN_OK;
    status = lsn_file_read(provenance, JSON_BYTES_MAX, &bytes, err);
    if (status == LSN_OK)
        status = lsn_json_parse(provenance, (const char *)bytes.data, bytes.size, &json, err);
    model = json ? lsn_json_string(lsn_json_member(json, "model_sha256")) : NULL;
    if (model && strcmp(model, report->model_sha256) != 0)
        status = lsn_fail(err, LSN_E_DATA,
                          "%s: is of another model than the run, by %s: SHA-256 %.64s, of the run "
                          "%s; give a table of the run's model",
                          path, provenance, model, report->model_sha256);
    lsn_json_free(json);
    lsn_free(bytes.data);
    return status;
}

/* Compares the layers in a column, whose numbers are in another one, with those of the run, which
 * knows the names of the layers that it chose. */
static enum lsn_status check_layers(const struct lsn_report *report, const char *path,
                                    const struct lsn_csv *csv, const char *const columns[2],
                                    struct lsn_error *err)
{
    int name = lsn_csv_column(csv, columns[0]), index = lsn_csv_column(csv, columns[1]);
    const struct lsn_results *r = report->results;
    size_t row;

    for (row = 0; row < csv->row_count && name >= 0 && index >= 0; row++) {
        const char *layer = lsn_csv_cell(csv, row, name);
        int64_t number;

        if (!lsn_parse_int(lsn_csv_cell(csv, row, index), 0, r->layer_count - 1, &number) ||
            (r->layer_names[number] && strcmp(r->layer_names[number], layer) != 0))
            return lsn_fail(err, LSN_E_DATA,
                            "%s: its layer '%.100s' is not number %.20s of the run's network; give "
                            "a table of the run's model, made with its --lesion-places",
                            path, layer, lsn_csv_cell(csv, row, index));
    }
    return LSN_OK;
}

enum lsn_status lsn_report_check_beside(const struct lsn_report *report, const char *path,
                                        struct lsn_error *err)
{
    static const char *const columns[][2] = {
        {"layer", "layer_index"}, {"layer_a", "layer_index_a"}, {"layer_b", "layer_index_b"}};
    struct lsn_text provenance = {0};
    struct lsn_csv csv = {0};
    enum lsn_status status;
    size_t i;

    lsn_text_add(&provenance, "%s.json", path);
    status = provenance.failed ? lsn_fail_memory(err, "a path")
                               : check_model(report, path, provenance.bytes, err);
    if (status == LSN_OK)
        status = lsn_csv_read(path, &csv, err);
    for (i = 0; i < sizeof columns / sizeof columns[0] && status == LSN_OK; i++)
        status = check_layers(report, path, &csv, columns[i], err);
    lsn_text_free(&provenance);
    lsn_csv_free(&csv);
    return status;
}
