/* The functions of unary.h for processors with AVX2 and FMA. */
#include "op/unary_versions.h"

#ifdef __AVX2__
#define LANES                  8
#define VERSION                lsn_unary_avx2
#define PROCESSOR              "AVX2 and FMA"
#define SLEEF(function, error) Sleef_finz_##function##8##error##avx2
#include "op/unary_formulas.h"
#endif
