#!/usr/bin/env python3
"""Figures of the daemon as a whole: start, restart from a snapshot, idle cost with 100 agents, and `ps`.

    benchmarks/footprint.py [start|idle|ps ...] [--rounds N] [--idle-seconds N]

The start is compared with the limit (a JVM that does nothing, started in the same rounds); the others with the figures
that docs/ARCHITECTURE.md promises. CPU time is that of the whole process, from /proc.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "itests" / "e2e"))
from daemon import Daemon, STRATOSWARM, sh  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_kib(pid, name):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise KeyError(name)


def row(name, values, unit):
    print(f"{name:<44}{min(values):>10.2f}{statistics.median(values):>10.2f}{max(values):>10.2f}  {unit}")


def start(rounds):
    """From exec of the command to the ready line: all bundles active and the socket answering."""
    jdk = subprocess.run([STRATOSWARM, "jdk"], capture_output=True, text=True, check=True).stdout.strip()
    walls, cpus, bare = [], [], []
    for number in range(rounds + 1):
        daemon = Daemon()
        try:
            began = time.monotonic()
            out = open(daemon.root / "out", "w+")
            daemon.process = subprocess.Popen([STRATOSWARM, "daemon", "--data", str(daemon.data)], stdout=out, stderr=out)
            while " ready" not in (daemon.root / "out").read_text():
                time.sleep(0.005)
                if daemon.process.poll() is not None or time.monotonic() - began > 60:
                    raise RuntimeError((daemon.root / "out").read_text())
            wall = time.monotonic() - began
            if number > 0:  # The first round makes what later starts reuse.
                walls.append(wall)
                cpus.append(cpu_seconds(daemon.process.pid))
                began = time.monotonic()
                subprocess.run([f"{jdk}/bin/java", "-XX:+UseSerialGC", "-version"], capture_output=True, check=True)
                bare.append(time.monotonic() - began)
        finally:
            daemon.close()
    row("start to all bundles active, wall", walls, "s")
    row("start to all bundles active, CPU", cpus, "s")
    row("java -version in the same rounds", bare, "s")
    row("ratio of wall times", [a / b for a, b in zip(walls, bare)], "x")


def idle(rounds, seconds):
    """Resident memory, keepers, CPU and events of a daemon with 100 idle agents."""
    daemon = Daemon().start()
    try:
        daemon.apply("idle", [{"id": "a", "replicas": 100, "command": sh("exec sleep 100000")}])
        daemon.until(lambda: sum(a["phase"].upper() == "READY" for a in daemon.agents().values()) == 100, 60, "100 ready")
        time.sleep(20)
        pid = daemon.json("status")["pid"]
        size = len(daemon.events())
        cpu = cpu_seconds(pid)
        time.sleep(seconds)
        used = (cpu_seconds(pid) - cpu) / seconds
        events = (len(daemon.events()) - size) * 3600 / seconds
        keepers = [p for p in daemon.leftovers() if b"keeper" in Path(f"/proc/{p}/cmdline").read_bytes()]
        print(f"{'daemon RSS':<44}{memory_kib(pid, 'Rss') / 1024:>10.1f}  MiB (at most 150)")
        if keepers:
            pss = [memory_kib(p, "Pss") for p in keepers]
            print(f"{'keeper PSS, mean and maximum':<44}{statistics.mean(pss):>10.0f}{max(pss):>10}  KiB (at most 1024), {len(keepers)} keepers")
        print(f"{'CPU':<44}{used * 100:>10.2f}  % of a core (at most 0.5)")
        print(f"{'events':<44}{events:>10.0f}  an hour (at most 60)")
    finally:
        daemon.close()


def ps(rounds):
    """`stratoswarm ps` of 100 agents, whole process."""
    daemon = Daemon().start()
    try:
        daemon.apply("idle", [{"id": "a", "replicas": 100, "command": sh("exec sleep 100000")}])
        daemon.until(lambda: sum(a["phase"].upper() == "READY" for a in daemon.agents().values()) == 100, 60, "100 ready")
        time.sleep(5)
        walls, cpus = [], []
        for _ in range(rounds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            began = time.monotonic()
            daemon.ok("ps")
            walls.append(time.monotonic() - began)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        row("stratoswarm ps, 100 agents, wall", walls, "s (at most 0.4)")
        row("stratoswarm ps, 100 agents, CPU", cpus, "s")
    finally:
        daemon.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", nargs="*", default=["start", "idle", "ps"])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--idle-seconds", type=int, default=120)
    options = parser.parse_args()
    # Wall times on a busy machine say little; CPU times and ratios within one run say more.
    print("load average at the start:", " ".join(f"{load:.1f}" for load in os.getloadavg()), "on", os.cpu_count(), "processors")
    print(f"{'figure':<44}{'min':>10}{'median':>10}{'max':>10}")
    for figure in options.figures:
        if figure == "start":
            start(options.rounds)
        elif figure == "idle":
            idle(options.rounds, options.idle_seconds)
        elif figure == "ps":
            ps(options.rounds)
        else:
            parser.error(f"unknown figure {figure}; known are start, idle and ps")


if __name__ == "__main__":
    main()
