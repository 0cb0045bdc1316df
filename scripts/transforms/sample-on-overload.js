/// <reference path="../types/stratoswarm.d.ts" />
/* stratoswarm {
  "kind": "reshape",
  "description": "lets one record of ten through while a flow is overloaded, and all of them again when it is over",
  // Records are lost on purpose, so only flows with the label overload=sample, of lines, delivered at most once. What it puts in is
  // an awk, labelled with the rate that was too much.
  "graph": "*",
  "every": "5s",
  "cooldown": "1m",
  "examples": [
    {
      "input": {
        "nodes": [{"id": "log", "labels": {}}, {"id": "store", "labels": {}}],
        "flows": [{"id": "log-store", "from": "log.stdout", "to": ["store.stdin"], "labels": {"overload": "sample"},
          "framing": "lines", "delivery": "at-most-once", "ratePerSecond": 1234.5, "history": [
          {"ago": 35, "backpressure": 1, "ratePerSecond": 1200}, {"ago": 0, "backpressure": 0.95, "ratePerSecond": 1234.5}]}]
      },
      "output": {"transforms": [{
        "kind": "insert", "arguments": {"flow": "log-store"},
        "fragment": "graph sampling {\n  node log-store-sampler {\n    run awk -W interactive 'NR % 10 == 1 { print; fflush() }'\n    label state = none\n    label sampler = \"1234\"\n  }\n}\n",
        "reason": "flow log-store has had no room for 30 s at 1234 records/s; one of 10 records is let through until it is over"
      }]}
    },
    {
      // It is over: less comes than was too much.
      "input": {
        "nodes": [{"id": "log", "labels": {}}, {"id": "log-store-sampler", "labels": {"sampler": "1234"}}, {"id": "store", "labels": {}}],
        "flows": [
          {"id": "log-store", "from": "log.stdout", "to": ["log-store-sampler.stdin"], "labels": {"overload": "sample"},
            "framing": "lines", "delivery": "at-most-once", "ratePerSecond": 300, "history": [
            {"ago": 70, "backpressure": 0, "ratePerSecond": 5000}, {"ago": 30, "backpressure": 0, "ratePerSecond": 400},
            {"ago": 0, "backpressure": 0, "ratePerSecond": 300}]},
          {"id": "log-store-log-store-sampler", "from": "log-store-sampler.stdout", "to": ["store.stdin"], "labels": {"overload": "sample"},
            "framing": "lines", "delivery": "at-most-once", "ratePerSecond": 30, "history": [
            {"ago": 70, "backpressure": 1, "ratePerSecond": 30}, {"ago": 0, "backpressure": 1, "ratePerSecond": 30}]}]
      },
      "output": {"transforms": [{"kind": "remove", "arguments": {"node": "log-store-sampler"},
        "reason": "300 records/s come by flow log-store, and 1234 were too much; all of them are let through again"}]}
    },
    {
      // Not over yet; and a flow that nobody wants sampled.
      "input": {
        "nodes": [{"id": "log", "labels": {}}, {"id": "s", "labels": {"sampler": "1234"}}, {"id": "store", "labels": {}}],
        "flows": [
          {"id": "a", "from": "log.stdout", "to": ["s.stdin"], "labels": {"overload": "sample"},
            "framing": "lines", "delivery": "at-most-once", "ratePerSecond": 1100, "history": [
            {"ago": 70, "backpressure": 0, "ratePerSecond": 1100}, {"ago": 0, "backpressure": 0, "ratePerSecond": 1100}]},
          {"id": "b", "from": "log.stdout", "to": ["store.stdin"], "labels": {},
            "framing": "lines", "delivery": "at-most-once", "ratePerSecond": 1100, "history": [
            {"ago": 70, "backpressure": 1, "ratePerSecond": 1100}, {"ago": 0, "backpressure": 1, "ratePerSecond": 1100}]}]
      },
      "output": {"transforms": []}
    }
  ]
} */

const OVERLOAD_SECONDS = 30;
const CALM_SECONDS = 60;
const BACKPRESSURE = 0.9;
const ONE_OF = 10;
/** It is over when so much of what was too much comes, and no more. */
const CALM_SHARE = 0.7;

function always(flow, seconds, test) {
  const history = flow.history;
  return history.length > 0 && history[0].ago >= seconds && history.filter((sample) => sample.ago <= seconds).every(test);
}

/**
 * @param {stratoswarm.GraphFlow} flow
 * @returns {stratoswarm.WantedTransform}
 */
function insert(flow) {
  const rate = Math.floor(flow.ratePerSecond);
  const name = `${flow.id}-sampler`.slice(-60).replace(/^-+/, '');
  return {
    kind: 'insert',
    arguments: {flow: flow.id},
    fragment: `graph sampling {
  node ${name} {
    run awk -W interactive 'NR % ${ONE_OF} == 1 { print; fflush() }'
    label state = none
    label sampler = "${rate}"
  }
}
`,
    reason: `flow ${flow.id} has had no room for ${OVERLOAD_SECONDS} s at ${rate} records/s;`
        + ` one of ${ONE_OF} records is let through until it is over`,
  };
}

/**
 * @param {stratoswarm.ReshapeInput} input
 * @returns {stratoswarm.ReshapeOutput}
 */
function reshape(input) {
  const samplers = new Map(input.nodes.filter((node) => node.labels.sampler).map((node) => [node.id, Number(node.labels.sampler)]));
  /** @type {stratoswarm.WantedTransform[]} */
  const transforms = [];
  for (const flow of input.flows) {
    if (samplers.has(flow.from.split('.')[0])) {
      continue;
    }
    const sampler = flow.to.map((end) => end.split('.')[0]).find((node) => samplers.has(node));
    if (sampler) {
      const tooMuch = samplers.get(sampler);
      if (always(flow, CALM_SECONDS, (sample) => sample.ratePerSecond < CALM_SHARE * tooMuch)) {
        transforms.push({
          kind: 'remove',
          arguments: {node: sampler},
          reason: `${Math.floor(flow.ratePerSecond)} records/s come by flow ${flow.id}, and ${tooMuch} were too much;`
              + ' all of them are let through again',
        });
      }
    } else if (flow.labels.overload === 'sample' && flow.framing === 'lines' && flow.delivery === 'at-most-once'
        && always(flow, OVERLOAD_SECONDS, (sample) => sample.backpressure >= BACKPRESSURE)) {
      transforms.push(insert(flow));
    }
  }
  return {transforms: transforms.slice(0, 4)};
}
