// A chart of lines over time, with a cursor that the pointer and the arrow keys move. All charts of a group share the cursor.

import { eachFrame, h, put, s, setAttribute, setText } from '../lib/dom.js';
import { dateTime, moment, quantity } from '../lib/format.js';
import { areaPath, holeOf, linear, linePath, nearest, runs, summary, timeTicks, valueTicks } from '../lib/scale.js';

const HEIGHT = 150;
const MARGIN = { top: 8, right: 8, bottom: 20, left: 54 };

/** The moment that the charts of one page point at. */
export class Cursor {
  #charts = new Set();
  at = null;

  add(chart) {
    this.#charts.add(chart);
  }

  move(at) {
    this.at = at;
    for (const chart of this.#charts) chart.point(at);
  }
}

export class Chart {
  #title;
  #unit;
  #cursor;
  #svg = s('svg', { class: 'chart-svg', 'aria-hidden': 'true', focusable: 'false' });
  #pointer = s('g', { class: 'chart-pointer' });
  #legend = h('ul', { class: 'legend' });
  #time = h('span', { class: 'chart-time' });
  #note = h('p', { class: 'chart-note' });
  #plot;
  #data = null;
  #width = 0;
  #observer;
  #draw = eachFrame(() => this.#render());

  /** @param options {title, unit, cursor, max: a ceiling that is always shown, empty: what is said without samples} */
  constructor(options) {
    this.#title = options.title;
    this.#unit = options.unit ?? '';
    this.#cursor = options.cursor ?? new Cursor();
    this.options = options;
    this.#plot = h('div', {
      class: 'chart-plot', tabindex: 0, role: 'slider', 'aria-orientation': 'horizontal', 'aria-label': `${options.title}, reading position`,
      'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': 100,
      on: {
        pointermove: (event) => this.#cursor.move(this.#timeAt(event)),
        pointerleave: () => this.#cursor.move(null),
        keydown: (event) => this.#key(event),
        blur: () => this.#cursor.move(null),
      },
    }, this.#svg, this.#note);
    this.element = h('figure', { class: 'chart' },
      h('figcaption', {}, h('span', { class: 'chart-title' }, options.title), this.#time), this.#legend, this.#plot);
    this.#cursor.add(this);
    this.#observer = new ResizeObserver(([entry]) => {
      const width = Math.round(entry.contentRect.width);
      if (width === this.#width || width === 0) return;
      this.#width = width;
      this.#draw();
    });
    this.#observer.observe(this.#plot);
    setText(this.#note, 'loading …');
  }

  end() {
    this.#observer.disconnect();
  }

  /** @param data {from, to, step, series: [{label, times, values}], marks: [{at, label, look}], problem} */
  show(data) {
    this.#data = data;
    this.#draw();
  }

  #scales() {
    const { from, to, series } = this.#data;
    const found = summary(series.flatMap((one) => one.values));
    const ticks = valueTicks(found?.min ?? 0, Math.max(found?.max ?? 0, this.options.max ?? 0, this.options.floor ?? 0), 3, this.#unit.startsWith('bytes'), this.#unit === '' && series.every((one) => one.values.every((value) => value === null || Number.isInteger(value))) ? 1 : 0);
    return {
      ticks,
      x: linear(from, to, MARGIN.left, this.#width - MARGIN.right),
      y: linear(ticks[0], ticks.at(-1), HEIGHT - MARGIN.bottom, MARGIN.top),
    };
  }

  #render() {
    if (!this.#data || this.#width === 0) return;
    const { from, to, step, series, problem } = this.#data;
    const known = series.some((one) => one.values.some((value) => value !== null && Number.isFinite(value)));
    setText(this.#note, problem || (known ? '' : this.options.empty ?? 'No samples in this range.'));
    const { ticks, x, y } = this.#scales();
    setAttribute(this.#svg, 'viewBox', `0 0 ${this.#width} ${HEIGHT}`);
    const base = y(ticks[0]);
    put(this.#svg,
      s('g', { class: 'grid' }, ticks.map((tick) => s('line', { x1: MARGIN.left, x2: this.#width - MARGIN.right, y1: y(tick), y2: y(tick) }))),
      s('g', { class: 'axis' },
        known ? ticks.map((tick) => s('text', { x: MARGIN.left - 6, y: y(tick), dy: '.32em', 'text-anchor': 'end' }, this.#write(tick))) : null,
        timeTicks(from, to, Math.max(2, Math.floor(this.#width / 90))).map((at) => this.#timeLabel(at, x))),
      (this.#data.marks ?? []).filter((mark) => mark.at >= from && mark.at <= to).map((mark) =>
        s('line', { class: `mark ${mark.look ?? ''}`, x1: x(mark.at), x2: x(mark.at), y1: MARGIN.top, y2: base }, s('title', {}, mark.label))),
      series.map((one, index) => this.#lines(one, index, { x, y, base, gap: holeOf(one.times, step) })),
      this.#pointer);
    this.#summarise();
    this.point(this.#cursor.at);
  }

  #timeLabel(at, x) {
    const place = x(at);
    if (place < MARGIN.left + 8 || place > this.#width - 22) return null;
    const text = new Date(at);
    const short = `${String(text.getHours()).padStart(2, '0')}:${String(text.getMinutes()).padStart(2, '0')}`;
    return s('text', { x: place, y: HEIGHT - 5, 'text-anchor': 'middle' }, short);
  }

  #lines(one, index, { x, y, base, gap }) {
    const pieces = runs(one.times, one.values, gap);
    return s('g', { class: `series colour-${index % 6}` },
      this.#data.series.length === 1 ? pieces.map((piece) => s('path', { class: 'area', d: areaPath(one.times, one.values, piece, x, y, base) })) : null,
      pieces.map((piece) => piece.length === 1
        ? s('circle', { class: 'dot', cx: x(one.times[piece[0]]), cy: y(one.values[piece[0]]), r: 1.5 })
        : s('path', { class: 'line', d: linePath(one.times, one.values, piece, x, y) })));
  }

  #write(value) {
    return quantity(value, this.#unit);
  }

  /** What a reader of the screen hears: the range of each line. */
  #summarise() {
    const parts = this.#data.series.map((one) => {
      const found = summary(one.values);
      return found ? `${one.label}: least ${this.#write(found.min)}, mean ${this.#write(found.mean)}, most ${this.#write(found.max)}` : `${one.label}: no samples`;
    });
    setAttribute(this.#plot, 'aria-description', `${parts.join('; ')}. Arrow keys move the reading position.`);
  }

  /** Shows the values at a moment, or the last ones. */
  point(at) {
    if (!this.#data || this.#width === 0) return;
    const { from, to, step, series } = this.#data;
    const { x, y } = this.#scales();
    const inside = at !== null && at >= from && at <= to;
    const items = [];
    const dots = [];
    series.forEach((one, index) => {
      const i = inside ? nearest(one.times, at) : one.times.length - 1;
      const near = i >= 0 && (!inside || Math.abs(one.times[i] - at) <= holeOf(one.times, step));
      const value = near ? one.values[i] : null;
      items.push(h('li', { class: `colour-${index % 6}` }, h('span', { class: 'swatch' }), h('span', { class: 'legend-label' }, one.label),
        h('span', { class: 'legend-value' }, value === null || value === undefined ? '–' : this.#write(value))));
      if (inside && near && value !== null) dots.push(s('circle', { class: `colour-${index % 6}`, cx: x(one.times[i]), cy: y(value), r: 3 }));
    });
    put(this.#legend, items);
    setText(this.#time, inside ? moment(at, to) : '');
    put(this.#pointer, inside ? s('line', { x1: x(at), x2: x(at), y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }) : null, dots);
    const values = items.map((item) => `${item.children[1].textContent} ${item.children[2].textContent}`).join(', ');
    setAttribute(this.#plot, 'aria-valuenow', inside ? Math.round(((at - from) / (to - from)) * 100) : 100);
    setAttribute(this.#plot, 'aria-valuetext', `${inside ? dateTime(at) : 'last'}: ${values || 'no samples'}`);
  }

  #timeAt(event) {
    if (!this.#data) return null;
    const box = this.#plot.getBoundingClientRect();
    const { from, to } = this.#data;
    const at = linear(MARGIN.left, this.#width - MARGIN.right, from, to)(event.clientX - box.left);
    return Math.min(to, Math.max(from, at));
  }

  #key(event) {
    if (!this.#data || event.ctrlKey || event.metaKey || event.altKey) return;
    const { from, to, step } = this.#data;
    const at = this.#cursor.at ?? to;
    const stride = event.shiftKey ? step * 10 : step;
    const next = { ArrowLeft: at - stride, ArrowRight: at + stride, PageUp: at - (to - from) / 10, PageDown: at + (to - from) / 10, Home: from, End: to }[event.key];
    if (event.key === 'Escape') this.#cursor.move(null);
    if (next === undefined) return;
    event.preventDefault();
    this.#cursor.move(Math.min(to, Math.max(from, next)));
  }
}
