#!/usr/bin/env python3
"""Really tries the cures that the table of kinds names: each kind fails, one action is done, and it is watched what comes of it.

    benchmarks/faults/cures.py [--kinds faults] [--seed 1] [--count 1] [--scale 20] [--watch 2000] [--json FILE]

`nothing`: it never answers for 150 s at full length. `relieved`: it answers for longer than that and then
fails again. `cured`: it does not fail again while it is watched. Each line says what the table says and what came of it.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import record
from cases import PATIENT, Case
from host import fails, stamp
from kinds import KINDS

SOON = 150


def processes(api, agent):
    """The main process of an agent and all that descend from it."""
    found, waiting = [], [api.get("agents/" + agent)["pid"]]
    while waiting:
        pid = waiting.pop()
        found.append(str(pid))
        try:
            waiting += Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            continue
    return found


def beside(case):
    return f"{case.graph}/{case.kind.neighbour}"


def restart(api, case):
    api.ask("POST", "agents/restart", {"selector": case.agent})


def restart_with_limits(api, case):
    """Twice of what it had."""
    node = case.nodes[PATIENT]
    for name, value in node.get("rlimits", {}).items():
        node["rlimits"][name] = value * 2
    for name, value in node.get("resources", {}).items():
        node["resources"][name] = f"{int(value[:-3]) * 2}MiB" if isinstance(value, str) else value * 2
    case.post(api)
    api.ask("POST", "agents/start", {"selector": case.agent})


def restart_neighbour(api, case):
    api.ask("POST", "agents/restart", {"selector": beside(case)})
    restart(api, case)


def rollback(api, case):
    api.ask("POST", f"graphs/{case.graph}/rollback", {})
    # In quarantine it waits for a start.
    api.ask("POST", "agents/start", {"selector": case.agent})


def run_script(api, case):
    if case.kind.true_class.startswith("network-"):
        # The other route of the link.
        (case.folder / f"{PATIENT}.route").touch()
    for log in (case.folder / "disk").glob("*.log"):
        log.write_bytes(b"")
    restart(api, case)


def reclaim(api, case):
    if api.get("agents/" + case.agent)["phase"] not in ("running", "ready"):
        return  # It has ended, and its memory is free already.
    pid = api.get("agents/" + case.agent)["pid"]
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        number, names, path = line.split(":", 2)
        if names == "memory":
            Path(f"/sys/fs/cgroup/memory{path}/memory.force_empty").write_text("0")
        elif number == "0" and Path(f"/sys/fs/cgroup{path}/memory.reclaim").exists():
            Path(f"/sys/fs/cgroup{path}/memory.reclaim").write_text("1G")


def renice(api, case):
    whose = case.agent if case.kind.neighbour == "" else beside(case)
    if whose == case.agent and api.get("agents/" + whose)["phase"] not in ("running", "ready"):
        return  # There is no process any more to be reniced.
    for pid in processes(api, whose):
        subprocess.run(["renice", "-n", "19", "-p", pid], check=True, capture_output=True)
        # Where the scheduler groups by session, the priority of a process counts within its session only.
        group = Path(f"/proc/{pid}/autogroup")
        if group.exists():
            group.write_text("19")
    if whose != case.agent:
        restart(api, case)


def affinity(api, case):
    other = 1 - case.nodes[PATIENT]["affinity"][0]
    for pid in processes(api, beside(case)):
        subprocess.run(["taskset", "-pc", str(other), pid], check=True, capture_output=True)
    restart(api, case)


def throttle(api, case):
    """The feeder stands still for as long as the queue takes that a restart would lose."""
    api.ask("POST", "agents/signal", {"selector": beside(case), "signal": "STOP"})
    time.sleep(300 / case.scale)
    restart(api, case)
    api.ask("POST", "agents/signal", {"selector": beside(case), "signal": "CONT"})


ACTIONS = {
    "restart": restart, "restart-with-limits": restart_with_limits, "restart-dependency": restart_neighbour,
    "restart-neighbour": restart_neighbour, "rollback": rollback, "run-script": run_script, "reclaim": reclaim, "renice": renice,
    "affinity": affinity, "throttle": throttle,
}


def cure(api, case, action):
    """Does an action to a case that has failed, or is about to."""
    ACTIONS[action](api, case)


def answers(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).status == 200
    except OSError:
        return False


class Trials(record.Recorder):
    """Instead of recording the window before the failure it does one action after it."""

    def trial(self, number, kind, seed, cure_):
        case = Case(kind, seed, self.options.scale, f"t{number}", self.daemon.root, self.options.port + 4 * number)
        with self.lock:
            self.cases[case.graph] = case
        # What comes of it is to come of the action, so the daemon restarts nothing by itself.
        case.nodes[PATIENT]["restart"] = {"policy": "never"}
        try:
            case.well = min(case.well, 15)
            case.apply(self.api)
            self.wait(case, case.began + case.well)
            self.load.take(case.kind.heavy)
            try:
                case.begin(self.api)
                problem = self.await_end(case)
                return problem or self.outcome(case, cure_)
            finally:
                self.load.give(case.kind.heavy)
        finally:
            case.close(self.api)
            with self.lock:
                del self.cases[case.graph]

    def outcome(self, case, cure_):
        # What the old one left behind is cleared away by then.
        time.sleep(3)
        seen = len(case.events)
        cure(self.api, case, cure_.action)
        done = time.time()
        longest, since = 0.0, None
        while time.time() < done + self.options.watch / case.scale:
            good = answers(case.port)
            since = (since or time.time()) if good else None
            longest = max(longest, time.time() - since if since else 0)
            again = any(e["subject"] == "agent/" + case.agent and fails(e) and stamp(e) > done for e in case.events[seen:])
            if again:
                return "nothing" if longest * case.scale < SOON else "relieved"
            time.sleep(0.2)
        return "cured" if since and longest * case.scale >= SOON else "nothing"

    def run(self):
        options = self.options
        order = [(kind, seed, one) for seed in range(options.seed, options.seed + options.count) for kind in options.chosen
                 for one in KINDS[kind].cures]
        self.daemon.start()
        threading.Thread(target=self.watch, daemon=True).start()
        results = []
        for number, found, problem in self.all(self.trial, order):
            kind, seed, one = order[number]
            found = problem or found
            results.append({"kind": kind, "seed": seed, "action": one.action, "said": one.effect, "found": found})
            print(f"{kind:18} {seed:3} {one.action:20} said {one.effect:9} found {found:9} {'' if found == one.effect else '<-'}", flush=True)
        right = sum(r["said"] == r["found"] for r in results)
        print(f"{right} of {len(results)} as the table says")
        if options.json:
            options.json.write_text(json.dumps(results, indent=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", default="faults")
    parser.add_argument("--count", type=int, default=1, help="seeds of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=int, default=20)
    parser.add_argument("--watch", type=int, default=2000, help="how long it is watched after the action, in seconds at full length")
    parser.add_argument("--json", type=Path)
    record.common(parser, 23_000)
    options = parser.parse_args()
    options.chosen = list(record.chosen(options.kinds))
    trials = Trials(options)
    try:
        trials.run()
    finally:
        trials.daemon.close()


if __name__ == "__main__":
    sys.exit(main())
