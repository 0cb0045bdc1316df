/// <reference path="../types/stratoswarm.d.ts" />
/* stratoswarm {
  "kind": "transform",
  "description": "gives one record for each ten samples of a source: count, least, greatest and mean value, and how many were out of the usual",
  // Takes and gives json with 'source' and 'value', and 'level' where there is one (score adds it). Windows that are not full are
  // forgotten when the script is edited or its worker starts anew.
  "examples": [
    {"input": {"source": "example", "value": 1}, "output": null},
    {"input": {"source": "example", "value": 2}, "output": null},
    {"input": {"source": "example", "value": 3}, "output": null},
    {"input": {"source": "example", "value": 4}, "output": null},
    {"input": {"source": "example", "value": 5, "level": "high"}, "output": null},
    {"input": {"source": "example", "value": 6}, "output": null},
    {"input": {"source": "example", "value": 7}, "output": null},
    {"input": {"source": "example", "value": 8}, "output": null},
    {"input": {"source": "example", "value": 9}, "output": null},
    {"input": {"source": "example", "value": 10},
     "output": {"source": "example", "count": 10, "least": 1, "greatest": 10, "mean": 5.5, "unusual": 1}}
  ]
} */

const WINDOW = 10;
const MOST_SOURCES = 10000;
const windows = new Map();

function add(record) {
  const {source, value, level} = record;
  if (typeof value !== 'number') {
    throw new Error("a sample has a number as 'value'");
  }
  if (windows.size > MOST_SOURCES) windows.clear();
  const w = windows.get(source) ?? {count: 0, least: value, greatest: value, sum: 0, unusual: 0};
  w.count++;
  w.sum += value;
  w.least = Math.min(w.least, value);
  w.greatest = Math.max(w.greatest, value);
  if (level === 'high' || level === 'low') w.unusual++;
  if (w.count < WINDOW) {
    windows.set(source, w);
    return null;
  }
  windows.delete(source);
  return {source, count: w.count, least: w.least, greatest: w.greatest, mean: w.sum / w.count, unusual: w.unusual};
}

/**
 * @param {ReadonlyArray<stratoswarm.TransformInput>} records samples
 * @returns {stratoswarm.TransformOutput[]}
 */
function transform(records) {
  return records.map(add);
}
