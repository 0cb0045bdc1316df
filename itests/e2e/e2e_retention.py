"""The journal drops what is old: what stays, what is said, and what holds it back."""

import json
import unittest
from pathlib import Path

from daemon import Daemon


class Retention(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(JAVA_TOOL_OPTIONS="-Dstratoswarm.journal.segmentEvents=100")
        cls.daemon.start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()

    def status(self):
        return self.daemon.get("journal/status")

    def fill(self, name):
        self.daemon.apply(name, [{"id": f"n{i}", "command": ["true"], "restart": {"policy": "never"}} for i in range(25)])
        self.daemon.until(
            lambda: all(row["phase"].upper() == "COMPLETED" for row in self.daemon.agents().values()), 30, "all have ended")

    def test_what_is_old_goes_and_all_proofs_stay(self):
        daemon = self.daemon
        archive = daemon.root / "archive"
        published = daemon.root / "log"
        for name in ("one", "two"):
            self.fill(name)
        daemon.ok("audit", "publish", str(published))
        before = daemon.agents()
        size = self.status()["size"]
        old = json.loads(daemon.ok("journal", "proof", "7", "--size", str(size)))
        daemon.ok("config", "set", "stratoswarm.journal", "keep.least.hours=0", f"keep.archive={archive}")
        daemon.until(lambda: self.status()["archive"] == str(archive), 10, "the setting is taken")

        # A hold on what happened first holds all back.
        hold = daemon.json("audit", "hold", "--subject", "agent/one/*", "--reason", "case 7")["id"]
        plan = daemon.json("journal", "prune", "--keep-days", "0", "--dry-run")
        self.assertLess(plan["cut"], 100, plan)
        self.assertIn(f"legal hold {hold}", [need["by"] for need in plan["heldBack"]])
        refused = daemon.cli("audit", "erase", "agent/one/n1.0")
        self.assertEqual(5, refused.returncode, refused)
        self.assertIn(hold, refused.stderr)
        self.assertIn("case 7", refused.stderr)
        self.assertIn(hold, daemon.ok("audit", "holds"))
        daemon.ok("audit", "release", hold, "--reason", "closed")

        # A rule that keeps events for longer is stronger than an operator.
        daemon.ok("compliance", "enable", "retention")
        denied = daemon.cli("journal", "prune", "--keep-days", "0", "--yes")
        self.assertNotEqual(0, denied.returncode, denied)
        self.assertIn("six months", denied.stderr)
        self.assertEqual(0, self.status()["first"])
        daemon.ok("compliance", "disable", "retention")

        pruned = daemon.json("journal", "prune", "--keep-days", "0", "--yes", "--reason", "test")
        self.assertTrue(pruned["pruned"], pruned)
        cut = pruned["plan"]["cut"]
        self.assertGreaterEqual(cut, 100)
        self.assertEqual(cut, self.status()["first"])
        told = [json.loads(line) for line in daemon.ok("events", "--json", "--type", "JournalPruned").splitlines()]
        self.assertEqual([cut], [event["payload"]["cut"] for event in told])

        self.everything_left_is_good(cut, old, size)
        for file in pruned["archives"]:
            self.assertIn("as this journal has it", daemon.ok("journal", "verify", file))
        none = daemon.root / "none.swa.gz"
        none.write_text("no archive\n")
        said = daemon.cli("journal", "verify", str(none))
        self.assertEqual((1, f"{none}: damaged"), (said.returncode, said.stdout.splitlines()[-1]), said)
        gone = daemon.cli("events", "--from", "3")
        self.assertEqual(4, gone.returncode, gone)
        self.assertIn(f"the events before {cut} were pruned", gone.stderr)
        early = daemon.cli("at", "10d", "ps")
        self.assertEqual(4, early.returncode, early)
        self.assertIn("pruned", early.stderr)
        self.assertEqual(4, daemon.cli("audit", "query", "--cause", "3").returncode)
        daemon.ok("audit", "publish", str(published))
        fresh = daemon.root / "fresh"
        daemon.ok("audit", "publish", str(fresh))
        self.assertIn("the log is good", daemon.ok("audit", "verify", str(published)))

        daemon.kill9()
        daemon.start()
        self.assertEqual(before, daemon.agents())
        self.assertEqual(cut, self.status()["first"])
        daemon.ok("journal", "backup", str(daemon.root / "backup"))

    def everything_left_is_good(self, cut, old, size):
        verified = json.loads(self.daemon.ok("journal", "verify", "--json"))
        self.assertEqual([], verified["problems"])
        self.assertEqual(cut, verified["first"])
        self.assertEqual(old, json.loads(self.daemon.ok("journal", "proof", "7", "--size", str(size))))
        self.assertTrue((Path(self.daemon.data) / "journal" / "pruned-000000000000").is_dir())


if __name__ == "__main__":
    unittest.main()
