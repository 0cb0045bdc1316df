"""stratoswarm {
  "kind": "probe",
  "description": "counts lines of the last minute that speak of an error, and finds agents ill that print many",
  "every": "20s",
  "agents": "*",
  "log": 500,
  "metric": {"name": "log_error_lines", "help": "lines of the last minute, of at most 500, that speak of an error"},
  "health": true,
  "failureThreshold": 2,
  "examples": [
    {
      "input": {
        "time": "2026-01-01T12:00:00Z", "metrics": {}, "agent": {"id": "shop/web"},
        "log": [
          {"stream": "err", "time": "2026-01-01T11:58:59Z", "text": "ERROR too old to count"},
          {"stream": "err", "time": "2026-01-01T11:59:30.25Z", "text": "ERROR no connection"},
          {"stream": "out", "time": "2026-01-01T11:59:31Z", "text": "no errors were found, terrorised nobody"},
          {"stream": "out", "time": "2026-01-01T11:59:32Z", "text": "{\"level\":\"fatal\"}"}
        ]
      },
      "output": {"value": 2, "healthy": true}
    },
    {"input": {"time": "2026-01-01T12:00:00Z", "metrics": {}, "log": [], "agent": {"id": "shop/web"}}, "output": {"value": 0, "healthy": true}}
  ]
}"""
import re
from datetime import datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stratoswarm import ProbeInput, ProbeOutput

ERROR = re.compile(r"\b(error|fatal|panic|exception|traceback)\b", re.IGNORECASE)
MANY = 30
WINDOW_SECONDS = 60


def seconds(time: str) -> float:
    return datetime.fromisoformat(time[:19]).timestamp()


def probe(input: "ProbeInput") -> "ProbeOutput":
    since = seconds(input["time"]) - WINDOW_SECONDS
    count = 0
    for line in input["log"]:
        if "time" in line and seconds(line["time"]) >= since and ERROR.search(line["text"]):
            count += 1
    if count < MANY:
        return {"value": count, "healthy": True}
    return {"value": count, "healthy": False, "reason": f"{count} lines within a minute speak of errors"}
