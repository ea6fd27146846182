"""Cuts an ONNX file behind its convolutions and runs the rest in ONNX Runtime, for scripts/bench.

Needs python3-onnx, and onnxruntime-node in node_modules: Debian has no ONNX Runtime of its own.
"""
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

AFFINE = ("BatchNormalization", "Mul", "Add", "Div", "Sub")
AGREES = 1e-3  # of the largest value, between ONNX Runtime and PyTorch on the same tensor


class NotCut(RuntimeError):
    """Why a network or layer is not timed in ONNX Runtime."""


def any_batch(model):
    """Makes the batch size free: that of inputs, and where a constant shape of a Reshape
    repeats it. Exporters write the size that they traced the network with, mostly 1."""
    graph = model.graph
    held = {t.name for t in graph.initializer}
    for value in [v for v in graph.input if v.name not in held] + list(graph.output):
        if len(value.type.tensor_type.shape.dim):
            value.type.tensor_type.shape.dim[0].dim_param = "n"
    del graph.value_info[:]
    shapes = {t.name: t for t in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            shapes[node.output[0]] = node.attribute[0].t
    for node in [n for n in graph.node if n.op_type == "Reshape" and len(n.input) > 1]:
        if node.input[0] in shapes or node.input[1] not in shapes:
            continue
        shape = numpy_helper.to_array(shapes[node.input[1]]).copy()
        if shape.size > 1 and shape[0] == 1:
            shape[0] = 0  # as the input has it
            name = node.output[0] + ".any_batch"
            graph.initializer.append(numpy_helper.from_array(shape, name))
            node.input[1] = name


class Source:
    """An ONNX file, its activations for one image, and its parts behind layers."""

    def __init__(self, path, threads, node_modules):
        self.threads, self.node_modules = threads, node_modules
        self.model = onnx.load(str(path))
        any_batch(self.model)
        self.nodes = list(self.model.graph.node)
        self.weights = {t.name: t for t in self.model.graph.initializer}
        self.image = next(v.name for v in self.model.graph.input if v.name not in self.weights)
        self.producer = {name: n for n in self.nodes for name in n.output}
        self.constant = set(self.weights) | {""}
        for node in self.nodes:
            if all(name in self.constant for name in node.input):
                self.constant.update(node.output)
        self.readers = {}
        for node in self.nodes:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self.values = {}

    def chain(self, conv):
        """The output of a convolution, and what follows it alone and is affine."""
        names = [conv.output[0]]
        while len(readers := self.readers.get(names[-1], [])) == 1:
            reader = readers[0]
            if reader.op_type not in AFFINE or \
                    any(i != names[-1] and i not in self.constant for i in reader.input):
                break
            names.append(reader.output[0])
        return names

    def look(self, x, layers):
        """Keeps what the network holds for the image x [1][c][h][w], of all that a part behind
        a layer may read. layers: {name: its output [1][kernels][h][w]}; finds in the file the
        tensor of each by its values. Returns {name: tensor}."""
        chains = [self.chain(n) for n in self.nodes if n.op_type == "Conv"]
        wanted = {name for chain in chains for name in chain}
        for name in list(wanted):
            wanted.update(self.others(self.behind(name), name))
        wanted = sorted(wanted - {self.image} | {v.name for v in self.model.graph.output})
        with tempfile.TemporaryDirectory() as folder:
            x.tofile(f"{folder}/image.f32")
            self.write(f"{folder}/model.onnx", self.nodes, [self.image], wanted)
            self.runtime(folder, {"inputs": [self.entry(self.image, "image.f32", x.shape)]})
            for entry in json.loads(pathlib.Path(folder, "outputs.json").read_text()):
                data = np.fromfile(f"{folder}/{entry['file']}", "<f4")
                self.values[entry["name"]] = data.reshape(entry["dims"])
        self.values[self.image] = x
        found = {}
        for layer, output in layers.items():
            names = [name for chain in chains for name in chain if self.same(name, output)]
            if names:
                found[layer] = next((n for n in names if n not in found.values()), names[0])
        return found

    def same(self, name, output):
        value = self.values[name]
        return value.shape == output.shape and \
            np.abs(value - output).max() <= AGREES * np.abs(output).max()

    def behind(self, tensor):
        """The nodes that see a change in the tensor, in order."""
        reached, nodes = {tensor}, []
        for node in self.nodes:
            if any(i in reached for i in node.input):
                reached.update(node.output)
                nodes.append(node)
        return nodes

    def others(self, nodes, tensor):
        """What the nodes behind a tensor read that is neither it, of them, nor constant."""
        made = {name for n in nodes for name in n.output} | self.constant | {tensor}
        return sorted({i for n in nodes for i in n.input} - made)

    def constants_of(self, nodes):
        """The constant nodes and weights that the nodes read, in order of the file."""
        needed, queue = set(), [i for n in nodes for i in n.input if i in self.constant]
        while queue:
            name = queue.pop()
            if name not in needed:
                needed.add(name)
                queue += list(self.producer[name].input) if name in self.producer else []
        made_by = [n for n in self.nodes if any(o in needed for o in n.output)]
        return made_by, [t for name, t in self.weights.items() if name in needed]

    def write(self, path, nodes, inputs, outputs):
        """The nodes and the constants that they read as an ONNX file."""
        first, weights = self.constants_of(nodes)
        kept = first + [n for n in nodes if n.output[0] not in self.constant]
        value = lambda name, dims: helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)
        shape = lambda name: ["n", *self.values[name].shape[1:]] if name in self.values else None
        given = {v.name: v for v in self.model.graph.input}
        graph = helper.make_graph(
            kept, "part", [given.get(i) or value(i, shape(i)) for i in inputs],
            [value(o, None) for o in outputs], weights)
        made = helper.make_model(graph, opset_imports=self.model.opset_import,
                                 ir_version=self.model.ir_version)
        onnx.save(made, str(path))

    @staticmethod
    def entry(name, file, dims):
        return {"name": name, "file": file, "dims": list(dims)}

    def runtime(self, folder, job):
        """Has bench_ort.cjs do the job in the folder; returns what it prints."""
        pathlib.Path(folder, "job.json").write_text(json.dumps(dict(job, threads=self.threads)))
        script = pathlib.Path(__file__).with_name("bench_ort.cjs")
        done = subprocess.run(["node", str(script), str(folder), str(self.node_modules)],
                              check=False, capture_output=True, text=True)
        if done.returncode:
            raise NotCut((done.stderr.strip().splitlines() or ["node failed"])[-1])
        return done.stdout

    def timed(self, tensor, constants, batches):
        """Seconds per kernel of the part behind a tensor at the best of the batch sizes, with
        plane k of copy k set to constants[k], and the classes predicted for the largest."""
        nodes = self.behind(tensor)
        made = {name for n in nodes for name in n.output}
        output = next((v.name for v in self.model.graph.output if v.name in made), None)
        if output is None:
            raise NotCut("no output of the file is behind it")
        with tempfile.TemporaryDirectory() as folder:
            inputs = [tensor] + self.others(nodes, tensor)
            for i, name in enumerate(inputs):
                if name not in self.values:
                    raise NotCut(f"it also reads '{name}', which is no activation")
                self.values[name].tofile(f"{folder}/{i}.f32")
            self.write(f"{folder}/model.onnx", nodes, inputs, [output])
            entries = [self.entry(name, f"{i}.f32", self.values[name].shape)
                       for i, name in enumerate(inputs)]
            result = json.loads(self.runtime(folder, {
                "inputs": entries, "batches": batches, "constants": constants}))
        return result["seconds"], result["predicted"]
