# The n-th allocation, file operation, or full-length read or write fails (inject/inject.c):
# every command then still does its work, or ends with status 1 and one sentence, and
# leaves nothing behind; no memory leaks; and a run directory can go on. Or Ctrl-C comes there:
# the work is done, or the status is 130, with the complete images where the command keeps them.
# LESION_TEST_INJECT=1 tries every n, otherwise every 127th.
. "$(dirname "$0")/support.sh" "$@"
INJECTOR=$(dirname "$LESION")/tests/libinject.so
if is_sanitized; then
  echo 'skipped: a sanitizer has its own allocator'
  exit 77
fi
[ -f "$INJECTOR" ] || { echo "skipped: no $INJECTOR"; exit 77; }
step=${LESION_TEST_INJECT:-127}
run_path=$PATH
export OPENBLAS_NUM_THREADS=1 LESION_BLAS_CORE_SET=none

mkdir images
cp "$TOP"/data/images/disc/000[12].png images
printf 'file,class\n0001.png,disc\n0002.png,disc\n' >images/labels.csv
cp "$TOP"/tests/golden/onnx/conv_asymmetric.onnx net.onnx
echo '{"channels": 3, "height": 8, "width": 10, "resize": 0, "order": "RGB", "interpolation": "bilinear", "scale": 1, "mean": [0, 0, 0], "std": [1, 1, 1]}' >net.input.json

# Runs the command in work/, a fresh copy of the folder given; kind:n is what fails.
inject() { # KIND:N FOLDER COMMAND...
  local what=$1 folder=$2
  shift 2
  rm -rf work log
  mkdir work
  [ -z "$folder" ] || cp -r "$folder"/. work
  (cd work && INJECT=$what INJECT_LOG=../log LD_PRELOAD=$INJECTOR PATH=$run_path "$LESION" "$@" >../out 2>../err)
}

# Whether all files in work/ are in the reference, too, and complete.
is_whole() { # REFERENCE
  local file
  (cd work && find . -type f ! -name lock ! -name run.json) | while read -r file; do
    cmp -s "work/$file" "$1/$file" || echo "$file"
  done
}

# The same command finishes a run directory in work/ with the same result.
goes_on() { # WHAT COMMAND...
  local what=$1
  shift
  [ -d work/run ] || return 0
  (cd work && "$LESION" "$@" >../again 2>&1) || fail "$what: does not go on: $(cat again)"
  diff -r -x tables.sha256 work reference >differences || fail "$what: goes on to another end: $(head -n 2 differences)"
}

# tries NAME FOLDER COMMAND...: every kind of failure at every n; a run directory is called run.
tries() {
  local name=$1 folder=$2 kind n status wrong tried=0
  shift 2
  case $1 in -*) seen="$seen sweep" ;; *) seen="$seen $1" ;; esac
  inject nothing:0 "$folder" "$@" || fail "$name: fails by itself: $(cat err)"
  rm -rf reference
  mv work reference
  cp out reference.out
  for kind in alloc io short stop; do
    for ((n = 1; ; n += step)); do
      inject $kind:$n "$folder" "$@"
      status=$?
      grep -q reached log || break
      tried=$((tried + 1))
      case $status in
        0)
          diff -r work reference >differences && cmp -s out reference.out ||
            fail "$name, $kind $n: done, but not as it should be: $(head -n 2 differences)" ;;
        1)
          [ "$(wc -l <err)" -eq 1 ] && grep -q '^lesion: error: .' err || fail "$name, $kind $n: says $(cat err)"
          [ $kind = alloc ] && grep 'not an intact' err && fail "$name, $kind $n: blames the file: $(cat err)"
          find work -name '*.tmp*' | grep -q . && fail "$name, $kind $n: leaves $(find work -name '*.tmp*')"
          if [ -d work/run ]; then
            goes_on "$name, $kind $n" "$@"
          else
            wrong=$(is_whole reference)
            # Where the second image cannot be loaded, the tables have the first one.
            [ -z "$wrong" ] || grep -qs '"images": 1,' work/t.csv.json || fail "$name, $kind $n: leaves a part of $wrong"
          fi ;;
        130)
          [ $kind = stop ] || fail "$name, $kind $n: exit 130: $(head -n 2 err)"
          [ ! -s err ] || grep -q '^lesion: interrupted' err || fail "$name, $kind $n: says $(cat err)"
          # The same command clears away what is left in a run directory.
          [ -d work/run ] || ! find work -name '*.tmp*' | grep -q . || fail "$name, $kind $n: leaves $(find work -name '*.tmp*')"
          goes_on "$name, $kind $n" "$@" ;;
        *) fail "$name, $kind $n: exit $status: $(head -n 2 err)" ;;
      esac
      # Before the program handles SIGINT, Ctrl-C ends it at once.
      [ "$kind $(wc -l <log)" = 'stop 1' ] || [ "$(sed -n 's/^left //p' log | tail -n 1)" = 0 ] || fail "$name, $kind $n: $(tail -n 1 log) blocks"
      [ $failures -lt 20 ] || { finish; exit 1; }
    done
  done
  echo "$name: $tried failures"
}

seen=
abs() { echo "$WORK/$1"; }
images=$(abs images)
shown=(--model "$DEMO" --images "$images" --contrast 0.1,1)
some=("${shown[@]}" --layers conv2 --kernels 0-1)
tries sweep '' "${some[@]}" --lesion weights,mean,resample --region all,edges,other-edges --normalise none,local:1@conv1 -q -o t.csv -f
tries run '' "${some[@]}" --lesion weights,mean --sample-kernels 1 --run run -q
tries full '' "${some[@]}" --engine full --threads 2 -q -o t.csv -f
tries race '' "${some[@]}" --top 1 -q -o t.csv -f
tries race-screen '' "${some[@]}" --top 1 --screen taylor -q -o t.csv -f
tries race-run '' "${some[@]}" --top 1 --run run -q -o t.csv -f
tries eval '' eval "${shown[@]}" --per-image i.csv --logits l.npy -q -o t.csv -f
printf 'class,group\ndisc,a\nring,b\n3,b\n' >map.csv
tries decide '' eval "${shown[@]}" --decide "$(abs map.csv)" -q -o t.csv -f
tries images '' images --model "$DEMO" --images "$images" -q -o t.csv -f
tries stimuli '' stimuli "${shown[@]}" --region edges --stats s.csv --output shown -q -f
tries invariance '' invariance "${shown[@]}" --per-kernel k.csv -q -o t.csv -f
tries group '' group "${shown[@]}" --kernels conv1:0,conv2:1 --flips 9 -q -o t.csv -f
mkdir swept
expect 0 "$LESION" "${some[@]}" --run swept/singles -q
tries pairs "$(abs swept)" pairs "${shown[@]}" --from singles --top 2 --flips 9 --run run -q -o t.csv
tries greedy '' greedy "${some[@]}" --steps 2 --orders 1 -q -o t.csv -f
tries taylor '' taylor "${some[@]}" --lesion weights,mean,resample --check 1 --per-layer l.csv -q -o t.csv -f
tries shapley '' shapley "${some[@]}" --rounds 2 -q -o t.csv -f
tries shapley-run '' shapley "${some[@]}" --rounds 2 --top 1 --run run -q -o t.csv -f
tries claims '' claims --model "$DEMO" --images "$images" --layers conv2 --kernels 0-1 --normalise global --output run -q
mkdir halves
cp "$TOP"/data/images/disc/000[1-4].png halves
sed 's/$/,disc/; 1i file,class' < <(cd halves && ls ./*.png) >halves.csv
tries claims-races '' claims --model "$DEMO" --images "$(abs halves)" --labels "$(abs halves.csv)" --low 0.1 --layers conv2 \
  --kernels 0-1 --sample-kernels 1 --normalise none --output run -q
tries info '' info --model "$DEMO" --json
tries convert '' convert "$(abs net.onnx)" net.bin -q -f
cp -r "$TOP/tests/golden/tables/run" whole
tries stats '' stats "$(abs whole)" --output tables --flips 9 -q -f
# Few images, but with a curve to be fitted.
for class in "$TOP"/data/images/*/; do
  mkdir -p "curve/$(basename "$class")"
  cp "$class"000[1-4].png "curve/$(basename "$class")"
done
expect 0 "$LESION" --model "$DEMO" --images curve --contrast 0.05,0.1,0.3,1 --layers conv2 --kernels 7 --run four -q
tries psychometric '' psychometric "$(abs four)" --output tables --bootstraps 39 --flips 9 --threads 2 -q -f
expect 0 "$LESION" taylor "${some[@]}" --check 1 -q -o taylor.csv
expect 0 "$LESION" shapley "${some[@]}" --rounds 2 -q -o shapley.csv
expect 0 "$LESION" pairs "${shown[@]}" --kernels conv2:0-2 --flips 9 -q -o pairs.csv
run_path=/nowhere # no gnuplot: what it draws bears the time
tries report '' report "$(abs swept/singles)" --taylor "$(abs taylor.csv)" --pairs "$(abs pairs.csv)" --shapley "$(abs shapley.csv)" \
  --output shown -q -f
expect 0 "$LESION" "${some[@]}" --top 1 --run raced -q -o top.csv
tries report-raced '' report "$(abs raced)" --race "$(abs top.csv)" --output shown -q -f
run_path=$PATH
for i in 1 2; do expect 0 "$LESION" "${some[@]}" --run s$i --shard $i/2 -q; done
tries merge "" merge run "$(abs s1)" "$(abs s2)" -q
tries check '' check "$TOP/tests/golden/tables/layers.csv" "$TOP/tests/golden/tables/layers.csv" -q
tries help '' help method
for command in $("$LESION" help | sed -n '/^Commands:/,/^Topics:/s/^  \([a-z]*\) .*/\1/p'); do
  case " $seen " in *" $command "*) ;; *) fail "lesion $command: no failure was tried" ;; esac
done
finish
