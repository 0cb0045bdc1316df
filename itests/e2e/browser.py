"""Debian's chromium without a window, by selenium. What is missing on this machine is told by name."""

import json
import os
import shutil
import tempfile
import time
from pathlib import Path

try:
    from selenium import webdriver
    from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    webdriver = None


def missing():
    """What this machine lacks for checks in a browser, or nothing."""
    lacks = [] if webdriver else ["python3-selenium"]
    lacks += [name for name, program in (("chromium", "chromium"), ("chromium-driver", "chromedriver")) if not shutil.which(program)]
    return ", ".join(lacks)


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="stratoswarm-e2e-chromium-")
        options = Options()
        options.binary_location = shutil.which("chromium")
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                         "--force-color-profile=srgb", "--disable-background-networking", "--disable-component-update",
                         "--no-first-run", "--lang=en-US", f"--user-data-dir={self.profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.driver.set_page_load_timeout(30)
        self.driver.set_script_timeout(30)
        self.hosts = set()
        self.statuses = []
        self.size(1280, 860)
        self.colours("light")

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def size(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})

    def colours(self, scheme):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def open(self, url):
        self.driver.get(url)

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self, css="body"):
        """The text that the page shows at a place, or nothing where that is not there."""
        return self.script("return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')", css)

    def until(self, condition, seconds, what):
        limit = time.monotonic() + seconds
        while True:
            try:
                value = condition()
            except StaleElementReferenceException:
                value = None
            if value:
                return value
            if time.monotonic() > limit:
                raise AssertionError(f"not within {seconds} s: {what}; the page shows:\n{self.text()[:3000]}\n{self.problems()}")
            time.sleep(0.05)

    def one(self, css, seconds=10):
        return self.until(lambda: (self.all(css) or [None])[0], seconds, f"an element {css}")

    def shows(self, text, css="body", seconds=10):
        self.until(lambda: text in self.text(css), seconds, f"'{text}' in {css}")

    def click(self, css):
        def clicked():
            element = self.one(css)
            if element.is_enabled():
                element.click()
                return True
            return False

        self.until(clicked, 10, f"{css} can be used")

    def type(self, css, text):
        element = self.one(css)
        element.clear()
        element.send_keys(text)

    def press(self, *keys):
        """Keys, as they come from a keyboard: to whatever has the focus."""
        for key in keys:
            ActionChains(self.driver).send_keys(getattr(Keys, key, key)).perform()

    def focused(self):
        return self.script("const e = document.activeElement; return e ? (e.getAttribute('aria-label') || e.innerText || e.tagName).trim() : ''")

    def hash(self):
        return self.script("return location.hash")

    def problems(self):
        """Errors that the console of the browser was told since the last call, other than answers by status, which are counted apart."""
        found = []
        for entry in self.driver.get_log("browser"):
            if entry["level"] == "SEVERE" and "Failed to load resource" not in entry["message"]:
                found.append(entry["message"])
        return found

    def requests(self):
        """Every (method, url, status) that was asked for since the last call."""
        asked, answered = {}, []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            parameters = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                asked[parameters["requestId"]] = parameters["request"]
            elif message["method"] == "Network.responseReceived":
                request = asked.get(parameters["requestId"], {})
                answered.append((request.get("method", "?"), parameters["response"]["url"], parameters["response"]["status"]))
        self.asked = [request["url"] for request in asked.values()]
        return answered

    def screenshot(self, name):
        """Kept beside the build's other results where STRATOSWARM_SCREENSHOTS names a folder."""
        folder = os.environ.get("STRATOSWARM_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))
