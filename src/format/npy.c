#include "format/npy.h"

#include <stdint.h>

#include "base/text.h"
#include "format/file.h"

/* The magic, then the length of a Python dictionary and the dictionary, padded so
 * that the data start at a multiple of 64 bytes. */
static void add_header(struct lsn_text *text, const size_t *dims, int rank)
{
    struct lsn_text dictionary = {0};
    int i;

    lsn_text_add(&dictionary, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for (i = 0; i < rank; i++)
        lsn_text_add(&dictionary, "%zu,%s", dims[i], i + 1 < rank ? " " : "");
    lsn_text_add(&dictionary, "), }");
    while ((10 + dictionary.length + 1) % 64 != 0 && !dictionary.failed)
        lsn_text_add(&dictionary, " ");
    lsn_text_add(&dictionary, "\n");
    lsn_text_add_bytes(text, "\x93NUMPY\x01\x00", 8);
    lsn_text_add_bytes(
        text, (uint8_t[]){(uint8_t)(dictionary.length & 0xff), (uint8_t)(dictionary.length >> 8)},
        2);
    if (!dictionary.failed)
        lsn_text_add_bytes(text, dictionary.bytes, dictionary.length);
    text->failed = text->failed || dictionary.failed;
    lsn_text_free(&dictionary);
}

enum lsn_status lsn_npy_write_floats(const char *path, bool force, const size_t *dims, int rank,
                                     const float *data, struct lsn_error *err)
{
    struct lsn_output output = {0};
    struct lsn_text header = {0};
    enum lsn_status status;
    size_t count = 1;
    int i;

    for (i = 0; i < rank; i++)
        count *= dims[i];
    add_header(&header, dims, rank);
    status = header.failed ? lsn_fail_memory(err, "a header")
                           : lsn_output_open(&output, path, force, err);
    if (status == LSN_OK) {
        (void)fwrite(header.bytes, 1, header.length, output.stream);
        lsn_output_floats(&output, data, count);
        status = lsn_output_commit(&output, err);
    }
    lsn_text_free(&header);
    return status;
}
