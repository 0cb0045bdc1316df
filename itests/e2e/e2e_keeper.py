"""What is seen of an agent whose keeper was killed: nobody is left who could tell how the agent ended."""

import os
import signal
import unittest
from pathlib import Path

from daemon import Daemon


def parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


class Keeper(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        self.assertEqual(self.daemon.close(), {}, "processes left behind")

    def test_tells_that_the_exit_status_is_not_known(self):
        d = self.daemon
        d.apply("g", [{"id": "never", "command": ["/bin/sleep", "100000"], "restart": {"policy": "never"}},
                      {"id": "always", "command": ["/bin/sleep", "100000"], "restart": {"max": "500ms"}}])
        first = {}
        for name in ("g/never", "g/always"):
            d.await_phase(name, "READY")
            first[name] = d.agents()[name]["pid"]
            os.kill(parent(first[name]), signal.SIGKILL)
        for name, pid in first.items():
            self.assertTrue(Path(f"/proc/{pid}").exists(), f"{name} runs on without its keeper")
            os.kill(pid, signal.SIGKILL)
        d.await_phase("g/never", "FAILED")
        shown = d.ok("ps")
        self.assertIn("exit status not known", shown)
        self.assertIn("its keeper was killed", shown)
        exits = [e for e in d.events(type="AgentExited") if e["subject"] == "agent/g/never"]
        self.assertEqual(exits[-1]["payload"]["code"], -1)
        d.until(lambda: d.agents()["g/always"].get("pid") not in (None, first["g/always"]), 30, "another one is started under a new keeper",
                lambda: d.agents()["g/always"])
        d.await_phase("g/always", "READY")


if __name__ == "__main__":
    unittest.main()
