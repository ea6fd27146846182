#!/usr/bin/python3
"""Computes functions of one value by PyTorch: golden/unary.h.

    tests/golden/make_unary.py

The rows are in the order of the table in unit/unary_test.c, with the same parameters. PyTorch
computes in float64 from float32 inputs; the results are rounded to float32. Sign is left out:
PyTorch's sign of NaN is 0, lesion's NaN.
Made with PyTorch 1.13.0.
"""

from pathlib import Path

import torch
import torch.nn.functional as F

HERE = Path(__file__).parent
INPUTS = ['-INFINITY', 'INFINITY', 'NAN', '-0.0f', '0.0f', '-1e-40f', '1e-40f', '-0.001f', '1e-4f', '-0.01f',
          '0.3f', '-0.7f', '1.0f', '-1.5f', '2.25f', '-3.5f', '5.0f', '-7.0f', '11.0f', '-20.0f', '30.0f',
          '-60.0f', '80.0f', '-100.0f', '100.0f', '-1e10f', '1e10f', '-1e30f', '1e30f']
FUNCTIONS = {
    'Relu': torch.relu,
    'LeakyRelu': lambda x: F.leaky_relu(x, 0.125),
    'Clip': lambda x: torch.clamp(x, -1.5, 6),
    'HardSwish': F.hardswish,
    'HardSigmoid': lambda x: torch.clamp(0.25 * x + 0.625, 0, 1),
    'Sigmoid': torch.sigmoid,
    'Tanh': torch.tanh,
    'Erf': torch.erf,
    'Gelu': F.gelu,
    'Gelu tanh': lambda x: F.gelu(x, approximate='tanh'),
    'Silu': F.silu,
    'Elu': lambda x: F.elu(x, 0.75),
    'Selu': lambda x: 1.25 * F.elu(x, 0.75),
    'Celu': lambda x: F.celu(x, 0.75),
    'ThresholdedRelu': lambda x: F.threshold(x, 0.75, 0.0),
    'Softplus': F.softplus,
    'Softsign': F.softsign,
    'Mish': F.mish,
    'Abs': torch.abs,
    'Neg': torch.neg,
    'Exp': torch.exp,
    'Log': torch.log,
    'Sqrt': torch.sqrt,
    'Reciprocal': torch.reciprocal,
    'Sin': torch.sin,
    'Cos': torch.cos,
    'Pow': lambda x: torch.pow(x, 3),
}


def number(x):
    if x != x:
        return '(double)NAN'
    if x in (float('inf'), float('-inf')):
        return '(double)INFINITY' if x > 0 else '-(double)INFINITY'
    text = f'{x:.9g}'
    return text if '.' in text or 'e' in text else text + '.0'


def main():
    x = torch.tensor([float(text.rstrip('f')) for text in INPUTS]).double()
    with open(HERE / 'unary.h', 'w') as out:
        out.write('/* Made by make_unary.py: functions of one value by PyTorch, in the order of the inputs. */\n')
        out.write('/* clang-format off */\n')
        out.write(f'static const float golden_inputs[] = {{{", ".join(INPUTS)}}};\n')
        out.write(f'static const struct {{\n    const char *name;\n    double results[{len(INPUTS)}];\n}} golden[] = {{\n')
        for name, function in FUNCTIONS.items():
            # As part of a longer tensor: PyTorch has other code for single values.
            results = function(x.repeat(4))[:len(INPUTS)].float().tolist()
            out.write(f'    {{"{name}", {{{", ".join(map(number, results))}}}}},\n')
        out.write('};\n/* clang-format on */\n')


if __name__ == '__main__':
    main()
