"""Whether Prometheus itself reads what the daemon offers at /metrics."""

import json
import socket
import subprocess
import time
import unittest
import urllib.parse

from daemon import Daemon, sh
from e2e_security import http
from tools import fetched

CONFIG = """global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: stratoswarm
    authorization: {{credentials_file: {token}}}
    static_configs: [{{targets: ['{target}']}}]
"""


class Prometheus(unittest.TestCase):
    def test_is_scraped_by_prometheus(self):
        prometheus, promtool = fetched(self, "prometheus", "prometheus", "promtool")
        d = Daemon().start()
        self.addCleanup(lambda: self.assertEqual(d.close(), {}, "processes left behind"))
        d.apply("g", [{"id": "quoted", "command": sh("echo; exec sleep 1000"), "labels": {"note": 'a "quoted" \\ label'}},
                      {"id": "once", "command": ["/bin/false"], "restart": {"policy": "never"}}])
        d.await_phase("g/quoted", "READY")
        url = next(one["url"] for one in d.json("status")["listeners"] if one.get("url", "").startswith("http://127."))
        token = (d.data / "token").read_text().strip()
        # Samples of agents come with the second round of the sampler.
        d.until(lambda: "g/quoted" in http(url + "metrics", token)[1], 30, "metrics of the agent")

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (d.root / "prometheus.yml").write_text(CONFIG.format(token=d.data / "token", target=urllib.parse.urlsplit(url).netloc))
        subprocess.run([promtool, "check", "config", str(d.root / "prometheus.yml")], check=True, capture_output=True)
        with open(d.root / "prometheus.out", "wb") as out:
            process = subprocess.Popen([prometheus, f"--config.file={d.root}/prometheus.yml", f"--storage.tsdb.path={d.root}/tsdb",
                                        f"--web.listen-address=127.0.0.1:{port}"], stdout=out, stderr=out, cwd=d.root)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.base = f"http://127.0.0.1:{port}/api/v1/"
        d.until(self.answers, 60, "prometheus answers", lambda: (d.root / "prometheus.out").read_text()[-1000:])
        d.until(lambda: self.target().get("health") == "up", 60, "the daemon is scraped", self.target)
        self.assertEqual(self.target()["lastError"], "")
        d.until(lambda: self.query('count({job="stratoswarm",__name__!="up"})'), 30, "samples")
        offered = {line.split("{")[0].split(" ")[0] for line in http(url + "metrics", token)[1].splitlines() if not line.startswith("#")}
        told = lambda: {one["metric"]["__name__"] for one in self.query('{job="stratoswarm"}')}
        self.assertGreater(len(offered), 30)
        d.until(lambda: offered <= told(), 30, "each metric that is offered was stored", lambda: offered - told())
        kinds = json.loads(http(self.base + "metadata")[1])["data"]
        unknown = {name for name, one in kinds.items() if one[0]["type"] == "unknown" and name.startswith("stratoswarm_")}
        self.assertEqual(unknown, set(), "each has a type")

    def answers(self):
        try:
            return self.ready()
        except OSError:
            return False

    def ready(self):
        return http(self.base + "targets")[0] == 200 and self.target()

    def target(self):
        targets = json.loads(http(self.base + "targets")[1])["data"]["activeTargets"]
        return targets[0] if targets else {}

    def query(self, text):
        return json.loads(http(self.base + "query?query=" + urllib.parse.quote(text))[1])["data"]["result"]


if __name__ == "__main__":
    unittest.main()
