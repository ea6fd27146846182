/* Two tables to compare, with a NUL byte between them; one alone is both. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "lesion/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *cut = size ? memchr(data, 0, size) : NULL;
    size_t first = cut ? (size_t)(cut - data) : size;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_check check;
    char baseline[200];

    strcpy(baseline, fuzz_file("a.csv", data, first));
    (void)fuzz_file("b.csv", cut ? cut + 1 : data, cut ? size - first - 1 : size);
    if (lsn_check_compare(baseline, fuzz_path("b.csv"), NULL, 20, &check, &err) == LSN_OK)
        fuzz_must(cut || (check.cells == 0 && check.missing == 0 && check.extra == 0),
                  "a table equals itself");
    else
        fuzz_must(err.text[0], "a failure says why");
    lsn_check_free(&check);
    return 0;
}
