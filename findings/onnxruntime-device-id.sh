#!/usr/bin/env bash
# ONNX Runtime for Node.js leaves a device ID and a database in the user's home folder.
#
# One would guess that a library that computes a network's outputs writes no file. On Linux,
# the first session that onnxruntime-node 1.30.0 makes writes a folder below ~/.cache: an ID of
# the device, and a database. The variable ORT_DISABLE_TELEMETRY=1 keeps it from doing so. Who
# compares lesion with ONNX Runtime (scripts/bench) on a machine whose home folder is shared,
# or where nothing may be written about it, should set the variable, as that script does.
# What becomes of the files is not looked at here.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Linux on
# x86-64, Node.js and npm; it fetches about 110 MB and takes 300 MB of a temporary folder.
set -euo pipefail
onnxruntime=1.30.0
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in node npm; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --prefix "$work" --cache "$work/npm" --ignore-scripts --no-audit --no-fund --silent \
  "onnxruntime-node@$onnxruntime" "onnxruntime-common@$onnxruntime" >/dev/null || unusable 'an npm package cannot be fetched'

# A network of one Identity, written by hand: y = x, two floats.
cat >"$work/session.cjs" <<'NODE'
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

const field = (number, bytes) => Buffer.concat([Buffer.from([number << 3 | 2, bytes.length]), bytes]);
const whole = (number, value) => Buffer.from([number << 3, value]);
const text = (number, value) => field(number, Buffer.from(value));
const floats = (name) => Buffer.concat([
  text(1, name), field(2, field(1, Buffer.concat([whole(1, 1), field(2, field(1, whole(1, 2)))])))]);
const graph = Buffer.concat([
  field(1, Buffer.concat([text(1, 'x'), text(2, 'y'), text(4, 'Identity')])),
  text(2, 'identity'), field(11, floats('x')), field(12, floats('y'))]);
const model = Buffer.concat([whole(1, 8), field(7, graph), field(8, whole(2, 13))]);

(async () => {
  const file = path.join(process.env.HOME, '..', 'identity.onnx');
  fs.writeFileSync(file, model);
  const session = await ort.InferenceSession.create(file);
  const x = new ort.Tensor('float32', Float32Array.from([3, 4]), [2]);
  const {y} = await session.run({x});
  console.log(`  Identity of 3, 4 by ONNX Runtime ${ort.env.versions.node}: ${y.data.join(', ')}`);
})();
NODE

# Runs it with an empty home folder, whose files are listed afterwards.
run_at_home() { # NAME [VARIABLE=VALUE]
  local home=$work/$1
  shift
  mkdir "$home"
  (cd "$work" && env -u ORT_DISABLE_TELEMETRY -u XDG_CACHE_HOME HOME="$home" "$@" node session.cjs) ||
    unusable 'ONNX Runtime does not run'
  (cd "$home" && find . -type f | sort | sed 's/^/  leaves /')
}

echo "onnxruntime-node $onnxruntime, as it comes:"
run_at_home home | tee "$work/first"
echo "with ORT_DISABLE_TELEMETRY=1:"
run_at_home quiet ORT_DISABLE_TELEMETRY=1 | tee "$work/second"

status=0
judge() { # WHAT, whether it is so
  [ "$2" = yes ] && echo "as described: $1" || { echo "CHANGED: not so: $1"; status=1; }
}
judge 'it leaves files below ~/.cache, which nobody asked for' \
  "$(grep -q 'leaves \./\.cache/' "$work/first" && echo yes)"
judge 'with the variable it leaves none' "$(grep -q leaves "$work/second" || echo yes)"
exit $status
