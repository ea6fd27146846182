/* What stands around every declaration of the public API: C linkage, and
 * visibility in the shared library, which hides everything else. */
#ifndef LESION_API_H
#define LESION_API_H

#if defined(__GNUC__)
#define LSN_VISIBLE_BEGIN _Pragma("GCC visibility push(default)")
#define LSN_VISIBLE_END   _Pragma("GCC visibility pop")
#else
#define LSN_VISIBLE_BEGIN
#define LSN_VISIBLE_END
#endif

#ifdef __cplusplus
#define LSN_API_BEGIN                                                                              \
    LSN_VISIBLE_BEGIN extern "C"                                                                   \
    {
#define LSN_API_END                                                                                \
    }                                                                                              \
    LSN_VISIBLE_END
#else
#define LSN_API_BEGIN LSN_VISIBLE_BEGIN
#define LSN_API_END   LSN_VISIBLE_END
#endif

#endif
