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
 * A network of one channel is shown grey images. */
struct lsn_input {
    struct lsn_shape shape; /* c is 3 (colour) or 1 (grey) */
    int resize;             /* short side before the centre crop, px; 0: no resizing */
    int resize_h, resize_w; /* px; where not 0, the whole image is scaled to this instead */
    enum lsn_interpolation interpolation;
    bool bgr;       /* channel order B G R instead of R G B; mean and std follow it; of 3 only */
    double scale;   /* multiplies the pixel value 0 ... 255 */
    double mean[3]; /* the first c count */
    double std[3];
};

/* The order of its channels: "RGB", "BGR", or "GREY" of one; static. */
const char *lsn_input_order(const struct lsn_input *input);

struct lsn_model;

/* What an ONNX file does not say itself. All must be NULL for a native file, which does. */
struct lsn_model_options {
    size_t size;             /* of this struct: the _DEFAULT sets it, see lesion/api.h */
    const char *input_path;  /* its preprocessing; NULL: NAME.input.json beside NAME.onnx */
    const char *output_name; /* which of its outputs the logits are; NULL: the only one that
                              * can be meant */
};

/* clang-format off */
#define LSN_MODEL_OPTIONS_DEFAULT {sizeof(struct lsn_model_options), NULL, NULL}
/* clang-format on */

/* Reads a native .bin or an ONNX file (told apart by the name's ending .onnx)
 * and checks it whole: shapes, names, finite weights. Batch-norm directly after
 * a convolution is folded into it. options may be NULL.
 * LSN_E_IO, LSN_E_MEMORY, LSN_E_FORMAT, LSN_E_UNSUPPORTED, LSN_E_MODEL,
 * LSN_E_ARGUMENT. On failure *model is NULL. */
enum lsn_status lsn_model_load(const char *path, const struct lsn_model_options *options,
                               struct lsn_model **model, struct lsn_error *err);

/* Reads an ONNX file and writes it as a native .bin, batch-norm kept apart.
 * classes_path: NULL, or a CSV with the header class,id,name and one row per
 * class index. An existing output is refused unless force. *model is what was
 * written, for its notes, freed by the caller; NULL on failure. */
enum lsn_status lsn_model_convert(const char *onnx_path, const struct lsn_model_options *options,
                                  const char *classes_path, const char *output_path, bool force,
                                  struct lsn_model **model, struct lsn_error *err);

void lsn_model_free(struct lsn_model *model);

const struct lsn_input *lsn_model_input(const struct lsn_model *model);

/* SHA-256, 64 hex digits; lent: of the model file, then, of an ONNX file, of what it
 * keeps in other files, in the order of its use, of the name of its output, where it has
 * several, and of the input file. */
const char *lsn_model_sha256(const struct lsn_model *model);

/* Sentences about what was assumed of an ONNX file, or left out as it changes no answer (a
 * final Softmax); a native file keeps those of its conversion. Lent. */
int lsn_model_notes(const struct lsn_model *model);
const char *lsn_model_note(const struct lsn_model *model, int note);

/* Number of classes that are decided between: the length of the logits, or the groups of
 * lsn_model_decide (lesion/decide.h). */
int lsn_model_classes(const struct lsn_model *model);

/* The class's id (a WordNet id, say) or name; lent, NULL where the model file
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
    int64_t parameters;    /* weights and biases, those of an earlier place left out */
    int64_t multiply_adds; /* of one image */
    int kernels;           /* output channels of a convolution; else 0 */
    int layer;             /* of a convolution; -1 for others */
    int place;             /* of a convolution: which of its layer's, from 1; 0 for others */
};

int lsn_model_nodes(const struct lsn_model *model);
struct lsn_node_info lsn_model_node(const struct lsn_model *model, int node);

/* The description as JSON: SHA-256, how many classes and layers, preprocessing, notes, and
 * each node. path "-" is standard output. LSN_E_IO, LSN_E_MEMORY. */
enum lsn_status lsn_model_write_json(const struct lsn_model *model, const char *path, bool force,
                                     struct lsn_error *err);

/* The layers that can be lesioned, in execution order of their first places. A layer is a
 * convolution, at all places where its weights are read: the same kernels at several steps of a
 * recurrent network, on the branches of a siamese one, are lesioned together. */
int lsn_model_layers(const struct lsn_model *model);
const char *lsn_model_layer_name(const struct lsn_model *model, int layer);

/* The nodes of a layer's places, by number from 0; at least one, and the first. */
int lsn_model_layer_places(const struct lsn_model *model, int layer);
int lsn_model_layer_place(const struct lsn_model *model, int layer, int place);
int lsn_model_layer_node(const struct lsn_model *model, int layer);

/* Whether the weights differ by a factor per kernel from place to place: an exporter has folded
 * into them a batch-norm that is another at each place, and that they are one layer was told by
 * the nodes' names and the weights. */
bool lsn_model_layer_is_scaled(const struct lsn_model *model, int layer);

/* From now on each place of a layer is a layer of its own, in execution order, called NAME@1,
 * NAME@2, ... To be called before networks are made of the model. LSN_E_MODEL where another layer
 * has that name, LSN_E_MEMORY; then the model can only be freed. */
enum lsn_status lsn_model_separate_places(struct lsn_model *model, struct lsn_error *err);

LSN_API_END
#endif
