#!/usr/bin/python3
"""Compares the library's gradients of a network with PyTorch's autograd, in float64.

PyTorch goes backward from the library's own activations: where two of a MaxPool's values differ by
less than a roundoff of a float, or a Relu's is that near to 0, float64 may choose the other, and
then a few derivatives differ much, all over the earlier layers.

    tests/golden/check_gradients.py LIBLESION.so MODEL.bin IMAGE [TIMES]

Prints, for the first, the middle and the last convolution, by how much the derivatives of the loss
of class 0 by its output differ, as a share of the largest one, and the estimates of lesioning each
of its kernels (weights), likewise. Exits with 1 where a share is above 1e-4. With TIMES also how
much time of the processor a forward and a backward pass take, the least of so many.
"""

import ctypes
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / 'scripts'))
import bench_network  # noqa: E402

FULL = 1
LIMIT = 1e-4
lsn = ctypes.CDLL(os.path.abspath(sys.argv[1]))
lsn.lsn_pass_run.restype = lsn.lsn_gradient_at.restype = lsn.lsn_pass_activation.restype = ctypes.POINTER(ctypes.c_float)
lsn.lsn_model_layer_name.restype = ctypes.c_char_p


class Lesion(ctypes.Structure):
    """struct lsn_lesion"""
    _fields_ = [('kind', ctypes.c_int), ('slice', ctypes.c_int * 3), ('seed', ctypes.c_uint64)]


def call(function, *arguments):
    error = ctypes.create_string_buffer(4 + 512)
    if getattr(lsn, function)(*arguments, error):
        sys.exit(error[4:].split(b'\0')[0].decode())


def pointer(array):
    return ctypes.c_void_p(array.ctypes.data)


def read_image(path, described):
    """[h][w][c] as the network takes it; the crop does not matter here."""
    grey = described['channels'] == 1
    image = Image.open(path).convert('L' if grey else 'RGB').resize(
        (described['width'], described['height']), Image.BILINEAR)
    x = np.asarray(image, np.float64).reshape(described['height'], described['width'], -1)
    if described['order'] == 'BGR':
        x = x[:, :, ::-1]
    return ((x * described['scale'] - described['mean']) / described['std']).astype(np.float32)


class Given(torch.autograd.Function):
    """Puts another value in the place of one, and hands its gradient to that."""
    @staticmethod
    def forward(ctx, value, other):
        return other.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None


def activation(run, node, shape):
    values = np.ctypeslib.as_array(lsn.lsn_pass_activation(run, node), (*shape[2:], shape[1]))
    return torch.from_numpy(values.astype(np.float64)).permute(2, 0, 1)[None]


def torch_values(network, x, run):
    """Every node's activation, the library's, with the gradients of the ops in float64."""
    values = {'input': torch.from_numpy(x).double().permute(2, 0, 1)[None].requires_grad_()}
    for index, node in enumerate(network.nodes, 1):
        node['held'] = {role: tensor.double() for role, tensor in node['held'].items()}
        value = network.step(node, [values[i] for i in node['inputs']])
        given = activation(run, index, value.shape)
        off = (given - value).abs().max() / value.abs().max()
        assert off < LIMIT, f"{node['name']}: the activation is {off} off"
        values[node['name']] = Given.apply(value, given)
    return values


def share(got, wanted):
    return np.abs(got - wanted).max() / np.abs(wanted).max()


def fastest(times, function, *arguments):
    taken = []
    for _ in range(times):
        start = time.process_time()
        function(*arguments)
        taken.append(time.process_time() - start)
    return min(taken)


def main():
    model, net, run, gradient = (ctypes.c_void_p() for _ in range(4))
    call('lsn_model_load', os.fsencode(sys.argv[2]), None, ctypes.byref(model))
    call('lsn_network_create', model, FULL, ctypes.byref(net))
    call('lsn_pass_create', net, FULL, ctypes.byref(run))
    call('lsn_gradient_create', net, ctypes.byref(gradient))
    network = bench_network.Network(sys.argv[2])
    x = read_image(sys.argv[3], network.graph['input'])
    lsn.lsn_pass_run(run, pointer(x))
    values = torch_values(network, x, run)
    logits = values[network.output].flatten(1)
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor([0]))
    d_loss, d_margin = (np.empty(logits.shape[1], np.float32) for _ in range(2))
    call('lsn_outcome_gradients', model, lsn.lsn_pass_run(run, pointer(x)), 0, pointer(d_loss), pointer(d_margin))
    call('lsn_gradient_run', gradient, run, pointer(d_loss))
    count, wrong = lsn.lsn_model_layers(model), False
    for layer in (0, count // 2, count - 1):
        name = lsn.lsn_model_layer_name(model, layer).decode()
        output = values[name]
        wanted = torch.autograd.grad(loss, output, retain_graph=True)[0]
        shape = output.shape[2:] + output.shape[1:2]
        got = np.ctypeslib.as_array(lsn.lsn_gradient_at(gradient, lsn.lsn_model_layer_node(model, layer)), shape)
        bias = next(n for n in network.layers if n['name'] == name)['held'].get('bias', torch.zeros(shape[2]))
        wanted_estimates = (wanted * (bias.reshape(-1, 1, 1) - output)).sum((0, 2, 3)).detach().numpy()
        estimates = np.empty(shape[2])
        call('lsn_gradient_estimate', gradient, run, layer, ctypes.byref(Lesion(0, (-1, -1, -1), 0)), None,
             pointer(estimates))
        shares = share(got, wanted[0].permute(1, 2, 0).numpy()), share(estimates, wanted_estimates)
        wrong = wrong or max(shares) > LIMIT
        print(f'{name}: gradient {shares[0]:.1e} of its largest value off, estimates {shares[1]:.1e}')
    if len(sys.argv) > 4:
        forward = fastest(int(sys.argv[4]), lsn.lsn_pass_run, run, pointer(x))
        backward = fastest(int(sys.argv[4]), lsn.lsn_gradient_run, gradient, run, pointer(d_loss), None)
        print(f'forward {forward * 1e3:.1f} ms, backward {backward * 1e3:.1f} ms, {backward / forward:.2f} x')
    sys.exit(int(wrong))


if __name__ == '__main__':
    main()
