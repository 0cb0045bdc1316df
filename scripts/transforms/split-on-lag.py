"""stratoswarm {
  "kind": "reshape",
  "description": "gives a node more replicas when what flows into it has lagged for half a minute",
  // Only nodes with the label state=none, whose agents keep nothing from record to record. The label most-replicas bounds it (4).
  "graph": "*",
  "every": "5s",
  "cooldown": "2m",
  "examples": [
    {
      "input": {
        "nodes": [{"id": "parse", "replicas": 1, "labels": {"state": "none"}}],
        "flows": [{"id": "log-parse", "to": ["parse.stdin"], "routing": "copy", "history": [
          {"ago": 40, "lagRecords": 5000, "backpressure": 0}, {"ago": 20, "lagRecords": 6000, "backpressure": 0},
          {"ago": 0, "lagRecords": 7000, "backpressure": 0}]}]
      },
      "output": {"transforms": [{"kind": "split", "arguments": {"node": "parse", "into": 2},
        "reason": "flow log-parse has lagged for 30 s (7000 records, backpressure 0.0) with 1 of at most 4 replicas"}]}
    },
    {
      // It keeps up again.
      "input": {
        "nodes": [{"id": "parse", "replicas": 1, "labels": {"state": "none"}}],
        "flows": [{"id": "log-parse", "to": ["parse.stdin"], "routing": "copy", "history": [
          {"ago": 40, "lagRecords": 5000, "backpressure": 1}, {"ago": 20, "lagRecords": 10, "backpressure": 0.1},
          {"ago": 0, "lagRecords": 7000, "backpressure": 1}]}]
      },
      "output": {"transforms": []}
    },
    {
      // It is at its bound, or keeps state.
      "input": {
        "nodes": [{"id": "parse", "replicas": 3, "labels": {"state": "none", "most-replicas": "3"}},
          {"id": "count", "replicas": 1, "labels": {}}],
        "flows": [{"id": "a", "to": ["parse.stdin"], "routing": "least-loaded", "history": [
          {"ago": 40, "lagRecords": 0, "backpressure": 1}, {"ago": 0, "lagRecords": 0, "backpressure": 1}]},
          {"id": "b", "to": ["count.stdin"], "routing": "copy", "history": [
          {"ago": 40, "lagRecords": 0, "backpressure": 1}, {"ago": 0, "lagRecords": 0, "backpressure": 1}]}]
      },
      "output": {"transforms": []}
    },
    {
      "input": {
        "nodes": [{"id": "parse", "replicas": 2, "labels": {"state": "none", "most-replicas": "3"}}],
        "flows": [{"id": "a", "to": ["parse.stdin"], "routing": "key:user", "history": [
          {"ago": 35, "lagRecords": 3, "backpressure": 0.95}, {"ago": 0, "lagRecords": 3, "backpressure": 1}]}]
      },
      "output": {"transforms": [{"kind": "split", "arguments": {"node": "parse", "into": 3},
        "reason": "flow a has lagged for 30 s (3 records, backpressure 1.0) with 2 of at most 3 replicas"}]}
    }
  ]
}"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stratoswarm import ReshapeInput, ReshapeOutput, WantedTransform

SUSTAINED_SECONDS = 30
LAG_RECORDS = 1000
BACKPRESSURE = 0.8
MOST_REPLICAS = 4


def lags(flow):
    history = flow["history"]
    if not history or history[0]["ago"] < SUSTAINED_SECONDS:
        return False
    return all(
        sample["lagRecords"] >= LAG_RECORDS or sample["backpressure"] >= BACKPRESSURE
        for sample in history if sample["ago"] <= SUSTAINED_SECONDS
    )


def bound(node):
    given = node["labels"].get("most-replicas", "")
    return int(given) if given.isdigit() else MOST_REPLICAS


def reshape(input: "ReshapeInput") -> "ReshapeOutput":
    transforms: "list[WantedTransform]" = []
    for node in input["nodes"]:
        most = bound(node)
        if node["labels"].get("state") != "none" or node["replicas"] >= most:
            continue
        ends = [flow for flow in input["flows"] if any(end.split(".")[0] == node["id"] for end in flow["to"])]
        # A flow that copies to several nodes cannot choose among replicas too.
        if any(flow["routing"] in ("copy", "cases") and len(flow["to"]) > 1 for flow in ends):
            continue
        late = [flow for flow in ends if lags(flow)]
        if late:
            now = late[0]["history"][-1]
            transforms.append({
                "kind": "split",
                "arguments": {"node": node["id"], "into": min(most, 2 * node["replicas"])},
                "reason": "flow %s has lagged for %d s (%d records, backpressure %.1f) with %d of at most %d replicas" % (
                    late[0]["id"], SUSTAINED_SECONDS, now["lagRecords"], now["backpressure"], node["replicas"], most),
            })
    return {"transforms": transforms[:4]}
