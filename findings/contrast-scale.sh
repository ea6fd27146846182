#!/usr/bin/env bash
# Told to lower contrast by 90 %, ImageMagick 6 leaves 7.9 % of it, ImageMagick 7 10 %, Jimp 5.1 %.
#
# One would guess that a contrast which is given on a scale from -100 (none) by 0 (unchanged) is the
# per cent to be taken away, and that a program's versions agree. -brightness-contrast 0x-90 leaves
# 7.9 % of the contrast in ImageMagick 6.9.11.60 (Debian 12), and 10 % in ImageMagick 7.1.1-35; 0x-95
# leaves 3.9 and 5 %, 0x-50 41 and 50 %. contrast(-0.9) of Jimp 1.6.1 leaves 5.1 % (5.3 but for
# rounding), contrast(-0.95) 2.7 %, contrast(-0.5) 33 %. ImageMagick's manual says that the slope goes
# from 0 at -100 to almost vertical at 100, and Jimp's calls the argument the amount to adjust the
# contrast, from -1 to 1. By their sources Jimp's slope is (1 + c) / (1 - c), and ImageMagick's was the
# tangent of an angle; its issue 6079, which called that unintuitive, proposed what version 7 now has.
# So a series of contrasts that was made so has 21 % less in ImageMagick 6, and about half in Jimp, at
# the low end where thresholds lie, and the right contrast at 100 %: a threshold of 5 % is read as
# 6.4 or 9.5 %, the function is somewhat steeper, and a script that is run again with version 7 finds
# a better observer. Jimp also rounds down, about 127, which makes the mean up to a grey level darker.
# ImageMagick 6 leaves 10 % about mid grey by +level 45%,55%, and Jimp a fraction of f by
# contrast((f - 1) / (f + 1)). For a network, lesion lowers the contrast itself.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64, Node.js and npm; it fetches about 60 MB and takes 200 MB of a temporary folder.
set -euo pipefail
imagemagick=8:6.9.11.60+dfsg-1.6+deb12u15
wasm=0.0.30 # ImageMagick 7.1.1-35
jimp=1.6.1
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb awk node npm; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ImageMagick 6, with all that it depends on, found as for an empty machine, unpacked and not
# installed.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "imagemagick=$imagemagick" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' >"$work/list" ||
  unusable "no imagemagick $imagemagick among Debian's packages (Debian 12 has it; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/doc/*'
done
rm -r "$work/packages"
usr=$work/root/usr/lib/x86_64-linux-gnu
modules=$(echo "$usr"/ImageMagick-*/modules-Q16)
convert() {
  env -i LC_ALL=C.UTF-8 HOME="$work" TMPDIR="$work" OMP_NUM_THREADS=1 MAGICK_CONFIGURE_PATH="$work/root/etc/ImageMagick-6" \
    MAGICK_CODER_MODULE_PATH="$modules/coders" MAGICK_FILTER_MODULE_PATH="$modules/filters" \
    "$work/root/lib64/ld-linux-x86-64.so.2" --library-path "$work/root/lib/x86_64-linux-gnu:$usr" "$work/root/usr/bin/convert-im6.q16" "$@"
}
convert -version >/dev/null || unusable 'the unpacked ImageMagick does not load'

# ImageMagick 7 as WebAssembly, and Jimp.
npm install --prefix "$work" --cache "$work/npm" --ignore-scripts --no-audit --no-fund --silent "@imagemagick/magick-wasm@$wasm" "jimp@$jimp" >/dev/null ||
  unusable 'an npm package cannot be fetched'
rm -r "$work/npm"

cd "$work"
echo "npm's @imagemagick/magick-wasm $wasm, jimp $jimp; Debian's imagemagick $imagemagick"
convert -version | sed -n 1p
# A ramp from black to white; what ImageMagick 6 makes of it, in 16 bits.
awk 'BEGIN { print "P2 256 1 255"; for (v = 0; v < 256; v++) print v }' >ramp.pgm
for contrast in 50 80 90 95 98; do
  convert ramp.pgm -brightness-contrast "0x-$contrast" -depth 16 -endian LSB "gray:ramp-$contrast"
done
convert ramp.pgm +level 45%,55% -depth 16 -endian LSB gray:ramp-level

cat >contrast.mjs <<'NODE'
import fs from 'node:fs';
import { ImageMagick, Magick, Percentage, initializeImageMagick } from '@imagemagick/magick-wasm';
import { Jimp } from 'jimp';

let changed = 0;
const check = (holds, what) => {
  console.log(`${holds ? 'as described' : 'CHANGED: not so'}: ${what}`);
  changed += !holds;
};
await initializeImageMagick(fs.readFileSync('node_modules/@imagemagick/magick-wasm/dist/magick.wasm'));
console.log(Magick.imageMagickVersion);

// What each of them makes of the ramp, on the scale of 0 to 255.
const version6 = (name) => {
  const data = fs.readFileSync(`ramp-${name}`);
  return Array.from({ length: 256 }, (_, i) => data.readUInt16LE(2 * i) / 257);
};
const version7 = (how) => {
  let values;
  ImageMagick.read(fs.readFileSync('ramp.pgm'), (image) => {
    how(image);
    values = image.getPixels((pixels) => Array.from({ length: 256 }, (_, x) => pixels.getPixel(x, 0)[0]));
  });
  return values;
};
const byJimp = (contrast) => {
  const image = new Jimp({ width: 256, height: 1, color: 0x000000ff });
  for (let x = 0; x < 256; x++) image.bitmap.data.fill(x, 4 * x, 4 * x + 3);
  image.contrast(contrast);
  return Array.from({ length: 256 }, (_, x) => image.bitmap.data[4 * x]);
};
const left = (values) => 100 * (values[255] - values[0]) / 255; // per cent of the contrast
const mean = (values) => values.reduce((a, b) => a + b) / 256;
const near = (value, expected, tolerance) => Math.abs(value - expected) <= tolerance;
const level = 100 / 255; // a grey level, in per cent

// contrast taken away, and per cent left by ImageMagick 6 and 7 and by Jimp; the latter two have 8 bits
for (const [c, a, b, d] of [[50, 41.4, 50, 33.3], [80, 15.8, 20, 11.1], [90, 7.87, 10, 5.26], [95, 3.93, 5, 2.56], [98, 1.57, 2, 1.01]]) {
  const six = version6(c), seven = version7((image) => image.brightnessContrast(new Percentage(0), new Percentage(-c))), j = byJimp(-c / 100);
  const angle = 100 * Math.tan(Math.PI * (1 - c / 100) / 4), ratio = 100 * (100 - c) / (100 + c);
  check(near(left(six), a, 0.05) && near(left(six), angle, 0.05) && near(mean(six), 127.5, 0.5),
    `ImageMagick 6, -brightness-contrast 0x-${c}: ${left(six).toFixed(2)} % of the contrast is left (the tangent: ${angle.toFixed(2)} %), mean ${mean(six).toFixed(1)}`);
  check(near(left(seven), b, 1.01 * level) && near(mean(seven), 127.5, 0.5),
    `ImageMagick 7, -brightness-contrast 0x-${c}: ${left(seven).toFixed(2)} % is left, mean ${mean(seven).toFixed(1)}`);
  check(near(left(j), d, 1.01 * level) && near(left(j), ratio, 1.01 * level) && mean(j) < 127.05,
    `Jimp, contrast(${-c / 100}): ${left(j).toFixed(2)} % is left (the ratio: ${ratio.toFixed(2)} %), mean ${mean(j).toFixed(1)}`);
}

const six = version6('level');
check(near(left(six), 10, 0.05) && near(mean(six), 127.5, 0.5),
  `ImageMagick 6, +level 45%,55%: ${left(six).toFixed(2)} % is left, mean ${mean(six).toFixed(1)}`);
for (const f of [0.5, 0.1, 0.05]) {
  const values = byJimp((f - 1) / (f + 1));
  check(near(left(values), 100 * f, 1.01 * level), `Jimp, contrast((${f} - 1) / (${f} + 1)): ${left(values).toFixed(2)} % is left`);
}
process.exit(changed > 0 ? 1 : 0);
NODE
node contrast.mjs
