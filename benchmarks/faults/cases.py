"""One patient with its neighbours: the graph it is, how its fault begins, and when it has failed."""

import random
import subprocess
import time

from host import PROGRAMS, fails, stamp
from kinds import KINDS, Drawn

PATIENT = "patient"
RESTART = {"policy": "always", "initial": "200ms", "max": "2s", "intensity": 5, "window": "20s", "resetAfter": "5s"}


class Case:
    """A graph `NAME` with the node `patient`, and beside it what its kind needs; the same kind and seed give the same case."""

    def __init__(self, kind, seed, scale, name, root, port):
        self.kind, self.seed, self.scale, self.graph = KINDS[kind], seed, scale, name
        self.folder = root / name
        self.folder.mkdir()
        self.port, self.mounted = port, False
        chance = self.chance = random.Random(f"{kind}/{seed}")
        self.drawn: Drawn = self.kind.draw(chance)
        # A first part in which it is well, about a third of the window, so that there is something to differ from.
        self.well = chance.uniform(480, 1000) / scale
        self.onset = self.began = None
        self.events, self.failure = [], None
        self.nodes = {}
        self.shape()

    @property
    def agent(self):
        return f"{self.graph}/{PATIENT}"

    def neighbours(self):
        return [f"{self.graph}/{name}" for name in self.nodes if name != PATIENT]

    def service(self, name, kind, program, keys, port):
        scale = self.scale
        base = self.chance.randint(1, 8)
        chance = self.chance
        given = {
            "port": port, "base": base, "work": chance.randint(1500, 9000), "code": chance.choice((1, 1, 2, 70, 255)),
            "scratch": chance.choice((0, 8, 24, 48)), "forks": int(chance.random() < 0.3), **program,
        }
        pairs = [f"{key}={value if isinstance(value, (str, int)) else f'{value:.6g}'}" for key, value in given.items()]
        self.nodes[name] = {
            "id": name,
            "command": ["perl", str(PROGRAMS / "patient.pl"), kind, name, str(self.folder), str(self.seed), str(scale), *pairs],
            # Large parts go back to the kernel at once, as the heap of a runtime with a collector does.
            "environment": {"MODE": "good", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TOP_PAD_": "0"},
            "stop": {"grace": "1s"},
            "restart": RESTART,
            "liveness": {
                "http": {"url": f"http://127.0.0.1:{port}/"}, "initialDelay": "2s", "interval": f"{max(500, round(20_000 / scale))}ms",
                "timeout": "1s", "failureThreshold": 3,
            },
            **keys,
        }

    def shape(self):
        role = self.kind.neighbour
        # In a network of its own a service reaches no store of the host's.
        asks = role == "store" or self.chance.random() < 0.4 and not self.kind.true_class.startswith("network-")
        more = {"asks": self.port + 1} if asks else {}
        self.service(PATIENT, self.kind.name, {**self.drawn.program, **more}, self.drawn.keys, self.port)
        if asks:
            # The store is not restarted where its end is the fault, as if it had been put into quarantine.
            keys = {"restart": {"policy": "never"}} if role == "store" else {}
            self.service("store", "store", {}, keys, self.port + 1)
            self.nodes[PATIENT]["dependsOn"] = [{"node": "store", "condition": "ready"}]
        if role and role != "store":
            self.service(role, role, self.drawn.beside, self.drawn.beside_keys, self.port + 2)

    def manifest(self):
        return {"name": self.graph, "nodes": list(self.nodes.values())}

    def remedy(self):
        """What whoever runs such a service has at hand: a command that empties its own small disk, or takes the other route of its link."""
        if self.kind.name == "disk-fill":
            return f"for log in {self.folder}/disk/*.log; do : >$log; done"
        if self.kind.true_class.startswith("network-"):
            return f"touch {self.folder}/{PATIENT}.route"
        return None

    def hand_over_remedy(self):
        """The same as a job of the graph, for who heals."""
        if self.remedy():
            self.nodes["remedy"] = {
                "id": "remedy", "lifecycle": "manual", "command": ["sh", "-c", self.remedy()],
                "labels": {"healing.remedy": "*", "healing.for": PATIENT},
            }

    def apply(self, api):
        self.mount()
        self.post(api)
        self.began = time.time()

    def post(self, api):
        api.ask("POST", f"graphs?file={self.graph}.json", self.manifest())

    def begin(self, api):
        """The fault, or the burst, begins."""
        self.onset = time.time()
        if self.spoil():
            self.post(api)
        elif self.kind.name == "planned-restart":
            api.ask("POST", "agents/restart", {"selector": self.agent})
        else:
            self.touch()

    def spoil(self):
        """Makes the declaration a bad one, where that is the fault."""
        if self.kind.name != "bad-configuration":
            return False
        self.nodes[PATIENT]["environment"]["MODE"] = self.chance.choice(("bad", "wrong", "0", "production"))
        return True

    def touch(self):
        (self.folder / f"{self.kind.neighbour or PATIENT}.fault").touch()

    def take(self, event):
        """An event of this graph; the first failure of the patient is what counts."""
        self.events.append(event)
        if self.failure is None and event["subject"] == "agent/" + self.agent and fails(event):
            self.failure = event

    def premature(self):
        return self.failure is not None and (self.onset is None or stamp(self.failure) < self.onset - 0.05)

    def close(self, api):
        try:
            api.ask("DELETE", "graphs/" + self.graph)
        finally:
            self.unmount()

    def mount(self):
        """A small disk, where the fault is to fill it."""
        if self.kind.name != "disk-fill" or self.mounted:
            return
        disk = self.folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=14m", "faults", str(disk)], check=True)
        self.mounted = True

    def unmount(self):
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.folder / "disk")], check=False)


def unavailable(kind):
    """Why a kind cannot be had on this host; None where it can."""
    if kind == "disk-fill":
        done = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=1m", "faults", "/mnt"], capture_output=True, text=True)
        if done.returncode:
            return "no small file system can be mounted: " + done.stderr.strip()
    if kind in ("packet-loss", "packet-delay"):
        done = subprocess.run(["unshare", "-n", "ip", "tuntap", "add", "dev", "t0", "mode", "tun"], capture_output=True, text=True)
        if done.returncode:
            return "no network of its own with a TUN device can be made: " + done.stderr.strip()
    return None
