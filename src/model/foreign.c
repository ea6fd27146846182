/* What a file is that was given as a model and is none. It is asked only after reading it failed,
 * so a wrong guess here cannot keep a model from being read. */
#include "model/foreign.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "format/file.h"

#define HEAD_BYTES 4096
#define TAIL_BYTES 65536 /* where a zip lists its files */

#define BYTES(text)       text, sizeof text - 1
#define FROM_PYTORCH      "export it with scripts/export_torchvision.py or torch.onnx.export"
#define FROM_TENSORFLOW   "turn it into a .onnx with tf2onnx"
#define FROM_PACKED       "unpack it and give the .onnx or .bin in it"
#define FROM_CORE_ML      "export the network that it was made of as .onnx"
#define FROM_WEIGHTS_ONLY "load them into the network's code and export that with torch.onnx.export"

static const struct signature {
    const char *what;
    size_t offset;
    const char *bytes;
    size_t length;
    const char *within; /* a text in the first or last bytes, too; NULL: none */
    const char *advice;
} signatures[] = {
    {"a Git LFS pointer, not the file itself", 0, BYTES("version https://git-lfs"), NULL,
     "git lfs pull fetches it"},
    {"a TorchScript file", 0, BYTES("PK\3\4"), "constants.pkl", FROM_PYTORCH},
    {"a PyTorch file (zip)", 0, BYTES("PK\3\4"), "data.pkl", FROM_PYTORCH},
    {"a Keras file (.keras)", 0, BYTES("PK\3\4"), "model.weights.h5", FROM_TENSORFLOW},
    {"a NumPy archive (.npz)", 0, BYTES("PK\3\4"), ".npy", FROM_WEIGHTS_ONLY},
    {"a zip archive", 0, BYTES("PK\3\4"), NULL, FROM_PACKED},
    {"a PyTorch file (pickle)", 0, BYTES("\x80\x02\x8A\x0A"), NULL, FROM_PYTORCH},
    {"a pickle", 0, BYTES("\x80\x02}"), NULL, FROM_PYTORCH},
    {"a pickle", 0, BYTES("\x80\x02\x63"), NULL, FROM_PYTORCH},
    {"a pickle", 0, BYTES("\x80\x03}"), NULL, FROM_PYTORCH},
    {"a pickle", 0, BYTES("\x80\x03\x63"), NULL, FROM_PYTORCH},
    {"a pickle", 0, BYTES("\x80\x04\x95"), NULL, FROM_PYTORCH},
    {"a pickle", 0, BYTES("\x80\x05\x95"), NULL, FROM_PYTORCH},
    {"an HDF5 file, as Keras writes (.h5)", 0, BYTES("\x89HDF\r\n\x1A\n"), NULL, FROM_TENSORFLOW},
    {"a TFLite file", 4, BYTES("TFL3"), NULL, FROM_TENSORFLOW},
    {"a GGUF file", 0, BYTES("GGUF"), NULL, "it holds a language model, no image classifier"},
    {"a NumPy array (.npy)", 0, BYTES("\x93NUMPY"), NULL, FROM_WEIGHTS_ONLY},
    {"packed by gzip", 0, BYTES("\x1F\x8B"), NULL, FROM_PACKED},
    {"packed by bzip2", 0, BYTES("BZh"), NULL, FROM_PACKED},
    {"packed by xz", 0, BYTES("\xFD\x37zXZ"), NULL, FROM_PACKED},
    {"packed by zstd", 0, BYTES("\x28\xB5\x2F\xFD"), NULL, FROM_PACKED},
    {"a tar archive", 257, BYTES("ustar"), NULL, FROM_PACKED},
    {"an HTML page", 0, BYTES("<!DOCTYPE html"), NULL, "was the file's page downloaded?"},
    {"an HTML page", 0, BYTES("<!doctype html"), NULL, "was the file's page downloaded?"},
    {"an HTML page", 0, BYTES("<html"), NULL, "was the file's page downloaded?"},
};

/* Formats that no first bytes tell, by the extension of the file's name. */
static const struct extension {
    const char *extension, *what, *advice;
} extensions[] = {
    {"pb", "a TensorFlow graph", FROM_TENSORFLOW},
    {"mlmodel", "a Core ML model", FROM_CORE_ML},
    {"mlpackage", "a Core ML model", FROM_CORE_ML},
};

struct ends {
    uint8_t head[HEAD_BYTES], tail[TAIL_BYTES];
    size_t head_bytes, tail_bytes;
};

/* Leaves ends empty where the file cannot be read: the reader that failed before has said why. */
static void read_ends(const char *path, struct ends *ends)
{
    FILE *stream = fopen(path, "rb");

    if (!stream)
        return;
    ends->head_bytes = fread(ends->head, 1, HEAD_BYTES, stream);
    if (fseek(stream, -(long)TAIL_BYTES, SEEK_END) == 0 || fseek(stream, 0, SEEK_SET) == 0)
        ends->tail_bytes = fread(ends->tail, 1, TAIL_BYTES, stream);
    fclose(stream);
}

static bool holds(const uint8_t *bytes, size_t size, const char *text)
{
    size_t length = strlen(text), i;

    for (i = 0; i + length <= size; i++)
        if (memcmp(bytes + i, text, length) == 0)
            return true;
    return false;
}

static bool matches(const struct signature *s, const struct ends *ends)
{
    return ends->head_bytes >= s->offset + s->length &&
           memcmp(ends->head + s->offset, s->bytes, s->length) == 0 &&
           (!s->within || holds(ends->head, ends->head_bytes, s->within) ||
            holds(ends->tail, ends->tail_bytes, s->within));
}

/* A safetensors file begins with the length of a JSON object and the object; one of a lesion model
 * names it. */
static bool is_bare_safetensors(const struct ends *ends)
{
    static const uint8_t zeroes[4];

    return ends->head_bytes > 8 && memcmp(ends->head + 4, zeroes, 4) == 0 && ends->head[8] == '{' &&
           holds(ends->head, ends->head_bytes, "\"dtype\"") &&
           !holds(ends->head, ends->head_bytes, "lesion-model");
}

static enum lsn_status check_bytes(const char *path, const struct ends *ends, struct lsn_error *err)
{
    size_t i;

    for (i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (matches(&signatures[i], ends))
            return lsn_fail(err, LSN_E_FORMAT, "%s: is %s: %s", path, signatures[i].what,
                            signatures[i].advice);
    if (is_bare_safetensors(ends))
        return lsn_fail(err, LSN_E_FORMAT,
                        "%s: is a safetensors file of weights alone, without the graph of a "
                        "network: " FROM_WEIGHTS_ONLY,
                        path);
    return LSN_OK;
}

static enum lsn_status check_folder(const char *path, struct lsn_error *err)
{
    char *inside = lsn_path_join(path, "saved_model.pb");
    struct stat info;
    bool found;

    if (!inside)
        return lsn_fail_memory(err, "a path");
    found = stat(inside, &info) == 0;
    lsn_free(inside);
    if (found)
        return lsn_fail(err, LSN_E_FORMAT, "%s: is a TensorFlow SavedModel: " FROM_TENSORFLOW,
                        path);
    return LSN_OK;
}

enum lsn_status lsn_foreign_check(const char *path, struct lsn_error *err)
{
    struct ends *ends;
    struct stat info;
    enum lsn_status status;
    size_t i;

    if (stat(path, &info) != 0 || !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)))
        return LSN_OK; /* a pipe would block */
    for (i = 0; i < sizeof extensions / sizeof *extensions; i++)
        if (lsn_path_has_extension(path, extensions[i].extension))
            return lsn_fail(err, LSN_E_FORMAT, "%s: is %s: %s", path, extensions[i].what,
                            extensions[i].advice);
    if (S_ISDIR(info.st_mode))
        return check_folder(path, err);
    ends = lsn_alloc(1, sizeof *ends);
    if (!ends)
        return lsn_fail_memory(err, "a file's ends");
    read_ends(path, ends);
    status = check_bytes(path, ends, err);
    lsn_free(ends);
    return status;
}
