/// <reference path="../types/stratoswarm.d.ts" />
/* stratoswarm {
  "kind": "reaction",
  "description": "restarts an agent that a probe has found ill, unless it has just been started",
  // Events of probe scripts; what a manifest's own liveness probe finds is answered by the restart policy.
  "on": "AgentProbeFailed",
  "cooldown": "5m",
  "rate": {"actions": 5, "per": "10m"},
  "examples": [
    {
      "input": {
        "trigger": "event", "time": "2026-01-01T12:00:00Z", "agents": [], "log": [], "skipped": 0,
        "event": {"subject": "script/log-errors", "payload": {"script": "log-errors", "agent": "shop/web", "reason": "31 errors within a minute"}},
        "agent": {"id": "shop/web", "phase": "ready", "started": "2026-01-01T11:00:00.5Z"}
      },
      "output": {"actions": [{"action": "restart", "agent": "shop/web", "reason": "log-errors: 31 errors within a minute"}]}
    },
    {
      // It has run for half a minute only: give it time.
      "input": {
        "trigger": "event", "time": "2026-01-01T12:00:00Z", "agents": [], "log": [], "skipped": 0,
        "event": {"subject": "script/log-errors", "payload": {"script": "log-errors", "agent": "shop/web", "reason": "31 errors within a minute"}},
        "agent": {"id": "shop/web", "phase": "ready", "started": "2026-01-01T11:59:30Z"}
      },
      "output": {"actions": []}
    },
    {
      // A probe of the host has no agent.
      "input": {"event": {"payload": {"script": "disk", "agent": "host", "reason": "nearly full"}}},
      "output": {"actions": []}
    }
  ]
} */

const GRACE_SECONDS = 60;

function seconds(time) {
  return Date.parse(time.slice(0, 19) + 'Z') / 1000;
}

/**
 * @param {stratoswarm.ReactionInput} input
 * @returns {stratoswarm.ReactionOutput}
 */
function react(input) {
  const agent = input.agent;
  if (!agent || !agent.started || seconds(input.time) - seconds(agent.started) < GRACE_SECONDS) {
    return {actions: []};
  }
  const found = input.event.payload;
  return {actions: [{action: 'restart', agent: agent.id, reason: `${found.script}: ${found.reason}`}]};
}
