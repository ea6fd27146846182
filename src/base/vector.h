/* Loops that are worth compiling for several vector widths. */
#ifndef LSN_BASE_VECTOR_H
#define LSN_BASE_VECTOR_H

/* Before a function: the compiler makes one version for each of these processors, and the fitting
 * one is chosen when the program is loaded. All versions compute the same bits, since multiplies
 * and adds are not fused (the build's -ffp-contract=off). Sanitizers do not support the choice at
 * load time; there the plain version is used. */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) &&   \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LSN_VECTOR __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define LSN_VECTOR
#endif

/* Before a loop: promises the compiler that each iteration uses only its own element of every
 * array, even where two pointers point to the same array. */
#if defined(__clang__)
#define LSN_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define LSN_INDEPENDENT _Pragma("GCC ivdep")
#else
#define LSN_INDEPENDENT
#endif

#endif
