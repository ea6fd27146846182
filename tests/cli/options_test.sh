# Options, help, exit statuses.
. "$(dirname "$0")/support.sh" "$@"

expect 2 "$LESION"
err_says 'nothing to do'
expect 2 "$LESION" frobnicate
err_says "'frobnicate' is not a command"
expect 2 "$LESION" --frobnicate
err_says "the option '--frobnicate' is not known here"
expect 2 "$LESION" eval --layers conv1
err_says "the option '--layers' is not known here"
expect 2 "$LESION" --model
err_says '--model wants a value: FILE'
expect 2 "$LESION" --force=yes
err_says '--force takes no value'
expect 2 "$LESION" --contrast 0.5
err_says '--model is missing'
expect 2 "$LESION" --model "$DEMO" word
err_says "'word' is one word too many"
for bad in 1.1 -0.1 nan 0x1 0.5, ,0.5 '0.5 ' 0.5x; do
  expect 2 "$LESION" --model "$DEMO" --contrast "$bad"
  err_says 'is not a number in 0 ... 1'
done
for option in output contrast layers images run; do
  expect 2 "$LESION" --model "$DEMO" --$option ''
  err_says "--$option: its value is empty"
done
expect 2 "$LESION" stimuli --model "$DEMO" --output=
err_says '--output: its value is empty'
for twice in 0.5,0.50 1,0.5,0.5000000001; do
  expect 2 "$LESION" --model "$DEMO" --contrast $twice
  err_says '0.5 is given twice'
done
for bad in 1, ,1 1,,2; do
  expect 2 "$LESION" --model "$DEMO" --kernels $bad
  err_says "kernels: '' is neither a number nor a range"
done
expect 2 "$LESION" --model "$DEMO" --layers conv1,
err_says "layers: '' matches none of the model's 4 convolutions"
for list in contrast region normalise lesion; do
  expect 2 "$LESION" --model "$DEMO" --contrast 1 --$list "$(seq -s , 1001)"
  err_says "--$list: more than 1000 of them"
done
for bad in -1 4097 x 1e1 ''; do
  expect 2 "$LESION" --model "$DEMO" --threads "$bad"
  err_says 'is not a whole number in 0 ... 4096'
done
for bad in x 512 M 0M 1.5G 8T ''; do
  expect 2 "$LESION" --model "$DEMO" --memory "$bad"
  err_says "--memory: '$bad' is not a size such as 512M or 8G"
done
expect 0 "$LESION" eval --model "$DEMO" --contrast 1 --threads 1 --memory 1G -v
err_says 'threads: at most 1, as asked for; memory: at most 1024 MiB, as asked for'
expect 2 "$LESION" --model "$DEMO" --lesion weights,cut
err_says "--lesion: lesion 'cut': is none of weights, "
expect 2 "$LESION" --model "$DEMO" --quantize sometimes
err_says "'sometimes' is none of trunc|round|none"
expect 2 "$LESION" convert only.onnx
err_says 'lesion convert wants NET.onnx NET.bin'
expect 2 "$LESION" check only.csv
err_says 'lesion check wants BASELINE.csv NEW.csv'
expect 2 "$LESION" stimuli --model "$DEMO"
err_says '--output is missing'

expect 0 "$LESION" --version
out_says "lesion $(sed -n 's/^Version: //p' "$(dirname "$LESION")/lesion.pc")"
grep -qE '^lesion [0-9]+\.[0-9]+\.[0-9]+$' out || fail "no version in $(cat out)"
out_says 'OpenBLAS core '
out_says 'SLEEF '
# The shared library's name has the version's first number that is not 0: it changes when the API breaks.
version=$(sed -n 's/^lesion \([0-9]\)/\1/p' out)
case $version in 0.*) abi=${version%.*} ;; *) abi=${version%%.*} ;; esac
[ "$(readlink "$(dirname "$LESION")/liblesion.so")" = "liblesion.so.$abi" ] || fail "the shared library is no liblesion.so.$abi"
expect 0 "$LESION" --help
out_says 'Commands:'
expect 0 "$LESION" help
out_says 'Commands:'
commands=$("$LESION" help | sed -n '/^Commands:/,/^$/s/^  *\([a-z]*\) .*/\1/p')
[ "$(wc -w <<<"$commands")" -ge 14 ] || fail "help lists too few commands: $commands"
for command in $commands; do
  expect 0 "$LESION" help $command
  out_says "Usage: lesion $command"
  cp out page
  expect 0 "$LESION" $command --help
  same out page
done
expect 2 "$LESION" help frobnicate
expect 0 "$LESION" help --format bash
bash -n out || fail 'the completion is not bash'

# info runs lesions only where it is asked to.
expect 0 "$LESION" info --model "$DEMO"
grep -q 'a sweep of all kernels' out && fail 'info estimates without --estimate'
cp out plain
expect 0 "$LESION" info --model "$DEMO" --estimate
grep -qE '^a sweep of all kernels: about .* an image and contrast in one thread here, with [0-9]+ MiB; 6.91e\+07 multiply-adds' out ||
  fail "info --estimate says: $(tail -n 1 out)"
sed '$d' out >rest
same plain rest
expect 2 "$LESION" info --model "$DEMO" --estimate --json
err_says '--estimate: is a line of text, and does not go with --json'

# A mapped model that has been cut short: SIGBUS, sent here, gives a sentence, not a crash.
"$LESION" --model "$DEMO" --threads 1 --contrast "$(seq -s , 0.01 0.01 1)" -v >out 2>err &
for i in $(seq 100); do
  grep -q 'threads: at most' err && break
  sleep 0.1
done
kill -BUS $!
wait $!
[ $? -eq 1 ] || fail 'SIGBUS does not exit with 1'
err_says "lesion: error: a model's file was cut short or its disk failed while it was read"

# A standard output that cannot be written is an error.
"$LESION" help >/dev/full 2>err
[ $? -eq 1 ] || fail 'help to a full device does not exit with 1'
err_says 'standard output: cannot write'

# What only the options tell is told before anything is loaded: the network here is none.
early() { # SENTENCE ARGUMENT...
  local wanted=$1
  shift
  expect 2 "$LESION" "$@" --model no-such-network.bin --images no-such-folder
  err_says "$wanted"
}
two=(--lesion weights,silence)
early '--lesion: a group takes one' group --kernels conv1:0 "${two[@]}"
early '--lesion: pairs take one' pairs --kernels conv1:0-1 "${two[@]}"
early '--lesion: Shapley values take one' shapley "${two[@]}"
early '--lesion: greedy lesions take one' greedy "${two[@]}"
early '--lesion: the claims take one' claims "${two[@]}"
early '--lesion: a race takes one' sweep --top 2 "${two[@]}"
early "--at: 'x' is not a number in 0 ... 1" pairs --from run --top 2 --at x
early "--shard: '3/2' is not I/N" sweep --shard 3/2
early "--shard: '3/2' is not I/N" group --kernels conv1:0 --shard 3/2
early "--confidence: '2' is not between 0 and 1" sweep --top 2 --confidence 2
early "--clip: '0' is not a number of nats above 0" sweep --top 2 --clip 0
early "--above: 'x' is not a number" sweep --above x
early "--fdr: '1' is not between 0 and 1" sweep --above 0 --fdr 1
finish
