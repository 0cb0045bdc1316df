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

class ComplianceInput(TypedDict):
    """What a rule that is a script looks at: the event, decision, agent, graph or state that its header's 'on' names."""
    on: Literal["event", "decision", "agent", "graph", "state"]
    # RFC 3339
    now: str
    # as the header has them
    parameters: Mapping[str, Any]
    event: NotRequired["JudgedEvent"]
    decision: NotRequired["JudgedDecision"]
    agent: NotRequired["JudgedAgent"]
    graph: NotRequired["JudgedGraph"]
    state: NotRequired["JudgedState"]

class ComplianceOutput(TypedDict):
    """What the rule says. On anything but decisions it is allow or violation."""
    # allow: it holds; violation: it is broken, and told; approve: the decision waits for somebody else; deny: it does not act
    ruling: Literal["allow", "violation", "approve", "deny"]
    # one line for whoever broke it; the header's description where it is left out
    message: NotRequired[str]

class EarlierHealing(TypedDict):
    """A healing that has ended."""
    label: str
    act: str
    # seconds since it began
    ago: float
    # 0 to 1; absent where nothing was measured
    reward: NotRequired[float]
    # how it ended
    why: str

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

class FlowSample(TypedDict):
    """How a flow was."""
    # seconds
    ago: float
    lagRecords: int
    lagBytes: int
    ratePerSecond: float
    backpressure: float
    idleSeconds: float

_GraphFlow = TypedDict("_GraphFlow", {"from": str})
class GraphFlow(_GraphFlow):
    """A flow of a graph."""
    id: str
    # node.channel
    to: Sequence[str]
    labels: Mapping[str, str]
    framing: Literal["lines", "length-prefixed", "bytes"]
    # copy, round-robin, least-loaded, key:FIELD or cases
    routing: str
    delivery: Literal["at-most-once", "at-least-once"]
    state: Literal["waiting", "running", "ended", "failed"]
    # one line: why it is in this state
    reason: str
    # records read, over the last seconds
    ratePerSecond: float
    # that have a receiver and are not delivered
    lagRecords: int
    # taken from the source and not in a receiver's pipe
    lagBytes: int
    # of its slowest receiver: share of the last seconds in which it had no room, 0 to 1
    backpressure: float
    # records, since it was declared
    read: int
    # records, to all receivers
    delivered: int
    # records
    refused: int
    # since anything was read or delivered, as far as was seen
    idleSeconds: float
    # what was seen at the last calls and looks, oldest first, the present one last, at most 60
    history: Sequence["FlowSample"]

class GraphNode(TypedDict):
    """A node of a graph."""
    id: str
    # process, script, source, sink, or one of a bundle
    type: str
    replicas: int
    labels: Mapping[str, str]
    agents: Sequence["NodeAgent"]
    # since anything came to it, as far as was seen; absent where nothing flows into it
    idleSeconds: NotRequired[float]
    # what was seen at the last calls and looks, oldest first, at most 60
    history: Sequence["NodeSample"]

class HealingInput(TypedDict):
    """What a healing strategy is given: one failure as it was when an act was chosen."""
    # number of the failure's event
    case: int
    # RFC 3339
    time: str
    # for example shop/web
    agent: str
    # AgentExited, AgentUnhealthy, AgentSetupFailed, AgentQuarantined, or what a bundle adds
    trigger: str
    # class of the failure, for example memory-leak, or new-123 for one that was opened here
    label: str
    # whether the class is one of the model, or was met before
    known: bool
    # that it is of the class, 0 to 1
    confidence: float
    # measures that stood out, with their values
    drivers: Sequence[str]
    # of the half hour before, -1 to 1, by name: memory.trend, fds.growth, host.cpu, exit.status ('heal look' lists them); those that are 0 are left out
    measures: Mapping[str, float]
    situation: "HealingSituation"
    # how it ended: exit 1, signal KILL; empty where it did not
    exit: str
    # the last lines of its output, oldest first, at most 20 of 200 characters
    log: Sequence[str]
    # what it may use at most, by the metric that is limited: open_fds, memory_resident_bytes, threads
    limits: Mapping[str, float]
    # what is possible now and not forbidden
    acts: Sequence["PossibleAct"]
    # the act that is done where no script chooses one
    builtIn: str
    # the last healings of this agent, newest first, at most 10
    before: Sequence["EarlierHealing"]

class HealingOutput(TypedDict):
    """What is to be done about the failure. null (None): it is left to what is chosen without this script."""
    # one of the input's acts
    act: str
    # numbers that the act is to be done with: factor (raise-limits), share (reclaim), cores (throttle), niceness (renice-neighbour); those left out are as usual
    parameters: NotRequired[Mapping[str, float]]
    # one line, for the operator
    why: str

class HealingSituation(TypedDict):
    """What is known when an act is chosen, beside the class."""
    # healings of this agent for the same class within the last hour
    relapses: int
    # whether it still runs, and its liveness probe fails
    unhealthy: bool
    # whether its graph was changed within the last five minutes
    changed: bool

class JudgedAgent(TypedDict):
    """An agent as it is."""
    id: str
    graph: str
    node: str
    replica: int
    phase: Literal["waiting", "starting", "running", "ready", "unhealthy", "stopping", "stopped", "backoff", "completed", "failed", "quarantined"]
    # one line: why it is there
    reason: str
    # RFC 3339
    since: str
    incarnation: int
    restarts: int
    # empty where it has not ended yet
    lastExit: str
    command: str

class JudgedDecision(TypedDict):
    """A decision before it acts."""
    id: str
    # what it is about: an agent or a graph, for example
    agent: str
    # for example restart, transform split, operator.graphs.delete
    type: str
    # who decides: uid:1000, token:NAME@ADDRESS, script:NAME, rule:PACK/RULE
    actor: str
    # what it was decided on
    inputs: Mapping[str, Any]
    alternatives: Sequence[str]
    reasoning: str
    # 0 to 1
    confidence: float
    # of the system: size and root of the journal, agents by phase
    context: Mapping[str, Any]

class JudgedEvent(TypedDict):
    """An event, once it is durable."""
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
    # sequences of events of this journal
    causes: Sequence[int]
    # depends on the type; empty where it is no object of JSON
    payload: Mapping[str, Any]

class JudgedGraph(TypedDict):
    """A graph as it is."""
    name: str
    generation: int
    agents: Sequence["JudgedAgent"]

class JudgedState(TypedDict):
    """All agents and graphs as they are."""
    agents: Sequence["JudgedAgent"]
    graphs: Sequence["JudgedGraph"]

class LogLine(TypedDict):
    """A line of an agent's output."""
    # RFC 3339; absent where not known
    time: NotRequired[str]
    stream: Literal["out", "err"]
    text: str

class NodeAgent(TypedDict):
    """An agent of a node."""
    id: str
    replica: int
    phase: Literal["waiting", "starting", "running", "ready", "unhealthy", "stopping", "stopped", "backoff", "completed", "failed", "quarantined"]
    # time of the last change of phase, RFC 3339
    since: str
    # restarts by policy since it was declared
    restarts: int
    # one line: why it is there
    reason: str

class NodeSample(TypedDict):
    """How a node was."""
    # seconds
    ago: float
    # of all of its agents
    restarts: int
    # agents that were ready
    ready: int

class Note(TypedDict):
    """Writes an event ScriptNoted and does nothing else."""
    action: Literal["note"]
    # what it is about
    agent: NotRequired[str]
    # what to note
    reason: str

class PastTransform(TypedDict):
    """A transform that runs or has ended."""
    number: int
    kind: str
    state: Literal["running", "going-back", "done", "rolled-back", "done-with-loss"]
    reason: str
    # who began it: uid:1000, script:NAME
    actor: str
    # RFC 3339
    begin: str
    # RFC 3339; absent while it runs
    end: NotRequired[str]

class PossibleAct(TypedDict):
    """An act that is possible."""
    # wait, restart, capture, and so on
    act: str
    # reward that is expected of it in this situation, 0 to 1
    expected: float
    # what was expected before anything was learned
    prior: float
    # how often it was done about this class, with any agent
    tries: int

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

class ReshapeInput(TypedDict):
    """What a reshape is given: one graph as it is now."""
    # what it is called for
    trigger: Literal["event", "timer"]
    # RFC 3339
    now: str
    event: NotRequired["Event"]
    graph: str
    # what it returns is for this generation, and refused where the graph has another by then
    generation: int
    nodes: Sequence["GraphNode"]
    flows: Sequence["GraphFlow"]
    # of this graph: those that run, then those that have ended, newest first, at most 20
    transforms: Sequence["PastTransform"]

class ReshapeOutput(TypedDict):
    """How a reshape wants the graph changed, the best first: the first one that is valid is done. None: it stays as it is."""
    transforms: Sequence["WantedTransform"]

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

class TransformOptions(TypedDict):
    """How a transform is done."""
    # rising shares in percent of the traffic that what is new gets before it gets all
    steps: NotRequired[Sequence[int]]
    # for which each step is watched
    holdMillis: NotRequired[int]
    # for which is waited until what is new is ready
    readyMillis: NotRequired[int]
    # for which is waited until what is old has drained
    graceMillis: NotRequired[int]

class WantedTransform(TypedDict):
    """A transform, as an operator would ask for it."""
    kind: Literal["split", "merge", "parallelize", "insert", "remove", "reroute", "replace", "apply"]
    # by name, as the kind has them
    arguments: Mapping[str, Union[str, float]]
    # a graph in the graph language with the nodes that are new
    fragment: NotRequired[str]
    options: NotRequired["TransformOptions"]
    # for the record
    reason: str
    # 1 where it is left out
    confidence: NotRequired[float]

Action = Union["Command", "Signal", "Note"]
# A record that a transform is given: a text, or any value of JSON, as the data type of the flow says.
TransformInput = Any
# What a transform makes of a record: a record, a list of records, or null (None) for nothing.
TransformOutput = Any
