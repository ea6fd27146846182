#!/usr/bin/env bash
# sharp's Gaussian blur is a sixth narrower than its sigma or more, and none at all below 0.55.
#
# One would guess that blur(4) is a Gaussian of a standard deviation of 4 pixels, as the manual
# says of its sigma, which may be 0.3 to 1000. sharp 0.35.5 blurs by libvips, which ends the
# mask where the Gaussian is below a fifth of its peak: sigma 16 is 13.2 in effect, 4 is 3.36, 2
# is 1.62, 1 is 0.74, and 0.5 leaves every pixel as it is, since the mask is one pixel. What a
# low pass should remove stays: of a grating of 16 pixels a period blur(4) leaves 37 % of the
# contrast instead of 29 %, of one of 8 pixels 3 % instead of 0.7 %, with black and white
# exchanged. The manual has minAmplitude, 0.2 if not given, where "A smaller value will generate
# a larger, more accurate mask", and nothing of what 0.2 costs. The command vips gaussblur has
# the same default; SciPy's gaussian_filter of 4 was one of 4.00. Who filters images for a
# network or an observer in Node.js has other spatial frequencies in them than the paper, or the
# same script in Python. blur({sigma, minAmplitude: 0.001, precision: 'float'}) was right to
# about 1 % from sigma 1 up.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Linux on
# x86-64, Node.js and npm; it fetches about 10 MB and takes 40 MB of a temporary folder.
set -euo pipefail
sharp=0.35.5
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in node npm; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --prefix "$work" --cache "$work/npm" --ignore-scripts --no-audit --no-fund --silent "sharp@$sharp" >/dev/null ||
  unusable 'an npm package cannot be fetched'
(cd "$work" && node -e "require('sharp')") || unusable 'sharp does not load'

cat >"$work/blur.cjs" <<'NODE'
const sharp = require('sharp');
const width = 513, height = 129;

let changed = 0;
const check = (holds, what) => {
  console.log(`${holds ? 'as described' : 'CHANGED: not so'}: ${what}`);
  changed += !holds;
};

// The middle row of an image of grey levels that depend on the column only, blurred.
const blurred = async (level, options) => {
  const row = Buffer.from(Array.from({length: width}, (_, x) => Math.round(level(x))));
  const image = sharp(Buffer.concat(Array(height).fill(row)), {raw: {width, height, channels: 1}});
  const {data, info} = await image.blur(options).raw().toBuffer({resolveWithObject: true});
  const start = Math.floor(height / 2) * width;
  return {row, output: Array.from({length: width}, (_, x) => data[(start + x) * info.channels])};
};

// The standard deviation of what a step from black to white is blurred by.
const spread = async (options) => {
  const {output} = await blurred((x) => x < width / 2 ? 0 : 255, options);
  const slope = output.slice(1).map((v, i) => v - output[i]);
  const sum = slope.reduce((a, v) => a + v, 0);
  const mean = slope.reduce((a, v, i) => a + i * v, 0) / sum;
  return Math.sqrt(slope.reduce((a, v, i) => a + (i - mean) ** 2 * v, 0) / sum);
};

// What is left of a grating's amplitude, measured far from the borders by its Fourier component.
const left = async (period, options) => {
  const wave = (x) => Math.sin(2 * Math.PI * (x + 0.5) / period);
  const {row, output} = await blurred((x) => 127.5 + 127 * wave(x), options);
  const component = (values) => Array.from({length: 256}, (_, i) => values[128 + i] * wave(128 + i)).reduce((a, v) => a + v, 0);
  return component(output) / component(row);
};

async function main() {
  console.log(`sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`);
  const expected = {1: 0.74, 2: 1.62, 4: 3.36, 8: 6.64, 16: 13.2};
  for (const sigma of [1, 2, 4, 8, 16]) {
    const plain = await spread(sigma), fine = await spread({sigma, minAmplitude: 0.001, precision: 'float'});
    console.log(`sigma ${sigma}: blurs by ${plain.toFixed(3)}, with minAmplitude 0.001 and precision float by ${fine.toFixed(3)}`);
    check(Math.abs(plain / expected[sigma] - 1) < 0.01 && plain < 0.85 * sigma, `sigma ${sigma}: it is more than 15 % narrower`);
    check(Math.abs(fine / sigma - 1) < 0.012, `sigma ${sigma}: with these options it is right`);
  }
  check(Math.abs(await spread({sigma: 4, precision: 'float'}) / 4 - 0.85) < 0.01, 'sigma 4: precision float alone does not help');
  for (const sigma of [0.3, 0.5, 0.55]) {
    const {row, output} = await blurred((x) => (x * 97) % 256, sigma);
    check(output.every((v, x) => v === row[x]), `sigma ${sigma}: every pixel is as it was`);
  }
  check(await spread(0.6) > 0.3, 'sigma 0.6: it does blur');
  for (const [period, share] of [[8, -0.03], [16, 0.365], [32, 0.8]]) {
    const gaussian = Math.exp(-2 * (Math.PI * 4 / period) ** 2);
    const plain = await left(period, 4), fine = await left(period, {sigma: 4, minAmplitude: 0.001, precision: 'float'});
    console.log(`grating of ${period} pixels a period, sigma 4: ${(100 * plain).toFixed(1)} % of its amplitude is left, ` +
      `with the options ${(100 * fine).toFixed(1)} %, by a Gaussian ${(100 * gaussian).toFixed(1)} %`);
    check(Math.abs(plain - share) < 0.015 && Math.abs(plain) > gaussian + 0.02, `${period} pixels a period: more is left`);
    check(Math.abs(fine - gaussian) < 0.01, `${period} pixels a period: with the options it is right`);
  }
  process.exit(changed > 0 ? 1 : 0);
}

main().catch((error) => { console.error(String(error)); process.exit(1); });
NODE

echo "npm's sharp $sharp"
cd "$work" && node blur.cjs
