#!/usr/bin/env bash
# Two layers that have equal weights share one tensor in a PyTorch export: lesion one, lesion both.
#
# One would guess that each parameter of a network becomes a tensor of its own in the .onnx,
# unless the network itself shares it. PyTorch 1.13.1 compares values: of parameters that are
# equal in shape and in every value it writes the first only, and the other layers read that
# one by an Identity node, without a word. Fixed filters are equal like that, as the blurs of
# an anti-aliased network or the Gabor kernels of two pathways. Who lesions a kernel by zeroing
# its values in the file lesions it in all of these layers: the class below goes from 4 to 1,
# where PyTorch, with the first blur lesioned alone, keeps 4. A last bit that differs makes two
# tensors of them, and so does training=TrainingMode.TRAINING, which has other effects, too. (It
# is meant so, for smaller files: the source of the pass, deduplicate_initializers.cpp, says so
# and has it still in later versions.) Lesion in PyTorch before the export, or first give each
# layer of the file a tensor of its own. lesion takes such layers as one layer at two places,
# and says so; --lesion-places each parts them.
#
# Exit status: 0: as described; 1: no longer so; 2: cannot be run here. It needs Debian 12 on
# amd64, Node.js and npm; it fetches about 310 MB and takes 1.1 GB of a temporary folder.
set -euo pipefail
torch=1.13.1+dfsg-4
onnx=1.12.0-2+b4
onnxruntime=1.30.0
unusable() { echo "cannot run here: $1" >&2; exit 2; }
for tool in apt-get dpkg-deb node npm; do
  command -v $tool >/dev/null || unusable "$tool is missing"
done
[ "$(dpkg --print-architecture)" = amd64 ] || unusable 'the paths below are those of Debian on amd64'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# PyTorch and ONNX: their packages and all that they depend on, found as for an empty machine,
# unpacked and not installed. Left out are the largest that a program only loads when it draws.
mkdir "$work/packages" "$work/root"
touch "$work/status"
apt=(-qq -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
apt-get "${apt[@]}" --simulate --no-install-recommends install \
  "python3-torch=$torch" "libtorch1.13=$torch" "python3-onnx=$onnx" |
  sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
  grep -vE '^(libllvm15|libz3-4|libgl1-mesa-dri|proj-data|iso-codes|libtorch-test)=' >"$work/list" ||
  unusable "no python3-torch $torch and python3-onnx $onnx among Debian's packages (Debian 12 has them; try apt-get update)"
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
python -c 'import onnx, torch' || unusable 'the unpacked PyTorch or ONNX does not load'
(cd "$work" && node -e "require('onnxruntime-node')") || unusable 'ONNX Runtime does not load'

cat >"$work/export.py" <<'PYTHON'
import json
import sys
import warnings

import onnx
import torch
from onnx import numpy_helper

folder = sys.argv[1]
assert torch.__file__.startswith(folder) and onnx.__file__.startswith(folder), (torch.__file__, onnx.__file__)
print(f"PyTorch {torch.__version__}, ONNX {onnx.__version__}")
kernel = 2


class Classifier(torch.nn.Module):
    """Two convolutions, each with a blur behind it that halves the image."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 8, 3, padding=1)
        self.blur1 = torch.nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8, bias=False)
        self.second = torch.nn.Conv2d(8, 8, 3, padding=1)
        self.blur2 = torch.nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8, bias=False)
        self.logits = torch.nn.Linear(8, 5)
        blur = torch.tensor([1.0, 2.0, 1.0])
        for layer in self.blur1, self.blur2:
            layer.weight.data[:] = blur[:, None] * blur / 16

    def forward(self, x):
        x = self.blur1(torch.relu(self.first(x)))
        x = self.blur2(torch.relu(self.second(x)))
        return self.logits(x.mean((2, 3)))


def logits(network, lesioned):
    """What PyTorch computes with kernel 2 of these layers zeroed."""
    kept = [layer.weight.data.clone() for layer in lesioned]
    for layer in lesioned:
        layer.weight.data[kernel] = 0
    with torch.no_grad():
        y = network(x).flatten().tolist()
    for layer, weight in zip(lesioned, kept):
        layer.weight.data[:] = weight
    return y


def equal():
    torch.manual_seed(691)
    return Classifier().eval()


def nearly_equal():
    network = equal()
    first = network.blur2.weight.data[0, 0, 0, 0]
    first.copy_(torch.nextafter(first, torch.tensor(1.0)))
    return network


torch.manual_seed(0)
x = torch.rand(1, 3, 16, 16)
eval_, training = torch.onnx.TrainingMode.EVAL, torch.onnx.TrainingMode.TRAINING
cases = []
for name, network, mode in (("equal weights", equal(), eval_), ("a last bit differs", nearly_equal(), eval_),
                            ("equal weights, exported for training", equal(), training)):
    file = f"{folder}/{len(cases)}.onnx"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.onnx.export(network, x, file, opset_version=13, training=mode)
    model = onnx.load(file)
    tensors = [t.name for t in model.graph.initializer if tuple(t.dims) == (8, 1, 3, 3)]

    # The lesion, in the file: kernel 2 of the weights that the first blur reads.
    blurs = [node for node in model.graph.node if node.op_type == "Conv" and node.attribute and
             any(a.name == "group" and a.i == 8 for a in node.attribute)]
    for tensor in model.graph.initializer:
        if tensor.name == blurs[0].input[1]:
            weight = numpy_helper.to_array(tensor).copy()
            weight[kernel] = 0
            tensor.CopyFrom(numpy_helper.from_array(weight, tensor.name))
    onnx.checker.check_model(model)
    onnx.save(model, file)
    cases.append({"name": name, "file": file, "tensors": tensors, "warned": [str(w.message) for w in caught],
                  "reads": [node.input[1] for node in blurs], "input": x.flatten().tolist(), "dims": list(x.shape),
                  "intact": logits(network, []), "first": logits(network, [network.blur1]),
                  "both": logits(network, [network.blur1, network.blur2])})
json.dump(cases, open(f"{folder}/cases.json", "w"))
PYTHON

cat >"$work/compare.cjs" <<'NODE'
const fs = require('fs');
const ort = require('onnxruntime-node');
const same = (a, b) => a.every((v, i) => Math.abs(v - b[i]) < 1e-5);
const row = (values) => `${values.map((v) => v.toFixed(4)).join(' ')}, class ${values.indexOf(Math.max(...values))}`;

async function main() {
  let changed = 0;
  const check = (holds, what) => {
    console.log(`${holds ? 'as described' : 'CHANGED'}: ${what}`);
    changed += !holds;
  };
  console.log(`ONNX Runtime ${ort.env.versions.node}`);
  for (const c of JSON.parse(fs.readFileSync('cases.json'))) {
    const merged = c.name === 'equal weights';
    const session = await ort.InferenceSession.create(c.file, { intraOpNumThreads: 1 });
    const feed = { [session.inputNames[0]]: new ort.Tensor('float32', Float32Array.from(c.input), c.dims) };
    const output = Array.from((await session.run(feed))[session.outputNames[0]].data);
    console.log(`${c.name}\n  PyTorch, intact                 ${row(c.intact)}\n` +
      `  PyTorch, first blur lesioned    ${row(c.first)}\n  PyTorch, both blurs lesioned    ${row(c.both)}\n` +
      `  file, first blur's tensor       ${row(output)}`);
    check(c.tensors.length === (merged ? 1 : 2), `${c.name}: the file has ${c.tensors.join(' and ')} for the two blurs`);
    check(merged ? same(output, c.both) && !same(output, c.first) : same(output, c.first) && !same(output, c.both),
      `${c.name}: zeroing a kernel of ${c.reads[0]} lesions ` +
      `${same(output, c.both) ? 'both layers' : same(output, c.first) ? 'the first layer' : 'something else'}`);
    if (merged) {
      const classes = [c.intact, c.first, c.both, output].map((v) => v.indexOf(Math.max(...v)));
      check(classes.join(' ') === '4 4 1 1', `${c.name}: the classes are ${classes.join(', ')}`);
      check(c.warned.length === 0, `${c.name}: ${c.warned.length > 0 ? `warned: ${c.warned[0]}` : 'no warning'}`);
    }
  }
  process.exit(changed > 0 ? 1 : 0);
}

main().catch((error) => { console.error(String(error)); process.exit(1); });
NODE

echo "Debian's python3-torch $torch and python3-onnx $onnx, npm's onnxruntime-node $onnxruntime"
python "$work/export.py" "$work"
cd "$work" && node compare.cjs
