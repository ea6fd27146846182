/* Which ONNX ops are understood. */
#ifndef LSN_MODEL_ONNX_TABLE_H
#define LSN_MODEL_ONNX_TABLE_H

#include "model/onnx/importer.h"

struct lsn_import_op {
    const char *op;
    const char *attributes; /* those understood, each followed by a space */
    bool rearranges;        /* and no more: it may follow the Softmax that is taken off */
    enum lsn_status (*import)(struct lsn_importer *im);
};

/* The row for an ONNX op, or NULL. */
const struct lsn_import_op *lsn_import_find(const char *op);

#endif
