"""The kinds of faults and of healthy bursts: what is true of each, in one table, and how its service is declared.

Durations are in seconds at full length; the scale shortens them. `draw` takes a generator of random numbers and gives what differs from
case to case: limits, rates and how long it takes, so that two seeds of a kind are two different services.
"""

from dataclasses import dataclass, field
from typing import Callable

HEALTHY = "healthy"
MIB = 1 << 20
# What perl itself has in memory, and in addresses, before a service begins.
RESIDENT_MIB, ADDRESSES_MIB = 12, 30


@dataclass(frozen=True)
class Cure:
    """An action, whom it is done to, and what it does: `cured` for good, `relieved` until the cause acts again, `nothing` or `worse`."""

    action: str
    target: str
    effect: str
    why: str = ""


@dataclass(frozen=True)
class Kind:
    name: str
    true_class: str
    gradual: bool
    held_out: bool
    shows: str  # exit, liveness, or metrics where nothing fails
    draw: Callable
    cures: tuple = ()
    neighbour: str = ""  # the role of the one beside it that has a part in it
    heavy: int = 0  # how much of a processor it takes while it is ill: 0 hardly any, 1 some, 2 all

    @property
    def healthy(self):
        return self.true_class == HEALTHY


@dataclass
class Drawn:
    """Arguments of the program, keys of the manifest, and those of the neighbour."""

    program: dict = field(default_factory=dict)
    keys: dict = field(default_factory=dict)
    beside: dict = field(default_factory=dict)
    beside_keys: dict = field(default_factory=dict)


def memory(chance, mebibytes):
    """A limit of memory by cgroup, where the kernel kills, or of addresses, where perl gives up."""
    if chance.random() < 0.6:
        return {"resources": {"memory": f"{int(mebibytes + RESIDENT_MIB)}MiB"}}
    return {"rlimits": {"as": int((mebibytes + ADDRESSES_MIB) * MIB)}}


def leak(low, high):
    def draw(chance):
        room = chance.uniform(60, 180)
        return Drawn({"rate": room / chance.uniform(low, high)}, memory(chance, room + 10))

    return draw


def sawtooth(chance):
    room, took = chance.uniform(90, 180), chance.uniform(600, 1200)
    tooth, kept = chance.uniform(12, 28), chance.uniform(0.2, 0.4)
    # The floor rises by what is kept of each tooth, and fills the room but one tooth in that time.
    return Drawn({"rate": (room - tooth) / took / kept, "tooth": tooth, "kept": kept}, memory(chance, room + 10))


def gc_sawtooth(chance):
    tooth = chance.uniform(12, 45)
    return Drawn({"rate": tooth / chance.uniform(60, 300), "tooth": tooth}, memory(chance, tooth * chance.uniform(1.6, 3) + 15))


def descriptors(chance):
    most = chance.choice((128, 256, 384, 512, 1024))
    return Drawn({"rate": most / chance.uniform(500, 1200)}, {"rlimits": {"nofile": most}})


def tasks(low, high):
    def draw(chance):
        most = chance.randint(low, high)
        return Drawn({"rate": most / chance.uniform(500, 1200)}, {"resources": {"pids": most}})

    return draw


def crash(chance):
    return Drawn({"rate": 1 / chance.uniform(200, 900), "how": chance.choice(("die", "die", "signal", "abort", "code"))})


def slow(chance):
    return Drawn({"rate": 1 / chance.uniform(500, 1000)})


def disk(chance):
    return Drawn({"rate": chance.uniform(9, 13) / chance.uniform(500, 1200)})


def queue(chance):
    works, load, factor = chance.uniform(40, 120), chance.uniform(0.4, 0.8), chance.uniform(3, 6)
    # At scale 20 these records a second of the clock pile up; each waits with 32 KiB in memory.
    room = works * (load * factor - 1) * chance.uniform(25, 55) / 32
    keys = {"resources": {"memory": f"{int(room + 35)}MiB"}}
    return Drawn({"works": works}, keys, {"feeds": works * load, "factor": factor})


def noise(chance):
    where = chance.choice((0, 1))
    return Drawn({}, {"affinity": [where], "niceness": 5}, {"spinners": chance.randint(6, 9)}, {"affinity": [where], "niceness": -10})


def nothing(_):
    return Drawn()


RESTART_HELPS = Cure("restart", "itself", "cured")
RESTART_RELIEVES = Cure("restart", "itself", "relieved", "what made it ill begins anew")
RESTART_USELESS = Cure("restart", "itself", "nothing")

FAULTS = (
    Kind("leak-slow", "memory-leak", True, False, "exit", leak(800, 1300), (
        RESTART_RELIEVES, Cure("restart-with-limits", "itself", "relieved", "more room, so it lasts longer"),
        Cure("reclaim", "itself", "nothing", "the memory is in use, and there is no swap"))),
    Kind("leak-fast", "memory-leak", True, False, "exit", leak(240, 420), (
        RESTART_RELIEVES, Cure("restart-with-limits", "itself", "relieved", "more room, so it lasts longer"))),
    Kind("leak-sawtooth", "memory-leak", True, False, "exit", sawtooth, (
        RESTART_RELIEVES, Cure("restart-with-limits", "itself", "relieved", "more room, so it lasts longer"))),
    Kind("fd-leak", "descriptor-leak", True, False, "exit", descriptors, (
        RESTART_RELIEVES, Cure("restart-with-limits", "itself", "relieved", "more descriptors, so it lasts longer"))),
    Kind("child-leak", "process-leak", True, False, "exit", tasks(40, 110), (
        RESTART_RELIEVES, Cure("restart-with-limits", "itself", "relieved", "more processes, so it lasts longer"))),
    Kind("zombies", "zombie-leak", True, True, "exit", tasks(40, 110), (RESTART_RELIEVES,)),
    Kind("cpu-spin", "cpu-spin", False, False, "liveness", nothing, (
        RESTART_HELPS, Cure("renice", "itself", "nothing", "it only harms others less")), heavy=2),
    Kind("deadlock", "deadlock", False, False, "liveness", nothing, (RESTART_HELPS,)),
    Kind("livelock", "livelock", False, False, "liveness", nothing, (RESTART_HELPS,), heavy=1),
    Kind("slow-response", "slow-response", True, False, "liveness", slow, (RESTART_RELIEVES,), heavy=1),
    Kind("random-crash", "random-crash", False, False, "exit", crash, (RESTART_RELIEVES,)),
    Kind("bad-configuration", "bad-configuration", False, False, "exit", nothing, (
        RESTART_USELESS, Cure("rollback", "itself", "cured"))),
    Kind("dependency-died", "dependency-failure", False, False, "exit", nothing, (
        RESTART_USELESS, Cure("restart-dependency", "neighbour", "cured")), neighbour="store"),
    Kind("disk-fill", "disk-full", True, False, "exit", disk, (
        RESTART_USELESS, Cure("run-script", "itself", "relieved", "its log is emptied, and fills again"))),
    Kind("lock-held", "lock-held", False, True, "liveness", nothing, (
        RESTART_USELESS, Cure("restart-neighbour", "neighbour", "cured")), neighbour="lock-holder"),
    Kind("queue-growth", "queue-growth", True, True, "exit", queue, (
        Cure("restart", "itself", "relieved", "what waited is lost, and it grows again"),
        Cure("throttle", "neighbour", "relieved", "the feeder is held until the queue is worked off")), neighbour="feeder"),
    Kind("packet-loss", "network-loss", False, False, "exit", lambda c: Drawn({"loss": c.uniform(0.6, 0.85)}), (
        RESTART_USELESS, Cure("run-script", "itself", "cured", "its link takes the other route"))),
    Kind("packet-delay", "network-delay", False, True, "exit", lambda c: Drawn({"delay": c.uniform(0.4, 1)}), (
        RESTART_USELESS, Cure("run-script", "itself", "cured", "its link takes the other route"))),
    Kind("noisy-neighbour", "noisy-neighbour", False, True, "exit", noise, (
        RESTART_USELESS, Cure("renice", "neighbour", "cured"), Cure("affinity", "neighbour", "cured")), neighbour="noise", heavy=2),
)


def healthy(name, held_out, draw, heavy=0):
    return Kind(name, HEALTHY, False, held_out, "metrics", draw, (), "", heavy)


BURSTS = (
    healthy("steady", False, nothing),
    healthy("load-burst", False, lambda c: Drawn({"lasts": c.uniform(120, 500), "share": c.uniform(0.25, 0.6)}), heavy=1),
    healthy("batch-job", False, lambda c: Drawn({
        "lasts": c.uniform(60, 160), "every": c.uniform(250, 500), "share": c.uniform(0.15, 0.4), "rate": c.uniform(0.1, 0.5),
    }, {"resources": {"memory": f"{c.randint(140, 260)}MiB"}}), heavy=1),
    healthy("cache-warm-up", False, lambda c: warm_up(c)),
    healthy("gc-sawtooth", False, gc_sawtooth),
    healthy("log-burst", False, lambda c: Drawn({"lasts": c.uniform(80, 400), "lines": c.randint(5, 20)})),
    healthy("fork-burst", False, lambda c: Drawn({"lasts": c.uniform(60, 300), "rate": c.uniform(0.1, 0.5)}, {"resources": {"pids": 100}})),
    healthy("planned-restart", False, nothing),
    healthy("connection-burst", True, lambda c: Drawn({
        "lasts": c.uniform(120, 400), "rate": c.uniform(0.4, 2), "most": c.randint(60, 140),
    }, {"rlimits": {"nofile": 256}})),
)


def warm_up(chance):
    most = chance.uniform(40, 120)
    return Drawn({"most": most, "rate": 1.6 * most / chance.uniform(150, 500)}, memory(chance, most * chance.uniform(1.4, 2) + 10))


KINDS = {kind.name: kind for kind in FAULTS + BURSTS}
