"""Flows of records, from the outside: files in, programs, files out; over kills of agents and of the daemon."""

import json
import os
import shutil
import signal
import time
import unittest

from daemon import HOME, Daemon

AGAIN = 'number=0; while [ "$number" -lt "$1" ]; do number=$((number + 1)); echo "$number"; done; sleep 600'

# As many as there are until a file is there, at most some hundreds a second; says how many there were.
UNTIL = 'number=0; while [ ! -e "$0" ]; do number=$((number + 1)); echo "$number"; [ $((number % 20)) -ne 0 ] || sleep 0.02; done; echo "$number" >"$0.count"; sleep 600'


class FlowsTest(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        left = self.daemon.close()
        self.assertFalse(left, "processes outlived the shutdown")

    def graph(self, text, *parameters, ask=False):
        name = text.split("graph ", 1)[1].split(" ", 1)[0]
        path = self.daemon.root / f"{name}.graph"
        path.write_text(text)
        return self.daemon.ok("apply", *([] if ask else ["--yes"]), str(path), *parameters)

    def flows(self, graph):
        return {flow["id"]: flow for flow in self.daemon.get(f"graphs/{graph}/flows")["flows"]}

    def lines(self, name):
        path = self.daemon.root / name
        return path.read_text().splitlines() if path.exists() else []

    def test_a_file_flows_through_a_program_to_its_end(self):
        records = 20_000
        (self.daemon.root / "in.txt").write_text("".join(f"{n}\n" for n in range(1, records + 1)))
        self.graph(f"""
graph through {{
  source file-in {{
    file {{
      path "{self.daemon.root}/in.txt"
      follow false
    }}
  }}

  node double {{
    run awk '{{ print $1 * 2 }}'
  }}

  sink file-out {{
    file {{
      path "{self.daemon.root}/out.txt"
    }}
  }}

  flow file-in -> double

  flow double -> file-out
}}
""")
        self.daemon.await_phase("through/file-out", "COMPLETED", 60)
        self.daemon.await_phase("through/double", "COMPLETED")
        self.assertEqual([str(2 * n) for n in range(1, records + 1)], self.lines("out.txt"))
        for flow in self.flows("through").values():
            ledger = flow["ledger"]
            self.assertTrue(ledger["balanced"], ledger)
            self.assertEqual((records, records, 0), (ledger["read"], ledger["delivered"], ledger["inFlight"]), ledger)
            self.assertEqual("ended", flow["state"].lower())

    def test_kills_of_the_daemon_lose_and_double_nothing(self):
        self.graph(f"""
graph kills {{
  node numbers {{
    run sh -c 'n=0; while :; do n=$((n + 1)); echo $n; [ $((n % 20)) -ne 0 ] || sleep 0.01; done'
  }}

  node pass {{
    run cat
  }}

  node keep {{
    run sh -c 'exec cat >>"$0"' "{self.daemon.root}/kept.txt"
  }}

  flow numbers -> pass

  flow pass -> keep {{
    where '$' matches "^[0-9]+$"
  }}
}}
""".replace("'$' matches", "$ matches"))
        self.daemon.until(lambda: len(self.lines("kept.txt")) > 500, 60, "records arrive")
        for _ in range(3):
            seen = len(self.lines("kept.txt"))
            self.daemon.kill9()
            self.daemon.start()
            self.daemon.until(lambda: len(self.lines("kept.txt")) > seen + 500, 60, "records go on")
        self.daemon.ok("stop", "kills/numbers")
        quiet = [-1]

        def settled():
            now = len(self.lines("kept.txt"))
            same = now == quiet[0]
            quiet[0] = now
            if not same:
                time.sleep(1)
            return same

        self.daemon.until(settled, 60, "the last records arrive")
        kept = [int(line) for line in self.lines("kept.txt")]
        self.assertEqual(list(range(1, len(kept) + 1)), kept)
        for flow in self.flows("kills").values():
            self.assertTrue(flow["ledger"]["balanced"], flow)
            self.assertEqual(len(kept), flow["ledger"]["delivered"], flow)

    def test_what_was_stopped_is_connected_again_when_it_starts(self):
        self.graph(f"""
graph again {{
  node numbers {{
    run sh -c 'n=0; while :; do n=$((n + 1)); echo $n; [ $((n % 20)) -ne 0 ] || sleep 0.01; done'
  }}

  node keep {{
    run sh -c 'exec cat >>"$0"' "{self.daemon.root}/kept.txt"
  }}

  flow numbers -> keep
}}
""")
        for agent in ("again/numbers", "again/keep", "again/numbers", "again"):
            seen = len(self.lines("kept.txt"))
            self.daemon.until(lambda: len(self.lines("kept.txt")) > seen + 200, 30, f"records before {agent} is stopped")
            self.daemon.ok("stop", agent)
            self.daemon.ok("start", agent)
        seen = len(self.lines("kept.txt"))
        self.daemon.until(lambda: len(self.lines("kept.txt")) > seen + 200, 30, "records in the end")
        self.assertTrue(self.flows("again")["numbers-keep"]["ledger"]["balanced"])

    def test_what_a_stopped_agent_did_not_read_is_read_by_its_next_start(self):
        self.graph(f"""
graph later {{
  node numbers {{
    run seq 1 2000
    restart never
  }}

  node keep {{
    run sh -c 'while IFS= read -r n; do echo "$n" >>"$0"; sleep 0.001; done' "{self.daemon.root}/later.txt"
    restart on-failure
  }}

  flow numbers -> keep
}}
""")
        stops = 3
        for _ in range(stops):
            seen = len(self.lines("later.txt"))
            self.daemon.until(lambda: len(self.lines("later.txt")) > seen + 100, 30, "records before it is stopped")
            self.daemon.ok("stop", "later/keep")
            self.daemon.ok("start", "later/keep")
        self.daemon.until(lambda: self.daemon.phase("later/keep") == "COMPLETED", 60, "its input ends", self.daemon.log)
        last, whole, rests = 0, 0, []
        for line in self.lines("later.txt"):
            if line and int(line) > last:
                last = int(line)
                whole += 1
            else:
                rests.append(line)
        # When it was ended, the shell had read a record, or the beginning of one, whose rest its next start reads.
        self.assertLessEqual(len(rests), stops, rests)
        self.assertGreaterEqual(whole, 2000 - 2 * stops)

    def test_at_least_once_survives_kills_of_the_consumer(self):
        records = 3_000
        self.graph(f"""
graph durable {{
  node numbers {{
    run sh -c '{AGAIN}' numbers {records}
  }}

  node worker {{
    run sh -c 'while read -r n; do echo "$n" >>"$0"; echo "$n"; [ $((n % 10)) -ne 0 ] || sleep 0.01; done' "{self.daemon.root}/seen.txt"
  }}

  sink done {{
    file {{
      path "{self.daemon.root}/done.txt"
    }}
  }}

  flow numbers -> worker {{
    delivery at-least-once ack one-to-one
  }}

  flow worker -> done
}}
""")
        for target in (300, 900, 1500):
            self.daemon.until(lambda: len(self.lines("seen.txt")) > target, 60, f"{target} records are worked on")
            self.daemon.ok("kill", "durable/worker")
        self.daemon.kill9()
        self.daemon.start()
        wanted = [str(n) for n in range(1, records + 1)]
        self.daemon.until(lambda: self.lines("done.txt")[-1:] == wanted[-1:], 120, "the last record is done",
                          lambda: self.flows("durable"))
        first = list(dict.fromkeys(self.lines("done.txt")))
        self.assertEqual(wanted, first, "every record once at least, the first ones in order")

    def test_acknowledgements_on_a_channel_survive_kills_of_the_daemon_and_the_consumer(self):
        stop = self.daemon.root / "stop"
        doc = (HOME / "docs" / "flows.md").read_text()
        keep = self.daemon.root / "keep.sh"
        program = doc[doc.index("# keep.sh"):]
        keep.write_text(program[:program.index("```")].replace("/srv/kept", str(self.daemon.root / "kept")))
        self.graph(f"""
graph orders {{
  node numbers {{
    run sh -c '{UNTIL}' "{stop}"
  }}

  node keep {{
    run sh "{keep}"
    restart always {{
      initial 50ms
      intensity 1000
    }}

    channel done out
  }}

  flow numbers -> keep {{
    delivery at-least-once ack channel done
  }}
}}
""")
        for kills in range(int(os.environ.get("STRATOSWARM_KILLS", "9"))):
            seen = len(self.lines("kept"))
            self.daemon.until(lambda: len(self.lines("kept")) > seen + 150, 60, "records are kept",
                              lambda: self.flows("orders"))
            if kills % 3 == 2:
                self.daemon.kill9()
                self.daemon.start()
            else:
                self.daemon.ok("kill", "orders/keep")
        stop.touch()
        count = self.daemon.root / "stop.count"
        self.daemon.until(lambda: count.exists() and count.read_text().endswith("\n"), 60, "the records end")
        records = int(count.read_text())
        print(f"{records} records", flush=True)
        wanted = [str(n) for n in range(1, records + 1)]
        self.daemon.until(lambda: wanted[-1] in self.lines("kept"), 120, "the last record is kept",
                          lambda: self.flows("orders"))

        def receiver():
            return self.flows("orders")["numbers-keep"]["ledger"]["receivers"][0]

        self.daemon.until(lambda: receiver()["unacknowledged"] == 0, 60, "all are acknowledged", receiver)
        kept = self.lines("kept")
        self.assertEqual(wanted, list(dict.fromkeys(kept)), "every record once at least, the first ones in order")
        self.assertLessEqual(len(kept) - records, receiver()["redelivered"])

    def test_plans_history_and_rollback(self):
        text = """
graph steps {
  node numbers {
    run sh -c 'while :; do echo tick; sleep 0.1; done'
  }

  node reader {
    run cat
  }

  flow numbers -> reader {
    rate RATE/s
  }
}
"""
        self.graph(text.replace("RATE", "5"), ask=True)
        path = self.daemon.root / "steps.graph"
        path.write_text(text.replace("RATE", "7"))
        refused = self.daemon.cli("apply", str(path))
        self.assertEqual(2, refused.returncode, refused.stdout + refused.stderr)
        self.assertIn("--yes", refused.stderr)
        self.assertIn("rate", self.daemon.ok("graph", "plan", str(path)))
        before = self.daemon.agents()
        self.daemon.ok("apply", "--yes", str(path))
        self.assertEqual(
            {row["id"]: row["pid"] for row in before.values()},
            {row["id"]: row["pid"] for row in self.daemon.agents().values()},
            "a rate is changed while everything runs",
        )
        self.assertEqual(2, len(self.daemon.json("graph", "history", "steps")["generations"]))
        self.daemon.ok("graph", "rollback", "--yes", "steps")
        self.assertIn("5/s", self.daemon.ok("graph", "show", "steps"))
        self.assertEqual(3, len(self.daemon.json("graph", "history", "steps")["generations"]))

    def test_the_example_for_log_files_works_on_a_log_file(self):
        log = self.daemon.root / "app.log"
        log.write_text("".join(
            f"Nov 26 03:{n // 60:02}:{n % 60:02} host app[{n}]: {'error: disk full' if n % 10 == 0 else 'all is well'}\n" for n in range(600)))
        example = HOME / "examples" / "log-flow.graph"
        self.daemon.ok("scripts", "enable", "parse-log")
        self.daemon.ok("apply", str(example), "--param", f"file={log}", "--param", f"out={self.daemon.root}")
        self.daemon.until(lambda: len(self.lines("errors.jsonl")) == 60, 60, "the errors are written out",
                          lambda: self.daemon.cli("graph", "status", "log-flow").stdout)
        for line in self.lines("errors.jsonl"):
            self.assertIn("disk full", json.loads(line)["message"])
        with log.open("a") as out:
            out.write("Nov 26 04:00:00 host app[1]: error: disk full again\n")
        self.daemon.until(lambda: len(self.lines("errors.jsonl")) == 61, 30, "what is appended is followed")


if __name__ == "__main__":
    unittest.main()
