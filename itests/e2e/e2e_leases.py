"""Leases on agents and controls of what runs, as an operator and another program meet them; also over a kill of the daemon."""

import os
import signal
import time
import unittest
from pathlib import Path

from daemon import Daemon


def nice(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[16])


class Leases(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        self.assertEqual(self.daemon.close(), {}, "processes left behind")

    def test_holds_an_agent_over_its_end_and_over_a_kill_of_the_daemon(self):
        d = self.daemon
        d.apply("g", [{"id": "a", "command": ["/bin/sleep", "100000"], "restart": {"max": "500ms"}}])
        d.await_phase("g/a", "READY")
        me = f"uid:{os.getuid()}"
        self.assertIn("holds g/a until ", d.ok("agent", "lease", "g/a", "--for", "10m", "--reason", "a look"))
        self.assertEqual(d.agents()["g/a"]["lease"]["holder"], me)
        os.kill(d.agents()["g/a"]["pid"], signal.SIGKILL)
        d.await_phase("g/a", "BACKOFF")
        self.assertIn(f"held by {me} for", d.ok("ps"))
        time.sleep(2)
        self.assertEqual(d.phase("g/a"), "BACKOFF")

        d.kill9()
        d.start()
        shown = d.agents()["g/a"]
        self.assertEqual((shown["phase"], shown["lease"]["holder"], shown["restarts"]), ("backoff", me, 0))
        d.ok("agent", "release", "g/a")
        d.await_phase("g/a", "READY")
        self.assertEqual(d.agents()["g/a"]["restarts"], 1)
        self.assertNotIn("lease", d.agents()["g/a"])

        # A lease ends by the clock too, and then the policy acts.
        d.ok("agent", "lease", "g/a", "--for", "3s", "--reason", "shortly")
        os.kill(d.agents()["g/a"]["pid"], signal.SIGKILL)
        d.await_phase("g/a", "BACKOFF")
        d.await_phase("g/a", "READY", 20)
        why = [e["payload"]["why"] for e in d.events(type="AgentLeaseEnded")]
        self.assertEqual(why, ["released", "expired"])
        self.assertEqual([e["actor"] for e in d.events(type="AgentLeased")], [me, me])
        decided = [e["payload"] for e in d.events(type="DecisionRecorded")]
        self.assertIn(("operator.agents.lease", "g/a"), [(one["decisionType"], one["agent"]) for one in decided])

    def test_renices_what_runs_until_its_next_start(self):
        d = self.daemon
        d.apply("g", [{"id": "a", "command": ["/bin/sleep", "100000"]}])
        d.await_phase("g/a", "READY")
        before = nice(d.agents()["g/a"]["pid"])
        self.assertIn(f"niceness {before + 4}", d.ok("agent", "control", "g/a", "--nice", str(before + 4)))
        self.assertEqual(nice(d.agents()["g/a"]["pid"]), before + 4)
        told = d.events(type="AgentControlled")[-1]["payload"]
        self.assertEqual((told["outcome"], told["before"], told["after"]), ("done", str(before), str(before + 4)))
        d.ok("restart", "g/a")
        self.assertEqual(nice(d.agents()["g/a"]["pid"]), before)
        # Done or unavailable with a reason, never nothing.
        tried = d.cli("agent", "control", "g/a", "--cpu-limit", "0.5")
        self.assertIn(tried.returncode, (0, 8), tried.stderr)
        self.assertTrue(tried.stdout.strip() or tried.stderr.startswith("unavailable: "))
        wrong = d.cli("agent", "control", "g/a", "--cpus", "8000")
        self.assertEqual(wrong.returncode, 8, wrong.stdout + wrong.stderr)


if __name__ == "__main__":
    unittest.main()
