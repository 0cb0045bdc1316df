"""The daemon: bad input, damage, two daemons, hot deploy, upgrade."""

import json
import os
import shutil
import socket
import subprocess
import time
import unittest

from daemon import Daemon, STRATOSWARM, sh


def run(*arguments, **options):
    return subprocess.run([STRATOSWARM, *arguments], capture_output=True, text=True, timeout=120, **options)


class CommandLine(unittest.TestCase):
    def test_helps_with_an_example_in_every_command(self):
        top = run("--help")
        self.assertEqual(top.returncode, 0)
        for command in ("daemon demo status ps logs start stop restart kill signal apply delete validate events journal "
                        "plugins config doctor upgrade shutdown completion").split():
            self.assertIn(command, top.stdout)
            text = run(command, "--help")
            self.assertEqual(text.returncode, 0, command + text.stderr)
            self.assertIn("stratoswarm " + command, text.stdout)

    def test_suggests_the_nearest_command_and_shows_no_stack_trace(self):
        wrong = run("statsu")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("status", wrong.stderr)
        self.assertNotIn("\tat ", wrong.stderr)

    def test_says_how_to_start_a_daemon_where_none_runs(self):
        done = run("ps", "--data", "/nonexistent/folder")
        self.assertEqual(done.returncode, 3)
        self.assertIn("stratoswarm daemon", done.stderr)
        self.assertNotIn("\tat ", done.stderr)


class Running(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        self.assertEqual(self.daemon.close(), {}, "processes left behind")

    def test_refuses_a_second_daemon_on_one_folder_and_allows_one_on_another(self):
        second = run("daemon", "--data", str(self.daemon.data))
        self.assertNotEqual(second.returncode, 0)
        self.assertIn(str(self.daemon.data), second.stderr + second.stdout)
        self.assertNotIn("\tat ", second.stderr)
        other = Daemon().start()
        try:
            self.assertEqual(other.cli("status").returncode, 0)
            self.assertEqual(self.daemon.cli("status").returncode, 0)
        finally:
            other.close()

    def test_names_what_is_wrong_with_a_manifest_and_where(self):
        path = self.daemon.root / "bad.json"
        path.write_text('{\n  "name": "x",\n  "nodes": [\n    {"id": "a", "comand": ["true"]},\n    {"id": "a", "command": ["true"], "dependsOn": ["zz"]}\n  ]\n}\n')
        done = self.daemon.cli("apply", str(path))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("bad.json:4:", done.stderr)
        self.assertIn("'command'", done.stderr)
        self.assertIn("zz", done.stderr)
        self.assertEqual(self.daemon.agents(), {})

    def test_survives_malformed_and_oversized_http(self):
        for data in (b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n",
                     b"POST /api/v1/graphs HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
                     b"GET /api/v1/status HTTP/1.1\r\n" + b"X: " + b"y" * 200000 + b"\r\n\r\n", b"\x00" * 5000):
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(5)
                s.connect(str(self.daemon.data / "api.sock"))
                try:
                    s.sendall(data)
                    s.shutdown(socket.SHUT_WR)
                    while s.recv(65536):
                        pass
                except (ConnectionError, TimeoutError):
                    pass
        self.assertEqual(self.daemon.cli("status").returncode, 0)

    def test_reports_a_garbage_jar_and_a_group_writable_deploy_folder(self):
        deploy = self.daemon.data / "deploy"
        (deploy / "garbage.jar").write_bytes(b"this is no jar")
        d = self.daemon
        d.until(lambda: "garbage.jar" in d.ok("plugins"), 10, "the garbage jar is reported")
        row = next(p for p in self.plugins() if p["file"] == "garbage.jar")
        self.assertEqual(row["state"], "refused")
        os.chmod(deploy, 0o775)
        d.until(lambda: any("chmod" in p["reason"] for p in self.plugins()), 10, "the folder's mode is reported")
        self.assertEqual(d.cli("status").returncode, 0)

    def plugins(self):
        listed = self.daemon.json("plugins")
        return listed["plugins"] if isinstance(listed, dict) else listed

    def test_upgrades_in_place_and_keeps_agents_running(self):
        d = self.daemon
        d.apply("g", [{"id": "a", "command": sh("while :; do echo tick; sleep 0.1; done")}])
        d.await_phase("g/a", "READY")
        before, pid = d.agents()["g/a"], d.json("status")["pid"]
        d.ok("upgrade")
        d.until(lambda: d.printed.read_text().count(" ready: ") == 2, 30, "back after the upgrade")
        d.await_phase("g/a", "READY")
        self.assertEqual(d.agents()["g/a"]["pid"], before["pid"])
        self.assertEqual(d.json("status")["pid"], pid, "the same process id, restarted in place")
        self.assertIsNone(d.process.poll())


class Damage(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon()

    def tearDown(self):
        self.assertEqual(self.daemon.close(), {}, "processes left behind")

    def test_refuses_a_folder_of_a_newer_version(self):
        d = self.daemon.start()
        d.ok("shutdown")
        d.process.wait(30)
        (d.data / "FORMAT").write_text("99\n")
        done = run("daemon", "--data", str(d.data))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("99", done.stderr + done.stdout)
        self.assertNotIn("\tat ", done.stderr)

    def test_verifies_and_salvages_a_damaged_journal(self):
        d = self.daemon.start()
        d.apply("g", [{"id": "a", "command": sh("exec sleep 1000"), "replicas": 20}])
        d.until(lambda: sum(a["phase"].upper() == "READY" for a in d.agents().values()) == 20, 30, "ready")
        d.ok("shutdown")
        d.process.wait(30)
        self.assertEqual(run("journal", "verify", "--data", str(d.data)).returncode, 0)
        data = next((d.data / "journal").rglob("data.mdb"))
        raw = bytearray(data.read_bytes())
        # Every copy is damaged: pages that LMDB no longer uses hold some, and harm there is none.
        place = raw.find(b"AgentStartRequested", 8192)
        self.assertGreater(place, 0)
        while place > 0:
            raw[place + 3] ^= 0x10
            place = raw.find(b"AgentStartRequested", place + 1)
        data.write_bytes(raw)
        damaged = run("journal", "verify", "--data", str(d.data))
        self.assertNotEqual(damaged.returncode, 0)
        salvaged = run("journal", "salvage", "--data", str(d.data))
        self.assertEqual(salvaged.returncode, 0, salvaged.stderr + salvaged.stdout)
        self.assertEqual(run("journal", "verify", "--data", str(d.data)).returncode, 0)

    @unittest.skipUnless(os.geteuid() == 0, "mounting a small file system needs root")
    def test_goes_on_after_a_full_disk(self):
        d = self.daemon
        d.data.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(d.data)]).returncode != 0:
            self.skipTest("no tmpfs mount here")
        try:
            filler = d.data / "filler"
            d.start()
            fill(filler)
            full = d.cli("apply", "-", stdin=json.dumps({"name": "g", "nodes": [
                {"id": "a", "command": ["sleep", "1000"], "environment": {"K": "v" * 30000}, "replicas": 300}]}))
            self.assertEqual(d.cli("status").returncode, 0, d.log())
            if full.returncode != 0:
                self.assertRegex((full.stderr + full.stdout).lower(), "full|no space")
            filler.unlink()
            d.apply("h", [{"id": "b", "command": sh("exec sleep 1000")}])
            d.await_phase("h/b", "READY")
            d.until(lambda: d.cli("metrics").returncode == 0, 30, "there are metrics once there is room")
        finally:
            filler.unlink(missing_ok=True)
            if d.process is not None:
                d.cli("shutdown")
                d.process.wait(30)
            subprocess.run(["umount", "-l", str(d.data)], check=True)

    @unittest.skipUnless(os.geteuid() == 0, "mounting a small file system needs root")
    def test_ends_on_a_full_disk_in_bounded_time_and_says_what_it_could_not_record(self):
        for how in ("shutdown", "keep", "SIGTERM"):
            with self.subTest(how):
                self.end_on_full_disk(how)

    def end_on_full_disk(self, how):
        d = Daemon()
        d.data.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(d.data)]).returncode != 0:
            self.skipTest("no tmpfs mount here")
        filler = d.data / "filler"
        try:
            d.start()
            d.apply("g", [{"id": "a", "command": sh("exec sleep 1000")}])
            d.await_phase("g/a", "READY")
            pid = d.agents()["g/a"]["pid"]
            fill(filler)
            # What room the journal's file still has inside is used up as well, by events that need no other file.
            for _ in range(5_000):
                answer = post(d.data / "api.sock", "agents/signal", {"selector": "g/a", "signal": "CONT"})
                if b" 200 " not in answer.split(b"\r\n")[0]:
                    break
            self.assertIn(b"no space", answer)
            began = time.monotonic()
            if how == "SIGTERM":
                self.assertEqual(d.terminate(), 0, d.log())
            else:
                ended = d.cli("shutdown", *(["--keep-agents"] if how == "keep" else []), seconds=60)
                d.process.wait(30)
                if how == "keep":
                    self.assertEqual(ended.returncode, 0, ended.stderr)
                elif ended.returncode == 0:
                    self.assertFalse(os.path.exists(f"/proc/{pid}"), "it said that all agents are down")
                else:
                    self.assertEqual(ended.returncode, 1, ended.stderr + ended.stdout)
                    self.assertIn("agents run on", ended.stderr)
                    self.assertIn("no space", ended.stderr)
            self.assertLess(time.monotonic() - began, 45)
            # The decision to signal is larger than the event of a stop, for which there may still be room.
            runs_on = how != "shutdown" or os.path.exists(f"/proc/{pid}")
            if runs_on:
                os.kill(pid, 0)
            log = "".join(path.read_text(errors="replace") for path in (d.data / "logs").glob("daemon*.log"))
            said = "could not be recorded" in log + d.log()
            filler.unlink()
            d.start()
            # A page that the journal gave back meanwhile may have made room for the last event; then there is nothing to say.
            recorded = any(event["type"] == "DaemonStopped" for event in d.events())
            self.assertTrue(said or recorded, log + d.log())
            if runs_on:
                self.assertEqual(d.agents()["g/a"]["pid"], pid, "the agent was not adopted")
            else:
                # A daemon that begins starts what the end of the last one stopped.
                d.await_phase("g/a", "READY")
                self.assertTrue([e for e in d.events() if e["type"] == "AgentStopRequested"])
        finally:
            filler.unlink(missing_ok=True)
            left = d.close_mounted()
        self.assertEqual(left, {}, "processes left behind")


def post(path, resource, body):
    text = json.dumps(body).encode()
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(30)
        s.connect(str(path))
        s.sendall(b"POST /api/v1/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                  b"Content-Length: %d\r\n\r\n%s" % (resource.encode(), len(text), text))
        answer = b""
        while part := s.recv(65536):
            answer += part
        return answer


def fill(path):
    with open(path, "wb", buffering=0) as f:
        for size in (1 << 20, 4096):
            try:
                while True:
                    f.write(b"x" * size)
            except OSError:
                pass


class Demo(unittest.TestCase):
    def test_does_the_main_job_and_leaves_nothing(self):
        tmp = Daemon().root
        started = time.monotonic()
        done = run("demo", env={**os.environ, "TMPDIR": str(tmp), "NO_COLOR": "1", "STRATOSWARM_JAVA_OPTS": ""})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertLess(time.monotonic() - started, 120)
        for said in ("kill -9", "adopted", "verified"):
            self.assertIn(said, done.stdout)
        self.assertEqual(list(tmp.iterdir()), [], "files left behind")
        shutil.rmtree(tmp)


if __name__ == "__main__":
    unittest.main()
