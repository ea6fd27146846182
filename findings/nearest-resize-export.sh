#!/usr/bin/env bash
# F.interpolate(mode="nearest") takes other pixels in PyTorch than in its own ONNX export.
#
# One would guess that picking the nearest pixel, which computes no value, is the same
# everywhere. For scale_factor=0.6 the output's pixel 9 lies at 9 / 0.6 = 15 of the input, and
# pixel 15 is what PyTorch 1.13.1 takes: it multiplies by 1 / 0.6, rounded to a float, and has
# 15. Its exporter writes Resize with the scale 0.6, and ONNX Runtime divides by that float,
# which is a little more than 0.6, has a little less than 15 and takes pixel 14; both round
# down. So the two may disagree wherever an output lies at a whole place of the input: in one
# output of eight at 0.6 and 0.3, in none at 0.5, 2 and 4; at 0.7 some outputs are even a pixel
# longer. A fixed size=... in place of the factor is no way out, it differs at some widths,
# too. No warning speaks of it. Who lesions a network with such a step by its .onnx file gets
# other logits than PyTorch has, and an image near a decision's boundary may change its class:
# scale by powers of two, or compare with ONNX Runtime rather than with PyTorch.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64, Node.js and npm; it fetches about 310 MB and takes 1.1 GB of a temporary folder.
set -euo pipefail
torch=1.13.1+dfsg-4
onnxruntime=1.30.0
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb node npm; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# PyTorch: its package and all that it depends on, found as for an empty machine, unpacked
# and not installed. Left out are the largest that a program only loads when it draws.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install "python3-torch=$torch" "libtorch1.13=$torch" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
  grep -vE '^(libllvm15|libz3-4|libgl1-mesa-dri|proj-data|iso-codes|libtorch-test)=' >"$work/list" ||
  unusable "no python3-torch $torch among Debian's packages (Debian 12 has it; try apt-get update)"
(cd "$work/packages" && xargs apt-get "${apt[@]}" download <"$work/list") || unusable 'a Debian package cannot be fetched'
for package in "$work"/packages/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --exclude './usr/share/*'
done
rm -r "$work/packages"
libraries=$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu
libraries=$libraries:$work/root/usr/lib/x86_64-linux-gnu/blas:$work/root/usr/lib/x86_64-linux-gnu/lapack
python() {
  env -i LC_ALL=C.UTF-8 PYTHONHOME="$work/root/usr" "$work/root/lib64/ld-linux-x86-64.so.2" \
    --library-path "$libraries" "$work/root/usr/bin/python3.11" -I "$@"
}

# ONNX Runtime: the package brings its program for the CPU, no install script is needed.
# It would leave a device ID and a database for reports of its use in the home folder.
export ORT_DISABLE_TELEMETRY=1
npm install --prefix "$work" --cache "$work/npm" --ignore-scripts --no-audit --no-fund --silent \
  "onnxruntime-node@$onnxruntime" "onnxruntime-common@$onnxruntime" >/dev/null || unusable 'an npm package cannot be fetched'
rm -r "$work/npm"
python -c 'import torch' || unusable 'the unpacked PyTorch does not load'
(cd "$work" && node -e "require('onnxruntime-node')") || unusable 'ONNX Runtime does not load'

cat >"$work/export.py" <<'PYTHON'
import json
import sys
import warnings

import torch
import torch.nn.functional as F

folder = sys.argv[1]
assert torch.__file__.startswith(folder), torch.__file__
print(f"PyTorch {torch.__version__}")


class Resize(torch.nn.Module):
    def __init__(self, **how):
        super().__init__()
        self.how = how

    def forward(self, x):
        return F.interpolate(x, mode="nearest", **self.how)


def export(network, width, file, **axes):
    """The number of the export's warnings that speak of resizing."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.onnx.export(network, torch.zeros(1, 1, 1, width), file, opset_version=16, input_names=["x"], **axes)
    words = "resize", "interpol", "upsample", "nearest", "scale"
    return sum(any(word in str(w.message).lower() for word in words) for w in caught)


# Each pixel's value is its place, so that outputs tell which pixels were taken.
def case(how, network, file, width, hints):
    taken = network(torch.arange(float(width)).reshape(1, 1, 1, width)).flatten().int().tolist()
    return {"how": how, "file": file, "width": width, "hints": hints, "taken": taken}


cases = []
for scale in 0.3, 0.5, 0.6, 0.7, 2.0, 4.0:
    network, file = Resize(scale_factor=(1.0, scale)), f"{folder}/scale_{scale}.onnx"
    hints = export(network, 17, file, dynamic_axes={"x": {3: "width"}})
    cases += [case(f"scale_factor={scale:g}", network, file, width, hints) for width in range(10, 225)]
for width in range(10, 225):
    network, file = Resize(size=(1, int(0.6 * width))), f"{folder}/size_{width}.onnx"
    cases.append(case("size=0.6 * width", network, file, width, export(network, width, file)))
json.dump(cases, open(f"{folder}/cases.json", "w"))
PYTHON

cat >"$work/compare.cjs" <<'NODE'
const fs = require('fs');
const ort = require('onnxruntime-node');

async function main() {
  let changed = 0, loaded = '', session = null;
  const check = (holds, what) => {
    console.log(`${holds ? 'as described' : 'CHANGED'}: ${what}`);
    changed += !holds;
  };
  console.log(`ONNX Runtime ${ort.env.versions.node}`);
  const counts = {};
  for (const { how, file, width, hints, taken } of JSON.parse(fs.readFileSync('cases.json'))) {
    if (file !== loaded) session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
    loaded = file;
    const x = new ort.Tensor('float32', Float32Array.from({ length: width }, (_, i) => i), [1, 1, 1, width]);
    const other = Array.from((await session.run({ x }))[session.outputNames[0]].data);
    const count = counts[how] ??= { widths: 0, unlike: 0, outputs: 0, pixels: 0, longer: [], hints: 0 };
    const pixels = taken.filter((from, i) => from !== other[i]).length;
    count.widths += 1;
    count.unlike += pixels > 0 || other.length !== taken.length;
    count.outputs += taken.length;
    count.pixels += pixels;
    count.hints += hints;
    if (other.length !== taken.length) count.longer.push(`${width} pixels: ${taken.length} and ${other.length}`);
    if (how === 'scale_factor=0.6' && width === 17) {
      console.log(`17 pixels at ${how}, those taken by PyTorch:      ${taken.join(' ')}`);
      console.log(`by the network that it exported, in ONNX Runtime: ${other.join(' ')}`);
      check(taken[9] === 15 && other[9] === 14 && pixels === 1, 'output 9 is pixel 15 in PyTorch and 14 in ONNX Runtime');
    }
  }
  const exact = ['scale_factor=0.5', 'scale_factor=2', 'scale_factor=4'];
  for (const [how, c] of Object.entries(counts)) {
    check((c.unlike === 0) === exact.includes(how),
      `${how}: differs at ${c.unlike} of the ${c.widths} widths from 10 to 224, in ${c.pixels} of ${c.outputs} outputs`);
    if (c.longer.length > 0) console.log(`  numbers of outputs differ, at ${c.longer.join(', at ')}`);
    check(c.hints === 0, `${how}: ${c.hints} warnings of the export speak of resizing`);
  }
  check(counts['scale_factor=0.7'].longer.length > 0, 'at 0.7 some outputs differ in length');
  process.exit(changed > 0 ? 1 : 0);
}

main().catch((error) => { console.error(String(error)); process.exit(1); });
NODE

echo "Debian's python3-torch $torch, npm's onnxruntime-node $onnxruntime"
python "$work/export.py" "$work"
cd "$work" && node compare.cjs
