#!/usr/bin/env bash
# scikit-image's contrast limited equalisation (CLAHE) makes images of 1 % and of 100 % contrast alike.
#
# One would guess that contrast limited adaptive histogram equalisation, which was made to keep noise in
# even regions from being blown up, raises contrast up to a factor that clip_limit sets. Before it does
# so, equalize_adapthist of scikit-image 0.19.3 stretches the image from its darkest to its brightest
# pixel to the full range, and again behind it; the manual has neither (issue 4829, of 2020 and open when
# looked at, has both). 1/f noise about grey with a standard deviation of 0.114 of white comes out with
# 0.223, and with 0.223 at contrasts of 0.5, 0.2, 0.1, 0.05 and 0.02, where it went in with 0.0023: one
# image, six times (r = 0.999 and more). 8-bit images, which have few levels left, get 0.13 to 0.22.
# With clip_limit=0.001, at which contrast stays nearly as it is, it is 0.120 each time. Noise of one
# grey level, 128 and 129 by chance, becomes black and white; with one black and one white pixel in a
# corner, which is all that differs, the same noise comes out with 1.3 grey levels rms instead of 127. A
# grating of 5 % contrast becomes one of 100 %, with the two pixels one of 10 %. Nothing warns. Who
# prepares images for a network or an observer by it, and varies contrast, varies nothing, or what one
# bright pixel leaves; and a network that was trained behind it is blind to contrast by its preparation.
# To have the limit limit, let every image hold black and white when it goes in: with a margin of both, a
# tile wide and cut off afterwards, contrasts of 1, 0.2 and 0.05 came out with 0.211, 0.050 and 0.013. Or
# equalise first and set the contrast then.
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
python -c 'import skimage.exposure' || unusable 'the unpacked scikit-image does not load'

cat >"$work/equalise.py" <<'PYTHON'
import sys
import warnings

import numpy as np
import skimage
from skimage.exposure import equalize_adapthist

assert skimage.__file__.startswith(sys.argv[1]), skimage.__file__
print(f"scikit-image {skimage.__version__}, NumPy {np.__version__}")
warnings.simplefilter("error")  # a warning would be an error

changed = False
size = 256


def check(holds, what):
    global changed
    print(f"{'as described' if holds else 'CHANGED'}: {what}")
    changed |= not holds


def michelson(image):
    image = image.astype(float)
    return (image.max() - image.min()) / (image.max() + image.min())


# 1/f noise about grey, from -1 to 1.
frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size)))
frequency[0, 0] = 1
pattern = np.fft.ifft2(np.fft.fft2(np.random.default_rng(1).normal(size=(size, size))) / frequency).real
pattern -= pattern.mean()
pattern /= abs(pattern).max()

full = equalize_adapthist(0.5 * (1 + pattern))
for contrast in 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01:
    image = 0.5 * (1 + contrast * pattern)
    found = equalize_adapthist(image)
    limited = equalize_adapthist(image, clip_limit=0.001)
    eight = equalize_adapthist(np.round(255 * image).astype(np.uint8))
    alike = np.corrcoef(found.ravel(), full.ravel())[0, 1]
    check(abs(found.std() - 0.223) < 0.003 and alike > 0.999,
          f"contrast {contrast}: standard deviation {image.std():.4f}, equalised {found.std():.4f}, r with the first {alike:.4f}")
    check(abs(limited.std() - 0.120) < 0.001, f"contrast {contrast}: with clip_limit=0.001 {limited.std():.4f}")
    check(0.12 < eight.std() < 0.225, f"contrast {contrast}: of 8 bits {eight.std():.4f}")

two = 128 + (np.random.default_rng(2).random((size, size)) < 0.5).astype(np.uint8)
grating = np.tile(np.round(127.5 * (1 + 0.05 * np.sin(2 * np.pi * np.arange(size) / 16))).astype(np.uint8), (size, 1))


def in_corner(image):
    image = image.copy()
    image[0, :2] = 0, 255
    return image


found = equalize_adapthist(two)
check(set(np.unique(found)) == {0, 1} and abs(255 * found.std() - 127.5) < 0.1,
      f"noise of one grey level: {two.std():.2f} grey levels rms, equalised {255 * found.std():.1f}, black and white")
found = equalize_adapthist(in_corner(two))[1:]
check(abs(255 * found.std() - 1.25) < 0.1, f"with a black and a white pixel: {255 * found.std():.2f} grey levels rms")
found = equalize_adapthist(grating)
check(abs(michelson(grating) - 0.051) < 0.001 and michelson(found) == 1,
      f"a grating of contrast {michelson(grating):.3f}: equalised {michelson(found):.3f}")
found = equalize_adapthist(in_corner(grating))[1:]
check(abs(michelson(found) - 0.099) < 0.002, f"with the two pixels: {michelson(found):.3f}")

# A margin of black and white, a tile wide, cut off behind.
tile = size // 8


def with_margin(image):
    wide = np.pad(image, tile, constant_values=0)
    wide[:, :tile] = 255
    return equalize_adapthist(wide, kernel_size=tile)[tile:-tile, tile:-tile]


spread = [with_margin(np.round(127.5 * (1 + c * pattern)).astype(np.uint8)).std() for c in (1, 0.2, 0.05)]
check(np.allclose(spread, [0.211, 0.050, 0.013], atol=0.002), f"with a margin of both: {spread[0]:.3f} {spread[1]:.3f} {spread[2]:.3f} at contrasts of 1, 0.2, 0.05")
check("stretch" not in equalize_adapthist.__doc__ and "full range" not in equalize_adapthist.__doc__, "the manual has nothing of it")
sys.exit(changed)
PYTHON

echo "Debian's python3-skimage $skimage"
python "$work/equalise.py" "$work"
