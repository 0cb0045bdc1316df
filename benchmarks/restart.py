#!/usr/bin/env python3
"""Time from SIGKILL of a supervised program to the new one running, for Stratoswarm and its peers in one run.

Every supervisor runs the same program, a shell that appends its pid and start time to a file and then sleeps, so the cost
of the program is in every row alike. Rounds go over the supervisors in turn, so that a noisy machine is noisy for all.
A peer that is not installed is reported as such and left out.

    benchmarks/restart.py [--rounds N] [--only NAME,NAME]

Peers come from packages: runit, s6, supervisor, monit (Debian), pm2 (npm, found on the PATH).
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
PROGRAM = """#!/bin/sh
echo $$ $(date +%s%N) >> {log}
exec sleep 100000
"""


class Peer:
    """One supervisor with one service whose starts are logged to a file."""

    name = "?"
    binary = "?"

    def __init__(self, folder: Path):
        self.folder = folder
        self.log = folder / "starts"
        self.program = folder / "program"
        self.program.write_text(PROGRAM.format(log=self.log))
        self.program.chmod(0o755)
        self.processes = []

    def start(self):
        raise NotImplementedError

    def spawn(self, *command, **options):
        out = open(self.folder / "supervisor.log", "ab")
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, **options)
        self.processes.append(process)
        return process

    def starts(self):
        if not self.log.exists():
            return []
        return [tuple(map(int, line.split())) for line in self.log.read_text().splitlines() if " " in line]

    def await_starts(self, count, seconds):
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            found = self.starts()
            if len(found) >= count:
                return found
            time.sleep(0.002)
        raise TimeoutError(f"{self.name}: no start number {count} within {seconds} s; see {self.folder}")

    def kill_once(self):
        before = self.starts()
        pid = before[-1][0]
        killed = time.time_ns()
        os.kill(pid, signal.SIGKILL)
        after = self.await_starts(len(before) + 1, 90)
        return (after[len(before)][1] - killed) / 1e6

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        for pid, _ in self.starts()[-1:]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


class Runit(Peer):
    name, binary = "runit", "runsv"

    def start(self):
        service = self.folder / "service"
        service.mkdir()
        shutil.copy(self.program, service / "run")
        self.spawn("runsv", str(service))


class S6(Peer):
    name, binary = "s6", "s6-supervise"

    def start(self):
        service = self.folder / "service"
        service.mkdir()
        shutil.copy(self.program, service / "run")
        self.spawn("s6-supervise", str(service))


class Supervisord(Peer):
    name, binary = "supervisord", "supervisord"

    def start(self):
        config = self.folder / "supervisord.conf"
        config.write_text(
            f"[supervisord]\nnodaemon=true\nlogfile={self.folder}/d.log\npidfile={self.folder}/d.pid\n"
            f"[program:x]\ncommand={self.program}\nautorestart=true\nstartsecs=1\n"
        )
        self.spawn("supervisord", "-c", str(config))


class Monit(Peer):
    name, binary = "monit", "monit"

    def start(self):
        pidfile = self.folder / "program.pid"
        launch = self.folder / "launch"
        launch.write_text(f"#!/bin/sh\nsetsid {self.program} >/dev/null 2>&1 &\necho $! > {pidfile}\n")
        launch.chmod(0o755)
        config = self.folder / "monitrc"
        config.write_text(
            f"set daemon 1\nset pidfile {self.folder}/m.pid\nset idfile {self.folder}/m.id\nset statefile {self.folder}/m.st\n"
            f'check process x with pidfile {pidfile}\n  start program = "{launch}"\n  stop program = "/bin/true"\n'
        )
        config.chmod(0o600)
        self.spawn("monit", "-I", "-c", str(config))


class Pm2(Peer):
    name, binary = "pm2", "pm2"

    def environment(self):
        return {**os.environ, "PM2_HOME": str(self.folder / "pm2")}

    def start(self):
        subprocess.run(
            ["pm2", "start", str(self.program), "--name", "x", "--interpreter", "/bin/sh"],
            env=self.environment(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )

    def stop(self):
        subprocess.run(["pm2", "kill"], env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        super().stop()


class Stratoswarm(Peer):
    name, binary = "stratoswarm", str(HOME / "stratoswarm")

    def start(self):
        self.data = self.folder / "data"
        self.spawn(self.binary, "daemon", "--data", str(self.data))
        limit = time.monotonic() + 60
        while subprocess.run([self.binary, "status", "--data", str(self.data)], capture_output=True).returncode != 0:
            if time.monotonic() > limit:
                raise TimeoutError(f"stratoswarm did not start; see {self.folder}/supervisor.log")
            time.sleep(0.2)
        manifest = {
            "name": "bench",
            "nodes": [{"id": "x", "command": [str(self.program)], "restart": {"resetAfter": "1s", "intensity": 100000}}],
        }
        path = self.folder / "bench.json"
        path.write_text(json.dumps(manifest))
        subprocess.run([self.binary, "apply", "--yes", "--data", str(self.data), str(path)], check=True, capture_output=True)

    def stop(self):
        subprocess.run([self.binary, "shutdown", "--data", str(self.data)], capture_output=True)
        super().stop()


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100, help="kills of each supervisor's program (default 100)")
    parser.add_argument("--only", default="", help="comma-separated names")
    options = parser.parse_args()
    only = set(filter(None, options.only.split(",")))
    root = Path(tempfile.mkdtemp(prefix="restart-bench-"))
    peers, times = [], {}
    try:
        for kind in (Stratoswarm, Runit, S6, Supervisord, Monit, Pm2):
            if only and kind.name not in only:
                continue
            if not shutil.which(kind.binary):
                print(f"{kind.name}: not installed, left out", file=sys.stderr)
                continue
            folder = root / kind.name
            folder.mkdir()
            peer = kind(folder)
            peers.append(peer)
            peer.start()
            peer.await_starts(1, 30)
            times[peer.name] = []
        for _ in range(options.rounds):
            # Longer than runit's pause of one second between starts, so that no supervisor holds a start back.
            time.sleep(1.3)
            for peer in peers:
                times[peer.name].append(peer.kill_once())
    finally:
        for peer in peers:
            peer.stop()
        shutil.rmtree(root, ignore_errors=True)
    base = times.get("runit")
    print(f"{'supervisor':<14}{'p50 ms':>10}{'p99 ms':>10}{'p50/runit':>11}{'p99/runit':>11}   ({options.rounds} kills each)")
    for name, values in times.items():
        p50, p99 = statistics.median(values), quantile(values, 0.99)
        ratios = f"{p50 / statistics.median(base):>11.2f}{p99 / quantile(base, 0.99):>11.2f}" if base else ""
        print(f"{name:<14}{p50:>10.2f}{p99:>10.2f}{ratios}")


if __name__ == "__main__":
    main()
