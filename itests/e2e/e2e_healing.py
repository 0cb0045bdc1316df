"""Healing as an operator meets it: a failure gets a class, something is done about it, and what that was worth is learned."""

import json
import os
import signal
import time
import unittest

from daemon import Daemon

GOOD = 'if [ "$MODE" != good ]; then echo "bad configuration: MODE is $MODE" >&2; exit 3; fi; while :; do echo ok; sleep 0.2; done'


def node(mode):
    return {
        "id": "web", "command": ["sh", "-c", GOOD], "environment": {"MODE": mode},
        "restart": {"initial": "100ms", "max": "300ms", "intensity": 3, "window": "30s"},
    }


class HealingTest(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()
        self.daemon.ok("config", "set", "stratoswarm.healing", "patience.seconds=5", "lasting.seconds=3")

    def tearDown(self):
        left = self.daemon.close()
        self.assertFalse(left, "processes outlived the shutdown")

    def cases(self, agent):
        return self.daemon.get(f"healing/cases?agent={agent}")["cases"]

    def test_a_crash_is_named_watched_and_learned_from(self):
        self.daemon.apply("crash", [
            {"id": "web", "command": ["sh", "-c", "echo of $STRATOSWARM_CLONE_OF at $PLACE; exec sleep 600"],
             "restart": {"initial": "100ms"}, "labels": {"healing.clone": "PLACE=nowhere"}},
        ])
        self.daemon.await_phase("crash/web", "READY")
        time.sleep(2)
        os.kill(self.daemon.agents()["crash/web"]["pid"], signal.SIGSEGV)
        self.daemon.until(lambda: self.cases("crash/web") and self.cases("crash/web")[0]["state"] == "ended", 40,
                          "the case ends", lambda: self.cases("crash/web"))
        case = self.cases("crash/web")[0]
        self.assertEqual("wait", case["act"], case)
        self.assertGreater(case.get("reward", 0), 0.9, case)
        why = self.daemon.ok("heal", "why", str(case["case"]))
        for word in ("FailureClassified", "HealingStarted", "HealingEnded", "crash/web"):
            self.assertIn(word, why)
        learned = {each["class"]: each for each in self.daemon.json("heal", "strategies")["strategies"]}[case["class"]]
        self.assertEqual(1, learned["seen"])
        tried = {each["act"]: each["tries"] for each in learned["acts"]}
        self.assertEqual(1, tried["wait"], learned)
        self.tries_on_a_clone(self.daemon.agents()["crash/web"])
        self.daemon.kill9()
        self.daemon.start()
        self.daemon.until(lambda: not self.daemon.get("healing/clones")["trials"][0]["open"], 30, "the trial that was cut off ends")
        self.assertIn("cut off by the end of the daemon", self.daemon.get("healing/clones")["trials"][0]["why"])
        self.assertEqual({"crash/web"}, set(self.daemon.agents()), "the clone is gone")
        self.assertEqual({"crash/web"}, {each["agent"] for each in self.daemon.json("heal", "cases")["cases"]}, "that a clone fails is no case")
        again = {each["class"]: each for each in self.daemon.json("heal", "strategies")["strategies"]}[case["class"]]
        self.assertEqual(learned, again)

    def tries_on_a_clone(self, real):
        """A crash in a clone is measured and the agent itself left alone; then a trial is left open."""
        trial = self.daemon.json("heal", "validate", "random-crash", "--clone")
        self.assertEqual(("crash/web", "SIGKILL of its process", False), (trial["agent"], trial["fault"], trial["open"]), trial)
        self.assertEqual([("learned", "wait")], [(each["way"], each["act"]) for each in trial["tried"]], trial)
        self.assertGreater(trial["tried"][0]["reward"], 0.8, trial)
        now = self.daemon.agents()
        self.assertEqual({"crash/web": (real["pid"], real["incarnation"])}, {each: (now[each]["pid"], now[each]["incarnation"]) for each in now})
        self.assertIn("and stayed so", self.daemon.ok("heal", "strategies", "random-crash"))
        refused = self.daemon.cli("heal", "validate", "deadlock", "--clone")
        self.assertEqual(5, refused.returncode, refused.stderr)
        self.assertIn("a clone of crash/web is not possible, because without a liveness probe nobody notices that it hangs", refused.stderr)
        status, answer = self.daemon.call("POST", "healing/clone", {"class": "random-crash", "agent": "crash/web"})
        self.assertEqual(200, status, answer)
        clone = f"healing-clone-{json.loads(answer)['trial']}/web"
        self.daemon.await_phase(clone, "READY")
        self.assertIn("of crash/web at nowhere", self.daemon.ok("logs", clone))

    def test_a_bad_change_is_taken_back_once_a_person_agrees(self):
        self.daemon.apply("shop", [node("good")])
        self.daemon.await_phase("shop/web", "READY")
        time.sleep(3)
        self.daemon.apply("shop", [node("broken")])
        self.daemon.await_phase("shop/web", "QUARANTINED", 40)
        waiting = lambda: [each for each in self.daemon.get("approvals")["approvals"] if each["decisionType"] == "heal.rollback"]
        self.daemon.until(waiting, 30, "a rollback waits for a person", lambda: self.cases("shop/web"))
        self.assertEqual(1, len(waiting()), "one is enough")
        self.daemon.ok("audit", "approve", waiting()[0]["id"])
        self.daemon.await_phase("shop/web", "READY", 30)
        self.daemon.until(lambda: any(each["act"] == "rollback" and each["state"] == "ended" for each in self.cases("shop/web")), 30,
                          "the case ends", lambda: self.cases("shop/web"))
        done = [each for each in self.cases("shop/web") if each["act"] == "rollback" and each["state"] == "ended"][0]
        self.assertGreater(done.get("reward", 0), 0.8, done)

    def test_a_remedy_of_the_graph_is_run_and_learned_from(self):
        place = self.daemon.root / "place"
        place.mkdir()
        command = f'if [ -e {place}/free ]; then echo ok; exec sleep 600; fi; echo "no space left on device" >&2; exit 1'
        calm = {"initial": "2s", "max": "3s", "intensity": 20, "window": "60s"}
        self.daemon.apply("store", [
            {"id": "db", "command": ["sh", "-c", command], "restart": calm},
            {"id": "free", "lifecycle": "manual", "command": ["sh", "-c", f"echo freed; touch {place}/free"],
             "labels": {"healing.remedy": "*", "healing.for": "db"}},
        ])
        ended = lambda: [each for each in self.cases("store/db") if each["act"] == "remedy" and each["state"] == "ended"]
        self.daemon.until(ended, 40, "the remedy is run and has helped", lambda: (self.cases("store/db"), self.daemon.agents()))
        self.assertGreater(ended()[0].get("reward", 0), 0.7, ended())
        self.assertIn("ran store/free", self.daemon.ok("heal", "why", str(ended()[0]["case"])))
        job = self.daemon.agents()["store/free"]
        self.assertEqual(("waiting", 1), (job["phase"], job["incarnation"]), job)
        self.assertIn("starts by a command alone", job["reason"])

    def test_what_an_operator_says_counts(self):
        self.assertIn("auto", self.daemon.ok("heal"))
        self.daemon.ok("heal", "forbid", "bad-configuration", "rollback")
        acts = {each["act"]: each["on"] for each in self.daemon.json("heal", "strategies", "bad-configuration")["strategies"][0]["acts"]}
        self.assertFalse(acts["rollback"])
        self.daemon.ok("heal", "pause", "--reason", "maintenance")
        self.assertEqual("maintenance", self.daemon.json("heal")["paused"])
        self.daemon.kill9()
        self.daemon.start()
        self.assertEqual("maintenance", self.daemon.json("heal")["paused"])
        self.daemon.ok("heal", "resume")
        self.assertEqual("", self.daemon.json("heal")["paused"])
        for wrong, code in ((("forbid", "nonsense", "restart"), 4), (("why", "999999"), 4), (("look", "no/such"), 4),
                            (("expect", "deadlock", "restart", "two"), 2), (("reset",), 2)):
            done = self.daemon.cli("heal", *wrong)
            self.assertEqual(code, done.returncode, (wrong, done.stderr))
            self.assertNotIn("Exception", done.stderr)
        self.daemon.ok("heal", "expect", "deadlock", "restart", "0.9")
        acts = {each["act"]: each["expected"] for each in self.daemon.json("heal", "strategies", "deadlock")["strategies"][0]["acts"]}
        self.assertAlmostEqual(0.9, acts["restart"])
        self.daemon.ok("heal", "reset", "--all")
        acts = {each["act"]: each for each in self.daemon.json("heal", "strategies", "deadlock")["strategies"][0]["acts"]}
        self.assertNotEqual(0.9, acts["restart"]["expected"])

    def test_what_is_foreseen_is_told_with_its_record(self):
        self.daemon.apply("calm", [{"id": "web", "command": ["sh", "-c", "sleep 600"]}])
        self.daemon.await_phase("calm/web", "READY")
        seen = self.daemon.json("predictions", "--all")
        self.assertEqual({"hits": 0, "falseAlarms": 0, "missed": 0, "prevented": 0, "failedAnyway": 0, "void": 0, "calibration": [], "gains": []},
                         seen["record"])
        self.assertEqual([], seen["predictions"])
        self.assertEqual(30_000, seen["status"]["stepMillis"])
        text = self.daemon.ok("predictions", "--window", "1h")
        if seen["status"]["unavailable"]:
            self.assertIn(seen["status"]["unavailable"], text)
        else:
            self.assertIn("No agent is expected to fail within 1h.", text)
        self.assertIn("0 hits, 0 false alarms, 0 missed", text)
        self.daemon.ok("config", "set", "stratoswarm.healing", "prediction.window.seconds=90")
        self.daemon.until(lambda: self.daemon.get("predictions")["status"]["stepMillis"] == 1_500, 10, "steps are shorter")
        for wrong, code in ((("--window", "soon"), 2), (("-n", "none"), 2), (("forbid", "nonsense"), 4), (("allow",), 2)):
            done = self.daemon.cli("predictions", *wrong)
            self.assertEqual(code, done.returncode, (wrong, done.stderr))
            self.assertNotIn("Exception", done.stderr)
        self.daemon.ok("predictions", "forbid", "contention")
        gains = self.daemon.json("predictions")["record"]["gains"]
        self.assertEqual([("contention", False)], [(each["cause"], each["on"]) for each in gains])
        self.daemon.kill9()
        self.daemon.start()
        self.assertEqual(gains, self.daemon.json("predictions")["record"]["gains"])
        self.daemon.ok("predictions", "allow", "contention")
        self.assertTrue(self.daemon.json("predictions")["record"]["gains"][0]["on"])


if __name__ == "__main__":
    unittest.main()
