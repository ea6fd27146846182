/* The functions of unary.h for processors of arm64, all of which have NEON. */
#include "op/unary_versions.h"

#ifdef __aarch64__
#define LANES                  4
#define VERSION                lsn_unary_neon
#define PROCESSOR              "NEON"
#define SLEEF(function, error) Sleef_finz_##function##4##error##advsimd
#include "op/unary_formulas.h"
#endif
