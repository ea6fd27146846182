/* The functions of unary.h for any processor, value by value. */
#define LANES                  1
#define VERSION                lsn_unary_scalar
#define PROCESSOR              "plain C"
#define SLEEF(function, error) Sleef_cinz_##function##1##error##purec
#include "op/unary_formulas.h"
