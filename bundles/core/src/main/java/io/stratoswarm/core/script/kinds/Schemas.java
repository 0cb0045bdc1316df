package io.stratoswarm.core.script.kinds;

/** Shapes of what the kinds give to scripts and take from them. The declarations for editors are made from them. */
final class Schemas {
    private Schemas() {}

    private static final String DEFINITIONS = """
            "$defs": {
              "Agent": {
                "description": "How an agent is.",
                "type": "object",
                "properties": {
                  "id": {"type": "string", "description": "graph/node, or graph/node.N for one of several replicas"},
                  "graph": {"type": "string"},
                  "node": {"type": "string"},
                  "replica": {"type": "integer"},
                  "phase": {"enum": ["waiting", "starting", "running", "ready", "unhealthy", "stopping", "stopped", "backoff",
                    "completed", "failed", "quarantined"]},
                  "reason": {"type": "string", "description": "one line: why it is there"},
                  "since": {"type": "string", "description": "time of the last change of phase, RFC 3339"},
                  "pid": {"type": "integer", "description": "absent where no process runs"},
                  "started": {"type": "string", "description": "start of its process, RFC 3339; absent where none runs"},
                  "incarnation": {"type": "integer", "description": "number of the start, from 1"},
                  "restarts": {"type": "integer", "description": "restarts by policy since it was declared"},
                  "lastExit": {"type": "string", "description": "exit 1 or signal KILL; absent before its first end"},
                  "command": {"type": "string"}
                },
                "required": ["id", "graph", "node", "replica", "phase", "reason", "since", "incarnation", "restarts", "command"],
                "additionalProperties": false
              },
              "LogLine": {
                "description": "A line of an agent's output.",
                "type": "object",
                "properties": {
                  "time": {"type": "string", "description": "RFC 3339; absent where not known"},
                  "stream": {"enum": ["out", "err"]},
                  "text": {"type": "string"}
                },
                "required": ["stream", "text"],
                "additionalProperties": false
              },
              "Event": {
                "description": "An event of the journal.",
                "type": "object",
                "properties": {
                  "sequence": {"type": "integer"},
                  "time": {"type": "string", "description": "RFC 3339"},
                  "type": {"type": "string", "description": "for example AgentFailed"},
                  "source": {"type": "string"},
                  "subject": {"type": "string", "description": "for example agent/shop/web"},
                  "actor": {"type": "string", "description": "who asked: system, uid:1000, script:NAME"},
                  "payload": {"type": "object", "description": "depends on the type"}
                },
                "required": ["sequence", "time", "type", "source", "subject", "actor", "payload"],
                "additionalProperties": false
              }
            }""";

    static final String REACTION_INPUT = """
            {
              "title": "ReactionInput",
              "description": "What a reaction is given.",
              "type": "object",
              "properties": {
                "trigger": {"enum": ["event", "timer"], "description": "what it is called for"},
                "time": {"type": "string", "description": "now, RFC 3339"},
                "event": {"$ref": "#/$defs/Event"},
                "agent": {"$ref": "#/$defs/Agent"},
                "agents": {"type": "array", "items": {"$ref": "#/$defs/Agent"},
                  "description": "what the setting 'agents' selects; empty without it"},
                "log": {"type": "array", "items": {"$ref": "#/$defs/LogLine"},
                  "description": "last lines of the event's agent, oldest first; as many as the setting 'log' says"},
                "skipped": {"type": "integer", "description": "events of this subject that the setting 'cooldown' held back before"}
              },
              "required": ["trigger", "time", "agents", "log", "skipped"],
              "additionalProperties": false,
            """.stripTrailing() + "\n" + DEFINITIONS + "}";

    static final String REACTION_OUTPUT = """
            {
              "title": "ReactionOutput",
              "description": "What a reaction wants done, in this order. No actions: nothing.",
              "type": "object",
              "properties": {
                "actions": {"type": "array", "maxItems": 100, "items": {"$ref": "#/$defs/Action"}}
              },
              "required": ["actions"],
              "additionalProperties": false,
              "$defs": {
                "Action": {
                  "description": "One action.",
                  "anyOf": [{"$ref": "#/$defs/Command"}, {"$ref": "#/$defs/Signal"}, {"$ref": "#/$defs/Note"}]
                },
                "Command": {
                  "description": "A command on agents, as an operator would give it.",
                  "type": "object",
                  "properties": {
                    "action": {"enum": ["start", "stop", "restart", "kill"]},
                    "agent": {"type": "string", "minLength": 1, "description": "an agent's id, a node or a graph"},
                    "reason": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "for the record"},
                    "confidence": {"type": "number", "minimum": 0, "maximum": 1, "description": "1 where it is left out"}
                  },
                  "required": ["action", "agent", "reason"],
                  "additionalProperties": false
                },
                "Signal": {
                  "description": "A signal to the main process of agents.",
                  "type": "object",
                  "properties": {
                    "action": {"const": "signal"},
                    "agent": {"type": "string", "minLength": 1, "description": "an agent's id, a node or a graph"},
                    "signal": {"type": "string", "minLength": 1, "description": "for example HUP"},
                    "reason": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "for the record"},
                    "confidence": {"type": "number", "minimum": 0, "maximum": 1, "description": "1 where it is left out"}
                  },
                  "required": ["action", "agent", "signal", "reason"],
                  "additionalProperties": false
                },
                "Note": {
                  "description": "Writes an event ScriptNoted and does nothing else.",
                  "type": "object",
                  "properties": {
                    "action": {"const": "note"},
                    "agent": {"type": "string", "description": "what it is about"},
                    "reason": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "what to note"}
                  },
                  "required": ["action", "reason"],
                  "additionalProperties": false
                }
              }
            }""";

    static final String PROBE_INPUT = """
            {
              "title": "ProbeInput",
              "description": "What a probe is given.",
              "type": "object",
              "properties": {
                "time": {"type": "string", "description": "now, RFC 3339"},
                "agent": {"$ref": "#/$defs/Agent"},
                "metrics": {"type": "object", "additionalProperties": {"type": "number"},
                  "description": "latest values of the agent, or of the host, by name; labels follow as name{key=value}"},
                "log": {"type": "array", "items": {"$ref": "#/$defs/LogLine"},
                  "description": "last lines of the agent, oldest first; as many as the setting 'log' says"}
              },
              "required": ["time", "metrics", "log"],
              "additionalProperties": false,
            """.stripTrailing() + "\n" + DEFINITIONS + "}";

    static final String PROBE_OUTPUT = """
            {
              "title": "ProbeOutput",
              "description": "What a probe found. What is left out was not measured.",
              "type": "object",
              "properties": {
                "value": {"type": "number", "description": "of the one metric that the header declares"},
                "metrics": {"type": "object", "additionalProperties": {"type": "number"},
                  "description": "by name; each must be declared in the header"},
                "healthy": {"type": "boolean", "description": "only where the header says \\"health\\": true"},
                "reason": {"type": "string", "maxLength": 1000, "description": "one line: why it is healthy or not"}
              },
              "additionalProperties": false
            }""";
}
