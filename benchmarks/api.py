#!/usr/bin/env python3
"""Small reads of the API by 50 clients, beside nginx serving the same bytes from memory.

    benchmarks/api.py [--seconds N] [--rounds N]

wrk asks for one agent over loopback TCP with a bearer token, as a dashboard would. What the daemon uses of the processor is
read from /proc, so that requests a core-second hold on a busy machine as well; p99 does not. Needs wrk and nginx
(apt install wrk nginx-light).
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "itests" / "e2e"))
from daemon import Daemon, sh  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
CLIENTS = 50


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def millis(text):
    value, unit = re.fullmatch(r"([0-9.]+)(us|ms|s)", text).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def load(url, seconds, pids, headers=()):
    """Requests a second, requests a core-second of the server, p50 and p99 in ms."""
    before = cpu_seconds(pids)
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    text = subprocess.run(command + [url], capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(pids) - before
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(text)
    count = int(re.search(r"(\d+) requests in", text).group(1))
    rate = float(re.search(r"Requests/sec:\s+([0-9.]+)", text).group(1))
    p50, p99 = (millis(re.search(rf"{p}%\s+(\S+)", text).group(1)) for p in (50, 99))
    return rate, count / used, p50, p99


class Nginx:
    """One worker that answers from its configuration, so from memory."""

    def __init__(self, body):
        self.root = Path(tempfile.mkdtemp(prefix="stratoswarm-nginx-"))
        self.port = 18_432
        quoted = body.replace("\\", "\\\\").replace("'", "\\'").replace("$", "")
        (self.root / "nginx.conf").write_text(f"""
            daemon off; worker_processes 1; pid {self.root}/pid; error_log stderr crit;
            events {{ worker_connections 1024; }}
            http {{ access_log off; keepalive_requests 1000000000; server {{ listen 127.0.0.1:{self.port};
              location / {{ default_type application/json; return 200 '{quoted}'; }} }} }}""")
        self.process = subprocess.Popen(["nginx", "-p", str(self.root), "-c", str(self.root / "nginx.conf"), "-e", "stderr"])
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/").read()
                break
            except OSError:
                time.sleep(0.05)
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.pids = [int(pid) for pid in children]

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.root)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for tool in ("wrk", "nginx"):
        if shutil.which(tool) is None:
            sys.exit(f"benchmarks/api.py: there is no {tool}; apt install wrk nginx-light")
    print("load average at the start:", " ".join(f"{one:.1f}" for one in os.getloadavg()), "on", os.cpu_count(), "processors")
    daemon = Daemon().start()
    try:
        daemon.apply("bench", [{"id": "a", "replicas": 10, "command": sh("exec sleep 100000")}])
        daemon.until(lambda: sum(a["phase"] == "ready" for a in daemon.agents().values()) == 10, 60, "10 ready")
        daemon.ok("config", "set", "stratoswarm.console", "rate.requests=0")
        status = daemon.json("status")
        url = next(one["url"] for one in status["listeners"] if "url" in one and "127.0.0.1" in one["url"]) + "api/v1/agents/bench/a.3"
        header = "Authorization: Bearer " + (daemon.data / "token").read_text().strip()
        body = urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": header.split(": ")[1]})).read().decode()
        nginx = Nginx(body)
        try:
            load(url, options.seconds, [status["pid"]], [header])  # The compilers warm up.
            rows = {"stratoswarm": [], "nginx": []}
            for _ in range(options.rounds):
                rows["stratoswarm"].append(load(url, options.seconds, [status["pid"]], [header]))
                rows["nginx"].append(load(f"http://127.0.0.1:{nginx.port}/", options.seconds, nginx.pids))
        finally:
            nginx.close()
        print(f"GET /api/v1/agents/ID, {len(body)} bytes of body, {CLIENTS} clients, medians of {options.rounds} rounds of {options.seconds} s")
        print(f"{'server':<14}{'requests/s':>12}{'a core-second':>15}{'p50 ms':>10}{'p99 ms':>10}")
        medians = {name: [statistics.median(column) for column in zip(*found)] for name, found in rows.items()}
        for name, (rate, core, p50, p99) in medians.items():
            print(f"{name:<14}{rate:>12.0f}{core:>15.0f}{p50:>10.2f}{p99:>10.2f}")
        ours = medians["stratoswarm"][1]
        print(f"ratio to nginx by core-seconds {ours / medians['nginx'][1]:.2f}; at least 5000 a core-second: {'reached' if ours >= 5000 else 'missed'}")
        rss = int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{status['pid']}/status").read_text()).group(1)) / 1024
        print(f"daemon's resident memory after it: {rss:.0f} MiB")
    finally:
        daemon.close()


if __name__ == "__main__":
    main()
