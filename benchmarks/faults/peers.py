"""Who looks after the services of a campaign: nobody, the daemon, monit, supervisord with a listener of its own, or pm2.

All start the same programs with the same limits. What the peers start is a small script that puts itself into a cgroup of its own, sets
the limits, and clears away what the run before left behind, so that they are not the worse for having no cgroups themselves.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cases import PATIENT
from host import HERE, Daemon
from kinds import MIB

GROUPS = Path("/sys/fs/cgroup")


def appears(path):
    until = time.monotonic() + 30
    while not path.exists():
        if time.monotonic() > until:
            raise RuntimeError(f"{path} does not appear")
        time.sleep(0.1)


def most_memory(node):
    """The limit of a node's memory in MiB; 0 where it has none."""
    limits = node.get("resources", {})
    return int(limits["memory"][:-3]) if "memory" in limits else node.get("rlimits", {}).get("as", 0) // MIB


class Stratoswarm:
    """The daemon; what it does beside restarts is what its configuration says (--configure)."""

    def __init__(self, options, changed):
        self.daemon = Daemon(changed, options.keep)
        self.root = self.daemon.root
        self.heals = "stratoswarm.healing" in changed

    def open(self):
        self.daemon.start()

    def add(self, case):
        if self.heals:
            case.hand_over_remedy()
        case.apply(self.daemon.api)

    def begin(self, case):
        case.begin(self.daemon.api)

    def acts(self, case):
        """What was done about agents of a case, in words."""
        done = []
        for kind, wanted in (("HealingStarted", lambda p: p["act"] != "wait"), ("PreventionActed", lambda p: p["done"])):
            done += [f"{kind} {p['act']}" for p in (e["payload"] for e in self.daemon.api.get("events", type=kind, limit=5000)["events"])
                     if p["agent"].startswith(case.graph + "/") and wanted(p)]
        return done

    def remove(self, case):
        case.close(self.daemon.api)

    def close(self):
        self.daemon.close()


class Scripts:
    """Nobody: what ends stays down. The others build on how it starts and stops programs."""

    def __init__(self, options, _):
        self.options = options
        self.root = Path(tempfile.mkdtemp(prefix="stratoswarm-faults-"))
        self.version1 = (GROUPS / "memory").is_dir()
        self.processes = {}

    def open(self):
        pass

    def group(self, case, name):
        """Folders of a node's cgroup: one in version 2, one for each controller in version 1."""
        own = f"faults-{os.getpid()}-{case.graph}-{name}"
        return [GROUPS / c / own for c in ("memory", "pids")] if self.version1 else [GROUPS / own]

    def write(self, case, name):
        """The scripts START and STOP of a node."""
        node = case.nodes[name]
        groups = self.group(case, name)
        limits = node.get("resources", {})
        for folder in groups:
            folder.mkdir(exist_ok=True)
        if "memory" in limits:
            key = "memory/{}/memory.limit_in_bytes" if self.version1 else "{}/memory.max"
            (GROUPS / key.format(groups[0].name)).write_text(str(int(limits["memory"][:-3]) * MIB))
        if "pids" in limits:
            key = "pids/{}/pids.max" if self.version1 else "{}/pids.max"
            (GROUPS / key.format(groups[0].name)).write_text(str(limits["pids"]))
        rlimits = node.get("rlimits", {})
        affinity = ",".join(str(cpu) for cpu in node.get("affinity", range(os.cpu_count())))
        at = case.folder / name
        clear = f"for p in $(cat {groups[-1]}/cgroup.procs); do [ $p = $$ ] || kill -9 $p; done 2>/dev/null"
        lines = [
            "#!/bin/sh", f"exec >>{at}.out 2>&1", clear, *(f"echo $$ >{folder}/cgroup.procs" for folder in groups),
            *([f"ulimit -n {rlimits['nofile']}"] if "nofile" in rlimits else []),
            *([f"ulimit -v {rlimits['as'] // 1024}"] if "as" in rlimits else []),
            *(f"export {key}='{value}'" for key, value in node["environment"].items()),
            f"echo $$ >{at}.pid", "exec nice -n 5 taskset -c " + affinity + " " + " ".join(f"'{word}'" for word in node["command"]),
        ]
        (case.folder / f"{name}.start").write_text("\n".join(lines) + "\n")
        (case.folder / f"{name}.stop").write_text(f"#!/bin/sh\nkill $(cat {at}.pid) 2>/dev/null; sleep 0.3\n{clear}\ntrue\n")
        # For who waits for the end of what it starts.
        (case.folder / f"{name}.launch").write_text(f"#!/bin/sh\nsetsid {at}.start </dev/null >/dev/null 2>&1 &\n")
        for ending in ("start", "stop", "launch"):
            (case.folder / f"{name}.{ending}").chmod(0o755)

    def add(self, case):
        case.mount()
        # Those that others ask come first.
        for name in sorted(case.nodes, key=lambda name: name == PATIENT):
            self.write(case, name)
            self.start(case, name)
        case.began = time.time()

    def start(self, case, name):
        self.processes[case.graph, name] = subprocess.Popen([case.folder / f"{name}.start"], stdin=subprocess.DEVNULL, start_new_session=True)

    def restart(self, case, name):
        subprocess.run([case.folder / f"{name}.stop"], check=True)
        self.start(case, name)

    def begin(self, case):
        case.onset = time.time()
        if case.spoil():
            self.write(case, PATIENT)
            self.restart(case, PATIENT)
        elif case.kind.name == "planned-restart":
            self.restart(case, PATIENT)
        else:
            case.touch()

    def remove(self, case):
        for name in case.nodes:
            subprocess.run([case.folder / f"{name}.stop"], check=True)
            process = self.processes.pop((case.graph, name), None)
            if process:
                process.wait(10)
        case.unmount()
        for name in case.nodes:
            for folder in self.group(case, name):
                self.empty(folder)
                folder.rmdir()

    @staticmethod
    def empty(folder):
        """What was started a moment before is ended as well."""
        until = time.monotonic() + 10
        while left := (folder / "cgroup.procs").read_text().split():
            if time.monotonic() > until:
                raise RuntimeError(f"{folder} does not become empty: {left}")
            for pid in left:
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    continue
            time.sleep(0.05)

    def close(self):
        if not self.options.keep:
            shutil.rmtree(self.root, ignore_errors=True)


class Monit(Scripts):
    """monit 5, looking each second: an end, no answer, and more memory, processes or descriptors than is well."""

    def __init__(self, options, changed):
        super().__init__(options, changed)
        self.program = shutil.which("monit") or options.monit
        if not self.program:
            sys.exit("campaign.py: there is no monit; apt install monit, or name it with --monit")
        self.cases, self.process = {}, None

    def open(self):
        self.reload()
        log = open(self.root / "monit.log", "ab")
        self.process = subprocess.Popen([self.program, "-I", "-c", self.root / "monitrc"], stdout=log, stderr=subprocess.STDOUT)
        # Before it listens a signal to reload would end it.
        appears(self.root / "monit.sock")

    def reload(self):
        text = [
            "set daemon 1", f"set pidfile {self.root}/monit.pid", f"set statefile {self.root}/monit.state", f"set idfile {self.root}/monit.id",
            f"set httpd unixsocket {self.root}/monit.sock allow localhost",
        ]
        for case in self.cases.values():
            if case.remedy():
                (case.folder / "remedy").write_text(f"#!/bin/sh\n{case.remedy()}\n")
                (case.folder / "remedy").chmod(0o755)
            if case.mounted:
                text += [f"check filesystem {case.graph}-disk with path {case.folder}/disk",
                         f'  if space usage > 80% then exec "{case.folder}/remedy" repeat every 1 cycles']
            for name, node in case.nodes.items():
                port = next(word for word in node["command"] if word.startswith("port="))[5:]
                at = case.folder / name
                text += [
                    f"check process {case.graph}-{name} with pidfile {at}.pid", f'  start program = "{at}.launch" with timeout 3 seconds',
                    f'  stop program = "{at}.stop" with timeout 3 seconds',
                    f"  if failed host 127.0.0.1 port {port} protocol http with timeout 1 seconds for 3 cycles then restart",
                    *self.rules(node),
                ]
                if case.remedy() and not case.mounted and name == PATIENT:
                    text.append(f'  if 2 restarts within 20 cycles then exec "{case.folder}/remedy"')
        path = self.root / "monitrc"
        path.write_text("\n".join(text) + "\n")
        path.chmod(0o600)
        if self.process:
            self.process.send_signal(signal.SIGHUP)
            time.sleep(1.5)

    @staticmethod
    def rules(node):
        limits, rlimits = node.get("resources", {}), node.get("rlimits", {})
        memory = most_memory(node)
        found = [f"  if total memory > {int(memory * 0.8)} MB for 2 cycles then restart"] if memory else []
        if "pids" in limits:
            found.append(f"  if children > {int(limits['pids'] * 0.8)} for 2 cycles then restart")
        if "nofile" in rlimits:
            found.append(f"  if filedescriptors > {int(rlimits['nofile'] * 0.8)} for 2 cycles then restart")
        return found

    def add(self, case):
        super().add(case)
        self.cases[case.graph] = case
        self.reload()

    def start(self, case, name):
        # Not as a child of this process: monit would take one that has ended, and was not waited for, as still running.
        subprocess.run([case.folder / f"{name}.launch"], check=True)

    def restart(self, case, name):
        subprocess.run([self.program, "-c", self.root / "monitrc", "restart", f"{case.graph}-{name}"], check=True, capture_output=True)

    def remove(self, case):
        del self.cases[case.graph]
        self.reload()
        super().remove(case)

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        super().close()


class Supervisord(Scripts):
    """supervisord 4; memmon and httpok of superlance are not in Debian, so listener.py has their two rules."""

    def __init__(self, options, changed):
        super().__init__(options, changed)
        self.path = {**os.environ, "PYTHONPATH": options.supervisor} if options.supervisor else None
        found = subprocess.run([sys.executable, "-c", "import supervisor"], env=self.path, capture_output=True)
        if found.returncode:
            sys.exit("campaign.py: there is no supervisor; apt install supervisor, or name its dist-packages with --supervisor")
        self.cases, self.process = {}, None

    def open(self):
        self.configure()
        self.process = subprocess.Popen([sys.executable, "-m", "supervisor.supervisord", "-n", "-c", self.root / "supervisord.conf"], env=self.path,
                                        stdout=open(self.root / "supervisord.out", "ab"), stderr=subprocess.STDOUT)
        appears(self.root / "supervisor.sock")

    def configure(self):
        text = [
            "[supervisord]", f"logfile={self.root}/supervisord.log", f"pidfile={self.root}/supervisord.pid", "[unix_http_server]",
            f"file={self.root}/supervisor.sock", "[supervisorctl]", f"serverurl=unix://{self.root}/supervisor.sock", "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface", "[eventlistener:rules]",
            f"command={sys.executable} {HERE}/listener.py {self.root}", "events=TICK_5", f"stderr_logfile={self.root}/listener.log",
        ]
        watched = []
        for case in self.cases.values():
            for name, node in case.nodes.items():
                port = next(word for word in node["command"] if word.startswith("port="))[5:]
                memory = most_memory(node)
                watched.append(f"{case.graph}-{name} {case.folder}/{name}.pid {port} {int(memory * 0.8)}")
                text += [
                    f"[program:{case.graph}-{name}]", f"command={case.folder}/{name}.start", "autorestart=true", "startsecs=0",
                    "startretries=1000", "stopasgroup=true", "killasgroup=true", "stopwaitsecs=1",
                ]
        (self.root / "supervisord.conf").write_text("\n".join(text) + "\n")
        (self.root / "watched.new").write_text("\n".join(watched) + "\n")
        (self.root / "watched.new").rename(self.root / "watched")

    def control(self, *words):
        return subprocess.run([sys.executable, "-m", "supervisor.supervisorctl", "-c", self.root / "supervisord.conf", *words], env=self.path,
                              capture_output=True, text=True)

    def start(self, case, name):
        """By the daemon, once the whole graph is configured."""

    def add(self, case):
        self.cases[case.graph] = case
        super().add(case)
        self.configure()
        self.control("update")

    def restart(self, case, name):
        self.control("restart", f"{case.graph}-{name}")

    def remove(self, case):
        del self.cases[case.graph]
        self.configure()
        self.control("update")
        super().remove(case)

    def close(self):
        self.process.terminate()
        self.process.wait(30)
        super().close()


class Pm2(Scripts):
    """pm2: an end, with a back-off, and too much memory of the process itself. It has no probe, and no rule that could run a command."""

    def __init__(self, options, changed):
        super().__init__(options, changed)
        self.program = shutil.which("pm2") or options.pm2
        if not self.program:
            sys.exit("campaign.py: there is no pm2; npm install pm2 in any folder, and name its node_modules/.bin/pm2 with --pm2")
        # Memory is looked at each second, as monit and the listener do; the back-off begins anew after 30 s at full length, its default.
        self.environment = {
            **os.environ, "PM2_HOME": str(self.root / "pm2"), "PM2_WORKER_INTERVAL": "1000",
            "EXP_BACKOFF_RESET_TIMER": str(30_000 // options.scale),
        }

    def control(self, *words):
        done = subprocess.run([self.program, *map(str, words)], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"pm2 {words[0]}: {(done.stderr or done.stdout).strip()[-500:]}")

    def open(self):
        self.control("ping")

    def start(self, case, name):
        """By the daemon, once the whole graph is written."""

    def add(self, case):
        super().add(case)
        apps = []
        for name in sorted(case.nodes, key=lambda name: name == PATIENT):
            memory = int(most_memory(case.nodes[name]) * 0.8)
            apps.append({
                "name": f"{case.graph}-{name}", "script": str(case.folder / f"{name}.start"), "interpreter": "none", "cwd": str(case.folder),
                "exp_backoff_restart_delay": 100, "max_restarts": 1000, "kill_timeout": 1000, "vizion": False, "pmx": False,
                **({"max_memory_restart": f"{memory}M"} if memory else {}),
            })
        path = case.folder / "pm2.json"
        path.write_text(json.dumps({"apps": apps}))
        self.control("start", path)

    def restart(self, case, name):
        self.control("restart", f"{case.graph}-{name}")

    def remove(self, case):
        self.control("delete", *(f"{case.graph}-{name}" for name in case.nodes))
        super().remove(case)

    def close(self):
        self.control("kill")
        super().close()


KEEPERS = {
    "none": Scripts, "restart": Stratoswarm, "stratoswarm": Stratoswarm, "monit": Monit, "supervisord": Supervisord, "pm2": Pm2,
}
