"""The web page for everybody: by keyboard, on wide and narrow screens, in light and dark, with names and enough contrast."""

import unittest

from page import PageCase

CONTRAST = """
const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return text.startsWith('color(srgb') ? [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1]; };
const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
const ground = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
  return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
};
const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const poor = new Map();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || element.closest('.sr-only, :disabled, script, noscript')) continue;
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.height === 0 || !element.checkVisibility()) continue;
  const style = getComputedStyle(element);
  const behind = ground(element);
  const front = over(parse(element instanceof SVGElement ? style.fill : style.color), behind);
  const [a, b] = [light(front), light(behind)].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) poor.set(`${element.tagName}.${element.getAttribute('class')}`, `${ratio.toFixed(2)} ${walker.currentNode.textContent.trim().slice(0, 30)}`);
}
return [...poor].map((pair) => pair.join(': '));
"""


class PageAccess(PageCase):
    PLACES = {"agents": ("#/", "tr[data-id]"), "agent": ("#/agent/shop/web.0", ".log-line"), "events": ("#/events", ".event"),
              "event": ("#/events/1", ".detail .json"), "host": ("#/host", ".capabilities"), "scripts": ("#/scripts", ".view > div:last-child"),
              "plugins": ("#/plugins", ".view > div:last-child"), "healing": ("#/healing", "[data-case]"),
              "strategies": ("#/healing/strategies", ".strategy"), "predictions": ("#/predictions", "#record-title"), "approvals": ("#/approvals", ".empty")}

    def test_can_be_walked_by_the_keyboard_alone(self):
        b = self.browser
        b.press("TAB")
        self.assertIn("Skip", b.script("document.querySelector('.skip').focus(); return document.activeElement.innerText"))
        b.press("ENTER", "?")
        b.shows("Keyboard shortcuts", "dialog")
        b.press("ESCAPE", "/")
        self.assertEqual(b.focused(), "Search agents")
        b.press("w", "e", "b", "ESCAPE", "DOWN")
        b.until(lambda: b.focused() == "shop/web.0", 5, "the first row")
        b.press("DOWN")
        self.assertEqual(b.focused(), "shop/web.1")
        outline = b.script("const s = getComputedStyle(document.activeElement); return s.outlineStyle + ' ' + s.outlineWidth")
        self.assertEqual(outline, "solid 2px")
        b.press("ENTER")
        b.until(lambda: b.hash() == "#/agent/shop/web.1", 5, "the agent's page")
        b.one("[data-act='restart']")
        b.press("r")
        b.one("dialog[open]")
        b.press("ESCAPE", "g", "e")
        b.until(lambda: b.hash() == "#/events", 5, "the events")
        b.press("k")
        b.one("dialog.jump input")
        b.press("d", "b", "ENTER")
        b.until(lambda: b.hash() == "#/agent/shop/db", 5, "what was jumped to")
        self.go("#/events", ".event")
        reached = set()
        for _ in range(60):
            b.press("TAB")
            reached.add(b.focused().splitlines()[0] if b.focused() else "")
        for name in ("Search events", "Type", "Subject", "Pause", "Sign out", "Shortcuts (?)"):
            self.assertIn(name, reached)

    def test_moves_the_reading_position_of_a_chart_by_arrow_keys(self):
        b = self.browser
        self.go("#/agent/shop/web.0", ".log-line")
        b.until(lambda: b.script("return [...document.querySelectorAll('.chart .line')].some(e => (e.getAttribute('d') || '').split('L').length > 2)"), 30, "points")
        b.script("document.querySelector('.chart-plot').focus()")
        b.press("LEFT", "LEFT")
        b.until(lambda: b.text(".chart-time").strip(), 5, "the time of the position")
        b.until(lambda: len(b.all(".chart-pointer line")) > 1, 10, "the same position in other charts")
        b.press("2")
        b.until(lambda: b.script("return [...document.querySelectorAll('.choice input:checked')].some(e => e.value === '3600000')"), 5, "an hour")

    def test_fits_wide_and_narrow_screens_light_and_dark(self):
        b = self.browser
        grounds = set()
        for width, height in ((1280, 860), (390, 844)):
            for scheme in ("light", "dark"):
                b.size(width, height)
                b.colours(scheme)
                for name, (place, shown) in self.PLACES.items():
                    self.go(place, shown)
                    over = b.script("return document.documentElement.scrollWidth - innerWidth")
                    self.assertLessEqual(over, 0, f"{name} at {width} is {over} px too wide")
                    grounds.add((scheme, b.script("return getComputedStyle(document.body).backgroundColor")))
                    poor = b.script(CONTRAST)
                    self.assertEqual(poor, [], f"{name} at {width}, {scheme}")
                    b.screenshot(f"{name}-{width}-{scheme}")
        self.assertEqual(len(grounds), 2, grounds)
        b.colours("light")
        b.size(1280, 860)
        b.script("document.querySelector('h1').focus()")
        b.press("t", "t")
        b.until(lambda: b.script("return document.documentElement.dataset.theme") == "dark", 5, "dark by the switch")
        self.assertIn(("dark", b.script("return getComputedStyle(document.body).backgroundColor")), grounds)
        b.press("t")

    def test_names_everything_that_can_be_used(self):
        b = self.browser
        for name, (place, shown) in self.PLACES.items():
            self.go(place, shown)
            tree = b.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
            b.driver.execute_cdp_cmd("Accessibility.disable", {})
            roles = {"button", "link", "textbox", "searchbox", "combobox", "radio", "slider", "heading", "image", "table", "dialog"}
            nameless = [node["role"]["value"] for node in tree if not node.get("ignored") and node.get("role", {}).get("value") in roles
                        and not node.get("name", {}).get("value", "").strip()]
            self.assertEqual(nameless, [], name)
            twice = b.script("const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.filter((id, i) => ids.indexOf(id) !== i)")
            self.assertEqual(twice, [], name)
            self.assertEqual(len(b.all("h1")), 1, name)


if __name__ == "__main__":
    unittest.main()
