#!/usr/bin/env bash
# lmfit never moves a lapse rate that starts at its bound of 0: the threshold doubles, with success=True.
#
# One would guess that a parameter may start at one of its bounds, as with scipy.optimize. lmfit 1.1.0
# searches without bounds, for a number of which the parameter is a function: with min=0 alone it is
# sqrt(u^2 + 1) - 1, with min and max a sine. The function is flat at the bound, so a step there changes
# nothing, and a method that goes by steps or derivatives stays. Of a psychometric function (threshold
# 0.05, 0.1 and 0.2, shares right of 1,000 images at 7 contrasts, without noise) with a lapse rate of
# 0.25, l=dict(value=0, min=0) gives a lapse rate of 0 and thresholds of 0.106, 0.196 and 0.355; with
# 0.43 they are 0.295, 0.443 and 0.663. So a lesion that moves no threshold, and only adds lapses, moves
# it from 0.196 to 0.443, and slopes of 2.5 come out as 1.38 and 1.03. It is so for leastsq, the default,
# and for lbfgsb, slsqp and nelder. With a max of 0.5, too, lbfgsb and slsqp do the same, while leastsq
# and nelder got off the bound when it was tried. success is True, R^2 is 0.965; only who prints the
# report reads that uncertainties could not be estimated, "at boundary", which looks like the answer that
# there are no lapses. The manual has the functions, and says of bounds that the best fit may be near
# one, and not that the start must not be; a later source has the functions unchanged. A start of 0.02
# was right by all of these methods, and least_squares, which has bounds of its own, by any start.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 60 MB and takes 280 MB of a temporary folder.
set -euo pipefail
lmfit=1.1.0-1
scipy=1.10.1-2
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# lmfit, SciPy and Python: their packages and all that they depend on, found as for an empty
# machine, unpacked and not installed. Left out is the compiler, which SciPy would use elsewhere.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "python3-lmfit=$lmfit" "python3-scipy=$scipy" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
  grep -vE '^(gcc|g\+\+|cpp|binutils|lib[a-z]*san|[^=]*-dev=)' >"$work/list" ||
  unusable "no python3-lmfit $lmfit among Debian's packages (Debian 12 has it; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/*'
done
rm -r "$work/packages"
libraries=$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu
libraries=$libraries:$work/root/usr/lib/x86_64-linux-gnu/blas:$work/root/usr/lib/x86_64-linux-gnu/lapack
python() {
  env -i LC_ALL=C.UTF-8 PYTHONHOME="$work/root/usr" "$work/root/lib64/ld-linux-x86-64.so.2" \
    --library-path "$libraries" "$work/root/usr/bin/python3.11" -I "$@"
}
python -W ignore -c 'import lmfit' || unusable 'the unpacked lmfit does not load'

cat >"$work/lapses.py" <<'PYTHON'
import sys
import warnings

import numpy as np
import scipy

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of names that NumPy calls old
    import lmfit
from scipy.special import ndtr

assert lmfit.__file__.startswith(sys.argv[1]), lmfit.__file__
print(f"lmfit {lmfit.__version__}, SciPy {scipy.__version__}")
changed = False
contrasts = np.log10([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1])
methods = "leastsq", "lbfgsb", "slsqp", "nelder", "least_squares"
wrong = {(0.25, 0.05): 0.106, (0.25, 0.1): 0.196, (0.25, 0.2): 0.355,
         (0.43, 0.05): 0.295, (0.43, 0.1): 0.443, (0.43, 0.2): 0.663}


def check(holds, what):
    global changed
    print(f"{'as described' if holds else 'CHANGED'}: {what}")
    changed |= not holds


def curve(x, threshold, slope, lapses):
    return 0.001 + (0.999 - lapses) * ndtr(slope * (x - threshold))


def fit(lapses, threshold, method, **start):
    """What a fit finds of shares of 1,000 images, without noise, from a threshold of 0.2 and a slope of 2."""
    right = np.round(1000 * curve(contrasts, np.log10(threshold), 2.5, lapses)) / 1000
    model = lmfit.Model(curve)
    parameters = model.make_params(threshold=-0.7, slope=2, lapses=start.pop("value"))
    parameters["lapses"].set(**start)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # slsqp steps beyond, and what leastsq cannot invert is told by the report.
        warnings.filterwarnings("ignore", category=RuntimeWarning)
        found = model.fit(right, parameters, x=contrasts, method=method)
    values = found.best_values
    values["threshold"] = 10 ** values["threshold"]
    found.text = f"threshold {values['threshold']:.3f}, slope {values['slope']:.2f}, lapse rate {values['lapses']:.3f}, success={found.success}"
    return found


def stuck(found, case):
    values = found.best_values
    return found.success and abs(values["threshold"] - wrong[case]) < 0.002 and values["lapses"] < 1e-3


def true(found, case):
    values = found.best_values
    return found.success and abs(values["threshold"] / case[1] - 1) < 0.03 and abs(values["lapses"] - case[0]) < 0.005


for case in wrong:
    print(f"lapse rate {case[0]}, threshold {case[1]}, slope 2.5:")
    for method in methods:
        found = fit(*case, method, value=0, min=0)
        check((true if method == "least_squares" else stuck)(found, case), f"{method}, from 0, min=0: {found.text}")
    for method in "lbfgsb", "slsqp", "least_squares":
        found = fit(*case, method, value=0, min=0, max=0.5)
        check((true if method == "least_squares" else stuck)(found, case), f"{method}, from 0, min=0, max=0.5: {found.text}")
    for method in methods:
        found = fit(*case, method, value=0.02, min=0)
        check(true(found, case), f"{method}, from 0.02, min=0: {found.text}")

found = fit(0.43, 0.1, "leastsq", value=0, min=0)
check(abs(found.best_values["slope"] - 1.03) < 0.01, f"leastsq, lapse rate 0.43: slope {found.best_values['slope']:.2f}")
found = fit(0.25, 0.1, "leastsq", value=0, min=0)
check(abs(found.best_values["slope"] - 1.38) < 0.01, f"leastsq, lapse rate 0.25: slope {found.best_values['slope']:.2f}")
report = found.fit_report()
check(abs(found.rsquared - 0.965) < 0.001, f"R^2 {found.rsquared:.3f}")
check("uncertainties could not be estimated" in report and "lapses:     at boundary" in report, "the report says: at boundary")

# The parameter as a function of what is searched.
parameter = lmfit.Parameter("lapses", value=0, min=0)
check(parameter.setup_bounds() == 0 and parameter.from_internal(0) == parameter.from_internal(1.5e-8) == 0,
      "with min=0 the search starts at 0, and a step of 1.5e-8 leaves the parameter at 0")
sys.exit(changed)
PYTHON

echo "Debian's python3-lmfit $lmfit, python3-scipy $scipy"
python "$work/lapses.py" "$work"
