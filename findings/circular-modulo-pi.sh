#!/usr/bin/env bash
# R's circular finds evenly spread orientations tuned, and horizontal ones vertical: it ignores modulo.
#
# One would guess that data which are declared as circular(x, units = "degrees", modulo = "pi"),
# orientations that come round after 180 degrees, are averaged and tested as such. circular 0.4-95
# does reduce them to 0 to 180 and prints Modulo = pi with them and with their mean. But then they are
# taken for directions on the full circle: mean, median, var, sd, rho.circular, mle.vonmises and the
# tests of Rayleigh, Kuiper and Watson give the same as without modulo. Of 60 kernels whose preferred
# orientations are spread evenly over all, at 0, 3, ... 177 degrees, the mean is 88.5 degrees, the
# resultant's length R 0.64 and Rayleigh's p 3e-11: a strong preference for vertical, out of nothing, as
# half a circle is filled. Of 60 that all lie within 24 degrees of horizontal (a Gaussian of 10
# degrees), half are near 0 and half near 180, which are opposite directions: the mean is 90, R 0.14
# and p 0.32, no preference, and as far as there is one, it is vertical. Right are R 0 and p 1, and a
# mean of 0, R 0.94 and p 8e-24. Around 90 degrees the mean is right and R is not, 0.99 for 0.94.
# Nothing warns; density alone stops, with "The function does not work yet for modulo='pi'". The
# help says of modulo only that it reduces the measures, and nothing of axial data with the functions
# above; the source of 0.5-2 (2025) has mean, rayleigh.test and density unchanged in this. Who tells
# by it how a lesion, a layer or a training moves orientation tuning should double the angles, as the
# textbooks do, and halve the mean: mean(circular(2 * x, units = "degrees")) / 2; R and p are right then.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 70 MB and takes 210 MB of a temporary folder.
set -euo pipefail
circular=0.4-95-1
rbase=4.2.2.20221110-2
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# circular and R: their packages and all that they depend on, found as for an empty machine,
# unpacked and not installed.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "r-cran-circular=$circular" "r-base-core=$rbase" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' >"$work/list" ||
  unusable "no r-cran-circular $circular among Debian's packages (Debian 12 has it; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/*'
done
rm -r "$work/packages"
libraries=$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu:$work/root/usr/lib/R/lib
libraries=$libraries:$work/root/usr/lib/x86_64-linux-gnu/blas:$work/root/usr/lib/x86_64-linux-gnu/lapack
r() {
  env -i LC_ALL=C.UTF-8 PATH=/usr/bin:/bin TMPDIR="$work" R_HOME="$work/root/usr/lib/R" \
    R_LIBS="$work/root/usr/lib/R/site-library" R_DEFAULT_PACKAGES=stats,utils,graphics \
    "$work/root/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" \
    "$work/root/usr/lib/R/bin/exec/R" --vanilla --no-echo "$@"
}
r -e 'loadNamespace("circular")' >/dev/null || unusable 'the unpacked circular does not load'

cat >"$work/tuning.R" <<'R'
suppressPackageStartupMessages(library(circular))
stopifnot(startsWith(path.package("circular"), R.home()))
options(warn = 2)
cat(sprintf("%s, circular %s\n", R.version.string, packageVersion("circular")))
changed <- 0
check <- function(holds, what) {
  cat(sprintf("%s: %s\n", if (isTRUE(holds)) "as described" else "CHANGED", what))
  if (!isTRUE(holds)) changed <<- 1
}
as_axes <- function(degrees) circular(degrees, units = "degrees", modulo = "pi")
as_angles <- function(degrees) circular(degrees, units = "degrees")

# The orientations that 60 kernels prefer, in degrees from 0 to 180.
spread <- 10 * qnorm((1:60 - 0.5) / 60)
even <- seq(0, 177, 3)
horizontal <- spread %% 180
vertical <- spread + 90

found_of <- function(x, times = 1) {
  middle <- as.numeric(mean(x)) / times
  test <- rayleigh.test(x)
  list(mean = middle, r = rho.circular(x), statistic = test$statistic, p = test$p.value, text = sprintf(
    "mean %.1f, R %.3f, Rayleigh's p %.2g", middle, rho.circular(x), test$p.value))
}
for (name in c("even", "horizontal", "vertical")) {
  degrees <- get(name)
  axes <- found_of(as_axes(degrees))
  twice <- found_of(as_angles(2 * degrees), 2)
  cat(sprintf("%s, from %.1f to %.1f:\n", name, min(degrees), max(degrees)))
  if (name == "even") {
    check(abs(axes$mean - 88.5) < 0.1 && abs(axes$r - 0.637) < 0.001 && axes$p < 1e-9,
          paste('modulo = "pi":', axes$text))
    check(twice$r < 1e-9 && twice$p > 0.999, paste("twice the angles:", twice$text))
  } else if (name == "horizontal") {
    check(abs(axes$mean - 90) < 0.1 && abs(axes$r - 0.137) < 0.001 && axes$p > 0.3, paste('modulo = "pi":', axes$text))
    check(abs(twice$mean) < 0.1 && abs(twice$r - 0.942) < 0.001 && twice$p < 1e-9,
          paste("twice the angles:", twice$text))
  } else {
    check(abs(axes$mean - 90) < 0.1 && abs(axes$r - 0.985) < 0.001, paste('modulo = "pi":', axes$text))
    check(abs(abs(twice$mean) - 90) < 0.1 && abs(twice$r - 0.942) < 0.001, paste("twice the angles:", twice$text))
  }
  # The same as if nothing were said of axes.
  for (statistic in c("mean", "median", "var", "sd", "rho.circular")) {
    with <- as.numeric(get(statistic)(as_axes(degrees)))
    without <- as.numeric(get(statistic)(as_angles(degrees)))
    check(isTRUE(all.equal(with, without)), sprintf('%s: %.4g, without modulo = "pi" %.4g', statistic, with, without))
  }
  for (test in c("rayleigh.test", "kuiper.test", "watson.test")) {
    with <- get(test)(as_axes(degrees))$statistic
    without <- get(test)(as_angles(degrees))$statistic
    check(isTRUE(all.equal(with, without)), sprintf('%s: %.4g, without modulo = "pi" %.4g', test, with, without))
  }
  with <- mle.vonmises(as_axes(degrees))$kappa
  without <- mle.vonmises(as_angles(degrees))$kappa
  check(isTRUE(all.equal(with, without)), sprintf('mle.vonmises: kappa %.4g, without modulo = "pi" %.4g', with, without))
}
check(all.equal(as.numeric(as_axes(c(-10, 190, 370))), c(170, 10, 10)), "data are reduced to 0 to 180 degrees")
shown <- capture.output(print(mean(as_axes(horizontal))))
check("Modulo = pi " %in% shown, "the mean, printed, says Modulo = pi")
refused <- tryCatch(density(as_axes(horizontal), bw = 10), error = conditionMessage)
check(identical(refused, "The function does not work yet for modulo='pi'"), paste("density:", toString(refused)))
quit(status = changed)
R

echo "Debian's r-cran-circular $circular, r-base-core $rbase"
r -f "$work/tuning.R"
