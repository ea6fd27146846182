#!/usr/bin/python3
"""Makes tests/golden/images: small synthetic image files, and what decoding,
resizing and cropping them must give (binary PPM).

    /usr/bin/python3 tests/golden/make_images.py

Needs numpy and Pillow (Debian: python3-numpy, python3-pil; made with Pillow 9.4
over libjpeg-turbo 2.1). Where torchvision is installed, the preprocessing is
compared with it too. PNG files come from the writer below, because Pillow writes
few of PNG's kinds; their expected pixels come from the arrays they were written
from, and Pillow has to read the same. JPEG files are written by Pillow, and their
expected pixels are what it decodes. Seeded: the same versions give the same bytes.

list.h lists the files of image_kinds.py, with the options to load them and the SHA-256
of their expected pixels: those of Pillow's convert('RGB'), and of its convert('L') for
networks of one channel.
"""
import hashlib
import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from image_kinds import kinds, refusals

FOLDER = Path(__file__).resolve().parent / "images"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def picture(width, height, seed):
    """A picture of smooth waves, a hard edge and some noise: [height][width][3], 8 bits."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = []
    for k in range(3):
        angle, period, phase = rng.uniform(0, np.pi), rng.uniform(6, 30), rng.uniform(0, 6)
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period + phase)
        planes.append(127.5 + 100 * wave + np.where(x + k * y > width * 0.7, 60, -20))
    noise = rng.normal(0, 12, (height, width, 3))
    return np.clip(np.stack(planes, 2) + noise, 0, 255).astype(np.uint8)


# ---- PNG ----

def chunk(name, data=b""):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def pack_row(row, depth):
    """Packs one row's samples (flat) into bytes as PNG does."""
    if depth == 16:
        return row.astype(">u2").tobytes()
    if depth == 8:
        return row.astype(np.uint8).tobytes()
    bits = ((row[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8)
    return np.packbits(bits.ravel()).tobytes()


def filtered(rows, pixel_bytes):
    """The rows, filtered with PNG's filters 0 ... 4 (None, Sub, Up, Average, Paeth) in turn."""
    out, above = b"", None
    for number, row in enumerate(rows):
        current = np.frombuffer(row, np.uint8).astype(int)
        up = np.zeros_like(current) if above is None else above
        left, corner = np.zeros_like(current), np.zeros_like(current)
        left[pixel_bytes:], corner[pixel_bytes:] = current[:-pixel_bytes], up[:-pixel_bytes]
        guess = left + up - corner
        distances = np.abs(np.stack([guess - left, guess - up, guess - corner]))
        paeth = np.choose(distances.argmin(0), [left, up, corner])
        kind = number % 5
        predicted = [0, left, up, (left + up) // 2, paeth][kind]
        out += bytes([kind]) + ((current - predicted) & 255).astype(np.uint8).tobytes()
        above = current
    return out


def png(samples, kind, depth=8, palette=None, transparent=None, interlace=False, extra=b""):
    """A PNG file. samples: [height][width] or [height][width][channels], integers below 2**depth."""
    samples = samples.reshape(samples.shape[0], samples.shape[1], -1).astype(int)
    height, width, channels = samples.shape
    pixel_bytes = max(1, channels * depth // 8)
    passes = ADAM7 if interlace else [(0, 0, 1, 1)]
    data = b""
    for x0, y0, dx, dy in passes:
        part = samples[y0::dy, x0::dx]
        if part.shape[0] and part.shape[1]:
            data += filtered([pack_row(row.ravel(), depth) for row in part], pixel_bytes)
    out = b"\x89PNG\r\n\x1a\n"
    out += chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlace))) + extra
    if palette is not None:
        out += chunk(b"PLTE", np.asarray(palette, np.uint8).tobytes())
    if transparent is not None:
        out += chunk(b"tRNS", transparent)
    data = zlib.compress(data, 9)
    half = len(data) // 2  # in two IDAT chunks, as PNG allows
    return out + chunk(b"IDAT", data[:half]) + chunk(b"IDAT", data[half:]) + chunk(b"IEND")


def ppm(pixels):
    return b"P6\n%d %d\n255\n" % (pixels.shape[1], pixels.shape[0]) + np.ascontiguousarray(pixels, np.uint8).tobytes()


def as_rgb(grey):
    return np.repeat(grey[:, :, None], 3, axis=2)


def on_black(rgb, alpha):
    return (rgb.astype(int) * alpha[:, :, None].astype(int) + 127) // 255


def save(name, data):
    (FOLDER / name).write_bytes(data)


def save_png(name, data, expected, pillow_reads_it=True):
    save(name + ".png", data)
    save(name + ".ppm", ppm(expected))
    if pillow_reads_it:
        got = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        assert np.array_equal(got, expected), name


def make_png():
    rgb = picture(19, 13, 1)
    grey = rgb[:, :, 1]
    save_png("rgb8", png(rgb, RGB), rgb)
    save_png("rgb8_interlaced", png(rgb, RGB, interlace=True), rgb)
    # Ancillary chunks, which have to be ignored: a gamma, and a broken colour profile.
    save_png("rgb8_gamma", png(rgb, RGB, extra=chunk(b"gAMA", struct.pack(">I", 100000)) +
                               chunk(b"iCCP", b"no\0\0" + zlib.compress(b"profile"))), rgb)
    low = np.random.default_rng(2).integers(0, 256, rgb.shape)
    save_png("rgb16", png(rgb.astype(int) * 256 + low, RGB, 16), rgb)
    save_png("grey8", png(grey, GREY), as_rgb(grey))
    # Expected is the high byte; Pillow would clip 16-bit grey to 255.
    save_png("grey16", png(grey.astype(int) * 256 + low[:, :, 0], GREY, 16), as_rgb(grey), False)
    for depth in (1, 2, 4):
        top = 2**depth - 1
        levels = grey.astype(int) * top // 255
        save_png(f"grey{depth}", png(levels, GREY, depth), as_rgb(levels * (255 // top)))
    save_png("grey2_interlaced", png(grey >> 6, GREY, 2, interlace=True), as_rgb((grey >> 6) * 85))

    palette = np.random.default_rng(3).integers(0, 256, (11, 3)).astype(np.uint8)
    indices = grey.astype(int) * 10 // 255
    save_png("palette8", png(indices, PALETTE, 8, palette), palette[indices])
    save_png("palette4", png(indices, PALETTE, 4, palette), palette[indices])
    save_png("palette1_interlaced", png(indices % 2, PALETTE, 1, palette[:2], interlace=True), palette[indices % 2])
    save("palette_beyond.png", png(indices, PALETTE, 8, palette[:10]))

    # With alpha: opaque files, and others, of which NAME.ppm is the composite on black.
    alpha = np.random.default_rng(4).integers(0, 256, grey.shape)
    opaque = np.full_like(grey, 255)
    save_png("rgba8_opaque", png(np.dstack([rgb, opaque]), RGBA), rgb)
    save_png("grey_alpha8_opaque", png(np.dstack([grey, opaque]), GREY_ALPHA), as_rgb(grey))
    save_png("palette_opaque", png(indices, PALETTE, 8, palette, bytes([255] * 11)), palette[indices], False)
    save_png("rgba8", png(np.dstack([rgb, alpha]), RGBA), on_black(rgb, alpha), False)
    save_png("rgba8_interlaced", png(np.dstack([rgb, alpha]), RGBA, interlace=True), on_black(rgb, alpha), False)
    save_png("grey_alpha16", png(np.dstack([grey, alpha]).astype(int) * 257, GREY_ALPHA, 16),
             on_black(as_rgb(grey), alpha), False)
    opacities = np.random.default_rng(5).integers(0, 256, 11)
    save_png("palette_alpha", png(indices, PALETTE, 4, palette, bytes(opacities.tolist())),
             on_black(palette[indices], opacities[indices]), False)
    key = int(indices[6, 9])
    save_png("grey_transparent", png(indices, GREY, 4, transparent=struct.pack(">H", key)),
             on_black(as_rgb(indices * 17), np.where(indices == key, 0, 255)), False)
    # The transparent colour is one 16-bit value; others with the same high byte are opaque.
    wide = rgb.astype(int) * 256 + low
    key = wide[6, 9]
    save_png("rgb16_transparent", png(wide, RGB, 16, transparent=struct.pack(">HHH", *key)),
             on_black(rgb, np.where((wide == key).all(2), 0, 255)), False)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20000, 20000, 8, RGB, 0, 0, 0))
    save("bomb.png", b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND"))


# ---- JPEG ----

def jpeg(pixels, **options):
    out = io.BytesIO()
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(out, "JPEG", **options)
    return out.getvalue()


def save_jpeg(name, data):
    save(name + ".jpg", data)
    save(name + ".ppm", ppm(np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))))


def segments(data):
    """Splits a JPEG file of one scan into marker segments; the last holds the scan and EOI."""
    at, out = 2, []
    while True:
        size = 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        if data[at + 1] == 0xDA:
            return out + [data[at:at + size], data[at + size:-2]]
        out.append(data[at:at + size])
        at += size


def make_jpeg():
    rgb = picture(37, 29, 6)
    save_jpeg("rgb_420", jpeg(rgb, quality=85, subsampling=2))
    save_jpeg("rgb_422", jpeg(rgb, quality=85, subsampling=1))
    save_jpeg("rgb_444", jpeg(rgb, quality=85, subsampling=0))
    save_jpeg("rgb_progressive", jpeg(rgb, quality=85, subsampling=2, progressive=True))
    save_jpeg("grey", jpeg(rgb[:, :, 1], quality=85))
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    save_jpeg("rgb_rotated_exif", jpeg(rgb, quality=85, exif=exif))  # a quarter turn, not applied

    # Two 8 x 8 blocks as two restart intervals, which Pillow 9.4 cannot write: two files with
    # the same tables are joined by RST0. A damaged copy has surplus bytes before RST0, more
    # than fit libjpeg's bit buffer, where they would go unnoticed.
    left, right = (segments(jpeg(rgb[8:16, x:x + 8, 1], quality=85)) for x in (8, 16))
    head, scan_header = b"", left[-2]
    for part in left[:-2]:
        if part[1] == 0xC0:
            part = part[:7] + struct.pack(">H", 16) + part[9:]  # width 16
        head += part
    head = b"\xff\xd8" + head + b"\xff\xdd\0\4\0\1" + scan_header
    save_jpeg("grey_restart", head + left[-1] + b"\xff\xd0" + right[-1] + b"\xff\xd9")
    save("grey_restart_extra.jpg", head + left[-1] + b"\x12\x34" * 10 + b"\xff\xd0" + right[-1] + b"\xff\xd9")


# ---- every kind that is read, and some that are not ----

def sha256(pixels):
    return hashlib.sha256(np.ascontiguousarray(pixels, np.uint8).tobytes()).hexdigest()


def make_kinds():
    lines = ["/* Made by golden/make_images.py. */", "/* clang-format off */",
             "static const struct kind kinds[] = {"]
    for name, data, options in kinds():
        assert not (FOLDER / name).exists(), name
        save(name, data)
        if "pixels" in options:
            pixels = options["pixels"]
        else:
            pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        if "high" in options:
            pixels = as_rgb(options["high"](np.asarray(Image.open(io.BytesIO(data)))))
        if "pixels" in options or "high" in options:
            grey = np.asarray(Image.fromarray(np.ascontiguousarray(pixels, np.uint8)).convert("L"))
        else:
            grey = np.asarray(Image.open(io.BytesIO(data)).convert("L"))
        lines.append('    {"%s", LSN_ALPHA_%s, LSN_DEPTH_%s, %d, %d, %d, "%s", "%s"},' % (
            name, "DROP" if options.get("alpha") else "REFUSE", options.get("depth", "REFUSE"),
            options.get("orientation", 1), pixels.shape[1], pixels.shape[0], sha256(pixels), sha256(grey)))
    lines += ["};", "", "static const struct refusal refusals[] = {"]
    for name, data, status, words in refusals():
        assert not (FOLDER / name).exists(), name
        save(name, data)
        lines.append('    {"%s", LSN_E_%s, "%s"},' % (name, status, words))
    (FOLDER / "list.h").write_text("\n".join(lines + ["};", ""]))


# ---- resizing ----

def resize_short(size, short):
    width, height = size
    small, large = min(size), max(size)
    other = int(short * large / small)
    return (short, other) if width <= height else (other, short)


def center_crop(image, width, height):
    padded = Image.new(image.mode, (max(width, image.width), max(height, image.height)))
    padded.paste(image, (max(0, (width - image.width) // 2), max(0, (height - image.height) // 2)))
    left, top = round((padded.width - width) / 2), round((padded.height - height) / 2)
    return padded.crop((left, top, left + width, top + height))


METHODS = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "nearest": Image.NEAREST,
           "lanczos": Image.LANCZOS}


def preprocess(image, size, method, crop, path, grey=False):
    """Scales and crops an image. size: the short side, or (height, width); crop: (height, width);
    grey: to one channel."""
    to = resize_short(image.size, size) if isinstance(size, int) else size[::-1]
    shown = image.convert("L") if grey else image
    expected = center_crop(shown.resize(to, METHODS[method]), *crop[::-1])
    save(path, ppm(np.asarray(expected.convert("RGB"))))
    try:
        from torchvision import transforms
    except ImportError:
        return
    steps = [transforms.Resize(size, transforms.InterpolationMode(method)), transforms.CenterCrop(crop)]
    got = transforms.Compose([transforms.Grayscale()] * grey + steps)(image)
    assert np.array_equal(np.asarray(got), np.asarray(expected))


def make_resized():
    source = picture(53, 41, 7)
    save("source.ppm", ppm(source))
    tall = np.ascontiguousarray(source.transpose(1, 0, 2)[:, :30])
    save("tall.ppm", ppm(tall))
    image = Image.fromarray(source)
    save("source_grey.ppm", ppm(as_rgb(np.asarray(image.convert("L")))))
    for method, number in METHODS.items():
        for size in ((26, 20), (17, 41), (53, 13), (7, 5), (1, 1), (71, 59), (106, 19), (53, 41)):
            save("source_%s_%dx%d.ppm" % (method, *size), ppm(np.asarray(image.resize(size, number))))
        for name, array, short, crop in (("source", source, 24, 21), ("tall", tall, 24, 21), ("tall", tall, 30, 27)):
            preprocess(Image.fromarray(array), short, method, (crop, crop),
                       "%s_%s_short%d_crop%d.ppm" % (name, method, short, crop))
        preprocess(image, (24, 16), method, (21, 21), "source_%s_squash24x16_crop21x21.ppm" % method)
        preprocess(image, 24, method, (21, 21), "source_grey_%s_short24_crop21.ppm" % method, True)
    for crop in ((50, 60), (44, 10), (11, 56)):
        preprocess(image, 41, "bilinear", crop, "source_pad_crop%dx%d.ppm" % crop)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    make_png()
    make_jpeg()
    make_kinds()
    make_resized()
    print("%d files, %d bytes" % (len(list(FOLDER.iterdir())), sum(f.stat().st_size for f in FOLDER.iterdir())))
