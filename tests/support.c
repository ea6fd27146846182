#include "support.h"

#include <dirent.h>
#include <ftw.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

uint64_t test_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1du;
}

int test_random_int(uint64_t *state, int low, int high)
{
    return low + (int)((test_random(state) >> 33) % (uint64_t)(high - low + 1));
}

float test_random_float(uint64_t *state, float low, float high)
{
    return low + (high - low) * (float)(test_random(state) >> 40) / (float)(1 << 24);
}

static void *allocate(size_t count, size_t size)
{
    void *block = malloc(count * size + 1);

    assert_non_null(block);
    return block;
}

float *test_floats(uint64_t *state, size_t count, float low, float high)
{
    float *x = allocate(count, sizeof *x);
    size_t i;

    for (i = 0; i < count; i++)
        x[i] = test_random_float(state, low, high);
    return x;
}

float *test_whole(uint64_t *state, size_t count, int limit)
{
    float *x = allocate(count, sizeof *x);
    size_t i;

    for (i = 0; i < count; i++)
        x[i] = (float)test_random_int(state, -limit, limit);
    return x;
}

float *test_output(size_t count)
{
    float *x = allocate(count, sizeof *x);
    size_t i;

    for (i = 0; i < count; i++)
        x[i] = NAN;
    return x;
}

float *test_scratch(size_t count)
{
    float *x = allocate(count, sizeof *x);

    memset(x, 0xa5, count * sizeof *x);
    return x;
}

double *test_widen(const float *x, size_t count)
{
    double *wide = allocate(count, sizeof *wide);
    size_t i;

    for (i = 0; i < count; i++)
        wide[i] = (double)x[i];
    return wide;
}

double *test_magnitudes(const float *x, size_t count)
{
    double *wide = allocate(count, sizeof *wide);
    size_t i;

    for (i = 0; i < count; i++)
        wide[i] = fabs((double)x[i]);
    return wide;
}

static void check_close(const char *what, size_t i, float got, double wanted, double tolerance)
{
    if (!(fabs((double)got - wanted) <= tolerance))
        fail_msg("%s: element %zu is %.9g, wanted %.9g to within %.3g", what, i, (double)got,
                 wanted, tolerance);
}

void test_close(const char *what, const float *got, const double *wanted, size_t count,
                double tolerance)
{
    size_t i;

    for (i = 0; i < count; i++)
        check_close(what, i, got[i], wanted[i], tolerance);
}

void test_close_each(const char *what, const float *got, const double *wanted,
                     const double *tolerance, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        check_close(what, i, got[i], wanted[i], tolerance[i]);
}

double test_scale(const double *x, size_t count)
{
    double scale = 1e-30;
    size_t i;

    for (i = 0; i < count; i++)
        scale = fmax(scale, fabs(x[i]));
    return scale;
}

void test_error(enum lsn_status status, const struct lsn_error *err, enum lsn_status code,
                const char *sentence)
{
    assert_string_equal(err->text, sentence);
    assert_int_equal(err->code, code);
    assert_int_equal(status, code);
}

void test_ok(enum lsn_status status, const struct lsn_error *err)
{
    if (status != LSN_OK)
        fail_msg("%s: %s", lsn_status_name(status), err->text);
}

/* folder/name as a fresh string. */
static char *join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = allocate(size, 1);

    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

char *test_folder(void)
{
    const char *parent = getenv("TMPDIR");
    char *folder = join(parent && *parent ? parent : "/tmp", "lesion-test-XXXXXX");

    assert_non_null(mkdtemp(folder));
    return folder;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

void test_folder_remove(char *folder)
{
    assert_int_equal(chmod(folder, 0700), 0);
    if (nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        fail_msg("%s: cannot remove", folder);
    free(folder);
}

char *test_scratch_folder;

int test_make_scratch(void **state)
{
    (void)state;
    test_scratch_folder = test_folder();
    return 0;
}

int test_remove_scratch(void **state)
{
    (void)state;
    test_folder_remove(test_scratch_folder);
    return 0;
}

int test_folder_count(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

char *test_file(const char *folder, const char *name, const void *bytes, size_t size)
{
    char *path = join(folder, name);
    FILE *stream = fopen(path, "wb");

    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
    return path;
}

void test_run_lesioned(struct lsn_pass *pass, int layer, const struct lsn_lesion *lesion,
                       const float *const *planes, const int *kernels, int count, float *logits)
{
    const struct lsn_variants variants = {layer, lesion, planes, kernels, count};
    struct lsn_error err = LSN_ERROR_NONE;

    test_ok(lsn_pass_run_lesioned(pass, &variants, logits, &err), &err);
}

void test_tensor(struct lsn_node *node, int role, uint64_t *state, int rank, const int *dims,
                 float low, float high)
{
    struct lsn_tensor *tensor = &node->tensors[role];
    size_t count, i;

    tensor->rank = rank;
    for (i = 0; i < (size_t)rank; i++)
        tensor->dims[i] = dims[i];
    count = lsn_tensor_count(tensor);
    tensor->data = lsn_alloc_floats(count);
    assert_non_null(tensor->data);
    for (i = 0; i < count; i++)
        tensor->data[i] = test_random_float(state, low, high);
}

int test_add(struct lsn_graph *graph, struct lsn_node *node, const char *name, const int *inputs,
             int input_count)
{
    struct lsn_error err = LSN_ERROR_NONE;
    int index;

    test_ok(lsn_node_set(node, name, inputs, input_count, &err), &err);
    test_ok(lsn_graph_add(graph, node, &index, &err), &err);
    return index;
}
