#!/bin/sh
# Samples one part of this host five times a second and writes numbered records to a named pipe:
#   SOURCE INCARNATION NUMBER VALUE
# The pipe is held open for reading and writing, so a reader that restarts is not the end of it.
source=$1
exec 3<>"$2"
echo "samples $source"

load() { read -r one rest </proc/loadavg && value=$one; }

memory() {
    while read -r key kilobytes unit; do
        [ "$key" = MemAvailable: ] && value=$((kilobytes / 1024)) && return
    done </proc/meminfo
}

# Sectors read and written by all block devices since boot, in MiB.
disk() {
    value=0
    for stat in /sys/block/*/stat; do
        [ -r "$stat" ] || continue
        read -r r1 r2 sectors_read r4 w1 w2 sectors_written rest <"$stat" && value=$((value + (sectors_read + sectors_written) / 2048))
    done
}

number=0
while :; do
    value=0
    "$source"
    number=$((number + 1))
    echo "$source $STRATOSWARM_INCARNATION $number $value" >&3
    sleep 0.2
done
