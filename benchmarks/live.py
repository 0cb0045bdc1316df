#!/usr/bin/env python3
"""Live transforms under load, beside the same change by stop, edit and start.

A program writes numbered records of 100 bytes, 100,000 a second; cat passes them on; another program reads them, counts what is missing or
came twice, and notes every time for which it got nothing. What is told of each kind is the longest such time around each transform.

    benchmarks/live.py [--rounds 20] [--rate 100000] [--nodes 200]
"""

import argparse
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
STRATOSWARM = str(HOME / "stratoswarm")
SOURCE = r'''
use Time::HiRes qw(time sleep); $| = 0;
my ($rate, $stop) = @ARGV; my $n = 0; my $batch = int($rate / 500); my $pad = "x" x 65; my $next = time;
while (!-e $stop) {
    my $out = "";
    for (1 .. $batch) { $n++; $out .= sprintf("{\"n\":\"%012d\",\"k\":%d,\"p\":\"%s\"}\n", $n, 10 + $n % 90, $pad); }
    my $at = 0; while ($at < length $out) { $at += syswrite(STDOUT, $out, 65536, $at) // die; }
    $next += 1 / 500; my $wait = $next - time; if ($wait > 0) { sleep $wait } else { $next = time if $wait < -1 }
}
'''
SINK = r'''
use Time::HiRes qw(time); use List::Util qw(sum max); use IO::Handle;
my ($file) = @ARGV; open(my $gaps, ">", $file) or die; $gaps->autoflush(1);
my ($count, $highest, $sum, $last, $rest) = (0, 0, 0, time, ""); my $told = time;
while (sysread(STDIN, my $got, 1 << 18)) {
    my $now = time; my $gap = $now - $last; $last = $now;
    printf $gaps "gap %.6f %.6f\n", $now, $gap if $gap > 0.002;
    $rest .= $got; my $whole = int(length($rest) / 100) * 100;
    if ($whole > 0) {
        my @numbers = unpack("(x6a12x82)*", substr($rest, 0, $whole, ""));
        $count += @numbers; $sum += sum(@numbers); my $most = max(@numbers); $highest = $most if $most > $highest;
    }
    if ($now - $told > 0.1) { printf $gaps "count %.6f %d %d %d\n", $now, $count, $highest, $sum; $told = $now; }
}
printf $gaps "count %.6f %d %d %d\nend\n", time, $count, $highest, $sum;
'''


class Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("daemon", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Daemon:
    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="stratoswarm-live-"))
        self.data = self.root / "data"
        self.process = subprocess.Popen([STRATOSWARM, "daemon", "--data", str(self.data)], stdout=subprocess.DEVNULL,
                                        stderr=open(self.root / "log", "wb"), start_new_session=True)
        while not (self.data / "api.sock").exists():
            time.sleep(0.1)
            if self.process.poll() is not None:
                sys.exit((self.root / "log").read_text())
        time.sleep(3)

    def call(self, method, path, body=None):
        connection = Unix(str(self.data / "api.sock"))
        connection.request(method, "/api/v1/" + path, None if body is None else json.dumps(body), {"content-type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text}")
        return json.loads(text) if text else {}

    def apply(self, text):
        path = self.root / "bench.graph"
        path.write_text(text)
        subprocess.run([STRATOSWARM, "apply", "--data", str(self.data), "--yes", "--force", "--restart", str(path)], check=True, stdout=subprocess.DEVNULL)

    def transform(self, graph, kind, arguments, fragment=None, every=0.02):
        """Waits for the end, and asks for it so often, in seconds: asking costs the daemon time that the transform needs."""
        body = {"kind": kind, "arguments": arguments}
        if fragment:
            body["fragment"] = {"file": "new.graph", "text": fragment}
        number = self.call("POST", f"graphs/{graph}/transforms", body)["number"]
        while True:
            now = self.call("GET", f"transforms/{number}")
            if now["state"] not in ("running", "going-back"):
                if now["state"] != "done":
                    raise RuntimeError(str(now))
                return now
            time.sleep(every)

    def close(self):
        subprocess.run([STRATOSWARM, "shutdown", "--data", str(self.data)], stdout=subprocess.DEVNULL)
        self.process.wait(60)
        shutil.rmtree(self.root, ignore_errors=True)


def lines(daemon, kind):
    return [line.split()[1:] for line in (daemon.root / "gaps").read_text().splitlines() if line.startswith(kind + " ")]


def longest(daemon, begin, end):
    return max([float(gap) for at, gap in lines(daemon, "gap") if begin <= float(at) and float(at) - float(gap) <= end], default=0.002)


def back_to_speed(daemon, end, rate):
    """Seconds after the end until 90 % of the rate is seen again, over 0.2 s."""
    counts = [(float(at), int(count)) for at, count, _, _ in lines(daemon, "count")]
    for (a, x), (b, y) in zip(counts, counts[2:]):
        if b > end and (y - x) / (b - a) >= 0.9 * rate:
            return max(0.0, b - end)
    return float("nan")


def seconds(text):
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d*Z", r"\1+00:00", text)).timestamp()


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))]


def node(name):
    return f"graph new {{ node {name} {{ run cat\n label state = none }} }}"


def load(arguments):
    daemon = Daemon()
    (daemon.root / "source.pl").write_text(SOURCE)
    (daemon.root / "sink.pl").write_text(SINK)
    text = f"""
graph bench {{
  node numbers {{ run perl "{daemon.root}/source.pl" {arguments.rate} "{daemon.root}/stop" }}
  node work {{ run cat
    label state = none
    env ROUND = "ROUNDS" }}
  node keep {{ run perl "{daemon.root}/sink.pl" "{daemon.root}/gaps" }}
  flow numbers -> work {{ data json }}
  flow work -> keep {{ data json }}
}}"""
    try:
        daemon.apply(text.replace("ROUNDS", "0"))
        time.sleep(5)

        def change(kind, given, fragment=None):
            return daemon.transform("bench", kind, given, fragment, every=0.1)

        kinds = {
            "replace": lambda i: change("replace", {"node": "work", "env.ROUND": f"r{i}"}),
            "insert": lambda i: change("insert", {"flow": "numbers-work"}, node(f"m{i}")),
            "remove": lambda i: change("remove", {"node": f"m{i}"}),
            "split": lambda i: change("split", {"node": "work", "into": "2"}),
            "merge": lambda i: change("merge", {"nodes": "work"}),
            "parallelize": lambda i: change("parallelize", {"path": "work", "lanes": "2", "key": "k"}),
            "parallelize back": lambda i: change("parallelize", {"path": "work", "lanes": "1", "key": "k"}),
        }
        quiet = time.time()
        time.sleep(3)
        print(f"longest time without a record while nothing changes: {longest(daemon, quiet, time.time()) * 1000:.1f} ms")
        rows: dict[str, tuple[list[float], list[float], list[float]]] = {kind: ([], [], []) for kind in kinds}
        for i in range(arguments.rounds + 2):
            for kind, run in kinds.items():
                done = run(i)
                begin, end = seconds(done["begin"]), seconds(done["end"])
                time.sleep(0.7)
                if i >= 2:  # The first rounds warm the Java machine up.
                    rows[kind][0].append(longest(daemon, begin, end + 0.1) * 1000)
                    rows[kind][1].append((end - begin) * 1000)
                    rows[kind][2].append(back_to_speed(daemon, end, arguments.rate))
        print("transform           pause p50 ms   p99 ms   took p50 ms   back to 90 % of the rate, longest, s")
        for kind, (pauses, took, back) in rows.items():
            print(f"{kind:18}  {percentile(pauses, .5):12.1f} {percentile(pauses, .99):8.1f} {percentile(took, .5):13.1f} {max(back):10.2f}")
        pauses = [each for row in rows.values() for each in row[0]]
        print(f"{'all':18}  {percentile(pauses, .5):12.1f} {percentile(pauses, .99):8.1f}")
        restarts = []
        for i in range(max(3, arguments.rounds // 4)):
            begin = time.time()
            subprocess.run([STRATOSWARM, "stop", "--data", str(daemon.data), "bench/numbers"], check=True, stdout=subprocess.DEVNULL)
            daemon.apply(text.replace("ROUNDS", f"s{i}"))
            subprocess.run([STRATOSWARM, "start", "--data", str(daemon.data), "bench/numbers"], check=True, stdout=subprocess.DEVNULL)
            time.sleep(1.5)
            restarts.append(longest(daemon, begin, time.time()) * 1000)
        print(f"{'stop, edit, start':18}  {percentile(restarts, .5):12.1f} {percentile(restarts, .99):8.1f}   (source stopped, manifest applied, source started)")
    finally:
        (daemon.root / "stop").touch()
        time.sleep(2)
        final = lines(daemon, "count")[-1]
        print(f"records at the sink: {final[1]}")
        daemon.close()


def exact(arguments):
    """The same load without the part that stops the source, so that every number must be there once."""
    daemon = Daemon()
    (daemon.root / "source.pl").write_text(SOURCE)
    (daemon.root / "sink.pl").write_text(SINK)
    try:
        daemon.apply(f"""
graph bench {{
  node numbers {{ run perl "{daemon.root}/source.pl" {arguments.rate} "{daemon.root}/stop"
    restart never }}
  node work {{ run cat
    label state = none }}
  node keep {{ run perl "{daemon.root}/sink.pl" "{daemon.root}/gaps"
    restart never }}
  flow numbers -> work {{ data json }}
  flow work -> keep {{ data json }}
}}""")
        begun = time.time()
        for i in range(5):
            daemon.transform("bench", "insert", {"flow": "numbers-work"}, node(f"m{i}"))
            daemon.transform("bench", "replace", {"node": "work", "env.ROUND": f"r{i}"})
            daemon.transform("bench", "split", {"node": f"m{i}", "into": "3"})
            daemon.transform("bench", "merge", {"nodes": f"m{i}"})
            daemon.transform("bench", "remove", {"node": f"m{i}"})
        (daemon.root / "stop").touch()
        while "end" not in (daemon.root / "gaps").read_text()[-10:]:
            time.sleep(0.1)
        _, count, highest, total = (int(float(each)) for each in lines(daemon, "count")[-1])
        whole = count == highest and total == highest * (highest + 1) // 2
        print(f"25 transforms: {count} records, {count / (time.time() - begun):.0f} a second; count, highest number and sum of the numbers "
              + ("fit: none lost, none doubled" if whole else f"DO NOT FIT: {count} {highest} {total}"))
    finally:
        daemon.close()


def large(arguments):
    daemon = Daemon()
    try:
        chains = arguments.nodes // 4
        parts = []
        for i in range(chains):
            parts.append(f"node s{i} {{ run sleep 100000 }}\n node a{i} {{ run cat\n label state = none }}\n"
                         f"node b{i} {{ run cat\n label state = none }}\n node c{i} {{ run sh -c 'cat >/dev/null' }}\n"
                         f"flow s{i} -> a{i}\n flow a{i} -> b{i}\n flow b{i} -> c{i}\n")
        daemon.apply("graph large {\n" + "".join(parts) + "}")
        time.sleep(10)
        begin = time.time()
        done = 0
        while time.time() - begin < 30:
            i = done // 2 % chains
            if done % 2 == 0:
                daemon.transform("large", "insert", {"flow": f"s{i}-a{i}"}, node(f"n{done}"))
            else:
                daemon.transform("large", "remove", {"node": f"n{done - 1}"})
            done += 1
        took = time.time() - begin
        print(f"transforms on a graph of {4 * chains} nodes and {3 * chains} flows, one after the other: {done / took * 60:.0f} a minute")
    finally:
        daemon.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=["exact", "load", "large", []], default=[])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--rate", type=int, default=100_000)
    parser.add_argument("--nodes", type=int, default=200)
    given = parser.parse_args()
    for what in given.what or ["exact", "load", "large"]:
        {"exact": exact, "load": load, "large": large}[what](given)
