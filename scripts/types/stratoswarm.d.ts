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

  /** A line of an agent's output. */
  interface LogLine {
    /** RFC 3339; absent where not known */
    readonly time?: string;
    readonly stream: "out" | "err";
    readonly text: string;
  }

  /** Writes an event ScriptNoted and does nothing else. */
  interface Note {
    readonly action: "note";
    /** what it is about */
    readonly agent?: string;
    /** what to note */
    readonly reason: string;
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

  /** What a transform makes of a record: a record, a list of records, or null (None) for nothing. */
  type TransformOutput = any;
}
