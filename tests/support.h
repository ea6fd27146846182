/* What the unit tests share: cmocka, seeded numbers, arrays that show what was
 * not written, comparisons, and folders of their own. */
#ifndef LSN_TESTS_SUPPORT_H
#define LSN_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "lesion/network.h"
#include "model/graph.h"

#define TEST_ROUNDOFF     (1.0 / (1 << 24)) /* relative error of rounding to float */
#define TEST_COUNT(array) (sizeof(array) / sizeof *(array))

/* xorshift64*: the same numbers from a seed everywhere. state must not be 0. */
uint64_t test_random(uint64_t *state);
int test_random_int(uint64_t *state, int low, int high);
float test_random_float(uint64_t *state, float low, float high);

/* [count] fresh floats from malloc, so that a sanitizer sees the last one's end.
 * Uniform in [low, high); whole numbers in -limit ... limit (small ones add and
 * multiply exactly in any order); outputs, all NaN; scratch, bytes of 0xA5. The
 * caller frees. */
float *test_floats(uint64_t *state, size_t count, float low, float high);
float *test_whole(uint64_t *state, size_t count, int limit);
float *test_output(size_t count);
float *test_scratch(size_t count);

/* [count] fresh doubles: x, and |x|. */
double *test_widen(const float *x, size_t count);
double *test_magnitudes(const float *x, size_t count);

/* Fails unless every |got - wanted| <= tolerance; NaN in got always fails. The
 * second takes one tolerance per element. what names the case. */
void test_close(const char *what, const float *got, const double *wanted, size_t count,
                double tolerance);
void test_close_each(const char *what, const float *got, const double *wanted,
                     const double *tolerance, size_t count);

/* The largest |x|, at least 1e-30. */
double test_scale(const double *x, size_t count);

/* Fails unless status is code and err holds exactly that code and sentence. */
void test_error(enum lsn_status status, const struct lsn_error *err, enum lsn_status code,
                const char *sentence);

/* Fails, showing the sentence, unless status is LSN_OK. */
void test_ok(enum lsn_status status, const struct lsn_error *err);

/* A fresh empty folder, and its removal with all that is in it. */
char *test_folder(void);
void test_folder_remove(char *folder);

/* A test in a list of tests that has an empty folder to itself, test_scratch_folder, which is
 * removed when the test ends. The two functions are the set-up and teardown of that. */
#define TEST_IN_FOLDER(test)                                                                       \
    cmocka_unit_test_setup_teardown(test, test_make_scratch, test_remove_scratch)
extern char *test_scratch_folder;
int test_make_scratch(void **state);
int test_remove_scratch(void **state);

/* Files in folder, not counting . and .. */
int test_folder_count(const char *folder);

/* Writes a file and returns its path; the caller frees it. */
char *test_file(const char *folder, const char *name, const void *bytes, size_t size);

/* lsn_pass_run_lesioned, which must not fail. */
void test_run_lesioned(struct lsn_pass *pass, int layer, const struct lsn_lesion *lesion,
                       const float *const *planes, const int *kernels, int count, float *logits);

/* Gives node a random weight array of this shape, uniform in [low, high). */
void test_tensor(struct lsn_node *node, int role, uint64_t *state, int rank, const int *dims,
                 float low, float high);

/* Names node, adds it to graph, and returns its index; the test fails where the graph refuses
 * it. */
int test_add(struct lsn_graph *graph, struct lsn_node *node, const char *name, const int *inputs,
             int input_count);

#endif
