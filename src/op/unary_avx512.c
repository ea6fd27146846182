/* The functions of unary.h for processors with AVX-512. */
#include "op/unary_versions.h"

#ifdef __AVX512F__
#define LANES                  16
#define VERSION                lsn_unary_avx512
#define PROCESSOR              "AVX-512"
#define SLEEF(function, error) Sleef_finz_##function##16##error##avx512f
#include "op/unary_formulas.h"
#endif
