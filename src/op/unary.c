#include "op/unary.h"

#include "lesion/version.h"
#include "op/unary_versions.h"

/* Returns a version by number, the fastest being 0; NULL if this processor cannot run it. */
static const struct lsn_unary_version *version_of(int version)
{
    switch (version) {
#if defined(__x86_64__) && defined(__GNUC__)
    case 0:
        return __builtin_cpu_supports("avx512f") ? &lsn_unary_avx512 : NULL;
    case 1:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &lsn_unary_avx2
                                                                               : NULL;
    case 2:
        return &lsn_unary_sse2;
#elif defined(__aarch64__)
    case 0:
        return &lsn_unary_neon;
#endif
    case LSN_UNARY_VERSIONS - 1:
        return &lsn_unary_scalar;
    default:
        return NULL;
    }
}

bool lsn_unary_run_by(int version, enum lsn_unary_function function,
                      const struct lsn_unary *parameters, size_t n, const float *x, float *out)
{
    const struct lsn_unary_version *chosen = version_of(version);

    if (chosen)
        chosen->functions[function](parameters, n, x, out);
    return chosen;
}

void lsn_unary_run(enum lsn_unary_function function, const struct lsn_unary *parameters, size_t n,
                   const float *x, float *out)
{
    int version = 0;

    while (!lsn_unary_run_by(version, function, parameters, n, x, out))
        version++;
}

const char *lsn_vector_math(void)
{
    int version = 0;

    while (!version_of(version))
        version++;
    return version_of(version)->description;
}
