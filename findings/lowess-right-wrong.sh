#!/usr/bin/env bash
# lowess, of R and statsmodels, smooths a network that is right on 80 % to one that is right on 100 %.
#
# One would guess that a smooth curve through right and wrong answers (1 and 0) over contrast runs near
# the share of right ones. lowess of R 4.2.2 and of statsmodels 0.13.5 fits a line in each neighbourhood,
# and then fits again three times (iter = 3, it=3), each time with less weight for what is far from the
# curve, and with none beyond six times the median distance. Where most answers are right, the wrong ones
# are far. Of a share of 0.1, 0.2, 0.8 or 0.9, the same all along, both make 0, 0, 1 and 1, of 0.3 and
# 0.7 they make 0.12 and 0.88; 0.4 and 0.6 are nearly left alone. Of 200 images at each of seven
# contrasts a network is right on 0.005, 0.035, 0.205, 0.45, 0.695, 0.865 and 0.895: the curve has 0, 0,
# 0, 0, 0.60, 1 and 1. With a lesion that takes a ninth of the right answers it has 0.29 at contrast 0.1
# and 1.04 at full contrast: the lesion seems to help at both, where it takes 0.05 and 0.1. With a
# narrower neighbourhood (f, frac 0.3) the curve of the lesioned network is a step from 0 to 1, before
# contrast 0.2 by R and after it by statsmodels; it is right on 0.62 there. Nothing warns. Both manuals
# tell of the passes and the weights, and not that they are unfit for right and wrong; seaborn's
# regplot(lowess=True) calls statsmodels' with these defaults (by its source, 0.12.2). R's loess, another
# function, has no such passes by default, and was right to 0.015. Who looks at single trials over
# contrast, or at a classifier's calibration, sees observers and networks that never fail, and too steep
# a threshold: pass iter = 0 (R) or it=0 (statsmodels), which left 0.80 at 0.80, and take a small
# neighbourhood.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 130 MB and takes 500 MB of a temporary folder.
set -euo pipefail
statsmodels=0.13.5+dfsg-7
rbase=4.2.2.20221110-2
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# R and statsmodels: their packages and all that they depend on, found as for an empty machine,
# unpacked and not installed. Left out is the compiler, which SciPy would use elsewhere.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "python3-statsmodels=$statsmodels" "r-base-core=$rbase" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
  grep -vE '^(gcc|g\+\+|cpp|binutils|lib[a-z]*san|[^=]*-dev=)' >"$work/list" ||
  unusable "no python3-statsmodels $statsmodels among Debian's packages (Debian 12 has it; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/*'
done
rm -r "$work/packages"
libraries=$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu:$work/root/usr/lib/R/lib
libraries=$libraries:$work/root/usr/lib/x86_64-linux-gnu/blas:$work/root/usr/lib/x86_64-linux-gnu/lapack
python() {
  env -i LC_ALL=C.UTF-8 PYTHONHOME="$work/root/usr" "$work/root/lib64/ld-linux-x86-64.so.2" \
    --library-path "$libraries" "$work/root/usr/bin/python3.11" -I "$@"
}
r() {
  env -i LC_ALL=C.UTF-8 PATH=/usr/bin:/bin TMPDIR="$work" R_HOME="$work/root/usr/lib/R" \
    R_DEFAULT_PACKAGES=stats,utils "$work/root/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" \
    "$work/root/usr/lib/R/bin/exec/R" --vanilla --no-echo "$@"
}
python -c 'import statsmodels.nonparametric.smoothers_lowess' || unusable 'the unpacked statsmodels does not load'
r -e 'loadNamespace("stats")' >/dev/null || unusable 'the unpacked R does not load'

# Each smooths the answers of answers.csv (case, contrast, right) and writes the curve in their order.
cat >"$work/smooth.R" <<'R'
options(warn = 2)
data <- read.csv("answers.csv")
curves <- lapply(split(data, data$case), function(d) {
  at <- function(fit) approx(fit$x, fit$y, xout = d$x, ties = list("ordered", mean))$y
  cbind(d, robust = at(lowess(d$x, d$right)), narrow = at(lowess(d$x, d$right, f = 0.3)),
        plain = at(lowess(d$x, d$right, f = 0.3, iter = 0)))
})
# loess says in warnings that seven contrasts are few values.
options(warn = -1)
curves <- lapply(curves, function(d) cbind(d, other = fitted(loess(right ~ x, d))))
write.csv(do.call(rbind, curves), "r.csv", row.names = FALSE)
cat(sprintf("%s\n", R.version.string))
R
cat >"$work/smooth.py" <<'PYTHON'
import os
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import statsmodels
from scipy.special import ndtr
from statsmodels.nonparametric.smoothers_lowess import lowess

warnings.simplefilter("error")
work, step = sys.argv[1:]
os.chdir(work)
assert statsmodels.__file__.startswith(work), statsmodels.__file__
contrasts = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1])
shares = 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9
images = 200


def network(lapses):
    """How many of the images are right at each contrast, without noise."""
    return np.round(images * (0.001 + (0.999 - lapses) * ndtr(2.5 * (np.log10(contrasts) + 1)))).astype(int)


def answers():
    """Answers spread evenly at one share all along, and those of a network at seven contrasts."""
    parts = []
    for share in shares:
        right = np.diff(np.floor(np.arange(1001) * share + 0.5))
        parts.append(pd.DataFrame({"case": f"share {share}", "x": np.arange(1, 1001) / 1000, "right": right}))
    for name, lapses in ("network", 0.1), ("lesioned", 0.2):
        right = np.concatenate([np.arange(images) < count for count in network(lapses)])
        parts.append(pd.DataFrame({"case": name, "x": np.repeat(np.log10(contrasts), images), "right": right.astype(int)}))
    return pd.concat(parts)


if step == "make":
    answers().to_csv("answers.csv", index=False)
    sys.exit()

changed = False


def check(holds, what):
    global changed
    print(f"{'as described' if holds else 'CHANGED'}: {what}")
    changed |= not holds


def words(values):
    return " ".join(f"{v:.3f}" for v in values)


print(f"statsmodels {statsmodels.__version__.split('+')[0]}")
by_r = pd.read_csv("r.csv")
by_statsmodels = answers().groupby("case", group_keys=False).apply(lambda d: d.assign(
    robust=lowess(d.right, d.x, return_sorted=False), narrow=lowess(d.right, d.x, frac=0.3, return_sorted=False),
    plain=lowess(d.right, d.x, frac=0.3, it=0, return_sorted=False)))
for name, found in ("R", by_r), ("statsmodels", by_statsmodels):
    for share in shares:
        curve = found[found.case == f"share {share}"]
        low, high = curve.robust.min(), curve.robust.max()
        right = {0.3: 0.11 < low and high < 0.13, 0.7: 0.87 < low and high < 0.89}.get(
            share, abs(low - share) < 0.03 and abs(high - share) < 0.03)
        if share in (0.1, 0.2, 0.8, 0.9):
            right = max(abs(low - round(share)), abs(high - round(share))) < 1e-9
        check(right and abs(curve.right.mean() - share) < 1e-9, f"{name}, share {share}: the curve is {low:.3f} to {high:.3f}")
        check(abs(curve.plain - share).max() < 0.02, f"{name}, share {share}: without the passes {curve.plain.min():.3f} to {curve.plain.max():.3f}")
    seven = {}
    for case in "network", "lesioned":
        curve = found[found.case == case].groupby("x").mean(numeric_only=True)
        seven[case] = curve
        print(f"{name}, {case}: right on {words(curve.right)}\n  lowess {words(curve.robust)}\n  narrow {words(curve.narrow)}")
    intact, lesioned = seven["network"], seven["lesioned"]
    check(np.allclose(intact.robust, [0, 0, 0, 0, 0.602, 1, 1], atol=0.001), f"{name}: the network's curve")
    check(np.allclose(lesioned.robust.iloc[3:], [0.291, 0.567, 0.930, 1.035], atol=0.001), f"{name}: the lesioned one's curve")
    step = [0, 0, 0, 0, name == "R", 1, 1]
    check(np.allclose(lesioned.narrow, step, atol=1e-6), f"{name}: with a narrow neighbourhood it is a step")
    check(abs(lesioned.plain - lesioned.right).max() < 1e-6, f"{name}: without the passes the narrow one is the share")
    if name == "R":
        worst = max(abs(c.other - c.right).max() for c in seven.values())
        check(worst < 0.015, f"R's loess is off by {worst:.4f} at most")
check(np.allclose(by_r.sort_values(["case", "x"]).robust, by_statsmodels.sort_values(["case", "x"]).robust, atol=0.02),
      "the curves of R and of statsmodels agree")
sys.exit(changed)
PYTHON

echo "Debian's python3-statsmodels $statsmodels, r-base-core $rbase"
python "$work/smooth.py" "$work" make
(cd "$work" && r -f smooth.R)
python "$work/smooth.py" "$work" check
