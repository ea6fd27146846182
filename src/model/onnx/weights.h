/* Constants as the tensors of nodes. Each function fails where the value is missing, is computed
 * from the image or does not fit. */
#ifndef LSN_MODEL_ONNX_WEIGHTS_H
#define LSN_MODEL_ONNX_WEIGHTS_H

#include "model/onnx/importer.h"

/* A constant of this rank (-1: any), which errors call what. Large ones stay in the file. */
enum lsn_status lsn_import_tensor(struct lsn_importer *im, struct lsn_value *value,
                                  const char *what, int rank, struct lsn_tensor *tensor);

/* A constant as it broadcasts against value: one number per channel, [channels], fresh.
 * LSN_E_UNSUPPORTED where it varies over space. */
enum lsn_status lsn_import_per_channel(struct lsn_importer *im, struct lsn_value *constant,
                                       const struct lsn_value *value, float **numbers);

/* A constant of one number, or one per output, as the bias of so many outputs. */
enum lsn_status lsn_import_bias(struct lsn_importer *im, struct lsn_value *value, int outputs,
                                struct lsn_tensor *bias);

/* Gives *node (freed on failure) the same scale for each of c channels, and shift 0. */
enum lsn_status lsn_import_scale_and_shift(struct lsn_importer *im, struct lsn_node *node, int c,
                                           float scale);

#endif
