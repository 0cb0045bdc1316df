#!/bin/sh
# Samples one part of this host five times a second and prints numbered records: SOURCE INCARNATION NUMBER VALUE
source=$1

load() { read -r value rest </proc/loadavg; }

# MiB that programs could still have.
memory() {
    while read -r key kilobytes unit; do
        [ "$key" = MemAvailable: ] && value=$((kilobytes / 1024)) && return
    done </proc/meminfo
}

# MiB read and written by all block devices since boot.
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
    echo "$source $STRATOSWARM_INCARNATION $number $value"
    sleep 0.2
done
