/* The folding of constants, shared by its files. Each function computes the
 * current node, all of whose inputs are constants, and binds its output. */
#ifndef LSN_MODEL_ONNX_CONSTANT_H
#define LSN_MODEL_ONNX_CONSTANT_H

#include "model/onnx/importer.h"

/* The numbers and dims of input i. */
enum lsn_status lsn_constant_read(struct lsn_importer *im, size_t i, struct lsn_constant *constant,
                                  const double **data);

/* A result with these dims and no numbers in it yet. */
enum lsn_status lsn_constant_start(struct lsn_importer *im, int rank, const int64_t *dims,
                                   bool integer, struct lsn_value *out);

/* Row-major distances of an array. */
void lsn_constant_distances(const struct lsn_constant *k, int64_t *distances);

/* Where element i of an array with these dims lies, given each axis's distance. */
int64_t lsn_constant_offset(size_t i, int rank, const int64_t *dims, const int64_t *distances);

/* The input of Shape may be a feature map, too. */
enum lsn_status lsn_constant_shape(struct lsn_importer *im);
enum lsn_status lsn_constant_gather(struct lsn_importer *im);
enum lsn_status lsn_constant_concat(struct lsn_importer *im);
enum lsn_status lsn_constant_reshape(struct lsn_importer *im);
enum lsn_status lsn_constant_squeeze(struct lsn_importer *im);
enum lsn_status lsn_constant_transpose(struct lsn_importer *im);
enum lsn_status lsn_constant_slice(struct lsn_importer *im);

/* constant_more.c */
enum lsn_status lsn_constant_where(struct lsn_importer *im);
enum lsn_status lsn_constant_expand(struct lsn_importer *im);
enum lsn_status lsn_constant_reduce(struct lsn_importer *im);
enum lsn_status lsn_constant_clip(struct lsn_importer *im);
enum lsn_status lsn_constant_dequantize(struct lsn_importer *im);

/* constant_weights.c */
enum lsn_status lsn_constant_tile(struct lsn_importer *im);
enum lsn_status lsn_constant_matmul(struct lsn_importer *im);
enum lsn_status lsn_constant_batch_norm(struct lsn_importer *im);
enum lsn_status lsn_constant_range(struct lsn_importer *im);

#endif
