#!/usr/bin/env bash
# torch.onnx.export at opset 9 and 10 writes bilinear upsampling as another one.
#
# One would guess that an exporter refuses what the file format cannot say. Before opset 11
# ONNX's Upsample and Resize know one kind of linear interpolation, where output i lies at
# i / scale of the input, and neither of PyTorch's two. For align_corners=True PyTorch 1.13.1
# does refuse, with an error. For align_corners=False, the default, it writes the node all
# the same: at a scale of 2 the image comes out shifted by half a pixel, and the logits behind
# it differ. It warns only that results "might" not match, with the same words for
# mode="nearest", which matches exactly at that scale, so the warning tells nobody which
# network is another one. Opset 11 and later match. Who lesions such a network by its .onnx
# file lesions another one than was trained: export at opset 11 or later.
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
    def __init__(self, mode, align_corners):
        super().__init__()
        self.mode, self.align_corners = mode, align_corners

    def forward(self, x):
        return F.interpolate(x, scale_factor=2.0, mode=self.mode, align_corners=self.align_corners)


class Classifier(torch.nn.Module):
    """A small U: halves the image, doubles it, and sums up what it sees to five logits."""

    def __init__(self):
        super().__init__()
        self.down = torch.nn.Conv2d(1, 8, 3, stride=2, padding=1)
        self.up = Resize("bilinear", False)
        self.out = torch.nn.Conv2d(8, 8, 3, padding=1)
        self.logits = torch.nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.out(self.up(torch.relu(self.down(x)))))
        return self.logits(x.mean((2, 3)))


torch.manual_seed(1)
networks = {
    "nearest": Resize("nearest", None),
    "bilinear, align_corners=True": Resize("bilinear", True),
    "bilinear, align_corners=False": Resize("bilinear", False),
    "classifier with bilinear, align_corners=False": Classifier().eval(),
}
inputs = torch.arange(16.0).reshape(1, 1, 4, 4), torch.rand(1, 1, 16, 16)
cases = []
for name, network in networks.items():
    x = inputs[name.startswith("classifier")]
    for opset in 9, 10, 11:
        file, refused = f"{folder}/{len(cases)}.onnx", ""
        with warnings.catch_warnings(record=True) as caught, torch.no_grad():
            warnings.simplefilter("always")
            try:
                torch.onnx.export(network, x, file, opset_version=opset)
            except Exception as error:
                refused = str(error).split(". ")[0]
            y = network(x)
        warned = sum("did not match Pytorch's Interpolation until opset 11" in str(w.message) for w in caught)
        cases.append({"name": name, "opset": opset, "file": file, "refused": refused, "warned": warned,
                      "input": x.flatten().tolist(), "dims": list(x.shape), "output": y.flatten().tolist()})
json.dump(cases, open(f"{folder}/cases.json", "w"))
PYTHON

cat >"$work/compare.cjs" <<'NODE'
const fs = require('fs');
const ort = require('onnxruntime-node');
const row = (values) => Array.from(values).slice(0, 8).join(' ');

async function main() {
  let changed = 0;
  const check = (holds, what) => {
    console.log(`${holds ? 'as described' : 'CHANGED'}: ${what}`);
    changed += !holds;
  };
  console.log(`ONNX Runtime ${ort.env.versions.node}`);
  for (const c of JSON.parse(fs.readFileSync('cases.json'))) {
    const old = c.opset < 11, what = `opset ${c.opset}, ${c.name}`;
    if (c.name.includes('=True') && old) {
      check(c.refused !== '', `${what}: the export ${c.refused ? `is refused (${c.refused})` : 'is written'}`);
      continue;
    }
    if (c.refused) {
      check(false, `${what}: the export is refused (${c.refused})`);
      continue;
    }
    // The warnings of ONNX Runtime that the old Upsample is deprecated are left out.
    const session = await ort.InferenceSession.create(c.file, { intraOpNumThreads: 1, logSeverityLevel: 3 });
    const feed = { [session.inputNames[0]]: new ort.Tensor('float32', Float32Array.from(c.input), c.dims) };
    const output = (await session.run(feed))[session.outputNames[0]].data;
    const off = Math.max(...c.output.map((v, i) => Math.abs(v - output[i])));
    const share = off / Math.max(...c.output.map(Math.abs));
    if (c.name === 'bilinear, align_corners=False' && c.opset !== 11) {
      console.log(`0 1 2 3, the first row of an image, upsampled by PyTorch: ${row(c.output)}`);
      console.log(`by its export at opset ${c.opset}, in ONNX Runtime: ${row(output)}`);
      check(row(output) === '0 0.5 1 1.5 2 2.5 3 3', `${what}: output i of the first row lies at i / 2`);
    }
    const differs = old && c.name.includes('bilinear');
    check(differs ? share > 0.001 : share < 1e-5,
      `${what}: exported and PyTorch differ by up to ${(100 * share).toPrecision(2)} % of the largest output`);
    check((c.warned > 0) === old, `${what}: ${c.warned > 0 ? 'warned that results might not match' : 'no warning'}`);
  }
  process.exit(changed > 0 ? 1 : 0);
}

main().catch((error) => { console.error(String(error)); process.exit(1); });
NODE

echo "Debian's python3-torch $torch, npm's onnxruntime-node $onnxruntime"
python "$work/export.py" "$work"
cd "$work" && node compare.cjs
