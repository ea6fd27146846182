"""Cuts an ONNX file after a convolution and runs the rest in ONNX Runtime, for scripts/bench.

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
AGREES = 1e-3  # how far ONNX Runtime and PyTorch may differ in a tensor, as a share of its largest value


class NotCut(RuntimeError):
    """A network or layer cannot be timed in ONNX Runtime; says why."""


class Source:
    """An ONNX file, its activations for one image, and its parts after each layer, which run with
    any batch size, also if the file was exported for one."""

    def __init__(self, path, threads, node_modules):
        self.threads, self.node_modules = threads, node_modules
        self.model = onnx.load(str(path))
        del self.model.graph.value_info[:]
        self.nodes = list(self.model.graph.node)
        self.weights = {t.name: t for t in self.model.graph.initializer}
        self.image = next(v for v in self.model.graph.input if v.name not in self.weights)
        self.producer = {name: n for n in self.nodes for name in n.output}
        self.constant = set(self.weights) | {""}
        for node in self.nodes:
            if all(name in self.constant for name in node.input):
                self.constant.update(node.output)
        self.readers = {}
        for node in self.nodes:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self.values, self.output = {}, None

    def chain(self, conv):
        """The names of a convolution's output and of the affine ops on it, up to the first tensor
        that something else reads, too."""
        names = [conv.output[0]]
        while len(readers := self.readers.get(names[-1], [])) == 1:
            reader = readers[0]
            if reader.op_type not in AFFINE or \
                    any(i != names[-1] and i not in self.constant for i in reader.input):
                break
            names.append(reader.output[0])
        return names

    def shown(self, x):
        """The image x [1][c][h][w] in the layout of the file's input, repeated to its batch size."""
        dims = [d.dim_value for d in self.image.type.tensor_type.shape.dim]
        if len(dims) != 4:
            raise NotCut(f"its input has {len(dims)} dimensions, so no batch; wanted 4")
        if not dims[0]:
            self.image.type.tensor_type.shape.dim[0].dim_param = "n"
        if dims[3] == x.shape[1] and dims[1] != x.shape[1]:
            x = x.transpose(0, 2, 3, 1)
        return np.ascontiguousarray(np.repeat(x, dims[0] or 1, 0))

    def look(self, x, layers, logits):
        """Runs the network on the image x [1][c][h][w] and keeps all activations that a part after a
        layer may read. layers: {layer: its output [1][kernels][h][w]}. Finds the tensor of each
        layer by its values, and the output that is the logits by where its largest value is.
        Returns {layer: name of its tensor}."""
        chains = [self.chain(n) for n in self.nodes if n.op_type == "Conv"]
        wanted = {name for chain in chains for name in chain}
        for name in list(wanted):
            wanted.update(self.others(self.behind(name), name))
        outputs = [v.name for v in self.model.graph.output]
        wanted = sorted(wanted - {self.image.name} | set(outputs) | self.computed_shapes())
        x = self.shown(x)
        with tempfile.TemporaryDirectory() as folder:
            x.tofile(f"{folder}/image.raw")
            self.write(f"{folder}/model.onnx", self.nodes, [self.image], wanted)
            self.runtime(folder, {"inputs": [self.entry(self.image.name, "image.raw", x.shape)]})
            for entry in json.loads(pathlib.Path(folder, "outputs.json").read_text()):
                data = np.fromfile(f"{folder}/{entry['file']}", entry["type"])
                data = data.reshape(entry["dims"])
                self.values[entry["name"]] = data[:1] if data.ndim > 1 else data
        self.values[self.image.name] = x[:1]
        self.free_batch(len(x))
        self.output = self.logits_of(outputs, logits)
        found = {}
        for layer, output in layers.items():
            names = [name for chain in chains for name in chain if self.same(name, output)]
            if names:
                found[layer] = next((n for n in names if n not in found.values()), names[0])
        return found

    def logits_of(self, outputs, logits):
        """The output whose largest value is where that of the logits is. It may be their Softmax."""
        sizes = [(o, self.values[o]) for o in outputs if o in self.values]
        names = [o for o, v in sizes if v.size == logits.size and v.argmax() == logits.argmax()]
        if not names:
            raise NotCut("none of its outputs has the largest value where lesion's logits have it")
        return names[0]

    def shapes(self):
        """The Reshapes of activations to a constant shape."""
        return [n for n in self.nodes if n.op_type == "Reshape" and len(n.input) > 1 and
                n.input[0] not in self.constant and n.input[1] in self.constant]

    def computed_shapes(self):
        return {n.input[1] for n in self.shapes()} - set(self.weights)

    def free_batch(self, batch):
        """Makes Reshapes to a constant shape work with any batch size: exporters write the batch size
        that they traced the network with, which is replaced by 0, for "as the input's"."""
        for node in self.shapes():
            name = node.input[1]
            shape = (numpy_helper.to_array(self.weights[name]) if name in self.weights
                     else self.values[name]).copy()
            if shape.size > 1 and shape[0] == batch:
                shape[0] = 0  # the input's size
                node.input[1] = node.output[0] + ".any_batch"
                self.weights[node.input[1]] = numpy_helper.from_array(shape, node.input[1])
                self.constant.add(node.input[1])

    def same(self, name, output):
        value = self.values[name]
        return value.dtype == output.dtype and value.shape == output.shape and \
            np.abs(value - output).max() <= AGREES * np.abs(output).max()

    def behind(self, tensor):
        """The nodes that a change of the tensor reaches, in order."""
        reached, nodes = {tensor}, []
        for node in self.nodes:
            if any(i in reached for i in node.input):
                reached.update(node.output)
                nodes.append(node)
        return nodes

    def others(self, nodes, tensor):
        """The activations that nodes after a tensor read besides that tensor and their own."""
        made = {name for n in nodes for name in n.output} | self.constant | {tensor}
        return sorted({i for n in nodes for i in n.input} - made)

    def constants_of(self, nodes):
        """The nodes that compute constants for these nodes, and the weights, in the file's order."""
        needed, queue = set(), [i for n in nodes for i in n.input if i in self.constant]
        while queue:
            name = queue.pop()
            if name not in needed:
                needed.add(name)
                queue += list(self.producer[name].input) if name in self.producer else []
        made_by = [n for n in self.nodes if any(o in needed for o in n.output)]
        return made_by, [t for name, t in self.weights.items() if name in needed]

    def write(self, path, nodes, inputs, outputs):
        """Writes the nodes, with the constants that they read, as an ONNX file. inputs are ONNX's
        descriptions, outputs are names."""
        first, weights = self.constants_of(nodes)
        kept = first + [n for n in nodes if n.output[0] not in self.constant]
        if outputs[0] not in self.values:  # the whole file, which also outputs the shapes that it computes
            kept = self.nodes
        types = {True: TensorProto.INT64, False: TensorProto.FLOAT}
        described = [helper.make_tensor_value_info(o, types[o in self.computed_shapes()], None)
                     for o in outputs]
        graph = helper.make_graph(kept, "part", inputs, described, weights)
        made = helper.make_model(graph, opset_imports=self.model.opset_import,
                                 ir_version=self.model.ir_version)
        onnx.save(made, str(path))

    def described(self, name):
        """The description of an activation as input of a part, for any batch size."""
        return helper.make_tensor_value_info(name, TensorProto.FLOAT,
                                             ["n", *self.values[name].shape[1:]])

    @staticmethod
    def entry(name, file, dims):
        return {"name": name, "file": file, "dims": list(dims)}

    def runtime(self, folder, job):
        """Runs bench_ort.cjs on the folder with this job, and returns what it prints."""
        pathlib.Path(folder, "job.json").write_text(json.dumps(dict(job, threads=self.threads)))
        script = pathlib.Path(__file__).with_name("bench_ort.cjs")
        done = subprocess.run(["node", str(script), str(folder), str(self.node_modules)],
                              check=False, capture_output=True, text=True)
        if done.returncode:
            raise NotCut(" ".join(done.stderr.split()) or f"node: exit code {done.returncode}")
        return done.stdout

    def timed(self, tensor, constants, batches):
        """Times the part after a tensor on batches of copies of it, in copy k of which plane k is set
        to constants[k]. Returns the seconds per copy at the best of the batch sizes, and the
        classes predicted at the largest."""
        nodes = self.behind(tensor)
        with tempfile.TemporaryDirectory() as folder:
            inputs = [tensor] + self.others(nodes, tensor)
            for i, name in enumerate(inputs):
                if name not in self.values or self.values[name].dtype != np.float32:
                    raise NotCut(f"it also reads '{name}', which is no activation in float32")
                self.values[name].tofile(f"{folder}/{i}.raw")
            self.write(f"{folder}/model.onnx", nodes, [self.described(i) for i in inputs],
                       [self.output])
            entries = [self.entry(name, f"{i}.raw", self.values[name].shape)
                       for i, name in enumerate(inputs)]
            result = json.loads(self.runtime(folder, {
                "inputs": entries, "batches": batches, "constants": constants}))
        return result["seconds"], result["predicted"]
