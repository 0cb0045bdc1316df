"""Healing, predictions, leases and approvals on the web page."""

import os
import signal
import unittest

from daemon import sh
from e2e_page_access import CONTRAST
from page import PageCase, ask, link

# What a daemon answers that has foreseen something, which takes hours of recordings to come about. The form is that of openapi/predictions.json.
FORESEEN = """
const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
const made = (number, more) => ({prediction: number, agent: 'shop/web.0', probability: 0.83, made: at(-600 * (6 - number)), expected: at(900), until: at(1800), cause: 'memory-leak',
  drivers: ['memory_resident_bytes rises 0.97'], model: 'ab'.repeat(32), heldOut: false, measure: 'planned-restart', state: 'ended', outcome: '', downMillis: 0, why: '', ...more});
const answer = {
  status: {unavailable: '', model: 'ab'.repeat(32), stepMillis: 30000, horizonMillis: 1800000, threshold: 0.7, holdout: 0.1, mode: 'auto', paused: '', watched: 7,
    withheld: {'too many are ill at once': 2}},
  outlooks: [{agent: 'shop/web.0', probability: 0.83, expected: at(900), cause: 'memory-leak', drivers: ['memory_resident_bytes rises 0.97', 'gc_pauses <b>longer</b>'], steps: 40, prediction: 5}],
  predictions: [made(5, {state: 'acting', why: 'waits for a quiet moment'}), made(4, {outcome: 'prevented', why: 'it did not fail'}),
    made(3, {outcome: 'hit', heldOut: true, measure: '', leadMillis: 845000, downMillis: 9300, why: 'it failed as was foreseen'}),
    made(2, {outcome: 'false-alarm', heldOut: true, measure: ''}), made(1, {outcome: 'failed-anyway', leadMillis: 300000, downMillis: 4100})],
  record: {hits: 3, falseAlarms: 1, missed: 2, prevented: 5, failedAnyway: 1, void: 0, medianLeadMillis: 845000,
    calibration: [{from: 0.7, to: 0.8, count: 3, predicted: 0.74, failed: 0.667}, {from: 0.8, to: 0.9, count: 1, predicted: 0.85, failed: 1}],
    gains: [{cause: 'memory-leak', on: true, why: 'of those left alone there are too few to tell', treated: 6, treatedFailed: 1, heldOut: 2, heldOutFailed: 2, treatedDownMillis: 700, heldOutDownMillis: 9300}]},
};
const real = window.fetch;
window.fetch = (url, options) => (String(url).includes('/predictions') ? Promise.resolve(new Response(JSON.stringify(answer), {status: 200})) : real(url, options));
"""


class PageHealing(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.ok("config", "set", "stratoswarm.healing", "patience.seconds=3", "lasting.seconds=1")
        cls.daemon.apply("crash", [{"id": "web", "command": sh("exec sleep 10000"), "restart": {"initial": "100ms"}, "labels": {"healing.clone": "yes"}}])
        cls.daemon.await_phase("crash/web", "READY")
        os.kill(cls.daemon.agents()["crash/web"]["pid"], signal.SIGSEGV)
        cls.daemon.until(lambda: cls.cases("crash/web"), 20, "the crash is a case")

    @classmethod
    def cases(cls, agent):
        return cls.daemon.get(f"healing/cases?agent={agent}")["cases"]

    def api(self, path):
        return ask(self.daemon, "GET", path)

    def answer(self, text=None):
        """To the dialog that asks, with a reason where one is wanted."""
        self.browser.one("dialog[open] [data-confirm]")
        if text:
            self.browser.type("dialog[open] input", text)
        self.browser.click("dialog[open] [data-confirm]")
        self.browser.until(lambda: not self.browser.all("dialog"), 10, "the dialog is gone")

    def test_shows_a_case_from_its_failure_to_its_reward(self):
        b = self.browser
        b.press("g", "c")
        b.until(lambda: b.hash() == "#/healing", 5, "healing")
        b.shows("broken", ".cases")
        b.type("[data-search]", "crash")
        b.until(lambda: set(b.text(".case-agent").split()) <= {"Agent", "crash/web"} and b.all("[data-case]"), 10, "only that agent")
        b.shows("well again", ".cases", 30)
        b.script("document.activeElement.blur()")
        b.press("DOWN", "ENTER")
        case = self.cases("crash/web")[0]
        b.until(lambda: b.hash() == f"#/healing/case/{case['case']}", 5, "the case")
        b.shows(f"{case['reward']:.2f} of 1", ".facts")
        for shown in (case["name"], case["act"]):
            self.assertIn(shown, b.text(".facts"))
        b.one(".drivers, .panel .hint")
        types = b.text(".event-type").split()
        self.assertEqual((types[0], types[1], types[-1]), ("AgentExited", "FailureClassified", "HealingEnded"))
        sequences = b.script("return [...document.querySelectorAll('.event')].map(e => Number(e.dataset.sequence))")
        self.assertEqual(sequences, sorted(sequences))
        b.click(".facts a[href='#/agent/crash/web']")
        b.one(f".view.agent [data-case='{case['case']}']")

    def test_pauses_forbids_and_names(self):
        b, d = self.browser, self.daemon
        self.go("#/healing", "[data-act='pause']")
        b.click("[data-act='pause']")
        self.answer("maintenance <b>")
        b.shows("Nothing is done: maintenance <b>")
        b.shows("uid:", ".facts")
        self.assertEqual(d.json("heal")["paused"], "maintenance <b>")
        b.click("[data-act='resume']")
        self.answer()
        b.one("[data-act='pause']")
        self.assertEqual(d.json("heal")["paused"], "")
        self.go("#/healing/strategies?class=bad-configuration", "details[open] [data-act-name='rollback']")
        acts = lambda: {each["act"]: each["on"] for each in d.json("heal", "strategies", "bad-configuration")["strategies"][0]["acts"]}
        for verb, on in (("Forbid", False), ("Allow", True)):
            b.click(f"[aria-label^='{verb} rollback']")
            self.answer()
            b.shows("no" if not on else "yes", "[data-act-name='rollback'] .allowed")
            self.assertEqual(acts()["rollback"], on)
        scripts = {each["script"]: each["stage"] for each in self.api("healing/scripts")["scripts"]}
        b.until(lambda: {row.get_attribute("data-script"): row.find_element("css selector", ".badge").text for row in b.all("[data-script]")} == scripts, 10, "scripts that choose")
        trial = d.json("heal", "validate", "random-crash", "--clone")
        b.shows("made in a clone of crash/web: SIGKILL of its process", f"[data-trial='{trial['trial']}']")
        b.shows(f"learned {trial['tried'][0]['reward']:.2f} wait", f"[data-trial='{trial['trial']}'] [data-way='learned']")
        b.click("[data-act='name']")
        self.answer("wrong settings")
        b.shows("wrong settings (bad-configuration)", "summary")
        d.ok("heal", "name", "bad-configuration", "bad-configuration")

    def test_approves_and_rejects_with_a_reason(self):
        b, d = self.browser, self.daemon
        d.ok("compliance", "enable", "four-eyes")
        self.addCleanup(d.ok, "compliance", "disable", "four-eyes")
        other = ["--url", self.base, "--token-file", str(d.data / "token")]
        self.assertEqual(d.cli("delete", "crash", *other).returncode, 7)
        b.shows("1", ".nav-count.waits")
        b.press("g", "w")
        b.shows("operator.graphs.delete", ".items")
        self.assertEqual(d.cli("delete", "shop").returncode, 7)
        b.shows("somebody else approves it", ".items")
        self.assertEqual(len(b.all("[data-act='approve']")), 1)
        b.screenshot("approvals-waiting")
        b.click("[data-act='approve']")
        self.answer("as agreed")
        b.shows("1", ".nav-count.waits")
        b.shows("it has not acted yet", ".items")
        b.click("[data-act='reject']")
        self.answer("not on a Friday")
        b.until(lambda: not b.all(".nav-count.waits:not([hidden])"), 10, "nothing waits")
        self.assertEqual(d.events(type="DecisionApproved")[-1]["payload"]["reason"], "as agreed")
        self.assertIn("not on a Friday", d.events(type="DecisionOutcome")[-1]["payload"]["outcome"])

    def test_shows_a_lease_and_releases_it(self):
        b, d = self.browser, self.daemon
        d.ok("agent", "lease", "shop/db", "--for", "10m", "--reason", "a look at its heap")
        self.go("#/agent/shop/db", "[data-act='release']")
        b.shows("a look at its heap", ".care")
        b.screenshot("agent-leased")
        b.click("[data-act='release']")
        self.answer()
        b.until(lambda: not b.all("[data-act='release']"), 10, "it is gone")
        self.assertNotIn("lease", d.agents()["shop/db"])

    def test_tells_what_is_foreseen_and_how_well_that_came_true(self):
        b, d = self.browser, self.daemon
        self.go("#/predictions", "#record-title")
        status = d.json("predictions")["status"]
        b.shows(status["unavailable"] or "No agent is expected to fail.")
        b.shows("not known: none yet", ".facts")
        d.ok("predictions", "forbid", "contention")
        b.click("[aria-label='Allow preventing contention']")
        self.answer()
        b.one("[aria-label='Forbid preventing contention']")
        b.script(FORESEEN)
        b.shows("75 % (3 of 4)", ".facts", 15)
        b.shows("not known whether they would have", ".facts")
        b.shows("memory-leak, in 14m", ".outlooks")
        b.shows("left alone by lot", ".plain-items")
        self.assertEqual(b.all("main .outlooks b"), [])
        case = self.cases("crash/web")[0]["case"]
        for width, height, scheme in ((1280, 860, "light"), (390, 844, "dark")):
            b.size(width, height)
            b.colours(scheme)
            for name, place, shown in (("predictions-full", "#/predictions", ".outlooks"), ("case", f"#/healing/case/{case}", ".event"),
                                       ("agent-expected", "#/agent/shop/web.0", ".care .plain-items")):
                self.go(place, shown)
                self.assertLessEqual(b.script("return document.documentElement.scrollWidth - innerWidth"), 0, f"{name} at {width}")
                self.assertEqual(b.script(CONTRAST), [], f"{name} at {width}, {scheme}")
                b.screenshot(f"{name}-{width}-{scheme}")

    def test_offers_a_viewer_nothing_that_it_may_not(self):
        b = self.browser
        b.open("about:blank")
        b.open(link(self.daemon, "viewer"))
        b.shows("viewer", ".who")
        self.go("#/healing", "[data-case]")
        b.shows("Mode", ".facts")
        self.assertEqual(b.all("[data-act]"), [])
        self.go("#/healing/strategies?class=bad-configuration", "details[open] [data-act-name]")
        self.assertEqual(b.all("[data-act], .acts button"), [])


if __name__ == "__main__":
    unittest.main()
