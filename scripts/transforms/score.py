"""stratoswarm {
  "kind": "transform",
  "description": "adds to each sample how far it is from what its source gave before, in standard deviations",
  // Takes and gives json with 'source' and 'value'; adds 'score' and 'level'. What it knows of a source is forgotten when the
  // script is edited or its worker starts anew; the first samples of a source have no score.
  "examples": [
    {"input": {"source": "example", "value": 10}, "output": {"source": "example", "value": 10, "level": "learning"}},
    {"input": {"source": "example", "value": 12}, "output": {"source": "example", "value": 12, "level": "learning"}},
    {"input": {"source": "example", "value": 11}, "output": {"source": "example", "value": 11, "level": "learning"}},
    {"input": {"source": "example", "value": 10}, "output": {"source": "example", "value": 10, "level": "learning"}},
    {"input": {"source": "example", "value": 12}, "output": {"source": "example", "value": 12, "level": "learning"}},
    {"input": {"source": "example", "value": 90}, "output": {"source": "example", "value": 90, "score": 10.0, "level": "high"}},
    {"input": {"other": true}, "output": null}
  ]
}"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stratoswarm import TransformInput, TransformOutput

LEARN = 5
WEIGHT = 0.1
HIGH = 3.0
MOST_SCORE = 10.0
MOST_SOURCES = 10_000

known: "dict[str, tuple[int, float, float]]" = {}


def scored(record):
    if not isinstance(record, dict) or not isinstance(record.get("value"), (int, float)):
        return None
    value = record["value"]
    source = str(record.get("source", ""))
    seen, mean, variance = known.get(source, (0, float(value), 0.0))
    out = dict(record)
    if seen < LEARN:
        out["level"] = "learning"
    else:
        # A source that hardly changes must not make an alarm of every small step.
        deviation = max(variance ** 0.5, abs(mean) * 0.01, 1e-9)
        score = max(-MOST_SCORE, min(MOST_SCORE, (value - mean) / deviation))
        out["score"] = round(score, 2)
        out["level"] = "high" if score > HIGH else "low" if score < -HIGH else "normal"
    weight = 1.0 / (seen + 1) if seen < LEARN else WEIGHT
    step = value - mean
    mean += weight * step
    variance = (1.0 - weight) * (variance + weight * step * step)
    if len(known) >= MOST_SOURCES and source not in known:
        known.clear()
    known[source] = (seen + 1, mean, variance)
    return out


def transform(records: "list[TransformInput]") -> "list[TransformOutput]":
    return [scored(record) for record in records]
