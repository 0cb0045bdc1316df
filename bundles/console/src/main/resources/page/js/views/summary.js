// The head of the list: how the host, the agents and the daemon are, at a glance.

import { h, setAttribute, setText } from '../lib/dom.js';
import { query } from '../lib/metrics.js';
import { bytes, count, digits, duration, parseTime, percent } from '../lib/format.js';
import { inTrouble } from '../lib/select.js';
import { sparkline } from '../ui/sparkline.js';

class Card {
  #value = h('p', { class: 'card-value' }, '–');
  #note = h('p', { class: 'card-note' }, ' ');

  constructor(title, target, extra) {
    this.extra = extra;
    this.element = h(target ? 'a' : 'div', { class: 'card', href: target }, h('div', { class: 'card-text' }, h('p', { class: 'card-title' }, title), this.#value, this.#note), extra);
  }

  show(value, note, look = '') {
    setText(this.#value, value);
    setText(this.#note, note || ' ');
    setAttribute(this.element, 'data-look', look || null);
  }
}

const RANGE = 10 * 60000;
const STEP = 15000;

export class Summary {
  #app;
  #agents = new Card('Agents');
  #load = new Card('Load', '#/host', sparkline('load'));
  #memory = new Card('Memory', '#/host', sparkline('memory used'));
  #daemon = new Card('Daemon', '#/plugins');
  #offs;
  #timer;

  constructor(app) {
    this.#app = app;
    this.element = h('section', { class: 'cards', 'aria-label': 'Summary' }, [this.#agents, this.#load, this.#memory, this.#daemon].map((card) => card.element));
    this.#offs = [app.store.on('agents', () => this.#showAgents()), app.store.on('status', () => this.#showDaemon())];
    this.#timer = setInterval(() => this.#host(), 10000);
    this.#showAgents();
    this.#showDaemon();
    this.#host();
  }

  end() {
    this.#offs.forEach((off) => off());
    clearInterval(this.#timer);
  }

  #showAgents() {
    const all = [...this.#app.store.agents.values()];
    if (!this.#app.store.agentsKnown) return;
    const running = all.filter((agent) => ['running', 'ready', 'unhealthy'].includes(agent.phase)).length;
    const trouble = all.filter(inTrouble).length;
    this.#agents.show(`${running} / ${all.length}`, trouble > 0 ? `running, ${trouble} in trouble` : 'running, none in trouble', trouble > 0 ? 'bad' : 'good');
  }

  #showDaemon() {
    const { status } = this.#app.store;
    if (!status) return;
    const missing = status.missing ?? [];
    const up = duration(Date.now() - parseTime(status.started));
    if (missing.length > 0) this.#daemon.show('Degraded', `missing: ${missing.join(', ')}`, 'bad');
    else this.#daemon.show('Healthy', `up ${up} · ${count(status.journal?.size ?? 0)} events`, 'good');
  }

  async #host() {
    if (document.hidden) return;
    const to = Date.now();
    const range = { from: to - RANGE, to, step: STEP };
    try {
      const [load, available, total] = await Promise.all(['load1', 'memory_available_bytes', 'memory_total_bytes'].map((name) => query('host', name, range)));
      this.#showLoad(load[0], range);
      this.#showMemory(available[0], total[0], range);
    } catch (error) {
      if (error.offline) return; // What is shown is as of then, which the banner says.
      for (const card of [this.#load, this.#memory]) {
        card.show('–', 'metrics are not available');
        card.element.title = error.message;
      }
    }
  }

  #showLoad(series, range) {
    const now = series?.values.filter((value) => value !== null).at(-1);
    if (now === undefined) {
      this.#load.show('–', 'not sampled yet');
      return;
    }
    this.#load.show(digits(now), 'last minute');
    this.#load.extra.show(series, range, digits, 1);
  }

  #showMemory(available, total, range) {
    const all = total?.values.filter((value) => value !== null).at(-1);
    const free = available?.values.filter((value) => value !== null).at(-1);
    if (all === undefined || free === undefined) {
      this.#memory.show(free === undefined ? '–' : bytes(free), free === undefined ? 'not sampled yet' : 'available');
      return;
    }
    this.#memory.show(percent((all - free) / all), `${bytes(all - free)} of ${bytes(all)}`, (all - free) / all > 0.95 ? 'bad' : '');
    const used = { times: available.times, values: available.values.map((value) => (value === null ? null : (all - value) / all)) };
    this.#memory.extra.show(used, range, percent, 1);
  }
}

