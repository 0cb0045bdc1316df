// A set of charts over one range with one cursor: what an agent or the host has.

import { covered, generic, seriesLabel } from '../lib/catalog.js';
import { greatest, lines } from '../lib/derive.js';
import { eachFrame, h, put } from '../lib/dom.js';
import { get } from '../lib/api.js';
import { query, stepFor } from '../lib/metrics.js';
import { Chart, Cursor } from './chart.js';
import { choice, empty, failure } from './parts.js';

export const RANGES = [[15 * 60000, '15 m'], [3600000, '1 h'], [6 * 3600000, '6 h'], [24 * 3600000, '24 h']];
const MOST_SERIES = 6;

export class ChartSet {
  #subject;
  #known;
  #range = RANGES[0][0];
  #charts = new Map();
  #cursor = new Cursor();
  #timer = 0;
  #abort = null;
  #grid = h('div', { class: 'charts' });
  #more = h('div', { class: 'charts' });
  #moreBox = h('details', { class: 'more', hidden: true, on: { toggle: () => this.refresh() } }, h('summary', {}, 'More metrics'), this.#more);
  #told = h('div', {});
  #marks = [];
  #redraw = eachFrame(() => this.refresh());

  /** @param known charts that come first, see lib/catalog.js */
  constructor(subject, known) {
    this.#subject = subject;
    this.#known = known;
    this.picker = h('div', {});
    this.#pick();
    this.element = h('div', {}, this.#told, this.#grid, this.#moreBox);
    this.refresh();
  }

  #pick() {
    put(this.picker, choice('Range', RANGES, this.#range, (range) => this.setRange(range)));
  }

  setRange(range) {
    this.#range = range;
    const input = [...this.picker.querySelectorAll('input')].find((one) => Number(one.value) === range);
    if (input) input.checked = true;
    this.refresh();
  }

  /** Moments that are marked in every chart: {at, label, look}. */
  setMarks(marks) {
    this.#marks = marks;
    this.#redraw();
  }

  end() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    for (const { chart } of this.#charts.values()) chart.end();
  }

  async refresh() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const step = stepFor(this.#range);
    const to = Math.ceil(Date.now() / step) * step;
    const range = { from: to - this.#range, to, step };
    try {
      const listed = (await get('metrics/series', { subject: this.#subject, from: range.from, to: range.to }, signal)).series ?? [];
      this.#arrange(listed);
      const shown = [...this.#charts.values()].filter((one) => !one.extra || this.#moreBox.open);
      await Promise.all(shown.map((one) => this.#load(one, range, signal)));
      put(this.#told, listed.length > 0 ? null : empty('No metrics in this range', 'The daemon samples about once a second. An agent that does not run has none; choose a longer range to see earlier runs.'));
    } catch (error) {
      if (error.name === 'AbortError') return;
      put(this.#told, error.offline ? null : failure('Metrics cannot be read now', error));
    }
    this.#timer = setTimeout(() => (document.hidden ? this.#later() : this.refresh()), Math.min(60000, Math.max(5000, step)));
  }

  #later() {
    document.addEventListener('visibilitychange', () => this.refresh(), { once: true });
  }

  /** Makes the charts for what there is: the known ones in their order, then one for each other name. */
  #arrange(listed) {
    const names = new Map(listed.map((series) => [series.name, series]));
    const done = covered(this.#known);
    for (const spec of this.#known) {
      if (spec.parts.some((part) => names.has(part.name))) this.#ensure(spec, this.#grid, false);
    }
    for (const [name, series] of [...names].sort(([a], [b]) => a.localeCompare(b))) {
      if (!done.has(name)) this.#ensure(generic(name, series.kind, series.unit), this.#more, true);
    }
    this.#moreBox.hidden = this.#more.childElementCount === 0;
    this.#grid.hidden = this.#grid.childElementCount === 0;
  }

  #ensure(spec, parent, extra) {
    if (this.#charts.has(spec.title)) return;
    const chart = new Chart({ title: spec.title, unit: spec.unit, max: spec.max, cursor: this.#cursor });
    this.#charts.set(spec.title, { spec, chart, extra });
    parent.append(chart.element);
  }

  async #load({ spec, chart }, range, signal) {
    const asked = new Map();
    const ask = (name, aggregate) => {
      const key = `${name} ${aggregate}`;
      if (!asked.has(key)) asked.set(key, query(this.#subject, name, { ...range, aggregate }, signal));
      return asked.get(key);
    };
    const several = spec.parts.length > 1;
    const found = await Promise.all(spec.parts.map(async (part) => lines(part, await ask(part.name, part.aggregate),
      part.of ? await ask(part.of, part.aggregate) : [], (one, series) => seriesLabel(one, series, several))));
    chart.show({ ...range, series: greatest(found.flat(), MOST_SERIES), marks: this.#marks });
  }
}
