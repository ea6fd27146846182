# Gradients and estimates through the shared library against PyTorch's autograd: of the demo, and of
# GoogLeNet where there are the test data.
. "$(dirname "$0")/support.sh" "$@"
loads gradients || exit 77
/usr/bin/python3 -c 'import numpy, torch, PIL' 2>/dev/null || { echo 'skipped: there is no PyTorch'; exit 77; }

check() { expect 0 /usr/bin/python3 "$TOP/tests/golden/check_gradients.py" "$LIBRARY" "$@"; }

check "$DEMO" "$TOP/data/images/star/0001.png"
grep -c 'gradient .* of its largest value off' out | grep -qx 3 || fail "layers: $(cat out)"

DATA=${LESION_TEST_DATA:-$TOP/../shared}
if [ -f "$DATA/models/googlenet.onnx" ]; then
  expect 0 "$LESION" convert "$DATA/models/googlenet.onnx" googlenet.bin
  images=("$DATA"/images/*.JPEG)
  check googlenet.bin "${images[0]}"
  cat out
else
  echo "GoogLeNet: not compared, no test data at $DATA (LESION_TEST_DATA names another place)"
fi
exit $((failures > 0))
