/* Weights used in place or copied give the same answers, and loading, looking and running take no
 * more memory than they must. */
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/network.h"
#include "lesion/network.h"
#include "model/model.h"

/* conv1 3 -> 8, conv2 8 -> 64 with batch-norm, conv3 64 -> 64 (Winograd's), fc over all. The
 * weights of conv3 and fc are large enough to stay in the file. */
#define SIDE   16
#define HIDDEN 64
#define FLAT   (HIDDEN * SIDE * SIDE)

static const struct {
    const char *name;
    int rank, dims[4];
    float low, high;
} tensors[] = {
    {"c1", 4, {8, 3, 3, 3}, -.3f, .3f},
    {"c2", 4, {HIDDEN, 8, 3, 3}, -.1f, .1f},
    {"bn_scale", 1, {HIDDEN}, .5f, 1},
    {"bn_bias", 1, {HIDDEN}, -.1f, .1f},
    {"bn_mean", 1, {HIDDEN}, -.1f, .1f},
    {"bn_var", 1, {HIDDEN}, .5f, 1},
    {"c3", 4, {HIDDEN, HIDDEN, 3, 3}, -.05f, .05f},
    {"b3", 1, {HIDDEN}, -.1f, .1f},
    {"fc", 2, {0, FLAT}, -.01f, .01f}, /* its outputs: classes */
};

#define NODE(name, op, input, attributes, stored)                                                  \
    "{'name':'" name "','op':'" op "','inputs':['" input "'],'attributes':{" attributes            \
    "},'tensors':{" stored "}}"

/* clang-format off */
static const char graph[] =
    "{'input':{'channels':3,'height':16,'width':16,'resize':16,'interpolation':'bilinear',"
    "'order':'RGB','scale':1,'mean':[0,0,0],'std':[1,1,1]},'nodes':["
    NODE("conv1", "Conv", "input", "'pads':[1,1,1,1]", "'weight':'c1'") ","
    NODE("conv2", "Conv", "conv1", "'pads':[1,1,1,1]", "'weight':'c2'") ","
    NODE("relu2", "Relu", "conv2", "", "") ","
    NODE("conv3", "Conv", "relu2", "'pads':[1,1,1,1]", "'weight':'c3','bias':'b3'") ","
    NODE("bn3", "BatchNormalization", "conv3", "",
         "'scale':'bn_scale','bias':'bn_bias','mean':'bn_mean','var':'bn_var'") ","
    NODE("relu3", "Relu", "bn3", "", "") ","
    NODE("flat", "Flatten", "relu3", "", "") ","
    NODE("fc", "Linear", "flat", "", "'weight':'fc'") "]}";
/* clang-format on */

static size_t count_of(size_t t, int classes)
{
    size_t count = 1;
    int d;

    for (d = 0; d < tensors[t].rank; d++)
        count *= (size_t)(tensors[t].dims[d] ? tensors[t].dims[d] : classes);
    return count;
}

/* The header; pad: bytes before the first tensor, of one that no node reads. */
static size_t write_header(char *text, size_t room, int classes, size_t pad)
{
    size_t at, length, offset = pad, t;

    at = (size_t)snprintf(text, room,
                          "{'__metadata__':{'format':'lesion-model','version':'1','graph':'");
    for (t = 0; graph[t]; t++) /* the graph is a string inside JSON */
        at += (size_t)snprintf(text + at, room - at, graph[t] == '\'' ? "\\\"" : "%c", graph[t]);
    at += (size_t)snprintf(text + at, room - at, "'}");
    if (pad)
        at += (size_t)snprintf(text + at, room - at,
                               ",'pad':{'dtype':'F16','shape':[%zu],'data_offsets':[0,%zu]}",
                               pad / 2, pad);
    for (t = 0; t < TEST_COUNT(tensors); t++) {
        size_t bytes = count_of(t, classes) * sizeof(float);
        int d;

        at += (size_t)snprintf(text + at, room - at, ",'%s':{'dtype':'F32','shape':[",
                               tensors[t].name);
        for (d = 0; d < tensors[t].rank; d++)
            at += (size_t)snprintf(text + at, room - at, "%s%d", d ? "," : "",
                                   tensors[t].dims[d] ? tensors[t].dims[d] : classes);
        at += (size_t)snprintf(text + at, room - at, "],'data_offsets':[%zu,%zu]}", offset,
                               offset + bytes);
        offset += bytes;
    }
    at += (size_t)snprintf(text + at, room - at, "}");
    for (; at % 8; at++)
        text[at] = ' ';
    text[at] = '\0';
    for (length = 0; length < at; length++)
        if (text[length] == '\'')
            text[length] = '"';
    return length;
}

/* The same weights whatever pad is; returns the path. */
static char *write_model(const char *name, int classes, size_t pad)
{
    static char header[8192];
    size_t length = write_header(header, sizeof header, classes, pad), t;
    char *path = test_file(test_scratch_folder, name, "", 0);
    FILE *file = fopen(path, "wb");
    uint64_t seed = 5, size = length;

    assert_non_null(file);
    fwrite(&size, 1, 8, file);
    fwrite(header, 1, length, file);
    for (t = 0; t < pad; t++)
        putc(0, file);
    for (t = 0; t < TEST_COUNT(tensors); t++) {
        size_t count = count_of(t, classes);
        float *values = test_floats(&seed, count, tensors[t].low, tensors[t].high);

        fwrite(values, sizeof *values, count, file);
        free(values);
    }
    assert_int_equal(fclose(file), 0);
    return path;
}

static struct lsn_model *load(const char *path)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_model *model;

    test_ok(lsn_model_load(path, NULL, &model, &err), &err);
    return model;
}

static struct lsn_network *compile(const struct lsn_model *model, enum lsn_engine engine)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_network *network;

    test_ok(lsn_network_create(model, engine, &network, &err), &err);
    return network;
}

static struct lsn_pass *run(const struct lsn_network *network, enum lsn_engine engine,
                            float *logits)
{
    struct lsn_error err = LSN_ERROR_NONE;
    uint64_t seed = 9;
    float *x = test_floats(&seed, (size_t)3 * SIDE * SIDE, -1, 1);
    struct lsn_pass *pass;

    test_ok(lsn_pass_create(network, engine, &pass, &err), &err);
    memcpy(logits, lsn_pass_run(pass, x),
           (size_t)lsn_model_classes(network->model) * sizeof *logits);
    free(x);
    return pass;
}

#define CLASSES 64
#define KERNELS 5

/* Logits: intact, of lesions of conv2 and of conv3, whose change comes to fc by its planes, and
 * intact with a kernel of conv3 lesioned throughout. */
struct answers {
    float intact[CLASSES], lesioned[2][KERNELS * CLASSES], held[CLASSES];
};

static struct answers answers_of(const struct lsn_model *model, enum lsn_engine engine)
{
    static const int kernels[KERNELS] = {0, 7, 31, 32, 63};
    static const struct lsn_kernel kernel = {2, 33};
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_network *network = compile(model, engine), *held;
    struct answers a;
    struct lsn_pass *pass = run(network, engine, a.intact);

    test_run_lesioned(pass, 1, &LSN_LESION_WHOLE, NULL, kernels, KERNELS, a.lesioned[0]);
    test_run_lesioned(pass, 2, &LSN_LESION_WHOLE, NULL, kernels, KERNELS, a.lesioned[1]);
    lsn_pass_free(pass);
    test_ok(lsn_network_create_lesioned(network, &LSN_LESION_WHOLE, &kernel, 1, &held, &err), &err);
    lsn_pass_free(run(held, engine, a.held));
    lsn_network_free(held);
    lsn_network_free(network);
    return a;
}

/* Both engines: the same bits intact, and where lesioned within 1e-4 of the logits' scale. */
static void check_alike(const struct answers *full, const struct answers *incremental)
{
    const float *a = full->lesioned[0], *b = incremental->lesioned[0];
    double *wanted = test_widen(a, TEST_COUNT(full->lesioned) * TEST_COUNT(full->lesioned[0]));
    double scale = test_scale(wanted, TEST_COUNT(full->lesioned) * TEST_COUNT(full->lesioned[0]));

    assert_memory_equal(full->intact, incremental->intact, sizeof full->intact);
    test_close("lesioned", b, wanted, TEST_COUNT(full->lesioned) * TEST_COUNT(full->lesioned[0]),
               1e-4 * scale);
    free(wanted);
}

static bool is_mapped(const struct lsn_model *model, const char *node)
{
    return model->graph.nodes[lsn_graph_find(&model->graph, node)].tensors[0].mapped;
}

/* Aligned weights stay in the file, others are copied, and so are those that batch-norm is
 * folded into; all answers are the same to the bit. */
static void in_place_or_copied(void **state)
{
    static const enum lsn_engine engines[] = {LSN_ENGINE_FULL, LSN_ENGINE_INCREMENTAL};
    char *aligned = write_model("a.bin", CLASSES, 0), *shifted = write_model("b.bin", CLASSES, 2);
    struct lsn_model *in_place = load(aligned), *copied = load(shifted);
    struct answers of[TEST_COUNT(engines)];
    size_t i;

    (void)state;
    assert_true(is_mapped(in_place, "fc") && !is_mapped(copied, "fc"));
    assert_false(is_mapped(in_place, "conv3"));
    assert_false(is_mapped(in_place, "conv1"));
    for (i = 0; i < TEST_COUNT(engines); i++) {
        struct answers a = answers_of(in_place, engines[i]), b = answers_of(copied, engines[i]);

        assert_memory_equal(&a, &b, sizeof a);
        assert_true(memcmp(a.intact, a.held, sizeof a.held) != 0);
        assert_true(memcmp(a.intact, a.lesioned[0], sizeof a.intact) != 0);
        assert_true(memcmp(a.intact, a.lesioned[1], sizeof a.intact) != 0);
        of[i] = a;
    }
    check_alike(&of[0], &of[1]);
    lsn_model_free(in_place);
    lsn_model_free(copied);
    free(aligned);
    free(shifted);
}

/* A network holds what its engine reads, and refuses passes that would read more. */
static void only_what_is_read(void **state)
{
    char *path = write_model("a.bin", CLASSES, 0);
    struct lsn_model *model = load(path);
    struct lsn_network *intact = compile(model, LSN_ENGINE_INTACT);
    struct lsn_network *full = compile(model, LSN_ENGINE_FULL);
    struct lsn_network *incremental = compile(model, LSN_ENGINE_INCREMENTAL);
    const size_t c1 = 8 * 27, c2 = HIDDEN * 72, c3 = HIDDEN * HIDDEN * 9, fc = CLASSES * FLAT;
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_pass *pass;

    (void)state;
    /* packed all, and of the model what is not in its file: convolutions, folded bias */
    assert_int_equal(lsn_network_bytes(intact) / sizeof(float),
                     c1 + c2 + c3 + fc + c1 + c2 + c3 + HIDDEN);
    assert_int_equal(lsn_network_bytes(full), lsn_network_bytes(intact));
    /* panels of 32 columns, those of fc being what is packed, and 36 points of conv3 for 9 */
    assert_int_equal((lsn_network_bytes(incremental) - lsn_network_bytes(full)) / sizeof(float),
                     c1 * 4 + c2 + c3 + c3 * 4);
    pass = (struct lsn_pass *)(void *)&err;
    test_error(lsn_pass_create(full, LSN_ENGINE_INCREMENTAL, &pass, &err), &err, LSN_E_ARGUMENT,
               "a pass of the incremental engine was asked of a network made for another one; "
               "make the network for LSN_ENGINE_INCREMENTAL");
    assert_null(pass);
    lsn_network_free(intact);
    lsn_network_free(full);
    lsn_network_free(incremental);
    lsn_model_free(model);
    free(path);
}

#define LARGE 1024 /* classes: 64 MiB of weights */

enum { LOAD, EVAL, SWEEP };

/* KiB of memory that this takes in a process of its own; path's model has LARGE classes. */
static long peak_kib(const char *path, int what)
{
    int ends[2];
    long kib = -1;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        static float logits[LARGE];
        struct rusage before, after;
        struct lsn_model *model;

        getrusage(RUSAGE_SELF, &before);
        model = load(path);
        if (what != LOAD) {
            enum lsn_engine engine = what == EVAL ? LSN_ENGINE_INTACT : LSN_ENGINE_INCREMENTAL;
            struct lsn_network *network = compile(model, engine);

            lsn_pass_free(run(network, engine, logits));
            lsn_network_free(network);
        }
        getrusage(RUSAGE_SELF, &after);
        kib = after.ru_maxrss - before.ru_maxrss;
        _exit(write(ends[1], &kib, sizeof kib) != (ssize_t)sizeof kib);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &kib, sizeof kib), sizeof kib);
    close(ends[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return kib;
}

/* info takes next to no memory; running takes the weights once, and nearly all weights are those of
 * fc. */
static void peak(void **state)
{
    static const double most[] = {[LOAD] = .25, [EVAL] = 1.5, [SWEEP] = 1.5};
    const double file_kib = (double)LARGE * FLAT * sizeof(float) / 1024;
    char *path;
    int what;

    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* sanitizers' own memory is counted, too */
#endif
    path = write_model("large.bin", LARGE, 0);
    for (what = LOAD; what <= SWEEP; what++) {
        long kib = peak_kib(path, what);

        if ((double)kib > most[what] * file_kib)
            fail_msg("step %d takes %ld KiB, wanted %.2f times the file's %.0f at most", what, kib,
                     most[what], file_kib);
    }
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_FOLDER(in_place_or_copied),
        TEST_IN_FOLDER(only_what_is_read),
        TEST_IN_FOLDER(peak),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
