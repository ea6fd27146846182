#!/usr/bin/python3
"""Computes gradients by PyTorch's autograd.

    tests/golden/make_gradients.py

networks/NAME.gradients  of each golden network (make_networks.py), a safetensors file: 'd/NODE'
                         [h][w][c], the derivatives of the loss, the cross-entropy of class 1, by
                         the activation that the loaded model has under that name; of each
                         convolution 'LESION/NODE' [kernels], gradient times (lesioned - intact)
                         summed over the plane of each kernel, LESION as in make_networks.py
gradients.h              slopes of the functions of one value, kinks included, with the parameters
                         of make_unary.py; what ops with ties give back; and the derivatives of
                         loss and margin by logits, decided between classes and between groups

PyTorch computes in float64 from float32; results are rounded to float32.
Made with PyTorch 1.13.0.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import make_networks
import make_unary

HERE = Path(__file__).parent
TRUE_CLASS = 1
INPUTS = [-20, -7, -3.5, -3, -2.5, -1.5, -0.7, -0.01, 0, 1e-4, 0.3, 0.75, 1, 1.5, 2.25, 3, 5, 6, 11, 30]
# clamp gives the gradient through at its ends, relu6 and hardtanh do not; in networks Clip is relu6.
FUNCTIONS = {**make_unary.FUNCTIONS,
             'Clip': lambda x: F.hardtanh(x, -1.5, 6),
             'HardSigmoid': lambda x: F.hardtanh(0.25 * x + 0.625, 0, 1)}


def run(network):
    """Every node's activation, with what autograd needs to tell the gradient of each."""
    values = {'input': torch.from_numpy(network.x).double().permute(2, 0, 1)[None].requires_grad_()}
    for node in network.nodes:
        tensors = {role: torch.from_numpy(network.weights[name]).double()
                   for role, name in node.get('tensors', {}).items()}
        values[node['name']] = make_networks.OPS[node['op']](
            node.get('attributes', {}), tensors, *(values[i] for i in node['inputs']))
    return values


def write(network):
    values, names = run(network), network.folded_names()
    loss = F.cross_entropy(values[network.nodes[-1]['name']].flatten(1), torch.tensor([TRUE_CLASS]))
    through = {name: value for name, value in values.items() if value.requires_grad}
    gradients = dict(zip(through, torch.autograd.grad(loss, list(through.values()))))
    arrays = {f'd/{names[name]}': make_networks.last(gradient)[0] for name, gradient in gradients.items()}
    others = network.run(x=network.partner)
    for node in network.nodes:
        if node['op'] == 'Conv':
            behind = [name for name, folded in names.items() if folded == node['name']][-1]
            for lesion, runs in network.lesions(node, behind, others).items():
                arrays[f"{lesion}/{node['name']}"] = torch.stack(
                    [(gradients[behind] * (lesioned[behind] - values[behind]))[:, k].sum()
                     for k, lesioned in enumerate(runs)])
    make_networks.write_safetensors(
        HERE / 'networks' / f'{network.name}.gradients',
        {name: array.detach().contiguous().numpy().astype(np.float32) for name, array in arrays.items()},
        {'torch': torch.__version__})


def slopes(function):
    x = torch.tensor(INPUTS, dtype=torch.float32).double().requires_grad_()
    return torch.autograd.grad(function(x).sum(), x)[0]


def row(values):
    return '{' + ', '.join(make_unary.number(float(np.float32(v))) for v in values) + '}'


def ties():
    """[(name, dx [h][w][c])] of x and y, whose values are small whole numbers, with dy = 1, 2, 3, ..."""
    random = np.random.RandomState(5)
    x, y = (torch.from_numpy(random.randint(-1, 2, (1, 2, 4, 3))).double().requires_grad_() for _ in range(2))
    functions = [('MaxPool', F.max_pool2d(x, 3, 2, 1)), ('ReduceMax c', torch.amax(x, 1, True)),
                 ('ReduceMin hw', torch.amin(x, (2, 3), True)), ('ReduceMax chw', torch.amax(x, (1, 2, 3), True)),
                 ('ReduceL1 hw', torch.linalg.vector_norm(x, 1, (2, 3), True)),
                 ('ReduceL2 c', torch.linalg.vector_norm(x, 2, 1, True)),
                 ('Max', torch.maximum(x, y)), ('Min', torch.minimum(x, y))]

    def flat(v):
        return make_networks.last(v).flatten().tolist()

    rows = []
    for name, out in functions:
        dy = torch.arange(1, out.numel() + 1).double().reshape(make_networks.last(out).shape).permute(0, 3, 1, 2)
        rows.append((name, flat(torch.autograd.grad((out * dy).sum(), x)[0])))
    return flat(x), flat(y), rows


LOGITS = [1.5, -2, 3.25, 0.5, 3.25, -1, 0.25, 2]
GROUPS = [0, 1, 0, 2, 0, -1, 2, 1]  # -1: in none
DECIDED = {'none': lambda logits, g: logits[g],
           'mean': lambda logits, g: torch.logsumexp(logits[members(g)], 0) - np.log(len(members(g))),
           'max': lambda logits, g: logits[members(g)].max(0)[0]}


def members(group):
    return [i for i, of in enumerate(GROUPS) if of == group]


def outcomes():
    """[(rule, true class or group, d loss, d margin)]"""
    rows = []
    for rule, score in DECIDED.items():
        count = len(LOGITS) if rule == 'none' else 3
        for true in range(min(count, 3)):
            logits = torch.tensor(LOGITS).double().requires_grad_()
            scores = torch.stack([score(logits, g) for g in range(count)])
            loss = F.cross_entropy(scores[None], torch.tensor([true]))
            others = [g for g in range(count) if g != true]
            best = others[max(range(len(others)), key=lambda i: scores[others[i]].item())]
            rows.append((rule, true, *(torch.autograd.grad(value, logits, retain_graph=True)[0]
                                       for value in (loss, scores[true] - scores[best]))))
    return rows


def main():
    for make in (make_networks.alexnet, make_networks.inception, make_networks.resnet, make_networks.mobilenet,
                 make_networks.convnext, make_networks.shuffle, make_networks.lenet, make_networks.functions,
                 make_networks.attention):
        write(make())
    x, y, tied = ties()
    with open(HERE / 'gradients.h', 'w', encoding='ascii') as out:
        print('/* Made by make_gradients.py: derivatives by PyTorch. */\n/* clang-format off */', file=out)
        print('static const float golden_inputs[] =',
              '{' + ', '.join(f'{v:g}{"" if "e" in f"{v:g}" or "." in f"{v:g}" else ".0"}f' for v in INPUTS) + '};',
              file=out)
        print(f'static const struct {{\n    const char *name;\n    double slopes[{len(INPUTS)}];\n}} golden_slopes[] = {{',
              file=out)
        for name, function in FUNCTIONS.items():
            print(f'    {{"{name}", {row(slopes(function))}}},', file=out)
        print('};\n/* x, y and dx [4][3][2], see ties() */', file=out)
        for name, values in (('x', x), ('y', y)):
            print(f'static const float golden_{name}[] = {{' + ', '.join(f'{v:g}' for v in values) + '};', file=out)
        print(f'static const struct {{\n    const char *name;\n    double dx[{len(x)}];\n}} golden_ties[] = {{', file=out)
        for name, values in tied:
            print(f'    {{"{name}", {row(values)}}},', file=out)
        print('};\nstatic const float golden_logits[] = {' + ', '.join(f'{v:g}' for v in LOGITS) + '};', file=out)
        print('static const int golden_groups[] = {' + ', '.join(map(str, GROUPS)) + '};', file=out)
        print('static const struct {\n    const char *rule;\n    int true_class;\n'
              f'    double d_loss[{len(LOGITS)}], d_margin[{len(LOGITS)}];\n}} golden_outcomes[] = {{', file=out)
        for rule, true, loss, margin in outcomes():
            print(f'    {{"{rule}", {true}, {row(loss)}, {row(margin)}}},', file=out)
        print('};\n/* clang-format on */', file=out)


if __name__ == '__main__':
    main()
