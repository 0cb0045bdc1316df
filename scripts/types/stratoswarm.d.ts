// Made of the schemas of the kinds by TypesTest; do not edit.
// At the head of a script: /// <reference path="types/stratoswarm.d.ts" />

declare namespace stratoswarm {
  /** One action. */
  type Action = Command | Signal | Note;

  /** How an agent is. */
  interface Agent {
    /** graph/node, or graph/node.N for one of several replicas */
    readonly id: string;
    readonly graph: string;
    readonly node: string;
    readonly replica: number;
    readonly phase: "waiting" | "starting" | "running" | "ready" | "unhealthy" | "stopping" | "stopped" | "backoff" | "completed" | "failed" | "quarantined";
    /** one line: why it is there */
    readonly reason: string;
    /** time of the last change of phase, RFC 3339 */
    readonly since: string;
    /** absent where no process runs */
    readonly pid?: number;
    /** start of its process, RFC 3339; absent where none runs */
    readonly started?: string;
    /** number of the start, from 1 */
    readonly incarnation: number;
    /** restarts by policy since it was declared */
    readonly restarts: number;
    /** exit 1 or signal KILL; absent before its first end */
    readonly lastExit?: string;
    readonly command: string;
  }

  /** A command on agents, as an operator would give it. */
  interface Command {
    readonly action: "start" | "stop" | "restart" | "kill";
    /** an agent's id, a node or a graph */
    readonly agent: string;
    /** for the record */
    readonly reason: string;
    /** 1 where it is left out */
    readonly confidence?: number;
  }

  /** What a rule that is a script looks at: the event, decision, agent, graph or state that its header's 'on' names. */
  interface ComplianceInput {
    readonly on: "event" | "decision" | "agent" | "graph" | "state";
    /** RFC 3339 */
    readonly now: string;
    /** as the header has them */
    readonly parameters: Readonly<Record<string, any>>;
    readonly event?: JudgedEvent;
    readonly decision?: JudgedDecision;
    readonly agent?: JudgedAgent;
    readonly graph?: JudgedGraph;
    readonly state?: JudgedState;
  }

  /** What the rule says. On anything but decisions it is allow or violation. */
  interface ComplianceOutput {
    /** allow: it holds; violation: it is broken, and told; approve: the decision waits for somebody else; deny: it does not act */
    readonly ruling: "allow" | "violation" | "approve" | "deny";
    /** one line for whoever broke it; the header's description where it is left out */
    readonly message?: string;
  }

  /** A healing that has ended. */
  interface EarlierHealing {
    readonly label: string;
    readonly act: string;
    /** seconds since it began */
    readonly ago: number;
    /** 0 to 1; absent where nothing was measured */
    readonly reward?: number;
    /** how it ended */
    readonly why: string;
  }

  /** An event of the journal. */
  interface Event {
    readonly sequence: number;
    /** RFC 3339 */
    readonly time: string;
    /** for example AgentFailed */
    readonly type: string;
    readonly source: string;
    /** for example agent/shop/web */
    readonly subject: string;
    /** who asked: system, uid:1000, script:NAME */
    readonly actor: string;
    /** depends on the type */
    readonly payload: Readonly<Record<string, any>>;
  }

  /** How a flow was. */
  interface FlowSample {
    /** seconds */
    readonly ago: number;
    readonly lagRecords: number;
    readonly lagBytes: number;
    readonly ratePerSecond: number;
    readonly backpressure: number;
    readonly idleSeconds: number;
  }

  /** A flow of a graph. */
  interface GraphFlow {
    readonly id: string;
    /** node.channel */
    readonly from: string;
    /** node.channel */
    readonly to: ReadonlyArray<string>;
    readonly labels: Readonly<Record<string, string>>;
    readonly framing: "lines" | "length-prefixed" | "bytes";
    /** copy, round-robin, least-loaded, key:FIELD or cases */
    readonly routing: string;
    readonly delivery: "at-most-once" | "at-least-once";
    readonly state: "waiting" | "running" | "ended" | "failed";
    /** one line: why it is in this state */
    readonly reason: string;
    /** records read, over the last seconds */
    readonly ratePerSecond: number;
    /** that have a receiver and are not delivered */
    readonly lagRecords: number;
    /** taken from the source and not in a receiver's pipe */
    readonly lagBytes: number;
    /** of its slowest receiver: share of the last seconds in which it had no room, 0 to 1 */
    readonly backpressure: number;
    /** records, since it was declared */
    readonly read: number;
    /** records, to all receivers */
    readonly delivered: number;
    /** records */
    readonly refused: number;
    /** since anything was read or delivered, as far as was seen */
    readonly idleSeconds: number;
    /** what was seen at the last calls and looks, oldest first, the present one last, at most 60 */
    readonly history: ReadonlyArray<FlowSample>;
  }

  /** A node of a graph. */
  interface GraphNode {
    readonly id: string;
    /** process, script, source, sink, or one of a bundle */
    readonly type: string;
    readonly replicas: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly agents: ReadonlyArray<NodeAgent>;
    /** since anything came to it, as far as was seen; absent where nothing flows into it */
    readonly idleSeconds?: number;
    /** what was seen at the last calls and looks, oldest first, at most 60 */
    readonly history: ReadonlyArray<NodeSample>;
  }

  /** What a healing strategy is given: one failure as it was when an act was chosen. */
  interface HealingInput {
    /** number of the failure's event */
    readonly case: number;
    /** RFC 3339 */
    readonly time: string;
    /** for example shop/web */
    readonly agent: string;
    /** AgentExited, AgentUnhealthy, AgentSetupFailed, AgentQuarantined, or what a bundle adds */
    readonly trigger: string;
    /** class of the failure, for example memory-leak, or new-123 for one that was opened here */
    readonly label: string;
    /** whether the class is one of the model, or was met before */
    readonly known: boolean;
    /** that it is of the class, 0 to 1 */
    readonly confidence: number;
    /** measures that stood out, with their values */
    readonly drivers: ReadonlyArray<string>;
    /** of the half hour before, -1 to 1, by name: memory.trend, fds.growth, host.cpu, exit.status ('heal look' lists them); those that are 0 are left out */
    readonly measures: Readonly<Record<string, number>>;
    readonly situation: HealingSituation;
    /** how it ended: exit 1, signal KILL; empty where it did not */
    readonly exit: string;
    /** the last lines of its output, oldest first, at most 20 of 200 characters */
    readonly log: ReadonlyArray<string>;
    /** what it may use at most, by the metric that is limited: open_fds, memory_resident_bytes, threads */
    readonly limits: Readonly<Record<string, number>>;
    /** what is possible now and not forbidden */
    readonly acts: ReadonlyArray<PossibleAct>;
    /** the act that is done where no script chooses one */
    readonly builtIn: string;
    /** the last healings of this agent, newest first, at most 10 */
    readonly before: ReadonlyArray<EarlierHealing>;
  }

  /** What is to be done about the failure. null (None): it is left to what is chosen without this script. */
  interface HealingOutput {
    /** one of the input's acts */
    readonly act: string;
    /** numbers that the act is to be done with: factor (raise-limits), share (reclaim), cores (throttle), niceness (renice-neighbour); those left out are as usual */
    readonly parameters?: Readonly<Record<string, number>>;
    /** one line, for the operator */
    readonly why: string;
  }

  /** What is known when an act is chosen, beside the class. */
  interface HealingSituation {
    /** healings of this agent for the same class within the last hour */
    readonly relapses: number;
    /** whether it still runs, and its liveness probe fails */
    readonly unhealthy: boolean;
    /** whether its graph was changed within the last five minutes */
    readonly changed: boolean;
  }

  /** An agent as it is. */
  interface JudgedAgent {
    readonly id: string;
    readonly graph: string;
    readonly node: string;
    readonly replica: number;
    readonly phase: "waiting" | "starting" | "running" | "ready" | "unhealthy" | "stopping" | "stopped" | "backoff" | "completed" | "failed" | "quarantined";
    /** one line: why it is there */
    readonly reason: string;
    /** RFC 3339 */
    readonly since: string;
    readonly incarnation: number;
    readonly restarts: number;
    /** empty where it has not ended yet */
    readonly lastExit: string;
    readonly command: string;
  }

  /** A decision before it acts. */
  interface JudgedDecision {
    readonly id: string;
    /** what it is about: an agent or a graph, for example */
    readonly agent: string;
    /** for example restart, transform split, operator.graphs.delete */
    readonly type: string;
    /** who decides: uid:1000, token:NAME@ADDRESS, script:NAME, rule:PACK/RULE */
    readonly actor: string;
    /** what it was decided on */
    readonly inputs: Readonly<Record<string, any>>;
    readonly alternatives: ReadonlyArray<string>;
    readonly reasoning: string;
    /** 0 to 1 */
    readonly confidence: number;
    /** of the system: size and root of the journal, agents by phase */
    readonly context: Readonly<Record<string, any>>;
  }

  /** An event, once it is durable. */
  interface JudgedEvent {
    readonly sequence: number;
    /** RFC 3339 */
    readonly time: string;
    /** for example AgentFailed */
    readonly type: string;
    readonly source: string;
    /** for example agent/shop/web */
    readonly subject: string;
    /** who asked: system, uid:1000, script:NAME */
    readonly actor: string;
    /** sequences of events of this journal */
    readonly causes: ReadonlyArray<number>;
    /** depends on the type; empty where it is no object of JSON */
    readonly payload: Readonly<Record<string, any>>;
  }

  /** A graph as it is. */
  interface JudgedGraph {
    readonly name: string;
    readonly generation: number;
    readonly agents: ReadonlyArray<JudgedAgent>;
  }

  /** All agents and graphs as they are. */
  interface JudgedState {
    readonly agents: ReadonlyArray<JudgedAgent>;
    readonly graphs: ReadonlyArray<JudgedGraph>;
  }

  /** A line of an agent's output. */
  interface LogLine {
    /** RFC 3339; absent where not known */
    readonly time?: string;
    readonly stream: "out" | "err";
    readonly text: string;
  }

  /** An agent of a node. */
  interface NodeAgent {
    readonly id: string;
    readonly replica: number;
    readonly phase: "waiting" | "starting" | "running" | "ready" | "unhealthy" | "stopping" | "stopped" | "backoff" | "completed" | "failed" | "quarantined";
    /** time of the last change of phase, RFC 3339 */
    readonly since: string;
    /** restarts by policy since it was declared */
    readonly restarts: number;
    /** one line: why it is there */
    readonly reason: string;
  }

  /** How a node was. */
  interface NodeSample {
    /** seconds */
    readonly ago: number;
    /** of all of its agents */
    readonly restarts: number;
    /** agents that were ready */
    readonly ready: number;
  }

  /** Writes an event ScriptNoted and does nothing else. */
  interface Note {
    readonly action: "note";
    /** what it is about */
    readonly agent?: string;
    /** what to note */
    readonly reason: string;
  }

  /** A transform that runs or has ended. */
  interface PastTransform {
    readonly number: number;
    readonly kind: string;
    readonly state: "running" | "going-back" | "done" | "rolled-back" | "done-with-loss";
    readonly reason: string;
    /** who began it: uid:1000, script:NAME */
    readonly actor: string;
    /** RFC 3339 */
    readonly begin: string;
    /** RFC 3339; absent while it runs */
    readonly end?: string;
  }

  /** An act that is possible. */
  interface PossibleAct {
    /** wait, restart, capture, and so on */
    readonly act: string;
    /** reward that is expected of it in this situation, 0 to 1 */
    readonly expected: number;
    /** what was expected before anything was learned */
    readonly prior: number;
    /** how often it was done about this class, with any agent */
    readonly tries: number;
  }

  /** What a probe is given. */
  interface ProbeInput {
    /** now, RFC 3339 */
    readonly time: string;
    readonly agent?: Agent;
    /** latest values of the agent, or of the host, by name; labels follow as name{key=value} */
    readonly metrics: Readonly<Record<string, number>>;
    /** last lines of the agent, oldest first; as many as the setting 'log' says */
    readonly log: ReadonlyArray<LogLine>;
  }

  /** What a probe found. What is left out was not measured. */
  interface ProbeOutput {
    /** of the one metric that the header declares */
    readonly value?: number;
    /** by name; each must be declared in the header */
    readonly metrics?: Readonly<Record<string, number>>;
    /** only where the header says "health": true */
    readonly healthy?: boolean;
    /** one line: why it is healthy or not */
    readonly reason?: string;
  }

  /** What a reaction is given. */
  interface ReactionInput {
    /** what it is called for */
    readonly trigger: "event" | "timer";
    /** now, RFC 3339 */
    readonly time: string;
    readonly event?: Event;
    readonly agent?: Agent;
    /** what the setting 'agents' selects; empty without it */
    readonly agents: ReadonlyArray<Agent>;
    /** last lines of the event's agent, oldest first; as many as the setting 'log' says */
    readonly log: ReadonlyArray<LogLine>;
    /** events of this subject that the setting 'cooldown' held back before */
    readonly skipped: number;
  }

  /** What a reaction wants done, in this order. No actions: nothing. */
  interface ReactionOutput {
    readonly actions: ReadonlyArray<Action>;
  }

  /** What a reshape is given: one graph as it is now. */
  interface ReshapeInput {
    /** what it is called for */
    readonly trigger: "event" | "timer";
    /** RFC 3339 */
    readonly now: string;
    readonly event?: Event;
    readonly graph: string;
    /** what it returns is for this generation, and refused where the graph has another by then */
    readonly generation: number;
    readonly nodes: ReadonlyArray<GraphNode>;
    readonly flows: ReadonlyArray<GraphFlow>;
    /** of this graph: those that run, then those that have ended, newest first, at most 20 */
    readonly transforms: ReadonlyArray<PastTransform>;
  }

  /** How a reshape wants the graph changed, the best first: the first one that is valid is done. None: it stays as it is. */
  interface ReshapeOutput {
    readonly transforms: ReadonlyArray<WantedTransform>;
  }

  /** A signal to the main process of agents. */
  interface Signal {
    readonly action: "signal";
    /** an agent's id, a node or a graph */
    readonly agent: string;
    /** for example HUP */
    readonly signal: string;
    /** for the record */
    readonly reason: string;
    /** 1 where it is left out */
    readonly confidence?: number;
  }

  /** A record that a transform is given: a text, or any value of JSON, as the data type of the flow says. */
  type TransformInput = any;

  /** How a transform is done. */
  interface TransformOptions {
    /** rising shares in percent of the traffic that what is new gets before it gets all */
    readonly steps?: ReadonlyArray<number>;
    /** for which each step is watched */
    readonly holdMillis?: number;
    /** for which is waited until what is new is ready */
    readonly readyMillis?: number;
    /** for which is waited until what is old has drained */
    readonly graceMillis?: number;
  }

  /** What a transform makes of a record: a record, a list of records, or null (None) for nothing. */
  type TransformOutput = any;

  /** A transform, as an operator would ask for it. */
  interface WantedTransform {
    readonly kind: "split" | "merge" | "parallelize" | "insert" | "remove" | "reroute" | "replace" | "apply";
    /** by name, as the kind has them */
    readonly arguments: Readonly<Record<string, string | number>>;
    /** a graph in the graph language with the nodes that are new */
    readonly fragment?: string;
    readonly options?: TransformOptions;
    /** for the record */
    readonly reason: string;
    /** 1 where it is left out */
    readonly confidence?: number;
  }
}
