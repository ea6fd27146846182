#!/usr/bin/env bash
# skimage.filters.gabor stores an 8-bit image's responses in 8 bits, so that negative ones wrap.
#
# One would guess that a filter whose responses have both signs returns numbers with a sign.
# scikit-image's sobel, laplace, gaussian and canny give the same for an image of uint8 as for
# the same image as floats. gabor alone of these hands a uint8 image to SciPy as it is, and
# SciPy stores the result in the type of the input: fractions are cut off, and from -1 down 256
# is added, so that -1.2 becomes 255. scikit-image 0.19.3 does so without a warning, its manual
# says nothing of it, the manual's own example passes an image of uint8, and the source of 2026
# still does the same. It ruins what a Gabor filter is taken for. Of a grating at 30 degrees,
# filters at 0, 30 and 60 degrees find mean energies of 205, 201 and 205, of the same pixels as
# floats 12, 63 and 12 (in grey levels): the orientation that wins is another one. At a tenth
# of the contrast, the filter at 30 degrees still finds 98 % of the energy, in floats a tenth,
# and at a hundredth nearly none: a contrast response that saturates like a neuron's, and which
# the wrapping made. Who compares a kernel's tuning or contrast response with that of Gabor
# filters should pass skimage.util.img_as_float(image), whose responses are right.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 110 MB and takes 480 MB of a temporary folder.
set -euo pipefail
skimage=0.19.3-8
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# scikit-image: its package and all that it depends on, found as for an empty machine, unpacked
# and not installed. Left out are compilers, with their libraries, and what draws.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "python3-skimage=$skimage" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
  grep -vE '^([^=]*-dev|(gcc|cpp|g\+\+|binutils|libbinutils|unicode-data|python3?-(pythran|sympy|matplotlib))[^=]*|lib(a|l|t|ub)san[0-9])=' >"$work/list" ||
  unusable "no python3-skimage $skimage among Debian's packages (Debian 12 has it; try apt-get update)"
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
python -c 'import skimage.feature, skimage.filters' || unusable 'the unpacked scikit-image does not load'

cat >"$work/gabor.py" <<'PYTHON'
import inspect
import sys
import warnings

import numpy as np
import scipy
import skimage
from skimage.feature import canny
from skimage.filters import gabor, gaussian, laplace, sobel
from skimage.util import img_as_float

assert skimage.__file__.startswith(sys.argv[1]), skimage.__file__
print(f"scikit-image {skimage.__version__}, SciPy {scipy.__version__}, NumPy {np.__version__}")
warnings.simplefilter("error")  # a warning would be an error

changed = 0


def check(holds, what):
    global changed
    print("as described:" if holds else "CHANGED: not so:", what)
    changed += not holds


def grating(contrast):
    """At 30 degrees, 8 pixels a period, about mean grey."""
    y, x = np.mgrid[:128, :128]
    phase = 2 * np.pi / 8 * (x * np.cos(np.pi / 6) + y * np.sin(np.pi / 6))
    return np.rint(127.5 + 127.5 * contrast * np.cos(phase)).astype(np.uint8)


def energies(image, scale):
    """The mean energy (amplitude) of six orientations, away from the border, in grey levels."""
    found = []
    for k in range(6):
        even, odd = gabor(image, 1 / 8, theta=k * np.pi / 6)
        found.append(scale * np.hypot(even.astype(float), odd.astype(float))[32:96, 32:96].mean())
    return np.array(found)


image = grating(1)
for other in sobel, laplace, gaussian, canny:
    a, b = other(image), other(img_as_float(image))
    check(a.dtype == b.dtype and np.allclose(a, b, atol=1e-9),
          f"{other.__name__} of uint8 gives the same as of floats, in {a.dtype}")

bytes_, floats = np.array(gabor(image, 1 / 8)), np.array(gabor(image.astype(float), 1 / 8))
print(f"gabor: {bytes_.dtype} from {bytes_.min()} to {bytes_.max()}; of the same pixels as floats "
      f"from {floats.min():.1f} to {floats.max():.1f}")
check(bytes_.dtype == np.uint8 and floats.min() < -30, "gabor of uint8 gives uint8, though responses are negative")
check(np.array_equal(bytes_, np.trunc(floats) % 256), "each is the response cut to a whole number, modulo 256")
check("uint8" not in inspect.getdoc(gabor) and "dtype" not in inspect.getdoc(gabor), "the manual of gabor names no type")

print("mean energy at 0, 30, 60, 90, 120 and 150 degrees, of a grating at 30:")
tuning = {}
for contrast in 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01:
    image = grating(contrast)
    tuning[contrast] = energies(image, 1), energies(img_as_float(image), 255)
    print(f"  contrast {contrast:<4}", *(f"{kind}" + "".join(f"{e:7.1f}" for e in row) for kind, row in
                                         zip(("  uint8", "  floats"), tuning[contrast])))
check(tuning[1][0].argmax() == 0 and tuning[1][1].argmax() == 1,
      "at contrast 1 uint8 has most energy at 0 degrees, floats at 30")
fall = [tuning[0.1][i][1] / tuning[1][i][1] for i in (0, 1)]
check(fall[0] > 0.95 and abs(fall[1] - 0.1) < 0.005,
      f"at a tenth of the contrast, {fall[0]:.2f} of the energy is left in uint8, {fall[1]:.2f} in floats")
check(tuning[0.01][0][1] < 0.2 < 0.6 < tuning[0.01][1][1], "at contrast 0.01 hardly any is left in uint8")
sys.exit(changed > 0)
PYTHON

echo "Debian's python3-skimage $skimage"
python "$work/gabor.py" "$work"
