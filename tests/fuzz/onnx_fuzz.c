/* An ONNX file, with preprocessing that fits the golden ones. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/run_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char input[] =
        "{\"channels\": 3, \"height\": 12, \"width\": 10, \"resize\": 0, \"order\": \"RGB\","
        "\"interpolation\": \"bilinear\", \"scale\": 1, \"mean\": [0, 0, 0], \"std\": [1, 1, 1]}";

    (void)fuzz_file("m.input.json", (const uint8_t *)input, strlen(input));
    fuzz_run_model(fuzz_file("m.onnx", data, size), NULL);
    return 0;
}
