/* Pretrained networks: loading, saving and looking inside. */
#ifndef LESION_MODEL_H
#define LESION_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lesion/error.h"
#include "lesion/image.h"
#include "lesion/shape.h"

LSN_API_BEGIN

/* How an image becomes the network's input:
 * x = (pixel * scale - mean[channel]) / std[channel], channels in `order`.
 * A network of one channel gets grey images. */
struct lsn_input {
    struct lsn_shape shape; /* c is 3 (colour) or 1 (grey) */
    int resize;             /* short side before the centre crop, px; 0: no resizing */
    int resize_h,
        resize_w; /* px; if not 0, the image is scaled to this size instead of by resize */
    enum lsn_interpolation interpolation;
    bool bgr;       /* 3 channels only: order B G R instead of R G B, also of mean and std */
    double scale;   /* multiplies the pixel value 0 ... 255 */
    double mean[3]; /* the first c are used */
    double std[3];  /* likewise */
};

/* The order of the channels: "RGB", "BGR", or "GREY" for one channel; static. */
const char *lsn_input_order(const struct lsn_input *input);

struct lsn_model;

/* What an ONNX file does not say itself. A native file does, so for one all must be NULL. */
struct lsn_model_options {
    size_t size;             /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    const char *input_path;  /* JSON file of the preprocessing; NULL: NAME.input.json beside
                              * NAME.onnx */
    const char *output_name; /* the output that has the logits; NULL: the only output that can
                              * be logits, an error where there are several */
};

/* clang-format off */
#define LSN_MODEL_OPTIONS_DEFAULT {sizeof(struct lsn_model_options), NULL, NULL}
/* clang-format on */

/* Reads a native .bin or an ONNX file (one whose name ends in .onnx) and checks
 * all of it: shapes, names, finite weights. Batch-norm directly after
 * a convolution is folded into it. options may be NULL.
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT, LSN_E_UNSUPPORTED, LSN_E_MODEL,
 * LSN_E_ARGUMENT. On failure *model is NULL. */
enum lsn_status lsn_model_load(const char *path, const struct lsn_model_options *options,
                               struct lsn_model **model, struct lsn_error *err);

/* Reads an ONNX file and writes it as a native .bin, batch-norm kept apart.
 * classes_path: NULL, or a CSV with the header class,id,name and one row per
 * class index. An existing output is refused unless force. *model is the model
 * that was written, whose notes the caller may want; the caller frees it; NULL on
 * failure. Errors as of lsn_model_load. */
enum lsn_status lsn_model_convert(const char *onnx_path, const struct lsn_model_options *options,
                                  const char *classes_path, const char *output_path, bool force,
                                  struct lsn_model **model, struct lsn_error *err);

void lsn_model_free(struct lsn_model *model);

const struct lsn_input *lsn_model_input(const struct lsn_model *model);

/* SHA-256 that tells this model from others, 64 hex digits; lent. Of a native file it is that of
 * the file. Of an ONNX file it is over the file, its external data in the order of their use, the
 * name of the chosen output where there are several, and the input file. */
const char *lsn_model_sha256(const struct lsn_model *model);

/* Notes: sentences about what was assumed when an ONNX file was read, or left out because it does
 * not change the predicted class (a final Softmax). A native file keeps the notes of its
 * conversion. lsn_model_notes counts them; lsn_model_note lends one, from 0. */
int lsn_model_notes(const struct lsn_model *model);
const char *lsn_model_note(const struct lsn_model *model, int note);

/* The number of classes that the network decides between: one per logit, or the groups of
 * lsn_model_decide (lesion/decide.h). */
int lsn_model_classes(const struct lsn_model *model);

/* The class's id (such as a WordNet id) or name; lent; NULL where the model file
 * gives none. A group has a name only. */
const char *lsn_model_class_id(const struct lsn_model *model, int class_index);
const char *lsn_model_class_name(const struct lsn_model *model, int class_index);

/* One op of the network as it is run (batch-norm folded), in execution order. */
struct lsn_node_info {
    const char *name; /* lent */
    const char *op;   /* lent: "Conv", "Relu", ... */
    struct lsn_shape shape;
    const int *inputs; /* [input_count] node indices; 0 is the image */
    int input_count;
    int64_t parameters;    /* number of weights and biases; shared ones count at their first node */
    int64_t multiply_adds; /* for one image */
    int kernels;           /* output channels of a convolution; 0 for other ops */
    int layer;             /* the layer of a convolution; -1 for other ops */
    int place;             /* of a convolution: which of its layer's places, from 1; else 0 */
};

int lsn_model_nodes(const struct lsn_model *model);
struct lsn_node_info lsn_model_node(const struct lsn_model *model, int node);

/* Writes the model's description as JSON: SHA-256, number of classes and layers, preprocessing,
 * notes, and each node. path "-" is standard output; an existing file is refused unless force.
 * LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_model_write_json(const struct lsn_model *model, const char *path, bool force,
                                     struct lsn_error *err);

/* The layers that can be lesioned, in execution order of their first places. A layer is a
 * convolution; its places are the nodes that use its weights, usually one. Where the weights are
 * shared (the steps of a recurrent network, the branches of a siamese one) there are several, and a
 * kernel is lesioned at all of them together. */
int lsn_model_layers(const struct lsn_model *model);
const char *lsn_model_layer_name(const struct lsn_model *model, int layer);

/* The number of a layer's places, at least 1; the node of a place, numbered from 0; and the node of
 * the first place. */
int lsn_model_layer_places(const struct lsn_model *model, int layer);
int lsn_model_layer_place(const struct lsn_model *model, int layer, int place);
int lsn_model_layer_node(const struct lsn_model *model, int layer);

/* Whether the weights of a layer's places are equal only up to a factor per kernel. That happens
 * where each place has a batch-norm of its own that an exporter folded into the weights; that the
 * places are one layer was then inferred from the nodes' names and the weights. */
bool lsn_model_layer_is_scaled(const struct lsn_model *model, int layer);

/* Makes each place of a layer with several places a layer by itself, in execution order, called
 * NAME@1, NAME@2, ... Call it before making networks of the model. LSN_E_MODEL where another layer
 * has that name, LSN_E_MEMORY; after a failure the model can only be freed. */
enum lsn_status lsn_model_separate_places(struct lsn_model *model, struct lsn_error *err);

LSN_API_END
#endif
