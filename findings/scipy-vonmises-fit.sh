#!/usr/bin/env bash
# scipy.stats.vonmises.fit finds a concentration of 0.5 to 1.5 in any tuning, from nearly none to sharp.
#
# One would guess that fit(angles), which maximises the likelihood, has the concentration kappa that the
# angles have. SciPy 1.10.1 returns kappa, loc and scale, and searches all three. The scale of a von
# Mises distribution is no width: the smaller it is, the more often the density comes round on the
# circle, and the higher it is, without end. So the search runs off to a scale near 1e-28 or less, where
# the likelihood is e^12000 and more, and leaves kappa where it happens to be. Of 200 angles each, spread
# as a kappa of 0.5, 1, 2, 4, 8 and 16 has them about 0, it has 0.45, 1.20, 1.54, 1.22, 1.21 and 1.20.
# From 4 to 16 the width halves, and the fit has the same; at 8 and 16 it is as flat as at 1. About 0.5
# radians loc is off, too, by 0.1 to 0.4. There is no warning. With fscale=1 it is right, 0.50, 1.00,
# 2.00, 4.02, 8.05 and 16.10, which are the values that the resultant's length gives. The manual of
# 1.10.1 says that scale scales the distribution as with any other, and not that fit needs it fixed;
# SciPy's pull requests 17585 and 18013 give later versions, by their description, a fit of its own with
# a scale of 1. Who fits the orientation tuning of kernels or cells, or an observer's errors, finds the
# same breadth everywhere, before and after a lesion or a training. Give fscale=1, and look at scale.
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
python -c 'import scipy.stats' || unusable 'the unpacked SciPy does not load'

cat >"$work/tuning.py" <<'PYTHON'
import sys
import warnings

import numpy as np
import scipy
from scipy.optimize import brentq
from scipy.special import i0, i1
from scipy.stats import vonmises

assert scipy.__file__.startswith(sys.argv[1]), scipy.__file__
print(f"SciPy {scipy.__version__}, NumPy {np.__version__}")
warnings.simplefilter("error")  # a warning would be an error
changed = False


def check(holds, what):
    global changed
    print(f"{'as described' if holds else 'CHANGED'}: {what}")
    changed |= not holds


def angles(kappa, middle):
    """200 angles, spread as the distribution has them, without chance."""
    return vonmises.ppf((np.arange(200) + 0.5) / 200, kappa, loc=middle)


def by_resultant(x):
    """The concentration of the highest likelihood, by the resultant's length."""
    length = abs(np.exp(1j * x).mean())
    return brentq(lambda kappa: i1(kappa) / i0(kappa) - length, 1e-6, 500)


wrong = []
for middle in 0, 0.5:
    for kappa in 0.5, 1, 2, 4, 8, 16:
        x = angles(kappa, middle)
        found = vonmises.fit(x)
        fixed = vonmises.fit(x, fscale=1)
        wrong.append(found[0])
        check(0.4 < found[0] < 1.65 and found[2] < 1e-25,
              f"kappa {kappa} about {middle}: fit has kappa {found[0]:.3f}, loc {found[1]:.3f}, scale {found[2]:.2g}")
        check(vonmises.logpdf(x, *found).sum() > 12000 > 0 > vonmises.logpdf(x, *fixed).sum(),
              f"kappa {kappa} about {middle}: logarithm of the likelihood {vonmises.logpdf(x, *found).sum():.0f}, with fscale=1 {vonmises.logpdf(x, *fixed).sum():.0f}")
        check(abs(fixed[0] / by_resultant(x) - 1) < 0.001 and abs(fixed[0] / kappa - 1) < 0.01 and abs(fixed[1] - middle) < 0.001,
              f"kappa {kappa} about {middle}: with fscale=1 kappa {fixed[0]:.3f}, loc {fixed[1]:.3f}; by the resultant's length {by_resultant(x):.3f}")
        if middle:
            check(0.02 < abs(found[1] - middle) < 0.6, f"kappa {kappa} about {middle}: fit's loc is off by {found[1] - middle:.2f}")
print(f"about 0 fit has {' '.join(f'{k:.2f}' for k in wrong[:6])}")
x = angles(4, 0)
check(all(abs(vonmises.pdf(x, 4, 0, s) - vonmises.pdf(x / s, 4) / s).max() < 1e-9 for s in (0.5, 0.01)),
      "a density with a scale is that of x / scale, divided by it")
sys.exit(changed)
PYTHON

echo "Debian's python3-scipy $scipy, python3-numpy $numpy"
python "$work/tuning.py" "$work"
