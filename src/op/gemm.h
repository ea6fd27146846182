/* Matrix products by OpenBLAS, which no other file includes. */
#ifndef LSN_OP_GEMM_H
#define LSN_OP_GEMM_H

#include "lesion/version.h"

/* c[m][n] = a[m][k] b[k][n] + beta * c, row-major with leading dimensions lda,
 * ldb, ldc. beta is 0 (c is not read) or 1. */
void lsn_gemm(int m, int n, int k, const float *a, int lda, const float *b, int ldb, float beta,
              float *c, int ldc);

/* The same with b transposed: c[m][n] = a[m][k] b[n][k]^T + beta * c. */
void lsn_gemm_transposed(int m, int n, int k, const float *a, int lda, const float *b, int ldb,
                         float beta, float *c, int ldc);

/* Tells OpenBLAS to compute each product on the calling thread, for the whole
 * process: lesion's workers are its parallelism. */
void lsn_gemm_use_one_thread(void);

/* Returns the N of MAX_THREADS=N in OpenBLAS's description of itself (config); 0: it has none. */
int lsn_blas_threads(const char *config);

#endif
