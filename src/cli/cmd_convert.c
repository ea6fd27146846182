#include "command.h"
#include "inputs.h"
#include "message.h"
#include "signals.h"

static void run(const struct command_line *line)
{
    const struct lsn_model_options from = {sizeof from, line->options.input,
                                           line->options.output_name};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;

    /* A first Ctrl-C does not stop this, which takes seconds: half a temporary file would be left.
     */
    signals_catch();
    if (lsn_model_convert(line->operands[0], &from, line->options.classes, line->operands[1],
                          line->options.force, &model, &err) != LSN_OK)
        message_failure(&err);
    else
        inputs_note_model(line->operands[0], model);
    lsn_model_free(model);
}

const struct command cmd_convert = {
    .name = "convert",
    .bit = FOR_CONVERT,
    .operands = "NET.onnx NET.bin",
    .operands_min = 2,
    .operands_max = 2,
    .run = run,
};
