"""Graphs that are changed while records flow: every number that goes in comes out once, in the order that is promised.

Random sequences of transforms, several graphs at a time, over pauses of agents and kills of the daemon:
STRATOSWARM_SEQUENCES says how many there are in all (16 here, 200 in CI, 1,000 in the long round), STRATOSWARM_SEED makes them the same again; the pipes of a sixteenth of the graphs are full all the time, with STRATOSWARM_FULL those of a quarter (the long round).
"""

import json
import os
import pathlib
import random
import signal
import time
import unittest

from daemon import Daemon
from sequences import NODE, Durable, Ending, Keyed, Sequence

AT_ONCE = 8
AGENTS = pathlib.Path(__file__).parents[2] / "examples" / "agents"
NUMBERS = ('n=0; while [ ! -e "$0" ]; do i=0; while [ $i -lt 20 ]; do n=$((n + 1)); i=$((i + 1));'
           ' echo "{\\"n\\":$n,\\"k\\":$((n % 7))}"; done; sleep 0.02; done; echo $n >"$0.count"')
GRAPH = """
graph {name} {{
  node numbers {{
    run sh -c '{numbers}' "{folder}/{name}.stop"
    restart never
  }}
  node work {{
    run cat
    label state = none
  }}
  sink keep {{
    file {{ path "{folder}/{name}.out" }}
  }}
  flow numbers -> work {{ data json }}
  flow work -> keep {{ data json }}
}}
"""

# Long records come faster than the last flow lets them go, so that all pipes are full and everything waits for the slowest.
FULL = GRAPH.replace("flow work -> keep {{ data json }}", "flow work -> keep {{ data json; rate 400/s; buffer 4KiB }}").replace(
    "{numbers}", NUMBERS.replace("{", "{{").replace("}", "}}").replace("$((n % 7))", '$((n % 7)),\\"pad\\":\\"' + 2000 * "x" + '\\"'))

DURABLE = GRAPH.replace("flow numbers -> work {{ data json }}", "flow numbers -> work {{ data json; delivery at-least-once ack one-to-one }}")

COUNTS = """
graph {name} {{
  node numbers {{
    run sh -c '{numbers}' "{folder}/{name}.stop"
    restart never
  }}
  node work {{
    run perl "{agents}/count-by-key.pl" k
    label state = by-key
    label state-key = k
  }}
  sink keep {{
    file {{ path "{folder}/{name}.out" }}
  }}
  flow numbers -> work {{ data json }}
  flow work -> keep {{ data json }}
}}
"""


class TransformsTest(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        left = self.daemon.close()
        self.assertFalse(left, "processes outlived the shutdown")

    def apply(self, name, graph=GRAPH):
        self.daemon.apply_text(name, graph.format(name=name, folder=self.daemon.root, numbers=NUMBERS, agents=AGENTS))

    def test_random_sequences_lose_and_double_nothing(self):
        seed = int(os.environ.get("STRATOSWARM_SEED", random.SystemRandom().randrange(1 << 32)))
        total = int(os.environ.get("STRATOSWARM_SEQUENCES", "200" if os.environ.get("CI") else "16"))
        print(f"STRATOSWARM_SEED={seed} STRATOSWARM_SEQUENCES={total}", flush=True)
        chance = random.Random(seed)
        for first in range(0, total, AT_ONCE):
            names = [f"g{i}" for i in range(first, min(total, first + AT_ONCE))]
            full = names[:: AT_ONCE // 2] if os.environ.get("STRATOSWARM_FULL") or first % (4 * AT_ONCE) == 0 else ()
            self.under_fire(Sequence, names, seed, chance, 2, 0.25, deaths=0.15, full=full)

    def test_kills_while_graphs_come_to_their_end_lose_nothing(self):
        seed = int(os.environ.get("STRATOSWARM_SEED", random.SystemRandom().randrange(1 << 32)))
        chance = random.Random(seed)
        for turn in range(4):
            self.under_fire(Ending, [f"e{turn}-{i}" for i in range(AT_ONCE)], seed, chance, 0.4, 0.4)

    def test_what_is_delivered_at_least_once_is_never_missing(self):
        seed = int(os.environ.get("STRATOSWARM_SEED", random.SystemRandom().randrange(1 << 32)))
        print(f"STRATOSWARM_SEED={seed}", flush=True)
        names = [f"d{i}" for i in range(AT_ONCE)]
        self.under_fire(Durable, names, seed, random.Random(seed), 1, 0.2, DURABLE, deaths=0.4, mortal=names)

    def test_state_goes_with_its_keys(self):
        seed = int(os.environ.get("STRATOSWARM_SEED", random.SystemRandom().randrange(1 << 32)))
        print(f"STRATOSWARM_SEED={seed}", flush=True)
        self.under_fire(Keyed, [f"s{i}" for i in range(AT_ONCE)], seed, random.Random(seed), 1, 0.3, COUNTS)

    def under_fire(self, kind, names, seed, chance, pause, kills, graph=GRAPH, deaths=0.0, full=(), mortal=()):
        """Lets these go on until they are done, while the daemon and agents are killed and agents paused every now and then."""
        for name in names:
            self.apply(name, FULL if name in full else graph)
        sequences = [kind(self, name, f"{seed} {name}") for name in names]
        for sequence in sequences:
            sequence.full = sequence.graph in full
        for sequence in sequences:
            sequence.start()
        while any(sequence.is_alive() for sequence in sequences):
            time.sleep(chance.random() * pause)
            if chance.random() < kills:
                self.daemon.kill9()
                self.daemon.start()
            elif chance.random() < deaths:
                self.kill_agent(chance, [each for each in sequences if each.graph in mortal] or sequences[:len(sequences) // 2])
            else:
                self.pause(chance)
        failed = [f"{each.graph}: {each.failure!r} after {each.story}" for each in sequences if each.failure]
        self.assertFalse(failed, f"seed {seed}: " + "\n".join(failed) + "\n" + self.daemon.log())
        for name in names:
            self.daemon.delete(name)

    def kill_agent(self, chance, sequences):
        """An agent, old or new, of these graphs, which may lose what it had; in others none crashes, and so nothing may be lost."""
        mortal = {each.graph: each for each in sequences}
        agents = [agent for agent in self.daemon.agents().values()
                  if agent.get("pid") and agent["node"] != "numbers" and agent["graph"] in mortal]
        if agents:
            agent = chance.choice(agents)
            mortal[agent["graph"]].killed.add(agent["id"])
            try:
                os.kill(agent["pid"], signal.SIGKILL)
            except ProcessLookupError:
                pass

    def pause(self, chance):
        """A slow consumer: some agent does nothing for a while."""
        pids = [agent["pid"] for agent in self.daemon.agents().values()
                if agent.get("pid") and agent["node"] not in ("numbers",)]
        if pids:
            pid = chance.choice(pids)
            try:
                os.kill(pid, signal.SIGSTOP)
                time.sleep(chance.random() * 0.4)
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass

    def test_apply_of_a_changed_file_lets_records_flow_on(self):
        self.apply("file", COUNTS)
        path = self.daemon.root / "file.graph"
        text = path.read_text()
        out = self.daemon.root / "file.out"
        seen = lambda: out.read_text().count("\n") if out.exists() else 0
        changed = text.replace("label state-key = k", "label state-key = k\n    replicas 3\n    env A = \"1\"").replace(
            "flow numbers -> work { data json }", "flow numbers -> work { data json\n route key-hash k }")
        for declared, agents in ((changed, 3), (text, 1), (changed, 3)):
            at = seen()
            self.daemon.until(lambda: seen() > at + 100, 30, "records flow", self.daemon.log)
            path.write_text(declared)
            told = self.daemon.ok("apply", "--yes", str(path))
            self.assertIn("drain", told)
            self.assertEqual(agents, len([id for id in self.daemon.agents() if id.startswith("file/work")]), told)
            self.assertIn("unchanged", self.daemon.ok("apply", "--yes", str(path)))
        (self.daemon.root / "file.stop").touch()
        self.daemon.until(lambda: self.daemon.phase("file/keep") == "COMPLETED", 60, "its end", self.daemon.log)
        counts = {}
        for line in out.read_text().splitlines():
            record = json.loads(line)
            counts[record["k"]] = counts.get(record["k"], 0) + 1
            self.assertEqual(counts[record["k"]], record["count"], record)
        self.assertEqual(int((self.daemon.root / "file.stop.count").read_text()), sum(counts.values()))

    def test_apply_says_why_it_stops_what_it_changes(self):
        self.apply("stops")
        path = self.daemon.root / "stops.graph"
        path.write_text(path.read_text().replace("label state = none", "env A = \"1\""))
        told = self.daemon.ok("apply", "--yes", str(path))
        self.assertIn("does not say what its agents keep", told)
        self.assertIn("restarts stops/work", told)

    def test_what_nothing_leads_to_is_followed_by_another_one(self):
        self.apply("fresh")
        out = self.daemon.root / "fresh.out"
        seen = lambda: out.read_text().count("\n") if out.exists() else 0
        self.daemon.until(lambda: seen() > 100, 30, "records flow", self.daemon.log)
        self.daemon.ok("transform", "replace", "fresh", "numbers", "--renew", "--yes")
        self.assertEqual({"fresh/numbers.1": "ready"},
                         {id: agent["phase"] for id, agent in self.daemon.agents().items() if "numbers" in id})
        at = seen()
        self.daemon.until(lambda: seen() > at + 100, 30, "records flow on", self.daemon.log)

    def test_disjoint_parts_of_a_graph_are_transformed_at_the_same_time(self):
        parts = GRAPH.strip().split("\n")[1:-1]  # The nodes and flows, twice.
        text = "graph {name} {{\n" + "\n".join(
            line.replace("numbers -", f"numbers-{part} -").replace("node numbers", f"node numbers-{part}")
            .replace("work -", f"work-{part} -").replace("> work", f"> work-{part}").replace("node work", f"node work-{part}")
            .replace("> keep", f"> keep-{part}").replace("sink keep", f"sink keep-{part}").replace("{name}.out", "{name}-" + part + ".out")
            .replace("{name}.stop", "{name}-" + part + ".stop")
            for part in ("a", "b") for line in parts) + "\n}}\n"
        self.apply("both", text)
        self.daemon.ok("transform", "split", "both", "work-a", "--into", "3", "--steps", "10,50", "--hold", "8s", "--yes", "--detach")
        self.daemon.until(lambda: self.daemon.phase("both/work-a.2") == "READY", 30, "the first has begun")
        self.daemon.ok("transform", "replace", "both", "work-b", "--env", "A=B", "--yes")
        self.daemon.ok("transform", "parallelize", "both", "work-b", "--lanes", "2", "--key", "k", "--yes")
        states = {each["number"]: each["state"] for each in self.daemon.json("transforms")["transforms"]}
        self.assertEqual({1: "running", 2: "done", 3: "done"}, states)
        self.daemon.kill9()
        self.daemon.start()
        self.daemon.until(lambda: self.daemon.get("transforms/1")["state"] == "done", 60, "the first is done",
                          lambda: self.daemon.get("transforms/1"))
        for part in ("a", "b"):
            (self.daemon.root / f"both-{part}.stop").touch()
            self.daemon.until(lambda: self.daemon.phase(f"both/keep-{part}") == "COMPLETED", 60, "its end", self.daemon.log)
            count = int((self.daemon.root / f"both-{part}.stop.count").read_text())
            seen = [json.loads(line)["n"] for line in (self.daemon.root / f"both-{part}.out").read_text().splitlines()]
            self.assertEqual(list(range(1, count + 1)), sorted(seen))

    def test_what_does_not_start_goes_back_by_itself(self):
        self.apply("back")
        path = self.daemon.root / "bad.graph"
        path.write_text(NODE.format(id="bad", run='"/nonexistent/program"'))
        done = self.daemon.cli("transform", "insert", "back", "numbers-work", "--file", str(path), "--yes", "--ready", "2s")
        self.assertNotEqual(0, done.returncode, done.stdout)
        self.assertIn("rolled back", (done.stdout + done.stderr).lower().replace("-", " "))
        self.assertEqual({"back/numbers", "back/work", "back/keep"}, set(self.daemon.agents()))
        self.assertEqual(0, self.daemon.agents()["back/work"]["restarts"])

    def test_what_is_asked_wrongly_is_refused_with_a_reason(self):
        self.apply("wrong")
        for arguments, says in (
                (("split", "wrong", "wrok", "--into", "2"), "no node 'wrok'"),
                (("split", "wrong", "numbers", "--into", "2"), "state=none"),
                (("remove", "wrong", "keep"), "go nowhere"),
                (("split", "none", "work", "--into", "2"), "none"),
                (("merge", "wrong", "work"), "split it")):
            done = self.daemon.cli("transform", *arguments, "--yes")
            self.assertNotEqual(0, done.returncode, arguments)
            self.assertIn(says, done.stderr, arguments)
            self.assertNotIn("Exception", done.stderr)
        self.assertEqual([], self.daemon.json("transforms")["transforms"])

    @unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "there is one processor, and so one place, only")
    def test_what_is_placed_badly_is_proposed_to_move(self):
        placed = GRAPH.replace("label state = none", "label state = none\n    request cpu 0.4").replace("graph {name} {{", "graph {name} {{\n  objective balance 1")
        self.apply("there", placed)
        first = min(os.sched_getaffinity(0))
        too_much = self.daemon.root / "much.graph"
        too_much.write_text('graph x { node work { run cat\n label state = none\n request cpu 9999 } }')
        done = self.daemon.cli("transform", "replace", "there", "work", "--file", str(too_much), "--plan")
        self.assertNotEqual(0, done.returncode, done.stdout)
        self.assertIn("cpu", done.stderr)
        self.assertEqual([], self.daemon.json("transforms")["transforms"], "it is refused before anything is started")
        refused = self.daemon.cli("transform", "move", "there", "work=cpu9999", "--plan")
        self.assertIn("no such place", refused.stderr)
        self.daemon.ok("transform", "move", "there", f"work=cpu{first}", "--yes")
        place = lambda: self.daemon.json("graph", "explain", "there/work")["agents"][0]["place"]
        self.assertEqual(f"cpu{first}", place())
        self.daemon.until(lambda: "placement" in self.daemon.get("transforms/1"), 20, "a look for better places", self.daemon.log)
        self.assertIn("gains", self.daemon.ok("transform", "show", "1"))
        proposal = self.daemon.json("transform", "proposals")["proposals"][0]
        self.assertEqual(("waiting", "move", "system:placement"), (proposal["state"], proposal["kind"], proposal["script"]))
        self.assertIn(f"proposal {proposal['number']}", self.daemon.ok("graph", "explain", "there/work"))
        self.daemon.ok("transform", "approve", str(proposal["number"]))
        self.daemon.until(lambda: self.daemon.get("transforms/2")["state"] == "done", 30, "it is moved", self.daemon.log)
        self.assertNotEqual(f"cpu{first}", place())
        self.assertIn("no move is worth its cost", self.daemon.ok("transform", "relocate", "there"))
        (self.daemon.root / "there.stop").write_text("")
        self.daemon.until(lambda: self.daemon.phase("there/keep") == "COMPLETED", 60, "its end", self.daemon.log)
        seen = [json.loads(line)["n"] for line in (self.daemon.root / "there.out").read_text().splitlines()]
        self.assertEqual(list(range(1, int((self.daemon.root / "there.stop.count").read_text()) + 1)), seen)

    def test_it_is_planned_followed_cancelled_and_listed(self):
        self.apply("told")
        plan = self.daemon.ok("transform", "split", "told", "work", "--into", "3", "--plan")
        self.assertIn("told/work.1", plan)
        self.daemon.ok("transform", "split", "told", "work", "--into", "3", "--steps", "10", "--hold", "60s", "--yes", "--detach")
        refused = self.daemon.cli("transform", "replace", "told", "work", "--env", "A=B", "--yes")
        self.assertIn("transform 1", refused.stderr)
        applied = self.daemon.cli("apply", "--yes", str(self.daemon.root / "told.graph"))
        self.assertIn("being transformed", applied.stderr)
        self.daemon.until(lambda: self.daemon.phase("told/work.2") == "READY", 30, "the new replicas are ready")
        self.daemon.ok("transform", "cancel", "1")
        self.daemon.until(lambda: self.daemon.get("transforms/1")["state"] == "rolled-back", 30, "it went back",
                          lambda: self.daemon.get("transforms/1"))
        self.assertEqual({"told/numbers", "told/work", "told/keep"}, set(self.daemon.agents()))
        self.assertIn("rolled back", self.daemon.ok("transforms").lower().replace("-", " "))
        kinds = [event["type"] for event in self.daemon.events(subject="transform/told/1")]
        self.assertEqual("TransformStarted", kinds[0])
        self.assertEqual("TransformEnded", kinds[-1])


if __name__ == "__main__":
    unittest.main()
