#!/usr/bin/env bash
# OpenCV reads other grey values from a colour PNG as soon as the file states the usual gamma.
#
# One would guess that cv2.imread(file, cv2.IMREAD_GRAYSCALE) is the grey of those colours that
# cv2.imread(file) gives, but for rounding. OpenCV's manual warns that the codec may convert
# otherwise, and for a bare PNG the difference is 1 of 255. But where the PNG has a gAMA chunk
# of 1/2.2 or an sRGB chunk, OpenCV 4.6.0 returns the same colours, and other grey values: red
# is 147 instead of 76, green 200 instead of 149, blue 95 instead of 29, grey stays grey. OpenCV
# has libpng compute the grey value, and libpng does so in linear light if the file states a
# gamma, with the weights 0.299, 0.587 and 0.114 that are meant for values that are not linear;
# a later source, which reads animated PNGs, has the same call. Programs write such a chunk
# unasked: ImageMagick 6.9.11.60 did when it was tried, so that convert a.png b.png kept every
# pixel and changed what OpenCV read. Neither warned. Who makes grey images for a network or an observer so gets
# another set of images from the same pixels: a red and green grating without contrast (76 and
# 76) has one of 18 % (147 and 102). Read colours and convert them:
# cv2.cvtColor(cv2.imread(file), cv2.COLOR_BGR2GRAY).
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 180 MB and takes 780 MB of a temporary folder.
set -euo pipefail
opencv=4.6.0+dfsg-12
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# OpenCV: its package and all that it depends on, found as for an empty machine, unpacked and
# not installed. Left out are the largest that are only loaded to draw.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "python3-opencv=$opencv" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
  grep -vE '^(libllvm15|libz3-4|libgl1-mesa-dri|proj-data|iso-codes)=' >"$work/list" ||
  unusable "no python3-opencv $opencv among Debian's packages (Debian 12 has it; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/*'
done
rm -r "$work/packages"
usr=$work/root/usr/lib/x86_64-linux-gnu
python() {
  env -i LC_ALL=C.UTF-8 PYTHONHOME="$work/root/usr" "$work/root/lib64/ld-linux-x86-64.so.2" \
    --library-path "$work/root/lib/x86_64-linux-gnu:$usr:$usr/blas:$usr/lapack" "$work/root/usr/bin/python3.11" -I "$@"
}
python -c 'import cv2' || unusable 'the unpacked OpenCV does not load'

cat >"$work/write.py" <<'PYTHON'
import struct
import sys
import zlib

import numpy as np


def write(name, pixels, *chunks):
    """A PNG of 8 bits, with the chunks given and no others but those that it needs."""
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    height, width = pixels.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    with open(f"{sys.argv[1]}/{name}.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(*c) for c in chunks)
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


primaries = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)]
colours = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
colours[0, :4] = primaries
grating = np.zeros((64, 64, 3), np.uint8)
grating[:] = (255, 0, 0)
grating[:, np.arange(64) // 8 % 2 == 1] = (0, 130, 0)
for image, pixels in ("colours", colours), ("grating", grating):
    write(f"{image}-bare", pixels)
    write(f"{image}-gAMA", pixels, (b"gAMA", struct.pack(">I", 45455)))
    write(f"{image}-sRGB", pixels, (b"sRGB", b"\0"))
    write(f"{image}-linear", pixels, (b"gAMA", struct.pack(">I", 100000)))
PYTHON

cat >"$work/read.py" <<'PYTHON'
import sys

import cv2
import numpy as np

folder = sys.argv[1]
assert cv2.__file__.startswith(folder), cv2.__file__
print(f"OpenCV {cv2.__version__}, NumPy {np.__version__}")
changed = 0


def check(holds, what):
    global changed
    print("as described:" if holds else "CHANGED: not so:", what)
    changed += not holds


def read(name):
    """The image in colour and in grey, and the grey values that cvtColor makes of the colours."""
    colour, grey = (cv2.imread(f"{folder}/{name}.png", how) for how in (cv2.IMREAD_COLOR, cv2.IMREAD_GRAYSCALE))
    return colour, grey.astype(int), cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY).astype(int)


bare = read("colours-bare")[0]
for kind in "bare", "linear", "gAMA", "sRGB":
    colour, grey, converted = read(f"colours-{kind}")
    off = grey - converted
    print(f"{kind}: red, green, blue, grey read as {grey[0, :4]}; random colours differ from cvtColor's grey "
          f"by {off.mean():.1f} in the mean and {abs(off).max()} at most")
    check(np.array_equal(colour, bare), f"{kind}: the colours are the same")
    if kind in ("bare", "linear"):
        check(abs(off).max() <= 1, f"{kind}: the grey values are cvtColor's, but for rounding")
    else:
        check(grey[0, :4].tolist() == [147, 200, 95, 128] and off.mean() > 10 and abs(off).max() > 60,
              f"{kind}: the grey values are others")
for kind in "bare", "gAMA", "sRGB":
    _, grey, converted = read(f"grating-{kind}")
    low, high = grey.min(), grey.max()
    contrast = (high - low) / (high + low)
    print(f"{kind}: a grating of red and green is read as {grey[0, 0]} and {grey[0, 8]}: contrast {contrast:.2f}")
    check(contrast == 0 if kind == "bare" else abs(contrast - 0.18) < 0.005,
          f"{kind}: the grating's contrast is {'none' if kind == 'bare' else '18 %'} if it is read as grey")
    check(converted.max() == converted.min(), f"{kind}: it has none if it is read as colours and converted")
sys.exit(changed > 0)
PYTHON

python "$work/write.py" "$work"
echo "Debian's python3-opencv $opencv, libpng16-16 $(sed -n 's/^libpng16-16=//p' "$work/list")"
python "$work/read.py" "$work"
