/// <reference path="../types/stratoswarm.d.ts" />
/* stratoswarm {
  "kind": "reshape",
  "description": "takes replicas of a node back when nothing has come to it for ten minutes",
  // Only nodes with the label state=none; the label least-replicas says how many stay (1).
  "graph": "*",
  "every": "30s",
  "cooldown": "10m",
  "examples": [
    {
      "input": {
        "nodes": [{"id": "parse", "replicas": 4, "labels": {"state": "none"}, "idleSeconds": 700}],
        "flows": [{"id": "a", "to": ["parse.stdin"], "lagRecords": 0, "lagBytes": 0}]
      },
      "output": {"transforms": [{"kind": "merge", "arguments": {"nodes": "parse", "replicas": 1},
        "reason": "nothing has come to the 4 replicas of parse for 700 s"}]}
    },
    {
      "input": {
        "nodes": [{"id": "parse", "replicas": 4, "labels": {"state": "none", "least-replicas": "2"}, "idleSeconds": 601.5}],
        "flows": [{"id": "a", "to": ["parse.stdin"], "lagRecords": 0, "lagBytes": 0}]
      },
      "output": {"transforms": [{"kind": "merge", "arguments": {"nodes": "parse", "replicas": 2},
        "reason": "nothing has come to the 4 replicas of parse for 601 s"}]}
    },
    {
      // Not for long enough; something waits that is not taken; it keeps state; nothing flows into it.
      "input": {
        "nodes": [
          {"id": "a", "replicas": 2, "labels": {"state": "none"}, "idleSeconds": 30},
          {"id": "b", "replicas": 2, "labels": {"state": "none"}, "idleSeconds": 900},
          {"id": "c", "replicas": 2, "labels": {"state": "by-key"}, "idleSeconds": 900},
          {"id": "d", "replicas": 2, "labels": {"state": "none"}}
        ],
        "flows": [{"id": "a", "to": ["a.stdin"], "lagRecords": 0, "lagBytes": 0},
          {"id": "b", "to": ["b.stdin"], "lagRecords": 9, "lagBytes": 90}]
      },
      "output": {"transforms": []}
    }
  ]
} */

const IDLE_SECONDS = 600;

/**
 * @param {stratoswarm.ReshapeInput} input
 * @returns {stratoswarm.ReshapeOutput}
 */
function reshape(input) {
  /** @type {stratoswarm.WantedTransform[]} */
  const transforms = [];
  for (const node of input.nodes) {
    const least = Math.max(1, parseInt(node.labels['least-replicas'], 10) || 1);
    if (node.labels.state !== 'none' || node.replicas <= least || !(node.idleSeconds >= IDLE_SECONDS)) {
      continue;
    }
    const waits = input.flows.some(
        (flow) => flow.to.some((end) => end.split('.')[0] === node.id) && (flow.lagRecords > 0 || flow.lagBytes > 0));
    if (!waits) {
      transforms.push({
        kind: 'merge',
        arguments: {nodes: node.id, replicas: least},
        reason: `nothing has come to the ${node.replicas} replicas of ${node.id} for ${Math.floor(node.idleSeconds)} s`,
      });
    }
  }
  return {transforms: transforms.slice(0, 4)};
}
