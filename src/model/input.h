/* The preprocessing part of a model, as JSON. */
#ifndef LSN_MODEL_INPUT_H
#define LSN_MODEL_INPUT_H

#include "base/text.h"
#include "format/json.h"
#include "lesion/model.h"

/* From an object with the keys channels, height, width, resize (px of the short side,
 * [height, width] px, or null for none), interpolation (a name of enum
 * lsn_interpolation), order ("RGB", "BGR"; of one channel "GREY" or none, and those two mean
 * nothing), scale, mean and std [channels]. what names it in errors.
 * LSN_E_FORMAT, LSN_E_UNSUPPORTED. */
enum lsn_status lsn_input_parse(const char *what, const struct lsn_json *json,
                                struct lsn_input *input, struct lsn_error *err);

/* Reads a .input.json file. */
enum lsn_status lsn_input_read(const char *path, struct lsn_input *input, struct lsn_error *err);

void lsn_input_add_json(struct lsn_text *text, const struct lsn_input *input);

#endif
