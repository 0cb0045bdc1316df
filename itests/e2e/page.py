"""A daemon with a few agents, and a browser that has signed in to its page: what the checks of the page begin with."""

import json
import unittest

from browser import Browser, missing
from daemon import Daemon, sh

TICKING = "i=0; while :; do i=$((i+1)); echo tick $i; [ $((i % 5)) = 0 ] && echo needle $i >&2; sleep 0.2; done"


def ask(daemon, method, path, body=None):
    """The answer of the API on the daemon's unix socket."""
    status, text = daemon.call(method, path, body)
    if status >= 300:
        raise AssertionError(f"{method} {path}: {status} {text}")
    return json.loads(text)


def link(daemon, role="admin"):
    """A link that signs a browser in once, as 'stratoswarm open' prints it."""
    return ask(daemon, "POST", "session/code", {"role": role})["urls"][0]


@unittest.skipIf(missing(), f"not installed: {missing()}")
class PageCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.addClassCleanup(cls.end_daemon)
        cls.daemon.start()
        cls.daemon.apply("shop", [
            {"id": "web", "replicas": 2, "command": sh(TICKING)},
            {"id": "db", "command": sh("printf '\\033[32mINFO\\033[0m ready\\n'; exec sleep 10000")},
            {"id": "once", "command": sh("exec sleep 10000"), "restart": {"policy": "never"}},
            {"id": "broken", "command": ["/no/such/program"], "restart": {"policy": "never"}},
        ])
        cls.daemon.await_phase("shop/web.0", "READY")
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.url = link(cls.daemon)
        cls.base = cls.url[:cls.url.index("/login")]

    @classmethod
    def end_daemon(cls):
        left = cls.daemon.close()
        assert left == {}, f"processes left behind: {left}"

    def setUp(self):
        b = self.browser
        b.size(1280, 860)
        b.colours("light")
        b.open("about:blank")
        b.open(link(self.daemon))
        b.shows("Live", ".connection")
        b.problems()

    def go(self, place, shown):
        """To a place by its address, and what shows that it is there."""
        self.browser.script("location.hash = arguments[0]", place)
        self.browser.one(shown)
