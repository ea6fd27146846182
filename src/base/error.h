/* How the library reports an error; the public half is lesion/error.h. */
#ifndef LSN_BASE_ERROR_H
#define LSN_BASE_ERROR_H

#include "lesion/error.h"

#if defined(__GNUC__)
#define LSN_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define LSN_PRINTF(fmt, args)
#endif

/* Records code and sentence in err unless err is NULL or already holds an
 * error, and returns code. */
enum lsn_status lsn_fail(struct lsn_error *err, enum lsn_status code, const char *format, ...)
    LSN_PRINTF(3, 4);

/* The same with ": <the errno text>" appended; code is LSN_E_IO. */
enum lsn_status lsn_fail_errno(struct lsn_error *err, int errno_value, const char *format, ...)
    LSN_PRINTF(3, 4);

/* LSN_E_MEMORY with what was being allocated. */
enum lsn_status lsn_fail_memory(struct lsn_error *err, const char *what);

/* Returns from the enclosing function where status is not LSN_OK. */
#define LSN_TRY(call)                                                                              \
    do {                                                                                           \
        enum lsn_status lsn_try_status_ = (call);                                                  \
        if (lsn_try_status_ != LSN_OK)                                                             \
            return lsn_try_status_;                                                                \
    } while (0)

#endif
