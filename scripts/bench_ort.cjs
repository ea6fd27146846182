// Runs ONNX Runtime for bench_onnx.py.
//   node bench_ort.cjs FOLDER NODE_MODULES
// FOLDER holds model.onnx and job.json: {threads, inputs: [{name, file, dims}], batches, constants}.
// The files are float32, for one image. If job.json has no batches, the network runs once; its
// outputs are written to FOLDER and listed in outputs.json. If it has, batches of these sizes are
// timed: the inputs are repeated, and in copy k plane k of the first input is set to constants[k].
// Printed are the seconds per copy at the best batch size and the classes predicted at the largest.
// The variable set below keeps ONNX Runtime from writing a device ID to the home folder
// (findings/onnxruntime-device-id.sh).
process.env.ORT_DISABLE_TELEMETRY = '1';
const fs = require('fs');
const path = require('path');
const [folder, modules] = process.argv.slice(2);
const ort = require(path.resolve(modules, 'onnxruntime-node'));

const LONG_ENOUGH = 0.2, TOO_LONG = 1.0; // seconds, as in bench_peers.py
const TYPES = { float32: '<f4', int64: '<i8' }; // as NumPy calls them

function read({ file, dims }) {
  const raw = fs.readFileSync(path.join(folder, file));
  return { dims, data: new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length)) };
}

function repeated({ dims, data }, batch) {
  const all = new Float32Array(batch * data.length);
  for (let i = 0; i < batch; i++) all.set(data, i * data.length);
  return { dims: [batch, ...dims.slice(1)], data: all };
}

async function timed(session, feed) {
  let result;
  const times = [];
  for (let total = 0, calls = -1; calls < 3 || total < LONG_ENOUGH; calls++) {
    const start = process.hrtime.bigint();
    result = await session.run(feed);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    if (calls >= 0) { // the first call only warms up
      times.push(seconds);
      total += seconds;
      if (total > TOO_LONG) break;
    }
  }
  times.sort((a, b) => a - b);
  return { result, median: times[times.length >> 1] };
}

async function main() {
  const job = JSON.parse(fs.readFileSync(path.join(folder, 'job.json')));
  const session = await ort.InferenceSession.create(path.join(folder, 'model.onnx'), {
    intraOpNumThreads: job.threads, interOpNumThreads: 1, graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
  });
  const values = job.inputs.map(read);
  const feedOf = (tensors) => Object.fromEntries(tensors.map(
    ({ dims, data }, i) => [job.inputs[i].name, new ort.Tensor('float32', data, dims)]));
  if (!job.batches) {
    const outputs = await session.run(feedOf(values));
    const list = Object.entries(outputs).filter(([, t]) => t.type in TYPES).map(([name, t], i) => {
      const { buffer, byteOffset, byteLength } = t.data, file = `out${i}.raw`;
      fs.writeFileSync(path.join(folder, file), new Uint8Array(buffer, byteOffset, byteLength));
      return { name, file, dims: t.dims, type: TYPES[t.type] };
    });
    fs.writeFileSync(path.join(folder, 'outputs.json'), JSON.stringify(list));
    return;
  }
  let best = Infinity, predicted = [];
  for (const batch of job.batches) {
    const tensors = values.map((v) => repeated(v, batch));
    const [, planes, ...space] = values[0].dims, size = space.reduce((a, b) => a * b, 1);
    for (let k = 0; k < batch; k++) {
      tensors[0].data.fill(job.constants[k], (k * planes + k) * size, (k * planes + k + 1) * size);
    }
    const { result, median } = await timed(session, feedOf(tensors));
    best = Math.min(best, median / batch);
    const logits = result[session.outputNames[0]].data, classes = logits.length / batch;
    predicted = Array.from({ length: batch }, (_, i) => {
      const row = logits.subarray(i * classes, (i + 1) * classes);
      return row.indexOf(row.reduce((a, b) => Math.max(a, b), -Infinity));
    });
    if (median > TOO_LONG) break;
  }
  console.log(JSON.stringify({ seconds: best, predicted }));
}

main().catch((error) => { console.error(String(error)); process.exit(1); });
