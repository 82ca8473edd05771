#!/bin/sh
# Runs a systemd user manager in namespaces of its own, with its sockets and its home in the folder $1, until its input
# ends. Everything it has started dies with it.
set -eu
scratch=$1

# A control group of its own, because systemd rearranges the one that it finds itself in.
for root in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
  group=$root/codexcomp-test-$$
  if [ -w "$root/cgroup.procs" ] && mkdir "$group" 2>/dev/null; then
    echo $$ >"$group/cgroup.procs" || true
    echo "$group" >>"$scratch/groups"
  fi
done

exec unshare --mount --pid --fork --kill-child --mount-proc --propagation private sh -eu -c '
  mount -t tmpfs tmpfs /run
  # What makes systemd believe that the machine was booted by it.
  mkdir -p /run/systemd/system
  dbus-daemon --session --nofork --address="unix:path=$1/run/bus" &
  # Not by exec: as process 1 it would take itself for the manager of the machine.
  /lib/systemd/systemd --user --log-target=console --log-level=notice &
  read -r _ || true
' sh "$scratch"
