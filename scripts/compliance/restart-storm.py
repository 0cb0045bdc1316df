"""stratoswarm {
  "kind": "compliance",
  "description": "no graph is restarted again and again as a whole",
  "on": "graph",
  "severity": "high",
  "parameters": {"restarts": 5, "share": 0.5},
  "examples": [
    {"input": {"parameters": {"restarts": 5, "share": 0.5},
               "graph": {"name": "shop", "agents": [{"id": "shop/web", "restarts": 9}, {"id": "shop/db", "restarts": 0}]}},
     "output": {"ruling": "violation", "message": "1 of 2 agents of shop were restarted more than 5 times: shop/web"}},
    {"input": {"parameters": {"restarts": 5, "share": 0.5},
               "graph": {"name": "shop", "agents": [{"id": "shop/web", "restarts": 2}, {"id": "shop/db", "restarts": 0}]}},
     "output": {"ruling": "allow"}},
    {"input": {"parameters": {"restarts": 5, "share": 0.5}, "graph": {"name": "empty", "agents": []}},
     "output": {"ruling": "allow"}}
  ]
}"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stratoswarm import ComplianceInput, ComplianceOutput


def judge(input: "ComplianceInput") -> "ComplianceOutput":
    most = input["parameters"]["restarts"]
    agents = input["graph"]["agents"]
    many = [agent["id"] for agent in agents if agent["restarts"] > most]
    if not many or len(many) < len(agents) * input["parameters"]["share"]:
        return {"ruling": "allow"}
    return {
        "ruling": "violation",
        "message": f"{len(many)} of {len(agents)} agents of {input['graph']['name']} were restarted more than {most} times: "
        + ", ".join(many[:5]),
    }
