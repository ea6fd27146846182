# Prints the table of the demo's sweep on 32 of its images. cli/check_test.sh compares it with
# demo_baseline.csv. If a change is meant to change numbers, make that file again:
#   OPENBLAS_CORETYPE=Haswell bash tests/golden/make_baseline.sh build/lesion >tests/golden/demo_baseline.csv
# Always use this core: another changes last digits, among which the meant changes are hard to see.
# usage: make_baseline.sh LESION [OPTION ...]
set -eu
lesion=$1
shift
data=$(cd "$(dirname "$0")/../../data" && pwd)
images=$(mktemp -d)
trap 'rm -rf "$images"' EXIT
for class in "$data"/images/*/; do
  mkdir "$images/$(basename "$class")"
  cp "$class"000[1-4].png "$images/$(basename "$class")"
done
"$lesion" --model "$data/demo.bin" --images "$images" --contrast 1,0.1,0.05 --kernels 0-3,7 --quiet "$@"
