"""stratoswarm {
  "kind": "reaction",
  "description": "gives agents that were quarantined for crashing another try after a quarter of an hour",
  "every": "1m",
  "agents": "*",
  "rate": {"actions": 10, "per": "15m"},
  "examples": [
    {
      "input": {
        "trigger": "timer", "time": "2026-01-01T12:00:00Z", "log": [], "skipped": 0,
        "agents": [
          {"id": "shop/web", "phase": "quarantined", "since": "2026-01-01T11:44:59.25Z", "lastExit": "exit 1"},
          {"id": "shop/job", "phase": "quarantined", "since": "2026-01-01T11:50:00Z"},
          {"id": "shop/api", "phase": "stopped", "since": "2025-12-01T00:00:00Z"}
        ]
      },
      "output": {"actions": [{"action": "start", "agent": "shop/web", "reason": "quarantined for 15 minutes (exit 1); another try"}]}
    },
    {"input": {"trigger": "timer", "time": "2026-01-01T12:00:00Z", "agents": [], "log": [], "skipped": 0}, "output": {"actions": []}}
  ]
}"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stratoswarm import Action, ReactionInput, ReactionOutput

REST_SECONDS = 15 * 60


def seconds(time: str) -> int:
    """Of a time such as 2026-01-01T12:00:00.5Z since 1970; without the library's modules, which take long to load."""
    year, month, day = int(time[0:4]), int(time[5:7]), int(time[8:10])
    if month <= 2:
        year, month = year - 1, month + 12
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 719469
    return ((days * 24 + int(time[11:13])) * 60 + int(time[14:16])) * 60 + int(time[17:19])


def react(input: "ReactionInput") -> "ReactionOutput":
    actions: "list[Action]" = []
    for agent in input["agents"]:
        rested = seconds(input["time"]) - seconds(agent["since"])
        if agent["phase"] == "quarantined" and rested >= REST_SECONDS:
            actions.append({
                "action": "start",
                "agent": agent["id"],
                "reason": f"quarantined for {rested // 60} minutes ({agent.get('lastExit', 'never ran')}); another try",
            })
    return {"actions": actions}
