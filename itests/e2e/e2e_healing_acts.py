"""Acts of healing that change more than the agent, each seen to do what it says, and to be refused where it should be. A script names them, so that
none of it is left to what a class happens to be."""

import json
import os
import signal
import time
import unittest

from daemon import Daemon, sh

SCRIPT = """/* stratoswarm {"kind": "healing", "class": "*", "limits": {"wall": "5s"}, "examples": [
  {"input": {"agent": "limits/web", "acts": [{"act": "raise-limits", "expected": 0.5, "prior": 0.5, "tries": 0}]},
   "output": {"act": "raise-limits", "parameters": {"factor": 1.2}, "why": "it needs more"}},
  {"input": {"agent": "limits/web", "acts": []}, "output": null}
]} */
function heal(input) {
  const wanted = {limits: 'raise-limits', wide: 'scale-out', flow: 'replace', near: 'restart-neighbours'}[input.agent.split('/')[0]];
  if (!input.acts.some((each) => each.act === wanted)) return null;
  const parameters = wanted === 'raise-limits' ? {factor: 1.2} : {};
  return {act: wanted, parameters: parameters, why: 'it needs more'};
}
"""
MIB = 1 << 20
QUICK = {"initial": "100ms", "max": "300ms", "intensity": 100, "window": "60s"}
# Comes up to its limit of addresses with what it has in memory, and ends after it was measured; under a larger one it has all that it needs.
GREEDY = "if [ $(ulimit -v) -gt 220000 ]; then exec sleep 600; fi; exec perl -e 'push @x, \"x\" x (1 << 20) for 1 .. 168; sleep 4; exit 1'"
# Cannot work before its neighbour was started twice, and gives that one the time to say so when both are started at once.
STUCK = "sleep 0.5; if [ $(wc -l <{0}/starts) -ge 2 ]; then exec sleep 600; fi; echo 'the neighbour holds it' >&2; exit 1"
SLOWS = {"initialDelay": "100ms", "interval": "250ms", "timeout": "2s"}


class HealingActsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = d = Daemon().start()
        d.ok("config", "set", "stratoswarm.healing", "approve.acts=raise-limits", "patience.seconds=6", "lasting.seconds=1", "ill.most=100",
             "rate.agent=100", "script.seconds=8", "alarm.seconds=0.5")
        path = d.data / "scripts" / "chooser.js"
        path.write_text(SCRIPT)
        path.chmod(0o600)
        standing = lambda: {each["script"]: each for each in d.get("healing/scripts")["scripts"]}.get("chooser", {}).get("stage")
        d.until(lambda: standing() == "shadow", 60, "the script is tried", standing)
        d.ok("heal", "promote", "chooser")
        d.ok("heal", "promote", "chooser")
        # What takes seconds to fail goes on while the other tests are at it.
        d.apply("limits", [{"id": "web", "command": sh(GREEDY), "restart": QUICK, "rlimits": {"as": 200 * MIB}}])

    @classmethod
    def tearDownClass(cls):
        left = cls.daemon.close()
        assert not left, f"processes outlived the shutdown: {left}"

    def cases(self, agent, act):
        return [each for each in self.daemon.get(f"healing/cases?agent={agent}&limit=200")["cases"] if each["act"] == act]

    def ready(self, agent):
        self.daemon.until(lambda: self.daemon.agents().get(agent, {}).get("phase") == "ready", 30, f"{agent} is ready", self.daemon.agents)

    def ended(self, agent, act, seconds=90):
        """The first case in which this was done, once it is known what came of it."""
        done = lambda: [each for each in self.cases(agent, act) if each["state"] == "ended"]
        self.daemon.until(done, seconds, f"{act} of {agent}", lambda: (self.daemon.get("healing/cases?limit=50"), self.daemon.agents()))
        case = done()[-1]
        return case, json.dumps(self.daemon.get(f"healing/cases/{case['case']}"))

    def flowing(self, name, keys):
        """A graph in which records flow to the node `web`."""
        self.daemon.apply_text(name, json.dumps({
            "name": name,
            "nodes": [{"id": "numbers", "command": sh("n=0; while :; do echo $n; n=$((n + 1)); sleep 0.1; done")},
                      {"id": "web", "command": sh("exec cat >/dev/null"), "restart": QUICK, "labels": {"state": "none"}, **keys}],
            "flows": [{"from": "numbers", "to": "web"}],
        }), "json")

    def test_limits_are_raised_once_a_person_agrees(self):
        d = self.daemon
        waiting = lambda: [each for each in d.get("approvals")["approvals"] if each["decisionType"] == "heal.raise-limits"]
        d.until(waiting, 40, "larger limits wait for a person", lambda: d.get("healing/cases?limit=50"))
        self.assertEqual(1, len(d.get("graphs/limits/history")["generations"]), "nothing is raised before that")
        d.ok("audit", "approve", waiting()[0]["id"])
        case, why = self.ended("limits/web", "raise-limits")
        self.assertIn(f"as from {200 * MIB} to {240 * MIB}", why)
        self.assertGreater(case.get("reward", 0), 0.7, case)
        self.ready("limits/web")

    def test_a_replica_more_and_no_more_than_twice_as_many(self):
        d = self.daemon
        self.flowing("wide", {})
        self.ready("wide/web")
        time.sleep(1)
        os.kill(self.daemon.agents()["wide/web"]["pid"], signal.SIGSEGV)
        _, why = self.ended("wide/web", "scale-out")
        self.assertIn("is done", why)
        replicas = [each for each in self.daemon.agents() if each.startswith("wide/web")]
        self.assertEqual(2, len(replicas), replicas)
        os.kill(self.daemon.agents()[replicas[0]]["pid"], signal.SIGSEGV)
        d.until(lambda: self.cases(replicas[0], "wait"), 30, "it is left to its policy", lambda: d.get("healing/cases?limit=50"))
        self.assertEqual(2, len([each for each in self.daemon.agents() if each.startswith("wide/web")]))

    def slowing(self, folder):
        """Answers to the probe take longer and longer, as long as it is not the next process that gives them."""
        delay = folder / "delay"
        time.sleep(1.5)
        for took in (0.25, 0.6, 1.2):
            delay.write_text(str(took))
            time.sleep(0.4 + took)
        delay.write_text("0.02")

    def probed(self, folder):
        folder.mkdir()
        (folder / "delay").write_text("0.02")
        return {**SLOWS, "exec": {"command": ["sh", "-c", f"sleep $(cat {folder}/delay)"]}}

    def test_what_becomes_slow_is_followed_by_a_fresh_one_where_records_flow(self):
        d = self.daemon
        folder = d.root / "slow"
        liveness = self.probed(folder)
        d.apply("alone", [{"id": "web", "command": sh("exec sleep 600"), "restart": QUICK, "liveness": liveness}])
        self.flowing("flow", {"liveness": liveness})
        self.ready("flow/web")
        self.ready("alone/web")
        before = self.daemon.agents()["alone/web"]["incarnation"]
        self.slowing(folder)
        _, why = self.ended("flow/web", "replace")
        self.assertIn("is done", why)
        told = [each["payload"] for each in d.get("events?type=AgentAnomalous")["events"]]
        self.assertEqual({"probe_duration_seconds"}, {each["rule"] for each in told if each["class"] == "slow-response"}, told)
        _, why = self.ended("alone/web", "restart")
        self.assertIn("started anew", why)
        self.assertGreater(self.daemon.agents()["alone/web"]["incarnation"], before)
        self.assertEqual([], self.cases("alone/web", "replace"), "nothing flows there")
        self.assertEqual([], d.get("events?type=AgentUnhealthy")["events"], "before the probe failed")

    def test_neighbours_are_restarted_once_nothing_else_lasted(self):
        d = self.daemon
        folder = d.root / "near"
        folder.mkdir()
        (folder / "starts").write_text("")
        d.apply("near", [
            {"id": "holder", "command": sh(f"echo started >>{folder}/starts; exec sleep 600")},
            {"id": "web", "command": sh(STUCK.format(folder)), "restart": QUICK},
        ])
        _, why = self.ended("near/web", "restart-neighbours")
        self.assertIn("near/holder", why)
        self.ready("near/web")
        self.assertEqual(2, len((folder / "starts").read_text().splitlines()), "once is enough")
        others = [each for each in d.get("healing/cases?agent=near/web&limit=200")["cases"] if each["act"] != "restart-neighbours"]
        self.assertGreaterEqual(len(others), 3, "the agent alone came first")


if __name__ == "__main__":
    unittest.main()
