"""Graphs that are changed while records flow: every number that goes in comes out once, in the order that is promised.

Random sequences of transforms, several graphs at a time, over pauses of agents and kills of the daemon:
STRATOSWARM_SEQUENCES says how many there are in all (16 here, 200 in CI, 1,000 in the long round), STRATOSWARM_SEED makes them the same again.
"""

import http.client
import json
import os
import pathlib
import random
import signal
import socket
import threading
import time
import unittest

from daemon import Daemon

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
NODE = """graph new {{
  node {id} {{
    run {run}
    label state = none
  }}
}}
"""


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


class Unreachable(Exception):
    """The daemon is gone, or was when it should have answered."""


class WentBack(AssertionError):
    """A transform did not come to its end."""


class Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("daemon", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


class Api:
    def __init__(self, daemon):
        link = daemon.data / "api.sock.path"
        self.path = link.read_text().strip() if link.exists() else str(daemon.data / "api.sock")

    def call(self, method, path, body=None):
        connection = Unix(self.path)
        try:
            connection.request(method, "/api/v1/" + path, None if body is None else json.dumps(body),
                               {"content-type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as e:
            raise Unreachable(str(e)) from e
        finally:
            connection.close()
        if answer.status == 503:
            raise Unreachable(text)
        return answer.status, json.loads(text) if text else {}


class Sequence(threading.Thread):
    """One graph and what happens to it. It is a chain of nodes, known by the flows between them."""

    def __init__(self, test, name, seed):
        super().__init__(name=name)
        self.daemon_under_test = test.daemon
        self.graph = name
        self.random = random.Random(seed)
        self.keyed = self.random.random() < 0.5  # Then only what keeps each key's order is done.
        self.edges = [("numbers-work", "numbers", "work"), ("work-keep", "work", "keep")]
        self.replicas = {"work": 1}
        self.made = 0
        self.story = []
        self.killed = set()
        self.failure = None

    def run(self):
        try:
            for _ in range(self.random.randint(2, 4)):
                try:
                    self.step()
                except WentBack:
                    if not self.killed:  # One that takes a share and is killed is not well.
                        raise
                time.sleep(self.random.random() * 0.2)
            self.finish()
        except BaseException as e:  # It is told by the test.
            self.failure = e

    def api(self, method, path, body=None, patience=60):
        limit = time.monotonic() + patience
        while True:
            try:
                return Api(self.daemon_under_test).call(method, path, body)
            except Unreachable:
                if time.monotonic() > limit:
                    raise
                if method == "POST":
                    raise
                time.sleep(0.05)

    def transforms(self):
        return self.api("GET", f"transforms?graph={self.graph}&limit=100")[1]["transforms"]

    def transform(self, kind, arguments, fragment=None, options=None):
        """Begins it and waits for its end. One whose answer was lost with the daemon is looked for."""
        body = {"kind": kind, "arguments": arguments}
        if fragment:
            body["fragment"] = {"file": "new.graph", "text": fragment}
        if options:
            body["options"] = options
        before = {each["number"] for each in self.transforms()}
        while True:
            try:
                status, answer = self.api("POST", f"graphs/{self.graph}/transforms", body)
                if status != 202:
                    raise AssertionError(f"{kind} {arguments}: {status} {answer}")
                number = answer["number"]
                break
            except Unreachable:
                fresh = [each["number"] for each in self.transforms() if each["number"] not in before]
                if fresh:
                    number = fresh[0]
                    break
        self.story.append(f"{kind} {arguments} -> {number}")
        limit = time.monotonic() + 120
        while True:
            now = self.api("GET", f"transforms/{number}")[1]
            if now["state"] not in ("running", "going-back"):
                break
            if time.monotonic() > limit:
                raise AssertionError(f"transform {number} does not end: {now['state']} {now['stage']} {now['reason']}")
            time.sleep(0.02)
        if now["state"] != "done":
            raise WentBack(f"transform {number} is {now['state']}: {now['reason']}")
        for flow in now["flows"]:
            for side in ("before", "after"):
                if flow.get(side) and not flow[side]["balanced"]:
                    raise AssertionError(f"the ledger of {flow['flow']} does not balance: {flow}")
        return now

    def fresh(self):
        self.made += 1
        return f"m{self.made}"

    def program(self):
        return self.random.choice(["cat", "cat", "sh -c 'while IFS= read -r l; do echo \"$l\"; done'"])

    def step(self):
        middle = [to for _, _, to in self.edges[:-1]]
        kinds = ["insert", "insert", "replace", "reroute", "parallelize"]
        kinds += ["remove"] if len(middle) > 1 else []
        kinds += [] if self.keyed else ["split", "split", "merge"]
        getattr(self, self.random.choice(kinds))(middle)

    def insert(self, middle):
        at = self.random.randrange(len(self.edges))
        flow, start, end = self.edges[at]
        node = self.fresh()
        self.transform("insert", {"flow": flow}, NODE.format(id=node, run=self.program()))
        self.edges[at:at + 1] = [(flow, start, node), (f"{flow}-{node}", node, end)]
        self.replicas[node] = 1

    def remove(self, middle):
        node = self.random.choice(middle)
        at = next(i for i, edge in enumerate(self.edges) if edge[2] == node)
        self.transform("remove", {"node": node})
        self.edges[at:at + 2] = [(self.edges[at][0], self.edges[at][1], self.edges[at + 1][2])]
        del self.replicas[node]

    def reroute(self, middle):
        at = self.random.randrange(len(self.edges) - 1)
        flow, start, _ = self.edges[at]
        node = self.fresh()
        self.transform("reroute", {"flow": flow, "via": node}, NODE.format(id=node, run="cat"))
        for _, _, gone in self.edges[at:-1]:
            del self.replicas[gone]
        self.edges[at:] = [(flow, start, node), (f"{flow}-{node}", node, "keep")]
        self.replicas[node] = 1

    def replace(self, middle):
        node = self.random.choice(middle)
        options = {"steps": [20, 60], "holdMillis": 150} if not self.keyed and self.random.random() < 0.4 else None
        self.transform("replace", {"node": node, "env.ROUND": str(len(self.story))}, None, options)

    def parallelize(self, middle):
        node = self.random.choice(middle)
        lanes = self.random.choice([lanes for lanes in (1, 2, 3) if lanes != self.replicas[node]])
        self.transform("parallelize", {"path": node, "lanes": str(lanes), "key": "k"})
        self.replicas[node] = lanes

    def split(self, middle):
        node = self.random.choice(middle)
        if self.replicas[node] < 4:
            into = self.replicas[node] + self.random.randint(1, 2)
            self.transform("split", {"node": node, "into": str(into), "route": "round-robin"})
            self.replicas[node] = into

    def merge(self, middle):
        several = [node for node in middle if self.replicas[node] > 1]
        if several:
            node = self.random.choice(several)
            self.transform("merge", {"nodes": node})
            self.replicas[node] = 1

    def finish(self):
        folder = self.daemon_under_test.root
        (folder / f"{self.graph}.stop").touch()
        limit = time.monotonic() + 90
        while True:
            agents = {each["node"]: each for each in self.api("GET", f"graphs/{self.graph}")[1]["agents"]}
            if agents["keep"]["phase"] == "completed":
                break
            if time.monotonic() > limit:
                flows = self.api("GET", f"graphs/{self.graph}/flows")[1]["flows"]
                raise AssertionError("its end does not come: " + str(
                    [(each["id"], each["phase"], each["reason"]) for each in agents.values()]
                    + [(flow["id"], flow["state"], flow["reason"], flow["lagRecords"]) for flow in flows]))
            time.sleep(0.1)
        count = int((folder / f"{self.graph}.stop.count").read_text())
        records = []
        for line in (folder / f"{self.graph}.out").read_text().splitlines():
            try:
                records.append(json.loads(line))
            except ValueError:
                if not self.killed:  # The rest of a record that was killed half way.
                    raise
        seen = [record["n"] for record in records]
        missing = sorted(set(range(1, count + 1)) - set(seen))
        # What an agent had read and not given goes with it.
        if missing and not self.killed or len(seen) != len(set(seen)):
            raise AssertionError(f"of {count} records {len(missing)} are missing ({missing[:5]}), "
                                 f"{len(seen) - len(set(seen))} doubled, {len(self.killed)} agents were killed")
        self.check(records)

    def check(self, records):
        if self.keyed:
            last = {}
            for record in records:
                if record["n"] < last.get(record["k"], 0):
                    raise AssertionError(f"record {record} came after {last[record['k']]} of its key")
                last[record["k"]] = record["n"]


class Keyed(Sequence):
    """The agents count the records of each key, so the counts tell whether they went along when the keys did."""

    def __init__(self, test, name, seed):
        super().__init__(test, name, seed)
        self.keyed = True

    def step(self):
        kind = self.random.choice(["split", "merge", "replace", "parallelize"])
        getattr(self, kind)(["work"])

    def split(self, middle):
        if self.replicas["work"] < 4:
            into = self.replicas["work"] + self.random.randint(1, 2)
            self.transform("split", {"node": "work", "into": str(into)})
            self.replicas["work"] = into

    def check(self, records):
        super().check(records)
        counts = {}
        for record in records:
            expected = counts.get(record["k"], 0) + 1
            if record["count"] != expected:
                raise AssertionError(f"record {record} should be number {expected} of its key")
            counts[record["k"]] = expected


class Ending(Sequence):
    """A graph that comes to its end, untransformed."""

    def step(self):
        time.sleep(self.random.random() * 0.2)


class TransformsTest(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        left = self.daemon.close()
        self.assertFalse(left, "processes outlived the shutdown")

    def apply(self, name, graph=GRAPH):
        path = self.daemon.root / f"{name}.graph"
        path.write_text(graph.format(name=name, folder=self.daemon.root, numbers=NUMBERS, agents=AGENTS))
        self.daemon.ok("apply", "--yes", str(path))

    def test_random_sequences_lose_and_double_nothing(self):
        seed = int(os.environ.get("STRATOSWARM_SEED", random.SystemRandom().randrange(1 << 32)))
        total = int(os.environ.get("STRATOSWARM_SEQUENCES", "200" if os.environ.get("CI") else "16"))
        print(f"STRATOSWARM_SEED={seed} STRATOSWARM_SEQUENCES={total}", flush=True)
        chance = random.Random(seed)
        for first in range(0, total, AT_ONCE):
            names = [f"g{i}" for i in range(first, min(total, first + AT_ONCE))]
            self.under_fire(Sequence, names, seed, chance, 2, 0.25, deaths=0.15)

    def test_kills_while_graphs_come_to_their_end_lose_nothing(self):
        seed = int(os.environ.get("STRATOSWARM_SEED", random.SystemRandom().randrange(1 << 32)))
        chance = random.Random(seed)
        for turn in range(4):
            self.under_fire(Ending, [f"e{turn}-{i}" for i in range(AT_ONCE)], seed, chance, 0.4, 0.4)

    def test_state_goes_with_its_keys(self):
        seed = int(os.environ.get("STRATOSWARM_SEED", random.SystemRandom().randrange(1 << 32)))
        print(f"STRATOSWARM_SEED={seed}", flush=True)
        self.under_fire(Keyed, [f"s{i}" for i in range(AT_ONCE)], seed, random.Random(seed), 1, 0.3, COUNTS)

    def under_fire(self, kind, names, seed, chance, pause, kills, graph=GRAPH, deaths=0.0):
        """Lets these go on until they are done, while the daemon and agents are killed and agents paused every now and then."""
        for name in names:
            self.apply(name, graph)
        sequences = [kind(self, name, f"{seed} {name}") for name in names]
        for sequence in sequences:
            sequence.start()
        while any(sequence.is_alive() for sequence in sequences):
            time.sleep(chance.random() * pause)
            if chance.random() < kills:
                self.daemon.kill9()
                self.daemon.start()
            elif chance.random() < deaths:
                self.kill_agent(chance, sequences)
            else:
                self.pause(chance)
        failed = [f"{each.graph}: {each.failure!r} after {each.story}" for each in sequences if each.failure]
        self.assertFalse(failed, f"seed {seed}: " + "\n".join(failed) + "\n" + self.daemon.log())
        for name in names:
            self.daemon.ok("delete", name)

    def kill_agent(self, chance, sequences):
        """An agent, old or new, of the first half of the graphs; in the others none crashes, and so nothing may be lost."""
        mortal = {each.graph: each for each in sequences[:len(sequences) // 2]}
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
        self.daemon.until(lambda: self.daemon.json("transform", "show", "1")["state"] == "done", 60, "the first is done",
                          lambda: self.daemon.json("transform", "show", "1"))
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
        self.daemon.until(lambda: self.daemon.json("transform", "show", "1")["state"] == "rolled-back", 30, "it went back",
                          lambda: self.daemon.json("transform", "show", "1"))
        self.assertEqual({"told/numbers", "told/work", "told/keep"}, set(self.daemon.agents()))
        self.assertIn("rolled back", self.daemon.ok("transforms").lower().replace("-", " "))
        kinds = [event["type"] for event in self.daemon.events("--subject", "transform/told/1")]
        self.assertEqual("TransformStarted", kinds[0])
        self.assertEqual("TransformEnded", kinds[-1])


if __name__ == "__main__":
    unittest.main()
