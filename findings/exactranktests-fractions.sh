#!/usr/bin/env bash
# R's perm.test (exactRankTests) has p = 0.18 for fractions, 0.02 for the same in per cent, 0.004 swapped.
#
# One would guess that an exact test of paired differences does not change with the unit, nor, if it is
# two-sided, with which of a pair comes first. For ten networks' shares right before and after a lesion,
# of which seven fall by up to 0.04 and one rises by 0.01, perm.test(before, after, paired = TRUE) of
# exactRankTests 0.8-35 has p = 0.184, and perm.test(after, before, paired = TRUE) 0.004. In per cent it
# has 0.023 for both, which is right: a count of all 1,024 signs has it, and so has coin 1.4-2 in either
# unit. Where nine lose 0.01 to 0.04 and one gains 0.2, and the right p is 1, shares have 0.012 and,
# swapped, 0.004. By the source, numbers that are not whole are replaced before the test: where k of the
# differences are not above 0, all get the numbers -k, -k + 1 and so on by their order, and the least of
# those above 0 gets 0, and is lost. How large a loss is beside a gain is forgotten. The help says that
# real values are mapped into 1 to N, and the result, if it is printed, "scores mapped into 1:m using
# rounded scores"; nothing says that it makes 0.004 of 1. Loading prints that the package is no longer
# under development, and to consider coin. Two unpaired samples are rounded to m + n steps: 0.056 for
# 0.068. Shares, contrasts and logits are hardly ever whole numbers: who tests kernels or networks on
# them should use coin's symmetry_test(..., distribution = "exact"), or give perm.test counts; with these
# it was right.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 80 MB and takes 220 MB of a temporary folder.
set -euo pipefail
exactranktests=0.8-35-1
coin=1.4-2-1+b1
rbase=4.2.2.20221110-2
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# exactRankTests, coin and R: their packages and all that they depend on, found as for an empty
# machine, unpacked and not installed.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install \
  "r-cran-exactranktests=$exactranktests" "r-cran-coin=$coin" "r-base-core=$rbase" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' >"$work/list" ||
  unusable "no r-cran-exactranktests $exactranktests among Debian's packages (Debian 12 has it; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/*'
done
rm -r "$work/packages"
libraries=$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu:$work/root/usr/lib/R/lib
libraries=$libraries:$work/root/usr/lib/x86_64-linux-gnu/blas:$work/root/usr/lib/x86_64-linux-gnu/lapack
r() {
  env -i LC_ALL=C.UTF-8 PATH=/usr/bin:/bin TMPDIR="$work" R_HOME="$work/root/usr/lib/R" \
    R_LIBS="$work/root/usr/lib/R/site-library:$work/root/usr/lib/R/library" R_DEFAULT_PACKAGES=stats,utils,graphics,methods \
    "$work/root/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" \
    "$work/root/usr/lib/R/bin/exec/R" --vanilla --no-echo "$@"
}
r -e 'suppressMessages(loadNamespace("exactRankTests")); loadNamespace("coin")' >/dev/null ||
  unusable 'the unpacked packages do not load'

cat >"$work/pairs.R" <<'R'
said <- ""
withCallingHandlers(library(exactRankTests), packageStartupMessage = function(m) {
  said <<- paste(said, conditionMessage(m))
  invokeRestart("muffleMessage")
})
suppressPackageStartupMessages(library(coin))
stopifnot(startsWith(path.package("exactRankTests"), R.home()))
options(warn = 2)
cat(sprintf("%s, exactRankTests %s, coin %s\n", R.version.string, packageVersion("exactRankTests"), packageVersion("coin")))
changed <- 0
check <- function(holds, what) {
  cat(sprintf("%s: %s\n", if (isTRUE(holds)) "as described" else "CHANGED", what))
  if (!isTRUE(holds)) changed <<- 1
}
near <- function(p, wanted) abs(p - wanted) < 5e-4

# The exact p by all signs: how many sums are as far from 0 as the one seen. Whole numbers, no rounding.
by_count <- function(difference) {
  signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), length(difference))))
  mean(abs(signs %*% difference) >= abs(sum(difference)))
}
by_coin <- function(before, after) {
  data <- data.frame(y = c(before, after), when = factor(rep(1:2, each = length(before))),
                     network = factor(rep(seq_along(before), 2)))
  as.numeric(pvalue(symmetry_test(y ~ when | network, data, distribution = "exact")))
}
by_perm <- function(before, after) perm.test(before, after, paired = TRUE)$p.value

# Per cent right of ten networks before and after a lesion.
cases <- list(
  "seven lose, one gains" = list(c(50, 52, 52, 48, 47, 52, 50, 49, 53, 51), c(48, 52, 49, 47, 47, 50, 46, 50, 50, 47), 0.0234, 0.1836, 0.0039),
  "nine lose, one gains much" = list(rep(70, 10), c(69, 69, 68, 69, 67, 69, 68, 69, 66, 90), 1, 0.0117, 0.0039))
for (name in names(cases)) {
  case <- cases[[name]]
  before <- case[[1]]
  after <- case[[2]]
  right <- by_count(before - after)
  cat(sprintf("%s; per cent after less before: %s\n", name, toString(after - before)))
  check(near(right, case[[3]]), sprintf("by a count of all signs p is %.4f", right))
  check(near(by_coin(before, after), right) && near(by_coin(before / 100, after / 100), right), "coin has it in per cent and as shares")
  check(near(by_perm(before, after), right) && near(by_perm(after, before), right), "perm.test has it in per cent, both ways")
  share <- by_perm(before / 100, after / 100)
  swapped <- by_perm(after / 100, before / 100)
  check(near(share, case[[4]]), sprintf("perm.test of the shares has %.4f", share))
  check(near(swapped, case[[5]]), sprintf("perm.test of the shares, swapped, has %.4f", swapped))
}
before <- cases[[1]][[1]] / 100
after <- cases[[1]][[2]] / 100

# What the source replaces differences by: numbers from -k on, by their order.
difference <- before - after
k <- sum(difference <= 0)
check(near(perm.test(rank(difference, ties.method = "first") - k - 1)$p.value, by_perm(before, after)),
      sprintf("it is the test of the differences' order, less %d", k + 1))
check(0 %in% (rank(difference, ties.method = "first") - k - 1)[difference > 0], "in which one of those above 0 gets 0")
method <- perm.test(before, after, paired = TRUE)$method
check(grepl("scores mapped into 1:m using rounded scores", method, fixed = TRUE), paste("method:", method))
check(grepl("no longer under development", said) && grepl("coin", said), "loading says so of the package, and names coin")
share <- perm.test(before, after)$p.value
whole <- perm.test(round(100 * before), round(100 * after))$p.value
check(near(whole, 0.0678) && near(share, 0.0557), sprintf("two samples: %.4f in per cent, %.4f as shares", whole, share))
quit(status = changed)
R

echo "Debian's r-cran-exactranktests $exactranktests, r-cran-coin $coin, r-base-core $rbase"
r -f "$work/pairs.R"
