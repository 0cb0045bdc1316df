#!/bin/sh
# Follows the journal of the daemon that runs it, and prints its events, a JSON object a line. While the daemon is down it tries
# again, from the event after the last one it saw.
next=0
seen=$(mktemp)
trap 'rm -f "$seen"; exit 0' TERM INT
while :; do
    "$1" events --follow --from "$next" --json 2>/dev/null | while read -r line; do
        sequence=${line#*\"sequence\":}
        sequence=${sequence%%[!0-9]*}
        echo "$line"
        echo $((sequence + 1)) >"$seen"
    done &
    wait $!
    read -r next <"$seen" || next=0
    sleep 0.5
done
