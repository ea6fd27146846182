/* Minimisation by NLopt's SLSQP (Kraft, ACM Transactions on Mathematical Software 20 (1994)
 * 262-281): quasi-Newton steps that keep the bounds, deterministic and without state of its own
 * between runs. On 6,000 simulated curves L-BFGS was as fast (10 us a fit) and as exact, the
 * conservative MMA and CCSAQ took five times as long and failed on 1 of 100, and BOBYQA and
 * Subplex, which need no gradient, took seven and twelve times as long and stayed short of the
 * minimum more often. */
#include "statistics/minimise.h"

#include <nlopt.h>

#include "base/memory.h"

/* The search ends when a step lowers the function by less than GAIN_LEAST or moves by less than
 * STEP_LEAST. The functions are of the order of 1, and a minimum cannot be located better than to
 * about the square root of the rounding error of one evaluation. */
#define GAIN_LEAST      1e-15
#define STEP_LEAST      1e-9
#define EVALUATIONS_MAX 500

struct lsn_minimiser {
    nlopt_opt opt;
    lsn_objective_fn *objective;
    void *context;
};

static double evaluate(unsigned variables, const double *x, double *gradient, void *data)
{
    const struct lsn_minimiser *minimiser = data;

    (void)variables;
    return minimiser->objective(x, gradient, minimiser->context);
}

/* False: out of memory, the only way in which these calls can fail. */
static bool set_up(nlopt_opt opt, const double *low, const double *high,
                   struct lsn_minimiser *minimiser)
{
    return opt && nlopt_set_lower_bounds(opt, low) == NLOPT_SUCCESS &&
           nlopt_set_upper_bounds(opt, high) == NLOPT_SUCCESS &&
           nlopt_set_min_objective(opt, evaluate, minimiser) == NLOPT_SUCCESS &&
           nlopt_set_ftol_abs(opt, GAIN_LEAST) == NLOPT_SUCCESS &&
           nlopt_set_xtol_abs1(opt, STEP_LEAST) == NLOPT_SUCCESS &&
           nlopt_set_maxeval(opt, EVALUATIONS_MAX) == NLOPT_SUCCESS;
}

enum lsn_status lsn_minimiser_create(int variables, const double *low, const double *high,
                                     lsn_objective_fn *objective, void *context,
                                     struct lsn_minimiser **made, struct lsn_error *err)
{
    struct lsn_minimiser *minimiser = lsn_alloc(1, sizeof *minimiser);

    *made = NULL;
    if (!minimiser)
        return lsn_fail_memory(err, "an optimiser");
    minimiser->objective = objective;
    minimiser->context = context;
    minimiser->opt = nlopt_create(NLOPT_LD_SLSQP, (unsigned)variables);
    if (!set_up(minimiser->opt, low, high, minimiser)) {
        lsn_minimiser_free(minimiser);
        return lsn_fail_memory(err, "an optimiser");
    }
    *made = minimiser;
    return LSN_OK;
}

void lsn_minimiser_free(struct lsn_minimiser *minimiser)
{
    if (!minimiser)
        return;
    nlopt_destroy(minimiser->opt);
    lsn_free(minimiser);
}

enum lsn_status lsn_minimiser_run(struct lsn_minimiser *minimiser, double *x, double *value,
                                  bool *converged, struct lsn_error *err)
{
    nlopt_result result = nlopt_optimize(minimiser->opt, x, value);

    if (result == NLOPT_OUT_OF_MEMORY)
        return lsn_fail_memory(err, "an optimiser");
    /* A search ended by rounding errors has converged: no better point can be told apart. */
    *converged =
        (result > 0 && result != NLOPT_MAXEVAL_REACHED) || result == NLOPT_ROUNDOFF_LIMITED;
    return LSN_OK;
}
