/* The safetensors container: round trips, and hostile files with the sentence
 * each of them earns. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/safetensors.h"

/* Writes a container by hand: this header length, this header, 16 data bytes:
 * the floats 1 2 3 4. Returns its path. */
static char *make_file(uint64_t header_bytes, const char *header, size_t header_size)
{
    static const float data[4] = {1, 2, 3, 4};
    size_t size = 8 + header_size + sizeof data;
    char *bytes = malloc(size), *path;
    int i;

    assert_non_null(bytes);
    for (i = 0; i < 8; i++)
        bytes[i] = (char)(header_bytes >> (8 * i) & 0xff);
    memcpy(bytes + 8, header, header_size);
    memcpy(bytes + 8 + header_size, data, sizeof data);
    path = test_file(test_scratch_folder, "a.bin", bytes, size);
    free(bytes);
    return path;
}

static void expect_frame_error(const char *path, const char *rest)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_safetensors file;
    char wanted[600];

    snprintf(wanted, sizeof wanted, "%s: %s", path, rest);
    test_error(lsn_safetensors_open(path, &file, &err), &err, LSN_E_FORMAT, wanted);
    assert_true(!file.header && !file.data && !file.map.pages && !file.data_bytes);
}

static void wrong_header_lengths(void **state)
{
    static const uint64_t lengths[] = {19, 100000001, UINT64_MAX - 7, UINT64_MAX};
    char rest[200], *path;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(lengths); i++) {
        path = make_file(lengths[i], "{}", 2);
        snprintf(rest, sizeof rest,
                 "not a lesion model, or cut short: its header would have %ju bytes, the file has "
                 "26",
                 (uintmax_t)lengths[i]);
        expect_frame_error(path, rest);
        free(path);
    }
    path = test_file(test_scratch_folder, "a.bin", "\2\0\0\0\0\0\0", 7);
    expect_frame_error(path, "has 7 bytes, not even a header");
    free(path);
    path = test_file(test_scratch_folder, "a.bin", "", 0);
    expect_frame_error(path, "has 0 bytes, not even a header");
    free(path);
}

static void hostile_headers(void **state)
{
    static const struct {
        const char *header;
        size_t size;
        const char *rest;
    } cases[] = {
        {"[]", 2, "its header is not a JSON object"},
        {"12", 2, "its header is not a JSON object"},
        {"{\"w\":1,\"w\":2}", 13, "header: the key 'w' stands twice in one object"},
        {"{}\0", 3, "header: not JSON: a NUL byte at 2"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        char *path = make_file(cases[i].size, cases[i].header, cases[i].size);

        expect_frame_error(path, cases[i].rest);
        free(path);
    }
}

/* A header that is no JSON, cut before its end, or empty. */
static void broken_headers(void **state)
{
    static const char *const headers[] = {"", "{", "{}}", "{\"w\":", "PK\3\4", "\xff\xfe"};
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(headers); i++) {
        char *path = make_file(strlen(headers[i]), headers[i], strlen(headers[i]));
        struct lsn_error err = LSN_ERROR_NONE;
        struct lsn_safetensors file;

        assert_int_equal(lsn_safetensors_open(path, &file, &err), LSN_E_FORMAT);
        assert_non_null(strstr(err.text, ": header: not JSON at byte "));
        free(path);
    }
}

/* Bytes behind the last tensor: cut short, or something is hidden there. */
static void data_left_over(void **state)
{
    static const struct {
        const char *header, *rest;
    } cases[] = {
        {"{}", "has 16 data bytes, its tensors end at 0"},
        {"{\"w\":{\"data_offsets\":[0,12]},\"v\":{\"data_offsets\":[0,8]}}",
         "has 16 data bytes, its tensors end at 12"},
        {"{\"w\":{\"data_offsets\":[0,17]}}", "has 16 data bytes, its tensors end at 0"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        char *path = make_file(strlen(cases[i].header), cases[i].header, strlen(cases[i].header));

        expect_frame_error(path, cases[i].rest);
        free(path);
    }
}

/* Opens a file whose header has these members, and a tensor "all" that fills the
 * data, so that the others may lie where they will. */
static struct lsn_safetensors open_members(const char *members, char **path)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_safetensors file;
    char header[400];

    snprintf(header, sizeof header,
             "{%s,\"all\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}   ", members);
    *path = make_file(strlen(header), header, strlen(header));
    test_ok(lsn_safetensors_open(*path, &file, &err), &err);
    return file;
}

/* The header describes tensor "w" with these members. */
static void expect_tensor_error(const char *members, enum lsn_status code, const char *rest)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_safetensors file;
    char entry[320], wanted[600], *path;
    float *data = (float *)wanted;
    int rank, dims[4];

    snprintf(entry, sizeof entry, "\"w\":{%s}", members);
    file = open_members(entry, &path);
    snprintf(wanted, sizeof wanted, "%s: tensor 'w' %s", path, rest);
    test_error(lsn_safetensors_floats(&file, path, "w", &rank, dims, &data, &err), &err, code,
               wanted);
    assert_null(data);
    lsn_safetensors_close(&file);
    free(path);
}

static void hostile_tensors(void **state)
{
    static const char *const dtypes[][2] = {
        {"\"dtype\":\"I64\"", "has dtype I64, not F32, F16, BF16 or F64"},
        {"\"dtype\":\"f32\"", "has dtype f32, not F32, F16, BF16 or F64"},
        {"\"dtype\":32", "has dtype (none), not F32, F16, BF16 or F64"},
        {"\"Dtype\":\"F32\"", "has dtype (none), not F32, F16, BF16 or F64"},
    };
    static const char *const shapes[] = {
        "",        "4",           "[0]",          "[-4]",   "[2.5]",
        "[\"4\"]", "[1,1,1,2,2]", "[2147483648]", "[null]", "[2147483647,2147483647,2147483647]"};
    static const char *const offsets[] = {
        "",         "[]",        "[0]", "[0,16,16]",  "[16,0]",  "[0,17]",   "[-16,0]",
        "[0.5,16]", "[0,1e300]", "16",  "[0,\"16\"]", "[17,17]", "[0,1e999]"};
    static const char *const wrong_sizes[] = {"[0,0]", "[0,12]", "[1,16]", "[3,4]"};
    const char *no_shape = "has no shape of at most 4 positive dimensions";
    char members[300], rest[100];
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(dtypes); i++) {
        snprintf(members, sizeof members, "%s,\"shape\":[4],\"data_offsets\":[0,16]", dtypes[i][0]);
        expect_tensor_error(members, LSN_E_UNSUPPORTED, dtypes[i][1]);
    }
    for (i = 0; i < TEST_COUNT(shapes); i++) {
        snprintf(members, sizeof members, "\"dtype\":\"F32\",\"%s\":%s,\"data_offsets\":[0,16]",
                 *shapes[i] ? "shape" : "size", *shapes[i] ? shapes[i] : "[4]");
        expect_tensor_error(members, LSN_E_FORMAT, no_shape);
    }
    for (i = 0; i < TEST_COUNT(offsets); i++) {
        snprintf(members, sizeof members, "\"dtype\":\"F32\",\"shape\":[4],\"%s\":%s",
                 *offsets[i] ? "data_offsets" : "offsets", *offsets[i] ? offsets[i] : "[0,16]");
        expect_tensor_error(members, LSN_E_FORMAT, "lies outside the file's 16 data bytes");
    }
    for (i = 0; i < TEST_COUNT(wrong_sizes); i++) {
        int begin, end;

        assert_int_equal(sscanf(wrong_sizes[i], "[%d,%d]", &begin, &end), 2);
        snprintf(members, sizeof members, "\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":%s",
                 wrong_sizes[i]);
        snprintf(rest, sizeof rest, "has %d byte%s, its shape and dtype need another number",
                 end - begin, end - begin == 1 ? "" : "s");
        expect_tensor_error(members, LSN_E_FORMAT, rest);
    }
    expect_tensor_error("\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,16]", LSN_E_FORMAT,
                        "has 16 bytes, its shape and dtype need another number");
    expect_tensor_error("\"dtype\":\"F64\",\"shape\":[2147483647,2147483647,2],"
                        "\"data_offsets\":[0,16]",
                        LSN_E_FORMAT, "has 16 bytes, its shape and dtype need another number");
}

static void missing_tensor(void **state)
{
    struct lsn_error err = LSN_ERROR_NONE;
    char *path, wanted[600];
    struct lsn_safetensors file = open_members("\"w\":7,\"__metadata__\":{\"a\":1}", &path);
    int rank, dims[4];
    float *data;

    (void)state;
    snprintf(wanted, sizeof wanted, "%s: has no tensor 'W'", path);
    test_error(lsn_safetensors_floats(&file, path, "W", &rank, dims, &data, &err), &err,
               LSN_E_FORMAT, wanted);
    assert_int_equal(lsn_safetensors_floats(&file, path, "w", &rank, dims, &data, NULL),
                     LSN_E_UNSUPPORTED);
    assert_null(lsn_safetensors_metadata(&file, "a"));
    assert_null(lsn_safetensors_metadata(&file, "format"));
    lsn_safetensors_close(&file);
    lsn_safetensors_close(&file);
    free(path);
}

/* Any rank, any type, at any place, overlapping or not; spaces behind the header. */
static void tensors_are_read(void **state)
{
    static const struct {
        const char *members;
        int rank, dims[4];
        size_t count;
        float first;
    } cases[] = {
        {"\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]", 0, {0}, 1, 3},
        {"\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]", 1, {4}, 4, 1},
        {"\"dtype\":\"F32\",\"shape\":[1,2,1,1],\"data_offsets\":[4,12]", 4, {1, 2, 1, 1}, 2, 2},
        {"\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[2,4]", 1, {1}, 1, 1},
        {"\"dtype\":\"F16\",\"shape\":[1,1],\"data_offsets\":[6,8]", 2, {1, 1}, 1, 2},
        {"\"shape\":[1],\"data_offsets\":[0,8],\"more\":{},\"dtype\":\"F64\"", 1, {1}, 1, 2},
    };
    struct lsn_error err = LSN_ERROR_NONE;
    char entry[300], *path;
    int rank, dims[4], j;
    float *data;
    size_t i;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++) {
        struct lsn_safetensors file;

        snprintf(entry, sizeof entry, "\"w\":{%s}", cases[i].members);
        file = open_members(entry, &path);
        test_ok(lsn_safetensors_floats(&file, path, "w", &rank, dims, &data, &err), &err);
        assert_int_equal(rank, cases[i].rank);
        for (j = 0; j < rank; j++)
            assert_int_equal(dims[j], cases[i].dims[j]);
        test_close(cases[i].members, data, (const double[]){(double)cases[i].first}, 1, 1e-5);
        lsn_free(data);
        lsn_safetensors_close(&file);
        free(path);
    }
}

static void round_trip(void **state)
{
    const float numbers[6] = {0, -0.0f, FLT_MAX, -1e-45f, 1.0f / 3, -7}, one[1] = {2.5f};
    const int dims[2] = {2, 3};
    const struct lsn_safetensors_entry entries[] = {{"conv \"1\".weight", 2, dims, numbers},
                                                    {"scalar", 0, NULL, one}};
    const char *const metadata[][2] = {{"format", "x"}, {"graph", "{\"a\\\":\n1}"}};
    char *path = lsn_path_join(test_scratch_folder, "new.bin");
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_safetensors file;
    int rank, got_dims[4];
    float *data;

    (void)state;
    test_ok(lsn_safetensors_write(path, false, entries, 2, metadata, 2, &err), &err);
    test_ok(lsn_safetensors_open(path, &file, &err), &err);
    assert_string_equal(lsn_safetensors_metadata(&file, "format"), "x");
    assert_string_equal(lsn_safetensors_metadata(&file, "graph"), metadata[1][1]);
    assert_int_equal((file.map.size - file.data_bytes) % 8, 0);
    test_ok(lsn_safetensors_floats(&file, path, entries[0].name, &rank, got_dims, &data, &err),
            &err);
    assert_true(rank == 2 && got_dims[0] == 2 && got_dims[1] == 3);
    assert_memory_equal(data, numbers, sizeof numbers);
    lsn_free(data);
    test_ok(lsn_safetensors_floats(&file, path, "scalar", &rank, got_dims, &data, &err), &err);
    assert_true(rank == 0 && data[0] == 2.5f);
    lsn_free(data);
    lsn_safetensors_close(&file);
    assert_int_equal(lsn_safetensors_write(path, false, entries, 2, metadata, 2, &err), LSN_E_IO);
    lsn_free(path);
}

/* Byte for byte what other readers of the format expect. */
static void exact_bytes(void **state)
{
    static const char wanted[] =
        "\x58\0\0\0\0\0\0\0"
        "{\"__metadata__\":{\"a\":\"b\"},"
        "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}       "
        "\0\0\x80\x3f\0\0\0\xc0";
    const float numbers[2] = {1, -2};
    const int dims[2] = {1, 2};
    const struct lsn_safetensors_entry entry = {"w", 2, dims, numbers};
    const char *const metadata[][2] = {{"a", "b"}};
    char *path = lsn_path_join(test_scratch_folder, "new.bin");
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_bytes got;

    (void)state;
    test_ok(lsn_safetensors_write(path, false, &entry, 1, metadata, 1, &err), &err);
    test_ok(lsn_file_read(path, 1000, &got, &err), &err);
    assert_int_equal(got.size, sizeof wanted - 1);
    assert_memory_equal(got.data, wanted, got.size);
    lsn_free(got.data);
    lsn_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_FOLDER(wrong_header_lengths), TEST_IN_FOLDER(hostile_headers),
        TEST_IN_FOLDER(broken_headers),       TEST_IN_FOLDER(hostile_tensors),
        TEST_IN_FOLDER(missing_tensor),       TEST_IN_FOLDER(data_left_over),
        TEST_IN_FOLDER(tensors_are_read),     TEST_IN_FOLDER(round_trip),
        TEST_IN_FOLDER(exact_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
