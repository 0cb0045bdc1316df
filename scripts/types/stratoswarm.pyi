# Made of the schemas of the kinds by TypesTest; do not edit.
from typing import Any, Literal, Mapping, NotRequired, Sequence, TypedDict, Union

class Agent(TypedDict):
    """How an agent is."""
    # graph/node, or graph/node.N for one of several replicas
    id: str
    graph: str
    node: str
    replica: int
    phase: Literal["waiting", "starting", "running", "ready", "unhealthy", "stopping", "stopped", "backoff", "completed", "failed", "quarantined"]
    # one line: why it is there
    reason: str
    # time of the last change of phase, RFC 3339
    since: str
    # absent where no process runs
    pid: NotRequired[int]
    # start of its process, RFC 3339; absent where none runs
    started: NotRequired[str]
    # number of the start, from 1
    incarnation: int
    # restarts by policy since it was declared
    restarts: int
    # exit 1 or signal KILL; absent before its first end
    lastExit: NotRequired[str]
    command: str

class Command(TypedDict):
    """A command on agents, as an operator would give it."""
    action: Literal["start", "stop", "restart", "kill"]
    # an agent's id, a node or a graph
    agent: str
    # for the record
    reason: str
    # 1 where it is left out
    confidence: NotRequired[float]

class Event(TypedDict):
    """An event of the journal."""
    sequence: int
    # RFC 3339
    time: str
    # for example AgentFailed
    type: str
    source: str
    # for example agent/shop/web
    subject: str
    # who asked: system, uid:1000, script:NAME
    actor: str
    # depends on the type
    payload: Mapping[str, Any]

class LogLine(TypedDict):
    """A line of an agent's output."""
    # RFC 3339; absent where not known
    time: NotRequired[str]
    stream: Literal["out", "err"]
    text: str

class Note(TypedDict):
    """Writes an event ScriptNoted and does nothing else."""
    action: Literal["note"]
    # what it is about
    agent: NotRequired[str]
    # what to note
    reason: str

class ProbeInput(TypedDict):
    """What a probe is given."""
    # now, RFC 3339
    time: str
    agent: NotRequired["Agent"]
    # latest values of the agent, or of the host, by name; labels follow as name{key=value}
    metrics: Mapping[str, float]
    # last lines of the agent, oldest first; as many as the setting 'log' says
    log: Sequence["LogLine"]

class ProbeOutput(TypedDict):
    """What a probe found. What is left out was not measured."""
    # of the one metric that the header declares
    value: NotRequired[float]
    # by name; each must be declared in the header
    metrics: NotRequired[Mapping[str, float]]
    # only where the header says "health": true
    healthy: NotRequired[bool]
    # one line: why it is healthy or not
    reason: NotRequired[str]

class ReactionInput(TypedDict):
    """What a reaction is given."""
    # what it is called for
    trigger: Literal["event", "timer"]
    # now, RFC 3339
    time: str
    event: NotRequired["Event"]
    agent: NotRequired["Agent"]
    # what the setting 'agents' selects; empty without it
    agents: Sequence["Agent"]
    # last lines of the event's agent, oldest first; as many as the setting 'log' says
    log: Sequence["LogLine"]
    # events of this subject that the setting 'cooldown' held back before
    skipped: int

class ReactionOutput(TypedDict):
    """What a reaction wants done, in this order. No actions: nothing."""
    actions: Sequence["Action"]

class Signal(TypedDict):
    """A signal to the main process of agents."""
    action: Literal["signal"]
    # an agent's id, a node or a graph
    agent: str
    # for example HUP
    signal: str
    # for the record
    reason: str
    # 1 where it is left out
    confidence: NotRequired[float]

Action = Union["Command", "Signal", "Note"]
# A record that a transform is given: a text, or any value of JSON, as the data type of the flow says.
TransformInput = Any
# What a transform makes of a record: a record, a list of records, or null (None) for nothing.
TransformOutput = Any
