#define _GNU_SOURCE /* environ */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "lesion/image.h"
#include "lesion/version.h"
#include "message.h"

#define REEXEC_MARK "LESION_BLAS_CORE_SET"

#define COMMAND_ADDRESS(name, NAME) &cmd_##name,
static const struct command *const commands[] = {COMMANDS(COMMAND_ADDRESS) NULL};

/* An OpenBLAS older than the processor may run on a generic core, several times slower. OpenBLAS
 * chooses its core when it is loaded: so the program sets OPENBLAS_CORETYPE and starts itself
 * again, once. A core that the user has set is kept. */
static void choose_blas_core(char **argv)
{
    struct lsn_blas blas = lsn_blas_describe();

    if (!blas.better_core || getenv("OPENBLAS_CORETYPE") || getenv(REEXEC_MARK))
        return;
    if (setenv("OPENBLAS_CORETYPE", blas.better_core, 1) == 0 &&
        setenv(REEXEC_MARK, blas.core, 1) == 0)
        execv("/proc/self/exe", argv);
    /* If that fails, the slow core still works; --version and -v show it. */
}

static void describe_blas(char *text, size_t size)
{
    struct lsn_blas blas = lsn_blas_describe();
    const char *was = getenv(REEXEC_MARK);

    snprintf(text, size, "OpenBLAS core %s%s%s%s%s", blas.core,
             was ? " (set by lesion; it had taken " : "", was ? was : "", was ? ")" : "",
             blas.better_core ? ", slower than what this processor can do" : "");
}

/* With verbose, also measures the speed of matrix products. */
static void print_version(bool verbose)
{
    int count, i;
    const struct lsn_image_format *formats = lsn_image_formats(&count);
    char blas[256];

    describe_blas(blas, sizeof blas);
    printf("lesion %s\n%s\n%s\n%s\nimages:", lsn_version(), blas, lsn_blas_describe().config,
           lsn_vector_math());
    for (i = 0; i < count; i++)
        printf("%s %s (%s)", i ? "," : "", formats[i].name,
               formats[i].library ? formats[i].library : "not in this build");
    printf("\n");
    if (verbose)
        printf("sgemm, one thread: %.4g multiply-adds per second\n", lsn_blas_measure());
}

static void run(int argc, char **argv)
{
    const struct command *command = argc > 1 ? command_find(commands, argv[1]) : NULL;
    int used = command ? 2 : 1;
    struct command_line line;
    char blas[256];

    if (argc < 2) {
        message_usage("nothing to do: give a model (--model) or a command");
        return;
    }
    if (!command && argv[1][0] != '-') {
        message_usage("'%s' is not a command", argv[1]);
        return;
    }
    if (!command)
        command = commands[0];
    if (!options_parse(argc - used, argv + used, command->bit, command->operands_max, &line))
        return;
    line.command = command;
    line.commands = commands;
    message_set_level(line.options.quiet, line.options.verbose);
    if (line.options.version) {
        print_version(line.options.verbose);
    } else if (line.options.help) {
        help_print(&line, used == 2 ? command : NULL);
    } else if (line.operand_count < command->operands_min) {
        message_usage("lesion %s wants %s", command->name, command->operands);
    } else {
        describe_blas(blas, sizeof blas);
        message_detail("%s", blas);
        command->run(&line);
    }
}

/* Opens /dev/null, for reading, in place of standard streams that are closed. Otherwise the next
 * file opened would get the number of that stream, and messages would be written into it. Printing
 * to the stream still fails. */
static bool fill_standard_streams(void)
{
    int fd;

    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    if (!fill_standard_streams())
        return EXIT_ERROR; /* no stream to print an error on */
    choose_blas_core(argv);
    run(argc, argv);
    return message_finish();
}
