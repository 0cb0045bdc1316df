"""The web page, as an operator with a browser meets it."""

import os
import signal
import time
import unittest
from urllib.parse import urlsplit

from daemon import sh
from page import PageCase, link


class Page(PageCase):
    def test_loads_without_errors_and_asks_nobody_else(self):
        b = self.browser
        b.requests()
        b.open(self.base + "/")
        b.shows("shop", ".graph-name")
        for place, shown in (("#/agent/shop/web.0", ".log-line"), ("#/events", ".event"), ("#/events/1", ".detail .json"),
                             ("#/host", ".capabilities"), ("#/healing", "[data-case]"), ("#/healing/strategies", ".strategy"),
                             ("#/predictions", "#record-title"), ("#/approvals", ".empty"), ("#/plugins", "h1"), ("#/scripts", "h1"), ("#/no/such/place", ".failure")):
            self.go(place, shown)
        answers = b.requests()
        host = urlsplit(self.base).netloc
        elsewhere = [url for url in b.asked if urlsplit(url).netloc != host and not url.startswith(("data:", "blob:"))]
        self.assertEqual(elsewhere, [])
        self.assertGreater(len(answers), 20)
        self.assertEqual([answer for answer in answers if answer[2] >= 400 and answer[2] != 404], [])
        self.assertEqual(b.problems(), [])

    def test_signs_in_by_token_and_out_again(self):
        b = self.browser
        self.go("#/host", ".capabilities")
        b.click("[aria-label='Sign out']")
        b.one("#token")
        b.shows("stratoswarm open", ".login")
        b.type("#token", "stratoswarm_wrong")
        b.press("ENTER")
        b.shows("not known", "#token-problem")
        b.type("#token", (self.daemon.data / "token").read_text().strip())
        b.press("ENTER")
        b.shows("Live", ".connection")
        self.assertNotIn("stratoswarm_", b.script("return document.documentElement.outerHTML"))

    def test_exchanges_a_link_and_leaves_no_secret_in_the_address(self):
        b = self.browser
        token = (self.daemon.data / "token").read_text().strip()
        b.click("[aria-label='Sign out']")
        b.one("#token")
        b.open("about:blank")
        b.open(f"{self.base}/#/login?token={token}")
        b.shows("Live", ".connection")
        self.assertEqual(b.driver.current_url, f"{self.base}/#/")
        used = link(self.daemon)
        b.open("about:blank")
        b.open(used)
        b.shows("Live", ".connection")
        self.assertNotIn("stratoswarm_", b.driver.current_url)
        b.click("[aria-label='Sign out']")
        b.one("#token")
        b.open("about:blank")
        b.open(used)
        b.shows("not accepted", "#token-problem")
        self.assertNotIn("stratoswarm_", b.driver.current_url)

    def test_shows_within_two_seconds_what_happens_to_an_agent(self):
        b, d = self.browser, self.daemon
        b.shows("ready", "[data-id='shop/once'] .badge")
        os.kill(d.agents()["shop/once"]["pid"], signal.SIGKILL)
        b.shows("failed", "[data-id='shop/once'] .badge", 2)
        b.shows("KILL", "[data-id='shop/once'] .reason", 2)
        d.ok("start", "shop/once")
        b.shows("ready", "[data-id='shop/once'] .badge", 2)

    def test_filters_searches_and_sorts_the_agents(self):
        b = self.browser
        rows = lambda: [row.get_attribute("data-id") for row in b.all("tr[data-id]")]
        b.until(lambda: len(rows()) == 5, 10, "all agents")
        b.click(".chip[data-phase='failed']")
        b.until(lambda: rows() == ["shop/broken"], 5, "the one that failed")
        self.assertIn("phase=failed", b.hash())
        b.click(".chip[data-phase='failed']")
        b.type("[data-search]", "web")
        b.until(lambda: rows() == ["shop/web.0", "shop/web.1"], 5, "the two that match")
        b.type("[data-search]", "no such thing")
        b.shows("No agent matches", ".list")
        b.click(".list .button")
        b.until(lambda: len(rows()) == 5, 5, "all again")
        b.script("const s = document.querySelector('.toolbar select'); s.value = 'phase'; s.dispatchEvent(new Event('change'))")
        b.until(lambda: rows()[0] == "shop/broken", 5, "the one in trouble first")

    def test_restarts_only_after_it_was_confirmed(self):
        b, d = self.browser, self.daemon
        before = d.agents()["shop/db"]["incarnation"]
        self.go("#/agent/shop/db", "[data-act='restart']")
        b.click("[data-act='restart']")
        b.one("dialog[open] [data-confirm]")
        self.assertEqual(b.focused(), "Cancel")
        b.press("ESCAPE")
        b.until(lambda: not b.all("dialog"), 5, "the dialog is gone")
        time.sleep(0.5)
        self.assertEqual(d.agents()["shop/db"]["incarnation"], before)
        b.click("[data-act='restart']")
        b.click("dialog[open] [data-confirm]")
        b.shows("restarted", ".notice", 20)
        d.await_phase("shop/db", "READY")
        self.assertEqual(d.agents()["shop/db"]["incarnation"], before + 1)
        b.shows(str(before + 1), ".facts")

    def test_kills_stops_and_starts(self):
        b, d = self.browser, self.daemon
        self.go("#/agent/shop/db", "[data-act='stop']")
        before = d.agents()["shop/db"]["pid"]
        b.click("[data-act='kill']")
        b.click("dialog[open] [data-confirm]")
        d.until(lambda: d.agents()["shop/db"].get("pid") not in (None, before), 15, "another process")
        b.until(lambda: b.all("[data-act='stop']"), 10, "it can be stopped")
        b.press("x")
        b.click("dialog[open] [data-confirm]")
        b.shows("stopped", ".agent-head .badge", 20)
        b.click("[data-act='start']")
        b.shows("ready", ".agent-head .badge", 20)

    def test_searches_and_pauses_the_log(self):
        b = self.browser
        self.go("#/agent/shop/web.0", ".log-line")
        b.until(lambda: "needle" in b.script("return document.querySelector('.log').textContent"), 10, "a line of stderr")
        b.type(".log-panel [data-search]", "NEEDLE")
        b.until(lambda: b.all(".log-line") and all("needle" in text for text in b.script("return [...document.querySelectorAll('.log-line')].map(e => e.textContent)")), 5, "only lines that match")
        self.assertGreater(len(b.all(".log mark")), 0)
        b.type(".log-panel [data-search]", " ")
        b.press("BACKSPACE")
        b.script("document.querySelectorAll('.log-panel input[type=radio]')[2].click()")
        b.until(lambda: b.all(".log-line") and not b.all(".log-line.out"), 5, "only what came on stderr")
        b.script("document.querySelectorAll('.log-panel input[type=radio]')[0].click()")
        b.script("document.querySelector('h1').focus()")
        b.press("p")
        b.shows("came since", ".log-frame", 10)
        count = len(b.all(".log-line"))
        time.sleep(0.6)
        self.assertEqual(len(b.all(".log-line")), count)
        b.press("p")
        b.until(lambda: len(b.all(".log-line")) > count, 5, "what came meanwhile")
        numbers = [int(text.split()[-1]) for text in b.script("return [...document.querySelectorAll('.log-line.out .log-text')].map(e => e.textContent)")]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))

    def test_shows_colours_of_a_log_and_no_escapes(self):
        b = self.browser
        self.go("#/agent/shop/db", ".log-line .ansi-2")
        self.assertEqual(b.script("return document.querySelector('.log-line .ansi-2').textContent"), "INFO")
        self.assertNotIn("[32m", b.script("return document.querySelector('.log').textContent"))

    def test_filters_events_and_follows_causes(self):
        b, d = self.browser, self.daemon
        self.go("#/events", ".event")
        b.type("[aria-label='Type']", "AgentStarted")
        b.until(lambda: b.all(".event") and set(b.text(".event-type").split()) == {"AgentStarted"}, 5, "only that type")
        b.type("[aria-label='Subject']", "agent/shop/web.1")
        b.until(lambda: b.all(".event") and set(b.text(".event-subject").split()) == {"agent/shop/web.1"}, 5, "only that subject")
        b.click(".event")
        b.one(".detail .causes a")
        cause = int(b.text(".detail .causes a").split()[1])
        b.click(".detail .causes a")
        b.shows(f"Event {cause}", ".detail h2")
        b.shows("AgentStartRequested", ".detail")
        b.script("[...document.querySelectorAll('.detail button')].find(e => e.innerText.includes('Check')).click()")
        b.one(".detail .proof.good")
        self.assertIn("leads from this event", b.text(".proof"))
        b.type(".sequence-input", "0")
        b.press("ENTER")
        b.shows("DaemonStarted", ".detail")
        self.assertEqual(urlsplit("http://x/" + b.hash()[2:].replace("events/", "")).path, "/0")

    def test_pauses_the_stream_of_events_and_loses_none(self):
        b, d = self.browser, self.daemon
        self.go("#/events", ".event")
        b.press("p")
        top = b.one(".event").get_attribute("data-sequence")
        d.ok("restart", "shop/db")
        b.shows("came since", ".view", 5)
        self.assertEqual(b.one(".event").get_attribute("data-sequence"), top)
        b.press("p")
        b.until(lambda: int(b.one(".event").get_attribute("data-sequence")) > int(top), 5, "the new ones")
        self.assert_no_gap()

    def assert_no_gap(self):
        shown = self.browser.script("return [...document.querySelectorAll('.event')].map(e => Number(e.dataset.sequence))")
        self.assertEqual(shown, list(range(shown[0], shown[0] - len(shown), -1)))

    def test_goes_on_after_the_daemon_was_restarted(self):
        b, d = self.browser, self.daemon
        self.go("#/events", ".event")
        b.script("window.sameDocument = true")
        before = int(b.one(".event").get_attribute("data-sequence"))
        d.terminate()
        b.shows("Connection lost", ".banner", 10)
        d.start()
        b.shows("Live", ".connection", 40)
        b.until(lambda: int(b.one(".event").get_attribute("data-sequence")) > before, 10, "events of the new daemon")
        b.shows("DaemonStarted", ".events")
        self.assertTrue(b.script("return window.sameDocument === true"), "the page was not loaded anew")
        self.assert_no_gap()
        self.assertFalse(b.all(".banner:not([hidden])"))
        d.await_phase("shop/web.0", "READY")

    def test_offers_a_viewer_nothing_that_it_may_not(self):
        b = self.browser
        b.open("about:blank")
        b.open(link(self.daemon, "viewer"))
        b.shows("viewer", ".who")
        b.one("tr[data-id]")
        self.assertEqual(b.all("td.c-act button"), [])
        self.go("#/agent/shop/web.0", ".log-line")
        self.assertEqual(b.all("[data-act]"), [])
        b.press("r")
        time.sleep(0.3)
        self.assertEqual(b.all("dialog"), [])

    def test_holds_no_markup_of_data(self):
        b, d = self.browser, self.daemon
        evil = "<img src=x onerror='window.harmed=1'><script>window.harmed=1</script>"
        d.apply("evil", [{"id": "x", "command": ["/bin/sh", "-c", f"cat <<'E'\n{evil}\nE\nsleep 1000"], "labels": {"note": evil}}])
        self.addCleanup(d.ok, "delete", "evil")
        self.go("#/agent/evil/x", ".log-line")
        b.until(lambda: "<img src=x" in b.script("return document.querySelector('.log').textContent"), 10, "the line as text")
        b.shows("onerror", ".json")
        self.go("#/events", ".event")
        b.type("[data-search]", "onerror")
        b.click(".event")
        b.shows("onerror", ".detail .json")
        self.assertIsNone(b.script("return window.harmed"))
        self.assertEqual(b.all("main img, main script"), [])


if __name__ == "__main__":
    unittest.main()
