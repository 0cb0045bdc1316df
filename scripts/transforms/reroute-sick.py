"""stratoswarm {
  "kind": "reshape",
  "description": "asks an operator to lead records past a node that fails or is restarted again and again",
  // Only nodes with the label sick=pass-by, that one flow leads to and one leads on from: those that a graph can do without.
  "graph": "*",
  "on": ["AgentFailed", "AgentQuarantined"],
  "every": "15s",
  "cooldown": "1m",
  "approve": true,
  "examples": [
    {
      "input": {
        "nodes": [{"id": "enrich", "replicas": 1, "labels": {"sick": "pass-by"},
          "agents": [{"id": "shop/enrich", "phase": "quarantined", "reason": "restarted 11 times within 60 s"}],
          "history": [{"ago": 0, "restarts": 11, "ready": 0}]}],
        "flows": [{"id": "in", "from": "log.stdout", "to": ["enrich.stdin"]}, {"id": "out", "from": "enrich.stdout", "to": ["store.stdin"]}]
      },
      "output": {"transforms": [{"kind": "remove", "arguments": {"node": "enrich"},
        "reason": "shop/enrich is quarantined: restarted 11 times within 60 s; what flow in brings can go on without it"}]}
    },
    {
      "input": {
        "nodes": [{"id": "enrich", "replicas": 2, "labels": {"sick": "pass-by"},
          "agents": [{"id": "shop/enrich.0", "phase": "ready", "reason": ""}, {"id": "shop/enrich.1", "phase": "backoff", "reason": "exit 1"}],
          "history": [{"ago": 400, "restarts": 0, "ready": 2}, {"ago": 200, "restarts": 3, "ready": 2}, {"ago": 0, "restarts": 9, "ready": 1}]}],
        "flows": [{"id": "in", "from": "log.stdout", "to": ["enrich.stdin"]}, {"id": "out", "from": "enrich.stdout", "to": ["store.stdin"]}]
      },
      "output": {"transforms": [{"kind": "remove", "arguments": {"node": "enrich"},
        "reason": "agents of enrich were restarted 6 times within 300 s; what flow in brings can go on without it"}]}
    },
    {
      // One that is needed; one with two ways on; one that is well.
      "input": {
        "nodes": [
          {"id": "a", "labels": {}, "agents": [{"id": "s/a", "phase": "failed", "reason": "x"}], "history": []},
          {"id": "b", "labels": {"sick": "pass-by"}, "agents": [{"id": "s/b", "phase": "failed", "reason": "x"}], "history": []},
          {"id": "c", "labels": {"sick": "pass-by"}, "agents": [{"id": "s/c", "phase": "ready", "reason": ""}],
            "history": [{"ago": 10, "restarts": 50, "ready": 1}, {"ago": 0, "restarts": 50, "ready": 1}]}
        ],
        "flows": [
          {"id": "1", "from": "x.stdout", "to": ["a.stdin"]}, {"id": "2", "from": "a.stdout", "to": ["b.stdin"]},
          {"id": "3", "from": "b.stdout", "to": ["c.stdin"]}, {"id": "4", "from": "b.other", "to": ["y.stdin"]},
          {"id": "5", "from": "c.stdout", "to": ["y.stdin"]}]
      },
      "output": {"transforms": []}
    }
  ]
}"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stratoswarm import ReshapeInput, ReshapeOutput, WantedTransform

DOWN = ("failed", "quarantined")
MANY_RESTARTS = 5
WITHIN_SECONDS = 300


def node_of(end):
    return end.split(".")[0]


def illness(node):
    """Why it is sick; empty where it is not."""
    for agent in node["agents"]:
        if agent["phase"] in DOWN:
            return "%s is %s: %s" % (agent["id"], agent["phase"], agent["reason"])
    restarts = [sample["restarts"] for sample in node["history"] if sample["ago"] <= WITHIN_SECONDS]
    if restarts and restarts[-1] - restarts[0] >= MANY_RESTARTS:
        return "agents of %s were restarted %d times within %d s" % (node["id"], restarts[-1] - restarts[0], WITHIN_SECONDS)
    return ""


def reshape(input: "ReshapeInput") -> "ReshapeOutput":
    transforms: "list[WantedTransform]" = []
    for node in input["nodes"]:
        if node["labels"].get("sick") != "pass-by":
            continue
        into = [flow for flow in input["flows"] if node["id"] in map(node_of, flow["to"])]
        onward = [flow for flow in input["flows"] if node_of(flow["from"]) == node["id"]]
        if len(into) != 1 or len(into[0]["to"]) != 1 or len(onward) != 1:
            continue
        why = illness(node)
        if why:
            transforms.append({
                "kind": "remove",
                "arguments": {"node": node["id"]},
                "reason": "%s; what flow %s brings can go on without it" % (why, into[0]["id"]),
            })
    return {"transforms": transforms[:4]}
