"""Graphs that change: plans, confirmation, what was set by hand, history and the way back, also across a crash of the daemon."""

import json
import unittest

from daemon import Daemon, sh

SLEEP = sh("exec sleep 1000")


class Changing(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        self.assertEqual(self.daemon.close(), {}, "processes left behind")

    def manifest(self, *nodes):
        path = self.daemon.root / "shop.json"
        path.write_text(json.dumps({"name": "shop", "nodes": list(nodes)}))
        return str(path)

    def replicas(self):
        return len([agent for agent in self.daemon.agents() if agent.startswith("shop/web")])

    def test_asks_before_it_changes_what_runs_and_goes_back(self):
        d = self.daemon
        one = self.manifest({"id": "web", "command": SLEEP})
        self.assertIn("generation 1", d.ok("apply", one), "a plan that only creates asks nothing")
        d.await_phase("shop/web", "READY")
        pid = d.agents()["shop/web"]["pid"]
        two = self.manifest({"id": "web", "command": SLEEP, "environment": {"A": "1"}}, {"id": "new", "command": SLEEP})
        refused = d.cli("apply", two)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn("--yes", refused.stderr)
        self.assertRegex(refused.stdout, "replace +node web")
        self.assertEqual(d.agents()["shop/web"]["pid"], pid)
        plan = json.loads(d.ok("graph", "plan", "--json", two))
        self.assertEqual((plan["generation"], plan["touches"]), (1, True))
        self.assertEqual(plan["steps"][1]["restarts"], ["shop/web"])
        d.ok("apply", "--yes", two)
        d.until(lambda: d.agents()["shop/web"].get("pid") not in (None, pid), 30, "the node is replaced")
        d.await_phase("shop/new", "READY")
        d.ok("graph", "rollback", "--yes", "shop")
        d.until(lambda: "shop/new" not in d.agents(), 30, "the new node is gone again")
        history = json.loads(d.ok("graph", "history", "--json", "shop"))["generations"]
        self.assertEqual(
            [(g["generation"], g["what"]) for g in history],
            [(3, "rolled back to generation 1"), (2, "applied"), (1, "applied")],
        )

    def test_keeps_what_was_set_by_hand_across_a_crash_and_lists_conflicts(self):
        d = self.daemon
        d.ok("apply", self.manifest({"id": "web", "command": SLEEP, "replicas": 2}))
        d.ok("graph", "set", "shop/web", "replicas=3")
        d.until(lambda: self.replicas() == 3, 30, "three agents")
        d.kill9()
        d.start()
        self.assertEqual(self.replicas(), 3)
        same = d.ok("apply", self.manifest({"id": "web", "command": SLEEP, "replicas": 2}))
        self.assertIn("replicas 3 (the manifest says 2)", same)
        self.assertEqual(self.replicas(), 3)
        four = self.manifest({"id": "web", "command": SLEEP, "replicas": 4})
        conflict = d.cli("apply", "--yes", four)
        self.assertEqual(conflict.returncode, 5, conflict.stderr)
        self.assertIn("was 2, runs 3, manifest 4", conflict.stderr)
        d.ok("apply", "--yes", "--force", four)
        d.until(lambda: self.replicas() == 4, 30, "four agents")


if __name__ == "__main__":
    unittest.main()
