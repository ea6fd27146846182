/* Cutting a sweep into units: every group of kernels occurs once, in order; and how long workers
 * that take the units wait for the last of them, by simulation, not by time. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sweep/units.h"

#define LAYERS_MAX 64

/* What the cut into units needs to know of a network. */
struct network {
    struct lsn_layer_kernels layers[LAYERS_MAX];
    int rows[LAYERS_MAX]; /* of each layer's output */
    struct lsn_groups groups;
    size_t kernels;
    double pass;
};

static void add_layer(struct network *n, size_t kernels, int size_px, size_t inputs, int width)
{
    size_t l = n->groups.layer_count++;

    n->layers[l] = (struct lsn_layer_kernels){n->kernels, kernels, (int)l, 0, 0};
    n->layers[l].work = (double)kernels * size_px * size_px * (double)inputs * width * width;
    n->rows[l] = size_px;
    n->kernels += kernels;
}

/* Kernels in a group: as many as fit in 24 MiB with three maps each of a block's output [h][w][256
 * * 56 / h]. */
static size_t group_size(const void *context, size_t stimulus, int layer)
{
    const struct network *n = context;
    size_t rows = n->rows[layer] < 56 ? (size_t)n->rows[layer] : 56;
    size_t size = ((size_t)24 << 20) / (3 * rows * 56 * 256 * sizeof(float));

    (void)stimulus;
    return size < n->layers[layer].count ? size : n->layers[layer].count;
}

/* Replaces each layer's own multiply-adds by those of everything that a lesion in it reaches: all
 * layers after it, and `behind`, the work after the last layer. */
static void sum_up(struct network *n, double behind)
{
    size_t l = n->groups.layer_count;

    for (; l > 0; l--) {
        behind += n->layers[l - 1].work;
        n->layers[l - 1].work = behind;
    }
    n->pass = behind;
    n->groups.layers = n->layers;
    n->groups.size = group_size;
    n->groups.context = n;
}

/* ResNet-50 at 224 px: 53 convolutions, 26,560 kernels. */
static void make_resnet50(struct network *n)
{
    static const int blocks[] = {3, 4, 6, 3};
    size_t inputs = 64;
    int stage, block;

    *n = (struct network){.kernels = 0};
    add_layer(n, 64, 112, 3, 7);
    for (stage = 0; stage < 4; stage++)
        for (block = 0; block < blocks[stage]; block++) {
            size_t width = (size_t)64 << stage;
            int size_px = 56 >> stage;

            add_layer(n, width, block == 0 && stage > 0 ? 2 * size_px : size_px, inputs, 1);
            add_layer(n, width, size_px, width, 3);
            add_layer(n, 4 * width, size_px, width, 1);
            if (block == 0)
                add_layer(n, 4 * width, size_px, inputs, 1);
            inputs = 4 * width;
        }
    sum_up(n, 2048.0 * 1000);
}

static struct lsn_unit *cut(const struct network *n, size_t stimuli, const size_t *left,
                            int workers, size_t *count)
{
    struct lsn_cut what = {&n->groups, stimuli, left, n->pass, workers};
    struct lsn_unit *units;

    *count = lsn_units_cut(&what, NULL);
    units = malloc((*count + 1) * sizeof *units);
    assert_non_null(units);
    assert_int_equal(lsn_units_cut(&what, units), *count);
    return units;
}

/* Makes [stimuli] numbers of missing outcomes: all are missing. */
static size_t *all_left(size_t stimuli, size_t kernels)
{
    size_t *left = malloc(stimuli * sizeof *left), i;

    assert_non_null(left);
    for (i = 0; i < stimuli; i++)
        left[i] = kernels + 1;
    return left;
}

/* The cost of lesions in the simulation: the incremental engine needs a tenth of the full engine's
 * multiply-adds, times a factor for each layer and stimulus that is between 1 / spread and
 * spread. */
struct costs {
    double *factor; /* [stimuli][layers] */
};

static void draw_costs(struct costs *costs, size_t stimuli, double spread)
{
    uint64_t seed = 19;
    size_t i;

    costs->factor = malloc(stimuli * LAYERS_MAX * sizeof *costs->factor);
    assert_non_null(costs->factor);
    for (i = 0; i < stimuli * LAYERS_MAX; i++)
        costs->factor[i] = 0.1 * pow(spread, (double)test_random_float(&seed, -1, 1));
}

static double unit_cost(const struct network *n, const struct costs *costs,
                        const struct lsn_unit *unit)
{
    double cost = 0;
    size_t l;

    for (l = 0; l < n->groups.layer_count; l++) {
        size_t first = n->layers[l].first, end = first + n->layers[l].count;

        first = first > unit->first ? first : unit->first;
        end = end < unit->last ? end : unit->last;
        if (end > first)
            cost += (double)(end - first) * n->layers[l].work *
                    costs->factor[unit->stimulus * LAYERS_MAX + l];
    }
    return cost;
}

/* The share of all workers' time that is lost by waiting for the last one, and by more than one
 * intact pass for each stimulus. */
static double simulate(const struct network *n, const struct costs *costs,
                       const struct lsn_unit *units, size_t count, size_t stimuli, int workers)
{
    double *busy = calloc((size_t)workers, sizeof *busy), end = 0, needed = 0;
    size_t *shown = calloc((size_t)workers, sizeof *shown), u; /* the stimulus, from 1 */

    assert_true(busy && shown);
    for (u = 0; u < count; u++) {
        double cost = unit_cost(n, costs, &units[u]);
        int next = 0, w;

        for (w = 1; w < workers; w++)
            next = busy[w] < busy[next] ? w : next;
        busy[next] += cost + (shown[next] == units[u].stimulus + 1 ? 0 : n->pass);
        shown[next] = units[u].stimulus + 1;
        needed += cost;
        end = busy[next] > end ? busy[next] : end;
    }
    free(busy);
    free(shown);
    return 1 - (needed + n->pass * (double)stimuli) / (workers * end);
}

static double loss(const struct network *n, size_t stimuli, int workers, double spread)
{
    size_t *left = all_left(stimuli, n->kernels), count;
    struct lsn_unit *units = cut(n, stimuli, left, workers, &count);
    struct costs costs;
    double lost;

    draw_costs(&costs, stimuli, spread);
    lost = simulate(n, &costs, units, count, stimuli, workers);
    free(costs.factor);
    free(units);
    free(left);
    return lost;
}

/* The loss with a unit for each layer, that is, without cutting: it shows that the simulation can
 * find a loss. */
static double loss_of_layers(const struct network *n, size_t stimuli, int workers)
{
    struct lsn_unit *units = malloc(stimuli * LAYERS_MAX * sizeof *units);
    struct costs costs;
    size_t count = 0, s, l;
    double lost;

    assert_non_null(units);
    for (s = 0; s < stimuli; s++)
        for (l = 0; l < n->groups.layer_count; l++)
            units[count++] =
                (struct lsn_unit){s, n->layers[l].first, n->layers[l].first + n->layers[l].count};
    draw_costs(&costs, stimuli, 1);
    lost = simulate(n, &costs, units, count, stimuli, workers);
    free(costs.factor);
    free(units);
    return lost;
}

static void workers_end_together(void **state)
{
    enum { STIMULI = 8 * 4 };
    struct network n;

    (void)state;
    make_resnet50(&n);
    assert_int_equal(n.groups.layer_count, 53);
    assert_int_equal(n.kernels, 26560);
    assert_true(fabs(n.pass - 4.09e9) < 0.01e9); /* torchvision's 4.09 GMAC */
    assert_true(loss_of_layers(&n, STIMULI, 64) > 0.09);
    assert_true(loss(&n, STIMULI, 64, 1) < 0.025);
    assert_true(loss(&n, STIMULI, 64, 2) < 0.03); /* its estimates wrong by up to 2 */
    assert_true(loss(&n, STIMULI, 7, 2) < 0.01);
    assert_true(loss(&n, STIMULI, 2, 2) < 0.005);
    assert_true(loss(&n, 1000, 64, 2) < 0.015);
    assert_true(loss(&n, 1, 7, 2) < 0.02);
}

/* Whether a group of the layer begins at first, or its last group ends there. */
static bool is_border(const struct network *n, size_t first)
{
    size_t l;

    for (l = 0; l < n->groups.layer_count; l++) {
        size_t offset = first - n->layers[l].first;

        if (first >= n->layers[l].first && offset < n->layers[l].count)
            return offset % group_size(n, 0, (int)l) == 0;
    }
    return first == n->kernels;
}

/* Units of some stimuli cover all their kernels, in order, and no group is cut. */
static void every_group_once(void **state)
{
    static const int crews[] = {1, 2, 7, 64, 1000};
    enum { STIMULI = 9 };
    struct network n;
    size_t *left, crew, u, count;

    (void)state;
    make_resnet50(&n);
    left = all_left(STIMULI, n.kernels);
    left[0] = left[4] = left[8] = 0;
    left[5] = 1;
    for (crew = 0; crew < TEST_COUNT(crews); crew++) {
        struct lsn_unit *units = cut(&n, STIMULI, left, crews[crew], &count);
        size_t stimulus = 1, first = 0;

        for (u = 0; u < count; u++) {
            assert_int_equal(units[u].stimulus, stimulus);
            assert_int_equal(units[u].first, first);
            assert_true(units[u].last > first);
            assert_true(is_border(&n, units[u].last));
            first = units[u].last;
            if (first < n.kernels)
                continue;
            first = 0;
            do
                stimulus++;
            while (stimulus < STIMULI && left[stimulus] == 0);
        }
        assert_int_equal(stimulus, STIMULI);
        free(units);
    }
    free(left);
}

/* Without kernels to lesion each stimulus is one unit. */
static void without_kernels(void **state)
{
    struct network n = {.kernels = 0};
    size_t *left = all_left(5, 0), count, u;
    struct lsn_unit *units;

    (void)state;
    left[2] = 0;
    units = cut(&n, 5, left, 3, &count);
    assert_int_equal(count, 4);
    for (u = 0; u < count; u++) {
        assert_int_equal(units[u].stimulus, u + (u >= 2));
        assert_int_equal(units[u].first, 0);
        assert_int_equal(units[u].last, 0);
    }
    free(units);
    free(left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_end_together),
        cmocka_unit_test(every_group_once),
        cmocka_unit_test(without_kernels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
