#!/usr/bin/env bash
# Runs a command in a Slurm cluster of one node, this machine, which is there for that command alone:
#
#   slurm.sh COMMAND [ARGUMENTS]     as root
#
# Its daemons heed nobody who doesn't have its key, and end with the command. The exit status is the command's; 75
# when the cluster doesn't come up or down (its logs are then on standard error).
set -euo pipefail

folder=$(mktemp -d)
host=$(hostname -s)
readonly folder host

# A port that nobody listens at, below the range that Linux gives to outgoing connections.
free_port() {
  local port
  for port in $(shuf -i 10000-19999 -n 50); do
    (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# In the order in which they need each other, the last that came first.
stop() {
  while [ ${#daemons[@]} -gt 0 ]; do
    kill "${daemons[-1]}" 2>/dev/null || true
    wait "${daemons[-1]}" 2>/dev/null || true
    unset "daemons[-1]"
  done
  rm -rf "$folder"
}
daemons=()
trap stop EXIT

give_up() {
  echo "slurm.sh: $1" >&2
  tail -n 20 "$folder"/*.log >&2 || true
  exit 75
}

# Asks until the answer is yes; for ten seconds.
await() {
  local reason=$1 try
  shift
  for try in $(seq 200); do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.05
  done
  give_up "$reason (after $try tries)"
}

mkdir -p "$folder"/{state,spool}
chmod 755 "$folder"
# Munge wants its own files to be nobody else's.
install -d -m 711 "$folder/munge"
(umask 077 && head -c 128 /dev/urandom >"$folder/munge/key")
munged --foreground --force --socket="$folder/munge/socket" --key-file="$folder/munge/key" \
  --log-file="$folder/munge.log" --pid-file="$folder/munge/pid" --seed-file="$folder/munge/seed" --num-threads=1 \
  >"$folder/munged.log" 2>&1 &
daemons+=($!)

cat >"$folder/slurm.conf" <<TEXT
ClusterName=preflight
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=root
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=$folder/munge/socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=10 State=UP
TEXT
# This one does without a mounted /sys/fs/cgroup, as in containers, as long as nothing asks for control groups.
echo CgroupPlugin=cgroup/v1 >"$folder/cgroup.conf"
export SLURM_CONF=$folder/slurm.conf

await "munged doesn't answer" munge --socket="$folder/munge/socket" --no-input
slurmctld -D -c -f "$SLURM_CONF" >"$folder/slurmctld.out.log" 2>&1 &
daemons+=($!)
slurmd -D -c -f "$SLURM_CONF" >"$folder/slurmd.out.log" 2>&1 &
daemons+=($!)
is_idle() { [ "$(sinfo --noheader --format=%T)" = idle ]; }
await "the node doesn't come up" is_idle

status=0
"$@" || status=$?
# A step's own daemon lives a moment longer, and needs the others.
is_over() { [ -z "$(find "$folder/spool" -type s)" ] && is_idle; }
await "the step doesn't end" is_over
exit "$status"
