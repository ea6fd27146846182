/* Versions of lesion and of the libraries that it computes with. */
#ifndef LESION_VERSION_H
#define LESION_VERSION_H

#include "lesion/error.h"

LSN_API_BEGIN

#define LSN_VERSION "0.1.0"

/* The version of the library that is linked, which may differ from LSN_VERSION. */
const char *lsn_version(void);

/* OpenBLAS and its core: the processor type whose routines it uses. A release older than the
 * processor may not know it and use a generic core, which is several times slower. */
struct lsn_blas {
    const char *config;      /* OpenBLAS's own description; lent, static */
    const char *core;        /* the core in use, such as "Haswell"; lent, static */
    const char *better_core; /* a faster core that the processor could run; NULL: none */
    int threads_max;         /* threads that may call OpenBLAS at once; 0: it does not say */
};

struct lsn_blas lsn_blas_describe(void);

/* Measures the multiply-adds per second of OpenBLAS in one thread: the fastest large matrix
 * product within a quarter of a second. 0 when out of memory. */
double lsn_blas_measure(void);

/* The library that computes exp, tanh, erf and the like, with the version that lesion was built
 * with and the instruction set in use, such as "SLEEF 3.5.1, AVX-512"; lent, static. */
const char *lsn_vector_math(void);

LSN_API_END
#endif
