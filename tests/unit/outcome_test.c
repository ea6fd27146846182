/* Outcomes: predicted class, rank, loss and margin from logits. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lesion/network.h"

static struct lsn_outcome outcome_of(const float *logits, int classes, int true_class)
{
    struct lsn_error err = LSN_ERROR_NONE;
    struct lsn_outcome outcome;

    memset(&outcome, 0xa5, sizeof outcome);
    test_ok(lsn_outcome_of(logits, classes, true_class, &outcome, &err), &err);
    return outcome;
}

/* Where logits are equal, the lower class index is first, in the prediction and in the rank. */
static void ties(void **state)
{
    const float logits[5] = {1, 3, 3, 0, 3};
    static const int ranks[5] = {4, 1, 2, 5, 3};
    int i;

    (void)state;
    for (i = 0; i < 5; i++) {
        struct lsn_outcome outcome = outcome_of(logits, 5, i);

        assert_int_equal(outcome.predicted, 1);
        assert_int_equal(outcome.rank, ranks[i]);
        assert_true(outcome.margin == logits[i] - 3);
    }
    assert_int_equal(outcome_of((const float[]){0, -0.0f}, 2, 1).rank, 2);
}

static void closed_forms(void **state)
{
    const float even[4] = {7, 7, 7, 7};
    struct lsn_outcome outcome = outcome_of(even, 4, 2);

    (void)state;
    test_close("loss", &outcome.loss, (const double[]){log(4)}, 1, 2e-7);
    assert_true(outcome.margin == 0 && outcome.rank == 3 && outcome.predicted == 0);
    outcome = outcome_of((const float[]){2, -1}, 2, 0);
    test_close("loss", &outcome.loss, (const double[]){log1p(exp(-3))}, 1, 1e-8);
    assert_true(outcome.margin == 3 && outcome.rank == 1 && outcome.predicted == 0);
    outcome = outcome_of((const float[]){2, -1}, 2, 1);
    test_close("loss", &outcome.loss, (const double[]){3 + log1p(exp(-3))}, 1, 3e-7);
    assert_true(outcome.margin == -3 && outcome.rank == 2 && outcome.predicted == 0);
}

/* Logits count as the same up to a share of the largest intact logit, in either direction. */
static void same_logits(void **state)
{
    const float intact[3] = {1, -4, 0.5f};

    (void)state;
    assert_true(lsn_logits_same(intact, intact, 3));
    assert_true(lsn_logits_same((const float[]){1.00003f, -4, 0.5f}, intact, 3));
    assert_true(lsn_logits_same((const float[]){1, -4, 0.49997f}, intact, 3));
    assert_false(lsn_logits_same((const float[]){1.00005f, -4, 0.5f}, intact, 3));
    assert_false(lsn_logits_same((const float[]){1, -4.00005f, 0.5f}, intact, 3));
    assert_true(lsn_logits_same((const float[]){0, -0.0f}, (const float[]){0, 0}, 2));
    assert_false(lsn_logits_same((const float[]){0, 1e-30f}, (const float[]){0, 0}, 2));
}

/* Large logits do not overflow, and a sure answer keeps its small loss. */
static void large_logits(void **state)
{
    struct lsn_outcome outcome = outcome_of((const float[]){1e30f, -1e30f, 0}, 3, 0);

    (void)state;
    assert_true(outcome.loss == 0 && outcome.margin == 1e30f && outcome.rank == 1);
    outcome = outcome_of((const float[]){1e30f, -1e30f, 0}, 3, 1);
    assert_true(outcome.loss == 2e30f && outcome.margin == -2e30f && outcome.rank == 3);
    outcome = outcome_of((const float[]){10000, 9999}, 2, 0);
    test_close("loss", &outcome.loss, (const double[]){log1p(exp(-1))}, 1, 1e-7);
}

/* Rank by counting, loss by summing, over random logits with many ties. */
static void twin(void **state)
{
    enum { CLASSES = 1000 };
    uint64_t seed = 83;
    int round, i;

    (void)state;
    for (round = 0; round < 50; round++) {
        float *logits = test_whole(&seed, CLASSES, 20);
        int truth = test_random_int(&seed, 0, CLASSES - 1), ahead = 0, best = 0;
        struct lsn_outcome outcome = outcome_of(logits, CLASSES, truth);
        double sum = 0;

        for (i = 0; i < CLASSES; i++) {
            ahead += logits[i] > logits[truth] || (i < truth && logits[i] == logits[truth]);
            best = logits[i] > logits[best] ? i : best;
            sum += exp((double)logits[i] - (double)logits[truth]);
        }
        assert_int_equal(outcome.predicted, best);
        assert_int_equal(outcome.rank, ahead + 1);
        test_close("loss", &outcome.loss, (const double[]){log(sum)}, 1, 1e-7 * (1 + log(sum)));
        free(logits);
    }
}

static void logits_that_are_no_numbers(void **state)
{
    static const struct {
        float logits[3];
        const char *sentence;
    } cases[] = {
        {{0, 1, NAN}, "the logit of class 2 is nan, not a finite number"},
        {{NAN, 1, 2}, "the logit of class 0 is nan, not a finite number"},
        {{0, INFINITY, 1}, "the logit of class 1 is inf, not a finite number"},
        {{0, -INFINITY, NAN}, "the logit of class 1 is -inf, not a finite number"},
    };
    size_t i;
    int truth;

    (void)state;
    for (i = 0; i < TEST_COUNT(cases); i++)
        for (truth = 0; truth < 3; truth++) {
            struct lsn_error err = LSN_ERROR_NONE;
            struct lsn_outcome outcome;

            test_error(lsn_outcome_of(cases[i].logits, 3, truth, &outcome, &err), &err, LSN_E_DATA,
                       cases[i].sentence);
        }
}

/* Logits so far apart that the loss or margin is too large for a float. */
static void logits_too_far_apart(void **state)
{
    const float logits[] = {3e38f, -3e38f};
    struct lsn_error loss = LSN_ERROR_NONE, margin = LSN_ERROR_NONE;
    struct lsn_outcome outcome;

    (void)state;
    test_error(lsn_outcome_of(logits, 2, 1, &outcome, &loss), &loss, LSN_E_DATA,
               "the logits -3e+38 and 3e+38 are too far apart for a float to tell how far");
    test_error(lsn_outcome_of(logits, 2, 0, &outcome, &margin), &margin, LSN_E_DATA,
               "the logits -3e+38 and 3e+38 are too far apart for a float to tell how far");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties),
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(same_logits),
        cmocka_unit_test(large_logits),
        cmocka_unit_test(twin),
        cmocka_unit_test(logits_that_are_no_numbers),
        cmocka_unit_test(logits_too_far_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
