#!/usr/bin/env bash
# ffmpeg's gblur leaves a vertical grating twice the contrast of an oblique one, and is no Gaussian.
#
# One would guess that -vf gblur=sigma=4, by its manual a Gaussian blur with that standard deviation,
# treats all orientations alike, as a Gaussian does, and removes what is fine. ffmpeg 5.1.9 has the
# standard deviation right, and another shape: its default, steps=1, is along rows and columns
# closer to exp(-|x|), pointed and with long tails. Of a grating of 8 pixels a period, of which a
# Gaussian of 4 pixels leaves 0.7 %, it leaves 17.6 % if the stripes are vertical or horizontal, and
# 8.6 % if they are oblique; of 16 pixels a period 45 and 38 % instead of 29 %, and with a sigma of
# 8 it is 5.1 and 0.9 % of 8 pixels, instead of nothing. The manual says that steps is the number of
# steps for the approximation of the Gaussian, and 1 if not given, and nothing of what that costs; 6,
# the most, leave 3.1 and 1.8 % of the 8 pixels. A network or an observer that is shown images
# filtered so sees vertical and horizontal detail better than oblique detail: an oblique effect that
# the filter made, beside spatial frequencies that the paper says were removed. ImageMagick
# 6.9.11.60 was right with -gaussian-blur 0x4, when it was tried (0.7 %).
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 110 MB and takes 340 MB of a temporary folder.
set -euo pipefail
ffmpeg=7:5.1.9-0+deb12u1
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb awk od gzip; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ffmpeg, with all that it depends on, found as for an empty machine, unpacked and not installed.
# Left out are the largest that are only loaded to draw.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "ffmpeg=$ffmpeg" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
  grep -vE '^(libllvm15|libz3-4|libgl1-mesa-dri|iso-codes)=' >"$work/list" ||
  unusable "no ffmpeg $ffmpeg among Debian's packages (Debian 12 has it; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/doc/*'
done
rm -r "$work/packages"
usr=$work/root/usr/lib/x86_64-linux-gnu
ffmpeg() {
  env -i LC_ALL=C.UTF-8 HOME="$work" TMPDIR="$work" "$work/root/lib64/ld-linux-x86-64.so.2" \
    --library-path "$work/root/lib/x86_64-linux-gnu:$usr:$usr/blas:$usr/lapack:$usr/pulseaudio" \
    "$work/root/usr/bin/ffmpeg" -hide_banner -loglevel error -nostdin "$@"
}
echo "Debian's ffmpeg ${ffmpeg}"
ffmpeg -version | sed -n 1p || unusable 'the unpacked ffmpeg does not load'

changed=0
check() { # check WHAT COMMAND...
  if "${@:2}"; then echo "as described: $1"; else echo "CHANGED: not so: $1"; changed=1; fi
}
# shellcheck disable=SC2317 # check calls it
holds() { awk "BEGIN { exit !($1) }"; }

# deviation PERIOD ANGLE FILTER: the standard deviation of a grating in the middle of an image of
# 256 x 256 pixels and 16 bits, after a filter. At an angle of 0 its stripes are vertical.
deviation() {
  local grating="32768+30000*sin(2*PI*((X-128)*cos($2*PI/180)+(Y-128)*sin($2*PI/180))/$1)"
  ffmpeg -f lavfi -i "nullsrc=s=256x256,format=gray16le,geq=lum='$grating',$3" -frames:v 1 -f rawvideo -pix_fmt gray16le - |
    od -An -v -tu2 -w2 | awk '{
      x = (NR - 1) % 256; y = int((NR - 1) / 256)
      if (x >= 64 && x < 192 && y >= 64 && y < 192) { n++; sum += $1; square += $1 * $1 }
    } END { if (NR != 65536) exit 1; printf "%.3f", sqrt(square / n - sum / n * (sum / n)) }'
}

# left FILTER PERIOD ANGLE: the per cent of the grating's contrast that a filter leaves.
left() { awk "BEGIN { printf \"%.2f\", 100 * $(deviation "$2" "$3" "$1") / $(deviation "$2" "$3" null) }"; }

# The shape along a row, from the step between black and white: its standard deviation and its
# kurtosis (3 for a Gaussian, 6 for exp(-|x|)).
read -r deviation kurtosis < <(ffmpeg -f lavfi -i "nullsrc=s=256x16,format=gray16le,geq=lum='65535*gte(X,128)',gblur=sigma=4" \
  -frames:v 1 -f rawvideo -pix_fmt gray16le - | od -An -v -tu2 -w2 | awk 'NR > 256 * 8 && NR <= 256 * 9 {
    x = NR - 256 * 8; if (x > 1) { weight[x] = ($1 - last) / 65535; mean += x * weight[x] }; last = $1
  } END {
    for (x in weight) { second += weight[x] * (x - mean) ^ 2; fourth += weight[x] * (x - mean) ^ 4 }
    print sqrt(second), fourth / second ^ 2
  }')
check "gblur=sigma=4 has a standard deviation of $deviation pixels and a kurtosis of $kurtosis (a Gaussian: 3, exp(-|x|): 6)" \
  holds "($deviation - 4)^2 < 0.01 && ($kurtosis - 6)^2 < 0.1"

# filter, period, and per cent left of vertical and of oblique stripes
while read -r sigma steps period vertical oblique; do
  filter=gblur=sigma=$sigma
  if [ "$steps" != default ]; then filter=$filter:steps=$steps; fi
  gaussian=$(awk "BEGIN { printf \"%.2f\", 100 * exp(-2 * (3.14159265358979 * $sigma / $period) ^ 2) }")
  v=$(left "$filter" "$period" 0) h=$(left "$filter" "$period" 90) o=$(left "$filter" "$period" 45)
  check "$filter, $period pixels a period: $v % of the contrast is left of vertical stripes, $h % of horizontal and $o % of oblique ones (a Gaussian: $gaussian %)" \
    holds "($v - $vertical)^2 < 0.04 && ($h - $v)^2 < 0.001 && ($o - $oblique)^2 < 0.04"
done <<'TABLE'
4 default 8 17.6 8.6
4 default 16 45.1 38.4
4 1 8 17.6 8.6
4 6 8 3.1 1.75
4 6 16 33.0 31.1
8 default 8 5.1 0.9
TABLE

manual=$(gzip -dc "$work/root/usr/share/man/man1/ffmpeg-filters.1.gz" | sed -n '/^\.SS "gblur"/,/^\.SS "geq"/p' | tr '\n' ' ')
check 'the manual says that sigma is the standard deviation, and that steps is 1 if it is not given' \
  grep -qE 'standard deviation of Gaussian blur.*number of steps for Gaussian approximation\. Default is .f\(CW1' <<<"$manual"
exit $changed
