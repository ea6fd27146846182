#!/usr/bin/env python3
"""Turns a PyTorch network into a lesion model file.

    scripts/export_torchvision.py alexnet alexnet.bin
    scripts/export_torchvision.py resnet50 resnet50.bin --weights IMAGENET1K_V1
    scripts/export_torchvision.py resnet50 random.bin --weights none --seed 1 --calibrate images
    scripts/export_torchvision.py --module mylab.nets:make_net net.bin --input net.input.json

The first three export a torchvision classification network, with pretrained weights
(torchvision downloads them once), those of a state-dict file, or random ones.
Preprocessing and class names are those that torchvision states for the weights; for
random ones and other people's files, those of the network's default weights. ImageNet's
classes also get their WordNet ids, so that class folders with these names are recognised.
--calibrate sets the statistics of batch-norms to those of some images; with random weights they
would be 0 and 1, which gives activations unlike those of trained networks. The last line exports
what make_net() returns: any torch.nn.Module from images (1, channels, height, width),
3 channels or 1 (grey), to logits (1, classes). From Python: export(). Needs PyTorch 1.13 or later.
"""
import argparse
import contextlib
import csv
import importlib
import inspect
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

OPSET = 17  # PyTorch 1.13's highest; has LayerNormalization and HardSwish as one op each
INPUT_KEYS = {"channels", "height", "width", "interpolation", "order", "scale", "mean", "std"}
CALIBRATION_IMAGES, IMAGE_ENDS = 16, (".jpeg", ".jpg", ".png")
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class ExportError(Exception):
    """An error to be shown to the user, as one sentence."""


def first_line(error):
    """The first line of an exception's message: PyTorch's can be pages long."""
    first, _, rest = (str(error).strip() or type(error).__name__).partition("\n")
    return f"{first} {first_line(rest)}" if first.endswith(":") and rest else first.rstrip(".")


def scales_its_input(module):
    """Whether module is torchvision's GoogLeNet or Inception v3 with transform_input on."""
    return getattr(module, "transform_input", False) and any(
        base.__module__.startswith("torchvision.models.") for base in type(module).__mro__)


def fold_transform_input(input):
    """`input` with the mean and std changed so that preprocessing includes what transform_input does
    inside the network: x * s / .5 + (m - .5) / .5, with ImageNet's mean m and std s, for
    x = (p - mean) / std."""
    std = [own * 0.5 / s for own, s in zip(input["std"], IMAGENET_STD)]
    mean = [own - (m - 0.5) / 0.5 * s for own, m, s in zip(input["mean"], IMAGENET_MEAN, std)]
    return dict(input, mean=[round(m, 12) for m in mean], std=[round(s, 12) for s in std])


def as_one_op(norm):
    """A forward function for a LocalResponseNorm that PyTorch exports as ONNX's LRN; the usual one
    is exported as some twenty ops. The window must have an odd size, where both mean the same."""
    import torch

    class LRN(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about branches in its code, which are not exported
                return torch.nn.functional.local_response_norm(x, norm.size, norm.alpha,
                                                               norm.beta, norm.k)

        @staticmethod
        def symbolic(g, x):
            return g.op("LRN", x, size_i=norm.size, alpha_f=norm.alpha, beta_f=norm.beta,
                        bias_f=norm.k).setType(x.type())

    return LRN.apply


@contextlib.contextmanager
def as_exported(module):
    """Within this context `module` is in evaluation mode, without transform_input, and exports each
    LocalResponseNorm as one op; afterwards it is as before."""
    import torch

    norms = [part for part in module.modules()
             if isinstance(part, torch.nn.LocalResponseNorm) and part.size % 2 == 1]
    before = [(part, "training", part.training) for part in module.modules()]
    if scales_its_input(module):
        before.append((module, "transform_input", True))
        module.transform_input = False
    module.eval()
    for norm in norms:
        norm.forward = as_one_op(norm)
    try:
        yield
    finally:
        for norm in norms:
            del norm.forward
        for part, key, value in before:
            setattr(part, key, value)


def exporter_calls(opset, training):
    """Keyword arguments for torch.onnx.export, the best choice first.

    The tracing exporter comes first: it keeps batch-norms as nodes, and the weights' names, from
    which lesion names layers. Since PyTorch 2.9 the default is the other one (dynamo, which needs
    onnxscript)."""
    import torch

    known = inspect.signature(torch.onnx.export).parameters
    calls = []
    if "training" in known:
        calls.append({"opset_version": opset, "do_constant_folding": True, "dynamo": False,
                      "training": training or torch.onnx.TrainingMode.PRESERVE})
    if "dynamo" in known or not calls:
        calls.append({"opset_version": max(opset, 18), "dynamo": True, "external_data": False})
    return [{key: value for key, value in call.items() if key in known} for call in calls]


def write_onnx(module, path, input, opset=OPSET, training=None):
    """Writes the network as ONNX, in evaluation mode, for one image at a time. Of `input` only the
    shape is used. training: a torch.onnx.TrainingMode; PRESERVE (default) keeps batch-norms as
    nodes; EVAL folds them, by which weights lose their names. Returns the number of classes."""
    import torch

    first_error = None
    with as_exported(module), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # the exporter's deprecations
        warnings.simplefilter("default", torch.jit.TracerWarning)  # say if a branch is exported as it went
        try:
            image = torch.zeros(1, input["channels"], input["height"], input["width"])
            image = image.to(next(module.parameters(), image))  # on the network's device, in its precision
            with torch.no_grad():
                logits = module(image)
        except Exception as error:
            raise ExportError(f"the network fails on its input: {first_line(error)}") from error
        shape = tuple(getattr(logits, "shape", ())) or type(logits).__name__
        if not isinstance(logits, torch.Tensor) or len(shape) != 2 or shape[0] != 1:
            raise ExportError(f"the network returns {shape}, wanted logits of shape (1, classes)")
        for call in exporter_calls(opset, training):
            try:
                torch.onnx.export(module, (image,), str(path), input_names=["image"],
                                  output_names=["logits"], **call)
                return shape[1]
            except Exception as error:  # its type differs between versions
                first_error = first_error or error
    raise ExportError(f"torch.onnx.export: {first_line(first_error)}") from first_error


def find_lesion(path=None):
    """The lesion program: `path`, else that in the project's build folder, else the one on PATH."""
    built = Path(__file__).resolve().parent.parent / "build" / "lesion"
    found = shutil.which(path) if path else shutil.which(built) or shutil.which("lesion")
    if not found:
        raise ExportError(f"{path}: is no program" if path else f"the lesion program is neither "
                          f"{built} nor on PATH; build it, or name it with --lesion")
    return found


def imagenet_rows(names):
    """Class rows (index, WordNet id, name) of ImageNet; torchvision has no ids, only names."""
    ids = Path(__file__).with_name("imagenet_synsets.txt").read_text(encoding="ascii").split()
    if len(ids) != len(names):
        raise ExportError(f"imagenet_synsets.txt: has {len(ids)} ids for {len(names)} classes")
    return list(zip(range(len(names)), ids, names))


def class_rows(classes):
    """Class rows (index, id, name) of names in order; where no id is known, it is the name."""
    if len(classes) == 1000 and (classes[0], classes[-1]) == ("tench", "toilet tissue"):
        return imagenet_rows(classes)
    return [(i, name, name) for i, name in enumerate(classes)]


def convert(lesion, files, output):
    """Runs `lesion convert` to make the file `output` from files = [ONNX, preprocessing, classes]."""
    options = [part for pair in zip(("--input", "--classes"), files[1:]) for part in pair]
    done = subprocess.run([lesion, "convert", files[0], output, *options], check=False,
                          stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise ExportError(done.stderr.strip() or f"{lesion} convert: exit code {done.returncode}")


def export(module, output, *, input, classes=None, lesion=None, keep_onnx=False, opset=OPSET,
           force=False):
    """Writes `module` as the lesion model file `output`, or as ONNX if that ends with .onnx.

    module: a torch.nn.Module from images (1, channels, height, width) to logits (1, classes).
    input: the preprocessing, x = (pixel * scale - mean) / std, with the keys channels, height,
    width, resize (before the centre crop: px of the short side, [height, width], or None),
    interpolation ("nearest", "bilinear", "bicubic", "lanczos"), order ("RGB", "BGR", of one
    channel "GREY"), scale, mean, std.
    classes: None, the classes' names in order, or the path of a CSV class,id,name.
    keep_onnx: leave NAME.onnx, .input.json and .classes.csv beside the output, as is done for
    ONNX alone. Raises ExportError; OSError of files read and written."""
    output, bare = Path(output), str(output).endswith(".onnx")
    if not output.parent.is_dir():
        raise ExportError(f"{output.parent}: is no folder to write to")
    program = None if bare else find_lesion(lesion)
    if not isinstance(input, dict) or not INPUT_KEYS <= input.keys():
        raise ExportError(f"the preprocessing lacks one of {', '.join(sorted(INPUT_KEYS))}")
    if scales_its_input(module):
        input = fold_transform_input(input)
    with tempfile.TemporaryDirectory(prefix=".export_", dir=output.parent) as folder:
        ends = (".onnx", ".input.json", ".classes.csv")[:2 if classes is None else 3]
        files = [Path(folder) / (output.stem + end) for end in ends]
        made = ([] if bare else [Path(folder) / output.name]) + (files if bare or keep_onnx else [])
        for path in (output.parent / file.name for file in made):
            if path.exists() and not force:
                raise ExportError(f"{path}: exists already; --force overwrites it")
        count = write_onnx(module, files[0], input, opset)
        files[1].write_text(json.dumps(input, indent=1) + "\n", encoding="utf-8")
        if isinstance(classes, (str, Path)):
            shutil.copyfile(classes, files[2])
        elif classes is not None:
            if len(classes) != count:
                raise ExportError(f"{len(classes)} class names, but the network has {count} logits")
            with open(files[2], "w", newline="", encoding="utf-8") as file:
                rows = [("class", "id", "name")] + class_rows(classes)
                csv.writer(file, lineterminator="\n").writerows(rows)
        if not bare:
            convert(program, files, made[0])
        for file in made:
            os.replace(file, output.parent / file.name)


def find_entry(name, weights):
    """The entry of torchvision's table of weights that states preprocessing and classes, and whether
    its weights are to be loaded. For a state-dict file it is the entry whose file has the same name,
    if there is one."""
    import torchvision.models as zoo

    if not hasattr(zoo, "get_model_weights"):
        raise ExportError("torchvision 0.14 or later is needed")
    if name not in zoo.list_models(module=zoo):
        raise ExportError(f"{name}: is not a classification network of this torchvision, which has "
                          f"{', '.join(zoo.list_models(module=zoo))}")
    entries = zoo.get_model_weights(name)
    if weights in entries.__members__:
        return entries[weights], True
    if weights != "none" and not Path(weights).is_file():
        raise ExportError(f"--weights {weights}: is neither a file nor one of "
                          f"{', '.join(entries.__members__)}, none")
    own = [entry for entry in entries if Path(entry.url).name == Path(weights).name]
    return (own + [entries.DEFAULT])[0], False


def load_state(module, path):
    """Loads a state dict, also from a checkpoint that has it under "state_dict" or "model".
    Auxiliary classifiers may be missing: they do not affect the logits."""
    import torch

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ExportError(f"{path}: is no state dict as torch.save writes it") from error
    for key in ("state_dict", "model"):
        if not hasattr(state, "get"):
            raise ExportError(f"{path}: holds a {type(state).__name__}, wanted a state dict")
        state = state.get(key, state)
    torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "module.")
    missing, unknown = module.load_state_dict(state, strict=False)
    bad = [key for key in missing if not key.startswith(("aux1.", "aux2.", "AuxLogits."))] + unknown
    if bad:
        raise ExportError(f"{path}: does not fit: {len(bad)} tensors are missing or unknown, the "
                          f"first is {bad[0]}")


def load_torchvision(name, weights="DEFAULT", seed=0):
    """(module, preprocessing, class names) of a torchvision classification network."""
    import torch
    import torchvision.models as zoo

    entry, pretrained = find_entry(name, weights)
    shown = entry.transforms()  # this downloads nothing
    sizes = list(shown.resize_size)  # [short side] or [height, width]
    input = {"channels": 3, "height": shown.crop_size[0], "width": shown.crop_size[-1],
             "resize": sizes if len(sizes) == 2 else sizes[0],
             "interpolation": shown.interpolation.value,
             "order": "RGB", "scale": 1 / 255, "mean": list(shown.mean), "std": list(shown.std)}
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the slow initialisation of GoogLeNet and Inception
        module = zoo.get_model(name, weights=entry if pretrained else None)
    if not pretrained and weights != "none":
        load_state(module, weights)
        if hasattr(module, "transform_input"):  # on for torchvision's own weights, trained with it
            module.transform_input = Path(entry.url).name == Path(weights).name
    return module, input, list(entry.meta["categories"])


def show(path, input):
    """The image file, preprocessed: a tensor (1, channels, height, width)."""
    import numpy
    import torch
    from PIL import Image

    grey = input["channels"] == 1
    image = Image.open(path).convert("L" if grey else "RGB")
    size = input.get("resize")
    if isinstance(size, int):  # size is the short side
        size = [round(side * size / min(image.size)) for side in reversed(image.size)]
    if size:
        image = image.resize((size[1], size[0]), Image.Resampling[input["interpolation"].upper()])
    left, top = ((have - want) // 2 for have, want in
                 zip(image.size, (input["width"], input["height"])))
    image = image.crop((left, top, left + input["width"], top + input["height"]))
    x = numpy.asarray(image, dtype="float32").reshape(input["height"], input["width"], -1)
    x = x[:, :, ::-1] if input["order"] == "BGR" else x
    x = (x * input["scale"] - numpy.float32(input["mean"])) / numpy.float32(input["std"])
    return torch.from_numpy(x.astype("float32")).permute(2, 0, 1)[None]


def calibrate(module, input, folder, count=CALIBRATION_IMAGES):
    """Sets the statistics of the batch-norms of `module` to those of `count` images of the folder,
    spread evenly over the sorted paths and shown as one batch."""
    import torch

    paths = sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in IMAGE_ENDS)
    if len(paths) < 2:
        raise ExportError(f"--calibrate {folder}: has {len(paths)} images, wanted 2 or more "
                          f"({', '.join(IMAGE_ENDS)})")
    count = min(count, len(paths))
    images = torch.cat([show(paths[i * len(paths) // count], input) for i in range(count)])
    norms = [part for part in module.modules()
             if isinstance(part, torch.nn.modules.batchnorm._BatchNorm)]
    before = [norm.momentum for norm in norms]
    module.eval()  # keeps dropout off
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean, not a moving one
        norm.train()
    with torch.no_grad():
        module(images)
    for norm, momentum in zip(norms, before):
        norm.momentum = momentum
    module.eval()


def load(options):
    """(module, preprocessing, classes) that the command line asks for."""
    what, input, classes = options.name or f"--module {options.module}", None, None
    try:
        if options.module:
            name, _, factory = options.module.partition(":")
            sys.path.insert(0, os.getcwd())
            module = getattr(importlib.import_module(name), factory)()
            module.modules()  # fails unless it is a torch.nn.Module
        else:
            module, input, classes = load_torchvision(options.name, options.weights, options.seed)
        if options.input:
            input = json.loads(Path(what := options.input).read_text(encoding="utf-8"))
        if options.calibrate:
            calibrate(module, input, what := options.calibrate)
    except Exception as error:  # in a user's factory, a download, a damaged file
        said = isinstance(error, ExportError)
        raise error if said else ExportError(f"{what}: {first_line(error)}") from error
    return module, input, options.classes or classes


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("name", nargs="?", metavar="NETWORK", help="as torchvision calls it: alexnet")
    add("output", metavar="OUTPUT", help="NAME.bin; or NAME.onnx for ONNX alone")
    add("--module", metavar="PACKAGE.MODULE:FACTORY", help="instead of NETWORK: what makes it")
    add("--weights", default="DEFAULT", help="DEFAULT, IMAGENET1K_V1, ..., none, or a .pth file")
    add("--seed", type=int, default=0, metavar="N", help="of random weights; default: 0")
    add("--calibrate", metavar="IMAGES", help="a folder: batch-norms get the statistics of "
        f"{CALIBRATION_IMAGES} of its images")
    add("--input", metavar="FILE.json", help="preprocessing; default: what torchvision states")
    add("--classes", metavar="FILE.csv", help="class,id,name; default: torchvision's names, and "
        "WordNet ids of ImageNet's classes")
    add("--lesion", metavar="PROGRAM", help="default: the project's build/lesion, else on PATH")
    add("--opset", type=int, default=OPSET, metavar="N", help=f"default: {OPSET}")
    add("--keep-onnx", action="store_true", help="leave NAME.onnx beside NAME.bin")
    add("--force", action="store_true", help="overwrite existing files")
    options = parser.parse_intermixed_args(arguments)
    if bool(options.name) == bool(options.module):
        parser.error("give either NETWORK or --module")
    if options.module and (":" not in options.module or not options.input):
        parser.error("--module takes PACKAGE.MODULE:FACTORY and needs --input")
    return options


def main(arguments=None):
    options = parse_arguments(arguments)
    try:
        module, input, classes = load(options)
        export(module, options.output, input=input, classes=classes, lesion=options.lesion,
               keep_onnx=options.keep_onnx, opset=options.opset, force=options.force)
    except (ExportError, OSError) as error:
        print(f"export_torchvision: {first_line(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
