/* stratoswarm {
  "kind": "transform",
  "description": "turns a line of the demo's samplers into a JSON record",
  "examples": [
    {"input": ["load 1 17 0.52", "not a sample"],
     "output": [{"source": "load", "incarnation": 1, "number": 17, "value": 0.52}, null]}
  ]
} */
function transform(records) {
  return records.map((line) => {
    const [source, incarnation, number, value] = line.split(' ');
    return value === undefined ? null
      : {source, incarnation: Number(incarnation), number: Number(number), value: Number(value)};
  });
}
