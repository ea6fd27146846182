/* The macros LSN_API_BEGIN and LSN_API_END, which enclose the declarations of every public header.
 * They give C linkage and make the functions visible in the shared library, which hides all others.
 *
 * Options are structs that begin with their own size, so that a newer library accepts the struct of
 * a program compiled with an older header: options that header did not have keep their defaults.
 * Make one with struct lsn_NAME_options options = LSN_NAME_OPTIONS_DEFAULT; and set the fields that
 * shall differ. Where a call accepts NULL for its options, NULL means the defaults. A size of less
 * than a size_t, or of more than the library knows, is LSN_E_ARGUMENT.
 *
 * An index that is out of range, of an image, class, layer, node and so on, is LSN_E_ARGUMENT
 * where a status is returned; else the answer is NULL, -1, 0 or false, whichever the type has. */
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
