#!/usr/bin/env bash
# scikit-image's Poisson noise is the stronger, the fewer grey levels an image has: low contrast drowns.
#
# One would guess that Poisson noise hangs on how bright an image is, so that at a fixed mean and less
# and less contrast it stays as it is. random_noise(image, mode="poisson") of scikit-image 0.19.3 counts
# the different values in the image, takes the next power of two for the number of photons at white, and
# has no parameter for that number. An 8-bit image of 1/f noise about grey has 215 levels at contrast 1,
# 25 at 0.1 and 4 at 0.01, and gets noise of 0.044, 0.125 and 0.353 rms (of white, by clip=False): eight
# times as much, where the signal has a hundredth. From the same image as floats, where nearly every
# pixel is a value of its own, it is 0.003 throughout, from 16 bits 0.004 to 0.022. A letter in two greys
# gets 0.49 rms, and becomes an image of black, grey and white; a row of other greys at its edge takes
# that to 0.043. Two images that are stacked share one noise: the one of contrast 0.01 gets 0.044 there,
# and 0.352 alone. Nothing warns. The manual's notes say that the number of unique values is found and
# used for scaling; what it does to the noise they do not say, and a later source has the same lines.
# (Issue 4885, which asks what the count is for, is open.) A psychometric function over contrast that is
# measured under such noise is one over the number of grey levels, and another for float, 16-bit and
# 8-bit files. Draw it at a number of photons that is stated: np.random.default_rng().poisson(photons *
# image) / photons, of floats from 0 to 1.
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
python -c 'import skimage.util' || unusable 'the unpacked scikit-image does not load'

cat >"$work/noise.py" <<'PYTHON'
import sys
import warnings

import numpy as np
import skimage
from skimage.util import img_as_float, random_noise

assert skimage.__file__.startswith(sys.argv[1]), skimage.__file__
print(f"scikit-image {skimage.__version__}, NumPy {np.__version__}")
warnings.simplefilter("error")  # a warning would be an error

changed = False

def check(holds, what):
    global changed
    print(f"{'as described' if holds else 'CHANGED'}: {what}")
    changed |= not holds

def noise(image):
    """The rms of what random_noise adds, as a fraction of white."""
    return (random_noise(image, mode="poisson", seed=1, clip=False) - img_as_float(image)).std()

# 1/f noise about grey, from -1 to 1, and the same at a contrast, in three types.
size = 256
frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size)))
frequency[0, 0] = 1
pattern = np.fft.ifft2(np.fft.fft2(np.random.default_rng(1).normal(size=(size, size))) / frequency).real
pattern -= pattern.mean()
pattern /= abs(pattern).max()

def image(contrast, kind):
    values = 0.5 * (1 + contrast * pattern)
    return values if kind == float else np.round(values * np.iinfo(kind).max).astype(kind)

found = {}
for contrast in 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01:
    text = []
    for kind in np.uint8, np.uint16, float:
        shown = image(contrast, kind)
        levels = len(np.unique(shown))
        found[contrast, kind] = rms = noise(shown)
        text.append(f"{np.dtype(kind).name} {levels} values, noise {rms:.4f}")
        photons = 2 ** np.ceil(np.log2(levels))
        check(abs(rms / np.sqrt(0.5 / photons) - 1) < 0.02, f"contrast {contrast}, {text[-1]}, as with {photons:.0f} photons at white")
    print(f"contrast {contrast}: mean {image(contrast, float).mean():.3f}, signal {image(contrast, float).std():.4f}; {'; '.join(text)}")
for contrast, wanted in (1, 0.0442), (0.1, 0.125), (0.01, 0.3536):
    check(abs(found[contrast, np.uint8] / wanted - 1) < 0.02, f"8 bits, contrast {contrast}: {found[contrast, np.uint8]:.3f}")
check(all(abs(found[c, float] - 0.0028) < 2e-4 for c, _ in found), "floats: 0.003 at each contrast")
check(0.003 < found[1, np.uint16] < 0.005 and 0.021 < found[0.01, np.uint16] < 0.023,
      f"16 bits: {found[1, np.uint16]:.4f} to {found[0.01, np.uint16]:.4f}")

letter = np.full((size, size), 128, np.uint8)
letter[64:192, 64:96] = letter[160:192, 64:160] = 64
check(abs(noise(letter) - 0.49) < 0.02, f"a letter of two greys: {noise(letter):.3f}")
check(set(np.unique(random_noise(letter, mode="poisson", seed=1))) == {0, 0.5, 1}, "it becomes black, grey and white")
marked = letter.copy()
marked[0] = np.arange(size)
check(abs(noise(marked) - 0.0434) < 0.001, f"with all grey levels in its first row: {noise(marked):.3f}")

pair = np.stack([image(1, np.uint8), image(0.01, np.uint8)])
together = (random_noise(pair, mode="poisson", seed=1, clip=False) - img_as_float(pair))[1].std()
check(abs(together - 0.044) < 0.001, f"contrast 0.01 in a stack with contrast 1: {together:.3f}, alone {noise(pair[1]):.3f}")

rng = np.random.default_rng(1)
own = [(rng.poisson(256 * image(c, float)) / 256 - image(c, float)).std() for c in (1, 0.1, 0.01)]
check(max(own) / min(own) < 1.02, f"256 photons, stated: {own[0]:.4f} {own[1]:.4f} {own[2]:.4f}")
notes = " ".join(random_noise.__doc__.split())
check("the number of unique values in the image is found and the next round power of two is used to scale up" in notes, "the manual's notes tell of the count")
sys.exit(changed)
PYTHON

echo "Debian's python3-skimage $skimage"
python "$work/noise.py" "$work"
