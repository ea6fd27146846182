/* The preprocessing of an ONNX file. */
#include "fuzz/fuzz.h"
#include "model/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_input input;

    if (lsn_input_read(fuzz_file("input.json", data, size), &input, &err) == LSN_OK)
        fuzz_must((input.shape.c == 3 || input.shape.c == 1) && input.shape.h > 0 &&
                      input.shape.w > 0,
                  "a shape");
    else
        fuzz_must(err.text[0], "a failure says why");
    return 0;
}
