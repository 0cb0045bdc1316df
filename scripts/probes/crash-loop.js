/// <reference path="../types/stratoswarm.d.ts" />
/* stratoswarm {
  "kind": "probe",
  "description": "measures how long agents have run, and finds those ill that are restarted again and again",
  "every": "15s",
  "agents": "*",
  "metric": {"name": "uptime_seconds", "kind": "gauge", "unit": "seconds", "help": "time since the agent's process was started"},
  "health": true,
  "failureThreshold": 2,
  "examples": [
    {
      "input": {"time": "2026-01-01T12:00:30Z", "metrics": {}, "log": [], "agent": {"id": "shop/web", "started": "2026-01-01T12:00:00.123456789Z", "restarts": 0}},
      "output": {"value": 30, "healthy": true}
    },
    {
      "input": {"time": "2026-01-01T12:00:30Z", "metrics": {}, "log": [], "agent": {"id": "shop/web", "started": "2026-01-01T12:00:20Z", "restarts": 7, "lastExit": "exit 3"}},
      "output": {"value": 10, "healthy": false, "reason": "7 restarts, the last one 10 s ago after exit 3"}
    },
    {"input": {"time": "2026-01-01T12:00:30Z", "metrics": {}, "log": [], "agent": {"id": "shop/web", "restarts": 0}}, "output": {}}
  ]
} */

const MANY_RESTARTS = 5;
const YOUNG_SECONDS = 60;

function seconds(time) {
  return Date.parse(time.slice(0, 19) + 'Z') / 1000;
}

/**
 * @param {stratoswarm.ProbeInput} input
 * @returns {stratoswarm.ProbeOutput}
 */
function probe(input) {
  const agent = input.agent;
  if (!agent.started) {
    return {};
  }
  const value = Math.max(0, seconds(input.time) - seconds(agent.started));
  if (agent.restarts < MANY_RESTARTS || value >= YOUNG_SECONDS) {
    return {value, healthy: true};
  }
  return {value, healthy: false, reason: `${agent.restarts} restarts, the last one ${value} s ago after ${agent.lastExit}`};
}
