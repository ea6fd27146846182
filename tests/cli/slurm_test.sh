# scripts/slurm on a real Slurm of one node, started here on the loopback interface:
# the run merged from an array of shards is that without shards, also where tasks are
# killed, preempted and near their time limit. Skipped where there is no Slurm.
. "$(dirname "$0")/support.sh" "$@"
submit=$TOP/scripts/slurm/submit
sweep=(--model "$DEMO" --contrast 0.05,0.1,0.5,1 --layers 'conv[234]')
export LESION

# ---- what needs no Slurm ----
for arguments in '' '3' '0 d -- -v' '3x d -- -v' '3%0 d -- -v' '3 d' '3 d --mem=1G' '3 d --' '3 -- d -v'; do
  # shellcheck disable=SC2086
  expect 2 "$submit" $arguments
  err_says 'usage: scripts/slurm/submit'
done
for tasks in '1 2 3' '0 2 3' '2 3 2'; do
  read -r first last count <<<"$tasks"
  expect 2 env SLURM_ARRAY_TASK_ID="$last" SLURM_ARRAY_TASK_MIN="$first" SLURM_ARRAY_TASK_MAX="$last" \
    SLURM_ARRAY_TASK_COUNT="$count" "$TOP/scripts/slurm/lesion-array.sbatch" "$LESION" d "${sweep[@]}"
  err_says "tasks $first to $last, $count of them, are not 1 to N"
done
[ ! -e d ] || fail 'a refused task leaves its folder'

skip() {
  echo "the rest is skipped: $*"
  [ $failures -eq 0 ] || exit 1
  exit 77
}
# What Slurm does to the program is the same for any build of it.
is_sanitized && skip 'a sanitizer is slow'
for program in slurmctld slurmd sbatch scontrol; do
  command -v $program >/dev/null || skip "there is no $program"
done
plugins=$(dirname "$(find /usr/lib /usr/lib64 /usr/local/lib -name auth_none.so 2>/dev/null | head -n 1)")
[ -e "$plugins/cred_none.so" ] || skip 'this Slurm has no auth/none and cred/none'

# ---- a Slurm of one node ----
# Nothing of a Slurm that this test itself may run under.
unset "${!SLURM_@}" "${!SBATCH_@}"
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo $port
}
# The controller of Slurm 24 listens at what the host's own name resolves to, not at what
# stands in brackets behind it. So the daemons' name is localhost, if it may be.
host=$(hostname -s)
renamed=()
if unshare --uts hostname localhost 2>/dev/null; then
  host=localhost
  renamed=(unshare --uts sh -c 'hostname localhost && exec "$@"' sh)
fi
user=$(id -un)
mkdir state spool
export SLURM_CONF=$PWD/slurm.conf
controller_port=$(free_port)
cat >slurm.conf <<END
ClusterName=lesion
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller_port
SlurmdPort=$((controller_port + 1))
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/none
CredType=cred/none
SlurmUser=$user
SlurmdUser=$user
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
KillWait=2
MailProg=/bin/true
PluginDir=$plugins
StateSaveLocation=$PWD/state
SlurmdSpoolDir=$PWD/spool
SlurmctldPidFile=$PWD/slurmctld.pid
SlurmdPidFile=$PWD/slurmd.pid
NodeName=one NodeHostname=$host NodeAddr=127.0.0.1 CPUs=3 RealMemory=3000
PartitionName=all Nodes=one Default=YES State=UP
END
# From 24.05 on Slurm does not start without a cgroup of its own, and knows this word.
[ "$(slurmctld -V | sed 's/^[^ ]* \([0-9]*\).*/\1/')" -lt 24 ] || echo CgroupPlugin=disabled >cgroup.conf

# within SECONDS COMMAND...: until it succeeds.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}

daemons=()
stop_slurm() {
  [ ${#daemons[@]} -gt 0 ] || return 0
  scancel --user="$user" --state=PENDING
  scancel --user="$user"
  within 10 queue_is_empty
  kill "${daemons[@]}" 2>/dev/null
  within 10 daemons_are_gone || kill -9 "${daemons[@]}" 2>/dev/null
  wait "${daemons[@]}" 2>/dev/null
  daemons=()
}
queue_is_empty() { [ -z "$(squeue -h)" ]; }
daemons_are_gone() { ! kill -0 "${daemons[@]}" 2>/dev/null; }
trap stop_slurm EXIT
trap 'exit 130' INT TERM HUP

"${renamed[@]}" slurmctld -D >controller.log 2>&1 &
daemons+=($!)
"${renamed[@]}" slurmd -D -N one >node.log 2>&1 &
daemons+=($!)
node_is_idle() { [ "$(sinfo -h -o %T)" = idle ]; }
if ! within 20 node_is_idle; then
  tail -n 5 controller.log; tail -n 5 node.log
  [ "$(id -u)" -eq 0 ] || skip 'this user cannot start Slurm'
  fail 'Slurm does not start'
  exit 1
fi

# ---- three shards and their merge ----
# submits SHARDS DIR: sets array and merge to the job numbers.
submits() {
  expect 0 "$submit" "$1" "$2" --cpus-per-task=1 --mem=500 -- "${sweep[@]}"
  array=$(sed -n '1s/^job \([0-9]*\): .*/\1/p' out)
  merge=$(sed -n '2s/^job \([0-9]*\): .*/\1/p' out)
}
state_of() { scontrol -o show job "$1" | sed -n 's/.* JobState=\([A-Z]*\) .*/\1/p'; }
is_in() { [ "$(state_of "$1")" = "$2" ]; }
is_over() { [[ $(state_of "$1") =~ ^(COMPLETED|FAILED|CANCELLED)$ ]]; }
# completes DIR: the merge job does, and its run is the whole one.
completes() {
  if ! within 120 is_over "$merge" || ! is_in "$merge" COMPLETED; then
    fail "$1: not merged: $(squeue -h -o '%i %T %r'; tail -n 6 "$1"/*.log controller.log node.log)"
  fi
  rm -rf "$1/whole/tables"
  diff -r whole "$1/whole" >/dev/null 2>&1 || fail "$1: the merged run is another"
}
expect 0 "$LESION" "${sweep[@]}" --quiet --run whole
submits 3 'a run, 100%a'
completes 'a run, 100%a'
grep -q 'shard 3 of 3' 'a run, 100%a/shard-3.log' || fail 'shard 3 has no log'
submits '3%1' 'a run, 100%a'
completes 'a run, 100%a'

# ---- ended in their middle ----
# holding: lesion that is stopped once, in the middle of a shard named in the file hold.
cat >holding <<END
#!/usr/bin/env bash
shard=\${*: -1}
if [ -e "$PWD/hold-\${shard%/*}" ]; then
  rm "$PWD/hold-\${shard%/*}"
  pid=\$\$
  (
    run=\${*: -3:1}
    until [ -e "\$run/run.json" ]; do sleep 0.01; done
    sleep 0.1
    kill -STOP \$pid && echo \$pid >"$PWD/pid-\${shard%/*}"
  ) &
fi
exec "$LESION" "\$@"
END
chmod +x holding
# hold SHARD...: waits until the array's tasks of these are stopped in their middle.
hold() { touch "${@/#/hold-}"; rm -f "${@/#/pid-}"; }
held() {
  local shard
  for shard in "$@"; do within 30 test -s "pid-$shard" || fail "shard $shard does not start"; done
}

# Killed: the task fails, nothing is merged, and the same command does what is left.
hold 2
LESION=$PWD/holding submits 3 killed
held 2
kill -9 "$(cat pid-2)"
within 60 is_in "$merge" CANCELLED || fail "a merge job whose shard failed is $(state_of "$merge")"
[ ! -e killed/whole ] || fail 'merged though a shard failed'
submits 3 killed
completes killed

# Queued again by Slurm, as by preemption, and by the task itself near its time limit;
# Slurm lets such tasks wait for minutes, which the test does not.
hold 1 3
LESION=$PWD/holding submits 3 requeued
held 1 3
scancel --signal=USR1 --batch "${array}_3"
kill -CONT "$(cat pid-3)"
scontrol requeue "${array}_1"
for shard in 1 3; do
  within 60 is_in "${array}_$shard" PENDING || fail "shard $shard is $(state_of "${array}_$shard"), not queued again"
  scontrol update jobid="${array}_$shard" starttime=now
done
completes requeued
grep -q 'start 2' requeued/shard-2.log && fail 'shard 2 was queued again, too'
for shard in 1 3; do
  grep -q "shard $shard of 3 .* start 2" "requeued/shard-$shard.log" || fail "shard $shard was not started twice"
done
grep -q 'queued again' requeued/shard-3.log && grep -q 'interrupted' requeued/shard-3.log || fail 'USR1 does not end shard 3'

stop_slurm
finish
