#!/usr/bin/env bash
# ImageMagick and GraphicsMagick shrink a grey PNG or JPEG with another filter than the same in RGB.
#
# One would guess that an image whose pixels are grey is shrunk alike whether its file has one
# channel or three. ImageMagick 6.9.11.60 and GraphicsMagick 1.3.40 (convert -resize) take Lanczos
# for the file of three, and Mitchell, which blurs, for that of one: halved in size, a grating of 5
# pixels a period keeps 82 % of its contrast in RGB and 58 % in grey, one of 8 pixels 101 and 84 %,
# one of 20 pixels 100 and 98 %, and of one of 3 pixels, which the small image cannot show, 5 and
# 11 % are left as a coarser pattern. GraphicsMagick's manual says that Mitchell is taken if the
# image has a palette or transparency, or is enlarged. A grey PNG or JPEG of 8 bits has no palette
# in its file, but seems to get one when it is read (identify -format %r says PseudoClass). A grey
# TIFF does not, nor does a PGM or a PNG of 16 bits in ImageMagick, and there it is RGB's filter.
# ImageMagick also writes a PNG in grey if its pixels are, without being asked: of the same RGB file,
# copied by convert once, the next -resize is the other one. (ImageMagick 7.1.1-35, tried as
# WebAssembly, did the same.) Nothing warns. Collections of colour photographs have a few grey files
# in them, which come out blurred; who compares a network's accuracy, or a threshold over contrast or
# spatial frequency, for colour and for grey images, compares two filters, too. Name one:
# -filter Lanczos -resize 224x224.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64; it fetches about 40 MB and takes 140 MB of a temporary folder.
set -euo pipefail
imagemagick=8:6.9.11.60+dfsg-1.6+deb12u15
graphicsmagick=1.4+really1.3.40-4+deb12u1
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb awk od cmp; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The two programs, with all that they depend on, found as for an empty machine, unpacked and not
# installed.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "imagemagick=$imagemagick" "graphicsmagick=$graphicsmagick" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' >"$work/list" ||
  unusable "no imagemagick $imagemagick and graphicsmagick $graphicsmagick among Debian's packages (Debian 12 has them; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/doc/*'
done
rm -r "$work/packages"
usr=$work/root/usr/lib/x86_64-linux-gnu
modules=$(echo "$usr"/ImageMagick-*/modules-Q16)
unpacked() {
  env -i LC_ALL=C.UTF-8 HOME="$work" TMPDIR="$work" MAGICK_THREAD_LIMIT=1 OMP_NUM_THREADS=1 \
    MAGICK_CONFIGURE_PATH="$work/root/etc/ImageMagick-6:$work/root/etc/GraphicsMagick" \
    MAGICK_CODER_MODULE_PATH="$modules/coders" MAGICK_FILTER_MODULE_PATH="$modules/filters" \
    "$work/root/lib64/ld-linux-x86-64.so.2" --library-path "$work/root/lib/x86_64-linux-gnu:$usr:$work/root/usr/lib" "$work/root/usr/bin/$1" "${@:2}"
}
convert() { # convert PROGRAM FILE OPTION... FILE
  if [ "$1" = ImageMagick ]; then unpacked convert-im6.q16 "${@:2}"; else unpacked gm convert "${@:2}"; fi
}
convert ImageMagick -version | sed -n 1p || unusable 'the unpacked ImageMagick does not load'
unpacked gm version | sed -n 1p || unusable 'the unpacked GraphicsMagick does not load'

changed=0
check() { # check WHAT COMMAND...
  if "${@:2}"; then echo "as described: $1"; else echo "CHANGED: not so: $1"; changed=1; fi
}
# shellcheck disable=SC2317 # check calls it
holds() { awk "BEGIN { exit !($1) }"; }

# Gratings of 640 x 64 pixels, in grey, written as text.
cd "$work"
for period in 3 5 8 20; do
  awk -v period=$period 'BEGIN {
    print "P2 640 64 255"
    for (y = 0; y < 64; y++) for (x = 0; x < 640; x++) printf "%d\n", 127.5 + 127 * sin(2 * 3.14159265358979 * (x + 0.3) / period) + 0.5
  }' >"$period.pgm"
done

# deviation PROGRAM FILE OPTION...: the standard deviation of the pixels, in grey levels, after the
# options; those near the border are left out.
deviation() {
  local width=640 height=64
  if [ $# -gt 2 ]; then width=320 height=32; fi
  convert "$1" "$2" "${@:3}" -depth 8 gray:pixels
  [ "$(wc -c <pixels)" = $((width * height)) ] || return 1
  od -An -v -tu1 -w1 pixels | awk -v width=$width -v height=$height '{
      x = (NR - 1) % width; y = int((NR - 1) / width)
      if (x >= 20 && x < width - 20 && y >= 8 && y < height - 8) { n++; sum += $1; square += $1 * $1 }
    } END { print sqrt(square / n - sum / n * (sum / n)) }'
}
percent() { awk "BEGIN { printf \"%.1f\", 100 * ($1) / ($2) }"; }
header() { od -An -j24 -N2 -tu1 "$1" | tr -s ' '; } # the bit depth and the colour type in a PNG's header

# The same pixels as files of one channel and of three.
for period in 3 5 8 20; do
  convert ImageMagick $period.pgm grey-$period.png
  convert ImageMagick $period.pgm PNG24:rgb-$period.png
done
convert ImageMagick 5.pgm -quality 100 grey-5.jpg
convert ImageMagick 5.pgm -type TrueColor -quality 100 -sampling-factor 1x1 rgb-5.jpg
convert ImageMagick 5.pgm grey-5.tif
convert ImageMagick 5.pgm -define png:bit-depth=16 grey-5-16.png
convert ImageMagick rgb-5.png copy-5.png
check 'the PNGs are of grey and 8 bits, of RGB and 8 bits, and of grey and 16 bits' \
  [ "$(header grey-5.png) $(header rgb-5.png) $(header grey-5-16.png)" = ' 8 0  8 2  16 0' ]
check 'ImageMagick writes the RGB file in grey and 8 bits when it copies it' [ "$(header copy-5.png)" = ' 8 0' ]
for program in ImageMagick GraphicsMagick; do
  convert $program 5.pgm -depth 8 gray:original
  for file in grey-5.png rgb-5.png copy-5.png grey-5.tif grey-5-16.png; do
    convert $program $file -depth 8 gray:pixels
    check "$program reads the same pixels from $file as from the PGM" cmp -s pixels original
  done
done

declare -A rgb=([3]=5 [5]=82 [8]=101 [20]=100) grey=([3]=11 [5]=58 [8]=84 [20]=98)
for program in ImageMagick GraphicsMagick; do
  for period in 3 5 8 20; do
    before=$(deviation $program $period.pgm)
    one=$(percent "$(deviation $program grey-$period.png -resize 50%)" "$before")
    three=$(percent "$(deviation $program rgb-$period.png -resize 50%)" "$before")
    check "$program, $period pixels a period, -resize 50%: $three % of the contrast is left in RGB, $one % in grey" \
      holds "($one - ${grey[$period]})^2 < 1 && ($three - ${rgb[$period]})^2 < 1"
  done
  lanczos=$(deviation $program rgb-5.png -resize 50%)
  mitchell=$(deviation $program grey-5.png -resize 50%)
  for file in grey-5.png rgb-5.png copy-5.png grey-5.jpg rgb-5.jpg 5.pgm grey-5.tif grey-5-16.png; do
    case $program,$file in
      *,grey-5.png | *,grey-5.jpg | *,copy-5.png | GraphicsMagick,5.pgm | GraphicsMagick,grey-5-16.png)
        filter=Mitchell expected=$mitchell ;;
      *) filter=Lanczos expected=$lanczos ;;
    esac
    plain=$(deviation $program $file -resize 50%)
    named=$(deviation $program $file -filter $filter -resize 50%)
    check "$program, $file: -resize is -filter $filter -resize; a standard deviation of $plain grey levels is left" \
      holds "($plain - $expected)^2 < 0.3 && $plain == $named"
    always=$(deviation $program $file -filter Lanczos -resize 50%)
    check "$program, $file: with -filter Lanczos it is $always" holds "($always - $lanczos)^2 < 0.3"
  done
done
exit $changed
