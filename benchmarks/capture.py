#!/usr/bin/env python3
"""Captures against gcore, in one run: how long the target stands still (by its own clock), wall time, and bytes, for a touched heap;
then a second capture after one page in a hundred was changed.

    benchmarks/capture.py [--mebibytes 512] [--rounds 3]
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "itests" / "e2e"))
from daemon import Daemon  # noqa: E402

# Half of each page cannot be compressed. A thread notes the longest time between two looks at the clock.
TARGET = """
import ctypes, mmap, os, random, signal, sys, threading, time
size = int(sys.argv[1]) << 20
block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for page in range(0, size, 4096):
    block[page:page + 4096] = os.urandom(2048) + b'half of it is alike' * 107 + bytes(15)
longest = 0.0
def change(*_):
    pages = random.Random(7).sample(range(size // 4096), size // 4096 // 100)
    for page in pages:
        block[page * 4096 + 64:page * 4096 + 128] = os.urandom(64)
    print('changed', flush=True)
def tell(*_):
    global longest
    print('longest', longest, flush=True)
    longest = 0.0
def fork(*_):
    # Of the C library, with nothing that Python does around it.
    begin = time.monotonic()
    child = libc.fork()
    took = time.monotonic() - begin
    if child == 0:
        libc._exit(0)
    os.waitpid(child, 0)
    print('forked', took, flush=True)
libc = ctypes.CDLL(None)
signal.signal(signal.SIGUSR1, change)
signal.signal(signal.SIGHUP, fork)
signal.signal(signal.SIGUSR2, tell)
print('ready', flush=True)
last = time.monotonic()
while True:
    time.sleep(0.0002)
    now = time.monotonic()
    longest = max(longest, now - last)
    last = now
"""


class Bench:
    def __init__(self, mebibytes):
        self.daemon = Daemon().start()
        self.daemon.apply("heap", [{"id": "target", "command": ["python3", "-c", TARGET, str(mebibytes)]}])
        self.daemon.until(lambda: "ready" in self.log(), 120, "the heap is filled")
        self.pid = self.daemon.agents()["heap/target"]["pid"]

    def log(self):
        return self.daemon.ok("logs", "heap/target")

    def longest(self):
        """The longest time that the target could not run since this was asked last."""
        before = self.log().count("longest")
        os.kill(self.pid, signal.SIGUSR2)
        self.daemon.until(lambda: self.log().count("longest") > before, 20, "the target tells")
        return float([line for line in self.log().splitlines() if "longest" in line][-1].split()[-1])

    def fork(self):
        """What the target's own call of fork takes: the least that a copy of it can."""
        before = self.log().count("forked")
        os.kill(self.pid, signal.SIGHUP)
        self.daemon.until(lambda: self.log().count("forked") > before, 20, "the target forks")
        return float([line for line in self.log().splitlines() if "forked" in line][-1].split()[-1])

    def change(self):
        before = self.log().count("changed")
        os.kill(self.pid, signal.SIGUSR1)
        self.daemon.until(lambda: self.log().count("changed") > before, 20, "pages are changed")

    def gcore(self):
        target = self.daemon.root / "gcore"
        self.longest()
        begin = time.monotonic()
        before = os.times()
        subprocess.run(["gcore", "-o", str(target), str(self.pid)], check=True, capture_output=True)
        wall = time.monotonic() - begin
        after = os.times()
        used = after.children_user - before.children_user + after.children_system - before.children_system
        stopped = self.longest()
        size = os.path.getsize(f"{target}.{self.pid}")
        os.unlink(f"{target}.{self.pid}")
        return {"stopped": stopped, "wall": wall, "bytes": size, "cpu": used}

    def capture(self, mode="stop-copy"):
        self.longest()
        begin = time.monotonic()
        before = self.used()
        capture = self.daemon.json("capture", "heap/target", "--mode", mode)
        wall = time.monotonic() - begin
        used = self.used() - before
        if capture["partial"]:
            raise SystemExit(f"the capture is partial: {capture}")
        return {"stopped": self.longest(), "wall": wall, "bytes": capture["storedBytes"], "cpu": used, "capture": capture}

    def used(self):
        """Seconds of the processor that the daemon has used."""
        # The script that was started has become the Java machine.
        stat = Path(f"/proc/{self.daemon.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def alone(row):
    """Seconds that the daemon itself needed; the rest of the wall time is the command line's start."""
    return row["capture"]["wallMicros"] / 1e6


def own(row):
    return f"  (daemon {alone(row) * 1000:.0f} ms)" if "capture" in row else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if not shutil.which("gcore"):
        raise SystemExit("gcore is not installed: apt install gdb")
    bench = Bench(given.mebibytes)
    try:
        bench.daemon.ok("capture", "--host-only")
        rows = []
        bare = []
        for number in range(given.rounds):
            theirs = bench.gcore()
            ours = bench.capture()
            fork = bench.capture("fork")
            bare.append(bench.fork() / theirs["stopped"])
            bench.change()
            again = bench.gcore()
            second = bench.capture()
            bench.capture("dirty")
            bench.change()
            third = bench.gcore()
            dirty = bench.capture("dirty")
            rows.append((theirs, ours, again, second, fork, third, dirty))
            print(f"round {number + 1}: load {os.getloadavg()[0]:.1f}")
            for what, row in (("gcore", theirs), ("capture", ours), ("capture, fork", fork),
                              ("gcore", again), ("capture, 1 % changed", second),
                              ("gcore", third), ("dirty, 1 % changed", dirty)):
                print(f"  {what:22} stopped {row['stopped'] * 1000:8.1f} ms  wall {row['wall'] * 1000:8.0f} ms  cpu {row['cpu'] * 1000:8.0f} ms  {row['bytes']:>11} bytes{own(row)}")
        first = rows[0][1]
        print(f"stopped, capture / gcore: "
              f"{statistics.median(r[i]['stopped'] / r[i - 1]['stopped'] for r in rows for i in (1, 3)):.3f} (to reach 0.5)")
        print(f"stopped, fork / gcore: {statistics.median(r[4]['stopped'] / r[0]['stopped'] for r in rows):.4f} (to reach 0.05);"
              f" a bare fork of the target / gcore: {statistics.median(bare):.4f}")
        print(f"second capture's bytes / first's: {statistics.median(r[3]['bytes'] for r in rows) / first['bytes']:.4f} (to reach 0.03)")
        print(f"second capture's wall / gcore's: {statistics.median(r[3]['wall'] / r[2]['wall'] for r in rows):.3f},"
              f" without the command's start {statistics.median(alone(r[3]) / r[2]['wall'] for r in rows):.3f} (to reach 0.5)")
        print(f"the same in the mode dirty: bytes {statistics.median(r[6]['bytes'] for r in rows) / first['bytes']:.4f},"
              f" wall {statistics.median(r[6]['wall'] / r[5]['wall'] for r in rows):.3f},"
              f" without the command's start {statistics.median(alone(r[6]) / r[5]['wall'] for r in rows):.3f},"
              f" stopped {statistics.median(r[6]['stopped'] / r[5]['stopped'] for r in rows):.4f}")
    finally:
        bench.daemon.close()


if __name__ == "__main__":
    main()
