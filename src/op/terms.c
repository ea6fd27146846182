#include "op/terms.h"

#include <stdbool.h>
#include <stdint.h>
#ifdef LSN_TERMS_WIDE
#include <immintrin.h>
#endif

/* As a lsn_terms_fn, for indices from `first` on. */
static size_t terms_from(int count, const float *const *rows, size_t first, size_t length,
                         int *terms)
{
    size_t used = 0;
    int r;

    for (; first < length; first++) {
        bool any = false;

        for (r = 0; r < count; r++)
            any |= rows[r][first] != 0.0f;
        terms[used] = (int)first;
        used += any;
    }
    return used;
}

size_t lsn_terms_plain(int count, const float *const *rows, size_t length, int *terms)
{
    return terms_from(count, rows, 0, length, terms);
}

#ifdef LSN_TERMS_WIDE
/* Lists the index of each set bit, where the lowest bit has index first. Returns how many. */
static size_t append(uint32_t bits, size_t first, int *terms)
{
    size_t used = 0;

    for (; bits; bits &= bits - 1)
        terms[used++] = (int)first + __builtin_ctz(bits);
    return used;
}

__attribute__((target("avx2"))) size_t lsn_terms_avx2(int count, const float *const *rows,
                                                      size_t length, int *terms)
{
    size_t used = 0, first;
    int r;

    for (first = 0; first + LSN_TERMS_BLOCK <= length; first += LSN_TERMS_BLOCK) {
        __m256 low = _mm256_setzero_ps(), high = low;

        for (r = 0; r < count; r++) {
            low = _mm256_or_ps(low, _mm256_loadu_ps(rows[r] + first));
            high = _mm256_or_ps(high, _mm256_loadu_ps(rows[r] + first + LSN_TERMS_BLOCK / 2));
        }
        low = _mm256_cmp_ps(low, _mm256_setzero_ps(), _CMP_NEQ_UQ);
        high = _mm256_cmp_ps(high, _mm256_setzero_ps(), _CMP_NEQ_UQ);
        used += append((uint32_t)_mm256_movemask_ps(low) | (uint32_t)_mm256_movemask_ps(high) << 8,
                       first, terms + used);
    }
    return used + terms_from(count, rows, first, length, terms + used);
}

__attribute__((target("avx512f,popcnt"))) size_t
lsn_terms_avx512(int count, const float *const *rows, size_t length, int *terms)
{
    __m512i place = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t used = 0, first;
    int r;

    for (first = 0; first < length; first += LSN_TERMS_BLOCK) {
        unsigned here = length - first < LSN_TERMS_BLOCK ? (1u << (length - first)) - 1 : 0xffff;
        __m512i any = _mm512_setzero_si512();

        for (r = 0; r < count; r++)
            any = _mm512_or_si512(any, _mm512_maskz_loadu_epi32((__mmask16)here, rows[r] + first));
        here = _mm512_test_epi32_mask(any, _mm512_set1_epi32(0x7fffffff));
        _mm512_storeu_si512(terms + used, _mm512_maskz_compress_epi32((__mmask16)here, place));
        used += (size_t)__builtin_popcount(here);
        place = _mm512_add_epi32(place, _mm512_set1_epi32(LSN_TERMS_BLOCK));
    }
    return used;
}
#endif
