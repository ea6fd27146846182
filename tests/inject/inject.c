/* Preloaded before the program, makes the n-th call of a kind fail:
 *   INJECT=alloc:N  allocations         return NULL
 *   INJECT=io:N     files               fail with ENOSPC, or EIO where they read
 *   INJECT=short:N  reads and writes    do half of what they were asked
 *   INJECT=stop:N   allocations, files  work, and SIGINT comes
 * What OpenBLAS, libcrypto (3.0 takes a lock that it could not allocate when it starts), the
 * loader and programs that this one starts do does not count. Appends to the file INJECT_LOG
 * "reached" when the call came, and when the program ends, how many blocks of those that it
 * asked for itself it did not free. */
#define _GNU_SOURCE /* _dl_find_object, RTLD_NEXT, program_invocation_short_name */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { NOTHING, ALLOC, IO, SHORT, STOP };

static enum kind kind;
static long target;
static atomic_long calls;
static bool ready;
static _Thread_local bool busy; /* what this file does itself does not count */

/* glibc's own names: looking the real functions up would allocate. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

/* Blocks that the program itself asked for and has not freed. */
#define SLOTS ((size_t)1 << 20)
#define NEAR  64
static _Atomic(uintptr_t) blocks[SLOTS];

static void note(const char *word, long value)
{
    const char *path = getenv("INJECT_LOG");
    char line[64];
    int size = snprintf(line, sizeof line, "%s %ld\n", word, value);
    long file =
        path ? syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0666) : -1;

    if (file < 0)
        return;
    (void)!syscall(SYS_write, file, line, (size_t)size);
    (void)syscall(SYS_close, file);
}

__attribute__((constructor)) static void start(void)
{
    const char *text = getenv("INJECT"), *colon = text ? strchr(text, ':') : NULL;

    if (colon && strcmp(program_invocation_short_name, "lesion") == 0) {
        kind = text[0] == 'a' ? ALLOC : text[0] == 'i' ? IO : text[1] == 'h' ? SHORT : STOP;
        target = atol(colon + 1);
    }
    ready = true;
}

__attribute__((destructor)) static void finish(void)
{
    long left = 0;
    size_t i;

    ready = false;
    for (i = 0; i < SLOTS; i++)
        left += blocks[i] != 0;
    if (kind != NOTHING)
        note("left", left);
}

enum who { NOBODY, LIBRARY, PROGRAM };

static enum who caller_of(void *address)
{
    enum who who = NOBODY;
    struct dl_find_object object;

    if (!ready || busy)
        return NOBODY;
    busy = true;
    if (_dl_find_object(address, &object) == 0) {
        const char *path = object.dlfo_link_map->l_name; /* "" of the program itself */
        const char *slash = strrchr(path, '/');
        const char *name = slash ? slash + 1 : path;

        who = *name ? LIBRARY : PROGRAM;
        if (strncmp(name, "libopenblas", 11) == 0 || strncmp(name, "libgfortran", 11) == 0 ||
            strncmp(name, "libcrypto", 9) == 0 || strncmp(name, "ld-linux", 8) == 0)
            who = NOBODY;
    }
    busy = false;
    return who;
}

static bool hits(enum kind of, void *address)
{
    bool counts = kind == of || (kind == STOP && of != SHORT);

    if (!counts || caller_of(address) == NOBODY || atomic_fetch_add(&calls, 1) + 1 != target)
        return false;
    note("reached", target);
    if (kind == STOP)
        raise(SIGINT);
    return kind != STOP;
}

static size_t slot_of(const void *block)
{
    return ((uintptr_t)block >> 4) % SLOTS;
}

static void *remember(void *block, void *address)
{
    size_t i;

    if (!block || caller_of(address) != PROGRAM)
        return block;
    for (i = 0; i < NEAR; i++) {
        uintptr_t empty = 0;

        if (atomic_compare_exchange_strong(&blocks[(slot_of(block) + i) % SLOTS], &empty,
                                           (uintptr_t)block))
            break;
    }
    return block;
}

static void forget(const void *block)
{
    size_t i;

    for (i = 0; i < NEAR && block; i++) {
        uintptr_t expected = (uintptr_t)block;

        if (atomic_compare_exchange_strong(&blocks[(slot_of(block) + i) % SLOTS], &expected, 0))
            break;
    }
}

#define CALLER __builtin_return_address(0)

/* The C library says why, and readers of images ask. */
static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t size)
{
    return hits(ALLOC, CALLER) ? no_memory() : remember(__libc_malloc(size), CALLER);
}

void *calloc(size_t count, size_t size)
{
    return hits(ALLOC, CALLER) ? no_memory() : remember(__libc_calloc(count, size), CALLER);
}

void *realloc(void *block, size_t size)
{
    if (hits(ALLOC, CALLER))
        return no_memory();
    forget(block);
    return remember(__libc_realloc(block, size), CALLER);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return hits(ALLOC, CALLER) ? no_memory() : remember(__libc_memalign(alignment, size), CALLER);
}

void free(void *block)
{
    forget(block);
    __libc_free(block);
}

/* The real function of that name, as a pointer of type. */
#define REAL(type, name)                                                                           \
    static type real;                                                                              \
    if (!real) {                                                                                   \
        void *found = dlsym(RTLD_NEXT, name);                                                      \
        memcpy(&real, &found, sizeof real);                                                        \
    }

#define FAIL(code, value) return errno = (code), (value)

typedef FILE *open_stream(const char *, const char *);
FILE *fopen(const char *path, const char *mode)
{
    REAL(open_stream *, "fopen")
    if (hits(IO, CALLER))
        FAIL(EIO, NULL);
    return real(path, mode);
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    int mode;

    va_start(rest, flags);
    mode = flags & O_CREAT ? va_arg(rest, int) : 0;
    va_end(rest);
    if (hits(IO, CALLER))
        FAIL(flags & O_CREAT ? ENOSPC : EIO, -1);
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

void *mmap(void *at, size_t size, int protection, int flags, int file, off_t offset)
{
    if (hits(IO, CALLER))
        FAIL(ENOMEM, MAP_FAILED);
    return (void *)syscall(SYS_mmap, at, size, protection, flags, file, offset);
}

typedef DIR *open_folder(const char *);
DIR *opendir(const char *path)
{
    REAL(open_folder *, "opendir")
    if (hits(IO, CALLER))
        FAIL(EIO, NULL);
    return real(path);
}

ssize_t read(int file, void *to, size_t size)
{
    if (hits(IO, CALLER))
        FAIL(EIO, -1);
    return syscall(SYS_read, file, to, size > 1 && hits(SHORT, CALLER) ? size / 2 : size);
}

ssize_t pread(int file, void *to, size_t size, off_t at)
{
    if (hits(IO, CALLER))
        FAIL(EIO, -1);
    return syscall(SYS_pread64, file, to, size > 1 && hits(SHORT, CALLER) ? size / 2 : size, at);
}

ssize_t pwrite(int file, const void *from, size_t size, off_t at)
{
    if (hits(IO, CALLER))
        FAIL(ENOSPC, -1);
    return syscall(SYS_pwrite64, file, from, size > 1 && hits(SHORT, CALLER) ? size / 2 : size, at);
}

/* What glibc keeps of a failure, for ferror. */
#define ERROR_SEEN 0x20

typedef size_t read_stream(void *, size_t, size_t, FILE *);
size_t fread(void *to, size_t size, size_t count, FILE *stream)
{
    REAL(read_stream *, "fread")
    if (hits(IO, CALLER)) {
        stream->_flags |= ERROR_SEEN;
        FAIL(EIO, 0);
    }
    return real(to, size, count, stream);
}

typedef size_t write_stream(const void *, size_t, size_t, FILE *);
size_t fwrite(const void *from, size_t size, size_t count, FILE *stream)
{
    REAL(write_stream *, "fwrite")
    if (hits(IO, CALLER)) {
        stream->_flags |= ERROR_SEEN;
        FAIL(ENOSPC, 0);
    }
    if (count > 1 && hits(SHORT, CALLER)) {
        size_t done = real(from, size, count / 2, stream);

        stream->_flags |= ERROR_SEEN;
        FAIL(ENOSPC, done);
    }
    return real(from, size, count, stream);
}

typedef int close_stream(FILE *);
int fflush(FILE *stream)
{
    REAL(close_stream *, "fflush")
    if (hits(IO, CALLER))
        FAIL(ENOSPC, EOF);
    return real(stream);
}

/* Closed all the same, as a close that fails does. */
int fclose(FILE *stream)
{
    bool hit = hits(IO, CALLER);
    int result;
    REAL(close_stream *, "fclose")

    result = real(stream);
    if (hit)
        FAIL(ENOSPC, EOF);
    return result;
}

int fsync(int file)
{
    if (hits(IO, CALLER))
        FAIL(EIO, -1);
    return (int)syscall(SYS_fsync, file);
}

int rename(const char *from, const char *to)
{
    if (hits(IO, CALLER))
        FAIL(ENOSPC, -1);
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int mkdir(const char *path, mode_t mode)
{
    if (hits(IO, CALLER))
        FAIL(ENOSPC, -1);
    return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

typedef int reserve(int, off_t, off_t);
int posix_fallocate(int file, off_t at, off_t size)
{
    REAL(reserve *, "posix_fallocate")
    return hits(IO, CALLER) ? ENOSPC : real(file, at, size);
}
