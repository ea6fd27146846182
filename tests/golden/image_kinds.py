"""The kinds of image files for make_images.py.

kinds() yields (name, bytes, options) of files that lesion reads. options has what it needs for
that: alpha (drop it), depth, orientation. Where Pillow clips the file's values or does not read
it, options also has the expected pixels, or high: those of 16-bit grey kept to 8 bits.
refusals() yields (name, bytes, status, words of the error) of files that lesion refuses.
Pillow writes what it can; files with headers that no current encoder writes are written here, or
made by changing Pillow's.
"""
import io
import struct
import zlib

import numpy as np
from PIL import Image

SIZE = (19, 13)  # px


def picture(channels, seed=1, size=SIZE):
    """A smooth picture with some noise: [height][width][channels], 8 bits."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size[1], 0:size[0]]
    waves = [127 + 110 * np.sin(x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1) + k) for k in range(channels)]
    noise = rng.normal(0, 10, (size[1], size[0], channels))
    return np.clip(np.stack(waves, 2) + noise, 0, 255).astype(np.uint8)


def image(mode, seed=1, size=SIZE):
    if mode == "1":
        return image("L", seed, size).point(lambda v: 255 * (v > 127), "1")
    if mode == "L":
        return Image.fromarray(picture(1, seed, size)[:, :, 0])
    if mode == "P":
        return image("RGB", seed, size).quantize(13)
    return Image.fromarray(picture(len(mode), seed, size), mode)


def saved(source, kind, **options):
    out = io.BytesIO()
    source.save(out, kind, **options)
    return out.getvalue()


def exif(orientation, order="<"):
    """EXIF data with an orientation after another tag."""
    return {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(
        order + "IHHHIHHHHIHHI", 8, 2, 0x10F, 2, 1, 0, 0, 0x112, 3, 1, orientation, 0, 0)


# ---- JPEG ----

def segment(marker, data):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def adobe(transform):
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


def parts(data):
    """Splits a JPEG file into its segments before the scan, and the rest."""
    at, out = 2, []
    while data[at + 1] != 0xDA:
        size = 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        out.append(data[at:at + size])
        at += size
    return out, data[at:]


def with_header(data, *new, drop=()):
    """The JPEG file without the segments of these markers, and with new segments first."""
    old, rest = parts(data)
    return b"\xff\xd8" + b"".join(new) + b"".join(s for s in old if s[1] not in drop) + rest


def jpeg_kinds():
    size = (37, 29)
    cmyk, rgb = image("CMYK", 2, size), image("RGB", 3, size)
    plain = saved(rgb, "JPEG", quality=80)
    four = saved(cmyk, "JPEG", quality=80)  # its Adobe marker has transform 0
    APP0, APP14 = 0xE0, 0xEE
    yield "cmyk_adobe.jpg", four, {}
    yield "cmyk_plain.jpg", with_header(four, drop=[APP14]), {}
    yield "cmyk_progressive.jpg", saved(cmyk, "JPEG", quality=80, progressive=True), {}
    yield "ycck.jpg", with_header(four, adobe(2), drop=[APP14]), {}
    yield "cmyk_unknown_transform.jpg", with_header(four, adobe(7), drop=[APP14]), {}
    yield "adobe_rgb.jpg", with_header(plain, adobe(0), drop=[APP0]), {}
    yield "adobe_unknown_transform.jpg", with_header(plain, adobe(7), drop=[APP0]), {}
    for name, version in (("jfif_0_00", b"\0\0"), ("jfif_2_00", b"\2\0")):
        yield name + ".jpg", with_header(plain, segment(APP0, b"JFIF\0" + version + bytes(7)), drop=[APP0]), {}
    for name, more in (("sos_0_0_0", b"\0\0\0"), ("sos_1_2_3", b"\1\2\x33")):
        at = plain.index(b"\xff\xda") + 2 + struct.unpack(">H", plain[plain.index(b"\xff\xda") + 2:][:2])[0]
        yield name + ".jpg", plain[:at - 3] + more + plain[at:], {}
    yield "trailing.jpg", plain + b"after the end\xff\xda\0", {}
    yield "two_images.jpg", plain + saved(image("L", 4), "JPEG"), {}
    yield "mpo.jpg", saved(rgb, "MPO", save_all=True, append_images=[image("RGB", 5)]), {}
    yield "exif_little.jpg", saved(rgb, "JPEG", exif=b"Exif\0\0" + exif(6)), {"orientation": 6}
    yield "exif_big.jpg", saved(rgb, "JPEG", exif=b"Exif\0\0" + exif(3, ">")), {"orientation": 3}
    yield "exif_1.jpg", saved(rgb, "JPEG", exif=b"Exif\0\0" + exif(1)), {}
    yield "exif_9.jpg", saved(rgb, "JPEG", exif=b"Exif\0\0" + exif(9)), {}
    yield "exif_cut.jpg", saved(rgb, "JPEG", exif=b"Exif\0\0" + exif(6)[:30]), {}
    yield "xmp_first.jpg", with_header(plain, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>"),
                                       segment(0xE1, b"Exif\0\0" + exif(8))), {"orientation": 8}


# ---- PNG ----

def chunk(name, data=b""):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(rows, kind, depth=8, before=b"", zipped=None, after=b"", end=chunk(b"IEND"), size=SIZE):
    """A PNG file. rows: the bytes of all rows, without filter bytes."""
    stride = len(rows) // size[1]
    lines = b"".join(b"\0" + rows[i * stride:(i + 1) * stride] for i in range(size[1]))
    data = (zipped or zlib.compress)(lines)
    header = struct.pack(">IIBBBBB", *size, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", data) + after + end


def small_window(lines):
    """zlib data with references further back than the window in their header."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 15)
    data = packer.compress(lines) + packer.flush()
    first = 0x08  # a window of 256 bytes
    return bytes([first, (31 - first * 256 % 31) % 31]) + data[2:]


def bad_chunk(name, data):
    made = chunk(name, data)
    return made[:-1] + bytes([made[-1] ^ 1])


def png_kinds():
    rgb = picture(3).tobytes()
    wide = (64, 48)
    pattern = np.tile(picture(3, 6, (64, 8)), (6, 1, 1)).tobytes()
    yield "small_window.png", png(pattern, 2, zipped=small_window, size=wide), {}
    yield "no_end.png", png(rgb, 2, end=b""), {}
    yield "cut_end.png", png(rgb, 2, end=chunk(b"IEND")[:7]), {}
    yield "after_end.png", png(rgb, 2) + b"after the end", {}
    yield "rows_too_many.png", png(rgb, 2, zipped=lambda lines: zlib.compress(lines + lines[:200])), {}
    yield "zlib_surplus.png", png(rgb, 2, zipped=lambda lines: zlib.compress(lines) + b"surplus"), {}
    yield "surplus_idat.png", png(rgb, 2, after=chunk(b"IDAT", b"surplus")), {}
    yield "odd_chunks.png", png(rgb, 2, before=chunk(b"gAMA", b"x") + chunk(b"pHYs") + chunk(b"sRGB", b"\xff") +
                                chunk(b"iCCP", b"no profile") + chunk(b"bKGD", b"1") + chunk(b"tEXt", b"\0\0\0")), {"pixels": picture(3)}
    yield "text_checksum_late.png", png(rgb, 2, after=bad_chunk(b"tEXt", b"Comment\0late")), {}
    yield "exif.png", png(rgb, 2, before=chunk(b"eXIf", exif(5, ">"))), {"orientation": 5}
    yield "exif_late.png", png(rgb, 2, after=chunk(b"eXIf", exif(7))), {"orientation": 7}
    yield "rgba_drop.png", png(picture(4).tobytes(), 6), {"alpha": True}
    yield "grey_alpha_drop.png", png(picture(2).tobytes(), 4), {"alpha": True}
    yield "rgb_key_drop.png", png(rgb, 2, before=chunk(b"tRNS", b"\0" + rgb[0:1] + b"\0" + rgb[1:2] + b"\0" + rgb[2:3])), \
        {"alpha": True}
    grey = picture(1)
    yield "grey_key_drop.png", png(grey.tobytes(), 0, before=chunk(b"tRNS", b"\0" + grey.tobytes()[:1])), {"alpha": True}
    palette = picture(3, 7, (16, 1)).tobytes()
    indices = (grey[:, :, 0] // 16).tobytes()
    yield "palette_drop.png", png(indices, 3, before=chunk(b"PLTE", palette) + chunk(b"tRNS", b"\0\x80\xff")), {"alpha": True}
    yield "rgba16_drop.png", png(np.random.default_rng(8).integers(0, 65536, (13, 19, 4)).astype(">u2").tobytes(), 6, 16), \
        {"alpha": True}
    twelve = (grey[:, :, 0].astype(int) * 16).astype(">u2")
    high = {"depth": "HIGH", "high": lambda values: values >> 8}
    yield "grey16_12_bits_high.png", png(twelve.tobytes(), 0, 16), high
    yield "grey16_12_bits_clip.png", png(twelve.tobytes(), 0, 16), {"depth": "CLIP"}
    yield "grey16_0.png", png(bytes(2 * 19 * 13), 0, 16), {}
    yield "grey16_key_clip.png", png(twelve.tobytes(), 0, 16, before=chunk(b"tRNS", twelve.tobytes()[:2])), \
        {"depth": "CLIP", "alpha": True}
    yield "apng.png", saved(image("RGB"), "PNG", save_all=True, append_images=[image("RGB", 9)]), {}


# ---- WebP ----

def riff(*chunks):
    body = b"WEBP" + b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
                              for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def frame_at(data, x, y, flags, canvas):
    """A WebP animation of one frame: another file's image at (x, y) of a canvas."""
    width, height = SIZE
    where = struct.pack("<I", x // 2)[:3] + struct.pack("<I", y // 2)[:3]
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    frame = where + size + struct.pack("<I", 100)[:3] + b"\0" + data[12:]
    sides = struct.pack("<I", canvas[0] - 1)[:3] + struct.pack("<I", canvas[1] - 1)[:3]
    return riff((b"VP8X", struct.pack("<I", flags | 2) + sides), (b"ANIM", b"\x40\x50\x60\x70\0\0"), (b"ANMF", frame))


def webp_kinds():
    rgb, rgba = image("RGB"), image("RGBA")
    for size in (SIZE, (64, 33)):
        yield "lossy_%d.webp" % size[0], saved(image("RGB", 1, size), "WEBP", quality=70), {}
    yield "lossless.webp", saved(rgb, "WEBP", lossless=True), {}
    yield "lossy_alpha.webp", saved(rgba, "WEBP", quality=70), {"alpha": True}
    yield "lossless_alpha.webp", saved(rgba, "WEBP", lossless=True, exact=True), {"alpha": True}
    yield "animated.webp", saved(rgb, "WEBP", save_all=True, append_images=[image("RGB", 9)]), {}
    yield "animated_alpha.webp", saved(rgba, "WEBP", save_all=True, append_images=[image("RGBA", 9)]), {"alpha": True}
    lossless = saved(rgb, "WEBP", lossless=True)
    yield "frame_on_black.webp", frame_at(lossless, 4, 2, 0, (30, 20)), {}
    yield "frame_on_nothing.webp", frame_at(lossless, 4, 2, 16, (30, 20)), {"alpha": True}
    yield "exif.webp", saved(rgb, "WEBP", exif=exif(6)), {"orientation": 6}
    yield "exif_name.webp", saved(rgb, "WEBP", exif=b"Exif\0\0" + exif(2)), {"orientation": 2}
    yield "trailing.webp", saved(rgb, "WEBP") + b"after the end", {}


# ---- TIFF ----

def tiff(rows, bits, photometric, order="<", extra=(), samples=1, strip=5, size=SIZE, more=()):
    """An uncompressed TIFF file. rows: [height] bytes each; strip: rows per strip; more: other tags
    (number, type, values)."""
    strips = [b"".join(rows[i:i + strip]) for i in range(0, size[1], strip)]
    data, offsets = b"", []
    for one in strips:
        offsets.append(8 + len(data))
        data += one + b"\0" * (len(one) % 2)
    tags = [(256, 4, size[:1]), (257, 4, size[1:]), (258, 3, (bits,) * samples), (259, 3, (1,)), (262, 3, (photometric,)),
            (273, 4, offsets), (277, 3, (samples,)), (278, 4, (strip,)), (279, 4, [len(one) for one in strips])]
    tags += [(338, 3, extra)] * bool(extra) + list(more)
    entries, spill, base = b"", b"", 8 + len(data) + 2 + 12 * len(tags) + 4
    for number, kind, values in sorted(tags, key=lambda tag: tag[0]):
        packed = struct.pack(order + {3: "H", 4: "I"}[kind] * len(values), *values)
        entries += struct.pack(order + "HHI", number, kind, len(values))
        if len(packed) > 4:
            entries += struct.pack(order + "I", base + len(spill))
            spill += packed + b"\0" * (len(packed) % 2)
        else:
            entries += packed.ljust(4, b"\0")
    start = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", 8 + len(data))
    return start + data + struct.pack(order + "H", len(tags)) + entries + bytes(4) + spill


def packed_rows(levels, bits):
    """Rows of levels below 2**bits, packed into bytes; each row starts a new byte."""
    planes = ((levels[:, :, None] >> np.arange(bits - 1, -1, -1)) & 1).astype(np.uint8)
    return [np.packbits(row.ravel()).tobytes() for row in planes]


def byte_rows(samples):
    return [row.tobytes() for row in samples]


def tiff_kinds():
    grey = picture(1)[:, :, 0]
    for bits in (1, 2, 4, 8):
        for photometric, name in ((0, "white_is_0"), (1, "black_is_0"), (3, "palette")):
            colours = np.random.default_rng(bits).integers(256, 65536, 3 * 2**bits).tolist()
            more = [(320, 3, colours)] if photometric == 3 else []
            yield "%s_%d.tif" % (name, bits), tiff(packed_rows(grey >> (8 - bits), bits), bits, photometric, more=more), {}
    yield "bits_reversed.tif", tiff(packed_rows(grey >> 7, 1), 1, 1, more=[(266, 3, (2,))]), {}
    for order, name in (("<", "little"), (">", "big")):
        two = np.dtype(order + "u2")
        deep = (np.random.default_rng(9).integers(0, 65536, (13, 19, 4))).astype(two)
        yield "grey16_%s.tif" % name, tiff(byte_rows(deep[:, :, 0]), 16, 1, order), \
            {"high": lambda values: (values.astype(int) >> 8).astype(np.uint8)}
        yield "rgb16_%s.tif" % name, tiff(byte_rows(deep[:, :, :3]), 16, 2, order, samples=3), {}
        yield "rgba16_%s.tif" % name, tiff(byte_rows(deep), 16, 2, order, (2,), samples=4), {"alpha": True}
        yield "rgb_%s.tif" % name, tiff(byte_rows(picture(3)), 8, 2, order, samples=3), {}
    yield "grey16_12_bits_clip.tif", tiff(byte_rows(grey.astype("<u2") * 16), 16, 1), {"depth": "CLIP"}
    yield "rgbx.tif", tiff(byte_rows(picture(4)), 8, 2, extra=(0,), samples=4), {}
    yield "rgb_premultiplied.tif", tiff(byte_rows(picture(4)), 8, 2, extra=(1,), samples=4), {"alpha": True}
    yield "rgba_drop.tif", tiff(byte_rows(picture(4)), 8, 2, extra=(2,), samples=4), {"alpha": True}
    yield "grey_alpha_drop.tif", tiff(byte_rows(picture(2)), 8, 1, extra=(2,), samples=2), {"alpha": True}
    yield "cmyk.tif", tiff(byte_rows(picture(4)), 8, 5, samples=4), {}
    for turned in range(2, 9):
        yield "orientation_%d.tif" % turned, tiff(byte_rows(picture(3)), 8, 2, samples=3, more=[(274, 3, (turned,))]), {}
    yield "trailing.tif", tiff(byte_rows(picture(3)), 8, 2, samples=3) + b"after the end", {}
    rgb = image("RGB")
    for compression in ("tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "packbits", "lzma", "zstd"):
        yield compression + ".tif", saved(rgb, "TIFF", compression=compression), {}
    yield "lzw_predictor.tif", saved(rgb, "TIFF", compression="tiff_lzw", tiffinfo={317: 2}), {}
    for mode in ("L", "RGB", "YCbCr", "CMYK"):
        source = rgb.convert(mode)
        yield "jpeg_%s.tif" % mode, saved(source, "TIFF", compression="jpeg", quality=80), {}
    yield "ycbcr_lzw.tif", saved(rgb.convert("YCbCr"), "TIFF", compression="tiff_lzw"), {}
    for compression in ("group3", "group4"):
        yield compression + ".tif", saved(image("1"), "TIFF", compression=compression), {}
    yield "pages.tif", saved(rgb, "TIFF", save_all=True, append_images=[image("L", 9)]), {}
    planes = b"".join(picture(3)[:, :, k].tobytes() for k in range(3))
    apart = tiff([planes[i * 57:(i + 1) * 57] for i in range(13)], 8, 2, samples=3, strip=13,
                 more=[(284, 3, (2,))])
    yield "planes_apart.tif", with_planes(apart), {}
    yield "tiles.tif", tiled(picture(3)), {}


def with_planes(data):
    """A TIFF file of one strip, changed to have three, a third each. The lists of their offsets and
    byte counts are put at the end."""
    count, = struct.unpack("<H", data[struct.unpack("<I", data[4:8])[0]:][:2])
    out = bytearray(data)
    for i in range(count):
        entry = struct.unpack("<I", data[4:8])[0] + 2 + 12 * i
        number, = struct.unpack("<H", data[entry:entry + 2])
        if number in (273, 279):
            at = len(out)
            values = [8 + 247 * k for k in range(3)] if number == 273 else [247] * 3
            out += struct.pack("<III", *values)
            out[entry + 4:entry + 12] = struct.pack("<II", 3, at)
    return bytes(out)


def tiled(samples):
    """A TIFF file in tiles of 16 x 16 px."""
    height, width, channels = samples.shape
    padded = np.zeros((16 * (-(-height // 16)), 16 * (-(-width // 16)), channels), np.uint8)
    padded[:height, :width] = samples
    tiles = [padded[y:y + 16, x:x + 16].tobytes() for y in range(0, padded.shape[0], 16)
             for x in range(0, padded.shape[1], 16)]
    offsets = [8 + i * len(tiles[0]) for i in range(len(tiles))]
    tags = [(256, 4, (width,)), (257, 4, (height,)), (258, 3, (8,)), (259, 3, (1,)), (262, 3, (2,)),
            (277, 3, (channels,)), (322, 4, (16,)), (323, 4, (16,)), (324, 4, offsets),
            (325, 4, [len(tile) for tile in tiles])]
    data, spill, entries = b"".join(tiles), b"", b""
    base = 8 + len(data) + 2 + 12 * len(tags) + 4
    for number, kind, values in tags:
        packed = struct.pack("<" + {3: "H", 4: "I"}[kind] * len(values), *values)
        at = struct.pack("<I", base + len(spill)) if len(packed) > 4 else packed.ljust(4, b"\0")
        spill += packed if len(packed) > 4 else b""
        entries += struct.pack("<HHI", number, kind, len(values)) + at
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags)) + entries + bytes(4) + spill


# ---- BMP ----

def bmp(rows, bits, compression=0, palette=b"", masks=(), header=40, size=SIZE, colours=0, top_down=False, offset=None):
    """A BMP file. rows: [height] bytes each, top row first, or RLE data; masks: within a header of 108
    or 124 bytes, after a shorter one."""
    width, height = size
    if isinstance(rows, list):
        data = b"".join(row + b"\0" * (-len(row) % 4) for row in (rows if top_down else rows[::-1]))
    else:
        data = rows
    if header == 12:
        head = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        head = struct.pack("<IiiHHIIiiII", header, width, -height if top_down else height, 1, bits, compression,
                           len(data), 2835, 2835, colours, 0)
    packed = struct.pack("<%dI" % len(masks), *masks)
    head = (head + packed).ljust(header, b"\0") if header > 40 else head + packed
    at = 14 + len(head) + len(palette)
    return b"BM" + struct.pack("<IHHI", at + len(data), 0, 0, at if offset is None else offset) + head + palette + data


def bgr(samples):
    return byte_rows(samples[:, :, [2, 1, 0] + [3] * (samples.shape[2] == 4)])


def bmp_kinds():
    grey, rgb = picture(1)[:, :, 0], picture(3)
    for bits in (1, 4, 8):
        palette = np.random.default_rng(bits).integers(0, 256, (2**bits, 4)).astype(np.uint8).tobytes()
        yield "palette_%d.bmp" % bits, bmp(packed_rows(grey >> (8 - bits), bits), bits, palette=palette), {}
    ramp = np.repeat(np.arange(256, dtype=np.uint8), 4).tobytes()
    yield "grey_8.bmp", bmp(byte_rows(grey), 8, palette=ramp), {}
    yield "black_white_1.bmp", bmp(packed_rows(grey >> 7, 1), 1, palette=b"\0\0\0\0\xff\xff\xff\0"), {}
    few = np.random.default_rng(9).integers(0, 256, (9, 4)).astype(np.uint8).tobytes()
    yield "palette_few.bmp", bmp(byte_rows(grey // 29), 8, palette=few, colours=9), {}
    three = np.random.default_rng(10).integers(0, 256, (256, 3)).astype(np.uint8).tobytes()
    yield "os2_8.bmp", bmp(byte_rows(grey), 8, palette=three, header=12), {}
    yield "rgb_24.bmp", bmp(bgr(rgb), 24), {}
    yield "rgb_24_os2.bmp", bmp(bgr(rgb), 24, header=12), {}
    yield "rgb_24_top_down.bmp", bmp(bgr(rgb), 24, top_down=True), {}
    yield "rgb_24_no_offset.bmp", bmp(bgr(rgb), 24, offset=0), {}
    yield "rgb_24_no_padding.bmp", bmp(bgr(rgb), 24)[:-3], {}
    yield "rgb_24_trailing.bmp", bmp(bgr(rgb), 24) + b"after the end", {}
    yield "rgb_32.bmp", bmp(bgr(picture(4)), 32), {}
    words = np.random.default_rng(11).integers(0, 65536, (13, 19)).astype("<u2")
    yield "rgb_555.bmp", bmp(byte_rows(words), 16), {}
    yield "rgb_555_masks.bmp", bmp(byte_rows(words), 16, 3, masks=(0x7C00, 0x3E0, 0x1F)), {}
    yield "rgb_565.bmp", bmp(byte_rows(words), 16, 3, masks=(0xF800, 0x7E0, 0x1F)), {}
    for name, masks, alpha in (("bgra", (0xFF0000, 0xFF00, 0xFF, 0xFF000000), True),
                               ("rgba", (0xFF, 0xFF00, 0xFF0000, 0xFF000000), True),
                               ("abgr", (0xFF000000, 0xFF0000, 0xFF00, 0xFF), True),
                               ("xbgr", (0xFF000000, 0xFF0000, 0xFF00, 0), False),
                               ("zeros", (0, 0, 0, 0), True)):
        yield "masks_%s.bmp" % name, bmp(byte_rows(picture(4)), 32, 3, masks=masks, header=108), {"alpha": alpha}
    colours = np.random.default_rng(12).integers(0, 256, (256, 4)).astype(np.uint8).tobytes()
    runs = b"".join(b"\5" + bytes([i]) + b"\0\7" + bytes(range(i, i + 7)) + b"\0" + b"\4\1\0\0" for i in range(12))
    yield "rle8.bmp", bmp(runs + b"\x13\x2a\0\1", 8, 1, palette=colours), {}
    runs = b"".join(b"\7" + bytes([0x1A + i]) + b"\0\6\x12\x34\x56\0" + b"\6\x42\0\0" for i in range(13))
    yield "rle4.bmp", bmp(runs + b"\0\1", 4, 2, palette=colours[:64]), {}
    # RLE-packed rows with their padding to 4 bytes: within the last run, or as a run of its own.
    runs = b"".join(b"\x12" + bytes([i]) + (b"\2\x63" if i % 2 else b"\1\x63\1\0") + b"\0\0" for i in range(13))
    yield "rle8_padding.bmp", bmp(runs + b"\0\1", 8, 1, palette=colours), {}
    runs = b"".join(b"\x11" + bytes([0x1A + i]) + (b"\7\x63" if i % 2 else b"\2\x63\5\0") + b"\0\0" for i in range(13))
    yield "rle4_padding.bmp", bmp(runs + b"\0\1", 4, 2, palette=colours[:64]), {}


# ---- PNM ----

def pnm_kinds():
    grey, rgb = picture(1)[:, :, 0], picture(3)
    levels = np.random.default_rng(13).integers
    yield "plain.pbm", b"P1 # a comment\n19 13\n" + b"\n".join(b"".join(b"%d" % (v > 99) for v in row) for row in grey), {}
    yield "raw.pbm", b"P4\n19 13\n" + np.packbits(grey > 99, axis=1).tobytes(), {}
    for top in (255, 7, 200, 1023, 65535):
        high = {"high": lambda values: values >> 8} if top > 255 else {}
        for kind, channels, ending in ((2, 1, "pgm"), (3, 3, "ppm"), (5, 1, "pgm"), (6, 3, "ppm")):
            values = levels(0, top + 1, (13, 19 * channels))
            head = b"P%d\n# a comment\n19 13 %d\n" % (kind, top)
            body = b"\n".join(b" ".join(b"%d" % v for v in row) for row in values) + b" # the end\n" if kind < 4 else \
                values.astype(">u2" if top > 255 else np.uint8).tobytes()
            yield "p%d_%d.%s" % (kind, top, ending), head + body, high if channels == 1 else {}
    yield "p5_65535_12_bits.pgm", b"P5 19 13 65535\n" + (grey.astype(int) * 16).astype(">u2").tobytes(), {"depth": "CLIP"}
    yield "p5_over.pgm", b"P5 19 13 100\n" + grey.tobytes(), {}
    yield "trailing.ppm", b"P6\n19 13\n255\n" + rgb.tobytes() + b"after the end", {}


def kinds():
    for some in (jpeg_kinds, png_kinds, webp_kinds, tiff_kinds, bmp_kinds, pnm_kinds):
        yield from some()


def refusals():
    rgb, grey = picture(3).tobytes(), picture(1)[:, :, 0]
    key = bad_chunk(b"tRNS", b"\0\0")
    yield "key_checksum.png", png(grey.tobytes(), 0, before=key), "FORMAT", "tRNS"
    yield "key_out_of_place.png", png(rgb, 2, before=chunk(b"tRNS", b"\0\0")), "FORMAT", "tRNS"
    yield "unknown_checksum.png", png(rgb, 2, before=bad_chunk(b"tRNs", b"\0\0")), "FORMAT", "tRNs"
    good = png(rgb, 2)
    yield "idat_checksum.png", good[:-16] + bytes([good[-16] ^ 1]) + good[-15:], "FORMAT", "CRC"
    yield "zlib_checksum.png", png(rgb, 2, zipped=lambda lines: zlib.compress(lines)[:-4] + b"abcd"), "FORMAT", "check"
    yield "grey16_12_bits.png", png((grey.astype(int) * 16).astype(">u2").tobytes(), 0, 16), "UNSUPPORTED", "--depth high"
    yield "no_eoi.jpg", saved(image("RGB"), "JPEG")[:-2], "FORMAT", "Premature end"
    yield "cut.webp", saved(image("RGB"), "WEBP")[:-9], "FORMAT", "ends early"
    yield "signed.tif", tiff(byte_rows(grey), 8, 1, more=[(339, 3, (2,))]), "UNSUPPORTED", "signed"
    yield "float.tif", saved(Image.fromarray(grey.astype(np.float32)), "TIFF"), "UNSUPPORTED", "photometric 1"
    yield "lab.tif", tiff(byte_rows(picture(3)), 8, 8, samples=3), "UNSUPPORTED", "photometric 8"
    yield "white_is_0_16.tif", tiff(byte_rows(grey.astype("<u2") * 257), 16, 0), "UNSUPPORTED", "photometric 0"
    yield "palette_of_8_bits.tif", tiff(byte_rows(grey), 8, 3, more=[(320, 3, list(range(256)) * 3)]), "UNSUPPORTED", \
        "8-bit values"
    yield "ycbcr_raw.tif", tiff(byte_rows(picture(3)), 8, 6, samples=3), "UNSUPPORTED", "photometric 6"
    yield "wide_tile.tif", tiff(byte_rows(grey), 8, 1, more=[(322, 4, (65536,)), (323, 4, (65536,))]), "UNSUPPORTED", "too large"
    colours = bytes(range(200)) * 6
    yield "delta.bmp", bmp(b"\0\2\1\1\3\1\0\1", 8, 1, palette=colours[:1024]), "UNSUPPORTED", "offsets"
    yield "empty_row.bmp", bmp(b"\0\0\x13\1\0\0", 8, 1, palette=colours[:1024]), "UNSUPPORTED", "empty row"
    yield "odd_run.bmp", bmp(b"\0\3\x12\x30", 4, 2, palette=colours[:64]), "UNSUPPORTED", "odd run"
    yield "run_leaves_row.bmp", bmp(b"\x15\1\0\0", 8, 1, palette=colours[:1024]), "FORMAT", "leaves row 0"
    yield "single_leaves_row.bmp", bmp(b"\0\x14" + bytes(20) + b"\0\0", 8, 1, palette=colours[:1024]), "FORMAT", \
        "leaves row 0"
    yield "behind_row.bmp", bmp(b"\x14\1\0\3\1\1\1\0\0\0", 8, 1, palette=colours[:1024]), "FORMAT", "leaves row 0"
    yield "grey_4.bmp", bmp(packed_rows(grey >> 4, 4), 4, palette=b"".join(bytes([i] * 4) for i in range(16))), \
        "UNSUPPORTED", "grey ramp"
    yield "beyond.bmp", bmp(byte_rows(grey), 8, palette=colours[:40], colours=10), "FORMAT", "the palette has 10"
    yield "jpeg_within.bmp", bmp(b"", 24, 4), "UNSUPPORTED", "compression 4"
    yield "masks.bmp", bmp(byte_rows(grey.astype("<u2")), 16, 3, masks=(0xF, 0xF0, 0xF00)), "UNSUPPORTED", "masks"
    yield "bomb.bmp", bmp(b"", 24, size=(65535, 65535)), "UNSUPPORTED", "65535 x 65535"
    yield "bomb.ppm", b"P6 99999 99999 255\n", "UNSUPPORTED", "99999 x 99999"
    yield "bomb.tif", tiff(byte_rows(grey), 8, 1, more=[]).replace(
        struct.pack("<HHII", 256, 4, 1, 19), struct.pack("<HHII", 256, 4, 1, 1 << 30)), "UNSUPPORTED", "1073741824 x 13"
    yield "letters.pgm", b"P2 2 1 255\n1 x\n", "FORMAT", "the byte 78"
    yield "cut_number.pgm", b"P2 2 1 255\n1 12", "FORMAT", "ends early"
    yield "no_palette.tif", tiff(byte_rows(grey), 8, 3), "FORMAT", "without its palette"
    yield "over.pgm", b"P2 2 1 100\n1 101\n", "FORMAT", "at most 100"
    yield "gif.jpg", saved(image("L"), "GIF"), "FORMAT", "is a GIF, which is not read: convert it to PNG"
    yield "page.jpg", b"\n<!DOCTYPE HTML>\n<html></html>\n", "FORMAT", "an HTML page"
    yield "drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "FORMAT", "an SVG drawing"
    yield "document.png", b"%PDF-1.4\n", "FORMAT", "a PDF document"
    yield "pointer.jpg", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "FORMAT", "a Git LFS pointer"
    yield "photo.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "FORMAT", "an HEIC image"
    yield "photo_avif.jpg", b"\0\0\0\x1cftypavif\0\0\0\0mif1", "FORMAT", "an AVIF image"
    yield "photo_2000.jpg", b"\0\0\0\x0cjP  \r\n\x87\n", "FORMAT", "a JPEG 2000 image"
    yield "photo_xl.jpg", b"\xff\x0a\0\0\0", "FORMAT", "a JPEG XL image"
    yield "zeros.png", bytes(64), "FORMAT", "zeros alone"
    yield "text.png", b"Not Found\n", "FORMAT", "starts with the bytes 4E 6F 74 20"
