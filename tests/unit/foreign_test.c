/* Files that are not models: the error says what they are and what to do. The bytes are the first
 * ones of files written by the programs named. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "format/file.h"
#include "lesion/model.h"

/* Loading path must fail with a sentence that says, after the path, what the file is; for names
 * that convert reads, convert must say the same. */
static void expect_named(const char *path, const char *what)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;
    char sentence[300];

    snprintf(sentence, sizeof sentence, "%s: is %s: ", path, what);
    assert_int_equal(lsn_model_load(path, NULL, &model, &err), LSN_E_FORMAT);
    assert_null(model);
    if (strncmp(err.text, sentence, strlen(sentence)) != 0)
        fail_msg("'%s', wanted '%s...'", err.text, sentence);
    assert_true(strlen(err.text) > strlen(sentence) + 10);
    if (lsn_path_has_extension(path, "onnx")) {
        struct lsn_error again = LSN_ERROR_NONE;

        assert_int_equal(lsn_model_convert(path, NULL, NULL, "/tmp/none.bin", true, &model, &again),
                         LSN_E_FORMAT);
        assert_null(model);
        assert_string_equal(again.text, err.text);
    }
}

static void names_files_by_their_bytes(void **state)
{
#define BYTES(text) text, sizeof text - 1
    static const struct {
        const char *bytes;
        size_t length;
        const char *what;
    } cases[] = {
        {BYTES("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"),
         "a Git LFS pointer, not the file itself"},
        {BYTES("PK\3\4\0\0\10\10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\20\0\22\0net/data.pklFB"),
         "a PyTorch file (zip)"},
        {BYTES("PK\3\4\0\0\10\10\0\0\0\0\0\0\0\0\0\0\0\0net/data.pkl ... net/constants.pklPK\1\2"),
         "a TorchScript file"},
        {BYTES("PK\3\4\24\0\0\0\0\0metadata.json ... config.json ... model.weights.h5"),
         "a Keras file (.keras)"},
        {BYTES("PK\3\4\24\0\0\0\0\0arr_0.npy"), "a NumPy archive (.npz)"},
        {BYTES("PK\3\4\24\0\0\0\0\0net.onnx"), "a zip archive"},
        {BYTES("\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19.\x80\x02M\xE9\x03."),
         "a PyTorch file (pickle)"},
        {BYTES("\x80\x04\x95\x0A\0\0\0\0\0\0\0}\x94\x8C\1a\x94K\1s."), "a pickle"},
        {BYTES("\x80\x02}q\0X\1\0\0\0aq\1K\1s."), "a pickle"},
        {BYTES("\x89HDF\r\n\x1A\n\0\0\0\0\0\10\10\0\4\0\20\0"),
         "an HDF5 file, as Keras writes (.h5)"},
        {BYTES("\x1C\0\0\0TFL3\x14\0 \0"), "a TFLite file"},
        {BYTES("GGUF\3\0\0\0\x23\1\0\0\0\0\0\0"), "a GGUF file"},
        {BYTES("\x93NUMPY\1\0v\0{'descr': '<f4'"), "a NumPy array (.npy)"},
        {BYTES("\x1F\x8B\10\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0"), "packed by gzip"},
        {BYTES("<!DOCTYPE html>\n<html lang=\"en\">"), "an HTML page"},
        {BYTES("\x38\0\0\0\0\0\0\0{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
               "     \0\0\0\0"),
         "a safetensors file of weights alone, without the graph of a network"},
    };
    static const char *const names[] = {"a.bin", "a.onnx", "a.pth"};
    size_t i, j;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++)
        for (j = 0; j < TEST_COUNT(names); j++) {
            char *path = test_file(test_scratch_folder, names[j], cases[i].bytes, cases[i].length);

            expect_named(path, cases[i].what);
            free(path);
        }
}

static void names_a_tar_and_what_lies_far_behind(void **state)
{
    enum { SIZE = 300000 };
    char *bytes = calloc(SIZE, 1), *path;

    (void)state;
    assert_non_null(bytes);
    memcpy(bytes + 257, "ustar", 5);
    path = test_file(test_scratch_folder, "a.bin", bytes, SIZE);
    expect_named(path, "a tar archive");
    free(path);
    memcpy(bytes, "PK\3\4", 4);
    strcpy(bytes + 30, "net/data.pkl");
    strcpy(bytes + SIZE - 200, "net/constants.pkl");
    path = test_file(test_scratch_folder, "a.bin", bytes, SIZE);
    expect_named(path, "a TorchScript file");
    free(path);
    free(bytes);
}

static void names_files_and_folders_by_their_names(void **state)
{
    char *inside, path[300];

    (void)state;
    inside = test_file(test_scratch_folder, "net.mlmodel", "\10\1\22\0", 4);
    expect_named(inside, "a Core ML model");
    free(inside);
    inside = test_file(test_scratch_folder, "saved_model.pb", "\10\1\22\0", 4);
    expect_named(inside, "a TensorFlow graph");
    expect_named(test_scratch_folder, "a TensorFlow SavedModel");
    remove(inside);
    free(inside);
    snprintf(path, sizeof path, "%s/net.mlpackage", test_scratch_folder);
    assert_int_equal(mkdir(path, 0777), 0);
    expect_named(path, "a Core ML model");
    remove(path);
}

/* Files of unknown kinds are refused by the reader of their extension. */
static void leaves_others_to_their_reader(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;
    char *path = test_file(test_scratch_folder, "a.bin", "PKxx no archive", 15), sentence[300];

    (void)state;
    snprintf(sentence, sizeof sentence, "%s: not a lesion model, or cut short: ", path);
    assert_int_equal(lsn_model_load(path, NULL, &model, &err), LSN_E_FORMAT);
    assert_memory_equal(err.text, sentence, strlen(sentence));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_FOLDER(names_files_by_their_bytes),
        TEST_IN_FOLDER(names_a_tar_and_what_lies_far_behind),
        TEST_IN_FOLDER(names_files_and_folders_by_their_names),
        TEST_IN_FOLDER(leaves_others_to_their_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
