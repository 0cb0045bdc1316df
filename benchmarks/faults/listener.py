#!/usr/bin/env python3
"""An event listener of supervisord with the rules of superlance's memmon and httpok: too much memory, or no answer three times, is restarted.

    listener.py FOLDER    started by supervisord; FOLDER/watched has lines NAME PIDFILE PORT MEBIBYTES (0 for no limit)
"""

import os
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(sys.argv[1])


def resident(pid):
    """Of a process and its children, in MiB."""
    total = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        total += resident(child)
    return total


def well(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).status == 200
    except OSError:
        return False


def look(missed):
    for line in (ROOT / "watched").read_text().splitlines():
        if not line.strip():
            continue
        name, pidfile, port, most = line.split()
        try:
            heavy = int(most) and resident(Path(pidfile).read_text().strip()) > int(most)
        except (OSError, ValueError):
            heavy = False  # It does not run just now, which supervisord itself sees to.
        missed[name] = 0 if well(port) else missed.get(name, 0) + 1
        if heavy or missed[name] >= 3:
            missed[name] = -3
            print(name, "too much memory" if heavy else "no answer", file=sys.stderr, flush=True)
            subprocess.run([sys.executable, "-m", "supervisor.supervisorctl", "-c", ROOT / "supervisord.conf", "restart", name],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def watch():
    missed = {}
    while True:
        look(missed)
        time.sleep(1)


def main():
    # Each second, as monit does; the ticks of supervisord, five seconds at the least, are only acknowledged.
    threading.Thread(target=watch, daemon=True).start()
    while True:
        print("READY", flush=True)
        head = dict(pair.split(":", 1) for pair in sys.stdin.readline().split())
        sys.stdin.read(int(head["len"]))
        print("RESULT 2\nOK", end="", flush=True)


if __name__ == "__main__":
    main()
