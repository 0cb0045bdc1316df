/// <reference path="../types/stratoswarm.d.ts" />
/* stratoswarm {
  "kind": "transform",
  "description": "makes records of fields of samples such as 'load 3 17 0.52': source, incarnation, number, value",
  // Takes text, gives json. A line of another form is an error, so the flow refuses it and counts it.
  "examples": [
    {"input": "load 3 17 0.52", "output": {"source": "load", "incarnation": 3, "number": 17, "value": 0.52}},
    {"input": "disk 1 1 -4", "output": {"source": "disk", "incarnation": 1, "number": 1, "value": -4}}
  ]
} */

const SAMPLE = /^([a-z][a-z0-9_-]*) (\d+) (\d+) (-?\d+(?:\.\d+)?)$/;

/**
 * @param {ReadonlyArray<stratoswarm.TransformInput>} records lines of text
 * @returns {stratoswarm.TransformOutput[]}
 */
function transform(records) {
  return records.map(line => {
    const m = SAMPLE.exec(line);
    if (!m) {
      throw new Error('a sample is SOURCE INCARNATION NUMBER VALUE');
    }
    return {source: m[1], incarnation: Number(m[2]), number: Number(m[3]), value: Number(m[4])};
  });
}
