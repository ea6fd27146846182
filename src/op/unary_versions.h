/* The functions of unary.h compiled for several kinds of processors: each unary_PROCESSOR.c
 * includes unary_formulas.h and is compiled by CMakeLists.txt for that kind. */
#ifndef LSN_OP_UNARY_VERSIONS_H
#define LSN_OP_UNARY_VERSIONS_H

#include "op/unary.h"

struct lsn_unary_version {
    const char *description; /* "SLEEF 3.5.1, AVX-512" */
    void (*functions[LSN_UNARY_COUNT])(const struct lsn_unary *parameters, size_t n, const float *x,
                                       float *out);
};

extern const struct lsn_unary_version lsn_unary_scalar;
#if defined(__x86_64__) && defined(__GNUC__)
extern const struct lsn_unary_version lsn_unary_avx512, lsn_unary_avx2, lsn_unary_sse2;
#elif defined(__aarch64__)
extern const struct lsn_unary_version lsn_unary_neon;
#endif

#endif
