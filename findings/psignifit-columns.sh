#!/usr/bin/env bash
# psignifit takes the number of wrong answers for that of all where no contrast has more right.
#
# One would guess that what a file's columns mean does not hang on how well the observer sees.
# psignifit 2.5.6 reads contrast, right and wrong; contrast, right and all; or contrast, share and
# all. Where #matrix_format does not say which, it guesses, file by file ("an intelligent guess
# from the numerical content", says its documentation). A line with more right than wrong settles
# it; where no line has that, wrong is taken for all: 477 right and 523 wrong are 91 % and not
# 48 %. Nothing that is printed tells which it was. So a network that is right on 52 % at full
# contrast is fitted rightly: a lapse rate of 0.48, a threshold of 0.100. With a lesion that takes
# 8 % of its right answers at every contrast and moves nothing, the same script has a lapse rate
# of 0.07 and a threshold of 0.145: a lesion that mends the lapses and shifts the threshold. The
# fit looks perfect, too, with a deviance of 0.87. People nearly always get beyond one half at the
# highest contrast, networks with 1,000 classes and lesioned ones often do not. Always say
# #matrix_format xrw, or give shares and all. (Networks also need #lambda_limits: of itself the
# lapse rate ends at 0.05.)
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches 0.1 MB.
set -euo pipefail
psignifit=2.5.6-8+b1
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb awk; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the package is that of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "psignifit=$psignifit") ||
  unusable "no psignifit $psignifit among Debian's packages (Debian 12 has it; try apt-get update)"
dpkg-deb -x "$work"/psignifit_*.deb "$work/root"

# What a network has right and wrong of 1,000 images at contrasts 0.01 to 1 (their logarithms),
# without noise: chance 0.001, threshold 0.1, slope 2.5, and a share right of 0.52 or 0.48 beyond.
cat >"$work/intact" <<'DATA'
-2.000000 4 996
-1.698970 22 978
-1.301030 118 882
-1.000000 260 740
-0.698970 403 597
-0.301030 499 501
0.000000 517 483
DATA
cat >"$work/lesioned" <<'DATA'
-2.000000 4 996
-1.698970 20 980
-1.301030 109 891
-1.000000 240 760
-0.698970 372 628
-0.301030 461 539
0.000000 477 523
DATA
for network in intact lesioned; do
  awk '{ print $1, $2, $2 + $3 }' "$work/$network" >"$work/$network-all"
  awk '{ print $1, $2 / ($2 + $3), $2 + $3 }' "$work/$network" >"$work/$network-share"
  # What the file says if wrong is taken for all.
  awk '{ print $1, $2 / $3, $3 }' "$work/$network" >"$work/$network-mistaken"
done
cat >"$work/preferences" <<'DATA'
#n_intervals 1
#shape cumulative Gaussian
#lambda_limits 0 0.7
DATA
(cat "$work/preferences" && echo '#matrix_format xrw') >"$work/preferences-xrw"

# Fits a file; prints "threshold lapse-rate".
fit() { # FILE, PREFERENCES
  "$work/root/usr/bin/psignifit" "$work/$1" "$work/$2" >"$work/$1-$2" 2>&1 || unusable "psignifit fails on $1"
  sed -n 's/.*final: {alpha = \([^,]*\), .* lambda = \([^}]*\)}.*/\1 \2/p' "$work/$1-$2" |
    awk '{ printf "%.4f %.4f\n", 10 ^ $1, $2 }'
}
status=0
judge() { # WHAT, FOUND, THRESHOLD, LAPSE RATE
  local words="$1: threshold ${2% *}, lapse rate ${2#* }"
  if awk -v found="$2" -v threshold="$3" -v lapses="$4" 'BEGIN {
    split(found, is)
    exit !((is[1] - threshold)^2 < 0.0005^2 && (is[2] - lapses)^2 < 0.002^2) }'; then
    echo "as described: $words"
  else
    echo "CHANGED: $words, not $3 and $4"
    status=1
  fi
}
echo "Debian's psignifit $psignifit, counts of 1,000 images at 7 contrasts:"
judge 'intact, right and wrong' "$(fit intact preferences)" 0.1 0.48
judge 'lesioned, right and wrong' "$(fit lesioned preferences)" 0.1454 0.066
judge 'lesioned, wrong taken for all' "$(fit lesioned-mistaken preferences)" 0.1454 0.066
judge 'lesioned, right and wrong, #matrix_format xrw' "$(fit lesioned preferences-xrw)" 0.1 0.52
judge 'lesioned, right and all' "$(fit lesioned-all preferences)" 0.1 0.52
judge 'lesioned, share and all' "$(fit lesioned-share preferences)" 0.1 0.52
deviance=$(sed -n 's/^ *D = \([^,]*\),.*/\1/p' "$work/lesioned-preferences")
if awk -v d="$deviance" 'BEGIN { exit !(d < 1) }'; then
  echo "as described: the deviance of the wrong one looks perfect: $deviance"
else
  echo "CHANGED: the deviance of the wrong one is $deviance"
  status=1
fi
if grep -qiE 'xrw|xrn|xyn|format|guess|total|warning' "$work/lesioned-preferences"; then
  echo "CHANGED: what is printed speaks of the columns"
  status=1
else
  echo "as described: nothing that is printed speaks of the columns"
fi
exit $status
