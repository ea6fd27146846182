# scripts/batch: other jobs run after one that failed; stopped in the middle, the same
# command goes on and makes the same run directories; faulty lists are refused.
. "$(dirname "$0")/support.sh" "$@"
batch=$TOP/scripts/batch
export LESION
cp "$DEMO" "a 'model'.bin"
cp -r "$TOP/data/images" images
cat >list <<'END'
# three jobs, of which the second has no model

first   --model "a 'model'.bin" --contrast 0.1,1 --layers 'conv[12]'
  bad   --model $HOME/"no such model".bin
last.1  --model "a 'model'.bin" --layers conv3,conv4 --contrast 0.05
END
states() { cut -d, -f1,2,4,5 "$1/summary.csv"; }

expect 1 "$batch" list all
out_says '[1/3] first ... done'
out_says '[2/3] bad ... failed'
out_says '    lesion: error: $HOME/no such model.bin'
[ "$(states all)" = "name,state,kernels,images
first,done,44,320
bad,failed,,
last.1,done,64,320" ] || fail "summary is $(cat all/summary.csv)"
awk -F, 'NR > 1 && $3 !~ /^[0-9]+[.][0-9]$/ { exit 1 }' all/summary.csv || fail 'seconds are no seconds'
grep -q "lesion sweep --model a\\\\ \\\\'model" all/first.log || fail 'the log lacks the command'
expect 0 "$LESION" --model "a 'model'.bin" -c 0.1,1 -l 'conv[12]' -q --run whole
alike() { diff -r -x tables whole "$1" >/dev/null 2>&1 || fail "$1 is another run than without the batch"; }
alike all/first

# Once more: finished jobs stay as they are, failed ones are tried again.
stat -c '%i %Y %n' all/first/*.npy >before
mkdir "\$HOME" && cp "$DEMO" "\$HOME/no such model.bin"
sed -i '/bad/s/$/ --layers conv1 --contrast 1 --images images/' list
expect 0 "$batch" list all
[ "$(states all | cut -d, -f2 | sort -u | tr '\n' ' ')" = 'done state ' ] || fail "summary is $(cat all/summary.csv)"
stat -c '%i %Y %n' all/first/*.npy | cmp -s - before || fail 'a finished run was done again'

# ---- ended in the middle, and carried on ----
# slow: a lesion that stops in the middle when it runs the first time.
cat >slow <<END
#!/usr/bin/env bash
if [ "\$1" = sweep ] && [ ! -e pid ]; then
  pid=\$\$
  touch pid
  (
    until [ -e "\${*: -1}/run.json" ]; do sleep 0.01; done
    sleep 0.1
    kill -STOP \$pid && echo \$pid >pid
  ) &
fi
exec "$LESION" "\$@"
END
chmod +x slow
# The shell ignores SIGINT in background jobs, except in those started like this.
heeding_int=(/usr/bin/env --default-signal=INT)
for signal in INT TERM; do
  rm -rf ended pid
  LESION=./slow "${heeding_int[@]}" "$batch" list ended >out 2>err &
  batch_pid=$!
  for _ in $(seq 200); do [ -s pid ] && break; sleep 0.05; done
  kill -$signal $batch_pid
  sleep 0.2
  kill -CONT "$(cat pid)"
  wait $batch_pid
  status=$?
  [ $status -eq 130 ] || fail "$signal: exit $status, not 130 ($(cat err))"
  [ "$(states ended)" = "name,state,kernels,images
first,interrupted,44,320
bad,not started,,
last.1,not started,," ] || fail "$signal: summary is $(cat ended/summary.csv)"
  [ "$(ls ended)" = "$(printf '%s\n' first first.log summary.csv)" ] || fail "$signal: the next job was started"
  ! diff -r -x tables whole ended/first >/dev/null || fail "$signal: the first job was not in its middle"
  expect 0 "$batch" list ended
  alike ended/first
  [ "$(states ended)" = "$(states all)" ] || fail "$signal: summary is $(cat ended/summary.csv)"
done

# ---- refused ----
refused() { # text of the error, lines of the list...
  printf '%s\n' "${@:2}" >wrong
  expect 2 "$batch" wrong none
  err_says "$1"
}
refused 'wrong: no jobs' '# nothing'
refused 'line 2: a quote is not closed' 'a -v' "b --model 'x.bin"
refused "line 1: '../a' is no name" '../a -v'
refused "line 1: 'a.log' is no name" 'a.log -v'
refused "line 1: '--model' is no name" '--model x.bin'
refused 'line 3: a second job of the name a' 'a -v' 'b -v' 'a -q'
[ ! -e none ] || fail 'a refused list leaves its folder'
expect 2 "$batch" nothing none
expect 2 "$batch"
err_says 'usage: scripts/batch'
finish
