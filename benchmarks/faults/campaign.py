#!/usr/bin/env python3
"""The same seeded faults under different keepers: how long services were down, and how many requests were lost.

    benchmarks/faults/campaign.py --with none,restart,stratoswarm,monit,supervisord,pm2 [--kinds all] [--count 2] [--seed 1001]
                                  [--scale 20] [--after 1800] [--configure PID:KEY=VALUE] [--json FILE]

Each episode is one service with its neighbours: it runs well for a while, its fault (or healthy burst) begins, and it goes on for --after
seconds at full length. A probe asks it ten times a second over HTTP all the time; a request without an answer within a second is lost, and the
service is down from a lost request to the next that is answered. What is lost in healthy bursts was lost by its keeper. After the episode
an operator has come, which is the end of it for all keepers alike.

`restart` is the daemon with its restarts and liveness probes alone; `stratoswarm` heals beside, and has what --configure says.
"""

import argparse
import asyncio
import concurrent.futures
import json
import sys
import threading
import time
from pathlib import Path

import record
from cases import RESTART, Case
from peers import KEEPERS, Stratoswarm

PROBES_A_SECOND = 10


class Probe:
    """Asks all services from one thread of its own; `tell` gives the times of answered and lost requests."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def watch(self, port):
        seen = []
        task = asyncio.run_coroutine_threadsafe(self.each(port, seen), self.loop)
        return seen, task

    async def each(self, port, seen):
        running = set()
        while True:
            one = asyncio.ensure_future(self.ask(port, seen))
            running.add(one)
            one.add_done_callback(running.discard)
            await asyncio.sleep(1 / PROBES_A_SECOND)

    @staticmethod
    async def ask(port, seen):
        asked = time.time()
        try:
            async with asyncio.timeout(1):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                try:
                    writer.write(b"GET / HTTP/1.0\r\n\r\n")
                    good = b" 200 " in await reader.readline()
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            good = False
        seen.append((asked, good))


def down(seen, begin, end):
    """Seconds of downtime and lost requests between two times."""
    inside = sorted(one for one in seen if begin <= one[0] < end)
    total, since = 0.0, None
    for asked, good in inside:
        if not good and since is None:
            since = asked
        elif good and since is not None:
            total, since = total + asked - since, None
    return total + (end - since if since is not None else 0), sum(not good for _, good in inside), len(inside)


def healing(scale):
    """Nobody is there to be asked, times are scaled as those of the services are, and so many ill at once are the campaign's doing."""
    return {
        "mode": "auto", "approve.acts": "none", "ill.most": 1000, "rate.agent": 1000, "rate.host": 10000,
        "patience.seconds": max(1, 60 / scale), "lasting.seconds": max(1, 240 / scale),
        "prediction.window.seconds": max(30, 1800 / scale), "alarm.seconds": 5 / scale,
    }


class Campaign:
    def __init__(self, keeper, options):
        self.name, self.options = keeper, options
        # Times of sampling are given as at full length, so that what heals sees as much as it would then.
        sampling = {"sample.intervalMillis": options.interval, "sample.maxCpuPercent": 25}
        changed = {"stratoswarm.metrics": sampling, "stratoswarm.console": {"listen": "none"}}
        if keeper == "stratoswarm":
            changed["stratoswarm.healing"] = healing(options.scale)
            for one in options.configure:
                pid, _, pair = one.partition(":")
                key, _, value = pair.partition("=")
                changed.setdefault(pid, {})[key] = value
        self.keeper = KEEPERS[keeper](options, changed)
        self.probe, self.load, self.lock = Probe(), record.Load(options.heavy), threading.Lock()

    def episode(self, number, kind, seed):
        options = self.options
        case = Case(kind, seed, options.scale, f"e{number}", self.keeper.root, options.port + 4 * number)
        for node in case.nodes.values():
            # Every keeper starts again what ends; who else may end it for good is no part of the comparison.
            node["restart"] = RESTART
        with self.lock:
            self.keeper.add(case)
        seen, task = self.probe.watch(case.port)
        try:
            while time.time() < case.began + case.well:
                time.sleep(0.1)
            self.load.take(case.kind.heavy)
            try:
                with self.lock:
                    self.keeper.begin(case)
                end = case.onset + options.after / options.scale
                time.sleep(max(0, end - time.time()))
            finally:
                self.load.give(case.kind.heavy)
            time.sleep(1.2)
        finally:
            task.cancel()
            with self.lock:
                acts = self.keeper.acts(case) if isinstance(self.keeper, Stratoswarm) else []
                self.keeper.remove(case)
        first = next((asked for asked, good in seen if good), case.onset)
        seconds, lost, asked = down(seen, case.onset, end)
        before = down(seen, first, case.onset)
        return {
            "keeper": self.name, "kind": kind, "class": case.kind.true_class, "heldOut": case.kind.held_out, "seed": seed,
            "downMinutes": round(seconds * options.scale / 60, 2), "lost": lost, "asked": asked, "lostBefore": before[1],
            "acts": acts,
        }

    def run(self):
        options = self.options
        order = [(kind, seed) for seed in range(options.seed, options.seed + options.count) for kind in options.chosen]
        self.keeper.open()
        results = []
        try:
            with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
                waiting = [(what, pool.submit(self.episode, number, *what)) for number, what in enumerate(order)]
                for what, done in waiting:
                    try:
                        results.append(done.result())
                    except Exception as e:
                        # An episode that could not be held is told; it counts for no keeper.
                        print(f"{self.name} {what}: {type(e).__name__}: {e}", file=sys.stderr, flush=True)
                        continue
                    one = results[-1]
                    lost = f"down {one['downMinutes']:6.2f} min, lost {one['lost']:5} of {one['asked']}"
                    print(f"{self.name:12} {one['kind']:18} {one['seed']:5} {lost}{'; ' if one['acts'] else ''}{', '.join(one['acts'])}", flush=True)
        finally:
            self.keeper.close()
        return results


def report(results, keepers):
    # Only episodes that every keeper had are compared.
    common = set.intersection(*({(r["kind"], r["seed"]) for r in results if r["keeper"] == k} for k in keepers))
    results = [r for r in results if (r["kind"], r["seed"]) in common]
    kinds = list(dict.fromkeys(r["kind"] for r in results))
    print(f"\nminutes down at full length / requests lost, {len(common)} episodes\n{'kind':20}" + "".join(f"{keeper:>20}" for keeper in keepers))
    groups = [(kind, lambda r, kind=kind: r["kind"] == kind) for kind in kinds]
    groups += [("all faults", lambda r: r["class"] != "healthy"), ("all healthy bursts", lambda r: r["class"] == "healthy")]
    for name, belongs in groups:
        row = ""
        for keeper in keepers:
            some = [r for r in results if r["keeper"] == keeper and belongs(r)]
            row += f"{sum(r['downMinutes'] for r in some):11.1f} /{sum(r['lost'] for r in some):7}"
        print(f"{name:20}{row}")
    for keeper in keepers:
        well = [r for r in results if r["keeper"] == keeper and r["class"] == "healthy"]
        if keeper == "stratoswarm" and well:
            print(f"healthy bursts acted upon: {sum(bool(r['acts']) for r in well)} of {len(well)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--with", dest="keepers", default="none,restart")
    parser.add_argument("--kinds", default="all")
    parser.add_argument("--count", type=int, default=2, help="seeds of each kind")
    parser.add_argument("--seed", type=int, default=1001)
    parser.add_argument("--scale", type=int, default=20)
    parser.add_argument("--after", type=int, default=1800, help="how long an episode goes on after the onset, in seconds at full length")
    parser.add_argument("--configure", action="append", default=[], help="PID:KEY=VALUE, for the keeper stratoswarm alone")
    parser.add_argument("--monit", help="the program, where it is not on the PATH")
    parser.add_argument("--supervisor", help="folder with the python package, where it is not installed")
    parser.add_argument("--pm2", help="the program, where it is not on the PATH")
    parser.add_argument("--json", type=Path)
    record.common(parser, 25_000)
    options = parser.parse_args()
    options.chosen = list(record.chosen(options.kinds))
    keepers = options.keepers.split(",")
    for keeper in keepers:
        if keeper not in KEEPERS:
            sys.exit(f"campaign.py: there is no keeper '{keeper}'; there are {', '.join(KEEPERS)}")
    results = []
    for keeper in keepers:
        results += Campaign(keeper, options).run()
    report(results, keepers)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
