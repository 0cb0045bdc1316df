"""Agents: what an operator expects of a supervisor, and what must hold when the daemon is killed."""

import os
import re
import signal
import time
import unittest

from daemon import Daemon, sh


def alive(pid):
    """Whether the process runs; one that is dead and not yet reaped by init does not."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


class Agents(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        left = self.daemon.close()
        self.assertEqual(left, {}, "processes left behind")

    def test_restarts_an_agent_that_was_killed(self):
        d = self.daemon
        d.apply("g", [{"id": "a", "command": sh("exec sleep 1000")}])
        d.await_phase("g/a", "READY")
        before = d.agents()["g/a"]
        os.kill(before["pid"], signal.SIGKILL)
        d.until(lambda: d.agents()["g/a"].get("pid") not in (None, before["pid"]), 10, "a new process")
        after = d.agents()["g/a"]
        self.assertEqual(after["restarts"], before["restarts"] + 1)
        types = [e["type"] for e in d.events(subject="agent/g/a")]
        self.assertIn("AgentExited", types)

    def test_survives_kill_9_of_the_daemon_with_100_agents_under_load(self):
        d = self.daemon
        counting = "n=0; while :; do n=$((n+1)); echo line $n; [ $((n % 50)) = 0 ] && sleep 0.1; done"
        d.apply("load", [{"id": "w", "replicas": 100, "command": sh(counting), "log": {"maxFile": "256MiB", "maxFiles": 2}}])
        d.until(lambda: sum(a["phase"].upper() == "READY" for a in d.agents().values()) == 100, 60, "100 ready")
        before = {name: (a["pid"], a["restarts"]) for name, a in d.agents().items()}
        time.sleep(1)
        d.kill9()
        time.sleep(2)
        for name, (pid, _) in before.items():
            os.kill(pid, 0)
        d.start()
        d.until(lambda: sum(a["phase"].upper() == "READY" for a in d.agents().values()) == 100, 30, "100 adopted")
        after = {name: (a["pid"], a["restarts"]) for name, a in d.agents().items()}
        self.assertEqual(before, after, "no agent restarted or doubled")
        time.sleep(1)
        d.ok("stop", "load")
        for name in before:
            numbers = [int(m.group(1)) for l in d.out(name) if (m := re.fullmatch(r"line (\d+)", l))]
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)), f"lines of {name}")
            self.assertGreater(len(numbers), 100)

    def test_keeps_output_and_exit_status_of_an_agent_that_ends_while_the_daemon_is_dead(self):
        d = self.daemon
        gate = d.root / "gate"
        d.apply("g", [{"id": "a", "lifecycle": "oneshot", "restart": {"policy": "never"},
                       "command": sh(f"echo before; while [ ! -e {gate} ]; do sleep 0.05; done; echo last words; exit 7")}])
        d.await_phase("g/a", "READY")
        d.kill9()
        gate.write_text("")
        time.sleep(1)
        d.start()
        d.await_phase("g/a", "FAILED")
        self.assertIn("exit 7", d.agents()["g/a"]["lastExit"])
        self.assertIn("last words", d.ok("logs", "g/a"))

    def test_names_a_command_that_is_missing_or_not_executable(self):
        d = self.daemon
        never = {"policy": "never"}
        plain = d.root / "plain"
        plain.write_text("x")
        d.apply("g", [{"id": "missing", "command": ["/no/such/program"], "restart": never},
                      {"id": "plain", "command": [str(plain)], "restart": never},
                      {"id": "own127", "command": sh("exit 127"), "restart": never}])
        for node in ("missing", "plain", "own127"):
            d.await_phase(f"g/{node}", "FAILED")
        agents = d.agents()
        self.assertIn("/no/such/program", agents["g/missing"]["reason"])
        self.assertNotIn("exit 127", agents["g/missing"]["reason"])
        self.assertIn("exit 127", agents["g/own127"]["reason"])

    def test_stops_an_agent_that_ignores_sigterm_and_its_daemonised_children(self):
        d = self.daemon
        script = "trap '' TERM; (setsid sh -c 'trap \"\" TERM; echo $$ > %s; while :; do sleep 1; done' &) ; while :; do sleep 1; done"
        pidfile = d.root / "grandchild"
        d.apply("g", [{"id": "a", "command": sh(script % pidfile), "stop": {"grace": "1s"}}])
        d.await_phase("g/a", "READY")
        d.until(pidfile.exists, 10, "the grandchild runs")
        time.sleep(0.2)
        grandchild = int(pidfile.read_text())
        d.ok("stop", "g/a")
        self.assertEqual(d.phase("g/a"), "STOPPED")
        self.assertFalse(alive(grandchild), "the grandchild escaped")

    def test_holds_a_log_flood_and_counts_what_it_drops(self):
        d = self.daemon
        d.apply("g", [{"id": "flood", "command": sh("exec yes 'a line of a flood that is longer than the shortest one'"),
                       "log": {"maxFile": "1MiB", "maxFiles": 2, "maxRate": "1MiB/s"}},
                      {"id": "calm", "command": sh("while :; do echo calm; sleep 0.2; done")}])
        d.await_phase("g/flood", "READY")
        d.await_phase("g/calm", "READY")
        time.sleep(3)
        started = time.monotonic()
        self.assertIn("calm", d.ok("logs", "g/calm"))
        self.assertLess(time.monotonic() - started, 3)
        self.assertIn("dropped", d.ok("logs", "g/flood", "--lines", "100000"))
        size = sum(f.stat().st_size for f in (d.data / "logs").rglob("*") if f.is_file() and "flood" in str(f))
        self.assertLess(size, 8 << 20)

    def test_quarantines_a_crash_loop_and_releases_it(self):
        d = self.daemon
        d.apply("g", [{"id": "a", "command": sh("exit 3"),
                       "restart": {"initial": "10ms", "max": "20ms", "intensity": 3, "window": "30s"}}])
        d.await_phase("g/a", "QUARANTINED")
        self.assertIn("exit 3", d.agents()["g/a"]["reason"])
        d.ok("start", "g/a")
        d.await_phase("g/a", "QUARANTINED")

    def test_opens_ten_thousand_files_without_harm_to_others(self):
        d = self.daemon
        opener = "import resource,time; resource.setrlimit(resource.RLIMIT_NOFILE,(20000,20000)); f=[open('/dev/null') for _ in range(10000)]; print(len(f),flush=True); time.sleep(1000)"
        d.apply("g", [{"id": "a", "command": ["python3", "-c", opener]}, {"id": "b", "command": sh("exec sleep 1000")}])
        d.until(lambda: "10000" in d.out("g/a"), 20, "10,000 files are open", lambda: d.ok("logs", "g/a"))
        self.assertEqual(d.phase("g/b"), "READY")


if __name__ == "__main__":
    unittest.main()
