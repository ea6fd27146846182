#!/usr/bin/env bash
# A lesion by a forward hook in PyTorch is lost in the .onnx, or not, by how the hook spells it.
#
# One would guess that an exporter which traces a network writes what the network computed. A
# hook on a convolution that says out[:, k] = 0 silences kernel k in PyTorch 1.13.1 and in the
# exported file. One that writes the same zeros through another view of the same tensor, as
# out.detach()[:, k] = 0, out.flatten(2)[:, k] = 0 or out.transpose(0, 1)[k] = 0, silences it
# in PyTorch only: the file is the intact network, at opset 11 and 16, without an error or a
# warning. So is it for "for image in out: image[k] = 0"; that draws a warning, of inputs of
# another shape, which is not what goes wrong. torch.jit.trace keeps these lesions; they are
# lost between the trace and the file. One by out.data[:, k] = 0 is lost in the trace already,
# and there the manual of torch.onnx warns of .data, but recommends detach() in its place. (In
# PyTorch's issue 95050 its developers say that in-place writes through views are not planned
# to be fully supported.) In the network below the lesion turns both images' class from 1 to
# 2, and the file still says 1. Who lesions by hooks and measures the exported files finds
# kernels that seem to carry nothing: return a new tensor from the hook, as out * mask, or
# write to out itself, and compare the file's logits with PyTorch's.
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

folder = sys.argv[1]
assert torch.__file__.startswith(folder), torch.__file__
print(f"PyTorch {torch.__version__}")
kernel = 2


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 6, 3, padding=1)
        self.second = torch.nn.Conv2d(6, 8, 3, padding=1)
        self.logits = torch.nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.second(torch.relu(self.first(x))))
        return self.logits(x.mean((2, 3)))


def mask(module, inputs, out):
    return out * (torch.arange(6) != kernel)[:, None, None]


def assign(module, inputs, out):
    out[:, kernel] = 0


def assign_to_data(module, inputs, out):
    out.data[:, kernel] = 0


def assign_to_detached(module, inputs, out):
    out.detach()[:, kernel] = 0


def assign_to_flattened(module, inputs, out):
    out.flatten(2)[:, kernel] = 0


def assign_to_transposed(module, inputs, out):
    out.transpose(0, 1)[kernel] = 0


def assign_image_by_image(module, inputs, out):
    for image in out:
        image[kernel] = 0


hooks = {
    "out * mask": mask,
    "out[:, k] = 0": assign,
    "out.data[:, k] = 0": assign_to_data,
    "out.detach()[:, k] = 0": assign_to_detached,
    "out.flatten(2)[:, k] = 0": assign_to_flattened,
    "out.transpose(0, 1)[k] = 0": assign_to_transposed,
    "for image in out: image[k] = 0": assign_image_by_image,
}
torch.manual_seed(138)
network = Classifier().eval()
x = torch.rand(2, 3, 16, 16)
cases = []
for name, hook in hooks.items():
    for opset in 11, 16:
        file = f"{folder}/{len(cases)}.onnx"
        with torch.no_grad():
            intact = network(x)
            handle = network.first.register_forward_hook(hook)
            lesioned = network(x)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                torch.onnx.export(network, x, file, opset_version=opset)
            warned = [str(w.message) for w in caught]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                traced = torch.jit.trace(network, x, check_trace=False)(x)
            handle.remove()
        cases.append({"name": name, "opset": opset, "file": file, "warned": warned,
                      "input": x.flatten().tolist(), "dims": list(x.shape), "intact": intact.flatten().tolist(),
                      "lesioned": lesioned.flatten().tolist(), "traced": traced.flatten().tolist()})
json.dump(cases, open(f"{folder}/cases.json", "w"))
PYTHON

cat >"$work/compare.cjs" <<'NODE'
const fs = require('fs');
const ort = require('onnxruntime-node');
const off = (a, b) => Math.max(...a.map((v, i) => Math.abs(v - b[i])));
const row = (values) => values.slice(0, 5).map((v) => v.toFixed(4)).join(' ');
const classes = (values) => [values.slice(0, 5), values.slice(5)].map((v) => v.indexOf(Math.max(...v))).join(' and ');

async function main() {
  let changed = 0;
  const check = (holds, what) => {
    console.log(`${holds ? 'as described' : 'CHANGED'}: ${what}`);
    changed += !holds;
  };
  console.log(`ONNX Runtime ${ort.env.versions.node}`);
  for (const c of JSON.parse(fs.readFileSync('cases.json'))) {
    const what = `opset ${c.opset}, ${c.name}`;
    const session = await ort.InferenceSession.create(c.file, { intraOpNumThreads: 1 });
    const feed = { [session.inputNames[0]]: new ort.Tensor('float32', Float32Array.from(c.input), c.dims) };
    const output = Array.from((await session.run(feed))[session.outputNames[0]].data);
    if (c.opset === 11) {
      console.log(`${c.name}, first image\n  logits of PyTorch, intact    ${row(c.intact)}\n` +
        `  logits of PyTorch, lesioned  ${row(c.lesioned)}\n  logits of the exported file  ${row(output)}`);
    }
    check(classes(c.intact) === '1 and 1' && classes(c.lesioned) === '2 and 2',
      `${what}: PyTorch's classes are ${classes(c.intact)}, lesioned ${classes(c.lesioned)}`);
    const traced = off(c.traced, c.lesioned) < 1e-5;
    check(traced ? !c.name.includes('data') : off(c.traced, c.intact) < 1e-5 && c.name.includes('data'),
      `${what}: the trace is ${traced ? 'lesioned' : 'not lesioned'}`);
    const kept = ['out * mask', 'out[:, k] = 0'].includes(c.name);
    const same = { lesioned: off(output, c.lesioned) < 1e-5, intact: off(output, c.intact) < 1e-5 };
    check(kept ? same.lesioned : same.intact, `${what}: the file's classes are ${classes(output)}, ` +
      `its logits ${same.lesioned ? "the lesioned network's" : same.intact ? "the intact network's" : "neither network's"}`);
    const loop = c.name.startsWith('for');
    check(loop ? c.warned.length > 0 && c.warned.every((w) => w.includes('Iterating over a tensor')) : c.warned.length === 0,
      `${what}: ${c.warned.length > 0 ? `warned: ${c.warned[0].split('. ')[0]}` : 'no warning'}`);
  }
  process.exit(changed > 0 ? 1 : 0);
}

main().catch((error) => { console.error(String(error)); process.exit(1); });
NODE

echo "Debian's python3-torch $torch, npm's onnxruntime-node $onnxruntime"
python "$work/export.py" "$work"
cd "$work" && node compare.cjs
