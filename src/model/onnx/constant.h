/* ONNX nodes all of whose inputs are constants are computed when the file is loaded (constant
 * folding). Each lsn_constant_ function of an op computes the current node and binds its output. */
#ifndef LSN_MODEL_ONNX_CONSTANT_H
#define LSN_MODEL_ONNX_CONSTANT_H

#include "model/onnx/importer.h"

/* Computes the current node where all its inputs are constants (or it is a Shape) and its op is
 * one of those below; else *folded is false. */
enum lsn_status lsn_import_fold(struct lsn_importer *im, bool *folded);

/* ---- constant.c: for these functions ---- */

/* The numbers and dims of input i. */
enum lsn_status lsn_constant_read(struct lsn_importer *im, size_t i, struct lsn_constant *constant,
                                  const double **data);

/* A result with these dims [rank], all zeroes. */
enum lsn_status lsn_constant_start(struct lsn_importer *im, int rank, const int64_t *dims,
                                   bool integer, struct lsn_value *out);

/* ---- constant_elements.c: number by number ---- */

enum lsn_status lsn_constant_unary(struct lsn_importer *im);
enum lsn_status lsn_constant_binary(struct lsn_importer *im);
enum lsn_status lsn_constant_where(struct lsn_importer *im);
enum lsn_status lsn_constant_expand(struct lsn_importer *im);
enum lsn_status lsn_constant_clip(struct lsn_importer *im);
enum lsn_status lsn_constant_dequantize(struct lsn_importer *im);

/* ---- constant_shape.c: rearranged ---- */

/* The input of Shape may be a feature map, too. */
enum lsn_status lsn_constant_shape(struct lsn_importer *im);
enum lsn_status lsn_constant_gather(struct lsn_importer *im);
enum lsn_status lsn_constant_concat(struct lsn_importer *im);
enum lsn_status lsn_constant_reshape(struct lsn_importer *im);
enum lsn_status lsn_constant_squeeze(struct lsn_importer *im);
enum lsn_status lsn_constant_transpose(struct lsn_importer *im);
enum lsn_status lsn_constant_slice(struct lsn_importer *im);

/* ---- constant_weights.c: what weights are made of ---- */

enum lsn_status lsn_constant_reduce(struct lsn_importer *im);
enum lsn_status lsn_constant_tile(struct lsn_importer *im);
enum lsn_status lsn_constant_matmul(struct lsn_importer *im);
enum lsn_status lsn_constant_batch_norm(struct lsn_importer *im);
enum lsn_status lsn_constant_range(struct lsn_importer *im);

#endif
