#!/usr/bin/env bash
# scipy.optimize.minimize leaves a threshold fitted to float32 data at its start, and says success.
#
# One would guess that float32 data cost a fit some digits. A psychometric function's likelihood
# (threshold, slope, lapse rate; counts of 1,000 images at 7 contrasts, without noise) is minimised
# with bounds, for which L-BFGS-B is the default, from a threshold of 0.1; the true ones are 0.05,
# 0.1, 0.2 and 0.4. Of float64 arrays SciPy 1.10.1 has 0.050, 0.100, 0.200 and 0.399, in 10 to 15
# steps. Of the same arrays as float32 it has 0.1000 four times, and the slope that it started
# with, after 0 to 2 steps, with success=True and "CONVERGENCE"; only the lapse rate moves, from
# 0.20 to 0.23, 0.52 and 0.49. That is how a network would look whose lesions cost at any contrast
# and never shift a threshold. SLSQP and TNC do the same. The parameters are float64, but by the
# rules of NumPy 1.24.2 a number times a float32 array is float32, and there the likelihood is the
# same after the step of about 1e-8 by which minimize takes its derivatives: they are 0. Outputs of
# PyTorch and ONNX Runtime are float32, and so is what np.load reads of them: give a fit
# .astype(float), and look at nit. Nelder-Mead, which takes no derivatives, is right (0.394 is its
# last), and curve_fit is, too, which makes float64 of its data first.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 50 MB and takes 280 MB of a temporary folder.
set -euo pipefail
scipy=1.10.1-2
numpy=1:1.24.2-1+deb12u1
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# SciPy, NumPy and Python: their packages and all that they depend on, found as for an empty
# machine, unpacked and not installed. Left out is the compiler, which SciPy would use elsewhere.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "python3-scipy=$scipy" "python3-numpy=$numpy" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
  grep -vE '^(gcc|g\+\+|cpp|binutils|lib[a-z]*san|[^=]*-dev=)' >"$work/list" ||
  unusable "no python3-scipy $scipy among Debian's packages (Debian 12 has it; try apt-get update)"
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
python -c 'import scipy.optimize' || unusable 'the unpacked SciPy does not load'

cat >"$work/fit.py" <<'PYTHON'
import sys
import warnings

import numpy as np
import scipy
from scipy.optimize import curve_fit, minimize
from scipy.special import ndtr

assert scipy.__file__.startswith(sys.argv[1]), scipy.__file__
print(f"SciPy {scipy.__version__}, NumPy {np.__version__}")
changed = False
contrasts = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1])
images, chance, lapses, slope = 1000, 0.001, 0.255, 2.5
start, bounds = [-1.0, 2.0, 0.2], [(-3, 0), (0.1, 20), (0, 0.9)]


def check(holds, what):
    global changed
    print(f"{'as described' if holds else 'CHANGED'}: {what}")
    changed |= not holds


def curve(x, threshold, slope, lapses):
    return chance + (1 - chance - lapses) * ndtr(slope * (x - threshold))


def data(threshold, kind):
    """Logarithms of contrasts, and shares right."""
    x = np.log10(contrasts)
    right = np.round(images * curve(x, np.log10(threshold), slope, lapses)) / images
    return x.astype(kind), right.astype(kind)


def fit(threshold, kind, **how):
    x, right = data(threshold, kind)

    def cost(p):
        q = curve(x, *p)
        return -images * np.sum(right * np.log(q) + (1 - right) * np.log(1 - q))

    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # SLSQP's, of steps beyond the bounds
        return minimize(cost, start, bounds=bounds, **how)


def near(result, threshold):
    return abs(10 ** result.x[0] / threshold - 1) < 0.03


def words(result):
    return f"threshold {10 ** result.x[0]:.4f}, slope {result.x[1]:.3f}, lapse rate {result.x[2]:.3f}, {result.nit} steps"


check((np.float64(0.1) * np.ones(1, np.float32)).dtype == np.float32, "a number times a float32 array is float32")
for threshold in 0.05, 0.1, 0.2, 0.4:
    print(f"threshold {threshold}, slope {slope}, lapse rate {lapses}:")
    double = fit(threshold, np.float64)
    check(double.success and near(double, threshold) and double.nit >= 10, f"float64: {words(double)}")
    for method in "L-BFGS-B", "SLSQP", "TNC":
        single = fit(threshold, np.float32, method=method)
        check(single.success and single.nit <= 5 and list(single.x[:2]) == start[:2],
              f"float32, {method}: {words(single)}, success={single.success}, {single.message}")
        check(not np.any(single.jac[:2]), f"float32, {method}: derivatives {single.jac}")
    simplex = fit(threshold, np.float32, method="Nelder-Mead")
    check(near(simplex, threshold), f"float32, Nelder-Mead: {words(simplex)}")
    squares = 10 ** curve_fit(curve, *data(threshold, np.float32), start)[0][0]
    check(abs(squares / threshold - 1) < 0.03, f"float32, curve_fit: threshold {squares:.4f}")
sys.exit(changed)
PYTHON

echo "Debian's python3-scipy $scipy, python3-numpy $numpy"
python "$work/fit.py" "$work"
