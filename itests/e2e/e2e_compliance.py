"""Rules: decisions that wait for a second person, agents that are stopped by a rule, bad edits; and the trails of all that."""

import json
import re
import unittest

from daemon import Daemon, sh

SLEEP = sh("exec sleep 1000")
LIMITS = """name: limits
rules:
  - name: restarts
    on: agent
    require: agent.restarts <= parameters.most
    message: restarts too often
    action: quarantine
    severity: high
parameters: {most: 2}
"""


JUDGE = """/* stratoswarm {
  "kind": "compliance", "on": "decision", "types": ["operator.agents.*"],
  "examples": [{"input": {"decision": {"agent": "shop/web", "actor": "uid:1"}}, "output": {"ruling": "deny", "message": "not the web"}}]
} */
function judge(input) {
  if (input.decision.agent === 'shop/db') {
    throw new Error('who knows');
  }
  return input.decision.agent === 'shop/web' ? {ruling: 'deny', message: 'not the web'} : {ruling: 'allow'};
}
"""


class ComplianceTest(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        self.assertEqual(self.daemon.close(), {}, "processes left behind")

    def second_person(self):
        token = self.daemon.json("token", "create", "second", "--role", "operator")["token"]
        path = self.daemon.root / "token"
        path.write_text(token)
        path.chmod(0o600)
        url = next(line.split()[1] for line in self.daemon.ok("status").splitlines() if line.startswith("page"))
        return ["--url", url.rstrip("/"), "--token-file", str(path)]

    def test_lets_a_command_act_once_somebody_else_has_approved_it(self):
        d = self.daemon
        d.apply("shop", [{"id": "web", "command": SLEEP}])
        d.await_phase("shop/web", "READY")
        d.ok("compliance", "enable", "four-eyes")
        refused = d.cli("delete", "shop")
        self.assertEqual(refused.returncode, 7, refused.stderr)
        decision = re.search(r"audit approve (\S+?)'", refused.stderr).group(1)
        same = d.cli("audit", "approve", decision)
        self.assertEqual(same.returncode, 7, same.stderr)
        d.kill9()
        d.start()
        self.assertEqual([a["id"] for a in d.json("audit", "approvals")["approvals"]], [decision])
        other = self.second_person()
        d.ok("audit", "approve", decision, *other)
        d.ok("delete", "shop")
        self.assertEqual(d.cli("delete", "shop").returncode, 7, "an approval is used once")
        outcomes = [e["payload"] for e in d.events(type="DecisionOutcome") if e["payload"]["decision"] == decision]
        self.assertEqual([o["success"] for o in outcomes], [True])
        violated = d.events(type="ComplianceViolated")
        self.assertTrue(violated and violated[0]["payload"]["rule"] == "four-eyes/deletion")
        d.ok("compliance", "disable", "four-eyes")

    def test_stops_an_agent_that_breaks_a_rule_and_tells_why(self):
        d = self.daemon
        pack = d.data / "compliance" / "limits.yaml"
        pack.write_text(LIMITS)
        pack.chmod(0o600)
        d.until(lambda: any(p["enabled"] for p in d.get("compliance")["packs"]), 10, "the pack is in force")
        d.apply("bad", [{"id": "loop", "command": sh("sleep 0.2; exit 3"), "restart": {"policy": "always", "initial": "100ms", "max": "100ms"}}])
        d.until(lambda: d.phase("bad/loop") == "STOPPED", 60, "the rule stops it", lambda: d.agents().get("bad/loop"))
        decision = next(
            each for each in d.json("audit", "query", "--about", "bad/loop")["decisions"] if each["decisionType"] == "quarantine"
        )
        self.assertEqual((decision["actor"], decision["ruling"], decision["success"]), ("rule:limits/restarts", "allow", True))
        # The edit is wrong; what was in force stays so.
        pack.write_text(LIMITS.replace("require", "requires"))
        d.until(lambda: d.get("compliance")["packs"][-1]["problems"] or
                any(p["problems"] for p in d.get("compliance")["packs"]), 10, "the edit is refused")
        listed = next(p for p in d.json("compliance")["packs"] if p["name"] == "limits")
        self.assertTrue(listed["enabled"])
        self.assertRegex(listed["problems"][0], r"^limits\.yaml:5:5: unknown key 'requires'")
        checked = d.cli("compliance", "check", str(pack))
        self.assertEqual(checked.returncode, 6)
        self.assertIn("limits.yaml:5:5", checked.stderr)

    def test_shows_a_trail_as_text_page_and_drawing(self):
        d = self.daemon
        d.apply("shop", [{"id": "web", "command": SLEEP}, {"id": "db", "command": SLEEP}])
        for agent in ("shop/web", "shop/db"):
            d.await_phase(agent, "READY")
        d.ok("restart", "shop/web")
        page, drawing = d.root / "trail.html", d.root / "trail.svg"
        d.ok("audit", "query", "--about", "shop/web", "--html", str(page), "--svg", str(drawing))
        text = page.read_text()
        self.assertIn("operator.agents.restart", text)
        self.assertNotRegex(text, r"(src|href)=[\"']?(https?:)?//", "the page needs nothing else")
        self.assertIn("<svg", drawing.read_text())
        shown = d.ok("audit", "query", "--about", "shop/web")
        self.assertIn("AgentStarted", shown)
        self.assertNotIn("shop/db", shown)
        trail = d.json("audit", "query", "--about", "shop/web")
        ended = next(e for e in trail["events"] if e["type"] == "AgentStopRequested")
        led = d.json("audit", "query", "--cause", str(ended["sequence"]))["events"]
        self.assertEqual(led[0]["sequence"], ended["sequence"])
        self.assertIn("AgentExited", [e["type"] for e in led])
        none = d.cli("audit", "query", "--cause", "999999")
        self.assertEqual((none.returncode, none.stdout), (4, ""))
        self.assertNotIn("\n", none.stderr.strip())
        read = d.events(type="RequestsRead")
        self.assertTrue(any("audit/trail" in json.dumps(e["payload"]) for e in read), "who reads trails is remembered")
        self.judged_by_a_script()

    def judged_by_a_script(self):
        d = self.daemon
        judge = d.data / "scripts" / "judge.js"
        judge.parent.mkdir(exist_ok=True)
        judge.write_text(JUDGE)
        judge.chmod(0o600)
        self.assertEqual(d.ok("compliance", "check", str(judge)), "the file is good\n")
        d.until(lambda: any(p["name"] == "judge" and p["enabled"] for p in d.get("compliance")["packs"]), 20, "the script is in force")
        denied = d.cli("stop", "shop/web")
        self.assertIn("judge/judge: not the web", denied.stderr)
        self.assertEqual(d.phase("shop/web"), "READY")
        failed = d.cli("stop", "shop/db")
        self.assertIn("the script 'judge' gave no answer (threw)", failed.stderr)
        self.assertEqual(d.phase("shop/db"), "READY")
        d.ok("compliance", "disable", "judge")
        d.ok("stop", "shop/web")


if __name__ == "__main__":
    unittest.main()
