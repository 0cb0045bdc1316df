/// <reference path="../types/stratoswarm.d.ts" />
/* stratoswarm {
  "kind": "compliance",
  "description": "a script does not stop or kill the last replica of a node that is ready, and a second person looks at who else does",
  "on": "decision",
  "types": ["stop", "kill", "operator.agents.stop", "operator.agents.kill"],
  "failure": "deny",
  "examples": [
    {"input": {"decision": {"type": "stop", "agent": "shop/web.0", "actor": "script:tidy"},
               "state": {"agents": [{"id": "shop/web.0", "graph": "shop", "node": "web", "phase": "ready"},
                                    {"id": "shop/web.1", "graph": "shop", "node": "web", "phase": "failed"}]}},
     "output": {"ruling": "deny", "message": "shop/web has no other replica that is ready"}},
    {"input": {"decision": {"type": "operator.agents.stop", "agent": "shop/web.0", "actor": "uid:1000"},
               "state": {"agents": [{"id": "shop/web.0", "graph": "shop", "node": "web", "phase": "ready"}]}},
     "output": {"ruling": "approve", "message": "shop/web has no other replica that is ready"}},
    {"input": {"decision": {"type": "stop", "agent": "shop/web.0", "actor": "script:tidy"},
               "state": {"agents": [{"id": "shop/web.0", "graph": "shop", "node": "web", "phase": "ready"},
                                    {"id": "shop/web.1", "graph": "shop", "node": "web", "phase": "ready"}]}},
     "output": {"ruling": "allow"}},
    {"input": {"decision": {"type": "operator.agents.stop", "agent": "shop", "actor": "uid:1000"},
               "state": {"agents": [{"id": "shop/web.0", "graph": "shop", "node": "web", "phase": "ready"},
                                    {"id": "shop/web.1", "graph": "shop", "node": "web", "phase": "ready"}]}},
     "output": {"ruling": "approve", "message": "shop/web has no other replica that is ready"}}
  ]
} */

/**
 * @param {stratoswarm.ComplianceInput} input
 * @returns {stratoswarm.ComplianceOutput}
 */
function judge(input) {
  // A command may be for an agent, for all replicas of a node, or for a whole graph.
  const about = input.decision.agent;
  const meant = (agent) => [agent.id, `${agent.graph}/${agent.node}`, agent.graph].includes(about)
      || about === `${agent.id}.0`;
  const ready = input.state.agents.filter((agent) => agent.phase === 'ready');
  const last = ready.find((agent) => meant(agent)
      && !ready.some((other) => other.graph === agent.graph && other.node === agent.node && !meant(other)));
  if (last === undefined) {
    return {ruling: 'allow'};
  }
  const message = `${last.graph}/${last.node} has no other replica that is ready`;
  return {ruling: input.decision.actor.startsWith('script:') ? 'deny' : 'approve', message};
}
