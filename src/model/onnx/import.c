/* The import of a file: checked, its output chosen, its nodes walked. */
#include "model/onnx/import.h"
#include "model/onnx/walk.h"

#define NODES_MAX 50000
#define OPSET_MIN 6

/* What holds for the file, whichever output is taken. */
static enum lsn_status check_file(const char *path, const struct lsn_onnx *file,
                                  struct lsn_error *err)
{
    if (file->opset == 0)
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: does not say by which version of ONNX's ops it is meant "
                        "(opset_import); set it with onnx.helper.make_opsetid, or export it again",
                        path);
    if (file->opset < OPSET_MIN)
        return lsn_fail(err, LSN_E_UNSUPPORTED,
                        "%s: uses opset %jd of ONNX, supported are %d and later", path,
                        (intmax_t)file->opset, OPSET_MIN);
    if (file->node_count == 0 || file->node_count > NODES_MAX)
        return lsn_fail(err, LSN_E_UNSUPPORTED, "%s: has %zu nodes, supported are 1 ... %d", path,
                        file->node_count, NODES_MAX);
    if (file->input_count != 1)
        return lsn_fail(err, LSN_E_UNSUPPORTED, "%s: the network has %zu inputs, wanted one image",
                        path, file->input_count);
    return LSN_OK;
}

enum lsn_status lsn_onnx_import(const char *path, const struct lsn_onnx_request *request,
                                struct lsn_graph *graph, struct lsn_notes *notes,
                                struct lsn_error *err)
{
    struct lsn_importer im = {
        .path = path, .input = request->input, .graph = graph, .notes = notes, .err = err};
    struct lsn_names producers = {0};
    struct lsn_onnx file;
    enum lsn_status status;
    const char *output;

    LSN_TRY(lsn_onnx_open(path, &file, err));
    status = check_file(path, &file, err);
    if (status == LSN_OK)
        status = lsn_import_producers(path, &file, &producers, err);
    if (status == LSN_OK)
        status = lsn_import_choose_output(path, request, &file, &producers, &output, notes, err);
    file.outside = request->hash;
    file.maps = &graph->files;
    if (status == LSN_OK)
        status = lsn_import_walk(&im, &file, &producers, output);
    if (status == LSN_OK)
        status = lsn_maps_add(&graph->files, &file.map, err);
    lsn_importer_free(&im);
    lsn_names_free(&producers);
    lsn_onnx_close(&file);
    return status;
}
