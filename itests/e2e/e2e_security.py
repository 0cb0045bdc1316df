"""The API by TCP and TLS as an operator meets it: tokens, links, another host's command line, and what is refused."""

import json
import os
import ssl
import stat
import subprocess
import unittest
import urllib.error
import urllib.request

from daemon import STRATOSWARM, Daemon


def http(url, token="", method="GET", body=None, headers=(), context=None):
    """Status and body."""
    request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
    for name, value in headers:
        request.add_header(name, value)
    if token:
        request.add_header("Authorization", "Bearer " + token)
    try:
        with urllib.request.urlopen(request, timeout=20, context=context) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


class Security(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()

    def tearDown(self):
        self.assertEqual(self.daemon.close(), {}, "processes left behind")

    def url(self, scheme="http", daemon=None):
        d = daemon or self.daemon
        found = []

        def listening():
            found[:] = [one["url"] for one in d.get("status")["listeners"] if one.get("url", "").startswith(scheme + "://127.")]
            return found

        d.until(listening, 20, f"an address of {scheme}", lambda: d.ok("status"))
        return found[0]

    def token(self):
        return (self.daemon.data / "token").read_text().strip()

    def remote(self, *arguments, **environment):
        return subprocess.run([STRATOSWARM, *arguments], capture_output=True, text=True, timeout=60,
                              env={**os.environ, **environment})

    def test_serves_the_page_and_guards_the_rest(self):
        url = self.url()
        self.assertIn(url, self.daemon.ok("status"))
        self.assertEqual(stat.S_IMODE((self.daemon.data / "token").stat().st_mode), 0o600)
        self.assertEqual(http(url + "login")[0], 200)
        self.assertEqual(http(url + "readyz")[0], 200)
        self.assertEqual(http(url + "api/v1/agents")[0], 401)
        self.assertEqual(http(url + "api/v1/agents", self.token())[0], 200)
        self.assertEqual(http(url + "api/v1/agents", self.token(), headers=[("Host", "evil.example")])[0], 421)
        self.assertEqual(json.loads(http(url + "api/v1/openapi.json")[1])["openapi"], "3.1.0")
        types = [event["type"] for event in self.daemon.events()]
        self.assertIn("RequestsRefused", types)

    def test_opens_a_session_by_a_link_once(self):
        link = self.daemon.ok("open", "--role", "viewer").strip()
        url, code = link.split("login#")
        self.assertEqual(url, self.url())
        status, body = http(url + "api/v1/session", method="POST", body={"code": code})
        self.assertEqual((status, json.loads(body)["role"]), (200, "viewer"))
        self.assertEqual(http(url + "api/v1/session", method="POST", body={"code": code})[0], 401)

    def test_makes_limits_and_revokes_tokens(self):
        d, url = self.daemon, self.url()
        secret = json.loads(
            self.remote("token", "create", "--data", str(d.data), "look", "--role", "viewer", "--expires", "1h", "--json").stdout)["token"]
        self.assertEqual(http(url + "api/v1/agents", secret)[0], 200)
        self.assertEqual(http(url + "api/v1/shutdown", secret, "POST", {})[0], 403)
        listed = self.remote("token", "list", "--data", str(d.data)).stdout
        self.assertIn("look", listed)
        self.assertNotIn(secret, listed)
        d.kill9()
        d.start()
        url = self.url()
        self.assertEqual(http(url + "api/v1/agents", secret)[0], 200, "tokens survive a crash")
        self.assertEqual(self.remote("token", "revoke", "--data", str(d.data), "look").returncode, 0)
        self.assertEqual(http(url + "api/v1/agents", secret)[0], 401)
        self.assertNotIn(secret, json.dumps(d.events()))

    def test_answers_the_command_line_of_another_host_by_tls(self):
        d = self.daemon
        d.ok("config", "set", "stratoswarm.console", "listen=https://127.0.0.1:0, 127.0.0.1:0")
        url = self.url("https")
        common = ["--url", url, "--token-file", str(d.data / "token")]
        trusting = [*common, "--ca", str(d.data / "tls" / "cert.pem")]
        self.assertEqual(self.remote("ps", *trusting).returncode, 0, self.remote("ps", *trusting).stderr)
        status = json.loads(self.remote("status", "--json", *trusting).stdout)
        self.assertEqual(status["data"], str(d.data))
        by_environment = self.remote("status", STRATOSWARM_URL=url, STRATOSWARM_TOKEN_FILE=str(d.data / "token"),
                                     STRATOSWARM_CA=str(d.data / "tls" / "cert.pem"))
        self.assertEqual(by_environment.returncode, 0, by_environment.stderr)
        stranger = self.remote("ps", *common)
        self.assertEqual(stranger.returncode, 3)
        self.assertIn("--ca", stranger.stderr)
        nobody = self.remote("ps", "--url", url, "--ca", str(d.data / "tls" / "cert.pem"))
        self.assertEqual(nobody.returncode, 7)
        self.assertEqual(self.remote("ps", "--url", "http://192.0.2.1:1", "--token-file", str(d.data / "token")).returncode, 2)
        context = ssl.create_default_context(cafile=str(d.data / "tls" / "cert.pem"))
        self.assertEqual(http(url + "healthz", context=context)[0], 200, "another program's TLS takes the certificate")

    def test_says_why_an_address_is_closed_and_changes_without_a_restart(self):
        d = self.daemon
        self.url()
        pid = d.json("status")["pid"]
        d.ok("config", "set", "stratoswarm.console", "listen=0.0.0.0:0")
        d.until(lambda: "https://0.0.0.0:0" in d.ok("status"), 20, "the reason is told")
        d.ok("config", "set", "stratoswarm.console", "listen=127.0.0.1:0")
        self.url()
        self.assertEqual(d.json("status")["pid"], pid)

    def test_finds_a_port_beside_another_daemon(self):
        first = self.url()
        second = Daemon().start()
        try:
            other = self.url(daemon=second)
            self.assertNotEqual(first, other)
            self.assertEqual(http(other + "api/v1/agents", self.token())[0], 401, "a token of another daemon")
            self.assertEqual(http(other + "api/v1/agents", (second.data / "token").read_text().strip())[0], 200)
        finally:
            self.assertEqual(second.close(), {})


if __name__ == "__main__":
    unittest.main()
