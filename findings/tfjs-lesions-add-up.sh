#!/usr/bin/env bash
# TensorFlow.js: zeroing a kernel in dataSync() lesions for good on one backend, on another not at all.
#
# One would guess that dataSync(), which by its documentation downloads a tensor's values, returns
# a copy of them, and that clone(), "a copy of the tensor", is one. In TensorFlow.js 4.22.0 the
# backend cpu, which it takes in Node.js where no other is added, returns the memory in which the
# tensor lies, and its clone lies there, too; wasm returns a copy. A sweep that zeroes one kernel
# in what dataSync() returns, gives that to layer.setWeights(), measures, and puts back the clone
# it kept, is right by wasm: of 100 gratings at four orientations the network below names 100, and
# 88 to 98 without one of its eight kernels. By cpu the same script lesions one kernel more at each
# step, 96, 75, 68, 50, 48, 25, 25, 25, and the network that it restored names 25, which is chance.
# Without setWeights() it does so by cpu as well, and by wasm no kernel seems to carry anything:
# 100, eight times. data() and bufferSync() do as dataSync() does. No error or warning speaks of it.
# (The documentation calls tensors immutable, and tells not to change a typed array that one was
# made of; of bufferSync() it says that it holds the underlying data. A pull request of 2019 by
# which dataSync() would copy, 1670 of tfjs-core, was dropped for its cost.) Write into
# dataSync().slice() or arraySync(), or multiply by a mask: these are right by both. And measure
# the restored network at the end of a sweep. WebGL, WebGPU and tfjs-node were not looked at.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Node.js and npm;
# it fetches about 20 MB and takes 120 MB of a temporary folder.
set -euo pipefail
tfjs=4.22.0
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in node npm; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --prefix "$work" --cache "$work/npm" --ignore-scripts --no-audit --no-fund --silent \
  "@tensorflow/tfjs-core@$tfjs" "@tensorflow/tfjs-layers@$tfjs" "@tensorflow/tfjs-backend-cpu@$tfjs" \
  "@tensorflow/tfjs-backend-wasm@$tfjs" >/dev/null || unusable 'an npm package cannot be fetched'
rm -r "$work/npm"
(cd "$work" && node -e "require('@tensorflow/tfjs-layers'); require('@tensorflow/tfjs-backend-wasm')") 2>/dev/null ||
  unusable 'TensorFlow.js does not load'

cat >"$work/sweep.cjs" <<'NODE'
const path = require('path');
const tf = require('@tensorflow/tfjs-core');
const { layers, sequential, version_layers: version } = require('@tensorflow/tfjs-layers');
require('@tensorflow/tfjs-backend-cpu');
const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm');
setWasmPaths(path.join(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist', path.sep));

// Gratings of 5 pixels a period in noise, which is the same in every run.
const size = 16, width = 9, angles = [0, 45, 90, 135], kernels = 8, images = 100;
const wave = (angle, phase, x, y) =>
  Math.cos(2 * Math.PI * (x * Math.cos(angle * Math.PI / 180) + y * Math.sin(angle * Math.PI / 180)) / 5 + phase);
let seed = 1;
const noise = () => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5;
const pixels = new Float32Array(images * size * size);
for (let i = 0; i < images; i++) {
  const phase = 7 * noise();
  for (let j = 0; j < size * size; j++) {
    pixels[i * size * size + j] = 0.4 * wave(angles[i % 4], phase, j % size, Math.floor(j / size)) + 2 * noise();
  }
}

// Two Gabor kernels of opposite sign for each orientation, a rectification, the mean of each map,
// and the sum of each two.
const gabor = Array.from({ length: width * width * kernels }, (_, i) => {
  const k = i % kernels, x = Math.floor(i / kernels) % width - 4, y = Math.floor(i / kernels / width) - 4;
  return Math.exp(-(x * x + y * y) / 10) * wave(angles[k >> 1], (k % 2) * Math.PI, x, y);
});
const sums = Array.from({ length: kernels * 4 }, (_, i) => (i >> 3 === i % 4 ? 1 : 0));
const network = () => sequential({ layers: [
  layers.conv2d({ inputShape: [size, size, 1], filters: kernels, kernelSize: width, useBias: false, activation: 'relu',
    weights: [tf.tensor(gabor, [width, width, 1, kernels])] }),
  layers.globalAveragePooling2d({}),
  layers.dense({ units: 4, useBias: false, weights: [tf.tensor(sums, [kernels, 4])] })] });
const right = (model) => tf.argMax(model.predict(tf.tensor(pixels, [images, size, size, 1])), 1).arraySync()
  .filter((angle, i) => angle === i % 4).length;

// Ways to lesion kernel k, given the layer and the tensor of its weights.
const zeroed = (values, k) => values.map((v, i) => (i % kernels === k ? 0 : v));
const zero = (values, k) => {
  for (let i = k; i < values.length; i += kernels) values[i] = 0;
  return values;
};
const set = (layer, weights, values) => layer.setWeights([tf.tensor(values, weights.shape)]);
const ways = {
  'dataSync(), setWeights()': (layer, weights, k) => set(layer, weights, zero(weights.dataSync(), k)),
  'data(), setWeights()': async (layer, weights, k) => set(layer, weights, zero(await weights.data(), k)),
  'bufferSync(), setWeights()': (layer, weights, k) => set(layer, weights, zero(weights.bufferSync().values, k)),
  'dataSync() alone': (layer, weights, k) => zero(weights.dataSync(), k),
  'data() alone': async (layer, weights, k) => zero(await weights.data(), k),
  'bufferSync() alone': (layer, weights, k) => {
    const buffer = weights.bufferSync();
    for (let i = 0; i < width * width; i++) buffer.set(0, Math.floor(i / width), i % width, 0, k);
  },
  'dataSync().slice(), setWeights()': (layer, weights, k) => set(layer, weights, zero(weights.dataSync().slice(), k)),
  'arraySync(), setWeights()': (layer, weights, k) => set(layer, weights, zeroed(weights.arraySync().flat(3), k)),
  'a mask, setWeights()': (layer, weights, k) => layer.setWeights([tf.mul(weights, zeroed(Array(kernels).fill(1), k))]),
};
const wrong = (name) => /alone|^(dataSync\(\)|data\(\)|bufferSync\(\)),/.test(name);

async function main() {
  let changed = 0;
  const check = (holds, what) => {
    console.log(`${holds ? 'as described' : 'CHANGED'}: ${what}`);
    changed += !holds;
  };
  console.log(`TensorFlow.js ${tf.version_core}, layers ${version}, Node.js ${process.versions.node}`);
  const single = [96, 88, 92, 92, 98, 91, 96, 97], added = [96, 75, 68, 50, 48, 25, 25, 25];
  const close = (counts, expected) => counts.length === expected.length && counts.every((c, i) => Math.abs(c - expected[i]) <= 2);
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    if (tf.getBackend() !== backend) throw new Error(`no backend ${backend}`);
    for (const [name, lesion] of Object.entries(ways)) {
      const model = network();
      const layer = model.layers[0];
      const [weights] = layer.getWeights();
      const intact = weights.clone();
      const before = right(model);
      const counts = [];
      for (let k = 0; k < kernels; k++) {
        await lesion(layer, weights, k);
        counts.push(right(model));
        layer.setWeights([intact]);
      }
      const after = right(model);
      const nothing = backend === 'wasm' && name.endsWith('alone');
      const [expected, restored] = backend === 'cpu' && wrong(name) ? [added, 25]
        : nothing ? [Array(kernels).fill(100), 100] : [single, 100];
      check(close([before], [100]) && close(counts, expected) && close([after], [restored]),
        `${backend}, ${name}: of ${images} right ${before}, each kernel lesioned ${counts.join(' ')}, restored ${after}`);
    }
  }
  process.exit(changed > 0 ? 1 : 0);
}

main().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
NODE

echo "npm's @tensorflow/tfjs-core, -layers, -backend-cpu and -backend-wasm $tfjs"
cd "$work" && node sweep.cjs
