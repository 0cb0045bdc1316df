"""Strategies as scripts: a script chooses what is done about a failure once it was tried, and the version before acts while a newer one is."""

import json
import os
import signal
import time
import unittest

from daemon import Daemon

SCRIPT = """/* stratoswarm {"kind": "healing", "class": "*", "limits": {"wall": "5s"}, "examples": [
  {"input": {"acts": [{"act": "wait", "expected": 0.5, "prior": 0.5, "tries": 0}]}, "output": OUTPUT}
]} */
function heal(input) { return OUTPUT; }
"""


def says(act, why):
    return SCRIPT.replace("OUTPUT", json.dumps({"act": act, "why": why}))


class StrategiesTest(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()
        self.configure()
        self.daemon.apply("shop", [{"id": "web", "command": ["sh", "-c", "sleep 600"], "restart": {"initial": "100ms", "intensity": 100}}])
        self.daemon.await_phase("shop/web", "READY")

    def configure(self):
        self.daemon.ok("config", "set", "stratoswarm.healing", "patience.seconds=10", "lasting.seconds=1", "script.seconds=8")

    def tearDown(self):
        left = self.daemon.close()
        self.assertFalse(left, "processes outlived the shutdown")

    def write(self, text):
        path = self.daemon.data / "scripts" / "chooser.js"
        path.write_text(text)
        path.chmod(0o600)

    def standing(self):
        return {each["script"]: each for each in self.daemon.json("heal", "strategies")["scripts"]}.get("chooser", {})

    def until_stage(self, stage, other=""):
        self.daemon.until(lambda: self.standing().get("stage") == stage and self.standing()["trial"] != other, 90, f"it is {stage}", self.standing)
        return self.standing()

    def case(self):
        """One failure, and what was made of it."""
        self.daemon.await_phase("shop/web", "READY", 60)
        before = {each["case"] for each in self.daemon.get("healing/cases")["cases"]}
        time.sleep(0.5)
        os.kill(self.daemon.agents()["shop/web"]["pid"], signal.SIGSEGV)
        new = lambda: [each for each in self.daemon.get("healing/cases")["cases"] if each["case"] not in before]
        self.daemon.until(lambda: new() and new()[0]["state"] in ("ended", "withheld"), 60, "the case ends", new)
        return new()[0]

    def advised(self, case):
        events = self.daemon.json("heal", "why", str(case["case"]))["events"]
        return [each["payload"] for each in events if each["type"] == "HealingAdvised"][0]

    def test_a_script_chooses_once_it_was_tried(self):
        d = self.daemon
        built_in = self.case()
        self.assertEqual("wait", built_in["act"], built_in)
        self.write(says("ask", "this is for a person"))
        first = self.until_stage("shadow")
        self.assertIn("recorded cases", first["reason"])
        shadow = self.case()
        self.assertEqual("wait", shadow["act"], "it is only watched")
        self.assertEqual(["ask"], [each["would"] for each in self.advised(shadow)["scripts"]])

        d.ok("heal", "promote", "chooser")
        self.assertEqual("canary", self.standing()["stage"])
        d.ok("heal", "promote", "chooser")
        active = self.standing()
        self.assertEqual(("active", first["trial"]), (active["stage"], active["active"]))
        chosen = self.case()
        self.assertEqual(("ask", "withheld"), (chosen["act"], chosen["state"]), chosen)
        self.assertIn("the script chooser at " + active["active"][:12] + " chose it: this is for a person", chosen["why"])
        self.assertIn("chooser", d.ok("heal", "strategies"))

        # A changed version is watched, and the one before acts meanwhile, also in the next daemon.
        self.write(says("wait", "it comes back"))
        self.until_stage("shadow", first["trial"])
        self.assertEqual(active["active"], self.standing()["active"])
        d.kill9()
        d.start()
        self.configure()
        d.until(lambda: self.daemon.call("GET", "scripts/chooser")[0] == 200
                and self.daemon.get("scripts/chooser")["state"] == "running", 90, "it runs again")
        both = self.case()
        for _ in range(4):
            # The version before is loaded after the one of the file.
            both = both if both["act"] == "ask" else self.case()
        self.assertEqual("ask", both["act"], (both, self.advised(both)))
        self.assertEqual({"ask", "wait"}, {each["would"] for each in self.advised(both)["scripts"]})

        d.ok("heal", "revert", "chooser")
        self.assertEqual(("reverted", active["active"]), (self.standing()["stage"], self.standing()["active"]))
        d.ok("heal", "revert", "chooser")
        self.assertEqual("", self.standing()["active"])
        self.assertEqual("wait", self.case()["act"], "what is built in is back")

        policies = {each["policy"]: each for each in d.json("heal", "validate", built_in["class"])["policies"]}
        self.assertEqual({"what was done", "learned", "restart", "wait"}, set(policies))
        self.assertGreaterEqual(policies["wait"]["matched"], 1, policies)
        self.assertIn("what was done", d.ok("heal", "validate", built_in["class"]))

    def test_what_is_wrong_is_said(self):
        for wrong, code in ((("promote", "nonsense"), 4), (("revert", "nonsense"), 4), (("trial", "nonsense"), 4), (("validate", "nonsense"), 4)):
            done = self.daemon.cli("heal", *wrong)
            self.assertEqual(code, done.returncode, (wrong, done.stderr))
            self.assertNotIn("Exception", done.stderr)
        self.write('/* stratoswarm {"kind": "healing", "class": "Memory Leak"} */\nfunction heal(input) { return null; }\n')
        problem = lambda: self.daemon.get("scripts/chooser").get("problem", "")
        self.daemon.until(lambda: self.daemon.call("GET", "scripts/chooser")[0] == 200 and problem(), 60, "the fault is told")
        self.assertIn("class: must be the label of a class", problem())

    def test_a_script_that_fails_costs_nothing(self):
        self.write('/* stratoswarm {"kind": "healing", "class": "*"} */\nfunction heal(input) { throw new Error("no such thing"); }\n')
        self.until_stage("shadow")
        self.daemon.ok("heal", "promote", "chooser")
        self.daemon.ok("heal", "promote", "chooser")
        case = self.case()
        self.assertEqual("wait", case["act"], case)
        self.assertIn("no such thing", self.advised(case)["scripts"][0]["error"])


if __name__ == "__main__":
    unittest.main()
