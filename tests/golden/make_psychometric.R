#!/usr/bin/env Rscript
# Psychometric curves of simulated kernels, fitted by R's nlminb (the PORT library) from many
# starts: the numbers of psychometric.h, which tests/unit/psychometric_test.c compares with.
#   Rscript tests/golden/make_psychometric.R >tests/golden/psychometric.h

set.seed(2001)
shares <- list(weibull = function(c, threshold, slope) 1 - exp(-(c / threshold)^slope),
               "naka-rushton" = function(c, threshold, slope) c^slope / (c^slope + threshold^slope))
CONTRASTS <- list(c(.05, .1, .15, .2, .3, .5, 1), c(.05, .1, .5, 1), c(0, .03, .1, .2, .4, .8))

accuracy <- function(rise, guess, contrasts, threshold, slope, lapse)
  guess + (1 - guess - lapse) * rise(contrasts, threshold, slope)

log_likelihood <- function(right, n, p)
  sum(ifelse(right > 0, right * log(p), 0) + ifelse(right < n, (n - right) * log1p(-p), 0))

fit <- function(rise, guess, contrasts, n, right) {
  minus <- function(x) {
    p <- accuracy(rise, guess, contrasts, exp(x[1]), exp(x[2]), x[3])
    -log_likelihood(right, n, pmin(pmax(p, 1e-12), 1 - 1e-12))
  }
  best <- NULL
  above <- contrasts[contrasts > 0]
  bounds <- list(c(log(min(above) / 4), log(.1), 0), c(log(max(above) * 4), log(20), 1 - guess))
  for (threshold in c(.06, .12, .25, .5)) for (slope in c(.8, 1.6, 3, 6)) for (lapse in c(.02, .2, .5)) {
    x <- c(log(threshold), log(slope), lapse)
    for (again in 1:3) {
      found <- nlminb(x, minus, lower = bounds[[1]], upper = bounds[[2]],
                      control = list(rel.tol = 1e-15, x.tol = 1e-12, eval.max = 2000, iter.max = 2000))
      x <- found$par
    }
    if (is.null(best) || found$objective < best$objective) best <- found
  }
  best
}

number <- function(x) sprintf("%.10g", x)
row <- function(x) paste0("{", paste(sapply(x, number), collapse = ", "), "}")

cat("/* Made by make_psychometric.R: simulated kernels, and their curves as R fits them. */\n")
cat("/* clang-format off */\nstatic const struct {\n    int function, count;\n    double guess, images, contrasts[7], right[7];\n")
cat("    double threshold, slope, lapse, deviance;\n} golden[] = {\n")
for (k in 1:50) repeat {
  name <- names(shares)[1 + k %% 2]
  rise <- shares[[name]]
  contrasts <- CONTRASTS[[1 + k %% 3]]
  n <- c(250, 100, 2000)[1 + (k %/% 2) %% 3]
  guess <- c(.001, .125, 0)[1 + (k %/% 3) %% 3]
  truth <- c(10^runif(1, log10(.08), log10(.35)), exp(runif(1, 0, log(4))), runif(1, 0, .5))
  right <- rbinom(length(contrasts), n, accuracy(rise, guess, contrasts, truth[1], truth[2], truth[3]))
  found <- fit(rise, guess, contrasts, n, right)
  x <- c(exp(found$par[1:2]), found$par[3])
  saturated <- log_likelihood(right, n, right / n)
  constant <- log_likelihood(right, n, rep(mean(right) / n, length(right)))
  # Not here: curves that cannot be fitted well, which other tests are about. Draw again.
  if (x[1] < min(contrasts[contrasts > 0]) || x[1] > max(contrasts) || x[2] > 15 ||
      2 * (-found$objective - constant) < 6) next
  cat(sprintf("    {%d, %d, %s, %s, %s, %s, %s, %s, %s, %s},\n", match(name, names(shares)) - 1,
              length(contrasts), number(guess), number(n), row(contrasts), row(right), number(x[1]),
              number(x[2]), number(x[3]), number(2 * (saturated + found$objective))))
  break
}
cat("};\n/* clang-format on */\n")
