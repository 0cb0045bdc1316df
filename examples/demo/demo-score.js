/* stratoswarm {
  "kind": "transform",
  "description": "scores a sample by how far it is from what its source gave lately: 0 is usual, 1 and more is not",
  "examples": [
    {"input": {"source": "load", "value": 1}, "output": {"source": "load", "value": 1, "score": 0}}
  ]
} */
const WEIGHT = 0.05;
const lately = new Map();

function score(source, value) {
  const known = lately.get(source);
  if (!known) {
    lately.set(source, {mean: value, spread: 0});
    return 0;
  }
  const away = Math.abs(value - known.mean);
  const result = known.spread > 0 ? Math.min(1000, away / (4 * known.spread)) : 0;
  known.mean += WEIGHT * (value - known.mean);
  known.spread += WEIGHT * (away - known.spread);
  return Math.round(result * 100) / 100;
}

function transform(records) {
  return records.map((record) => ({...record, score: score(record.source, record.value)}));
}
