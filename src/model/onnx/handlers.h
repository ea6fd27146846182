/* How each ONNX op is imported: a handler adds what the current node means to the graph and binds
 * its outputs. table.c says which op has which. */
#ifndef LSN_MODEL_ONNX_HANDLERS_H
#define LSN_MODEL_ONNX_HANDLERS_H

#include "model/onnx/importer.h"

#define HANDLER(name) enum lsn_status lsn_import_##name(struct lsn_importer *im)

HANDLER(conv); /* conv.c */

HANDLER(matmul); /* linear.c */
HANDLER(gemm);

HANDLER(pool); /* pool.c */
HANDLER(global_pool);
HANDLER(lp_pool);

HANDLER(batch_norm); /* norm.c */
HANDLER(group_norm);
HANDLER(layer_norm);
HANDLER(lrn);
HANDLER(mean_variance);

HANDLER(unary); /* elementwise.c */
HANDLER(clip);
HANDLER(pow);
HANDLER(prelu);
HANDLER(image_scaler);
HANDLER(identity);

HANDLER(binary);   /* join.c: Add, Sub, Mul, Div of two */
HANDLER(variadic); /* Sum, Mean, Max, Min of any number */

HANDLER(reduce); /* reduce.c */
HANDLER(lp_normalization);

HANDLER(concat); /* concat.c */

HANDLER(slice); /* slice.c */
HANDLER(split);
HANDLER(gather);

HANDLER(reshape); /* reshape.c */
HANDLER(flatten);
HANDLER(transpose);
HANDLER(squeeze);
HANDLER(unsqueeze);

HANDLER(pad); /* pad.c */

HANDLER(expand); /* repeat.c */
HANDLER(tile);

HANDLER(space_to_depth); /* blocks.c */
HANDLER(depth_to_space);

HANDLER(resize); /* resize.c */

HANDLER(if); /* branch.c */

#undef HANDLER

/* ---- join.c, for handlers that end in a function of two maps ---- */

/* Emits a function of two maps, a op b, which broadcast as in ONNX; out has the axes of both.
 * suffix as of lsn_import_emit. */
enum lsn_status lsn_import_join(struct lsn_importer *im, enum lsn_op op, const char *suffix,
                                const struct lsn_value *a, const struct lsn_value *b,
                                struct lsn_value *out);

/* A constant as a feature map (a Constant node) that broadcasts against value. */
enum lsn_status lsn_import_constant_map(struct lsn_importer *im, struct lsn_value *constant,
                                        const struct lsn_value *value, struct lsn_value *out);

#endif
