"""A daemon on a folder of its own, driven through the command line as an operator would."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
STRATOSWARM = str(HOME / "stratoswarm")


class Unix(http.client.HTTPConnection):
    """A connection to a daemon's unix socket, which needs no token."""

    def __init__(self, data):
        super().__init__("localhost", timeout=120)
        # Where the data folder's path is too long for a socket, the daemon says where it is instead.
        link = data / "api.sock.path"
        self.path = link.read_text().strip() if link.exists() else str(data / "api.sock")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Daemon:
    def __init__(self, **environment):
        self.root = Path(tempfile.mkdtemp(prefix="stratoswarm-e2e-"))
        self.data = self.root / "data"
        self.environment = {**os.environ, **environment}
        self.process = None
        self.printed = self.root / "daemon.out"

    def start(self, seconds=60, home=STRATOSWARM):
        with open(self.printed, "ab") as out:
            self.process = subprocess.Popen(
                [home, "daemon", "--data", str(self.data)],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=self.environment, start_new_session=True,
            )
        self.until(self.answers, seconds, "the daemon answers")
        return self

    def answers(self):
        try:
            status, text = self.call("GET", "status")
            # Agents are adopted beside the start of the API.
            return status == 200 and "agents" not in json.loads(text)["missing"]
        except (OSError, http.client.HTTPException):
            if self.process.poll() is not None:
                raise AssertionError(f"the daemon ended with {self.process.returncode}\n{self.log()}")
            return False

    def kill9(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def terminate(self):
        self.process.terminate()
        return self.process.wait(30)

    def cli(self, *arguments, stdin=None, seconds=120):
        return subprocess.run(
            [STRATOSWARM, *arguments[:1], "--data", str(self.data), *arguments[1:]] if arguments[0] not in ("journal", "config", "scripts") or len(arguments) < 2
            else [STRATOSWARM, *arguments[:2], "--data", str(self.data), *arguments[2:]],
            input=stdin, capture_output=True, text=True, timeout=seconds, env=self.environment,
        )

    def ok(self, *arguments, stdin=None):
        done = self.cli(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise AssertionError(
                f"stratoswarm {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}\n{self.log()}"
            )
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.ok(*arguments, "--json"))

    def get(self, path):
        """What the HTTP API says, without the start of a program for each question."""
        return json.loads(self.must("GET", path))

    def must(self, method, path, body=None):
        status, text = self.call(method, path, body)
        if not 200 <= status < 300:
            raise AssertionError(f"{method} {path}: {status} {text[:500]}")
        return text

    def call(self, method, path, body=None):
        """Status and text of an answer of the HTTP API; a body that is no text is sent as JSON."""
        connection = Unix(self.data)
        try:
            connection.request(method, "/api/v1/" + path, body if body is None or isinstance(body, str) else json.dumps(body), {"content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def apply(self, name, nodes):
        self.apply_text(name, json.dumps({"name": name, "nodes": nodes}), "json")

    def apply_text(self, name, text, form="graph"):
        """A new graph goes to the API as it is; what changes one is planned and asked for by the command."""
        path = self.root / f"{name}.{form}"
        path.write_text(text)
        if self.call("GET", f"graphs/{name}")[0] == 404:
            self.must("POST", f"graphs?file={path.name}", text)
            return
        # Tests change graphs as they please, and nobody is there to be asked.
        self.ok("apply", "--yes", str(path))

    def delete(self, name):
        self.must("DELETE", f"graphs/{name}")

    def out(self, agents):
        """What agents wrote, line by line."""
        return [json.loads(line)["text"] for line in self.must("GET", f"logs?agent={agents}&lines=100000").splitlines() if line]

    def agents(self):
        return {row["id"]: row for row in self.get("agents")["agents"]}

    def phase(self, agent):
        return self.agents().get(agent, {}).get("phase", "absent").upper()

    def await_phase(self, agent, phase, seconds=30):
        self.until(lambda: self.phase(agent) == phase, seconds, f"{agent} is {phase}", lambda: self.agents().get(agent))

    def events(self, **filters):
        """All that match: type, subject."""
        query = urllib.parse.urlencode({"limit": 1000, **filters})
        found = []
        while True:
            following = found[-1]["sequence"] + 1 if found else 0
            page = self.get(f"events?from={following}&{query}")["events"]
            if not page:
                return found
            found += page

    def until(self, condition, seconds, what, detail=lambda: ""):
        limit = time.monotonic() + seconds
        while True:
            if condition():
                return
            if time.monotonic() > limit:
                raise AssertionError(f"not within {seconds} s: {what}; {detail()}\n{self.log()}")
            time.sleep(0.1)

    def log(self):
        """The end of what it printed, and of its log from the last error on, which has the causes."""
        told = self.printed.read_text(errors="replace").splitlines(keepends=True)[-40:] if self.printed.exists() else []
        log = self.data / "logs" / "daemon.log"
        lines = log.read_text(errors="replace").splitlines(keepends=True) if log.exists() else []
        errors = [i for i, line in enumerate(lines) if " ERROR " in line]
        return "".join(told + (lines[errors[-1]:][:40] if errors else []))

    def shut_down(self):
        if self.process is not None and self.process.poll() is None:
            try:
                self.call("POST", "shutdown", {"stopAgents": True})
                self.process.wait(30)
            except (OSError, http.client.HTTPException, subprocess.TimeoutExpired):
                self.process.kill()

    def close(self):
        """Ends the daemon, its agents and their keepers, and removes every file; tells what refused to go."""
        self.shut_down()
        left = self.leftovers()
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.root, ignore_errors=True)
        return left

    def close_mounted(self):
        """As close, where the data folder is a file system of its own."""
        self.shut_down()
        subprocess.run(["umount", "-l", str(self.data)], check=True)
        return self.close()

    def leftovers(self):
        """Processes whose command line or environment names this daemon's folder."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if str(self.data).encode() in text:
                found[int(entry.name)] = text.split(b"\0")[:3]
        return found


def sh(script):
    return ["/bin/sh", "-c", script]
