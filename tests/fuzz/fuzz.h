/* What the fuzz targets share. A target NAME_fuzz.c defines LLVMFuzzerTestOneInput: with
 * clang's libFuzzer it is searched (scripts/fuzz), with replay.c it is run on files. */
#ifndef LSN_TESTS_FUZZ_H
#define LSN_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The path of a file in this process's scratch folder, in memory where there is such a
 * file system; lent until the second next call. The folder goes when the process ends. */
const char *fuzz_path(const char *name);

/* The same, holding these bytes. */
const char *fuzz_file(const char *name, const uint8_t *data, size_t size);

/* Copies a file of tests/golden there; its path as above. */
const char *fuzz_golden(const char *golden, const char *name);

/* Ends the process as a finding: something that must hold does not. */
void fuzz_must(int holds, const char *what);

#endif
