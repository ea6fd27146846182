#!/usr/bin/env bash
# image-js reads a black-and-white PNG torn: it leaves out pixels at the left of each row.
#
# One would guess that a reader which returns an image of the right size has the right pixels.
# image-js 1.7.0 returns a grey PNG of 1 bit as an image of 8 bits, and of the six widths tried, 200
# to 300, none was right. Where the width is a multiple of 8, as 224 and 256, the first 8 pixels of
# each row are left out, and what follows moves up: row y begins 8 y pixels too far to the right, and
# the end of the image is black. Otherwise 1 to 7 pixels near the left are left out of each row, which
# ends in as many black ones. In the source (decodePng.js) the first byte of a row is taken for the
# one that is filled in part; it is the last. Of a PNG with a palette of 16 colours and 4 bits, the
# rows run together where the width is odd. Nothing warns, and files of 8 bits are right; pngjs 7.0.0
# was right with all. A file of 1 bit comes about unasked: ImageMagick 6.9.11.60 wrote one when every
# pixel was 0 or 255, even from RGB, and one of 8 bits for 13 and 242. So in a series of gratings or
# letters over contrast, the strongest is another image: a vertical grating of 16 pixels a period
# becomes a checkerboard, whose columns all have nearly the same mean, one of 8 pixels looks right but
# for the black end, and a letter is torn. Write 8 bits (ImageMagick: -define png:bit-depth=8), or
# read by pngjs or sharp.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Node.js and npm; it
# fetches about 10 MB and takes 40 MB of a temporary folder.
set -euo pipefail
imagejs=1.7.0
pngjs=7.0.0
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in node npm; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --prefix "$work" --cache "$work/npm" --ignore-scripts --no-audit --no-fund --silent "image-js@$imagejs" "pngjs@$pngjs" >/dev/null ||
  unusable 'an npm package cannot be fetched'
rm -r "$work/npm"

cat >"$work/read.mjs" <<'NODE'
import fs from 'node:fs';
import zlib from 'node:zlib';
import { decode } from 'image-js';
import { PNG } from 'pngjs';

// A PNG written by hand: of bits 1 or 8 in grey, or with a palette of greys and 4 bits.
const crc = (bytes) => {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? sum >>> 1 ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
};
const chunk = (name, data) => {
  const body = Buffer.concat([Buffer.from(name), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
};
const png = (width, height, bits, palette, value) => {
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Buffer.alloc(1 + Math.ceil(width * bits / 8)); // the first byte: no filter
    for (let x = 0; x < width; x++) row[1 + Math.floor(x * bits / 8)] |= value(x, y) << 8 - bits - x * bits % 8;
    return row;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  header[9] = palette ? 3 : 0;
  const colours = palette ? [chunk('PLTE', Buffer.from(palette.flatMap((v) => [v, v, v])))] : [];
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header), ...colours,
    chunk('IDAT', zlib.deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))]);
};

// The pixels that each reader returns, row after row.
const readers = {
  'image-js': (file, width, height) => {
    const image = decode(file);
    if (image.width !== width || image.height !== height || image.bitDepth !== 8) throw new Error('another size');
    return Array.from({ length: width * height }, (_, i) => image.getPixel(i % width, Math.floor(i / width))[0]);
  },
  pngjs: (file, width, height) => {
    const image = PNG.sync.read(file);
    if (image.width !== width || image.height !== height) throw new Error('another size');
    return Array.from({ length: width * height }, (_, i) => image.data[4 * i]);
  },
};
let changed = 0;
const check = (holds, what) => {
  console.log(`${holds ? 'as described' : 'CHANGED: not so'}: ${what}`);
  changed += !holds;
};
const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
console.log(`image-js ${version('image-js')}, pngjs ${version('pngjs')}, Node.js ${process.versions.node}`);

// A letter E on white, and vertical gratings, of black and white.
const letter = (width, height) => (x, y) => {
  const column = Math.floor(8 * x / width), row = Math.floor(8 * y / height);
  return column >= 2 && column < 6 && row >= 1 && row < 7 && (column === 2 || row % 2 === 1 && row < 6 || row === 6) ? 0 : 1;
};
const grating = (period) => () => (x) => x % period < period / 2 ? 1 : 0;
const images = { 'letter E': letter, 'grating of 16 pixels a period': grating(16), 'grating of 8 pixels a period': grating(8) };

for (const [name, image] of Object.entries(images)) {
  for (const width of [200, 224, 225, 250, 256, 300]) {
    const height = width, value = image(width, height);
    const truth = Array.from({ length: width * height }, (_, i) => 255 * value(i % width, Math.floor(i / width)));
    const wrong = (pixels) => pixels.filter((v, i) => v !== truth[i]).length / truth.length;
    const file = png(width, height, 1, null, value);
    const read = readers['image-js'](file, width, height);
    // what would come of it by the description
    const left = width % 8, lost = 8 - left; // of the first 8 pixels of a row, those that are read and those that are not
    const bits = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) if (x < left || x >= 8) bits.push(truth[y * width + x]);
      if (left > 0) bits.push(...Array(lost).fill(0)); // the end of the row's last byte
    }
    const expected = truth.map((_, i) => bits[i] ?? 0);
    check(wrong(read) > 0 && read.every((v, i) => v === expected[i]),
      `${name}, ${width} pixels wide, 1 bit: ${(100 * wrong(read)).toFixed(0)} % of the pixels are wrong, as ${lost} are left out of each row`);
    check(wrong(readers.pngjs(file, width, height)) === 0, '  pngjs has all right');
    const eight = png(width, height, 8, null, (x, y) => 255 * value(x, y));
    check(wrong(readers['image-js'](eight, width, height)) === 0, '  of the same in 8 bits image-js has all right');
    if (width === 224 && name.startsWith('grating')) {
      const means = Array.from({ length: 208 }, (_, x) => { // of columns, above the black end
        let sum = 0;
        for (let y = 0; y < 208; y++) sum += read[y * width + x];
        return sum / 208;
      });
      const range = Math.max(...means) - Math.min(...means);
      check(name.includes('16') ? range < 2 : range === 255, `  above the black end, the means of its columns differ by ${range.toFixed(1)} grey levels instead of 255`);
    }
  }
}

// A ramp of 16 greys, 8 pixels each, with a palette.
for (const width of [128, 127, 121]) {
  const height = 64, value = (x) => Math.floor(x / 8);
  const file = png(width, height, 4, Array.from({ length: 16 }, (_, i) => 17 * i), value);
  const truth = Array.from({ length: width * height }, (_, i) => 17 * value(i % width));
  const wrong = Object.values(readers).map((reader) => reader(file, width, height).filter((v, i) => v !== truth[i]).length / truth.length);
  check(wrong[0] > 0.2 === (width % 2 === 1) && (width % 2 === 1 || wrong[0] === 0) && wrong[1] === 0,
    `a palette of 16 colours, ${width} pixels wide: image-js has ${(100 * wrong[0]).toFixed(0)} % of the pixels wrong, pngjs ${100 * wrong[1]} %`);
}
process.exit(changed > 0 ? 1 : 0);
NODE

echo "npm's image-js $imagejs, pngjs $pngjs"
cd "$work" && node read.mjs
