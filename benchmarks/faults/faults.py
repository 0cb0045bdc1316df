#!/usr/bin/env python3
"""The labelled fault bench: does 'debug-failure' name what really made an agent fail?

Random graphs of real programs (perl, sh, awk) run under a real daemon. In each, once it has run well for a while, one fault begins at a
known agent: a leak, a spin, a deadlock, a full disk, a killed dependency ... What is diagnosed is the first agent that fails. An answer
is right where its first factor (top-1), or one of its first three (top-3), names the agent at which the fault began; it is exact where
the factor is also of the right category. Beside it two baselines on the same window: the largest anomaly (the greatest robust z of all
series), and the most recent event before the failure.

    benchmarks/faults/faults.py [--count 100] [--seed 1] [--at-once 8] [--kinds leak,spin] [--json FILE]
"""

import argparse
import collections
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from host import PROGRAMS, Daemon, fails, stamp

NEVER = {"policy": "never"}
# kind: categories that a factor may have, and who fails first: the agent itself, one that depends on it, or a bystander.
KINDS = {
    "leak": ({"memory"}, "itself"),
    "descriptors": ({"descriptors"}, "itself"),
    "spin": ({"processor"}, "itself"),
    "crash": ({"failure"}, "dependant"),
    "fill": ({"io", "storage"}, "bystander"),
    "slow": ({"processor", "io", "other", "flow", "failure"}, "dependant"),
    "deadlock": ({"processor", "io", "other"}, "itself"),
    "children": ({"processes", "memory"}, "itself"),
    "noise": ({"processor", "processes"}, "bystander"),
    "configuration": ({"change"}, "itself"),
    "queue": ({"io", "flow", "processor"}, "dependant"),
    "killed": ({"command", "failure"}, "dependant"),
    "signal": ({"command"}, "itself"),
}
# Killed by a process that nobody knows: nothing explains it, and to name something is a false alarm. Only with --kinds.
OUTSIDE = "outside"
WELL_SECONDS = 28
LIMIT_SECONDS = 60


class Case:
    """One graph with one fault to come."""

    def __init__(self, number, kind, chance, root, shared):
        self.number, self.kind, self.chance = number, kind, chance
        self.graph = f"g{number}"
        self.folder = root / self.graph
        self.folder.mkdir()
        (self.folder / "shared").symlink_to(shared)
        self.nodes, self.flows, self.failure, self.answer = {}, [], None, None
        self.began = self.ended = 0
        self.shape()

    def who(self):
        return "itself" if self.kind == OUTSIDE else KINDS[self.kind][1]

    def service(self, name, fault="none", on=(), **keys):
        self.nodes[name] = {
            "id": name,
            "command": ["perl", str(PROGRAMS / "service.pl"), name, str(self.folder), fault, *on],
            "dependsOn": [{"node": other, "condition": "started"} for other in on],
            "restart": NEVER,
            "stop": {"grace": "1s"},
            **keys,
        }

    def shape(self):
        """A random directed graph without cycles; the culprit has a dependant where one is to fail by it."""
        kind, chance = self.kind, self.chance
        count = chance.randint(4, 7)
        names = [f"n{i}" for i in range(count)]
        on = {names[0]: []}
        for i in range(1, count):
            on[names[i]] = chance.sample(names[:i], min(i, chance.choice((1, 1, 2))))
        who = self.who()
        leads = sorted({other for others in on.values() for other in others})
        self.culprit = chance.choice(leads) if who == "dependant" else chance.choice(names)
        victim = None
        if who == "bystander":
            victim = chance.choice([name for name in names if name != self.culprit])
        for name in names:
            fault, keys = "none", {}
            if name == self.culprit:
                fault = kind if kind not in ("killed", "signal", "configuration", "queue", OUTSIDE) else "none"
                keys = {
                    "leak": {"rlimits": {"as": 220 << 20}},
                    "descriptors": {"rlimits": {"nofile": 256}},
                    "spin": {"liveness": self.beats(name)},
                    "deadlock": {"liveness": self.beats(name)},
                    "noise": {"affinity": [0]},
                    "configuration": {"environment": {"MODE": "good"}, "restart": {"initial": "500ms", "intensity": 3}},
                }.get(kind, {})
            elif name == victim:
                fault = {"fill": "state", "noise": "deadline"}[kind]
                keys = {"affinity": [0]} if kind == "noise" else {}
            self.service(name, fault, on[name], **keys)
        if kind == "queue":
            self.queue(names)
        self.label = f"{self.graph}/{self.culprit}"

    def queue(self, names):
        """A flow of records beside the services; its end keeps in memory what it cannot work off."""
        self.culprit = "feed"
        self.nodes["feed"] = {"id": "feed", "command": ["sh", str(PROGRAMS / "producer.sh"), "feed", str(self.folder)], "restart": NEVER}
        steps = [f"relay{i}" for i in range(self.chance.randint(0, 2))]
        for step in steps:
            self.nodes[step] = {"id": step, "command": ["awk", "-f", str(PROGRAMS / "relay.awk")], "restart": NEVER}
        self.nodes["store"] = {
            "id": "store", "command": ["perl", str(PROGRAMS / "hoarder.pl")], "restart": NEVER, "rlimits": {"as": 160 << 20},
        }
        path = ["feed", *steps, "store"]
        self.flows = [{"from": a, "to": b} for a, b in zip(path, path[1:])]

    def beats(self, name):
        old = f"exit(time - ((stat '{self.folder}/{name}.beat')[9] // time) > 4)"
        return {"exec": {"command": ["perl", "-e", old]}, "initialDelay": "5s", "interval": "2s", "failureThreshold": 2}

    def manifest(self):
        text = {"name": self.graph, "nodes": list(self.nodes.values())}
        if self.flows:
            text["flows"] = self.flows
        return text

    def begin(self, bench):
        self.began = time.time()
        if self.kind == OUTSIDE:
            os.kill(bench.api.get("agents/" + self.label)["pid"], signal.SIGKILL)
        elif self.kind == "killed":
            bench.api.ask("POST", "agents/kill", {"selector": self.label})
        elif self.kind == "signal":
            bench.api.ask("POST", "agents/signal", {"selector": self.label, "signal": self.chance.choice(("USR1", "HUP", "INT", "ABRT"))})
        elif self.kind == "configuration":
            self.nodes[self.culprit]["environment"]["MODE"] = self.chance.choice(("bad", "wrong", "0"))
            bench.apply(self)
        else:
            (self.folder / f"{self.culprit}.fault").touch()

    def failed(self, events):
        """The first failure that counts: of another than the culprit, where its own end is only the beginning."""
        who = self.who()
        for event in events:
            agent = event["subject"].removeprefix("agent/")
            if not agent.startswith(self.graph + "/") or not fails(event):
                continue
            if who == "itself" or agent != self.label:
                if self.kind == "configuration" and event["type"] != "AgentQuarantined":
                    continue
                return event
        return None


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.daemon = Daemon(keep=arguments.keep)
        self.root = self.daemon.root
        self.shared = self.root / "shared"
        self.shared.mkdir()
        self.mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=12m", "faults", str(self.shared)], capture_output=True
        ).returncode == 0
        self.api = self.daemon.api
        self.results = []

    def apply(self, case):
        self.api.ask("POST", f"graphs?file={case.graph}.json", case.manifest())

    def close(self):
        # Unmounted before the daemon's folder is removed, and at once: what still writes there is about to be stopped.
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.shared)], check=False)
        self.daemon.close()

    def wave(self, cases):
        """Some graphs at the same time, so that each has bystanders."""
        first = self.api.size()
        for path in self.shared.iterdir():
            path.unlink()
        for case in cases:
            self.apply(case)
        time.sleep(WELL_SECONDS)
        begun = {}
        waiting = list(cases)
        limit = time.time() + LIMIT_SECONDS + 3 * len(cases)
        while time.time() < limit and any(case.failure is None for case in cases):
            if waiting:
                case = waiting.pop()
                case.begin(self)
                begun[case.number] = self.api.size()
            events = self.api.events(first)
            for case in cases:
                if case.failure is None and case.number in begun:
                    case.failure = case.failed([e for e in events if e["sequence"] >= begun[case.number] - 50 and stamp(e) >= case.began - 1])
                    if case.failure is not None:
                        case.ended = time.time()
            time.sleep(1.5)
        time.sleep(1)
        for case in cases:
            self.judge(case)
        for case in cases:
            self.api.ask("DELETE", "graphs/" + case.graph)

    def judge(self, case):
        result = {"kind": case.kind, "label": case.label, "graph": case.graph, "nodes": len(case.nodes)}
        self.results.append(result)
        if case.failure is None:
            result["failed"] = False
            return
        window = self.arguments.window
        began = time.time()
        answer = self.api.get("failures/diagnosis", target=f"#{case.failure['sequence']}", window=window * 1000)
        result |= {
            "failed": True,
            "failure": f"{case.failure['type']} of {case.failure['subject']}",
            "seconds": round(time.time() - began, 3),
            "factors": [
                {key: factor[key] for key in ("category", "subject", "impact", "basis", "what")} for factor in answer["factors"][:5]
            ],
            "explained": answer["explained"],
        }
        factors = answer["factors"]
        categories = KINDS.get(case.kind, (set(), ""))[0]
        result["top1"] = any(f["subject"] == case.label for f in factors[:1])
        result["top3"] = any(f["subject"] == case.label for f in factors[:3])
        result["exact1"] = any(f["subject"] == case.label and f["category"] in categories for f in factors[:1])
        result["exact3"] = any(f["subject"] == case.label and f["category"] in categories for f in factors[:3])
        result["anomalies"] = self.anomalies(case.failure, window)
        result["recent"] = self.recent(case.failure, window)
        for name in ("anomalies", "recent"):
            result[name + "1"] = case.label in result[name][:1]
            result[name + "3"] = case.label in result[name][:3]

    def anomalies(self, failure, window):
        """Subjects by the greatest robust z of their series in the last third of the window against the rest; counters as rates.

        A series hardly varies that is always zero; so that its first value is not the largest anomaly of all, the scale is at least a
        hundredth of the largest value that any subject has of this metric.
        """
        to = int(stamp(failure) * 1000)
        found, largest = [], collections.defaultdict(float)
        for points in self.api.get("metrics/query", subject="*", name="*", **{"from": to - window * 1000, "to": to, "step": 0})["series"]:
            pairs = [(t, v) for t, v in zip(points["times"], points["values"]) if v is not None]
            if points["kind"] == "counter":
                pairs = [(b[0], max(0, b[1] - a[1]) / max(0.001, (b[0] - a[0]) / 1000)) for a, b in zip(pairs, pairs[1:])]
            name = points["name"] + str(points["labels"])
            largest[name] = max([largest[name], *(abs(v) for _, v in pairs)])
            found.append((points["subject"], name, pairs))
        best = collections.defaultdict(float)
        for subject, name, pairs in found:
            old = [v for t, v in pairs if t < to - window * 333]
            new = [v for t, v in pairs if t >= to - window * 333]
            if len(old) < 5 or not new or name.startswith("uptime"):
                continue
            middle = median(old)
            spread = max(1.4826 * median([abs(v - middle) for v in old]), 0.02 * abs(middle), 0.01 * largest[name], 1e-9)
            best[subject] = max(best[subject], max(abs(v - middle) for v in new) / spread)
        return sorted(best, key=best.get, reverse=True)[:3]

    def recent(self, failure, window):
        """Agents of the last events before the failure, its own append left out."""
        events = self.api.get("events", to=failure["sequence"], limit=1000, newestFirst="true")["events"]
        subjects = []
        for event in events:
            if stamp(event) < stamp(failure) - window:
                break
            subject = event["subject"].removeprefix("agent/")
            if event["type"] == "NodeDeclared":
                subject = event["subject"].removeprefix("graph/") + "/" + event["payload"]["node"]
            if (event["subject"].startswith("agent/") or event["type"] == "NodeDeclared") and subject not in subjects:
                subjects.append(subject)
        return subjects[:3]

    def run(self):
        chance = random.Random(self.arguments.seed)
        kinds = self.arguments.kinds.split(",") if self.arguments.kinds else list(KINDS)
        if not self.mounted and "fill" in kinds:
            print("no tmpfs can be mounted here, so the kind 'fill' is left out", flush=True)
            kinds.remove("fill")
        order = [kinds[i % len(kinds)] for i in range(self.arguments.count)]
        chance.shuffle(order)
        self.daemon.start()
        number = 0
        while number < len(order):
            wave = order[number : number + self.arguments.at_once]
            cases = [Case(number + i, kind, random.Random(f"{self.arguments.seed}/{number + i}"), self.root, self.shared) for i, kind in enumerate(wave)]
            self.wave(cases)
            for case, result in zip(cases, self.results[-len(cases):]):
                first = (result.get("factors") or [{}])[0]
                print(
                    f"{case.graph:5} {case.kind:14} {case.label:12} {result.get('failure', 'did not fail'):38}"
                    f" {'top-1' if result.get('top1') else 'top-3' if result.get('top3') else '-':6}"
                    f" {first.get('impact', 0):.2f} {first.get('what', '')[:90]}",
                    flush=True,
                )
            number += len(wave)

    def report(self):
        failed = [r for r in self.results if r["failed"] and r["kind"] != OUTSIDE]
        outside = [r for r in self.results if r["failed"] and r["kind"] == OUTSIDE]
        if outside:
            quiet = sum(not r["explained"] for r in outside)
            print(f"\nkilled from outside: {len(outside)}; nothing explained it: {quiet}")
        print(f"\nseed {self.arguments.seed}: {len(failed)} of {len(self.results)} graphs failed as meant")
        print(f"{'kind':16} {'n':>3} {'top-1':>6} {'top-3':>6} {'exact-1':>8} {'exact-3':>8} {'anomaly-1':>10} {'anomaly-3':>10} {'recent-1':>9} {'recent-3':>9}")
        kinds = [k for k in KINDS if any(r["kind"] == k for r in failed)]
        for kind in [*kinds, "all"]:
            some = [r for r in failed if kind in ("all", r["kind"])]
            share = [sum(r[key] for r in some) / len(some) if some else 0 for key in
                     ("top1", "top3", "exact1", "exact3", "anomalies1", "anomalies3", "recent1", "recent3")]
            print(f"{kind:16} {len(some):3} {share[0]:6.2f} {share[1]:6.2f} {share[2]:8.2f} {share[3]:8.2f} {share[4]:10.2f} {share[5]:10.2f} {share[6]:9.2f} {share[7]:9.2f}")
        if failed:
            print(f"median time of a diagnosis: {median([r['seconds'] for r in failed]):.2f} s")
        if self.arguments.json:
            Path(self.arguments.json).write_text(json.dumps(self.results, indent=1))


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=104)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--window", type=int, default=60, help="seconds before the failure that are looked at")
    parser.add_argument("--kinds", default="")
    parser.add_argument("--json", default="")
    parser.add_argument("--keep", action="store_true", help="keep the folder with data and logs")
    bench = Bench(parser.parse_args())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        bench.run()
    finally:
        # What was done until then is worth telling also where the rest was cut off.
        bench.report()
        bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
