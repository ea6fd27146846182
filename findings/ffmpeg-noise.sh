#!/usr/bin/env bash
# ffmpeg's noise filter cuts all rows of an image from one strip of noise, the same for every image.
#
# One would guess that -vf noise=alls=20, Gaussian noise by its manual, is drawn anew for each pixel,
# and for each image that a script converts. ffmpeg 5.1.9 fills a table once, and each row is a piece
# of it that begins within its first 1,024 values (MAX_SHIFT in the source, vf_noise.c): the 50,176
# pixels of an image of 224 x 224 have 1,247 values at most, and of the 46,816 stretches of 16 pixels
# in its rows 1,230 are different, in fresh noise all. The next image has the same noise, pixel for
# pixel: the mean of 10 noisy images is as noisy as one. (The manual states a default for all_seed,
# 123457, and nothing of the rows.) Another all_seed for each image changes the noise, and not the
# rows; with allf=t the noise changes within one run, and the first image has the same again. So the
# noise is not white: its power at a horizontal frequency is 0.3 to 2.4 times the mean, with fresh
# noise 0.8 to 1.2 times. The standard deviation is 11.1 for alls=20, not 20 (the source divides by the
# root of 3), and a grey PNG comes out as an RGB file with coloured noise. Nothing warns. A threshold in
# noise is one for this noise, means over images are less sure than they look, and classification
# images (the mean noise by response) come out empty. Add the noise in NumPy or ImageMagick;
# all_seed alone is not enough.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 110 MB and takes 340 MB of a temporary folder.
set -euo pipefail
ffmpeg=7:5.1.9-0+deb12u1
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb awk od cmp; do
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
    "$work/root/usr/bin/ffmpeg" -hide_banner -loglevel error -nostdin -y "$@"
}
echo "Debian's ffmpeg ${ffmpeg}"
ffmpeg -version | sed -n 1p || unusable 'the unpacked ffmpeg does not load'

changed=0
check() { # check WHAT COMMAND...
  if "${@:2}"; then echo "as described: $1"; else echo "CHANGED: not so: $1"; changed=1; fi
}
# shellcheck disable=SC2317 # check calls them
holds() { awk "BEGIN { exit !($1) }"; }
# shellcheck disable=SC2317
differ() { ! cmp -s "$1" "$2"; }

# Uniform grey images of 224 x 224, 8 bits and one channel, 128 and 100; the noise that a filter adds
# to the first frame, a number a line.
cd "$work"
noise() { # noise GREY FILTER
  ffmpeg -f lavfi -i "nullsrc=s=224x224,format=gray,geq=lum=$1,$2,format=gray" -frames:v 1 -f rawvideo -pix_fmt gray - |
    od -An -v -tu1 -w1 | awk -v grey="$1" '{ print $1 - grey }'
}
draw() { # Gaussian noise of one standard deviation, drawn for each pixel
  awk 'BEGIN { srand(1); for (i = 0; i < 224 * 224; i++) {
    do { x = 2 * rand() - 1; y = 2 * rand() - 1; s = x * x + y * y } while (s >= 1 || s == 0)
    printf "%.0f\n", 11.1 * x * sqrt(-2 * log(s) / s) } }'
}
statistics() { # the standard deviation, the number of different stretches of 16 pixels, and their number
  awk '{ v[NR - 1] = $1; sum += $1; square += $1 * $1 } END {
    for (y = 0; y < 224; y++) for (x = 0; x <= 208; x++) {
      key = ""
      for (i = 0; i < 16; i++) key = key " " v[224 * y + x + i]
      if (!(key in seen)) { seen[key]; different++ }
      all++
    }
    printf "%.2f %d %d\n", sqrt(square / NR - (sum / NR) ^ 2), different, all }' "$1"
}
spectrum() { # the power at horizontal frequencies of 5 to 60 periods in 224 pixels, over all rows: the least and the most, of their mean
  awk '{ v[NR - 1] = $1 } END {
    for (i = 0; i < 224; i++) { c[i] = cos(2 * 3.14159265358979 * i / 224); s[i] = sin(2 * 3.14159265358979 * i / 224) }
    for (f = 5; f <= 60; f++) {
      power = 0
      for (y = 0; y < 224; y++) {
        a = b = 0
        for (x = 0; x < 224; x++) { a += v[224 * y + x] * c[f * x % 224]; b += v[224 * y + x] * s[f * x % 224] }
        power += a * a + b * b
      }
      p[f] = power; total += power
    }
    mean = total / 56; least = most = p[5]
    for (f in p) { if (p[f] < least) least = p[f]; if (p[f] > most) most = p[f] }
    printf "%.2f %.2f\n", least / mean, most / mean }' "$1"
}

noise 128 noise=alls=20 >first
noise 100 noise=alls=20 >second
noise 128 noise=alls=20:all_seed=5 >seed
noise 128 noise=alls=20:allf=t >temporal
draw >fresh
check 'two images, each converted by itself, get the same noise, pixel for pixel' cmp -s first second
check 'with all_seed=5 it is another' differ first seed
check 'with allf=t the first image has the same' cmp -s first temporal
for name in first seed temporal fresh; do
  read -r deviation different all < <(statistics $name)
  read -r least most < <(spectrum $name)
  case $name in
    fresh) filter='noise drawn for each pixel' condition="$different > 46700 && $least > 0.75 && $most < 1.35" ;;
    first) filter='noise=alls=20' ;;
    seed) filter='noise=alls=20:all_seed=5' ;;
    temporal) filter='noise=alls=20:allf=t' ;;
  esac
  if [ $name != fresh ]; then condition="$different <= 1232 && $different > 1100 && ($deviation - 11.1)^2 < 0.2 && $least < 0.5 && $most > 1.7"; fi
  check "$filter: a standard deviation of $deviation; of $all stretches of 16 pixels $different are different; the power at a horizontal frequency is $least to $most times the mean" \
    holds "$condition"
done

# Ten images in one go, and their mean.
ffmpeg -f lavfi -i "nullsrc=s=224x224,format=gray,geq=lum=128,noise=alls=20,format=gray" -frames:v 10 -f rawvideo -pix_fmt gray - |
  od -An -v -tu1 -w1 | awk '{ sum[(NR - 1) % 50176] += $1 / 10 } END { for (i = 0; i < 50176; i++) print sum[i] - 128 }' >mean
read -r deviation _ < <(statistics mean)
check "the mean of 10 images has a standard deviation of $deviation" holds "($deviation - 11.1)^2 < 0.2"

# A grey PNG, as it comes out.
ffmpeg -f lavfi -i nullsrc=s=224x224,format=gray,geq=lum=128 -frames:v 1 grey.png
ffmpeg -i grey.png -vf noise=alls=20 noisy.png
colours=$(ffmpeg -i noisy.png -f rawvideo -pix_fmt rgb24 - | od -An -v -tu1 -w3 | awk '$1 != $2 || $2 != $3 { n++ } END { printf "%.0f", 100 * n / NR }')
types="$(od -An -j25 -N1 -tu1 grey.png | tr -d ' ') $(od -An -j25 -N1 -tu1 noisy.png | tr -d ' ')"
check "a grey PNG comes out as one of RGB (colour types $types), and $colours % of its pixels are not grey" \
  holds "\"$types\" == \"0 2\" && $colours > 90"
exit $changed
