/* An array of a run directory. */
#include "format/npy.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t dims[] = {18, 3, 12};
    const char *path = fuzz_file("a.npy", data, size);
    struct lsn_error err = LSN_ERROR_NONE;
    int32_t values[18 * 3 * 12];
    struct lsn_npy npy;

    if (lsn_npy_open(path, LSN_NPY_INT32, dims, 3, false, &npy, &err) == LSN_OK) {
        (void)lsn_npy_read(&npy, 0, 18 * 3 * 12, values, NULL);
        lsn_npy_close(&npy);
    } else {
        fuzz_must(err.text[0], "a failure says why");
    }
    return 0;
}
