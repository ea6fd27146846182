# The sweep of the demo on 32 of its images, to standard output: what
# cli/check_test.sh compares with demo_baseline.csv. Where the numbers are meant
# to change, make that anew:
#   OPENBLAS_CORETYPE=Haswell bash tests/golden/make_baseline.sh build/lesion >tests/golden/demo_baseline.csv
# (the core moves last bits only, but each cell that moves hides one that was meant to).
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
