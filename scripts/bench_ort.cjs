// Times ONNX Runtime on the sub-network behind a layer; called by bench_peers.py.
//   node bench_ort.cjs FOLDER NODE_MODULES
// FOLDER holds tail.onnx and feeds.json; prints the seconds per kernel at the best
// batch size, and the classes predicted for the largest batch.
// ONNX Runtime is kept from leaving a device ID in the home folder
// (findings/onnxruntime-device-id.sh).
process.env.ORT_DISABLE_TELEMETRY = '1';
const fs = require('fs');
const path = require('path');
const [folder, modules] = process.argv.slice(2);
const ort = require(path.resolve(modules, 'onnxruntime-node'));

async function main() {
  const { threads, feeds } = JSON.parse(fs.readFileSync(path.join(folder, 'feeds.json')));
  const session = await ort.InferenceSession.create(path.join(folder, 'tail.onnx'), {
    intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all',
  });
  let best = Infinity, predicted = [];
  for (const { batch, inputs } of feeds) {
    const feed = {};
    for (const { name, file, dims } of inputs) {
      const raw = fs.readFileSync(path.join(folder, file));
      const data = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
      feed[name] = new ort.Tensor('float32', data, dims);
    }
    let result = await session.run(feed);
    const times = [];
    for (let total = 0; total < 0.15 || times.length < 3;) {
      const start = process.hrtime.bigint();
      result = await session.run(feed);
      times.push(Number(process.hrtime.bigint() - start) / 1e9);
      total += times[times.length - 1];
    }
    times.sort((a, b) => a - b);
    best = Math.min(best, times[times.length >> 1] / batch);
    const logits = result[session.outputNames[0]].data, classes = logits.length / batch;
    predicted = Array.from({ length: batch }, (_, i) => {
      const row = logits.subarray(i * classes, (i + 1) * classes);
      return row.indexOf(row.reduce((a, b) => Math.max(a, b), -Infinity));
    });
  }
  console.log(JSON.stringify({ seconds: best, predicted }));
}

main().catch((error) => { console.error(String(error)); process.exit(1); });
