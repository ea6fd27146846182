"""Writes golden/masks: the edges that scikit-image's Canny finds in the demo's images.

usage: python3 tests/golden/make_masks.py

Made with scikit-image 0.19.3 and scipy 1.10.1. Files are NAME.SIGMA.DILATE.png, white on
edges; list.h lists them with their images. cli/region_test.sh calls it with `compare SHOWN`,
to compare the edges in the stimuli of SHOWN with those that this Canny finds in the same crops.
"""
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.feature import canny
from skimage.morphology import binary_dilation, disk

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "masks"
SHAPES = ("checker", "cross", "disc", "grating", "ring", "square", "star", "triangle")
SETTINGS = ((1, 0), (2, 0), (1, 1), (0.5, 3))


def edges(rgb, sigma=1.0, dilate=0):
    found = canny(rgb.astype(int).sum(axis=2) / 255, sigma=sigma, low_threshold=0.9, high_threshold=0.9,
                  use_quantiles=True)
    return binary_dilation(found, disk(dilate)) if dilate else found


def load(path):
    return np.asarray(Image.open(path).convert("RGB"))


def make():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    images = [(shape, f"../data/images/{shape}/0001.png") for shape in SHAPES]
    images += [("rgb8", "golden/images/rgb8.png"), ("photo", "golden/images/rgb_444.jpg")]
    rows = []
    for name, path in images:
        for sigma, dilate in SETTINGS:
            mask = edges(load(HERE.parent / path), sigma, dilate)
            file = f"{name}.{sigma}.{dilate}.png"
            Image.fromarray(mask.astype(np.uint8) * 255).save(FOLDER / file, optimize=True)
            rows.append(f'    {{"{path}", "golden/masks/{file}", "edges:{sigma}:{dilate}"}},\n')
    (FOLDER / "list.h").write_text(
        "/* Made by golden/make_masks.py: image, its mask, the region. */\n"
        "/* clang-format off */\n"
        "static const char *const masks[][3] = {\n" + "".join(rows) + "};\n/* clang-format on */\n")


# SHOWN/contrast-1/NAME.png is the crop; in SHOWN/contrast-0-REGION/NAME.png the region is 127.
def compare(shown):
    worst, total, differ = 1.0, 0, 0
    for path in sorted((shown / "contrast-1").glob("**/*.png")):
        crop = load(path)
        for region, sigma, dilate in (("edges", 1, 0), ("edges-2", 2, 0), ("edges-1-2", 1, 2)):
            got = load(shown / f"contrast-0-{region}" / path.relative_to(shown / "contrast-1"))
            want = np.where(edges(crop, sigma, dilate)[:, :, None], 127, crop)
            wrong = (got != want).any(axis=2)
            worst = min(worst, 1 - wrong.mean())
            total += wrong.size
            differ += int(wrong.sum())
    print("%d of %d pixels differ; worst image: %.6f agree" % (differ, total, worst))
    return total > 0 and worst >= 0.999


if __name__ == "__main__":
    if sys.argv[1:2] == ["compare"]:
        sys.exit(not compare(Path(sys.argv[2])))
    make()
