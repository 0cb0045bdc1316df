/// <reference path="../types/stratoswarm.d.ts" />
/* stratoswarm {
  "kind": "healing",
  "description": "captures the first agent that leaks memory before it starts it anew; later ones are only started anew",
  "class": "memory-leak",
  "examples": [
    {
      // Nobody has looked into this leak yet.
      "input": {
        "agent": "shop/web", "label": "memory-leak", "situation": {"relapses": 0, "unhealthy": true, "changed": false},
        "acts": [{"act": "wait", "expected": 0.7, "prior": 0.7, "tries": 3}, {"act": "capture", "expected": 0.55, "prior": 0.55, "tries": 0}],
        "before": []
      },
      "output": {"act": "capture", "why": "no leak was captured yet; what it holds tells what leaks"}
    },
    {
      "input": {
        "agent": "shop/web", "label": "memory-leak", "situation": {"relapses": 1, "unhealthy": false, "changed": false},
        "acts": [{"act": "wait", "expected": 0.7, "prior": 0.7, "tries": 3}, {"act": "restart", "expected": 0.8, "prior": 0.75, "tries": 2},
          {"act": "ask", "expected": 0.3, "prior": 0.3, "tries": 0}],
        "before": [{"label": "memory-leak", "act": "capture", "ago": 700, "reward": 0.9, "why": "it was well after 0.4 s and stayed so"}]
      },
      "output": {"act": "restart", "why": "a leak was captured before"}
    },
    {
      // To capture takes longer than to start anew; an agent that leaks again and again is not kept waiting for it.
      "input": {
        "agent": "shop/web", "label": "memory-leak", "situation": {"relapses": 3, "unhealthy": true, "changed": false},
        "acts": [{"act": "wait", "expected": 0.5, "prior": 0.7, "tries": 3}, {"act": "capture", "expected": 0.55, "prior": 0.55, "tries": 0}],
        "before": []
      },
      "output": null
    },
    {
      "input": {
        "agent": "shop/web", "label": "memory-leak", "situation": {"relapses": 0, "unhealthy": false, "changed": false},
        "acts": [{"act": "wait", "expected": 0.7, "prior": 0.7, "tries": 3}, {"act": "ask", "expected": 0.3, "prior": 0.3, "tries": 0}],
        "before": []
      },
      "output": null
    }
  ]
} */

const MOST_RELAPSES = 2;

/**
 * @param {stratoswarm.HealingInput} input
 * @returns {stratoswarm.HealingOutput | null}
 */
function heal(input) {
  const capture = input.acts.find((each) => each.act === 'capture');
  if (capture && capture.tries === 0 && input.situation.relapses < MOST_RELAPSES) {
    return {act: 'capture', why: 'no leak was captured yet; what it holds tells what leaks'};
  }
  const captured = capture ? capture.tries > 0 : input.before.some((each) => each.act === 'capture');
  if (captured && input.acts.some((each) => each.act === 'restart')) {
    return {act: 'restart', why: 'a leak was captured before'};
  }
  return null;
}
