"""Looking back: what was at a moment, step by step, between two moments, and without an event; over a crash of the daemon."""

import json
import unittest

from daemon import Daemon, sh

SLEEP = sh("exec sleep 1000")
REACTION = """/* stratoswarm {"kind": "reaction", "on": "AgentFailed", "limits": {"wall": "20s"}, "rate": {"actions": 100, "per": "1m"}} */
function react(input) {
  return {actions: ACTIONS};
}
"""


class ReplayTest(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        self.assertEqual(self.daemon.close(), {}, "processes left behind")

    def last(self):
        return self.daemon.events()[-1]["sequence"]

    def changed(self):
        """A graph that is applied, changed, and killed from; gives moments between."""
        d = self.daemon
        d.apply("shop", [{"id": "web", "command": SLEEP}, {"id": "db", "command": SLEEP}])
        for agent in ("shop/web", "shop/db"):
            d.await_phase(agent, "READY")
        first = (f"#{self.last()}", d.json("ps")["agents"])
        d.ok("kill", "shop/web")
        d.until(lambda: d.agents()["shop/web"]["restarts"] == 1, 30, "it is started again")
        d.await_phase("shop/web", "READY")
        d.apply("shop", [{"id": "web", "command": SLEEP, "replicas": 2}, {"id": "new", "command": SLEEP}])
        for agent in ("shop/new", "shop/web.1"):
            d.await_phase(agent, "READY")
        d.until(lambda: "shop/db" not in d.agents(), 30, "what is not declared any more is gone")
        second = (f"#{self.last()}", d.json("ps")["agents"])
        return first, second

    def test_shows_what_was_also_after_a_crash(self):
        d = self.daemon
        first, second = self.changed()
        for crashed in (False, True):
            if crashed:
                d.kill9()
                d.start()
            for at, agents in (first, second):
                self.assertEqual(d.json("at", at, "ps")["agents"], agents, f"{at}, crashed: {crashed}")
        self.assertEqual([a["id"] for a in d.json("at", first[0], "graph", "shop")["agents"]], ["shop/db", "shop/web"])
        self.assertIn("shop/web", d.ok("at", first[0], "ps"))
        agent = d.json("at", first[0], "agent", "shop/web")
        self.assertEqual((agent["incarnation"], agent["spec"]["command"]), (1, SLEEP))
        self.assertEqual(d.json("at", "-1d", "ps")["agents"], [])
        self.assertIn("GraphApplied", d.ok("at", first[0], "events"))
        nobody = d.cli("at", first[0], "ps", "nobody")
        self.assertEqual(nobody.returncode, 4)
        self.assertNotIn("\n", nobody.stderr.strip())
        self.assertEqual(d.cli("at", "soon", "ps").returncode, 2)
        self.assertEqual(d.cli("at", "#99999", "ps").returncode, 6)

    def test_tells_what_differs(self):
        d = self.daemon
        first, second = self.changed()
        found = {(x["kind"], x["id"]): x for x in d.json("diff", first[0], second[0])["differences"]}
        self.assertEqual(found["agent", "shop/db"]["what"], "removed")
        self.assertEqual(found["agent", "shop/new"]["what"], "added")
        self.assertEqual(found["agent", "shop/web"]["what"], "restarted")
        self.assertEqual(found["node", "shop/db"]["what"], "removed")
        changes = {c["path"]: (c.get("before"), c.get("after")) for c in found["node", "shop/web"]["changes"]}
        self.assertEqual(changes["replicas"], (1, 2))
        self.assertEqual(d.json("diff", second[0], second[0])["differences"], [])
        self.assertIn("agent shop/web restarted", d.ok("diff", first[0], second[0]))

    def test_goes_to_a_breakpoint_and_step_by_step(self):
        d = self.daemon
        self.changed()
        killed = next(e for e in d.events() if e["type"] == "AgentKillRequested")
        until = "event.type == 'AgentExited' && event.payload.signal == 9"
        lines = d.ok("replay", "--from", "1d", "--until", until, "--json").splitlines()
        last = json.loads(lines[-1])
        self.assertEqual(last["event"]["type"], "AgentExited")
        self.assertGreater(last["event"]["sequence"], killed["sequence"])
        paths = {c["path"]: c for c in last["changes"]}
        self.assertEqual(paths["agents[shop/web].phase"]["after"], "FAILED")
        self.assertEqual(d.cli("replay", "--from", "1d", "--until", "type=NeverSeen").returncode, 4)
        wrong = d.cli("replay", "--from", "1d", "--until", "event.typ ==")
        self.assertEqual((wrong.returncode, len(wrong.stderr.strip().splitlines())), (6, 1), wrong.stderr)
        stepped = d.cli(
            "replay", "--from", f"#{killed['sequence'] - 1}", "--step", "--subject", "agent/shop/web",
            stdin="p agents[shop/web].phase\nn\np agents[nobody]\nq\n",
        )
        self.assertEqual(stepped.returncode, 0, stepped.stderr)
        self.assertIn('"READY"', stepped.stdout)
        self.assertIn("agents[shop/web].phase: READY -> FAILED", stepped.stdout)
        self.assertIn("nobody", stepped.stderr)

    def test_leaves_out_an_event_and_what_it_caused(self):
        d = self.daemon
        self.changed()
        killed = next(e for e in d.events() if e["type"] == "AgentKillRequested")
        branch = d.json("replay", "--without", str(killed["sequence"]))
        types = [out["type"] for out in branch["leftOut"]]
        self.assertEqual(types[0], "AgentKillRequested")
        self.assertIn("AgentExited", types)
        self.assertIn("AgentStartRequested", types)
        web = next(x for x in branch["differences"] if x["id"] == "shop/web")
        changes = {c["path"]: (c["before"], c["after"]) for c in web["changes"]}
        self.assertEqual(changes["restarts"], (1, 0))
        self.assertEqual(changes["incarnation"], (2, 1))
        self.assertTrue(any(note["exact"] for note in branch["notes"]))
        self.assertTrue(any(not note["exact"] for note in branch["notes"]))
        self.assertIn("left out", d.ok("replay", "--without", str(killed["sequence"])))
        self.assertEqual(d.cli("replay", "--without", "99999").returncode, 6)

    def test_names_the_dependency_that_was_killed(self):
        d = self.daemon
        pid = d.root / "db.pid"
        asks = sh(
            f"until [ -s {pid} ]; do sleep 0.2; done; while kill -0 $(cat {pid}); do sleep 0.2; done;"
            " echo no answer from db >&2; exit 7"
        )
        d.apply("shop", [
            {"id": "db", "command": sh(f"echo $$ >{pid}; exec sleep 1000"), "restart": {"policy": "never"}},
            {"id": "web", "command": asks, "dependsOn": ["db"], "restart": {"policy": "never"}},
            {"id": "beside", "command": SLEEP},
        ])
        d.await_phase("shop/web", "READY")
        d.ok("kill", "shop/db")
        d.await_phase("shop/web", "FAILED")
        found = d.json("debug-failure", "shop/web")
        self.assertTrue(found["explained"], found)
        first = found["factors"][0]
        self.assertEqual((first["subject"], first["category"]), ("shop/db", "command"), found["factors"])
        text = d.ok("debug-failure", "shop/web", "--window", "2m")
        self.assertIn("shop/db was killed by uid:", text.splitlines()[1])
        page = d.root / "why.html"
        # A second after the failure at the earliest, it lies before that moment.
        d.until(lambda: d.cli("debug-failure", "-1s", "--html", str(page)).returncode == 0, 10, "it is found by its time")
        self.assertIn("shop/db was killed", page.read_text())
        own = d.json("debug-failure", "shop/db")["factors"][0]
        self.assertEqual((own["basis"], own["category"]), ("exact", "command"))
        self.assertEqual(d.cli("debug-failure", "shop/beside").returncode, 4)
        self.assertEqual(d.cli("debug-failure", "nobody").returncode, 4)

    def test_asks_scripts_again(self):
        d = self.daemon
        path = d.data / "scripts" / "heal.js"

        def write(actions):
            path.write_text(REACTION.replace("ACTIONS", actions))
            path.chmod(0o600)

        def version():
            status, text = d.call("GET", "scripts/heal")
            return json.loads(text).get("sha256") if status == 200 else None

        write("[{action: 'start', agent: input.agent.id, reason: 'it failed'}]")
        d.until(version, 60, "the script runs")
        d.apply("once", [{"id": "a", "command": sh("sleep 0.5; exit 1"), "restart": {"policy": "never"}}])
        d.until(lambda: any(e["actor"] == "script:heal" for e in d.events(type="DecisionOutcome")), 60, "it decides")
        d.ok("stop", "once/a")
        same = d.json("replay", "--re-decide", "--from", "1d")["decisions"]
        self.assertEqual({(x["agreement"], x["sameVersion"]) for x in same}, {("same", True)}, same)
        before = version()
        write("[]")
        d.until(lambda: version() != before, 30, "the edit is taken")
        decisions = d.json("replay", "--re-decide", "--from", "1d")["decisions"]
        recorded = [x for x in decisions if "sequence" in x]
        self.assertEqual({(x["agreement"], x["sameVersion"]) for x in recorded}, {("different", False)}, recorded)
        self.assertIn("it would do nothing now", d.ok("replay", "--re-decide", "--from", "1d"))


if __name__ == "__main__":
    unittest.main()
