"""The pure modules of the web page, by node's own test runner; skipped by name where there is no node."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

CONSOLE = Path(__file__).resolve().parents[2] / "bundles/console/src"


class PageModules(unittest.TestCase):
    @unittest.skipUnless(shutil.which("node"), "node is not installed")
    def test_scales_formats_and_parses(self):
        with tempfile.TemporaryDirectory(prefix="stratoswarm-e2e-") as folder:
            root = Path(folder)
            # Browsers know by the tag of the page that these are modules; node wants it written down.
            (root / "package.json").write_text('{"type": "module"}')
            shutil.copytree(CONSOLE / "main/resources/page/js/lib", root / "lib")
            shutil.copy(CONSOLE / "test/js/lib.test.js", root)
            done = subprocess.run(["node", "--test", "."], cwd=root, capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertRegex(done.stdout, r"pass [1-9]\d*")


if __name__ == "__main__":
    unittest.main()
