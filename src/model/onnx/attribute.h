/* Attributes of the current node, and inputs that were attributes in older opsets. An attribute
 * that is left out leaves *value as it is. Where one is not of its type, or is not supported, the
 * status says so. */
#ifndef LSN_MODEL_ONNX_ATTRIBUTE_H
#define LSN_MODEL_ONNX_ATTRIBUTE_H

#include "model/onnx/importer.h"

/* low and high are supported, too. */
enum lsn_status lsn_import_int(struct lsn_importer *im, const char *name, int64_t low, int64_t high,
                               int *value);
enum lsn_status lsn_import_flag(struct lsn_importer *im, const char *name, bool *value);
enum lsn_status lsn_import_float(struct lsn_importer *im, const char *name, float *value);

/* values [count] */
enum lsn_status lsn_import_ints(struct lsn_importer *im, const char *name, size_t count,
                                int64_t low, int64_t high, int *values);

/* One of choices, a list that NULL ends; *chosen is its index. */
enum lsn_status lsn_import_string(struct lsn_importer *im, const char *name,
                                  const char *const *choices, int *chosen);

/* A list of integers that newer opsets pass as input i, older ones as the attribute: fresh,
 * *count of them; NULL where it is in neither place. Large ones are cut to half of what int64_t
 * holds, so that sums of two do not overflow. */
enum lsn_status lsn_import_list(struct lsn_importer *im, size_t i, const char *attribute,
                                int64_t **list, size_t *count);

/* A number that newer opsets pass as constant input i, older ones as the attribute. */
enum lsn_status lsn_import_scalar(struct lsn_importer *im, size_t i, const char *attribute,
                                  float *value);

/* kernel_shape, strides, dilations, pads and auto_pad of a window over maps of shape in. */
enum lsn_status lsn_import_window(struct lsn_importer *im, struct lsn_shape in,
                                  struct lsn_attributes *a);

#endif
