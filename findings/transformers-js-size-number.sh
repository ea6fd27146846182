#!/usr/bin/env bash
# transformers.js shows a network black bars where preprocessor_config.json states its size as a number.
#
# One would guess that "size": 224 is the shorter edge, of which "crop_size": 224 takes the middle,
# as in torchvision and in the Python original. There, by its source, the number is the shorter edge
# for CLIP, and both height and width for ViT. Files that its older versions wrote have the number,
# newer ones {"shortest_edge": 224} or {"height": 224, "width": 224}. @huggingface/transformers
# 4.3.2 documents size as a number or an object, and takes the number as a limit for the longer
# edge, too (image_processors_utils.js, "for backwards compatibility"). A photograph of 500 x 375
# pixels comes to CLIP with 28 black rows above and 28 below it, a quarter of what the network sees;
# uniform grey of that size has a standard deviation of 55 grey levels, and a grating of 20 pixels
# a period has 9 instead of 12. An image of 1000 x 250 is three quarters black. There is no warning,
# and square images come out alike, so a test with one shows nothing. For ViT it comes as 224 x 168,
# not square. Where size is larger than crop_size (256 and 224, as for MobileNet), it ends in an
# error, "bad extract area". Write the object instead of the number, and look at what the processor
# returns for an image that is not square.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Linux on
# x86-64, Node.js and npm; it fetches about 130 MB and takes 550 MB of a temporary folder.
set -euo pipefail
transformers=4.3.2
sharp=0.35.5
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in node npm; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# ONNX Runtime comes with it and runs no network here.
export ORT_DISABLE_TELEMETRY=1
npm install --prefix "$work" --cache "$work/npm" --ignore-scripts --no-audit --no-fund --silent \
  "@huggingface/transformers@$transformers" "sharp@$sharp" >/dev/null || unusable 'an npm package cannot be fetched'
rm -r "$work/npm"
(cd "$work" && node -e "require('sharp'); require('@huggingface/transformers')") || unusable 'transformers.js does not load'

cat >"$work/size.mjs" <<'NODE'
import fs from 'fs';
import { AutoImageProcessor, RawImage, env } from '@huggingface/transformers';

env.allowRemoteModels = false;
let changed = 0;
const check = (holds, what) => {
  console.log(`${holds ? 'as described' : 'CHANGED'}: ${what}`);
  changed += !holds;
};
console.log(`transformers.js ${env.version}, Node.js ${process.versions.node}`);

// What a network gets by a configuration, brought back to grey levels.
const networks = {
  CLIP: { feature_extractor_type: 'CLIPFeatureExtractor', do_center_crop: true },
  ViT: { feature_extractor_type: 'ViTFeatureExtractor' },
  MobileNet: { feature_extractor_type: 'MobileNetV2FeatureExtractor', do_center_crop: true },
};
const sizes = {
  CLIP: { number: { size: 224, crop_size: 224 }, object: { size: { shortest_edge: 224 }, crop_size: { height: 224, width: 224 } } },
  ViT: { number: { size: 224 }, object: { size: { height: 224, width: 224 } } },
  MobileNet: { number: { size: 256, crop_size: 224 }, object: { size: { shortest_edge: 256 }, crop_size: { height: 224, width: 224 } } },
};
async function prepare(network, form, image) {
  fs.mkdirSync('network', { recursive: true });
  fs.writeFileSync('network/preprocessor_config.json', JSON.stringify({ ...networks[network], ...sizes[network][form],
    do_resize: true, resample: 3, do_normalize: true, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }));
  const processor = await AutoImageProcessor.from_pretrained('./network');
  const { pixel_values: { data, dims: [, , height, width] } } = await processor(image);
  const grey = Array.from(data.subarray(0, height * width), (v) => 127.5 * (v + 1));
  return { height, width, at: (x, y) => grey[y * width + x], grey };
}
const a = { number: 'a number', object: 'an object' };
const draw = (width, height, value) => new RawImage(
  Uint8ClampedArray.from({ length: width * height * 3 }, (_, i) => value(Math.floor(i / 3) % width)), width, height, 3);
const count = (n, black) => Array.from({ length: n }, (_, i) => i).filter(black).length;

for (const [width, height, rows, columns] of [[500, 375, 56, 0], [375, 500, 0, 56], [1000, 250, 168, 0], [375, 375, 0, 0]]) {
  for (const form of ['number', 'object']) {
    const seen = await prepare('CLIP', form, draw(width, height, () => 255));
    const black = [count(224, (y) => seen.at(112, y) < 1), count(224, (x) => seen.at(x, 112) < 1)];
    const expected = form === 'number' ? [rows, columns] : [0, 0];
    check(seen.height === 224 && seen.width === 224 && black.join() === expected.join(),
      `CLIP, size ${a[form]}: of ${width} x ${height} white pixels come 224 x 224, ${black[0]} rows and ${black[1]} columns black`);
    if (width === 500 && form === 'number') {
      check(seen.at(112, 27) < 1 && seen.at(112, 28) > 254 && seen.at(112, 195) > 254 && seen.at(112, 196) < 1,
        'CLIP, size a number: the black rows are the first 28 and the last 28');
    }
  }
}

const squares = [];
for (const form of ['number', 'object']) squares.push((await prepare('CLIP', form, draw(375, 375, (x) => x / 2))).grey);
check(squares[0].every((v, i) => v === squares[1][i]), 'CLIP: of a ramp of 375 x 375 pixels the same comes by either');

for (const [form, expected, period] of [['number', 55, 8.96], ['object', 0, 11.95]]) {
  const { grey } = await prepare('CLIP', form, draw(500, 375, () => 128));
  const mean = grey.reduce((a, b) => a + b) / grey.length;
  const deviation = Math.sqrt(grey.reduce((a, b) => a + (b - mean) ** 2, 0) / grey.length);
  check(Math.abs(deviation - expected) < 1, `CLIP, size ${a[form]}: grey of 128 has a standard deviation of ${deviation.toFixed(1)}`);

  // The period that the middle row of a grating has, as the one of the largest amplitude.
  const { at } = await prepare('CLIP', form, draw(500, 375, (x) => 127.5 + 100 * Math.sin(2 * Math.PI * x / 20)));
  let best = [0, 0];
  for (let p = 6; p < 16; p += 0.01) {
    const sum = [Math.cos, Math.sin].map((f) => Array.from({ length: 224 }, (_, x) => (at(x, 112) - 127.5) * f(2 * Math.PI * x / p)).reduce((a, b) => a + b));
    const amplitude = Math.hypot(...sum);
    if (amplitude > best[0]) best = [amplitude, p];
  }
  check(Math.abs(best[1] - period) < 0.1, `CLIP, size ${a[form]}: a grating of 20 pixels a period has ${best[1].toFixed(1)}`);
}

for (const [form, height] of [['number', 168], ['object', 224]]) {
  const seen = await prepare('ViT', form, draw(500, 375, () => 255));
  check(seen.height === height && seen.width === 224, `ViT, size ${a[form]}: of 500 x 375 pixels come ${seen.width} x ${seen.height}`);
}

const outcome = async (form) => {
  try {
    const { width, height } = await prepare('MobileNet', form, draw(500, 375, () => 255));
    return `${width} x ${height}`;
  } catch (error) {
    return error.message;
  }
};
const [number, object] = [await outcome('number'), await outcome('object')];
check(number.includes('bad extract area') && object === '224 x 224',
  `MobileNet, 500 x 375 pixels: size a number: ${number}; size an object: ${object}`);
process.exit(changed > 0 ? 1 : 0);
NODE

echo "npm's @huggingface/transformers $transformers and sharp $sharp"
cd "$work" && node size.mjs
