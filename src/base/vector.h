/* Loops that are worth compiling for several vector widths. */
#ifndef LSN_BASE_VECTOR_H
#define LSN_BASE_VECTOR_H

/* On a function: one version for each of these processors, chosen when the program
 * is loaded. Contraction into fused multiply-adds is off, so all of them compute
 * the same. Sanitizers cannot see through the choosing, and do without. */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) &&   \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LSN_VECTOR __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define LSN_VECTOR
#endif

/* Before a loop: each round touches its own element of every array, though two names
 * may stand for one array. */
#if defined(__clang__)
#define LSN_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define LSN_INDEPENDENT _Pragma("GCC ivdep")
#else
#define LSN_INDEPENDENT
#endif

#endif
