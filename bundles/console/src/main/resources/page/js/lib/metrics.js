// Reads metrics. A daemon without them answers 404 or 503, which is told once, not for each chart.

import { get } from './api.js';
import { sum } from './derive.js';

const AT_ONCE = 2;
const turns = [];
let running = 0;

/** Charts ask for much; they leave connections for what is pressed meanwhile. */
async function inTurn(ask) {
  if (running >= AT_ONCE) await new Promise((resolve) => { turns.push(resolve); });
  else running++;
  try {
    return await ask();
  } finally {
    const next = turns.shift();
    if (next) next();
    else running--;
  }
}

/** One list of series: {subject, name, labels, kind, unit, times, values}. */
export async function query(subject, name, { from, to, step, aggregate = 'avg' }, signal) {
  const answer = await inTurn(() => get('metrics/query', { subject, name, from: Math.floor(from), to: Math.ceil(to), step, aggregate }, signal));
  return answer.series ?? [];
}

/** The steps that give a chart some 200 points. */
export function stepFor(rangeMillis) {
  const rough = rangeMillis / 200;
  return [1000, 2000, 5000, 10000, 20000, 30000, 60000, 120000, 300000, 600000, 900000].find((step) => step >= rough) ?? 1800000;
}

function bySubject(series) {
  const found = new Map();
  for (const one of series) {
    if (!found.has(one.subject)) found.set(one.subject, []);
    found.get(one.subject).push(one);
  }
  return found;
}

const SPARK_RANGE = 10 * 60000;
const SPARK_STEP = 15000;

/** CPU and memory of all agents over the last minutes, for the list. */
export class Usage {
  #store;
  #timer = 0;
  #abort = null;
  byAgent = new Map();
  problem = '';

  constructor(store) {
    this.#store = store;
  }

  start() {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.refresh(), 10000);
    return this.refresh();
  }

  stop() {
    clearInterval(this.#timer);
    this.#abort?.abort();
  }

  of(id, kind) {
    return this.byAgent.get(id)?.[kind]?.last ?? -1;
  }

  /** A metric may come in several series, as CPU time does by its mode: an agent uses their sum. */
  #take(kind, series) {
    for (const [subject, own] of bySubject(series)) {
      const line = sum(own);
      const last = line.times.length > 0 && line.times.at(-1) >= Date.now() - 3 * SPARK_STEP ? line.values.at(-1) : -1;
      if (!this.byAgent.has(subject)) this.byAgent.set(subject, {});
      this.byAgent.get(subject)[kind] = { ...line, last };
    }
  }

  async refresh() {
    if (document.hidden) return;
    this.#abort?.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const to = Date.now();
    const range = { from: to - SPARK_RANGE, to, step: SPARK_STEP };
    try {
      const [cpu, memory] = await Promise.all([
        query('*', 'cpu_seconds_total', { ...range, aggregate: 'rate' }, signal),
        query('*', 'memory_resident_bytes', range, signal),
      ]);
      this.byAgent = new Map();
      this.#take('cpu', cpu);
      this.#take('memory', memory);
      this.range = range;
      this.problem = '';
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.problem = error.message;
    }
    this.#store.emit('usage', this);
  }
}
