#!/usr/bin/env python3
"""What sampling 1,000 agents once a second costs, beside tools that look at the same processes in the same minute.

    benchmarks/sampling.py [--agents N] [--seconds N] [--rounds idle,active]

The agents are real ones of a real daemon, each a process of its own under its own keeper: in the round "idle" `sleep`, in the round
"active" a perl that wakes twice a second, reads from /dev/zero and writes to /dev/null, so that each has run before each look; in the round "mixed" half of
them are of the one kind and half of the other. All fields are on but PSS. In the round "failing" twenty of the active ones
fail three times a minute, and are healed. In the round "logs" ten agents print 5,000 lines a second together, and the cost of a line in the thread that puts lines to
templates stands beside that in the thread that captures them. The cost is the processor time of the thread "metrics-sampler" as the kernel counts it (reading, and handing over to the store),
beside that the store's own thread, and all of the daemon. The limit is a program in C that reads the same files of these agents and does nothing else,
and another that reads what is read in turns as well, context switches and pressure (`peers/reader`, where there is a C compiler). Peers: `top -b -d 1`, `pidstat -u -r -d -w -v 1` of sysstat and
`prometheus-process-exporter`, which is asked once a second, each only where it is installed.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "itests" / "e2e"))
from daemon import Daemon  # noqa: E402

ACTIVE = (
    "open(my $z, '<', '/dev/zero'); open(my $n, '>', '/dev/null');"
    "while (1) { sysread($z, my $b, 4096); syswrite($n, $b); select(undef, undef, undef, 0.5); }"
)
PRINTING = (
    "$| = 1; my $i = 0; while (1) { print join('', map { $i++; \"request $i from 10.0.0.$_ took ${i}ms, status 200\\n\" } 1..100);"
    " select(undef, undef, undef, 0.2); }"
)
COMMANDS = {
    "idle": ["/bin/sleep", "1000000"],
    "active": ["/usr/bin/perl", "-e", ACTIVE],
    "logs": ["/usr/bin/perl", "-e", PRINTING],
}
PRINTERS = 10
HEALING = ("healing", "foresight", "prediction")
# One in fifty fails about three times a minute, so that healing has cases all the time.
FAILING = 20
FAILS = ["/usr/bin/perl", "-e", "sleep 10 + rand 20; print STDERR \"cannot open the database\\n\"; exit 1"]
OFTEN = {"policy": "always", "initial": "200ms", "max": "1s", "intensity": 1000, "window": "60s"}


def nodes(kind, count):
    if kind == "mixed":
        return [{"id": "agent", "command": COMMANDS["active"], "replicas": count // 2},
                {"id": "idle", "command": COMMANDS["idle"], "replicas": count - count // 2}]
    if kind != "failing":
        return [{"id": "agent", "command": COMMANDS[kind], "replicas": count}]
    return [{"id": "agent", "command": COMMANDS["active"], "replicas": count - FAILING},
            {"id": "ill", "command": FAILS, "replicas": FAILING, "restart": OFTEN}]


def nanos(task):
    """Time on a processor, from schedstat, which counts nanoseconds."""
    return int(Path(f"{task}/schedstat").read_text().split()[0])


def threads(pid):
    found: dict[str, int] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            name = (task / "comm").read_text().strip()
            found[name] = found.get(name, 0) + nanos(task)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def process_nanos(pid):
    return sum(nanos(task) for task in Path(f"/proc/{pid}/task").iterdir())


def java(pid):
    """The JVM below the script that was started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else pid


class Unusable(Exception):
    """A peer that does not work here."""


class Exporter:
    """prometheus-process-exporter, asked once a second."""

    name = "prometheus-process-exporter"

    def __init__(self):
        self.process = subprocess.Popen(
            ["prometheus-process-exporter", "-web.listen-address", "127.0.0.1:19256", "-procnames", "sleep,perl",
             "-threads=false", "-gather-smaps=false"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen("http://127.0.0.1:19256/metrics", timeout=10).read()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    self.process.kill()
                    raise Unusable(f"{self.name} gave no answer within 30 s; it is left out")
                time.sleep(0.2)

    def second(self):
        try:
            urllib.request.urlopen("http://127.0.0.1:19256/metrics", timeout=5).read()
        except OSError as e:
            raise SystemExit(f"prometheus-process-exporter does not answer: {e}")


class Tool:
    def __init__(self, name, command, environment=None):
        self.name = name
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={**os.environ, **(environment or {})})

    def second(self):
        pass


class BareReader(Tool):
    """What reading the files costs by itself."""

    def __init__(self, program, name, files):
        self.name = name
        with tempfile.TemporaryFile() as names:
            names.write("".join(each + "\n" for each in files).encode())
            names.seek(0)
            self.process = subprocess.Popen([program], stdin=names)


def bare_readers(pid, folder) -> list[Callable[[], Tool | Exporter]]:
    if not shutil.which("cc"):
        print("no C compiler is here: the limit is left out")
        return []
    program = f"{folder}/reader"
    subprocess.run(["cc", "-O2", "-o", program, str(Path(__file__).parent / "peers" / "reader" / "reader.c")], check=True)
    links = [os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir()]
    usual = [each for each in links if re.match(r"/proc/\d+/(stat|io|fd)$|/sys/fs/cgroup/.*stratoswarm-", each)]
    usual.sort(key=lambda each: (each.count("/"), each))  # What adds up for many groups lies above them, and comes first.
    # Members are listed seldom; context switches and pressure in turns, where the share does not suffice.
    usual = [each for each in usual if not re.search(r"cgroup.procs$|pressure$", each)]
    turns = [re.sub("stat$", "status", each) for each in usual if re.match(r"/proc/\d+/stat$", each)]
    turns += [f"{Path(each).parent}/{what}.pressure" for each in usual if each.endswith("/cpu.stat") for what in ("cpu", "memory", "io")]
    turns = [each for each in turns if Path(each).exists()]
    kinds = sorted({Path(each).name for each in usual})
    print(f"files that are read of the agents: {len(usual)} ({', '.join(kinds)}) and, in turns, {len(turns)}")
    return [lambda: BareReader(program, "reading the first of these, in C", usual),
            lambda: BareReader(program, "reading all of these, in C", usual + turns)]


def peers() -> list[Callable[[], Tool | Exporter]]:
    found: list[Callable[[], Tool | Exporter]] = []
    if shutil.which("top"):
        found.append(lambda: Tool("top -b -d 1 (all processes of the host)", ["top", "-b", "-d", "1"]))
    if shutil.which("pidstat"):
        found.append(lambda: Tool("pidstat -u -r -d -w -v 1", ["pidstat", "-u", "-r", "-d", "-w", "-v", "-p", "ALL", "1"]))
    if shutil.which("prometheus-process-exporter"):
        found.append(Exporter)
    return found


class Nobody:
    """No peer."""

    name = "nothing beside it"
    process = None

    def second(self):
        pass


def measure(daemon, agents, seconds, kind):
    """One window of time for each peer: two that look at the same files at once would find them in each other's caches."""
    pid = java(daemon.process.pid)
    folder = tempfile.mkdtemp(prefix="stratoswarm-sampling-")
    try:
        print(f"\n{agents} agents, {kind}, {seconds} s each, % of a core")
        limits = [] if kind == "failing" else bare_readers(pid, folder)  # Files of what fails go away.
        for begin in [Nobody, *limits, *peers()]:
            try:
                peer = begin()
            except Unusable as e:
                print(e)
                continue
            try:
                time.sleep(3)
                compare(daemon, pid, peer, seconds)
            finally:
                if peer.process:
                    peer.process.terminate()
                    peer.process.wait()
    finally:
        shutil.rmtree(folder)
    told(daemon)


def compare(daemon, pid, peer, seconds):
    put_off = own(daemon).get("sampler_deferred_total", 0)
    time.sleep(2)  # What that asked of the daemon is over.
    before, whole = threads(pid), process_nanos(pid)
    peer_before = process_nanos(peer.process.pid) if peer.process else 0
    began = time.monotonic()
    for i in range(seconds):
        peer.second()
        time.sleep(max(0, began + i + 1 - time.monotonic()))
    took = time.monotonic() - began
    after, whole_after = threads(pid), process_nanos(pid)

    def share(nanoseconds):
        return 100 * nanoseconds / 1e9 / took

    put_off = (own(daemon).get("sampler_deferred_total", 0) - put_off) / took
    cost = {name: share(after[name] - before.get(name, 0)) for name in after}
    if peer.process:
        print(f"{peer.name:<58}{share(process_nanos(peer.process.pid) - peer_before):>8.2f}")
        print(f"{'  sampler beside it':<58}{cost.get('metrics-sampler', 0):>8.2f}   {put_off:.0f} readings a second put off")
        return
    print(f"{'sampler':<58}{cost.get('metrics-sampler', 0):>8.2f}   limit 3.00; {put_off:.0f} readings a second put off")
    for name in sorted(after):
        if cost[name] >= 0.05 and not name.startswith("metrics-sample"):
            print(f"{'  thread ' + name:<58}{cost[name]:>8.2f}")
    heals = sum(cost[name] for name in after if any(part in name for part in HEALING))
    print(f"{'healing (its reactor, watches, alarms, predictions)':<58}{heals:>8.2f}   limit 5.00")
    print(f"{'whole daemon':<58}{share(whole_after - whole):>8.2f}")


def own(daemon):
    """What the sampler tells of itself."""
    samples = json.loads(daemon.ok("metrics", "host", "--json"))["samples"]
    return {sample["name"]: sample["value"] for sample in samples if sample["name"].startswith("sampler_")}


def told(daemon):
    print("  " + ", ".join(f"{name} {value:.4g}" for name, value in sorted(own(daemon).items())))
    example = json.loads(daemon.ok("metrics", "bench/agent.0", "--json"))["samples"]
    print(f"  series of one agent: {len(example)}")


def mined(daemon):
    return sum(t["lines"] for t in json.loads(daemon.ok("logs", "--templates", "bench", "--json"))["templates"])


def lines(daemon, seconds):
    pid = java(daemon.process.pid)
    before, count = threads(pid), mined(daemon)
    time.sleep(seconds)
    after, count = threads(pid), mined(daemon) - count
    print(f"\n{PRINTERS} agents that print, {seconds} s, {count / seconds:.0f} lines a second")
    for thread, what in (("agent-output-pu", "capture"), ("log-miner", "templates")):
        spent = after[thread] - before[thread]
        print(f"{what + ', ns a line':<58}{spent / max(1, count):>8.0f}   {100 * spent / 1e9 / seconds:.2f} % of a core")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", default="idle,active,logs")
    arguments = parser.parse_args()
    for kind in arguments.rounds.split(","):
        count = PRINTERS if kind == "logs" else arguments.agents
        daemon = Daemon()
        try:
            daemon.start()
            daemon.ok("config", "set", "stratoswarm.metrics", "sample.pssSeconds=0")
            daemon.apply("bench", nodes(kind, count))
            daemon.until(
                lambda: sum(a["phase"] == "ready" for a in daemon.agents().values()) >= count - FAILING,
                600, "all agents are ready")
            # The compiler of the JVM is done with what is hot, and the first look at each agent is over.
            time.sleep(45)
            if kind == "logs":
                lines(daemon, arguments.seconds)
            else:
                measure(daemon, arguments.agents, arguments.seconds, kind)
        finally:
            daemon.cli("shutdown", seconds=600)  # A thousand agents take their time.
            left = daemon.close()
            if left:
                print(f"{len(left)} processes were left over, and were killed", file=sys.stderr)


if __name__ == "__main__":
    main()
