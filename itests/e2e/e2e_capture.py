"""Captures of running agents, from the outside: what is in them, proofs, core files, and a daemon that is killed in the middle."""

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
import unittest

from daemon import Daemon, sh

MEMORY = """
import mmap, os, signal, sys
block = mmap.mmap(-1, int(sys.argv[1]) << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for page in range(0, len(block), 4096):
    block[page:page + 16] = os.urandom(16)
def change(*_):
    for page in range(0, len(block), 409600):
        block[page:page + 8] = os.urandom(8)
signal.signal(signal.SIGUSR1, change)
print('ready', flush=True)
while True:
    signal.pause()
"""


def python(mebibytes):
    return ["python3", "-c", MEMORY, str(mebibytes)]


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "?"


class CaptureTest(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        left = self.daemon.close()
        self.assertFalse(left, "processes outlived the shutdown")

    def start(self, mebibytes=16):
        self.daemon.apply("shop", [
            {"id": "memory", "command": python(mebibytes), "environment": {"SECRET": "hush"}},
            {"id": "idle", "command": sh("echo ready; sleep 600 & wait")},
        ])
        for agent in ("shop/memory", "shop/idle"):
            self.daemon.await_phase(agent, "READY")
        self.daemon.until(lambda: "ready" in self.daemon.out("shop/memory"), 30, "the memory is filled")

    def pid(self, agent):
        return self.daemon.agents()[agent]["pid"]

    def test_a_capture_holds_proves_and_compares(self):
        self.start()
        pid = self.pid("shop/memory")
        first = self.daemon.json("capture", "shop", "--consistent", "--reason", "a test")
        self.assertFalse(first["partial"], first)
        self.assertEqual(0, first["spreadMicros"])
        agents = {agent["id"]: agent for agent in first["agents"]}
        self.assertEqual({"shop/memory", "shop/idle"}, set(agents))
        self.assertEqual(2, len(agents["shop/idle"]["pids"]), "the shell and its sleep")
        self.assertIn(state(pid), "SRD")

        name = f"agent/shop/memory/{pid}/environment"
        self.assertIn("SECRET=hush", self.daemon.ok("capture", "show", "1", "--part", name))
        self.assertIn("all holds", self.daemon.ok("capture", "verify", "1"))
        self.check_proof(name, first)

        os.kill(pid, signal.SIGUSR1)
        time.sleep(0.5)
        second = self.daemon.json("capture", "shop/memory")
        self.assertLess(second["storedBytes"], first["storedBytes"] / 4)
        pages = sum(each["pages"] for each in self.daemon.json("capture", "diff", "1", "2")["differences"]
                    if each["name"].startswith(f"agent/shop/memory/{pid}/memory/"))
        self.assertGreaterEqual(pages, 40)
        self.assertLess(pages, 300)
        self.check_other_modes(pid)
        self.daemon.ok("capture", "remove", "1")
        self.assertIn("all holds", self.daemon.ok("capture", "verify", "2"))
        self.assertEqual([5, 4, 3, 2], [each["number"] for each in self.daemon.json("captures")["captures"]])
        self.assertTrue(self.daemon.events(type="CaptureRead"))

        for path in (self.daemon.data / "captures").rglob("*"):
            if path.is_file():
                self.assertNotIn(b"hush", path.read_bytes())
                self.assertEqual(0o600, path.stat().st_mode & 0o777, path)

    def check_other_modes(self, pid):
        """Nothing has changed meanwhile but what the process did to answer; and nothing is left in it."""
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        for number, mode in ((3, "fork"), (4, "dirty"), (5, "dirty")):
            capture = self.daemon.json("capture", "shop/memory", "--mode", mode)
            self.assertFalse(capture["partial"], capture)
            self.assertEqual(mode, capture["mode"])
            pages = sum(each["pages"] for each in self.daemon.json("capture", "diff", "2", str(number))["differences"]
                        if each["name"].startswith(f"agent/shop/memory/{pid}/memory/"))
            self.assertLess(pages, 64)
            with open(f"/proc/{pid}/task/{pid}/children") as children:
                self.assertEqual("", children.read())
            self.assertIn(state(pid), "SRD")
        self.assertLess(capture["agents"][0]["bytes"], 4 << 20, "only what was written to was copied")
        self.assertEqual(descriptors, len(os.listdir(f"/proc/{pid}/fd")))

    def check_proof(self, name, capture):
        """With nothing but the documented leaf and RFC 9162 2.1.3.2."""
        part = self.daemon.json("capture", "show", "1", "--part", name)
        content = part["text"].encode() if "text" in part else base64.b64decode(part["base64"])
        leaf = b"stratoswarm capture part v1\n" + name.encode() + b"\n" + part["mediaType"].encode() + b"\n" + content
        proof = json.loads(self.daemon.ok("capture", "prove", "1", name))
        node = hashlib.sha256(b"\0" + leaf).digest()
        self.assertEqual(proof["part"]["leafHash"], node.hex())
        index, last = proof["part"]["index"], proof["size"] - 1
        for sibling in map(bytes.fromhex, proof["path"]):
            if index & 1 or index == last:
                node = hashlib.sha256(b"\1" + sibling + node).digest()
                while not index & 1 and index:
                    index, last = index >> 1, last >> 1
            else:
                node = hashlib.sha256(b"\1" + node + sibling).digest()
            index, last = index >> 1, last >> 1
        self.assertEqual((0, capture["root"]), (last, node.hex()))
        event = self.daemon.events(type="StateCaptured")[0]
        self.assertEqual(proof["event"], event["sequence"])
        payload = event["payload"] if isinstance(event["payload"], dict) else json.loads(event["payload"])
        self.assertEqual(capture["root"], payload["root"])

    @unittest.skipUnless(shutil.which("gdb"), "gdb is not installed")
    def test_a_core_file_opens_in_gdb(self):
        self.start()
        program = os.readlink(f"/proc/{self.pid('shop/memory')}/exe")
        self.daemon.ok("capture", "shop/memory")
        core = self.daemon.root / "memory.core"
        self.daemon.ok("capture", "export", "1", "shop/memory", str(core))
        shown = subprocess.run(
            ["gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off", program, str(core), "-ex", "bt", "-ex", "info threads"],
            capture_output=True, text=True, timeout=120).stdout
        self.assertRegex(shown, r"#0 .*pause")
        self.assertRegex(shown, r"#\d+ .*(main|Py_RunMain|Py_BytesMain)", shown)
        self.assertNotIn("corrupt", shown)
        self.assertEqual(5, self.daemon.cli("capture", "export", "1", "shop/memory", str(core)).returncode)
        self.assertEqual(4, self.daemon.cli("capture", "export", "1", "shop/none", str(core) + "2").returncode)

    def test_a_daemon_killed_in_the_middle_leaves_agents_running(self):
        self.start(600)
        pid = self.pid("shop/memory")
        self.daemon.ok("capture", "shop/idle")
        stopped = 0
        for attempt in range(3):
            command = subprocess.Popen(
                [str(self.stratoswarm()), "capture", "--data", str(self.daemon.data), "shop/memory"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            limit = time.monotonic() + 30
            while state(pid) != "t" and time.monotonic() < limit and command.poll() is None:
                pass
            stopped += state(pid) == "t"
            self.daemon.kill9()
            self.daemon.until(lambda: state(pid) in ("S", "R", "D"), 5, "the agent runs again", lambda: state(pid))
            command.wait(30)
            self.daemon.start()
            self.daemon.await_phase("shop/memory", "READY")
            self.assertEqual(pid, self.pid("shop/memory"), "it was adopted, not started anew")
            self.daemon.until(lambda: self.daemon.cli("captures").returncode == 0, 30, "captures are there")
            self.assertFalse(list((self.daemon.data / "captures").rglob("*.new")))
        self.assertGreaterEqual(stopped, 1, "no kill hit the moment of the stop")
        self.assertFalse(self.daemon.json("capture", "shop/memory")["partial"])
        for each in self.daemon.json("captures")["captures"]:
            self.assertIn("all holds", self.daemon.ok("capture", "verify", str(each["number"])))

    @staticmethod
    def stratoswarm():
        from daemon import STRATOSWARM
        return STRATOSWARM

    def test_what_cannot_be_done_is_refused_in_one_line(self):
        self.start()
        for arguments, status, word in (
            (("capture", "nobody"), 4, "there is no agent"),
            (("capture", "shop", "--mode", "slow"), 6, "there is no mode 'slow'"),
            (("capture", "shop", "--host-only"), 6, "not both"),
            (("capture", "show", "77"), 4, "there is no capture 77"),
            (("capture", "show", "x"), 2, "by its number"),
            (("capture", "prove", "77", "host/load"), 4, "there is no capture 77"),
        ):
            done = self.daemon.cli(*arguments)
            self.assertEqual((status, 1), (done.returncode, len(done.stderr.strip().splitlines())), done.stderr)
            self.assertIn(word, done.stderr)
        doctor = self.daemon.ok("doctor")
        self.assertIn("capture.ptrace", doctor)
        self.check_restoring(doctor)

    def check_restoring(self, doctor):
        """By CRIU where it is installed, which it mostly is not; where it is not, that is what is said."""
        d = self.daemon
        refused = d.cli("capture", "shop/idle", "--mode", "criu")
        if refused.returncode != 0:
            self.assertIn("agents cannot be restored from captures: ", refused.stderr)
            self.assertIn("agents cannot be restored from captures: ", doctor)
            return
        d.apply("count", [{"id": "up", "command": sh("trap 'exit 7' TERM; n=0; while :; do n=$((n+1)); echo tick $n; sleep 0.1; done")}])
        d.await_phase("count/up", "READY")
        d.until(lambda: "tick 5" in d.out("count/up"), 10, "it counts")
        pid = self.pid("count/up")
        capture = d.json("capture", "count", "--mode", "criu")
        self.assertFalse([problem for problem in capture["agents"][0]["problems"] if problem.startswith("criu")], capture)
        number = str(capture["number"])
        self.assertIn("all holds", d.ok("capture", "verify", number))
        before = d.ok("logs", "count/up").splitlines()
        self.assertEqual(pid, d.json("capture", "restore", number, "count/up")["pid"])
        d.await_phase("count/up", "READY")
        self.assertEqual(pid, self.pid("count/up"))
        last = int(before[-1].rsplit(" ", 1)[1])
        d.until(lambda: sum(line == f"tick {last + 3}" for line in d.out("count/up")) == 2, 10, "it counts on from there")
        self.assertNotIn("tick 1", [line[-6:] for line in d.ok("logs", "count/up").splitlines()[len(before):]])
        d.kill9()
        d.start()
        d.await_phase("count/up", "READY")
        self.assertEqual(pid, self.pid("count/up"), "it was adopted")
        self.assertEqual(["RestoreRequested", "AgentRestored"], [e["type"] for e in d.events() if e["type"] in ("RestoreRequested", "AgentRestored", "RestoreFailed")])
        self.assertFalse(list((d.data / "images").glob("*")), "nothing of the images is left")
        d.ok("stop", "count")
        self.assertIn("7", str(d.agents()["count/up"]["lastExit"]))


if __name__ == "__main__":
    unittest.main()
