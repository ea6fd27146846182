/* The native model file: a safetensors container with the graph as JSON in its
 * metadata. */
#ifndef LSN_MODEL_NATIVE_H
#define LSN_MODEL_NATIVE_H

#include "model/model.h"

/* Fills input, graph (as stored, nothing folded) and classes of an empty model.
 * On failure the caller frees the model. */
enum lsn_status lsn_native_read(const char *path, struct lsn_model *model, struct lsn_error *err);

enum lsn_status lsn_native_write(const char *path, bool force, const struct lsn_model *model,
                                 struct lsn_error *err);

#endif
