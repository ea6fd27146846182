#include "op/gemm.h"

#include <cblas.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

void lsn_gemm(int m, int n, int k, const float *a, int lda, const float *b, int ldb, float beta,
              float *c, int ldc)
{
    if (m == 1)
        cblas_sgemv(CblasRowMajor, CblasTrans, k, n, 1.0f, b, ldb, a, 1, beta, c, 1);
    else
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1.0f, a, lda, b, ldb, beta,
                    c, ldc);
}

void lsn_gemm_transposed(int m, int n, int k, const float *a, int lda, const float *b, int ldb,
                         float beta, float *c, int ldc)
{
    if (m == 1)
        cblas_sgemv(CblasRowMajor, CblasNoTrans, n, k, 1.0f, b, ldb, a, 1, beta, c, 1);
    else
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1.0f, a, lda, b, ldb, beta, c,
                    ldc);
}

void lsn_gemm_use_one_thread(void)
{
    openblas_set_num_threads(1);
}

/* Returns the fastest core type for this processor among those that every OpenBLAS
 * since 0.3.0 has; NULL where the processor has no AVX2. */
static const char *best_core(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return "SkylakeX";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return "Haswell";
#endif
    return NULL;
}

/* Whether a core type does not use AVX2. On a processor that has AVX2, OpenBLAS has then fallen
 * back to it because it does not know the processor. */
static int is_generic(const char *core)
{
    static const char *const generic[] = {
        "Prescott",  "Core2",  "Penryn",      "Dunnington", "Nehalem", "Opteron",    "Opteron_SSE3",
        "Barcelona", "Bobcat", "Atom",        "Nano",       "Katmai",  "Coppermine", "Northwood",
        "Banias",    "Athlon", "Sandybridge", "Unknown",    "Generic"};
    size_t i;

    for (i = 0; i < sizeof generic / sizeof generic[0]; i++)
        if (strcmp(core, generic[i]) == 0)
            return 1;
    return 0;
}

int lsn_blas_threads(const char *config)
{
    const char *at = strstr(config, " MAX_THREADS=");
    long threads = at ? strtol(at + strlen(" MAX_THREADS="), NULL, 10) : 0;

    return threads > 0 && threads <= INT_MAX ? (int)threads : 0;
}

struct lsn_blas lsn_blas_describe(void)
{
    struct lsn_blas blas = {.config = openblas_get_config(), .core = openblas_get_corename()};

    blas.threads_max = lsn_blas_threads(blas.config);

    if (is_generic(blas.core))
        blas.better_core = best_core();
    return blas;
}

double lsn_blas_measure(void)
{
    enum { SIZE = 768 };
    const double start = lsn_clock_seconds(), work = (double)SIZE * SIZE * SIZE;
    float *a = lsn_alloc_floats((size_t)3 * SIZE * SIZE);
    double best = 0;

    if (!a)
        return 0;
    lsn_gemm_use_one_thread();
    do {
        double before = lsn_clock_seconds(), taken;

        lsn_gemm(SIZE, SIZE, SIZE, a, SIZE, a + SIZE * SIZE, SIZE, 0, a + 2 * SIZE * SIZE, SIZE);
        taken = lsn_clock_seconds() - before;
        if (taken > 0 && work / taken > best)
            best = work / taken;
    } while (lsn_clock_seconds() - start < 0.25);
    lsn_free(a);
    return best;
}
