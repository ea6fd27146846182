#!/usr/bin/env bash
# pandas' std of float32 data is another number where the package bottleneck is installed.
#
# One would guess that an optional package which pandas calls an accelerator changes the time only.
# Debian's pandas 1.5.3 recommends bottleneck 1.3.5, so that apt-get installs both; elsewhere it is
# often missing. With it pandas' std, var, sem and describe of float32 values are bottleneck's, and
# that sums them one by one in float32. From some million values on its mean is off, and the
# deviations are taken from that. pandas itself avoids bottleneck's sum and mean for this very reason
# (a comment in its source says so), so that mean is right and std beside it is not; groupby, which
# has code of its own, and NumPy's std of the same float32 array are right, too. Of 100 gratings of
# 224 by 224 pixels around grey 115 of 255 the RMS contrast (std / mean) comes out as 0.0503 for a
# contrast of 0.01, which is 0.0073, as 0.0525 for 0.02 (0.0138), 0.0423 for 0.05 (0.0359) and 0.0713
# for 0.1 (0.0701): the images below 0.05 seem to have more contrast than those at 0.05. One image
# alone is right. Of 25 million rectified activations std is 0.546 instead of 0.584. Nothing warns,
# and on a machine without bottleneck the same script is right. The issues 57505 of pandas and 443
# and 462 of bottleneck tell of it; the latter were open when looked at. Activations, logits and pixels
# are float32 nearly always: pd.set_option("use_bottleneck", False), or .astype(float) first.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64 and 400 MB of memory; it fetches about 35 MB and takes 170 MB of a temporary folder.
set -euo pipefail
pandas=1.5.3+dfsg-2
bottleneck=1.3.5+ds1-2+b1
numpy=1:1.24.2-1+deb12u1
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# pandas, NumPy and Python: their packages and all that they depend on, found as for an empty
# machine, unpacked and not installed. bottleneck is unpacked apart, to run with and without it.
mkdir "$work/packages" "$work/root" "$work/bottleneck"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install \
  "python3-pandas=$pandas" "python3-bottleneck=$bottleneck" "python3-numpy=$numpy" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' >"$work/list" ||
  unusable "no python3-pandas $pandas among Debian's packages (Debian 12 has it; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  case ${package##*/} in
    python3-bottleneck_*) into=$work/bottleneck ;;
    *) into=$work/root ;;
  esac
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$into" --exclude './usr/share/*'
done
rm -r "$work/packages"
libraries=$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu
libraries=$libraries:$work/root/usr/lib/x86_64-linux-gnu/blas:$work/root/usr/lib/x86_64-linux-gnu/lapack
python() {
  env -i LC_ALL=C.UTF-8 PYTHONHOME="$work/root/usr" "$work/root/lib64/ld-linux-x86-64.so.2" \
    --library-path "$libraries" "$work/root/usr/bin/python3.11" -I "$@"
}
python -c 'import pandas' || unusable 'the unpacked pandas does not load'

cat >"$work/spread.py" <<'PYTHON'
import sys
import warnings

if len(sys.argv) > 2:
    sys.path.append(sys.argv[2])

import numpy as np
import pandas as pd

assert pd.__file__.startswith(sys.argv[1]), pd.__file__
try:
    import bottleneck
    beside = bottleneck.__version__
except ImportError:
    beside = None
print(f"pandas {pd.__version__}, NumPy {np.__version__}, bottleneck {beside}:")
warnings.simplefilter("error")
changed = False
images, size, grey, period = 100, 224, 115, 20


def check(holds, what):
    global changed
    print(f"{'as described' if holds else 'CHANGED'}: {what}")
    changed |= not holds


def gratings(contrast, kind):
    """Pixels from 0 to 1 of gratings in 8 bits, one after the other, all of the same mean and contrast."""
    rows, columns = np.mgrid[:size, :size]
    pixels = np.empty((images, size, size), kind)
    for image in range(images):
        angle = np.pi * image / images
        phase = 2 * np.pi * (columns * np.cos(angle) + rows * np.sin(angle)) / period + image
        pixels[image] = np.round(grey * (1 + contrast * np.cos(phase))) / 255
    return pixels.ravel()


def near(found, right, tolerance=0.001):
    return abs(found / right - 1) < tolerance


measured = {}
for contrast, wrong in (0.01, 0.0503), (0.02, 0.0525), (0.05, 0.0423), (0.1, 0.0713):
    double = gratings(contrast, np.float64)
    right = double.std(ddof=1)
    mean = double.mean()
    del double
    single = gratings(contrast, np.float32)
    series = pd.Series(single)
    found = measured[contrast] = series.std()
    words = f"contrast {contrast}: RMS contrast {found / series.mean():.4f}, by NumPy {right / mean:.4f}"
    check(near(found / mean, wrong, 0.01) if beside else near(found, right), words)
    check(near(series.mean(), mean) and near(single.std(ddof=1), right),
          f"contrast {contrast}: pandas' mean and NumPy's std of float32 are right")
    if contrast == 0.01:
        for name, value in (
                ("var", series.var() ** 0.5), ("sem", series.sem() * len(series) ** 0.5),
                ("describe", series.describe()["std"]),
                ("DataFrame.std", pd.DataFrame({"pixel": single, "image": 0}).std()["pixel"])):
            check(near(value, found) and (beside is None) == near(value, right), f"{name}: {value / mean:.4f}")
        for name, value in (
                ("groupby", series.groupby(np.zeros(len(series), int)).std()[0]),
                ("float64", series.astype(float).std())):
            check(near(value, right), f"{name}: {value / mean:.4f}")
        one = series[:size * size]
        check(near(one.std(), one.astype(float).std(), 0.01), f"one image alone: {one.std() / one.mean():.4f}")
        if beside:
            away = bottleneck.nanmean(single) - mean
            check(near((right**2 + away**2) ** 0.5, found, 0.01),
                  f"bottleneck's mean is {mean + away:.4f}, not {mean:.4f}, which makes the difference")
            pd.set_option("use_bottleneck", False)
            check(near(series.std(), right), f"use_bottleneck False: {series.std() / mean:.4f}")
            pd.set_option("use_bottleneck", True)
    del single, series
if beside:
    check(measured[0.05] < min(measured[0.01], measured[0.02]), "contrasts below 0.05 seem to be above it")

# What a layer gives behind a rectification: half of the values are 0, the rest half a Gaussian.
layer = np.maximum(np.random.default_rng(1).standard_normal(25_000_000, np.float32), 0)
right = (0.5 - 0.5 / np.pi) ** 0.5
found = pd.Series(layer).std()
check(near(found, right) == (beside is None), f"25 million rectified values: {found:.4f}, rightly {right:.4f}")
sys.exit(changed)
PYTHON

echo "Debian's python3-pandas $pandas, python3-bottleneck $bottleneck, python3-numpy $numpy"
status=0
python "$work/spread.py" "$work/root" || status=1
python "$work/spread.py" "$work/root" "$work/bottleneck/usr/lib/python3/dist-packages" || status=1
exit $status
