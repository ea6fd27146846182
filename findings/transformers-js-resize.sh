#!/usr/bin/env bash
# transformers.js, asked in Node.js for bilinear or bicubic resizing, shrinks without a filter.
#
# One would guess that it prepares an image as the Python original does whose
# preprocessor_config.json it reads; its source says of this step that it matches Pillow. Pillow
# 9.4.0 widens the kernel as it shrinks, so that what is too fine for the small image goes grey.
# @huggingface/transformers 4.3.2 has sharp interpolate at single points (sharp's affine), and
# what is too fine comes out as a coarse pattern. From 896 pixels to 224, bilinear, bicubic and
# nearest are the same there, every fourth pixel from the first, which shifts the image by 1.5 of
# its pixels, too. Of a grating of 4.2 pixels a period, with a standard deviation of 90 grey
# levels, Pillow leaves 1.3, and transformers.js makes stripes of 21 pixels of it, of 89.3; one
# of 8 pixels, which the small image can show, has 46.6 by Pillow and vanishes here (0.5). The
# whole factor is not to blame: 2.5 pixels a period at 500 pixels give 4.1 and 56.3. And where
# it enlarges, the last column and row of a white image are grey. Only Lanczos, resample 1, is
# filtered. Who shows gratings, noise or photographs to a network by it has other contrasts and
# spatial frequencies than by Pillow, or by lesion, which resizes as Pillow does: bring the
# images to the network's size first, by Pillow or by sharp's own resize (kernel linear or
# cubic). An image of that size is left as it is.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64, Node.js and npm; it fetches about 200 MB and takes 550 MB of a temporary folder.
set -euo pipefail
transformers=4.3.2
sharp=0.35.5
pillow=9.4.0-1.1+deb12u1
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb node npm; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Pillow: its package and all that it depends on, found as for an empty machine, unpacked and
# not installed. Perl, which a package of it asks for, is left out.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "python3-pil=$pillow" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' | grep -vE '^(lib)?perl' >"$work/list" ||
  unusable "no python3-pil $pillow among Debian's packages (Debian 12 has it; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/*'
done
rm -r "$work/packages"
python() {
  env -i LC_ALL=C.UTF-8 PYTHONHOME="$work/root/usr" "$work/root/lib64/ld-linux-x86-64.so.2" \
    --library-path "$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu" \
    "$work/root/usr/bin/python3.11" -I "$@"
}

# transformers.js: sharp's and ONNX Runtime's programs come in packages, no install script is
# needed. ONNX Runtime runs no network here.
export ORT_DISABLE_TELEMETRY=1
npm install --prefix "$work" --cache "$work/npm" --ignore-scripts --no-audit --no-fund --silent \
  "@huggingface/transformers@$transformers" "sharp@$sharp" >/dev/null || unusable 'an npm package cannot be fetched'
rm -r "$work/npm"
python -c 'import PIL.Image' || unusable 'the unpacked Pillow does not load'
(cd "$work" && node -e "require('sharp'); require('@huggingface/transformers')") || unusable 'transformers.js does not load'

cat >"$work/images.py" <<'PYTHON'
import math
import sys

import PIL
from PIL import Image

folder = sys.argv[1]
assert PIL.__file__.startswith(folder), PIL.__file__
print(f"Pillow {PIL.__version__}")


def grating(size, period):
    row = [round(127.5 + 127 * math.sin(2 * math.pi * x / period)) for x in range(size)]
    return Image.frombytes("RGB", (size, size), bytes(v for v in row for _ in range(3)) * size)


images = {f"{size}-{period}": grating(size, period) for size, period in ((896, 4.2), (896, 8), (896, 64), (500, 2.5))}
images["112-white"] = Image.new("RGB", (112, 112), "white")
images["224-5"] = grating(224, 5)
for name, image in images.items():
    image.save(f"{folder}/{name}.png")
    for resample in range(4):
        open(f"{folder}/{name}.{resample}", "wb").write(image.resize((224, 224), resample).tobytes())
PYTHON

cat >"$work/compare.mjs" <<'NODE'
import fs from 'fs';
import sharp from 'sharp';
import { AutoImageProcessor, RawImage, env } from '@huggingface/transformers';

let changed = 0;
const check = (holds, what) => {
  console.log(`${holds ? 'as described' : 'CHANGED'}: ${what}`);
  changed += !holds;
};
const deviation = (values) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
};
const near = (a, b) => Math.abs(a - b) < 0.05 * b + 0.1;
const methods = { 0: 'nearest', 1: 'Lanczos', 2: 'bilinear', 3: 'bicubic' };

// What a network gets, by a configuration as networks come with: 224 x 224, bilinear, and
// values from -1 to 1, here brought back to grey levels.
fs.mkdirSync('network');
fs.writeFileSync('network/preprocessor_config.json', JSON.stringify({
  image_processor_type: 'ViTImageProcessor', do_resize: true, size: { height: 224, width: 224 }, resample: 2,
  do_rescale: true, rescale_factor: 1 / 255, do_normalize: true, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }));
env.allowRemoteModels = false;
const prepare = await AutoImageProcessor.from_pretrained('./network');
console.log(`transformers.js ${env.version}, sharp ${JSON.parse(fs.readFileSync('node_modules/sharp/package.json')).version}`);

// Standard deviations in grey levels, of the image, and shrunk by Pillow and by transformers.js.
const expected = {
  '896-4.2': [89.8, { 1: [1.35, 1.23], 2: [1.29, 89.28], 3: [1.27, 89.28] }],
  '896-8': [89.8, { 1: [58.7, 54.6], 2: [46.6, 0.5], 3: [57.6, 0.5] }],
  '896-64': [89.8, { 1: [89.97, 89.82], 2: [88.52, 89.77], 3: [89.97, 89.77] }],
  '500-2.5': [89.8, { 1: [0.88, 0.98], 2: [4.12, 56.35], 3: [0.98, 68.71] }],
};
for (const [name, [whole, byMethod]] of Object.entries(expected)) {
  const image = await RawImage.read(`${name}.png`);
  const [size, period] = name.split('-');
  const what = `${size} pixels, ${period} a period`;
  check(near(deviation(image.data), whole), `${what}: a deviation of ${deviation(image.data).toFixed(1)}`);
  for (const [resample, [pillow, here]] of Object.entries(byMethod)) {
    const resized = await image.resize(224, 224, { resample: Number(resample) });
    const deviations = [deviation([...fs.readFileSync(`${name}.${resample}`)]), deviation(resized.data)];
    check(near(deviations[0], pillow) && near(deviations[1], here), `${what}, ${methods[resample]}: ` +
      `${deviations[0].toFixed(1)} by Pillow, ${deviations[1].toFixed(1)} by transformers.js`);
  }
  const { pixel_values: values } = await prepare(image);
  check(near(127.5 * deviation(values.data), byMethod[2][1]), `${what}: the network gets ${(127.5 * deviation(values.data)).toFixed(1)}`);
  const filtered = await sharp(`${name}.png`).resize(224, 224, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
  check(Math.abs(deviation([...filtered]) - byMethod[2][0]) < 9,
    `${what}: ${deviation([...filtered]).toFixed(1)} by sharp's own resize, kernel linear`);
}

// The first row of an image, every fourth pixel, and of what it is shrunk to.
const image = await RawImage.read('896-4.2.png');
const fourth = Array.from({ length: 224 }, (_, i) => image.data[3 * 4 * i]);
console.log(`  every fourth pixel of the image: ${fourth.slice(0, 21).join(' ')} ...`);
for (const resample of [0, 2, 3]) {
  const { data } = await image.resize(224, 224, { resample });
  const row = Array.from({ length: 224 }, (_, i) => data[3 * i]);
  check(row.every((v, i) => v === fourth[i]), `896 pixels, 4.2 a period: ${methods[resample]} takes every fourth pixel`);
}

const white = await (await RawImage.read('112-white.png')).resize(224, 224, { resample: 2 });
const edge = [100, 222, 223].map((x) => white.data[3 * (224 * 100 + x)]);
const corner = white.data[3 * (224 * 223 + 223)];
const whole = fs.readFileSync('112-white.2').every((v) => v === 255);
check(whole && edge[0] === 255 && edge[1] === 255 && edge[2] < 130 && corner < 70,
  `112 white pixels enlarged to 224: the last three columns are ${edge.join(', ')}, the corner ${corner}, by Pillow all 255`);

const same = await RawImage.read('224-5.png');
const kept = (await prepare(same)).pixel_values.data;
check(same.data.every((v, i) => Math.abs(127.5 * (kept[(i % 3) * 224 * 224 + Math.floor(i / 3)] + 1) - v) < 0.01),
  'an image of 224 pixels: the network gets it as it is');
process.exit(changed > 0 ? 1 : 0);
NODE

echo "npm's @huggingface/transformers $transformers and sharp $sharp, Debian's python3-pil $pillow"
python "$work/images.py" "$work"
cd "$work" && node compare.mjs
