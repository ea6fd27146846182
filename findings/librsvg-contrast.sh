#!/usr/bin/env bash
# librsvg, and so sharp, lowers an SVG image's contrast about a light grey, in linear light.
#
# One would guess that filter: contrast(5%), one of CSS's filter functions, which an SVG may use,
# takes every pixel to within 5 % of mid grey, 121 to 134 of 255. These functions operate in sRGB, says
# MDN, whatever color-interpolation-filters is, and so resvg 2.6.2 (@resvg/resvg-js) has it. librsvg
# 2.63.2, by which sharp 0.35.5 reads SVG, computes them in linear light, as a <filter> element is
# computed that does not say otherwise: at contrast(5%) black is 183, mid grey 185 and white 192.
# That is a contrast of 2.4 % (Michelson) instead of 4.7 %, and a ramp from black to white has a mean
# of 186 instead of 127. At 50 % it is 24 % instead of 50 %, and a mean of 168. brightness(50%) takes
# white to 188 instead of 127, invert(100%) mid grey to 229. color-interpolation-filters: sRGB beside
# the function changes nothing. Debian 12's rsvg-convert (2.54.7) did the same when it was tried, and
# the source of the functions (filter_func.rs) names no colour space. Nothing warns. Who shows
# observers SVG stimuli in a browser, and renders them for a network by rsvg-convert or sharp, gives
# the network half the contrast, and with it another luminance, the more so the less contrast. A
# <filter> element with feComponentTransfer and color-interpolation-filters="sRGB" is right by both,
# and so is opacity over grey.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Linux on
# x86-64, Node.js and npm; it fetches about 15 MB and takes 40 MB of a temporary folder.
set -euo pipefail
sharp=0.35.5
resvg=2.6.2
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in node npm; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --prefix "$work" --cache "$work/npm" --ignore-scripts --no-audit --no-fund --silent "sharp@$sharp" "@resvg/resvg-js@$resvg" >/dev/null ||
  unusable 'an npm package cannot be fetched'
rm -r "$work/npm"
(cd "$work" && node -e "require('sharp'); require('@resvg/resvg-js')") || unusable 'sharp or resvg-js does not load'

cat >"$work/contrast.cjs" <<'NODE'
const sharp = require('sharp');
const { Resvg } = require('@resvg/resvg-js');

// An SVG with a ramp of 256 stripes, from black to white, each of them a pixel wide.
const stripes = Array.from({ length: 256 }, (_, v) => `<rect x="${v}" width="1" height="16" fill="rgb(${v},${v},${v})"/>`).join('');
const svg = ({ attributes = '', definition = '', behind = '' }) => `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="16">
  <defs>${definition}</defs>${behind}<g ${attributes}>${stripes}</g></svg>`;

// The ramp's pixels, in the middle row, by each of the two.
const row = (data, channels) => Array.from({ length: 256 }, (_, x) => data[(8 * 256 + x) * channels]);
const renderers = {
  librsvg: async (text) => {
    const { data, info } = await sharp(Buffer.from(text)).raw().toBuffer({ resolveWithObject: true });
    return row(data, info.channels);
  },
  resvg: async (text) => row(new Resvg(text).render().pixels, 4),
};
const render = async (image) => {
  const text = svg(image), result = {};
  for (const [name, renderer] of Object.entries(renderers)) result[name] = await renderer(text);
  return result;
};
const measure = (values) => ({ black: values[0], grey: values[128], white: values[255],
  michelson: 100 * (values[255] - values[0]) / (values[255] + values[0]), mean: values.reduce((a, b) => a + b) / 256 });
const text = ({ black, grey, white, michelson, mean }) =>
  `black ${black}, mid grey ${grey}, white ${white}, contrast ${michelson.toFixed(1)} %, mean ${mean.toFixed(0)}`;
const near = (measured, ...expected) => [measured.black, measured.grey, measured.white].every((v, i) => Math.abs(v - expected[i]) <= 1);
const transfer = (slope, space) => {
  const functions = ['R', 'G', 'B'].map((c) => `<feFunc${c} type="linear" slope="${slope}" intercept="${0.5 - 0.5 * slope}"/>`).join('');
  return { attributes: 'filter="url(#f)"', definition: `<filter id="f" x="0" y="0" width="1" height="1" ${space}>
    <feComponentTransfer>${functions}</feComponentTransfer></filter>` };
};

async function main() {
  let changed = 0;
  const check = (holds, what) => {
    console.log(`${holds ? 'as described' : 'CHANGED: not so'}: ${what}`);
    changed += !holds;
  };
  console.log(`sharp ${sharp.versions.sharp} with librsvg ${sharp.versions.rsvg}, resvg-js ${require('@resvg/resvg-js/package.json').version}`);

  const plain = await render({});
  check(Object.values(plain).every((values) => values.every((v, i) => v === i)), 'without a filter both render the ramp as it is');

  // the function, and what each makes of black, mid grey and white
  const functions = [
    ['contrast(50%)', [137, 160, 224], [64, 127, 191]],
    ['contrast(20%)', [170, 178, 203], [102, 127, 153]],
    ['contrast(5%)', [183, 185, 192], [121, 127, 133]],
    ['contrast(0.05)', [183, 185, 192], [121, 127, 133]],
    ['brightness(50%)', [0, 93, 188], [0, 64, 127]],
    ['invert(100%)', [255, 229, 0], [255, 127, 0]],
  ];
  for (const [name, linear, srgb] of functions) {
    for (const attributes of [`style="filter: ${name}"`, `filter="${name}"`, `style="filter: ${name}; color-interpolation-filters: sRGB"`]) {
      const { librsvg, resvg } = await render({ attributes });
      const [a, b] = [measure(librsvg), measure(resvg)];
      check(near(a, ...linear) && near(b, ...srgb), `${attributes}: by librsvg ${text(a)}; by resvg ${text(b)}`);
    }
  }

  const element = await render(transfer(0.05, ''));
  check(Object.values(element).every((values) => near(measure(values), 183, 185, 192)),
    `a <filter> element of the same is in linear light by both: by librsvg ${text(measure(element.librsvg))}; by resvg ${text(measure(element.resvg))}`);
  const grey = '<rect width="256" height="16" fill="rgb(128,128,128)"/>';
  for (const slope of [0.5, 0.05]) {
    const ways = [['a <filter> element with color-interpolation-filters="sRGB"', transfer(slope, 'color-interpolation-filters="sRGB"')],
      ['opacity over grey', { attributes: `opacity="${slope}"`, behind: grey }]];
    for (const [what, image] of ways) {
      const { librsvg, resvg } = await render(image);
      const [a, b] = [measure(librsvg), measure(resvg)];
      check([a, b].every((m) => near(m, 127.5 - 127.5 * slope, 128, 127.5 + 127.5 * slope)) && librsvg.every((v, i) => Math.abs(v - resvg[i]) <= 1),
        `${what}, ${100 * slope} %: by librsvg ${text(a)}; by resvg ${text(b)}`);
    }
  }
  process.exit(changed > 0 ? 1 : 0);
}

main().catch((error) => { console.error(String(error)); process.exit(1); });
NODE

echo "npm's sharp $sharp, @resvg/resvg-js $resvg"
cd "$work" && node contrast.cjs
