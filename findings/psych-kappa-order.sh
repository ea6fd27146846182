#!/usr/bin/env bash
# psych's cohen.kappa sorts ordered ratings by the alphabet: the worse pair of raters gets the better kappa.
#
# One would guess that a weighted kappa of two columns of ordered factors, as none < weak < clear < strong
# for how visible a target is, goes by that order: R made it known, and the default weights count by
# squared steps. cohen.kappa of psych 2.2.9 makes text of the factors and sorts it: clear, none, strong,
# weak. Of 100 images two raters who differ on 30, by one step each time, have 0.32 instead of 0.88, with
# an interval of 0.11 to 0.53. Two who differ on 20, by two steps each time, calling clear what the other
# calls none, have 0.92 instead of 0.68, and an interval of 0.89 to 0.95. So those who confuse more come
# out as those who agree. Nothing warns, and what is printed does not name the categories; only the table
# in the result, $agree, has them in their order. The unweighted kappa, 0.60 and 0.73, is right. Ratings
# of 1 to 10 in factors are sorted as 1, 10, 2 and so on: 0.82 instead of 0.98. The help asks for
# categorical values from 1 to p, and has an example of words, red, yellow and blue; of the argument
# levels it says that it is for levels that are completely missing, and nowhere in which order the
# categories lie. Who compares observers with each other, or a network with them, by visibility, quality
# or confidence in words, should pass levels = levels(x[[1]]), or whole numbers, or a table() of the
# factors: all three were right.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 80 MB and takes 230 MB of a temporary folder.
set -euo pipefail
psych=2.2.9-1
rbase=4.2.2.20221110-2
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# psych and R: their packages and all that they depend on, found as for an empty machine,
# unpacked and not installed.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "r-cran-psych=$psych" "r-base-core=$rbase" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' >"$work/list" ||
  unusable "no r-cran-psych $psych among Debian's packages (Debian 12 has it; try apt-get update)"
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
r -e 'loadNamespace("psych")' >/dev/null || unusable 'the unpacked psych does not load'

cat >"$work/raters.R" <<'R'
suppressPackageStartupMessages(library(psych))
stopifnot(startsWith(path.package("psych"), R.home()))
options(warn = 2)
cat(sprintf("%s, psych %s\n", R.version.string, packageVersion("psych")))
changed <- 0
check <- function(holds, what) {
  cat(sprintf("%s: %s\n", if (isTRUE(holds)) "as described" else "CHANGED", what))
  if (!isTRUE(holds)) changed <<- 1
}
near <- function(found, wanted) abs(found - wanted) < 0.005

# Weighted kappa by its definition, of a table in the order of the scale, by squared steps.
by_definition <- function(counts) {
  share <- counts / sum(counts)
  chance <- outer(rowSums(share), colSums(share))
  weight <- 1 - (row(counts) - col(counts))^2 / (nrow(counts) - 1)^2
  (sum(weight * share) - sum(weight * chance)) / (1 - sum(weight * chance))
}
# One row for each image, with the step of the scale that each rater chose.
steps <- function(counts) {
  cells <- which(counts > 0, arr.ind = TRUE)
  cells[rep(seq_len(nrow(cells)), counts[cells]), ]
}
words <- c("none", "weak", "clear", "strong")
pairs <- list(
  "one step apart on 30 of 100" = list(rbind(c(20, 5, 0, 0), c(5, 15, 5, 0), c(0, 5, 15, 5), c(0, 0, 5, 20)), 0.88, 0.32, 0.60),
  "two steps apart on 20 of 100" = list(rbind(c(20, 0, 5, 0), c(0, 20, 0, 5), c(5, 0, 20, 0), c(0, 5, 0, 20)), 0.68, 0.92, 0.73))
for (name in names(pairs)) {
  counts <- pairs[[name]][[1]]
  chosen <- steps(counts)
  ratings <- data.frame(a = factor(words[chosen[, 1]], words, ordered = TRUE), b = factor(words[chosen[, 2]], words, ordered = TRUE))
  right <- by_definition(counts)
  found <- cohen.kappa(ratings)
  cat(sprintf("%s:\n", name))
  check(nrow(ratings) == 100 && sum(ratings$a != ratings$b) == as.integer(sub(".* on ([0-9]+) .*", "\\1", name)), "so they are")
  check(near(right, pairs[[name]][[2]]), sprintf("by definition the weighted kappa is %.2f", right))
  check(near(found$weighted.kappa, pairs[[name]][[3]]), sprintf("of ordered factors it is %.2f, interval %.2f to %.2f",
                                                              found$weighted.kappa, found$confid[2, 1], found$confid[2, 3]))
  check(near(found$kappa, pairs[[name]][[4]]) && near(cohen.kappa(chosen)$kappa, found$kappa),
        sprintf("the unweighted one is %.2f, of numbers, too", found$kappa))
  check(identical(rownames(found$agree), sort(words)), paste("$agree has", toString(rownames(found$agree))))
  shown <- capture.output(print(found))
  check(!any(grepl("none", shown)), "what is printed does not name the categories")
  check(near(cohen.kappa(ratings, levels = levels(ratings$a))$weighted.kappa, right), "with levels it is right")
  check(near(cohen.kappa(chosen)$weighted.kappa, right), "of whole numbers it is right")
  check(near(cohen.kappa(table(ratings$a, ratings$b))$weighted.kappa, right), "of a table it is right")
}

# Ratings from 1 to 10, ten of each, of which one in two is a step off.
a <- rep(1:10, each = 10)
b <- pmin(10, pmax(1, a + rep(c(0, 0, 0, 1, 0, 0, -1, 0, 1, -1), 10)))
ten <- data.frame(a = factor(a, 1:10), b = factor(b, 1:10))
right <- by_definition(unclass(table(ten$a, ten$b)))
found <- cohen.kappa(ten)
check(near(found$weighted.kappa, 0.818) && near(cohen.kappa(cbind(a, b))$weighted.kappa, right) && near(right, 0.978),
      sprintf("1 to 10: factors %.3f, numbers %.3f", found$weighted.kappa, cohen.kappa(cbind(a, b))$weighted.kappa))
check(identical(rownames(found$agree)[1:3], c("1", "10", "2")), "1 to 10 in factors are sorted as 1, 10, 2")
quit(status = changed)
R

echo "Debian's r-cran-psych $psych, r-base-core $rbase"
r -f "$work/raters.R"
