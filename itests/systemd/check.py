#!/usr/bin/env python3
"""The unit of the distribution under a real systemd: a container of Debian with systemd as its process 1, made and booted here.

    itests/systemd/check.py [--root DIR]

Needs root, debootstrap and systemd-nspawn (package systemd-container), the built launcher/target/stratoswarm.tar.gz and a JDK 25; where one
of them is missing it says so and exits with 77, as a test that was skipped. `--root` keeps the container's files for the next time.
Takes some minutes, most of them the download of Debian.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent.parent
ARCHIVE = HOME / "launcher" / "target" / "stratoswarm.tar.gz"
SKIPPED = 77
GRAPH = {
    "name": "kept",
    "nodes": [
        {"id": "one", "command": ["/bin/sh", "-c", "while :; do date; sleep 1; done"]},
        {"id": "two", "command": ["/usr/bin/perl", "-e", "sleep 1 while 1"], "replicas": 2},
    ],
}


def skip(reason):
    print(f"skipped: the unit under systemd was not tried: {reason}")
    sys.exit(SKIPPED)


def found():
    if os.geteuid() != 0:
        skip("a container can be made by root only")
    for tool, package in (("debootstrap", "debootstrap"), ("systemd-nspawn", "systemd-container")):
        if not shutil.which(tool):
            skip(f"{tool} is not installed (Debian's package {package})")
    if not ARCHIVE.exists():
        skip(f"{ARCHIVE} is not built; mvn verify makes it")
    jdk = subprocess.run([HOME / "stratoswarm", "jdk"], capture_output=True, text=True)
    if jdk.returncode != 0:
        skip(jdk.stderr.strip())
    return jdk.stdout.strip()


def make(root):
    if not (root / "usr" / "bin" / "systemctl").exists():
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", "--include=systemd,dbus,dash,perl-base,procps", "bookworm", root],
            capture_output=True, text=True)
        if done.returncode != 0:
            skip("debootstrap failed: " + (done.stdout + done.stderr).strip().splitlines()[-1])
    installed = root / "opt" / "stratoswarm"
    shutil.rmtree(installed, ignore_errors=True)
    shutil.rmtree(root / "var" / "lib" / "stratoswarm", ignore_errors=True)
    installed.mkdir(parents=True)
    subprocess.run(["tar", "-xzf", ARCHIVE, "-C", installed, "--strip-components=1", "--no-same-owner"], check=True)
    shutil.copy(installed / "share" / "systemd" / "stratoswarm.service", root / "etc" / "systemd" / "system")


class Machine:
    """The container, booted."""

    def __init__(self, root, jdk):
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "-q", "-D", root, "--boot", "--register=no", "--keep-unit", f"--bind-ro={jdk}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.init = 0
        self.until(self.booted, 60, "systemd is process 1 of the container")

    def booted(self):
        if self.nspawn.poll() is not None:
            skip("systemd-nspawn ended: " + self.nspawn.stderr.read().strip())
        children = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        self.init = int(children[0]) if children else 0
        return self.init and self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def run(self, *command):
        return subprocess.run(
            ["nsenter", "-t", str(self.init), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "--", "/usr/bin/env", "-i",
             "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", *command],
            capture_output=True, text=True, timeout=180)

    def ok(self, *command):
        done = self.run(*command)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} gave {done.returncode}: {done.stdout}{done.stderr}\n{self.log()}")
        return done.stdout

    def log(self):
        return self.run("journalctl", "-u", "stratoswarm", "-n", "40", "--no-pager").stdout

    def until(self, holds, seconds, what):
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {what}\n{self.log() if self.init else ''}")
            time.sleep(0.2)

    def show(self, name):
        return self.ok("systemctl", "show", "-P", name, "stratoswarm").strip()

    def stratoswarm(self, *arguments):
        return self.ok("/opt/stratoswarm/stratoswarm", "--data", "/var/lib/stratoswarm", *arguments)

    def agents(self):
        return {a["id"]: a for a in json.loads(self.stratoswarm("ps", "--json"))["agents"]}

    def ready(self):
        """Whether the daemon answers, which it does not while it restarts in place, and all agents are ready."""
        done = self.run("/opt/stratoswarm/stratoswarm", "--data", "/var/lib/stratoswarm", "ps", "--json")
        return done.returncode == 0 and all(a["phase"] == "ready" for a in json.loads(done.stdout)["agents"])

    def pids(self):
        return {name: agent.get("pid") for name, agent in self.agents().items()}

    def active(self):
        return self.show("ActiveState") == "active" and self.show("SubState") == "running"

    def alive(self, pids):
        return [pid for pid in pids if self.run("kill", "-0", str(pid)).returncode == 0]

    def halt(self):
        began = time.monotonic()
        self.nspawn.send_signal(signal.SIGTERM)
        try:
            self.nspawn.wait(60)
            said(f"the host with its agents is down {time.monotonic() - began:.0f} s after it was told")
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait()
            raise AssertionError("the container did not halt within 60 s of being told")


def said(what):
    print(f"ok: {what}", flush=True)


def life(machine):
    machine.ok("systemctl", "enable", "--now", "stratoswarm")
    assert machine.active(), machine.log()
    said(f"started; systemd waited for it to be ready, and shows: {machine.show('StatusText')}")

    machine.ok("sh", "-c", f"cat >/run/kept.json <<'END'\n{json.dumps(GRAPH)}\nEND")
    machine.stratoswarm("apply", "/run/kept.json", "--yes")
    machine.until(machine.ready, 60, "all agents are ready")
    pids, daemon = machine.pids(), machine.show("MainPID")
    assert len(pids) == 3, pids
    group = machine.ok("cat", f"/proc/{pids['kept/one']}/cgroup")
    assert "/stratoswarm.service/" in group, group
    said("agents are in cgroups below the unit's own")

    def unharmed(how, same=False):
        machine.until(machine.active, 60, f"the unit is active after {how}")
        assert (machine.show("MainPID") == daemon) == same, (how, daemon, machine.show("MainPID"))
        machine.until(machine.ready, 30, f"agents are ready after {how}")
        assert machine.pids() == pids, (how, pids, machine.pids(), machine.log())
        said(f"{how}: agents kept running and were adopted")
        return machine.show("MainPID")

    machine.ok("systemctl", "restart", "stratoswarm")
    daemon = unharmed("systemctl restart")
    machine.ok("kill", "-9", daemon)
    machine.until(lambda: machine.show("MainPID") not in ("0", daemon), 60, "systemd starts it again")
    daemon = unharmed("kill -9 of the daemon")
    machine.ok("systemctl", "reload", "stratoswarm")
    daemon = unharmed("systemctl reload, which upgrades in place", same=True)

    machine.ok("systemctl", "stop", "stratoswarm")
    assert machine.alive(pids.values()) == list(pids.values()), "agents outlive systemctl stop"
    machine.ok("systemctl", "start", "stratoswarm")
    daemon = unharmed("systemctl stop and start")

    machine.stratoswarm("shutdown")
    assert machine.alive(pids.values()) == [], machine.log()
    machine.until(lambda: machine.show("ActiveState") in ("inactive", "failed"), 30, "the unit has ended after shutdown")
    time.sleep(2)
    assert machine.show("ActiveState") == "inactive", machine.show("ActiveState") + machine.log()
    said("stratoswarm shutdown stopped the agents, and the daemon stays down")
    assert machine.log().count("stratoswarm") > 5, machine.log()
    machine.ok("systemctl", "start", "stratoswarm")
    machine.until(machine.ready, 60, "the agents are back")
    said("its log is in systemd's journal, and a start brings the agents back")


def rebooted(machine):
    machine.until(machine.active, 60, "the unit is active after a boot")
    machine.until(machine.ready, 60, "agents are ready after a boot")
    assert len(machine.agents()) == 3
    last = json.loads(machine.stratoswarm("events", "--type", "AgentExited", "--json").strip().splitlines()[-1])
    machine.stratoswarm("journal", "verify")
    said(f"after a boot the unit starts by itself, and the agents anew; the last end of one before it was {last}; the journal verifies")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, help="folder of the container; made where it is missing, and kept")
    arguments = parser.parse_args()
    jdk = found()
    root = arguments.root or Path(tempfile.mkdtemp(prefix="stratoswarm-systemd-"))
    try:
        make(root)
        for part in (life, rebooted):
            machine = Machine(root, jdk)
            try:
                part(machine)
            finally:
                machine.halt()
    finally:
        if not arguments.root:
            shutil.rmtree(root)


if __name__ == "__main__":
    main()
