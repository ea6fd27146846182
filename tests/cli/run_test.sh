# Run directories: the same files however a run was ended and carried on, in any number
# of threads and shards; refused where it is another run; full disks and folders that
# cannot be written. Only which tables were made of a run (tables.sha256) may differ. LESION_TEST_KILLS: how many kill -9 (default 12).
. "$(dirname "$0")/support.sh" "$@"
kills=${LESION_TEST_KILLS:-12}
cp -r "$TOP/data/images" images
{ echo file,class; (cd images && find . -name '*.png' | sed 's,^\./,,' | LC_ALL=C sort | awk -F/ 'NR % 7 == 0 { print $0 "," $1 }'); } >list.csv
images=$(($(wc -l <list.csv) - 1))
sweep=("$LESION" --model "$DEMO" --images images --labels list.csv --contrast 0.1,1 --layers 'conv[123]' --quiet)

# ---- uninterrupted, in memory and in a run directory ----
expect 0 "${sweep[@]}" -o memory.csv
expect 0 "${sweep[@]}" --run whole -o whole.csv
same memory.csv whole.csv
expect 0 "${sweep[@]}" --run one --threads 1 -o one.csv
same whole.csv one.csv
diff -r -x tables.sha256 whole one >/dev/null || fail 'one thread gives another run directory'
[ ! -s out ] || fail 'a run without --output prints a table'

# A finished run ends at once, and its table is made anew.
rm whole.csv
expect 0 "${sweep[@]}" --run whole -o whole.csv
same memory.csv whole.csv

# ---- kill -9 at random moments, then the same command again ----
# The kills fall where the work is: within what the run above took.
started=$(date +%s%N)
expect 0 "${sweep[@]}" --run timed
took=$((($(date +%s%N) - started) / 1000000))
RANDOM=7
for i in $(seq "$kills"); do
  rm -rf killed killed.csv killed.csv.json # all three may end before the layout
  for again in 1 2 3; do
    "${sweep[@]}" --run killed >/dev/null 2>&1 &
    sleep "$(awk -v ms=$((RANDOM % (took + 1))) 'BEGIN { print ms / 1000 }')"
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
  done
  expect 0 "${sweep[@]}" --run killed -o killed.csv
  diff -r -x tables.sha256 whole killed >/dev/null || fail "kill $i: the run directory differs: $(diff -rq -x tables.sha256 whole killed)"
  same whole.csv killed.csv
done

# ---- what a kill in the middle of the layout leaves ----
mkdir early
touch early/lock early/images.csv.tmp123 early/run.json.tmp9 early/loss.npy
head -c 100 whole/images.csv >early/images.csv
expect 0 "${sweep[@]}" --run early
diff -r -x tables.sha256 whole early >/dev/null || fail "a run laid out again differs: $(diff -rq -x tables.sha256 whole early)"

# ---- a stop that was asked for ----
rm -rf stopped
"${sweep[@]}" --run stopped >/dev/null 2>err &
sleep 0.15
kill -INT $! 2>/dev/null
wait $!
status=$?
[ $status -eq 130 ] || [ $status -eq 0 ] || fail "a stopped run exits $status"
expect 0 "${sweep[@]}" --run stopped
diff -r -x tables.sha256 whole stopped >/dev/null || fail 'a stopped run, carried on, differs'

# ---- shards ----
for n in 1 3 7; do
  shards=()
  for i in $(seq "$n"); do
    expect 0 "${sweep[@]}" --run "s$n.$i" --shard "$i/$n" --threads $((i % 2 + 1))
    shards=("s$n.$i" "${shards[@]}")
  done
  expect 0 "$LESION" merge -q "merged$n" "${shards[@]}"
  diff -r -x tables.sha256 whole "merged$n" >/dev/null || fail "$n shards merge to something else"
done
expect 1 "$LESION" merge wrong s3.1 s3.2
err_says 'shard 1 of 3, and 2 are given'
expect 1 "$LESION" merge wrong s3.1 s3.2 s3.2
err_says 'both shard 2 of 3'
expect 1 "$LESION" merge wrong s3.1 s3.2 s7.3
err_says 'shard 3 of 7'
expect 1 "$LESION" merge wrong s3.1 s3.2 nothing
err_says 'nothing/run.json'
expect 0 "${sweep[@]}" --contrast 0.1 --run other --shard 3/3
expect 1 "$LESION" merge wrong s3.1 s3.2 other
err_says 'conditions.csv'
# One missing cell: the last prediction.
cp -r s3.3 unfinished
printf '\377\377\377\377' |
  dd of=unfinished/predicted.npy bs=1 seek=$(($(stat -c %s s3.3/predicted.npy) - 4)) conv=notrunc status=none
expect 1 "$LESION" merge wrong s3.1 s3.2 unfinished
err_says 'unfinished: is not finished'
expect 0 "${sweep[@]}" --run unfinished --shard 3/3
diff -r s3.3 unfinished >/dev/null || fail 'a missing cell was not filled'
printf '\0\0\300\177' | # NaN
  dd of=unfinished/area.npy bs=1 seek=$(($(stat -c %s s3.3/area.npy) - 4)) conv=notrunc status=none
expect 0 "${sweep[@]}" --run unfinished --shard 3/3
diff -r s3.3 unfinished >/dev/null || fail 'a missing area was not filled'
[ ! -e wrong ] || fail 'a refused merge leaves its directory'
for shard in 0/3 4/3 1 a/b 1/3/2; do
  expect 2 "${sweep[@]}" --run s --shard "$shard"
done
expect 2 "${sweep[@]}" --run s --shard 1/4000
err_says "4000 shards of $images images"

# ---- another run, other files ----
expect 1 "${sweep[@]}" --contrast 0.2,1 --run whole
err_says "conditions.csv: line 2 is '0.1,all,none,mid-grey,trunc,0,,0,0', not '0.2,all,none,mid-grey,trunc,0,,0,0'; a run goes on with the options that it began with"
expect 1 "${sweep[@]}" --layers conv1 --run whole
err_says 'kernels.csv'
expect 1 "${sweep[@]}" --engine full --run whole
err_says 'engine incremental, not full'
expect 1 "${sweep[@]}" --shard 1/2 --run whole
err_says 'shard 1/1, not 1/2'
first=images/$(sed -n '2s/,.*//p' list.csv)
cp "$first" first.png
printf 'x' >>"$first"
expect 1 "${sweep[@]}" --run whole
err_says "${first#images/} was changed, and has outcomes"
cp first.png "$first"
cp "$DEMO" other.bin
printf ' ' | dd of=other.bin bs=1 seek=$(($(stat -c %s other.bin) - 1)) conv=notrunc status=none
expect 1 "${sweep[@]}" --model other.bin --run whole
err_says 'model_sha256'
mkdir mine && echo precious >mine/notes.txt
expect 1 "${sweep[@]}" --run mine
err_says 'mine: is not a run, and not empty: it has notes.txt; a run begins in an empty folder, or in a new one'
[ "$(ls mine)" = notes.txt ] || fail "a stranger's folder was written to"
for file in kernels.csv means.npy loss.npy; do
  rm -rf mine
  mkdir mine && echo precious >mine/$file
  expect 1 "${sweep[@]}" --run mine
  err_says "not a run, and not empty: it has $file"
  [ "$(ls mine) $(cat mine/$file)" = "$file precious" ] || fail "a stranger's $file was written to"
done

# ---- a table that is asked for ----
expect 0 "${sweep[@]}" --run whole --output table.csv
sed -i 's/0\.1,1/stale/' table.csv.json
cp table.csv first.csv
expect 0 "${sweep[@]}" --run whole --output table.csv
cmp -s table.csv first.csv || fail 'a table is not written anew'
grep -q stale table.csv.json && fail 'the provenance of a table is not written anew'
[ "$(cat whole/tables.sha256)" = "$(sha256sum <table.csv | cut -d' ' -f1)" ] ||
  fail "tables.sha256 is not of the table that was made, four times: $(cat whole/tables.sha256)"
# What the run did not write stays: another run's table, with the same header, and one's own notes in it.
expect 0 "${sweep[@]}" --kernels 0-3 --run few --output few.csv
expect 1 "${sweep[@]}" --kernels 0-3 --run twin --output few.csv
err_says 'few.csv: exists, and is no table of twin'
for foreign in first.csv noted.csv; do
  cp few.csv noted.csv && echo 'conv9: look at this one' >>noted.csv
  cp $foreign before && cp few.csv.json $foreign.json
  expect 1 "${sweep[@]}" --kernels 0-3 --run few --output $foreign
  err_says "$foreign: exists, and is no table of few, or was changed since; --force overwrites it, or give another --output"
  same $foreign before
  cmp -s few.csv.json $foreign.json || fail "the provenance of $foreign was written to"
done
expect 0 "${sweep[@]}" --kernels 0-3 --run few --output noted.csv --force
same noted.csv few.csv
# A race's table becomes the sweep's.
expect 0 "${sweep[@]}" --kernels 0-3 --run raced --top 2 --output raced.csv
expect 0 "${sweep[@]}" --kernels 0-3 --run raced --output raced.csv
columns raced.csv layer kernel contrast lost gained | cmp -s - <(columns few.csv layer kernel contrast lost gained) ||
  fail "the sweep after a race has another table"
cp -r whole axes
echo precious >notes.csv && echo precious >fresh.csv.json
for file in axes/kernels.csv axes/images.csv axes/run.json axes/rank.npy; do
  cp $file before
  expect 2 "${sweep[@]}" --run axes --output $file --force
  err_says "$file would be among the run's own files"
  cmp -s $file before || fail "$file was written to"
done
cp notes.csv before
expect 1 "${sweep[@]}" --run axes --output notes.csv
err_says 'notes.csv: exists, and is no table of axes, or was changed since; --force overwrites it, or give another --output'
cmp -s notes.csv before || fail 'notes.csv was written to'
expect 1 "${sweep[@]}" --run unbegun --output table.csv
err_says 'table.csv: exists, and is no table of unbegun'
[ ! -e unbegun ] || fail 'a run was begun for a table that is not written'
expect 1 "${sweep[@]}" --run axes --output fresh.csv
err_says 'fresh.csv.json: exists'
expect 2 "$LESION" stats axes --output axes/../axes --force
err_says 'axes/../axes is the run itself'
diff -r -x tables.sha256 whole axes >/dev/null || fail 'a run that was to be written to is another'

# ---- closed standard streams ----
rm -rf closed
"${sweep[@]}" --run closed -v <&- >&- 2>&-
status=$?
[ $status -eq 0 ] || fail "with its standard streams closed a run exits $status"
diff -r -x tables.sha256 whole closed >/dev/null || fail 'messages went into a run'
"$LESION" --version 2>err >&- && fail 'what cannot be printed was no error'

# ---- damaged runs ----
for file in run.json images.csv conditions.csv kernels.csv loss.npy intact_rank.npy; do
  rm -rf damaged
  cp -r whole damaged
  truncate -s 20 "damaged/$file"
  expect 1 "${sweep[@]}" --run damaged
  err_says "$file"
done

# ---- two at once ----
mkdir locked
/usr/bin/python3 -c 'import fcntl, os, time
file = open("locked/lock", "w")
fcntl.lockf(file, fcntl.LOCK_EX)
open("held", "w")
while not os.path.exists("let go"): time.sleep(0.05)' 2>/dev/null &
holder=$!
for _ in $(seq 50); do [ -e held ] && break; sleep 0.1; done
if [ -e held ]; then
  expect 1 "${sweep[@]}" --run locked
  err_says 'another process works on this run'
else
  echo 'not tested: two processes on one run (no python3)'
fi
touch 'let go'
wait $holder

# ---- a full disk, and one that cannot be written ----
mkdir small
if mount -t tmpfs -o size=60k tmpfs small 2>/dev/null; then
  expect 1 "${sweep[@]}" --run small/run
  err_says 'No space left'
  err_says 'this run needs'
  mount -o remount,size=30m small
  expect 0 "${sweep[@]}" --run small/run
  diff -r -x tables.sha256 whole small/run >/dev/null || fail 'a run that met a full disk differs'
  mount -o remount,ro small
  expect 1 "${sweep[@]}" --run small/new
  err_says 'Read-only'
  expect 1 "${sweep[@]}" --run small/run
  umount small
else
  echo 'not tested: a full disk (no tmpfs can be mounted here)'
fi
finish
