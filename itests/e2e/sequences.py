"""Graphs to which random things happen, and what must hold at their end: each number that goes in comes out once, in order."""

import datetime
import http.client
import json
import random
import threading
import time

NODE = """graph new {{
  node {id} {{
    run {run}
    label state = none
  }}
}}
"""


class Unreachable(Exception):
    """The daemon is gone, or was when it should have answered."""


class WentBack(AssertionError):
    """A transform did not come to its end."""


def call(daemon, method, path, body=None):
    try:
        status, text = daemon.call(method, path, body)
    except (OSError, http.client.HTTPException) as e:
        raise Unreachable(str(e)) from e
    if status == 503:
        raise Unreachable(text)
    return status, json.loads(text) if text else {}


def since(text):
    return datetime.datetime.fromisoformat(text[:26].rstrip("Z") + "+00:00").timestamp()


class Sequence(threading.Thread):
    """One graph and what happens to it. It is a chain of nodes, known by the flows between them."""

    def __init__(self, test, name, seed):
        super().__init__(name=name)
        self.daemon_under_test = test.daemon
        self.graph = name
        self.random = random.Random(seed)
        self.keyed = self.random.random() < 0.5  # Then only what keeps each key's order is done.
        self.full = False
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
            try:
                self.story.append(json.dumps(self.transforms()))
                self.story.append(json.dumps(self.api("GET", f"graphs/{self.graph}/flows")[1]))
            except (OSError, Unreachable) as gone:
                self.story.append(f"and then {gone}")

    def api(self, method, path, body=None, patience=60):
        limit = time.monotonic() + patience
        while True:
            try:
                return call(self.daemon_under_test, method, path, body)
            except Unreachable:
                if time.monotonic() > limit:
                    raise
                if method == "POST":
                    raise
                time.sleep(0.05)

    def transforms(self):
        return self.api("GET", f"transforms?graph={self.graph}&limit=100")[1]["transforms"]

    def by_others(self):
        """Whether a transform goes on that healing began, or did so a moment ago."""
        newest = next(iter(self.transforms()), None)
        return newest and newest["actor"] == "healing" and (newest["state"] in ("running", "going-back") or time.time() - since(newest["end"]) < 5)

    def transform(self, kind, arguments, fragment=None, options=None):
        """Begins it and waits for its end. One whose answer was lost with the daemon is looked for."""
        body = {"kind": kind, "arguments": arguments}
        if fragment:
            body["fragment"] = {"file": "new.graph", "text": fragment}
        if options:
            body["options"] = options
        before = {each["number"] for each in self.transforms()}
        limit = time.monotonic() + 120
        while True:
            try:
                status, answer = self.api("POST", f"graphs/{self.graph}/transforms", body)
                if status == 409 and time.monotonic() < limit and self.by_others():
                    time.sleep(0.1)  # The daemon replaces what it finds to be ill by itself.
                    continue
                if status != 202:
                    raise AssertionError(f"{kind} {arguments}: {status} {answer}")
                number = answer["number"]
                break
            except Unreachable:
                fresh = [each["number"] for each in self.transforms() if each["number"] not in before and each["actor"] != "healing"]
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
                raise AssertionError(f"transform {number} does not end: {json.dumps(now)} "
                                     + json.dumps(self.api("GET", f"graphs/{self.graph}")[1]["agents"])
                                     + json.dumps(self.api("GET", f"graphs/{self.graph}/flows")[1]))
            time.sleep(0.1)  # Eight that ask more often keep a processor busy.
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
        # The shell reads byte by byte, which is too slow for long records.
        return "cat" if self.full else self.random.choice(["cat", "cat", "sh -c 'while IFS= read -r l; do echo \"$l\"; done'"])

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
        self.account(count, sorted(set(range(1, count + 1)) - set(seen)), len(seen) - len(set(seen)))
        self.check(records)

    def account(self, count, missing, doubled):
        # What an agent had read and not given goes with it.
        if missing and not self.killed or doubled:
            self.wrong(count, missing, doubled)

    def wrong(self, count, missing, doubled):
        raise AssertionError(f"of {count} records {len(missing)} are missing ({missing[:5]}), "
                             f"{doubled} doubled, {len(self.killed)} agents were killed")

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


class Durable(Sequence):
    """Records are delivered at least once to agents that are killed and followed by others: none may be missing, whatever happens."""

    def step(self):
        kind = self.random.choice(["replace", "replace", "split", "merge"])
        getattr(self, kind)(["work"])

    def account(self, count, missing, doubled):
        receivers = [each for flow in self.api("GET", f"graphs/{self.graph}/flows")[1]["flows"] for each in flow["ledger"]["receivers"]]
        again = sum(each["redelivered"] for each in receivers)
        self.story.append(f"{count} records, {doubled} doubled, {again} given again, {len(self.killed)} agents killed")
        if missing or doubled > again:
            self.wrong(count, missing, doubled)

    def check(self, records):
        pass  # Its order is that of the first time.


class Ending(Sequence):
    """A graph that comes to its end, untransformed."""

    def step(self):
        time.sleep(self.random.random() * 0.2)
