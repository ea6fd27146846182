"""Writes run directories with given outcomes, laid out as src/outcome/run.c does."""

import csv
import json

import numpy as np


def save(path, array):
    """Writes a .npy file with the header that src/format/npy.c writes; np.save's may differ."""
    text = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }" % (
        array.dtype.str, ' '.join('%d,' % d for d in array.shape))
    text += ' ' * (-(len(text) + 11) % 64) + '\n'
    path.write_bytes(b'\x93NUMPY\x01\x00' + len(text).to_bytes(2, 'little') + text.encode() +
                     array.tobytes())


def write_table(path, header, rows):
    with open(path, 'w', newline='') as file:
        out = csv.writer(file, lineterminator='\n')
        out.writerow(header.split(','))
        out.writerows(rows)


def write_run(folder, images, contrasts, kernels, outcomes, classes, sampled_from=None):
    """Writes a run directory. images: (file, class, class_name, bytes); contrasts: texts, each a
    condition of region all without normalisation; kernels: (layer, layer_index, kernel, lesion);
    outcomes: predicted, rank, loss, margin and same [image][condition][kernel], and intact_predicted,
    intact_rank, intact_loss and intact_margin [image][condition].
    sampled_from: of how many kernels each layer's are a sample; None: they are none."""
    folder.mkdir(parents=True)
    for name, array in outcomes.items():
        kind = '<f4' if name.endswith(('loss', 'margin')) else 'u1' if name == 'same' else '<i4'
        save(folder / (name + '.npy'), array.astype(kind))
    save(folder / 'area.npy', np.ones(outcomes['intact_rank'].shape, '<f4'))
    write_table(folder / 'images.csv', 'file,class,class_name,bytes', images)
    write_table(folder / 'conditions.csv', 'contrast,region,normalise,definition,quantize,seed,'
                'mask_sha256,stimulus_mean,stimulus_sd',
                ((c, 'all', 'none', 'mid-grey', 'trunc', 0, '', 0, 0) for c in contrasts))
    write_table(folder / 'kernels.csv',
                'layer,layer_index,kernel,lesion,seed' + (',sampled_from' if sampled_from else ''),
                ((*kernel, 0, *([sampled_from[kernel[0]]] if sampled_from else [])) for kernel in kernels))
    facts = {'format': 'lesion-run 3', 'lesion': '0.1.0', 'blas_core': 'none',
             'model_sha256': 'none', 'image_list_sha256': 'none', 'classes': str(classes),
             'engine': 'incremental', 'alpha': 'refuse', 'depth': 'refuse', 'shard': '1/1'}
    (folder / 'run.json').write_text(json.dumps(facts, indent=1) + '\n')
