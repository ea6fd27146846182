/* ONNX files as graphs: which of ONNX's ops are understood, and as what. */
#ifndef LSN_MODEL_ONNX_IMPORT_H
#define LSN_MODEL_ONNX_IMPORT_H

#include "base/notes.h"
#include "base/sha256.h"
#include "model/graph.h"

struct lsn_onnx_request {
    const struct lsn_input *input; /* what the network is shown */
    const char *output_name;       /* which of its outputs; NULL: the only one that can be meant */
    struct lsn_sha256 *hash;       /* to which what lies in other files is added, in the order of
                                    * its use, and the name of the output, of several */
};

/* Reads the network at path into an empty graph (as stored: batch-norm is a node of its
 * own). What was assumed, or left out as it changes no answer, is added to notes. On
 * failure the caller frees graph and notes.
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT, LSN_E_UNSUPPORTED, LSN_E_MODEL, LSN_E_ARGUMENT. */
enum lsn_status lsn_onnx_import(const char *path, const struct lsn_onnx_request *request,
                                struct lsn_graph *graph, struct lsn_notes *notes,
                                struct lsn_error *err);

#endif
