"""The journal as a log for outsiders: published, verified by the command line and by this file's own code, tampered with."""

import base64
import hashlib
import json
import random
import shutil
import signal
import struct
import subprocess
import time
import unittest
import urllib.request
from pathlib import Path

from daemon import STRATOSWARM, Daemon, sh


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(hashes):
    """RFC 6962 section 2.1, as it is written there."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


def path_of(hashes, index):
    """RFC 6962 section 2.1.1."""
    if len(hashes) == 1:
        return []
    split = 1 << (len(hashes) - 1).bit_length() - 1
    if index < split:
        return [*path_of(hashes[:split], index), root_of(hashes[split:])]
    return [*path_of(hashes[split:], index - split), root_of(hashes[:split])]


class Log:
    """A published folder, read after the C2SP documents and nothing else."""

    def __init__(self, folder):
        self.folder = Path(folder)
        text, lines = (self.folder / "checkpoint").read_text().rsplit("\n\n", 1)
        self.text = text + "\n"
        self.signatures = [line.split(" ") for line in lines.splitlines()]
        self.origin, size, root = text.split("\n")[:3]
        self.size = int(size)
        self.root = base64.b64decode(root)

    def tile(self, kind, index, width):
        digits = f"{index:0{(len(str(index)) + 2) // 3 * 3}d}"
        groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
        name = "/".join([*("x" + group for group in groups[:-1]), groups[-1]])
        return (self.folder / "tile" / kind / (name if width == 256 else f"{name}.p/{width}")).read_bytes()

    def parts(self, count):
        return [(index, min(256, count - 256 * index)) for index in range((count + 255) // 256)]

    def entries(self):
        found = []
        for index, width in self.parts(self.size):
            data = self.tile("entries", index, width)
            for _ in range(width):
                length = struct.unpack(">H", data[:2])[0]
                found.append(data[2:2 + length])
                data = data[2 + length:]
            assert not data
        return found

    def check(self, key):
        """Everything that a stranger can check; the signature only where this Python has Ed25519."""
        entries = self.entries()
        hashes = [leaf_hash(entry) for entry in entries]
        assert root_of(hashes) == self.root, "the root is wrong"
        level = hashes
        number = 0
        while level:
            for index, width in self.parts(len(level)):
                assert self.tile(str(number), index, width) == b"".join(level[256 * index:256 * index + width]), (number, index)
            level = [root_of(level[i:i + 256]) for i in range(0, len(level) // 256 * 256, 256)]
            number += 1
        for sequence, entry in enumerate(entries):
            assert struct.unpack(">q", entry[17:25])[0] == sequence
        name, key_id, material = key.split("+", 2)
        material = base64.b64decode(material)
        assert name == self.origin
        assert hashlib.sha256(name.encode() + b"\n" + material).digest()[:4].hex() == key_id
        for _, signer, signature in self.signatures:
            raw = base64.b64decode(signature)
            if signer == name and raw[:4].hex() == key_id:
                verify_ed25519(material[1:], raw[4:], self.text.encode())
                break
        else:
            raise AssertionError("not signed by the key")
        return entries, hashes


def verify_ed25519(key, signature, message):
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return
    Ed25519PublicKey.from_public_bytes(key).verify(signature, message)


class AuditLogTest(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()
        self.folder = self.daemon.root / "published"

    def tearDown(self):
        left = self.daemon.close()
        self.assertFalse(left, "processes outlived the shutdown")

    def busy(self, agents=100):
        """Makes events: agents that start and end."""
        self.daemon.apply("busy", [{"id": "work", "command": sh("exit 0"), "replicas": agents, "lifecycle": "oneshot", "restart": {"policy": "never"}}])
        self.daemon.until(
            lambda: sum(a["phase"].upper() == "COMPLETED" for a in self.daemon.agents().values()) >= agents, 60, "all agents end"
        )

    def publish(self):
        return self.daemon.json("audit", "publish", str(self.folder))

    def verify(self, *arguments):
        done = subprocess.run(
            [STRATOSWARM, "audit", "verify", str(self.folder), "--json", *arguments], capture_output=True, text=True, timeout=120
        )
        self.assertIn(done.returncode, (0, 1), done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report["ok"], done.returncode == 0, report)
        return report

    def key(self):
        return self.daemon.ok("audit", "key").strip()

    def test_a_stranger_verifies_what_a_running_daemon_publishes(self):
        self.busy()
        published = self.publish()
        self.assertGreater(published["size"], 256)
        key = self.key()
        self.assertEqual([], self.verify("--key", key)["problems"])
        shutil.copy(self.folder / "checkpoint", self.daemon.root / "known")
        entries, hashes = Log(self.folder).check(key)
        log = Log(self.folder)

        # A proof that the daemon gives leads from an entry of the folder to the root that is signed.
        sequence = 300
        proof = json.loads(self.daemon.ok("journal", "proof", str(sequence), "--size", str(log.size)))
        self.assertEqual(leaf_hash(entries[sequence]).hex(), proof["leafHash"])
        self.assertEqual([h.hex() for h in path_of(hashes, sequence)], proof["path"])
        self.assertEqual(log.root.hex(), proof["rootHash"])

        # It grows, and extends what was known.
        self.daemon.delete("busy")
        self.busy(5)
        self.assertGreater(self.publish()["size"], published["size"])
        Log(self.folder).check(key)
        report = self.verify("--key", key, "--known", str(self.daemon.root / "known"))
        self.assertEqual([], report["problems"])
        self.assertTrue(any("is extended" in note for note in report["notes"]), report)

        # A stopped daemon leaves it as it was last signed.
        self.daemon.terminate()
        self.assertGreaterEqual(self.publish()["size"], log.size)
        Log(self.folder).check(key)
        self.daemon.start()

    def test_tampering_is_named(self):
        self.busy()
        self.publish()
        key = self.key()
        files = [p for p in self.folder.rglob("*") if p.is_file() and not p.name.startswith(".")]
        kinds = {}
        for path in files:
            name = str(path.relative_to(self.folder))
            kinds.setdefault("/".join(name.split("/")[:2]) + (".p" if ".p/" in name else ""), path)
        self.assertLessEqual({"checkpoint", "tile/entries", "tile/entries.p", "tile/0", "tile/0.p", "tile/1.p"}, set(kinds))
        dice = random.Random(7)
        for kind, path in kinds.items():
            name = str(path.relative_to(self.folder))
            good = path.read_bytes()
            for how in ("flip", "cut", "remove"):
                bad = bytearray(good)
                if how == "flip":
                    bad[dice.randrange(len(bad))] ^= 1 << dice.randrange(8)
                elif how == "cut":
                    del bad[len(bad) // 2:]
                path.unlink()
                if how != "remove":
                    path.write_bytes(bytes(bad))
                report = self.verify("--key", key)
                self.assertFalse(report["ok"], (kind, how))
                named = name.split(".p/")[0]
                self.assertTrue(
                    any(named in problem or (kind == "checkpoint" and "root" in problem) for problem in report["problems"]),
                    (name, how, report["problems"]),
                )
            path.write_bytes(good)
        self.assertTrue(self.verify("--key", key)["ok"])
        # The text of the command line names it as well.
        victim = kinds["tile/entries"]
        bad = bytearray(victim.read_bytes())
        bad[-1] ^= 1
        victim.write_bytes(bytes(bad))
        done = subprocess.run([STRATOSWARM, "audit", "verify", str(self.folder)], capture_output=True, text=True)
        self.assertEqual(1, done.returncode)
        self.assertIn("damaged: entry 255", done.stdout)

    def test_kill_9_while_it_publishes_leaves_a_whole_folder(self):
        self.busy(30)
        self.publish()
        key = self.key()
        first = Log(self.folder).size
        known = self.daemon.root / "known"
        shutil.copy(self.folder / "checkpoint", known)
        dice = random.Random(11)
        for _ in range(4):
            self.daemon.delete("busy")
            self.busy(30)
            process = subprocess.Popen(
                [STRATOSWARM, "audit", "publish", "--data", str(self.daemon.data), str(self.folder)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            time.sleep(0.2 + dice.random() * 0.8)
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.assertEqual([], self.verify("--key", key, "--known", str(known))["problems"])
        self.publish()
        self.assertGreater(Log(self.folder).size, first)
        Log(self.folder).check(key)

    def test_keys_rotate_and_the_old_one_leads_to_the_new(self):
        old = self.key()
        self.publish()
        new = self.daemon.ok("audit", "key", "rotate").strip()
        self.assertNotEqual(old, new)
        self.assertEqual(new, self.key())
        self.publish()
        Log(self.folder).check(old)
        Log(self.folder).check(new)
        report = self.verify("--key", old)
        self.assertEqual([], report["problems"])
        self.assertTrue(any("vouched for" in note and new in note for note in report["notes"]), report)
        self.daemon.kill9()
        self.daemon.start()
        self.assertEqual(new, self.key())
        self.assertEqual(2, len(self.daemon.json("audit", "log")["keys"]))
        for path in (self.daemon.data / "keys").glob("log-*.key"):
            self.assertEqual(0o600, path.stat().st_mode & 0o777)

    def test_a_journal_that_was_rolled_back_is_not_signed(self):
        self.busy(5)
        self.publish()
        self.daemon.terminate()
        shutil.copytree(self.daemon.data / "journal", self.daemon.root / "older")
        self.daemon.start()
        self.daemon.delete("busy")
        self.busy(20)
        self.publish()
        self.daemon.terminate()
        shutil.rmtree(self.daemon.data / "journal")
        shutil.copytree(self.daemon.root / "older", self.daemon.data / "journal")
        done = self.daemon.cli("audit", "publish", str(self.folder))
        self.assertEqual(5, done.returncode, done)
        self.assertIn("rolled back", done.stderr)
        self.daemon.start()
        told = self.daemon.cli("audit", "log")
        self.assertEqual(1, told.returncode)
        self.assertIn("rolled back", told.stderr)
        self.assertEqual(5, self.daemon.cli("audit", "publish", str(self.folder)).returncode)
        self.assertEqual(1, len(self.daemon.events(type="LogConflictFound")))
        doctor = self.daemon.json("doctor")
        found = [c for c in doctor["capabilities"] if c["name"] == "audit.log"]
        self.assertFalse(found[0]["available"], found)
        self.assertTrue(self.verify()["ok"], "what was published before is still good")

    def test_events_are_exported_with_proofs_and_reading_is_recorded(self):
        self.busy(5)
        lines = {
            form: self.daemon.ok("audit", "export", "--format", form, "--proofs").splitlines()
            for form in ("cloudevents", "ocsf", "syslog", "prov")
        }
        proofs = [json.loads(json.loads(line)["proof"]) for line in lines["cloudevents"]]
        proofs += [json.loads(line)["unmapped"]["proof"] for line in lines["ocsf"]]
        for proof in proofs:
            node = bytes.fromhex(proof["leafHash"])
            index, last = proof["sequence"], proof["treeSize"] - 1
            # RFC 9162 section 2.1.3.2.
            for sibling in map(bytes.fromhex, proof["path"]):
                if index & 1 or index == last:
                    node = node_hash(sibling, node)
                    while not index & 1 and index:
                        index, last = index >> 1, last >> 1
                else:
                    node = node_hash(node, sibling)
                index, last = index >> 1, last >> 1
            self.assertEqual(proof["rootHash"], node.hex())
        self.assertTrue(all(line.startswith(("<110>1 ", "<108>1 ")) for line in lines["syslog"]))
        self.assertIn("wasInformedBy", json.loads("\n".join(lines["prov"])))
        self.assertGreaterEqual(len(lines["ocsf"]), len(lines["cloudevents"]))
        read = self.daemon.events(type="AuditLogRead")
        self.assertEqual(1, len(read), "reads of a minute are one event at first")
        out = self.daemon.root / "out.jsonl"
        self.daemon.ok("audit", "export", "--format", "ocsf", "--type", "AgentStarted", "--out", str(out))
        self.assertEqual(5, len(out.read_text().splitlines()))
        wrong = self.daemon.cli("audit", "export", "--format", "cef")
        self.assertEqual(6, wrong.returncode)
        self.assertIn("known are cloudevents, ocsf, prov, syslog", wrong.stderr)

    def test_what_is_erased_breaks_no_proof(self):
        self.publish()
        key = self.key()
        shutil.copy(self.folder / "checkpoint", self.daemon.root / "known")
        self.assertIn("no key", self.daemon.ok("audit", "erase", "nobody"))
        self.publish()
        self.assertEqual([], self.verify("--key", key, "--known", str(self.daemon.root / "known"))["problems"])
        self.assertEqual(1, len(self.daemon.events(type="PersonErased")))
