/* How the library reports an error; the public half is lesion/error.h. */
#ifndef LSN_BASE_ERROR_H
#define LSN_BASE_ERROR_H

#include "lesion/error.h"

#if defined(__GNUC__)
#define LSN_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define LSN_PRINTF(fmt, args)
#endif

/* Records code and sentence in err unless err is NULL or already holds an error: the first failure
 * is the most detailed. The expression's value is code. It is a macro, so that compilers and static
 * analysers see that the value is never LSN_OK. */
#define lsn_fail(err, code, ...) (lsn_fail_record(err, code, __VA_ARGS__), (enum lsn_status)(code))
void lsn_fail_record(struct lsn_error *err, enum lsn_status code, const char *format, ...)
    LSN_PRINTF(3, 4);

/* Like lsn_fail with LSN_E_IO; appends ": " and the system's text for errno. */
#define lsn_fail_errno(err, ...)                                                                   \
    (lsn_fail_record_errno(err, __VA_ARGS__), (enum lsn_status)LSN_E_IO)
void lsn_fail_record_errno(struct lsn_error *err, int errno_value, const char *format, ...)
    LSN_PRINTF(3, 4);

/* Fails with LSN_E_MEMORY; what names the thing that memory was wanted for. */
#define lsn_fail_memory(err, what) lsn_fail(err, LSN_E_MEMORY, "out of memory for %s", what)

/* Forgets an earlier call's error. Each public function that takes an err begins with it, so
 * that the error after a call is that call's own. The functions behind it never clear: the
 * first error that they record is the most detailed, and stays. So none of them may go on to
 * a public function with the same err once something has failed. */
static inline void lsn_error_clear(struct lsn_error *err)
{
    if (!err)
        return;
    err->code = LSN_OK;
    err->text[0] = '\0';
}

/* Returns the status of call from the enclosing function unless it is LSN_OK. */
#define LSN_TRY(call)                                                                              \
    do {                                                                                           \
        enum lsn_status lsn_try_status_ = (call);                                                  \
        if (lsn_try_status_ != LSN_OK)                                                             \
            return lsn_try_status_;                                                                \
    } while (0)

#endif
