"""What one kernel is worth at one contrast, and every image's outcome as a NumPy array.
python3 drop.py alexnet.bin val conv1 3 0.1        (LIBLESION: the library, if it is not installed)"""
import ctypes, os, sys
import numpy as np

lsn = ctypes.CDLL(os.environ.get("LIBLESION", "liblesion.so"))
lsn.lsn_results_images.restype = lsn.lsn_results_conditions.restype = ctypes.c_size_t

class Options(ctypes.Structure):  # the first fields; what is behind them is as the default
    _fields_ = [("size", ctypes.c_size_t), ("conditions", ctypes.c_void_p), ("condition_count", ctypes.c_int),
                ("layers", ctypes.c_char_p), ("kernels", ctypes.c_char_p)]

def call(function, *arguments):
    error = ctypes.create_string_buffer(4 + 512)  # struct lsn_error: code, text
    if getattr(lsn, function)(*arguments, error):
        sys.exit(error[4:].split(b"\0")[0].decode())

path, folder, layer, kernel, contrast = (os.fsencode(a) for a in sys.argv[1:])
model, images, results, shown = (ctypes.c_void_p() for _ in range(4))
count = ctypes.c_int()
call("lsn_model_load", path, None, ctypes.byref(model))
call("lsn_dataset_open", folder, None, 0, model, ctypes.byref(images))
call("lsn_conditions_parse", b"contrast=" + contrast, ctypes.byref(shown), ctypes.byref(count))
options = Options(ctypes.sizeof(Options), shown, count, layer, kernel)
call("lsn_sweep_run", model, images, ctypes.byref(options), ctypes.byref(results))

outcome = np.dtype([("predicted", "i4"), ("rank", "i4"), ("loss", "f4"), ("margin", "f4")])
intact = np.empty(lsn.lsn_results_images(results), outcome)
lesioned = np.empty_like(intact)  # [image]: one condition and one kernel
call("lsn_results_outcomes", results, ctypes.c_void_p(intact.ctypes.data), ctypes.c_void_p(lesioned.ctypes.data))
right, still = intact["rank"] == 1, lesioned["rank"] == 1
print(f"lost {(right & ~still).sum()}, gained {(~right & still).sum()} of {len(intact)} images, "
      f"drop {right.mean() - still.mean():.9g}")
