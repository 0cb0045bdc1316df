"""stratoswarm {
  "kind": "probe",
  "description": "counts lines of the last minute that hold a word such as error, and finds agents ill that print many",
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
          {"stream": "out", "time": "2026-01-01T11:59:31Z", "text": "all is well"},
          {"stream": "out", "time": "2026-01-01T11:59:32Z", "text": "{\"level\":\"fatal\"}"}
        ]
      },
      "output": {"value": 2, "healthy": true}
    },
    {"input": {"time": "2026-01-01T12:00:00Z", "metrics": {}, "log": [], "agent": {"id": "shop/web"}}, "output": {"value": 0, "healthy": true}}
  ]
}"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stratoswarm import ProbeInput, ProbeOutput

WORDS = ("error", "fatal", "panic", "exception", "traceback")
MANY = 30
WINDOW_SECONDS = 60


def seconds(time: str) -> int:
    """Of a time such as 2026-01-01T12:00:00.5Z since 1970; without the library's modules, which take long to load."""
    year, month, day = int(time[0:4]), int(time[5:7]), int(time[8:10])
    if month <= 2:
        year, month = year - 1, month + 12
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 719469
    return ((days * 24 + int(time[11:13])) * 60 + int(time[14:16])) * 60 + int(time[17:19])


def probe(input: "ProbeInput") -> "ProbeOutput":
    since = seconds(input["time"]) - WINDOW_SECONDS
    count = 0
    for line in input["log"]:
        if "time" in line and seconds(line["time"]) >= since:
            text = line["text"].lower()
            if any(word in text for word in WORDS):
                count += 1
    if count < MANY:
        return {"value": count, "healthy": True}
    return {"value": count, "healthy": False, "reason": f"{count} lines within a minute speak of errors"}
