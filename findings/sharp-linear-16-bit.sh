#!/usr/bin/env bash
# sharp's linear() lowers the contrast of an 8-bit PNG, and of a 16-bit one the luminance.
#
# One would guess that linear(a, b), which by its manual is a * input + b, does to an image what it
# does to the same image in a file of another depth, the more so as sharp returns and writes 8 bits
# for both. Contrast c about grey is linear(c, 127.5 * (1 - c)). In sharp 0.35.5 a grating from
# black to white comes out with contrasts of 0.50, 0.10 and 0.05 (Michelson) and a mean of 127 if
# its PNG has 8 bits. If the PNG has the same pixels in 16 bits, b is taken as so many 65535ths of
# white, not 255ths, and all but lost: the contrast is 1.00 each time, and the mean is 64, 13 and 6.
# The manual gives no unit, and adds 150, 100 and 50 in its example. There is no warning. The offset
# of convolve() is the same; threshold() and backgrounds are on the scale of 255 at either depth,
# and so is linear() where the chain has a greyscale(). (By the source, src/operations.cc,
# backgrounds are multiplied for 16-bit images, and b is not.) Programs write 16 bits unasked:
# ImageMagick 6.9.11.60 did for a grating by -fx and for a blurred pattern, when it was tried. A
# psychometric function over the contrasts of such images is one over luminance. With
# pipelineColourspace('srgb') in the chain both depths come out the same; metadata().depth is
# ushort where a PNG has 16 bits.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Linux on
# x86-64, Node.js and npm; it fetches about 10 MB and takes 30 MB of a temporary folder.
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
rm -r "$work/npm"
(cd "$work" && node -e "require('sharp')") || unusable 'sharp does not load'

cat >"$work/contrast.cjs" <<'NODE'
const zlib = require('zlib');
const sharp = require('sharp');

// A PNG of one row repeated, written by hand; 16-bit values are 257 times the 8-bit ones.
const size = 64;
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
const png = (row, depth, colour) => {
  const bytes = row.flatMap((v) => Array((colour ? 3 : 1) * depth / 8).fill(v));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = depth;
  header[9] = colour ? 2 : 0;
  const rows = Buffer.concat(Array(size).fill(Buffer.from([0, ...bytes])));
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header),
    chunk('IDAT', zlib.deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
};
const grating = Array.from({ length: size }, (_, x) => Math.round(127.5 + 127.5 * Math.sin(2 * Math.PI * x / 16)));
const kinds = { grey: false, colour: true };

// What comes out as 8-bit pixels, of its first channel.
const pixels = async (image) => {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return [...data].filter((_, i) => i % info.channels === 0);
};
const measure = (values) => {
  const least = Math.min(...values), most = Math.max(...values);
  return { michelson: (most - least) / (most + least), mean: values.reduce((a, b) => a + b) / values.length };
};
const text = ({ michelson, mean }) => `contrast ${michelson.toFixed(2)}, mean ${mean.toFixed(1)}`;
const equal = (a, b) => a.every((v, i) => v === b[i]);

async function main() {
  let changed = 0;
  const check = (holds, what) => {
    console.log(`${holds ? 'as described' : 'CHANGED'}: ${what}`);
    changed += !holds;
  };
  console.log(`sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}, Node.js ${process.versions.node}`);
  for (const [kind, colour] of Object.entries(kinds)) {
    const eight = () => sharp(png(grating, 8, colour)), sixteen = () => sharp(png(grating, 16, colour));
    const depths = [(await eight().metadata()).depth, (await sixteen().metadata()).depth];
    const read = [await pixels(eight()), await pixels(sixteen())];
    check(depths.join() === 'uchar,ushort' && equal(read[0], read[1]) && equal(read[0].slice(0, size), grating),
      `${kind}: files of depths ${depths.join(' and ')}, read as the same pixels; ${text(measure(read[0]))}`);
    for (const c of [0.5, 0.1, 0.05]) {
      const a = c, b = 127.5 * (1 - c), what = `${kind}, linear(${a}, ${b})`;
      const low = [await pixels(eight().linear(a, b)), await pixels(sixteen().linear(a, b))];
      const [m8, m16] = low.map(measure);
      check(Math.abs(m8.michelson - c) < 0.01 && Math.abs(m8.mean - 127) < 1, `${what}, 8 bits: ${text(m8)}`);
      check(m16.michelson > 0.99 && Math.abs(m16.mean - 127.5 * c) < 1, `${what}, 16 bits: ${text(m16)}`);
      const converted = await pixels(sixteen().pipelineColourspace('srgb').linear(a, b));
      check(equal(converted, low[0]), `${what}, 16 bits, pipelineColourspace('srgb'): ${text(measure(converted))}, as with 8 bits`);
      const after = await pixels(sixteen().linear(a, b).greyscale());
      check(equal(after, low[0]), `${what}, 16 bits, then greyscale(): ${text(measure(after))}, as with 8 bits`);
      const scaled = measure(await pixels(sixteen().linear(a, 257 * b)));
      check(Math.abs(scaled.michelson - c) < 0.01, `${what}, 16 bits, b times 257: ${text(scaled)}`);
    }
    const written = [];
    for (const image of [eight(), sixteen()]) written.push((await sharp(await image.linear(0.5, 63.75).png().toBuffer()).metadata()).depth);
    check(written.join() === 'uchar,uchar', `${kind}: the PNGs written have depths ${written.join(' and ')}`);
    const one = { width: 3, height: 3, kernel: [0, 0, 0, 0, 1, 0, 0, 0, 0], scale: 2, offset: 64 };
    const convolved = [measure(await pixels(eight().convolve(one))), measure(await pixels(sixteen().convolve(one)))];
    check(Math.abs(convolved[0].michelson - 0.5) < 0.01 && convolved[1].michelson > 0.99,
      `${kind}, convolve() by 1/2 with an offset of 64: ${convolved.map(text).join(' and ')}`);
    const over = [await pixels(eight().threshold(100)), await pixels(sixteen().threshold(100))];
    const wide = { left: 8, background: { r: 128, g: 128, b: 128 } };
    const wider = [(await pixels(eight().extend(wide)))[0], (await pixels(sixteen().extend(wide)))[0]];
    check(equal(over[0], over[1]) && wider.join() === '128,128',
      `${kind}: threshold(100) is the same for both, and a background of 128 is ${wider.join(' and ')}`);
  }
  process.exit(changed > 0 ? 1 : 0);
}

main().catch((error) => { console.error(String(error)); process.exit(1); });
NODE

echo "npm's sharp $sharp"
cd "$work" && node contrast.cjs
