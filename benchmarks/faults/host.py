"""A daemon of the bench's own, and its HTTP API."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
STRATOSWARM = os.environ.get("STRATOSWARM", str(HERE.parents[1] / "stratoswarm"))


class Api:
    def __init__(self, data):
        self.path = str(data / "api.sock")

    def text(self, method, path, body=None):
        connection = http.client.HTTPConnection("localhost", timeout=180)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(180)
        connection.sock.connect(self.path)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, "/api/v1/" + path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status // 100 != 2:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}")
        return text

    def ask(self, method, path, body=None):
        return json.loads(self.text(method, path, body))

    def get(self, path, **query):
        return self.ask("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def lines(self, path, **query):
        """An answer of JSON lines."""
        text = self.text("GET", path + "?" + urllib.parse.urlencode(query)).decode()
        return [json.loads(line) for line in text.splitlines() if line.strip()]

    def events(self, since):
        found, next_one = [], since
        while True:
            page = self.get("events", **{"from": next_one, "limit": 5000})["events"]
            found += page
            if len(page) < 5000:
                return found
            next_one = page[-1]["sequence"] + 1

    def size(self):
        return self.get("journal/checkpoint")["size"]


class Daemon:
    """A daemon on a temporary folder, whose configuration differs by the given keys: {"stratoswarm.metrics": {"key": value}}."""

    def __init__(self, changed=None, keep=False):
        self.root = Path(tempfile.mkdtemp(prefix="stratoswarm-faults-"))
        # Nothing heals what is to be seen failing, unless that is asked for.
        self.changed = {"stratoswarm.healing": {"mode": "off"}, **(changed or {})}
        self.data, self.keep, self.process = self.root / "data", keep, None
        self.api = Api(self.data)

    def start(self):
        command = [STRATOSWARM, "daemon", "--data", str(self.data)]
        if self.changed:
            command += ["--config", str(self.configuration())]
        out = open(self.root / "daemon.out", "ab")
        self.process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)
        until = time.monotonic() + 180
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError("the daemon ended: " + (self.root / "daemon.out").read_text()[-2000:])
            try:
                self.api.get("status")
                return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the daemon does not answer; see " + str(self.root / "daemon.out"))

    def configuration(self):
        folder = self.root / "felix-config"
        shutil.copytree(HERE.parents[1] / "felix-config", folder)
        for pid, keys in self.changed.items():
            path = folder / f"{pid}.cfg"
            lines = [line for line in path.read_text().splitlines() if line.split("=")[0].strip() not in keys]
            path.write_text("\n".join(lines + [f"{key} = {value}" for key, value in keys.items()]) + "\n")
        # The daemon takes only a folder that nobody else can write to.
        for path in [folder, *folder.iterdir()]:
            path.chmod(path.stat().st_mode & ~0o022)
        return folder

    def close(self):
        if self.process and self.process.poll() is None:
            subprocess.run([STRATOSWARM, "shutdown", "--data", str(self.data)], capture_output=True)
            try:
                self.process.wait(90)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if not self.keep:
            shutil.rmtree(self.root, ignore_errors=True)


def stamp(event):
    """Seconds since 1970 of an event."""
    return moment(event["time"])


def moment(text):
    whole, _, rest = text.rstrip("Z").partition(".")
    return time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) - time.timezone + float("0." + (rest or "0"))


def fails(event):
    if event["type"] == "AgentExited":
        return event["payload"].get("exit") not in ("exit 0", "displaced")
    return event["type"] in ("AgentUnhealthy", "AgentQuarantined", "AgentSetupFailed")
