"""Programs of others that judge what we write. What is missing is fetched into a folder of its own where that can be done; nothing is installed."""

import shutil
import subprocess
import tempfile
from pathlib import Path


def fetched(test, package, *programs):
    """Paths of programs of a Debian package; skips the test, by name, where there is no way to them."""
    found = [shutil.which(program) for program in programs]
    if all(found):
        return found
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        test.skipTest(f"not installed: {package}")
    folder = Path(tempfile.mkdtemp(prefix="stratoswarm-e2e-tool-"))
    test.addCleanup(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    done = subprocess.run(["apt-get", "download", "-qq", package], cwd=folder, capture_output=True, text=True)
    archives = list(folder.glob("*.deb"))
    if done.returncode != 0 or not archives:
        test.skipTest(f"not installed, and not to be had: {package}: {done.stderr.strip()[-200:]}")
    subprocess.run(["dpkg", "-x", str(archives[0]), str(folder)], check=True)
    return [str(folder / "usr/bin" / program) for program in programs]


def npm(test, package):
    """The folder of programs of an npm package; skips the test, by name, where there is no npm or no registry."""
    if not shutil.which("npm"):
        test.skipTest("not installed: npm")
    folder = Path(tempfile.mkdtemp(prefix="stratoswarm-e2e-npm-"))
    test.addCleanup(shutil.rmtree, folder, ignore_errors=True)
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), package],
                          cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        test.skipTest(f"npm cannot install {package}: {done.stderr.strip()[-200:]}")
    return folder / "node_modules/.bin"
