#!/bin/sh
# What a newcomer waits: a fresh clone, an empty Maven cache, to the end of the demo. Needs a network with Maven Central.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d "${TMPDIR:-/var/tmp}/fresh-XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
git clone -q . "$work/stratoswarm"
began=$(date +%s)
MAVEN_OPTS="-Dmaven.repo.local=$work/repository" "$work/stratoswarm/stratoswarm" version >/dev/null
built=$(date +%s)
"$work/stratoswarm/stratoswarm" demo
ended=$(date +%s)
echo "build with an empty cache: $((built - began)) s; demo: $((ended - built)) s; together: $((ended - began)) s (at most 300 wanted)"
