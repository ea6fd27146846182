/* The ONNX graph's input, which is the one image that the network is shown. */
#ifndef LSN_MODEL_ONNX_IMAGE_H
#define LSN_MODEL_ONNX_IMAGE_H

#include "model/onnx/importer.h"

/* Binds the ONNX graph's input to the image. LSN_E_MODEL where the preprocessing makes images of
 * another size or type than the file takes. */
enum lsn_status lsn_import_bind_image(struct lsn_importer *im);

/* Where a batch of several images is written into the file, a Reshape's target [rank] often
 * begins with it: makes it 1 then. count: elements of the Reshape's input, of one image. */
void lsn_import_drop_batch(const struct lsn_importer *im, int64_t *target, size_t rank,
                           int64_t count);

/* Where value is the image as one vector and target [rank] gives it its planes again, value
 * becomes the image itself; else *unflattened is false. */
void lsn_import_unflatten_image(const struct lsn_importer *im, const int64_t *target, size_t rank,
                                struct lsn_value *value, bool *unflattened);

/* Notes which layout was assumed where a node reads the image as one vector. */
enum lsn_status lsn_import_note_flat_image(struct lsn_importer *im);

#endif
