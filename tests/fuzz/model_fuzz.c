/* A .bin: loaded, and where it is small enough run, intact and lesioned. */
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "fuzz/run_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_run_model(fuzz_file("m.bin", data, size), NULL);
    return 0;
}
