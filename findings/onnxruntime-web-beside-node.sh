#!/usr/bin/env bash
# onnxruntime-web, required beside onnxruntime-node, runs onnxruntime-node: they agree to the last bit.
#
# One would guess that a session made by require('onnxruntime-web') is one of WebAssembly, the
# only backend that its README lists for Node.js. If the program also requires onnxruntime-node of
# the same version, npm gives both the same onnxruntime-common: InferenceSession is one class for
# the two, and it takes the backend of the highest priority, which is onnxruntime-node's,
# whichever was required first. So a program that checks whether a network computes in the browser
# what it computes on the machine compares one engine with itself. With 1.30.0 all 200 logits of
# 20 images agreed in every bit, at 3 ms an image each; WebAssembly has other last digits in 188 of
# them, and took 16 ms. Nothing says so, and env.versions names both packages. The same program
# with import in place of require runs two engines, since onnxruntime-web then takes another copy
# of onnxruntime-common, and so does one whose packages differ in version (tried once, with
# onnxruntime-web 1.29.0): an update of one makes the differences vanish. With executionProviders:
# ['cpu'] it is the native engine if that was required first, and WebAssembly if not; ['wasm'] is
# always WebAssembly, from onnxruntime-node, too, which alone refuses it. Who compares the two or
# times them should state ['wasm'], or run each in a program of its own.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Linux on
# x86-64, Node.js and npm; it fetches about 150 MB and takes 600 MB of a temporary folder.
set -euo pipefail
onnxruntime=1.30.0
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in node npm; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# It would leave a device ID and a database for reports of its use in the home folder.
export ORT_DISABLE_TELEMETRY=1
npm install --prefix "$work" --cache "$work/npm" --ignore-scripts --no-audit --no-fund --silent \
  "onnxruntime-node@$onnxruntime" "onnxruntime-web@$onnxruntime" "onnxruntime-common@$onnxruntime" >/dev/null ||
  unusable 'an npm package cannot be fetched'
rm -r "$work/npm"
for package in node web; do
  (cd "$work" && node -e "require('onnxruntime-$package')") || unusable "onnxruntime-$package does not load"
done

# The network, written by hand: two convolutions of 3 x 3, the mean of each map, ten logits. And
# what runs it: 20 images one by one; it returns the logits, and the processor time of an image.
cat >"$work/network.cjs" <<'NODE'
const varint = (n) => (n > 127 ? Buffer.concat([Buffer.from([n & 127 | 128]), varint(n >> 7)]) : Buffer.from([n]));
const field = (number, ...parts) => Buffer.concat([varint(number << 3 | 2), varint(Buffer.concat(parts).length), ...parts]);
const whole = (number, value) => Buffer.concat([varint(number << 3), varint(value)]);
const text = (number, value) => field(number, Buffer.from(value));
const attribute = (name, v) => (Array.isArray(v) ? field(5, text(1, name), ...v.map((i) => whole(8, i)), whole(20, 7))
  : field(5, text(1, name), whole(3, v), whole(20, 2)));
const node = (operator, inputs, output, attributes = {}) => field(1, ...inputs.map((name) => text(1, name)),
  text(2, output), text(4, operator), ...Object.entries(attributes).map(([k, v]) => attribute(k, v)));
const value = (number, name, dims) => field(number, text(1, name), field(2, field(1, whole(1, 1),
  field(2, ...dims.map((d) => field(1, whole(1, d)))))));

let seed = 1;
const noise = (n) => Float32Array.from({ length: n }, () => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5);
const weights = (name, dims) => field(5, ...dims.map((d) => whole(1, d)), whole(2, 1), text(8, name),
  field(9, Buffer.from(noise(dims.reduce((a, b) => a * b)).buffer)));
const model = Buffer.concat([whole(1, 7), field(7,
  node('Conv', ['image', 'w1'], 'a', { pads: [1, 1, 1, 1] }), node('Relu', ['a'], 'b'),
  node('Conv', ['b', 'w2'], 'c', { pads: [1, 1, 1, 1] }), node('Relu', ['c'], 'd'),
  node('ReduceMean', ['d'], 'e', { axes: [2, 3], keepdims: 0 }), node('MatMul', ['e', 'w3'], 'logits'), text(2, 'two'),
  weights('w1', [64, 3, 3, 3]), weights('w2', [64, 64, 3, 3]), weights('w3', [64, 10]),
  value(11, 'image', [1, 3, 64, 64]), value(12, 'logits', [1, 10])), field(8, whole(2, 13))]);
const images = Array.from({ length: 20 }, () => noise(3 * 64 * 64));

exports.run = async (ort, options = {}) => {
  try {
    const session = await ort.InferenceSession.create(new Uint8Array(model), { ...options, intraOpNumThreads: 1 });
    const logits = [];
    const start = process.cpuUsage();
    for (const image of images) {
      const feed = { image: new ort.Tensor('float32', image, [1, 3, 64, 64]) };
      logits.push(...(await session.run(feed)).logits.data);
    }
    return { logits, ms: process.cpuUsage(start).user / 1000 / images.length, versions: Object.keys(ort.env.versions).sort() };
  } catch (error) {
    return { error: String(error) };
  }
};
NODE

# Programs that load one of the two, or both.
cat >"$work/one.cjs" <<'NODE'
const ort = require(process.argv[2]);
const { run } = require('./network.cjs');
(async () => {
  console.log(JSON.stringify({ plain: await run(ort), wasm: await run(ort, { executionProviders: ['wasm'] }) }));
  process.exit(0);
})();
NODE
cat >"$work/required.cjs" <<'NODE'
const first = require(process.argv[2]);
const second = require(process.argv[3]);
const { run } = require('./network.cjs');
const [native, web] = process.argv[2] === 'onnxruntime-node' ? [first, second] : [second, first];
(async () => {
  console.log(JSON.stringify({
    native: await run(native), web: await run(web), same: native.InferenceSession === web.InferenceSession,
    webCpu: await run(web, { executionProviders: ['cpu'] }), webWasm: await run(web, { executionProviders: ['wasm'] }),
    nativeWasm: await run(native, { executionProviders: ['wasm'] }) }));
  process.exit(0);
})();
NODE
cat >"$work/imported.mjs" <<'NODE'
import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { run } from './network.cjs';
console.log(JSON.stringify({
  native: await run(native), web: await run(web), same: native.InferenceSession === web.InferenceSession }));
process.exit(0);
NODE

echo "npm's onnxruntime-node, onnxruntime-web and onnxruntime-common $onnxruntime, Node.js $(node --version)"
cd "$work"
node one.cjs onnxruntime-node >native.json
node one.cjs onnxruntime-web >web.json
node required.cjs onnxruntime-node onnxruntime-web >native-first.json
node required.cjs onnxruntime-web onnxruntime-node >web-first.json
node imported.mjs >imported.json

cat >"$work/compare.cjs" <<'NODE'
const fs = require('fs');
let changed = 0;
const check = (holds, what) => {
  console.log(`${holds ? 'as described' : 'CHANGED'}: ${what}`);
  changed += !holds;
};
const read = (name) => JSON.parse(fs.readFileSync(`${name}.json`));
const native = read('native').plain, web = read('web').plain;
for (const [name, { error }] of Object.entries({ 'onnxruntime-node': native, 'onnxruntime-web': web })) {
  if (error) {
    console.error(`cannot run here: ${name}: ${error}`);
    process.exit(2);
  }
}
const other = (a, b) => (a.error || b.error ? NaN : a.logits.filter((v, i) => v !== b.logits[i]).length);
const which = (a) => (other(a, native) === 0 ? 'native' : other(a, web) === 0 ? 'WebAssembly' : 'neither');
const ms = (a) => `${a.ms.toFixed(1)} ms`;

const far = Math.max(...native.logits.map((v, i) => Math.abs(v - web.logits[i]))) / Math.max(...native.logits.map(Math.abs));
check(other(native, web) > 20 && far < 1e-5, `each alone: ${other(native, web)} of ${native.logits.length} logits differ, ` +
  `by up to ${far.toExponential(0)} of the largest; ${ms(native)} and ${ms(web)} an image`);
check(read('native').wasm.error !== undefined, "onnxruntime-node alone refuses executionProviders ['wasm']");
for (const [first, order] of [['native', 'onnxruntime-node'], ['web', 'onnxruntime-web']]) {
  const both = read(`${first}-first`);
  const what = `both required, ${order} first`;
  check(both.same, `${what}: InferenceSession is the same class`);
  check(which(both.native) === 'native' && which(both.web) === 'native',
    `${what}: ${other(both.native, both.web)} logits differ, both are the native ones; ${ms(both.native)} and ${ms(both.web)}`);
  check(both.web.versions.join() === 'common,node,web', `${what}: env.versions has ${both.web.versions.join(', ')}`);
  const expected = first === 'native' ? 'native' : 'WebAssembly';
  check(which(both.webCpu) === expected, `${what}: onnxruntime-web with ['cpu'] is ${which(both.webCpu)}`);
  check(which(both.webWasm) === 'WebAssembly' && which(both.nativeWasm) === 'WebAssembly',
    `${what}: with ['wasm'] onnxruntime-web is ${which(both.webWasm)}, onnxruntime-node ${which(both.nativeWasm)}`);
}
const imported = read('imported');
check(!imported.same && which(imported.native) === 'native' && which(imported.web) === 'WebAssembly',
  `both imported: onnxruntime-node is ${which(imported.native)}, onnxruntime-web ${which(imported.web)}`);
process.exit(changed > 0 ? 1 : 0);
NODE
node compare.cjs
