"""Whether the declarations for editors say to the checkers of types what they mean to: right scripts pass, wrong ones are told where."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from daemon import HOME
from tools import npm

TYPES = HOME / "scripts/types"
WRONG_JS = f"""/// <reference path="{TYPES}/stratoswarm.d.ts" />
/**
 * @param {{stratoswarm.ReactionInput}} input
 * @returns {{stratoswarm.ReactionOutput}}
 */
function react(input) {{
  input.time = 'now';
  console.log(input.agnet);
  return {{actions: [{{action: 'note', reason: 5}}, {{action: 'explode', agent: 'a/b', reason: 'x'}}]}};
}}
"""
WRONG_PY = """from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stratoswarm import ReactionInput, ReactionOutput


def react(input: "ReactionInput") -> "ReactionOutput":
    print(input["agnet"])
    return {"actions": [{"action": "note", "reason": 5}]}
"""


class Types(unittest.TestCase):
    maxDiff = None
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="stratoswarm-e2e-types-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def run_in(self, *command):
        done = subprocess.run([str(part) for part in command], cwd=self.folder, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_declarations_of_typescript(self):
        tsc = npm(self, "typescript@5.9.3") / "tsc"
        self.assertEqual(self.run_in(tsc, "--noEmit", "--strict", TYPES / "stratoswarm.d.ts"), (0, ""))
        shipped = sorted((HOME / "scripts").rglob("*.js"))
        self.assertGreater(len(shipped), 1)
        # As modules they may have functions of the same names, and are checked in one go.
        self.assertEqual(self.run_in(tsc, "--noEmit", "--allowJs", "--checkJs", "--target", "es2022", "--moduleDetection", "force", *shipped), (0, ""))
        wrong = self.folder / "wrong.js"
        wrong.write_text(WRONG_JS)
        status, text = self.run_in(tsc, "--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", wrong)
        self.assertNotEqual(status, 0)
        for line, word in ((7, "read-only"), (8, "Did you mean 'agent'"), (9, "not assignable to type 'string'"), (9, "explode")):
            self.assertTrue(any(f"({line}," in one and word in one for one in text.splitlines()), f"line {line}: {word} in\n{text}")

    def test_stubs_of_python(self):
        mypy = shutil.which("mypy")
        if not mypy:
            self.skipTest("not installed: mypy")
        shutil.copy(TYPES / "stratoswarm.pyi", self.folder)
        shipped = sorted((HOME / "scripts").rglob("*.py"))
        self.assertGreater(len(shipped), 1)
        check = lambda script: self.run_in(mypy, "--no-color-output", "--cache-dir", self.folder / "cache", "--python-version", "3.11", script)
        for script in shipped:
            copy = Path(shutil.copy(script, self.folder))
            status, text = check(copy)
            self.assertEqual(status, 0, text)
        wrong = self.folder / "wrong.py"
        wrong.write_text(WRONG_PY)
        status, text = check(wrong)
        self.assertNotEqual(status, 0)
        for line, word in ((8, 'no key "agnet"'), (9, "int")):
            self.assertTrue(any(f"py:{line}:" in one and word in one for one in text.splitlines()), f"line {line}: {word} in\n{text}")


if __name__ == "__main__":
    unittest.main()
