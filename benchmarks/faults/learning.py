#!/usr/bin/env python3
"""How much of the best possible reward healing earns once it has seen a kind of failure twenty times, and what restarting always earns.

    benchmarks/faults/learning.py [--kinds faults] [--learn 20] [--score 10] [--seed 3001] [--scale 20] [--after 900] [--json FILE]

Three daemons, one after the other, each from nothing learned on this host. `learned` heals as shipped: --learn episodes of each kind, then
--score more. `restart` has no remedies, and every act turned off but to wait for the restart policy, which restarts always. `known` is told
for each kind, before each failure, the act that the table of kinds (kinds.py) says cures it. A reward is what the daemon measured
for a failure (docs/healing.md); an episode's is the mean over its failures. The oracle of a kind does whatever act earned the most in the
episodes in which it was done, over all three daemons: it is not held back by the guard, and its act need not have been possible at each failure.

An episode goes on until a healing lasted, or for --after seconds at full length from the first failure. What is done before anything
fails (alarms, predictions) is off, so that each episode has its failure.
"""

import argparse
import json
import statistics
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import campaign
import record
from cases import PATIENT, RESTART, Case
from kinds import KINDS

# Acts of healing for the actions of the table; a restart is what the policy does while healing waits.
ACTS = {
    "restart": "wait", "restart-with-limits": "raise-limits", "restart-dependency": "restart-dependencies",
    "restart-neighbour": "restart-neighbours", "rollback": "rollback", "run-script": "remedy", "renice": "renice-neighbour", "affinity": "move",
}
# Where it was well and stayed so.
HEALED = 0.5
# In so many episodes an act must have been done for its mean to count as what the oracle would get.
ENOUGH = 5


def cure(kind):
    """The act that the table says helps; None where a restart does, or where healing has no such act."""
    for one in KINDS[kind].cures:
        act = ACTS.get(one.action)
        if act and one.effect in ("cured", "relieved") and not (one.action == "renice" and one.target == "itself"):
            return None if act == "wait" else act
    return None


class Failure:
    """One failure that healing took up: what it was called, what was done, and what that was worth."""

    def __init__(self, label):
        self.label, self.act, self.reward, self.ended = label, None, None, False


class Course(record.Recorder):
    """All episodes under one daemon."""

    def __init__(self, name, options):
        super().__init__(options)
        self.name = name
        self.daemon.changed["stratoswarm.healing"] = {**campaign.healing(options.scale), "alarm.seconds": 0, "prediction.threshold": 1}
        # What healing took up, by the number of its case; the same by graph; the act that is left possible for a class.
        self.failures, self.by_graph, self.steered = {}, {}, {}

    def heard(self, event):
        """What healing did about a case of ours."""
        payload = event["payload"]
        number = payload.get("case")
        if event["type"] == "FailureClassified":
            with self.lock:
                case = self.cases.get(payload["agent"].partition("/")[0])
            if case and payload["agent"] == case.agent:
                self.failures[number] = Failure(payload["class"])
                self.by_graph[case.graph].append(self.failures[number])
                self.steer(payload["class"], self.meant(case.kind.name))
        elif number in self.failures and event["type"] == "HealingStarted":
            self.failures[number].act = payload["act"]
        elif number in self.failures and event["type"] == "HealingEnded":
            one = self.failures[number]
            one.reward, one.ended = payload.get("reward"), True
            if one.label in self.steered:
                self.expect(one.label, self.steered[one.label])

    def meant(self, kind):
        """The one act that may be done about a kind; None where all may."""
        return {"learned": None, "restart": "wait", "known": cure(kind)}[self.name]

    def steer(self, label, act):
        """Leaves one act possible for a class."""
        if act is None or self.steered.get(label) == act:
            return
        self.steered[label] = act
        for one in self.api.get("healing/strategies")["strategies"]:
            if one["class"] == label:
                for option in one["acts"]:
                    if option["act"] != "wait" and option["on"] != (option["act"] == act):
                        self.api.ask("POST", "healing/turn", {"class": label, "act": option["act"], "on": option["act"] == act})
        self.expect(label, act)

    def expect(self, label, act):
        """What came of it does not change what is done."""
        if self.name == "known":
            for other, reward in (("wait", 0), (act, 1)):
                self.api.ask("POST", "healing/expect", {"class": label, "act": other, "reward": reward})

    def episode(self, number, kind, seed):
        options = self.options
        case = Case(kind, seed, options.scale, f"l{number}", self.daemon.root, options.port + 4 * (number % 500))
        failures = self.by_graph[case.graph] = []
        case.nodes[PATIENT]["restart"] = RESTART
        if case.kind.neighbour == "store":
            # Its policy brings it back by itself, but late.
            case.nodes["store"]["restart"] = {"policy": "always", "initial": f"{round(400 / options.scale)}s", "resetAfter": "1h"}
        with self.lock:
            self.cases[case.graph] = case
        try:
            if self.name != "restart":
                case.hand_over_remedy()
            case.apply(self.api)
            if case.kind.neighbour == "store":
                # The first restart comes at once, so it has one before.
                self.wait(case, case.began + 5)
                self.api.ask("POST", "agents/signal", {"selector": f"{case.graph}/store", "signal": "KILL"})
            self.wait(case, case.began + case.well)
            self.load.take(case.kind.heavy)
            try:
                if not case.failure:
                    case.begin(self.api)
                problem = self.await_end(case)
                if problem:
                    return {"kind": kind, "seed": seed, "problem": problem, "failures": []}
                self.await_healing(failures)
            finally:
                self.load.give(case.kind.heavy)
        finally:
            case.close(self.api)
            with self.lock:
                del self.cases[case.graph]
        # Of a class that was met for the first time another act may have been done than is meant.
        return {"kind": kind, "seed": seed, "failures": [
            {"class": one.label, "act": one.act, "reward": one.reward} for one in failures
            if one.reward is not None and (self.name != "restart" or one.act == "wait")]}

    def await_healing(self, failures):
        end = time.time() + self.options.after / self.options.scale
        while self.running and time.time() < end + 30:
            ended = [one for one in failures if one.ended and one.reward is not None]
            if ended and (time.time() > end or ended[-1] is failures[-1] and ended[-1].reward >= HEALED):
                return
            time.sleep(0.2)

    def run(self):
        options = self.options
        count = options.learn + options.score if self.name == "learned" else options.score
        kinds = [kind for kind in options.chosen if self.name != "known" or cure(kind)]
        # Others than those that were learned from; of the two others the same ones as those that are scored.
        first = options.seed if self.name == "learned" else options.seed + options.learn
        order = [(kind, seed) for seed in range(first, first + count) for kind in kinds]
        self.daemon.start()
        if self.name == "restart":
            for one in self.api.get("healing/strategies")["strategies"]:
                self.steer(one["class"], "wait")
        elif self.name == "known":
            for kind in kinds:
                if not KINDS[kind].held_out:
                    self.steer(KINDS[kind].true_class, cure(kind))
        threading.Thread(target=self.watch, daemon=True).start()
        results = []
        for number, found, problem in self.all(self.episode, order):
            kind, seed = order[number]
            found = found or {"kind": kind, "seed": seed, "problem": problem, "failures": []}
            results.append({"run": self.name, **found})
            said = found.get("problem") or " ".join(f"{one['act']} {one['reward']:.2f}," for one in found["failures"]).rstrip(",")
            print(f"{time.strftime('%H:%M:%S')} {self.name:8} {kind:18} {seed:5} {said}", flush=True)
        return results


def mean(episodes):
    """Of the means of episodes; None where there are none."""
    means = [statistics.fmean(one["reward"] for one in episode["failures"]) for episode in episodes if episode["failures"]]
    return statistics.fmean(means) if means else None


def after(episodes, failures):
    """Those that began after so many failures had been learned from: in the order of their seeds, each but the first ones."""
    seen, later = 0, []
    for episode in sorted(episodes, key=lambda one: one["seed"]):
        if seen >= failures:
            later.append(episode)
        seen += len(episode["failures"])
    return later


def oracle(episodes):
    """The act that earned most, and what: the mean over the episodes in which it was done, as often as counts, of what it earned there."""
    rewards = defaultdict(list)
    for episode in episodes:
        its = defaultdict(list)
        for one in episode["failures"]:
            its[one["act"]].append(one["reward"])
        for act, some in its.items():
            rewards[act].append(statistics.fmean(some))
    means = {act: statistics.fmean(some) for act, some in rewards.items() if len(some) >= ENOUGH}
    return max(means.items(), key=lambda one: one[1]) if means else (None, None)


def report(results, learn, kinds):
    print(f"\nreward for a failure, 0 to 1; learned: after {learn} failures of its kind\n"
          f"{'kind':18} {'episodes':>8} {'first ones':>10} {'learned':>8} {'restart':>8} {'known':>8} {'oracle':>8}  its act")
    sums: dict[str, float] = defaultdict(float)
    for kind in kinds:
        its = [r for r in results if r["kind"] == kind]
        runs = {name: [r for r in its if r["run"] == name] for name in ("learned", "restart", "known")}
        later = [r for r in after(runs["learned"], learn) if r["failures"]]
        act, best = oracle(its)
        found = {"first": mean(sorted(runs["learned"], key=lambda r: r["seed"])[:5]), "learned": mean(later), "restart": mean(runs["restart"]),
                 "known": mean(runs["known"]), "oracle": best}
        row = " ".join(f"{'-' if found[key] is None else format(found[key], '.3f'):>{width}}"
                       for key, width in (("first", 10), ("learned", 8), ("restart", 8), ("known", 8), ("oracle", 8)))
        print(f"{kind:18} {len(later):8} {row}  {act}")
        if found["learned"] is not None and best is not None and found["restart"] is not None:
            for key in ("learned", "restart", "oracle"):
                sums[key] += found[key]
    if sums["oracle"]:
        print(f"share of the oracle's reward, all kinds alike: learned {sums['learned'] / sums['oracle']:.3f}, "
              f"restart {sums['restart'] / sums['oracle']:.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", default="faults")
    parser.add_argument("--learn", type=int, default=20, help="failures of each kind before those that count")
    parser.add_argument("--score", type=int, default=10, help="episodes of each kind that count")
    parser.add_argument("--seed", type=int, default=3001)
    parser.add_argument("--scale", type=int, default=20)
    parser.add_argument("--after", type=int, default=900, help="how long an episode goes on after its first failure, in seconds at full length")
    parser.add_argument("--runs", default="learned,restart,known")
    parser.add_argument("--json", type=Path, help="where all rewards are written; those of runs that are not named are taken from it")
    record.common(parser, 27_000)
    options = parser.parse_args()
    options.chosen = list(record.chosen(options.kinds))
    results = []
    runs = options.runs.split(",")
    if options.json and options.json.exists():
        results = [one for one in json.loads(options.json.read_text()) if one["run"] not in runs]
    for name in runs:
        course = Course(name, options)
        try:
            results += course.run()
        finally:
            course.daemon.close()
        if options.json:
            options.json.write_text(json.dumps(results, indent=1))
    report(results, options.learn, options.chosen)


if __name__ == "__main__":
    sys.exit(main())
