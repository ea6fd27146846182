#!/usr/bin/env bash
# psyphy's glm.lambda answers a lapse rate above 0.1 with a negative one and another threshold.
#
# One would guess that a fit that estimates the lapse rate fits no worse than one without. For
# psychometric functions in R, glm.lambda of psyphy 0.2-3 fits a glm at each of 40 lapse rates from
# 0 to 0.1, lays a parabola through the deviances about the least, and takes its extremum.
# Where the lapse rate is larger, the deviances still fall at 0.1 and bend down, and the parabola's
# extremum is its highest point. A network of 1,000 classes that is right on 75 % at full contrast,
# with its threshold at contrast 0.1, has a lapse rate of 0.25; from 1,000 images at each of 7
# contrasts, without noise, glm.lambda has -0.26 and a threshold of 0.43, with a deviance of 260.
# Of its own 40 fits the best has 93, a glm without lapses 160, the right curve 0.02. At 0.43
# (57 % right, as AlexNet) it is -0.21 and 0.75, with two classes and 0.25 a threshold of 0.92.
# There is no warning, and the fit says that it converged. The help page says that "an error might
# occur" if the least is outside the rates tried, as one does at 0.2. But without any lapse, too,
# the rate comes out negative (-0.008, and a deviance of 8.8 where the glm without has 0.01).
# Below 0.1 it is right. People seldom lapse that often, networks nearly always do. Use
# glm.WH(..., interval = c(0, 0.5)) of the same package, which is right in all of these cases (its
# own interval ends at 0.05), and compare the deviance with that of a glm without lapses.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 70 MB and takes 210 MB of a temporary folder.
set -euo pipefail
psyphy=0.2-3-1
rbase=4.2.2.20221110-2
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# psyphy and R: their packages and all that they depend on, found as for an empty machine,
# unpacked and not installed.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "r-cran-psyphy=$psyphy" "r-base-core=$rbase" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' >"$work/list" ||
  unusable "no r-cran-psyphy $psyphy among Debian's packages (Debian 12 has it; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/*'
done
rm -r "$work/packages"
libraries=$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu:$work/root/usr/lib/R/lib
libraries=$libraries:$work/root/usr/lib/x86_64-linux-gnu/blas:$work/root/usr/lib/x86_64-linux-gnu/lapack
r() {
  env -i LC_ALL=C.UTF-8 PATH=/usr/bin:/bin TMPDIR="$work" R_HOME="$work/root/usr/lib/R" \
    R_DEFAULT_PACKAGES=stats,utils,graphics "$work/root/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" \
    "$work/root/usr/lib/R/bin/exec/R" --vanilla --no-echo "$@"
}
r -e 'loadNamespace("psyphy", lib.loc = file.path(R.home(), "site-library"))' >/dev/null ||
  unusable 'the unpacked psyphy does not load'

cat >"$work/lapses.R" <<'R'
library(psyphy, lib.loc = file.path(R.home(), "site-library"))
stopifnot(startsWith(path.package("psyphy"), R.home()))
cat(sprintf("%s, psyphy %s\n", R.version.string, packageVersion("psyphy")))
changed <- 0
check <- function(holds, what) {
  cat(sprintf("%s: %s\n", if (isTRUE(holds)) "as described" else "CHANGED", what))
  if (!isTRUE(holds)) changed <<- 1
}

# What a network of so many classes has right of 1,000 images, without noise.
log_contrast <- log10(c(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1))
answers <- function(classes, lapses) {
  right <- round(1000 * (1 / classes + (1 - 1 / classes - lapses) * pnorm(2.5 * (log_contrast + 1))))
  cbind(right, wrong = 1000 - right)
}
# A fit's lapse rate, threshold and so on; nothing but its error where it fails.
fitted_by <- function(fit) {
  warnings <- 0
  output <- capture.output(found <- withCallingHandlers(
    tryCatch(fit(), error = function(e) e),
    warning = function(w) { warnings <<- warnings + 1; invokeRestart("muffleWarning") }))
  if (inherits(found, "error")) return(list(error = conditionMessage(found), text = conditionMessage(found)))
  threshold <- unname(10^(-coef(found)[1] / coef(found)[2]))
  lapses <- if (is.null(found$lambda)) 0 else unname(found$lambda)
  list(lapses = lapses, threshold = threshold, deviance = deviance(found), warnings = warnings,
       converged = found$converged, best = if (is.null(found$profile)) NA else min(found$profile$deviance), text = sprintf(
    "lapse rate %.3f, threshold %.3f, deviance %.2f", lapses, threshold, deviance(found)))
}

for (case in list(c(1000, 0.25), c(1000, 0.43), c(10, 0.25), c(2, 0.25), c(1000, 0.2), c(1000, 0.02), c(1000, 0))) {
  classes <- case[1]
  lapses <- case[2]
  seen <- answers(classes, lapses)
  lambda <- fitted_by(function() glm.lambda(seen ~ log_contrast, NumAlt = classes))
  none <- fitted_by(function() glm(seen ~ log_contrast, family = binomial(mafc.probit(classes))))
  wide <- fitted_by(function() glm.WH(seen ~ log_contrast, NumAlt = classes, interval = c(0, 0.5)))
  cat(sprintf("%d classes, lapse rate %g, threshold 0.1:\n", classes, lapses))
  cat(sprintf("  glm without lapses: %s\n  glm.WH to 0.5: %s\n  glm.lambda: %s\n", none$text, wide$text, lambda$text))
  if (lapses > 0.2) {
    check(lambda$lapses < 0, "glm.lambda's lapse rate is negative")
    check(lambda$threshold > 0.35, "its threshold is beyond 3.5 times the right one")
    check(lambda$deviance > none$deviance, "it fits worse than a glm without lapses")
    check(lambda$deviance > lambda$best, sprintf("and worse than the best of its own fits, %.2f", lambda$best))
    check(lambda$warnings == 0 && lambda$converged, "it warns of nothing and says that it converged")
  } else if (lapses == 0.2) {
    check(!is.null(lambda$error), "glm.lambda ends with an error")
  } else if (lapses > 0) {
    check(abs(lambda$lapses - lapses) < 0.002 && abs(lambda$threshold - 0.1) < 0.001, "glm.lambda is right")
  } else {
    check(lambda$lapses < -0.005, "glm.lambda's lapse rate is negative")
    check(lambda$deviance > none$deviance + 5, "it fits worse than a glm without lapses")
  }
  check(abs(wide$lapses - lapses) < 0.002 && abs(wide$threshold - 0.1) < 0.001, "glm.WH is right")
}
quit(status = changed)
R

echo "Debian's r-cran-psyphy $psyphy, r-base-core $rbase"
r -f "$work/lapses.R"
