/* ONNX files as graphs: which of ONNX's ops are understood, and as what. */
#ifndef LSN_MODEL_ONNX_IMPORT_H
#define LSN_MODEL_ONNX_IMPORT_H

#include "base/sha256.h"
#include "model/graph.h"

/* Reads the network at path for images of shape image into an empty graph (as
 * stored: batch-norm is a node of its own). What of it lies in other files is added to
 * outside, in the order of its use. On failure the caller frees graph.
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT, LSN_E_UNSUPPORTED, LSN_E_MODEL. */
enum lsn_status lsn_onnx_import(const char *path, struct lsn_shape image,
                                struct lsn_sha256 *outside, struct lsn_graph *graph,
                                struct lsn_error *err);

#endif
