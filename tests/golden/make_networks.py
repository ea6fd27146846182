#!/usr/bin/python3
"""Writes the golden networks: small random networks, and PyTorch's results for them.

    tests/golden/make_networks.py [FOLDER]          default: networks, beside this file

NAME.bin          a native model file
NAME.activations  a safetensors file: 'input' [h][w][c]; each node's activation [h][w][c]
                  under the name that it has in the loaded model, where batch-norms are
                  folded; 'partner' [h][w][c], a second image; and for each convolution
                  'LESION/NODE' [kernels][classes], the logits with one kernel lesioned,
                  LESION as in --lesion (resample takes the planes of 'partner')

Weights come from NumPy's fixed generator. PyTorch computes in float64 from the
float32 weights; the results are rounded to float32 at the end, so that they do not
depend on the machine. Together the networks use every op of the format.
"""

import json
import os
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F


def write_safetensors(path, arrays, metadata):
    header, offset = {'__metadata__': metadata}, 0
    for name, array in arrays.items():
        header[name] = {'dtype': 'F32', 'shape': list(array.shape),
                        'data_offsets': [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for array in arrays.values():
            file.write(array.astype('<f4').tobytes())


def number(value):
    """An attribute rounded to float32, as the reader of model files stores it."""
    return float(np.float32(value))


def last(x):
    return x.permute(0, 2, 3, 1)


def first(x):
    return x.permute(0, 3, 1, 2)


def padded(x, pads, value=0.0):
    top, left, bottom, right = pads
    return F.pad(x, (left, right, top, bottom), value=value)


def conv(a, t, x):
    return F.conv2d(padded(x, a.get('pads', [0] * 4)), t['weight'], t.get('bias'),
                    a.get('stride', [1, 1]), dilation=a.get('dilation', [1, 1]),
                    groups=a.get('groups', 1))


def max_pool(a, t, x):
    top, left, bottom, right = a.get('pads', [0] * 4)
    assert (top, left) == (bottom, right)
    return F.max_pool2d(x, a['kernel'], a.get('stride', [1, 1]), (top, left),
                        a.get('dilation', [1, 1]), a.get('ceil_mode', False))


def average_pool(a, t, x):
    top, left, bottom, right = a.get('pads', [0] * 4)
    assert (top, left) == (bottom, right)
    return F.avg_pool2d(x, a['kernel'], a.get('stride', [1, 1]), (top, left),
                        a.get('ceil_mode', False), a.get('count_include_pad', False))


def reduced(a):
    return ([1] if a.get('over_channels') else []) + ([2, 3] if a.get('over_space') else [])


def per_channel(v):
    return v[:, None, None]


# op: (attributes, tensors, inputs...) -> output, all [1][c][h][w]
OPS = {
    'Conv': conv,
    'Linear': lambda a, t, x: first(F.linear(last(x), t['weight'], t.get('bias'))),
    'BatchNormalization': lambda a, t, x: F.batch_norm(
        x, t['mean'], t['var'], t['scale'], t['bias'], False, 0, number(a.get('epsilon', 1e-5))),
    'Affine': lambda a, t, x: per_channel(t['scale']) * x + per_channel(t['bias']),
    'LayerNormalization': lambda a, t, x: first(F.layer_norm(
        last(x), x.shape[1:2], t['scale'], t['bias'], number(a.get('epsilon', 1e-5)))),
    'LRN': lambda a, t, x: F.local_response_norm(
        x, a['size'], number(a['alpha']), number(a['beta']), number(a['bias'])),
    'Relu': lambda a, t, x: F.relu(x),
    'LeakyRelu': lambda a, t, x: F.leaky_relu(x, number(a['alpha'])),
    'Clip': lambda a, t, x: torch.clamp(x, a.get('min'), a.get('max')),
    'HardSwish': lambda a, t, x: F.hardswish(x),
    'HardSigmoid': lambda a, t, x: torch.clamp(
        number(a['alpha']) * x + number(a['beta']), 0, 1),
    'Sigmoid': lambda a, t, x: torch.sigmoid(x),
    'Tanh': lambda a, t, x: torch.tanh(x),
    'Erf': lambda a, t, x: torch.erf(x),
    'Gelu': lambda a, t, x: F.gelu(
        x, approximate='tanh' if a.get('tanh_approx') else 'none'),
    'Silu': lambda a, t, x: F.silu(x),
    'Elu': lambda a, t, x: F.elu(x, number(a['alpha'])),
    'Selu': lambda a, t, x: F.selu(x),
    'Celu': lambda a, t, x: F.celu(x, number(a['alpha'])),
    'ThresholdedRelu': lambda a, t, x: F.threshold(x, number(a['alpha']), 0),
    'Softplus': lambda a, t, x: F.softplus(x),
    'Softsign': lambda a, t, x: F.softsign(x),
    'Mish': lambda a, t, x: F.mish(x),
    'Abs': lambda a, t, x: torch.abs(x),
    'Neg': lambda a, t, x: torch.neg(x),
    'Exp': lambda a, t, x: torch.exp(x),
    'Log': lambda a, t, x: torch.log(x),
    'Sqrt': lambda a, t, x: torch.sqrt(x),
    'Reciprocal': lambda a, t, x: torch.reciprocal(x),
    'Sign': lambda a, t, x: torch.sign(x),
    'Sin': lambda a, t, x: torch.sin(x),
    'Cos': lambda a, t, x: torch.cos(x),
    'Pow': lambda a, t, x: torch.pow(x, number(a['exponent'])),
    'PRelu': lambda a, t, x: F.prelu(x, t['slope']),
    'GroupNormalization': lambda a, t, x: F.group_norm(
        x, a['groups'], t['scale'], t['bias'], number(a.get('epsilon', 1e-5))),
    'Add': lambda a, t, x, y: x + y,
    'Sub': lambda a, t, x, y: x - y,
    'Mul': lambda a, t, x, y: x * y,
    'Div': lambda a, t, x, y: x / y,
    'Max': lambda a, t, x, y: torch.maximum(x, y),
    'Min': lambda a, t, x, y: torch.minimum(x, y),
    'ReduceMean': lambda a, t, x: torch.mean(x, reduced(a), keepdim=True),
    'ReduceSum': lambda a, t, x: torch.sum(x, reduced(a), keepdim=True),
    'ReduceMax': lambda a, t, x: torch.amax(x, reduced(a), keepdim=True),
    'ReduceMin': lambda a, t, x: torch.amin(x, reduced(a), keepdim=True),
    'ReduceL1': lambda a, t, x: torch.linalg.vector_norm(x, 1, reduced(a), keepdim=True),
    'ReduceL2': lambda a, t, x: torch.linalg.vector_norm(x, 2, reduced(a), keepdim=True),
    'ReduceSumSquare': lambda a, t, x: torch.sum(x.square(), reduced(a), keepdim=True),
    'Constant': lambda a, t: t['value'][None],
    'Resample': lambda a, t, x: torch.einsum('yi,nchi->nchy', t['columns'], torch.einsum(
        'yi,nciw->ncyw', t['rows'], x)),
    'Concat': lambda a, t, *x: torch.cat(x, 1),
    'Select': lambda a, t, x: x[:, a['channels']],
    'Pad': lambda a, t, x: padded(x, a['pads'], number(a.get('value', 0))),
    'MaxPool': max_pool,
    'AveragePool': average_pool,
    'GlobalAveragePool': lambda a, t, x: x.mean((2, 3), keepdim=True),
    'Flatten': lambda a, t, x: torch.flatten(x, 1)[:, :, None, None],
}
FOLDED = ('BatchNormalization', 'Affine')
TAKES_IN = ('Conv', 'Linear', 'BatchNormalization', 'Affine', 'LayerNormalization',
            'GroupNormalization')


class Network:
    def __init__(self, name, seed, height, width, channels=3):
        self.name = name
        self.random = np.random.RandomState(seed)
        self.nodes = []
        self.weights = {}
        self.input = {'channels': channels, 'height': height, 'width': width, 'resize': None,
                      'interpolation': 'bilinear', 'order': 'GREY' if channels == 1 else 'RGB', 'scale': 1 / 255,
                      'mean': [0.5] * channels, 'std': [0.25] * channels}
        self.x = self.uniform(height, width, channels, limit=2)
        self.partner = np.random.RandomState(seed + 1000).uniform(
            -2, 2, self.x.shape).astype(np.float32)

    def uniform(self, *shape, low=None, limit=1.0):
        low = -limit if low is None else low
        return self.random.uniform(low, limit, shape).astype(np.float32)

    def add(self, name, op, inputs, tensors=None, **attributes):
        node = {'name': name, 'op': op, 'inputs': inputs.split()}
        if attributes:
            node['attributes'] = attributes
        if tensors:
            node['tensors'] = {role: f'{name}.{role}' for role in tensors}
            self.weights.update({f'{name}.{role}': array for role, array in tensors.items()})
        self.nodes.append(node)

    def plain(self, name, op, inputs, **attributes):
        self.add(name, op, inputs, **attributes)

    def conv(self, name, source, c_in, c_out, kernel, bias=True, **attributes):
        """A convolution whose weights keep activations at about the scale of its input."""
        fan_in = c_in // attributes.get('groups', 1) * kernel[0] * kernel[1]
        tensors = {'weight': self.uniform(c_out, c_in // attributes.get('groups', 1), *kernel,
                                          limit=(3 / fan_in) ** 0.5)}
        if bias:
            tensors['bias'] = self.uniform(c_out, limit=0.5)
        self.add(name, 'Conv', source, tensors, **attributes)

    def linear(self, name, source, c_in, c_out, bias=True):
        tensors = {'weight': self.uniform(c_out, c_in, limit=(3 / c_in) ** 0.5)}
        if bias:
            tensors['bias'] = self.uniform(c_out, limit=0.5)
        self.add(name, 'Linear', source, tensors)

    def norm(self, name, op, source, c, **attributes):
        tensors = {'scale': self.uniform(c, low=0.5, limit=1.5), 'bias': self.uniform(c, limit=0.5)}
        if op == 'BatchNormalization':
            tensors['mean'] = self.uniform(c, limit=0.5)
            tensors['var'] = self.uniform(c, low=0.25, limit=2)
        self.add(name, op, source, tensors, **attributes)

    def run(self, zero=None, put=None, x=None):
        """Every node's activation for x. zero: (tensor's name, index), which is set to 0; put: (node,
        kernel, plane), which replaces that kernel's plane."""
        x = self.x if x is None else x
        values = {'input': torch.from_numpy(x).double().permute(2, 0, 1)[None]}
        for node in self.nodes:
            tensors = {}
            for role, name in node.get('tensors', {}).items():
                tensors[role] = torch.from_numpy(self.weights[name]).double()
                if zero and zero[0] == name:
                    tensors[role][zero[1]] = 0
            values[node['name']] = OPS[node['op']](node.get('attributes', {}), tensors,
                                                   *(values[i] for i in node['inputs']))
            if put and put[0] == node['name']:
                values[node['name']][:, put[1]] = put[2]
        return values

    def folded_names(self):
        """{node: name of its activation in the loaded model}: for a folded batch-norm, the name of the
        node that it is folded into."""
        ops = {node['name']: node['op'] for node in self.nodes}
        readers = {}
        for node in self.nodes:
            for source in set(node['inputs']):
                readers[source] = readers.get(source, 0) + 1
        names = {'input': 'input'}
        for node in self.nodes:
            source = (node['inputs'] or ['input'])[0]
            folds = (node['op'] in FOLDED and ops.get(names[source]) in TAKES_IN and
                     readers[source] == 1)
            names[node['name']] = names[source] if folds else node['name']
        return names

    def lesions(self, node, behind, others):
        """{lesion: [run() with kernel k of node lesioned, for each k]}. behind: the last node folded
        into it; others: run() of the partner image."""
        weight, kernels = f"{node['name']}.weight", range(len(self.weights[f"{node['name']}.weight"]))
        return {
            'weights': [self.run((weight, k)) for k in kernels],
            'planes:in=0': [self.run((weight, (k, 0))) for k in kernels],
            'planes:row=0': [self.run((weight, (k, slice(None), 0))) for k in kernels],
            'lines:row=0:col=0': [self.run((weight, (k, slice(None), 0, 0))) for k in kernels],
            'silence': [self.run(put=(behind, k, 0)) for k in kernels],
            'resample': [self.run(put=(behind, k, others[behind][:, k])) for k in kernels],
        }

    def write(self, folder):
        values, names = self.run(), self.folded_names()
        output = self.nodes[-1]['name']
        arrays = {}
        for name, value in values.items():
            arrays[names[name]] = last(value)[0].contiguous().numpy().astype(np.float32)
        arrays['partner'] = self.partner
        others = self.run(x=self.partner)
        for node in self.nodes:
            if node['op'] == 'Conv':
                # A plane is replaced after the batch-norm that is folded into the kernel.
                behind = [name for name, folded in names.items() if folded == node['name']][-1]
                for lesion, logits in self.lesions(node, behind, others).items():
                    arrays[f"{lesion}/{node['name']}"] = torch.stack(
                        [values[output].flatten() for values in logits]).numpy().astype(np.float32)
        graph = json.dumps({'input': self.input, 'nodes': self.nodes}, separators=(',', ':'))
        metadata = {'format': 'lesion-model', 'version': '1', 'graph': graph}
        write_safetensors(os.path.join(folder, f'{self.name}.bin'), self.weights, metadata)
        write_safetensors(os.path.join(folder, f'{self.name}.activations'), arrays,
                          {'torch': torch.__version__})
        return {node['op'] for node in self.nodes}


def alexnet():
    """Grouped convolutions, local response norms, two linear layers."""
    net = Network('alexnet', 1, 15, 13)
    net.conv('conv1', 'input', 3, 6, (5, 5), stride=[2, 2], pads=[2, 2, 2, 2])
    net.plain('relu1', 'Relu', 'conv1')
    net.plain('norm1', 'LRN', 'relu1', size=5, alpha=0.5, beta=0.75, bias=2.0)
    net.plain('pool1', 'MaxPool', 'norm1', kernel=[3, 3], stride=[2, 2])
    net.conv('conv2', 'pool1', 6, 8, (3, 3), pads=[1, 1, 1, 1], groups=2)
    net.plain('relu2', 'Relu', 'conv2')
    net.plain('norm2', 'LRN', 'relu2', size=3, alpha=0.3, beta=0.6, bias=1.0)
    net.plain('pool2', 'MaxPool', 'norm2', kernel=[2, 2], stride=[2, 2], ceil_mode=True)
    net.plain('flat', 'Flatten', 'pool2')
    net.linear('fc6', 'flat', 8 * 2 * 2, 10)
    net.plain('relu6', 'Relu', 'fc6')
    net.linear('fc8', 'relu6', 10, 5)
    return net


def inception():
    """Branches, concatenation, pools of every kind, a batch-norm that cannot be folded."""
    net = Network('inception', 2, 12, 14)
    net.conv('conv1', 'input', 3, 5, (3, 3), bias=False, stride=[1, 2], pads=[1, 1, 1, 1])
    net.plain('relu1', 'Relu', 'conv1')
    net.plain('pool1', 'MaxPool', 'relu1', kernel=[3, 3], stride=[2, 2], pads=[1, 1, 1, 1],
              ceil_mode=True)
    net.conv('branch1', 'pool1', 5, 3, (1, 1))
    net.conv('branch2', 'pool1', 5, 4, (3, 3), pads=[1, 1, 1, 1])
    net.conv('branch3', 'pool1', 5, 2, (3, 3), pads=[2, 2, 2, 2], dilation=[2, 2])
    net.plain('pool2', 'AveragePool', 'pool1', kernel=[3, 3], pads=[1, 1, 1, 1])
    net.plain('joined', 'Concat', 'branch1 branch2 branch3 pool2')
    net.norm('bn', 'BatchNormalization', 'joined', 14, epsilon=0.001)
    net.plain('relu2', 'Relu', 'bn')
    net.plain('pool3', 'MaxPool', 'relu2', kernel=[3, 3], stride=[2, 2], ceil_mode=True)
    net.plain('pool4', 'AveragePool', 'pool3', kernel=[2, 2], stride=[2, 2], pads=[1, 1, 1, 1],
              ceil_mode=True, count_include_pad=True)
    net.plain('global', 'GlobalAveragePool', 'pool4')
    net.plain('flat', 'Flatten', 'global')
    net.linear('logits', 'flat', 14, 6)
    return net


def resnet():
    """Batch-norms that are folded, a strided block with a convolution in its shortcut."""
    net = Network('resnet', 3, 13, 11)
    net.conv('conv1', 'input', 3, 6, (3, 3), bias=False, stride=[2, 2], pads=[1, 1, 1, 1])
    net.norm('bn1', 'BatchNormalization', 'conv1', 6)
    net.plain('relu1', 'Relu', 'bn1')
    net.conv('conv2', 'relu1', 6, 4, (1, 1), bias=False)
    net.norm('bn2', 'BatchNormalization', 'conv2', 4)
    net.plain('relu2', 'Relu', 'bn2')
    net.conv('conv3', 'relu2', 4, 8, (3, 3), stride=[2, 2], pads=[1, 1, 1, 1])
    net.norm('bn3', 'BatchNormalization', 'conv3', 8)
    net.conv('shortcut', 'relu1', 6, 8, (1, 1), bias=False, stride=[2, 2])
    net.norm('bn4', 'BatchNormalization', 'shortcut', 8)
    net.plain('sum', 'Add', 'bn3 bn4')
    net.plain('relu3', 'Relu', 'sum')
    net.plain('global', 'GlobalAveragePool', 'relu3')
    net.plain('flat', 'Flatten', 'global')
    net.linear('fc', 'flat', 8, 5)
    return net


def mobilenet():
    """Depthwise convolutions, squeeze-and-excite, and the activations that go with them."""
    net = Network('mobilenet', 4, 11, 12)
    net.conv('stem', 'input', 3, 6, (3, 3), bias=False, stride=[2, 2], pads=[0, 0, 1, 1])
    net.norm('stem.bn', 'BatchNormalization', 'stem', 6)
    net.plain('stem.act', 'HardSwish', 'stem.bn')
    net.conv('depthwise', 'stem.act', 6, 6, (3, 3), bias=False, pads=[1, 1, 1, 1], groups=6)
    net.norm('depthwise.bn', 'BatchNormalization', 'depthwise', 6)
    net.plain('depthwise.act', 'Clip', 'depthwise.bn', min=0, max=6)
    net.plain('squeeze', 'GlobalAveragePool', 'depthwise.act')
    net.conv('reduce', 'squeeze', 6, 2, (1, 1))
    net.plain('reduce.act', 'Relu', 'reduce')
    net.conv('expand', 'reduce.act', 2, 6, (1, 1))
    net.plain('gate', 'HardSigmoid', 'expand', alpha=1 / 6, beta=0.5)
    net.plain('excited', 'Mul', 'depthwise.act gate')
    net.conv('project', 'excited', 6, 6, (1, 1), bias=False)
    net.norm('project.bn', 'BatchNormalization', 'project', 6)
    net.plain('residual', 'Add', 'stem.act project.bn')
    net.plain('swish', 'Silu', 'residual')
    net.plain('capped', 'Clip', 'swish', max=1.5)
    net.plain('global', 'GlobalAveragePool', 'capped')
    net.plain('flat', 'Flatten', 'global')
    net.linear('hidden', 'flat', 6, 9, bias=False)
    net.norm('hidden.bn', 'BatchNormalization', 'hidden', 9)
    net.linear('logits', 'hidden.bn', 9, 5)
    return net


def convnext():
    """Layer norms, linear layers applied at every position, layer scale, both kinds of Gelu."""
    net = Network('convnext', 5, 9, 10)
    net.plain('padded', 'Pad', 'input', pads=[1, 0, 2, 3], value=0.25)
    net.conv('stem', 'padded', 3, 6, (2, 3), stride=[2, 1], dilation=[1, 2], pads=[0, 1, 1, 0])
    net.norm('stem.norm', 'LayerNormalization', 'stem', 6, epsilon=1e-6)
    net.conv('mix', 'stem.norm', 6, 6, (5, 5), pads=[2, 2, 2, 2], groups=6)
    net.norm('norm', 'LayerNormalization', 'mix', 6, epsilon=1e-6)
    net.linear('up', 'norm', 6, 12)
    net.plain('gelu', 'Gelu', 'up')
    net.linear('down', 'gelu', 12, 6)
    net.norm('scaled', 'Affine', 'down', 6)
    net.plain('residual', 'Add', 'scaled stem.norm')
    net.plain('gelu2', 'Gelu', 'residual', tanh_approx=True)
    net.plain('global', 'GlobalAveragePool', 'gelu2')
    net.norm('head.norm', 'LayerNormalization', 'global', 6)
    net.norm('head.scaled', 'Affine', 'head.norm', 6)
    net.plain('flat', 'Flatten', 'head.scaled')
    net.linear('logits', 'flat', 6, 4)
    return net


def shuffle():
    """Channel selection and the remaining activations, all on maps of odd shapes."""
    net = Network('shuffle', 6, 7, 16)
    net.conv('conv1', 'input', 3, 6, (3, 4), stride=[1, 3], pads=[2, 0, 1, 3], groups=3)
    net.plain('leaky', 'LeakyRelu', 'conv1', alpha=0.2)
    net.plain('left', 'Select', 'leaky', channels=[0, 2, 4])
    net.plain('right', 'Select', 'leaky', channels=[5, 3, 1])
    net.conv('conv2', 'left', 3, 6, (1, 3), pads=[0, 1, 0, 1], groups=3)
    net.plain('tanh', 'Tanh', 'conv2')
    net.plain('joined', 'Concat', 'tanh right left')
    net.plain('shuffled', 'Select', 'joined', channels=[0, 6, 3, 9, 1, 7, 11, 11])
    net.norm('affine', 'Affine', 'shuffled', 8)
    net.plain('erf', 'Erf', 'affine')
    net.plain('mean', 'GlobalAveragePool', 'erf')
    net.plain('gate', 'Sigmoid', 'mean')
    net.plain('gated', 'Mul', 'gate erf')
    net.plain('raised', 'Add', 'gated mean')
    net.conv('conv3', 'raised', 8, 4, (3, 3), stride=[3, 2])
    net.plain('pool', 'AveragePool', 'conv3', kernel=[2, 1])
    net.plain('flat', 'Flatten', 'pool')
    net.linear('logits', 'flat', 8, 5)
    return net


def lenet():
    """An input of one channel, as in networks for handwritten digits."""
    net = Network('lenet', 7, 14, 15, channels=1)
    net.conv('conv1', 'input', 1, 5, (5, 5), pads=[2, 2, 2, 2])
    net.plain('relu1', 'Relu', 'conv1')
    net.plain('pool1', 'MaxPool', 'relu1', kernel=[2, 2], stride=[2, 2])
    net.conv('conv2', 'pool1', 5, 7, (3, 3), bias=False)
    net.norm('bn2', 'BatchNormalization', 'conv2', 7)
    net.plain('relu2', 'Relu', 'bn2')
    net.plain('pool2', 'MaxPool', 'relu2', kernel=[2, 2], stride=[2, 2], ceil_mode=True)
    net.plain('flat', 'Flatten', 'pool2')
    net.linear('fc1', 'flat', 7 * 3 * 3, 9)
    net.plain('relu3', 'Relu', 'fc1')
    net.linear('fc2', 'relu3', 9, 4)
    return net


def functions():
    """All functions of one value, most of them applied to the same convolution's output."""
    net = Network('functions', 7, 6, 5)
    net.conv('conv1', 'input', 3, 4, (3, 3), pads=[1, 1, 1, 1])
    net.add('prelu', 'PRelu', 'conv1', {'slope': net.uniform(4)})
    net.conv('conv2', 'prelu', 4, 4, (2, 2))
    for name, attributes in (('Elu', {'alpha': 0.75}), ('Celu', {'alpha': 1.5}),
                             ('ThresholdedRelu', {'alpha': 0.25}), ('Softplus', {}),
                             ('Softsign', {}), ('Mish', {}), ('Abs', {}), ('Neg', {})):
        net.plain(name.lower(), name, 'conv2', **attributes)
    net.plain('selu', 'Selu', 'neg')
    net.plain('log', 'Log', 'softplus')
    net.plain('sqrt', 'Sqrt', 'softplus')
    net.plain('exp', 'Exp', 'softsign')
    net.plain('reciprocal', 'Reciprocal', 'exp')
    net.plain('pow', 'Pow', 'exp', exponent=1.5)
    net.plain('sign', 'Sign', 'conv2')
    net.plain('sin', 'Sin', 'pow')
    net.plain('cos', 'Cos', 'mish')
    net.plain('all', 'Concat', 'elu celu thresholdedrelu mish abs selu log sqrt reciprocal pow '
                               'sign sin cos')
    net.conv('conv3', 'all', 52, 6, (3, 3), stride=[2, 1])
    net.plain('flat', 'Flatten', 'conv3')
    net.linear('logits', 'flat', 24, 5)
    return net


def attention():
    """Ops that join two maps, reductions, constants, group norms and resampling."""
    net = Network('attention', 8, 7, 8)
    net.add('image.mean', 'Constant', '', {'value': net.uniform(3, 7, 8, limit=0.5)})
    net.plain('centred', 'Sub', 'input image.mean')
    net.conv('conv1', 'centred', 3, 6, (3, 3), pads=[1, 1, 1, 1], bias=False)
    net.norm('group', 'GroupNormalization', 'conv1', 6, groups=3, epsilon=0.0625)
    net.norm('group.scaled', 'Affine', 'group', 6)
    net.plain('relu', 'Relu', 'group.scaled')
    net.plain('channel.mean', 'ReduceMean', 'relu', over_channels=True)
    net.plain('channel.max', 'ReduceMax', 'relu', over_channels=True)
    net.plain('space', 'Concat', 'channel.mean channel.max')
    net.plain('least', 'ReduceMin', 'relu', over_space=True)
    net.conv('conv2', 'space', 2, 1, (3, 3), pads=[1, 1, 1, 1])
    net.plain('gate', 'Sigmoid', 'conv2')
    net.plain('attended', 'Mul', 'group.scaled gate')
    net.plain('shifted', 'Add', 'attended least')
    net.plain('length', 'ReduceL2', 'shifted', over_channels=True)
    net.plain('normed', 'Div', 'shifted length')
    net.plain('sum', 'ReduceL1', 'shifted', over_channels=True, over_space=True)
    net.plain('share', 'Div', 'shifted sum')
    net.plain('total', 'ReduceSum', 'normed', over_space=True)
    net.plain('squares', 'ReduceSumSquare', 'normed', over_space=True)
    net.plain('larger', 'Max', 'normed share')
    net.plain('smaller', 'Min', 'larger total')
    net.plain('squared', 'Add', 'smaller squares')
    rows = np.zeros((5, 7), np.float32)
    rows[range(5), [1, 0, 3, 6, 5]] = 1
    columns = np.zeros((4, 8), np.float32)
    for i in range(4):
        columns[i, 2 * i:2 * i + 2] = 0.25, 0.75
    net.add('resampled', 'Resample', 'squared', {'rows': rows, 'columns': columns})
    net.conv('conv3', 'resampled', 6, 4, (3, 3), stride=[2, 1])
    net.norm('instance', 'GroupNormalization', 'conv3', 4, groups=4, epsilon=0.25)
    net.plain('flat', 'Flatten', 'instance')
    net.linear('logits', 'flat', 16, 4)
    return net


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(
        os.path.abspath(__file__)), 'networks')
    os.makedirs(folder, exist_ok=True)
    used = set()
    for make in (alexnet, inception, resnet, mobilenet, convnext, shuffle, lenet, functions,
                 attention):
        used |= make().write(folder)
    assert used == set(OPS), set(OPS) - used


if __name__ == '__main__':
    main()
