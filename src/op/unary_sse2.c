/* The functions of unary.h for processors with SSE2. */
#include "op/unary_versions.h"

#ifdef __SSE2__
#define LANES                  4
#define VERSION                lsn_unary_sse2
#define PROCESSOR              "SSE2"
#define SLEEF(function, error) Sleef_cinz_##function##4##error##sse2
#include "op/unary_formulas.h"
#endif
