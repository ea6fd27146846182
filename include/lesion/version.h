/* Versions of lesion and of what it computes with. */
#ifndef LESION_VERSION_H
#define LESION_VERSION_H

#include "lesion/error.h"

LSN_API_BEGIN

#define LSN_VERSION "0.1.0"

/* The version of the library that is linked, which may differ from LSN_VERSION. */
const char *lsn_version(void);

/* What OpenBLAS runs on. A release older than the processor may not know it and
 * take a generic core, several times slower. */
struct lsn_blas {
    const char *config;      /* OpenBLAS's own description; lent, static */
    const char *core;        /* the core type in use, "Haswell" say; lent, static */
    const char *better_core; /* what the processor could run, where core is a fallback; else NULL */
    int threads_max;         /* that may multiply at once; 0: it does not say */
};

struct lsn_blas lsn_blas_describe(void);

/* Multiply-adds per second that OpenBLAS reaches here in one thread, on a large
 * product: the best of a quarter of a second. 0 when out of memory. */
double lsn_blas_measure(void);

/* The library that exp, tanh, erf and their kin are computed by, as it was when lesion was
 * built, and for which kind of processor, "SLEEF 3.5.1, AVX-512" say; lent, static. */
const char *lsn_vector_math(void);

LSN_API_END
#endif
