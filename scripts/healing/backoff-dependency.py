"""stratoswarm {
  "kind": "healing",
  "description": "restarts what an agent needs once or twice; then it leaves it alone, and at last asks a person",
  "class": "dependency-failure",
  "examples": [
    {
      "input": {
        "agent": "shop/web", "situation": {"relapses": 0, "unhealthy": false, "changed": false}, "before": [],
        "acts": [{"act": "wait", "expected": 0.5, "prior": 0.5, "tries": 0},
          {"act": "restart-dependencies", "expected": 0.8, "prior": 0.8, "tries": 0}]
      },
      "output": {"act": "restart-dependencies", "why": "it was done 0 times for this agent within the last hour"}
    },
    {
      // It comes back by itself, or not at all: to start it again and again only loads what it needs in turn.
      "input": {
        "agent": "shop/web", "situation": {"relapses": 2, "unhealthy": false, "changed": false},
        "before": [{"label": "dependency-failure", "act": "restart-dependencies", "ago": 40, "reward": 0.2, "why": "x"},
          {"label": "dependency-failure", "act": "restart-dependencies", "ago": 90, "reward": 0.2, "why": "x"}],
        "acts": [{"act": "wait", "expected": 0.5, "prior": 0.5, "tries": 0}, {"act": "ask", "expected": 0.3, "prior": 0.3, "tries": 0},
          {"act": "restart-dependencies", "expected": 0.4, "prior": 0.8, "tries": 2}]
      },
      "output": {"act": "wait", "why": "it was restarted 2 times and failed again; it is given time"}
    },
    {
      "input": {
        "agent": "shop/web", "situation": {"relapses": 5, "unhealthy": false, "changed": false},
        "before": [{"label": "dependency-failure", "act": "wait", "ago": 10, "reward": 0, "why": "x"}],
        "acts": [{"act": "wait", "expected": 0.5, "prior": 0.5, "tries": 0}, {"act": "ask", "expected": 0.3, "prior": 0.3, "tries": 0}]
      },
      "output": {"act": "ask", "why": "it failed 5 times within the last hour for what it needs"}
    },
    {
      // What it needs runs by now.
      "input": {
        "agent": "shop/web", "situation": {"relapses": 0, "unhealthy": false, "changed": false}, "before": [],
        "acts": [{"act": "wait", "expected": 0.5, "prior": 0.5, "tries": 0}]
      },
      "output": null
    }
  ]
}"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional
    from stratoswarm import HealingInput, HealingOutput

RESTARTS = 2
RELAPSES = 5
HOUR_SECONDS = 3600


def heal(input: "HealingInput") -> "Optional[HealingOutput]":
    possible = [each["act"] for each in input["acts"]]
    relapses = input["situation"]["relapses"]
    if relapses >= RELAPSES and "ask" in possible:
        return {"act": "ask", "why": "it failed %d times within the last hour for what it needs" % relapses}
    restarted = len([each for each in input["before"] if each["act"] == "restart-dependencies" and each["ago"] < HOUR_SECONDS])
    if restarted >= RESTARTS:
        return {"act": "wait", "why": "it was restarted %d times and failed again; it is given time" % restarted}
    if "restart-dependencies" in possible:
        return {"act": "restart-dependencies", "why": "it was done %d times for this agent within the last hour" % restarted}
    return None
