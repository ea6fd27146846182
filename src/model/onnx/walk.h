/* The walk over an ONNX file's nodes: those that the output is computed from, in order, each
 * imported by its op's handler; and what is found out before, and set right after it. */
#ifndef LSN_MODEL_ONNX_WALK_H
#define LSN_MODEL_ONNX_WALK_H

#include "model/onnx/import.h"
#include "model/onnx/importer.h"

/* ---- walk.c ---- */

/* Imports of the file what the output of this name is computed from. producers: of file. */
enum lsn_status lsn_import_walk(struct lsn_importer *im, const struct lsn_onnx *file,
                                const struct lsn_names *producers, const char *output);

/* ---- order.c ---- */

/* Steps back from *value over nodes that only rearrange it (Reshape, Transpose, Dropout ...): the
 * ONNX node that makes *value then, or -1. */
int lsn_import_skip_rearranging(const struct lsn_onnx *onnx, const struct lsn_names *producers,
                                const char **value);

/* Which node makes each value; names are lent by onnx. LSN_E_MODEL where two make one. */
enum lsn_status lsn_import_producers(const char *path, const struct lsn_onnx *onnx,
                                     struct lsn_names *producers, struct lsn_error *err);

/* Marks in wanted [onnx->node_count] the nodes that output is computed from. */
enum lsn_status lsn_import_mark_wanted(const struct lsn_onnx *onnx,
                                       const struct lsn_names *producers, const char *output,
                                       bool *wanted, struct lsn_error *err);

/* im->onnx becomes file with those nodes only, each after the ones it reads from; nodes
 * that stand so already keep their order. LSN_E_MODEL where they form a circle. */
enum lsn_status lsn_import_sort(struct lsn_importer *im, const struct lsn_onnx *file,
                                const struct lsn_names *producers, const char *output);

/* LSN_E_UNSUPPORTED, naming it, where the network has attention. */
enum lsn_status lsn_import_check_attention(struct lsn_importer *im);

/* ---- name.c ---- */

/* Chooses im->names and im->place_of. LSN_E_MODEL where convolutions of different weights would
 * bear one name. */
enum lsn_status lsn_import_choose_names(struct lsn_importer *im);

/* ---- older.c ---- */

/* Whether the current node is of an opset before 7, which had the attribute for its op. */
bool lsn_import_is_old_attribute(const struct lsn_importer *im, const char *name);

/* Where the current node is of an opset before 7 and its second input stands at another axis than
 * opset 7 would have it: replaces that input until lsn_import_end_alignment (im->aligned).
 * LSN_E_UNSUPPORTED, LSN_E_MODEL. */
enum lsn_status lsn_import_align_input(struct lsn_importer *im);
void lsn_import_end_alignment(struct lsn_importer *im);

/* ---- pattern.c ---- */

/* Where LayerNormalization or Gelu, written out as arithmetic, begins at the current node:
 * imports all of it, marks its nodes in im->is_matched and sets *matched. */
enum lsn_status lsn_import_match_pattern(struct lsn_importer *im, bool *matched);

/* ---- end.c ---- */

/* The Softmax or the like before output that is to be taken off. */
struct lsn_end lsn_import_find_end(const struct lsn_onnx *onnx, const struct lsn_names *producers,
                                   const char *output);

/* Where the current node is of im->end: binds its input as its output, and sets *taken. */
enum lsn_status lsn_import_take_off_end(struct lsn_importer *im, bool *taken);

/* Makes output the graph's last node; one logit becomes two, 0 and itself. */
enum lsn_status lsn_import_finish(struct lsn_importer *im, const char *output);

/* ---- places.c ---- */

/* Finds which convolutions of the finished graph are places of one layer. */
enum lsn_status lsn_import_find_places(struct lsn_importer *im);

/* ---- output.c ---- */

/* Finds which output the logits are: *value is its name in the graph. LSN_E_ARGUMENT
 * (the request's output_name), LSN_E_UNSUPPORTED where several may be meant. */
enum lsn_status lsn_import_choose_output(const char *path, const struct lsn_onnx_request *request,
                                         const struct lsn_onnx *file,
                                         const struct lsn_names *producers, const char **value,
                                         struct lsn_notes *notes, struct lsn_error *err);

#endif
