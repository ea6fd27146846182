#!/usr/bin/env bash
# Pillow's ImageStat finds the same contrast in all 16-bit PNGs: 0.71 for gratings of 100 % and of 1 %.
#
# One would guess that ImageStat.Stat(image).stddev / .mean, the rms contrast, hangs on the image, and
# for 16 bits is at worst a little coarse. Pillow 9.4.0 takes both from the image's histogram, of 256
# bins, and where a pixel is one number of more than 8 bits (modes I and F) the bins lie between the
# image's own darkest and brightest pixel. So its contrast is stretched to the full range before it is
# measured, and its luminance is lost: gratings of contrasts of 1, 0.5, 0.1 and 0.01 have 0.713, 0.713,
# 0.713 and 0.712, where they have 0.707, 0.354, 0.071 and 0.007, and images of 0 and 1000, of 30000 and
# 40000 and of 65000 and 65535 have a mean of 127.5 each, and a standard deviation of 127.5.
# image.entropy() is the same for them, too. In 8 bits all of it is right. A 16-bit TIFF opens in another
# mode, I;16, whose histogram counts bytes, high and low ones alike: there the gratings have 0.634,
# 0.366, 0.449 and 0.440. Nothing warns. The manual says that counts are grouped into 256 bins, and that
# a mean is therefore at most 255; not where the bins lie. Who checks or equates the contrast of stimuli
# by it, or sorts a network's images by it, finds them equal once they are saved with more bits.
# numpy.asarray(image).std() is right in each of these modes; for PNGs of 16 bits so is
# ImageStat.Stat(image.histogram(extrema=(0, 65535))), to 8 bits.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 50 MB and takes 200 MB of a temporary folder.
set -euo pipefail
pillow='9.4.0-1.1*' # what follows is Debian's own revision, which security updates raise
numpy=1:1.24.2-1+deb12u1
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Pillow, NumPy and Python: their packages and all that they depend on, found as for an empty machine,
# unpacked and not installed.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "python3-pil=$pillow" "python3-numpy=$numpy" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' >"$work/list" ||
  unusable "no python3-pil $pillow among Debian's packages (Debian 12 has it; try apt-get update)"
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
python -c 'import PIL.Image, numpy' || unusable 'the unpacked Pillow does not load'

cat >"$work/contrast.py" <<'PYTHON'
import os
import sys
import warnings

import numpy as np
import PIL
from PIL import Image, ImageStat

assert PIL.__file__.startswith(sys.argv[1]), PIL.__file__
os.chdir(sys.argv[1])
print(f"Pillow {PIL.__version__}, NumPy {np.__version__}")
warnings.simplefilter("error")  # a warning would be an error
changed = False


def check(holds, what):
    global changed
    print(f"{'as described' if holds else 'CHANGED'}: {what}")
    changed |= not holds


def near(found, wanted, by=0.001):
    return abs(found - wanted) < by


def rms(stat):
    return stat.stddev[0] / stat.mean[0]


def grating(contrast):
    """From 0 to 1."""
    return np.tile(0.5 * (1 + contrast * np.sin(2 * np.pi * (np.arange(256) + 0.5) / 32)), (64, 1))


def written(values, white, name):
    """The values, written and read again."""
    kind = {255: np.uint8, 65535: np.uint16, 1: np.float32}[white]
    values = values * white
    Image.fromarray((values if white == 1 else np.round(values)).astype(kind)).save(name)
    return Image.open(name)


seen = {1: (0.7130, 0.6340), 0.5: (0.7130, 0.3664), 0.1: (0.7130, 0.4485), 0.01: (0.7116, 0.4400)}
entropies = set()
for contrast, (png_wrong, tiff_wrong) in seen.items():
    right = contrast * np.sqrt(0.5)
    eight = written(grating(contrast), 255, "eight.png")
    png = written(grating(contrast), 65535, "grating.png")
    tiff = written(grating(contrast), 65535, "grating.tif")
    real = written(grating(contrast), 1, "real.tif")
    check((eight.mode, png.mode, tiff.mode, real.mode) == ("L", "I", "I;16", "F"),
          f"contrast {contrast}: modes L, I, I;16 and F for 8 bits, PNG of 16, TIFF of 16, TIFF of floats")
    check(near(rms(ImageStat.Stat(eight)), right, 0.003), f"contrast {contrast}, 8 bits: rms contrast {rms(ImageStat.Stat(eight)):.4f}")
    check(near(rms(ImageStat.Stat(png)), png_wrong), f"contrast {contrast}, PNG of 16 bits: {rms(ImageStat.Stat(png)):.4f}")
    check(abs(rms(ImageStat.Stat(real)) - 0.713) < 0.002, f"contrast {contrast}, floats: {rms(ImageStat.Stat(real)):.4f}")
    check(near(rms(ImageStat.Stat(tiff)), tiff_wrong), f"contrast {contrast}, TIFF of 16 bits: {rms(ImageStat.Stat(tiff)):.4f}")
    for name, image in ("PNG of 16 bits", png), ("TIFF of 16 bits", tiff), ("floats", real):
        values = np.asarray(image).astype(float)
        check(near(values.std() / values.mean(), right), f"contrast {contrast}, {name}: by NumPy {values.std() / values.mean():.4f}")
    stated = ImageStat.Stat(png.histogram(extrema=(0, 65535)))
    check(near(rms(stated), right, 0.003), f"contrast {contrast}, PNG of 16 bits, extrema given: {rms(stated):.4f}")
    entropies.add(round(png.entropy(), 3))
check(entropies == {4.0}, f"PNG of 16 bits, entropy at all contrasts: {entropies}")
check(abs(eight.entropy() - 1.95) < 0.01, f"8 bits, entropy at contrast 0.01: {eight.entropy():.3f}")

for low, high in (0, 1000), (30000, 40000), (65000, 65535):
    stat = ImageStat.Stat(written(np.tile([low, high], (64, 32)) / 65535, 65535, "two.png"))
    check(stat.mean == [127.5] and stat.stddev == [127.5], f"{low} and {high}: mean {stat.mean[0]}, standard deviation {stat.stddev[0]}")
sys.exit(changed)
PYTHON

echo "Debian's $(grep '^python3-pil=' "$work/list"), python3-numpy $numpy"
python "$work/contrast.py" "$work"
