#!/usr/bin/env python3
"""Records seeded faults and healthy bursts under a real daemon: what was measured and printed in the window before each failure.

    benchmarks/faults/record.py --out DIR [--kinds leak-slow,fd-leak|faults|bursts|known|heldout|all] [--count 6] [--seed 1]
                                [--scale 20] [--interval 200] [--at-once 14]

One JSON file for each case, KIND-SEED.json (docs/fault-bench.md has the format). Cases that are there already are not recorded again, so
a campaign that was cut off goes on. A case whose service failed before its fault began, or did not fail, is named and not written.
"""

import argparse
import concurrent.futures
import json
import signal
import sys
import threading
import time
from pathlib import Path

from cases import PATIENT, Case, unavailable
from host import Daemon, moment, stamp
from kinds import KINDS

WINDOW = 1800
# Of the host there is what a learner may ask of it; of agents everything.
HOST = {
    "cpu_seconds_total", "context_switches_total", "pressure_stalled_seconds_total", "load1", "processes", "processes_running",
    "processes_blocked", "forks_total", "memory_available_bytes", "memory_free_bytes", "memory_cached_bytes", "memory_dirty_bytes",
    "out_of_memory_kills_total", "disk_io_time_seconds_total", "disk_written_bytes_total", "tcp_retransmitted_segments_total", "open_fds",
    "swap_free_bytes", "temperature_celsius",
}


class Load:
    """How many processors' worth of ill cases may burn at a time; a case that takes all of one waits until the others are done."""

    def __init__(self, most):
        self.free, self.changed = most, threading.Condition()

    def take(self, weight):
        with self.changed:
            self.changed.wait_for(lambda: self.free >= weight)
            self.free -= weight

    def give(self, weight):
        with self.changed:
            self.free += weight
            self.changed.notify_all()


class Recorder:
    def __init__(self, options):
        self.options = options
        self.daemon = Daemon({"stratoswarm.metrics": {
            "sample.intervalMillis": options.interval, "sample.maxCpuPercent": 25, "max.mebibytes": 4096,
        }, "stratoswarm.console": {"listen": "none"}}, options.keep)
        self.api = self.daemon.api
        self.load = Load(options.heavy)
        self.cases, self.lock, self.running = {}, threading.Lock(), True
        self.written = self.failed = 0

    def watch(self):
        """Hands each event to its case, and then to `heard`."""
        since = self.api.size()
        while self.running:
            for event in self.api.events(since):
                since = event["sequence"] + 1
                graph = event["subject"].partition("/")[2].partition("/")[0]
                with self.lock:
                    case = self.cases.get(graph)
                if case:
                    case.take(event)
                self.heard(event)
            time.sleep(0.25)

    def heard(self, event):
        """For who wants more than the events of a case."""

    def one(self, number, kind, seed):
        path = self.options.out / f"{kind}-{seed}.json"
        if path.exists() or not self.running:
            return
        case = Case(kind, seed, self.options.scale, f"c{number}", self.daemon.root, self.options.port + 4 * number)
        with self.lock:
            self.cases[case.graph] = case
        weight = case.kind.heavy
        try:
            case.apply(self.api)
            self.wait(case, case.began + case.well)
            self.load.take(weight)
            try:
                if not case.failure:
                    case.begin(self.api)
                problem = self.await_end(case)
                if problem is None:
                    # The last samples and lines are taken in.
                    time.sleep(1)
                    record = self.describe(case)
            finally:
                self.load.give(weight)
            if problem is None:
                beside = path.with_suffix(".part")
                beside.write_text(json.dumps(record, separators=(",", ":")))
                beside.rename(path)
                self.written += 1
            else:
                self.failed += 1
            took = ""
            if case.failure and case.onset:
                took = f"{(stamp(case.failure) - case.onset) * case.scale / 60:5.1f} min after its onset"
            print(f"{time.strftime('%H:%M:%S')} {kind:18} {seed:4} {problem or 'recorded':40} {took}", flush=True)
        finally:
            case.close(self.api)
            with self.lock:
                del self.cases[case.graph]

    def await_end(self, case):
        scale = self.options.scale
        if case.kind.healthy:
            # The window ends in the burst as well as after it.
            until = case.onset + case.chance.uniform(60, 700) / scale if case.onset else 0
            self.wait(case, until)
            case.until = time.time()
            return "failed, though it is healthy" if case.failure else None
        limit = time.time() + 3000 / scale + 15
        self.wait(case, limit)
        if case.failure is None:
            return "did not fail"
        if case.premature():
            return f"failed before its fault: {case.failure['type']} {case.failure['payload'].get('exit', '')}"
        case.until = stamp(case.failure)
        return None

    def wait(self, case, until):
        """Until then, or until it has failed."""
        while time.time() < until and not case.failure:
            if not self.running:
                raise KeyboardInterrupt
            time.sleep(0.1)

    def describe(self, case):
        to = int(case.until * 1000)
        begin = max(int(case.began * 1000), to - WINDOW * 1000 // self.options.scale)
        failure = case.failure
        log = [{"timeMillis": int(moment(line["time"]) * 1000), "stream": line["stream"], "text": line["text"]}
               for line in self.api.lines("logs", agent=case.agent, lines=2000)]
        return {
            "kind": case.kind.name, "class": case.kind.true_class, "heldOut": case.kind.held_out, "gradual": case.kind.gradual,
            "shows": case.kind.shows, "seed": case.seed, "scale": case.scale, "intervalMillis": self.options.interval, "agent": case.agent,
            "spec": self.declared(case),
            "onsetMillis": int(case.onset * 1000), "failureMillis": None if failure is None else to,
            "event": failure,
            "cures": [{"action": c.action, "target": c.target, "effect": c.effect, "why": c.why} for c in case.kind.cures],
            "fromMillis": begin, "toMillis": to,
            "series": [one for subject in (case.agent, *case.neighbours(), "host") for one in self.series(subject, begin, to)],
            "log": [line for line in log if begin <= line["timeMillis"] <= to],
            "templates": self.api.get("logs/templates", agent=case.agent)["templates"],
            "neighbours": {other: self.neighbour(case, other) for other in case.neighbours()},
            "events": [{"timeMillis": int(stamp(e) * 1000), **{key: e[key] for key in ("sequence", "type", "subject", "payload")}}
                       for e in case.events if begin <= stamp(e) * 1000 <= to],
        }

    def declared(self, case):
        """The specification less the arguments, which name the fault, and what its node needs."""
        spec = self.api.get("agents/" + case.agent)["spec"]
        return {**spec, "command": spec["command"][:2], "dependsOn": case.nodes[PATIENT].get("dependsOn", [])}

    def series(self, subject, begin, to):
        for one in self.api.get("metrics/query", subject=subject, name="*", **{"from": begin, "to": to + 1, "step": 0})["series"]:
            if subject != "host" or one["name"] in HOST:
                yield {key: one[key] for key in ("subject", "name", "labels", "kind", "unit", "times", "values")}

    def neighbour(self, case, other):
        its = [e for e in case.events if e["subject"] == "agent/" + other and stamp(e) <= case.until]
        return {"phase": self.api.get("agents/" + other)["phase"], "lastEvent": its[-1] if its else None}

    def all(self, do, order):
        """Does all, some at a time, and gives (number, answer, problem) of each as it ends; one that could not be done hinders no other."""
        pool = concurrent.futures.ThreadPoolExecutor(self.options.at_once)
        waiting = {pool.submit(do, number, *what): number for number, what in enumerate(order)}
        try:
            for done in concurrent.futures.as_completed(waiting):
                try:
                    yield waiting[done], done.result(), None
                except Exception as e:
                    yield waiting[done], None, f"{type(e).__name__}: {e}"
        finally:
            self.running = False
            pool.shutdown(cancel_futures=True)

    def run(self):
        options = self.options
        options.out.mkdir(parents=True, exist_ok=True)
        order = [(kind, seed) for seed in range(options.seed, options.seed + options.count) for kind in options.chosen]
        self.daemon.start()
        watcher = threading.Thread(target=self.watch, daemon=True)
        watcher.start()
        for number, _, problem in self.all(self.one, order):
            if problem:
                self.failed += 1
                print(f"{order[number]}: {problem}", file=sys.stderr, flush=True)
        print(f"{self.written} cases recorded in {options.out}, {self.failed} not")


def chosen(text):
    groups = {
        "all": list(KINDS), "faults": [k for k, v in KINDS.items() if not v.healthy], "bursts": [k for k, v in KINDS.items() if v.healthy],
        "known": [k for k, v in KINDS.items() if not v.held_out], "heldout": [k for k, v in KINDS.items() if v.held_out],
    }
    names = []
    for word in text.split(","):
        if word not in groups and word not in KINDS:
            sys.exit(f"record.py: there is no kind '{word}'; there are {', '.join([*groups, *KINDS])}")
        names += groups.get(word, [word])
    for name in dict.fromkeys(names):
        why = unavailable(name)
        if why:
            print(f"{name} is left out: {why}")
        else:
            yield name


def common(parser, port):
    # So that the daemon is stopped and disks are unmounted.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser.add_argument("--interval", type=int, default=200, help="of sampling, in milliseconds")
    parser.add_argument("--at-once", type=int, default=14)
    parser.add_argument("--heavy", type=int, default=3, help="how much of the processor ill cases may take at a time, in halves")
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument("--keep", action="store_true", help="keep the folder with data and logs")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--kinds", default="known")
    parser.add_argument("--count", type=int, default=6, help="seeds of each kind")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--scale", type=int, default=20, help="how many seconds pass in one")
    common(parser, 21_000)
    options = parser.parse_args()
    options.chosen = list(chosen(options.kinds))
    recorder = Recorder(options)
    try:
        recorder.run()
    finally:
        recorder.daemon.close()


if __name__ == "__main__":
    main()
