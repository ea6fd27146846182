#!/usr/bin/env bash
# torch.onnx.export writes circular padding as another padding.
#
# One would guess that a network exported without an error computes what it computed before.
# PyTorch 1.13.1 builds circular padding of ONNX's Slice and Concat, and for the rows and
# columns before the first it slices from -(n + 1) to -1 where the last n are meant, -n to
# the end: Slice leaves its end out, as Python does, so with a padding of 1 the last row but
# one is put before the first. Nothing says so, the shapes are right, and in the middle of
# the image the values are, too. It is in F.pad(mode="circular") and in every convolution
# with padding_mode="circular"; PyTorch's pull request 86984, which 1.13.1 lacks, corrects it.
# Who lesions such a network by its .onnx file lesions another one than was trained: compare
# the file's logits with PyTorch's first, and export with a newer PyTorch, or pad in the model
# with torch.cat((x[..., -n:], x, x[..., :n]), -1), and likewise along the rows.
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


class Pad(torch.nn.Module):
    def __init__(self, mode):
        super().__init__()
        self.mode = mode

    def forward(self, x):
        return F.pad(x, (1, 1, 1, 1), mode=self.mode)


def convolution(mode):
    torch.manual_seed(1)
    return torch.nn.Conv2d(1, 2, 3, padding=1, padding_mode=mode)


cases = []
x = torch.arange(16.0).reshape(1, 1, 4, 4)
for name, make in ("pad", Pad), ("convolution", convolution):
    for mode in "reflect", "circular":
        network, file = make(mode).eval(), f"{folder}/{name}_{mode}.onnx"
        with warnings.catch_warnings(record=True) as caught, torch.no_grad():
            warnings.simplefilter("always")
            torch.onnx.export(network, x, file, opset_version=14)
            y = network(x)
        hints = sum("pad" in str(w.message).lower() or "circular" in str(w.message) for w in caught)
        cases.append({"name": name, "mode": mode, "file": file, "hints": hints, "input": x.flatten().tolist(),
                      "dims": list(x.shape), "output": y.flatten().tolist(), "shape": list(y.shape)})
json.dump(cases, open(f"{folder}/cases.json", "w"))
PYTHON

cat >"$work/compare.cjs" <<'NODE'
const fs = require('fs');
const ort = require('onnxruntime-node');
const shown = (values) => {
  for (let row = 0; row < 6; row++)
    console.log('    ' + Array.from(values.slice(6 * row, 6 * row + 6), (v) => String(v).padStart(3)).join(''));
};

async function main() {
  let changed = 0;
  const check = (holds, what) => {
    console.log(`${holds ? 'as described' : 'CHANGED'}: ${what}`);
    changed += !holds;
  };
  console.log(`ONNX Runtime ${ort.env.versions.node}`);
  for (const c of JSON.parse(fs.readFileSync('cases.json'))) {
    const session = await ort.InferenceSession.create(c.file, { intraOpNumThreads: 1 });
    const feed = { [session.inputNames[0]]: new ort.Tensor('float32', Float32Array.from(c.input), c.dims) };
    const output = (await session.run(feed))[session.outputNames[0]];
    const off = Math.max(...c.output.map((v, i) => Math.abs(v - output.data[i])));
    const largest = Math.max(...c.output.map(Math.abs));
    const same = String(output.dims) === String(c.shape) && off < 1e-5 * largest;
    if (c.name === 'pad' && c.mode === 'circular') {
      console.log('0 to 15 in rows of 4, padded circularly by 1, by PyTorch:');
      shown(c.output);
      console.log('and by the network that PyTorch exported, in ONNX Runtime:');
      shown(output.data);
      // Before the first row (column) is the last but one of the 4.
      const at = (i) => (i === 0 ? 2 : (i - 1) % 4);
      check(output.data.every((v, i) => v === 4 * at(Math.floor(i / 6)) + at(i % 6)),
        'before the first row and column the exported padding has the last but one');
    }
    const percent = `${(100 * off / largest).toPrecision(2)} % of the largest output`;
    check(same === (c.mode === 'reflect'), `${c.name}, ${c.mode}: exported and PyTorch differ by up to ${percent}`);
    check(c.hints === 0, `${c.name}, ${c.mode}: ${c.hints} warnings of the export name the padding`);
  }
  process.exit(changed > 0 ? 1 : 0);
}

main().catch((error) => { console.error(String(error)); process.exit(1); });
NODE

echo "Debian's python3-torch $torch, npm's onnxruntime-node $onnxruntime"
python "$work/export.py" "$work"
cd "$work" && node compare.cjs
