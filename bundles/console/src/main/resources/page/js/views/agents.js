// All agents, grouped by graph, with what needs a look on top.

import { arrange, eachFrame, h, put, setAttribute, setText } from '../lib/dom.js';
import { plural } from '../lib/format.js';
import { PHASES, SORTS, grouped } from '../lib/select.js';
import { button, empty, searchBox, skeleton } from '../ui/parts.js';
import { phaseIcon } from '../ui/icons.js';
import { AgentRow, GraphHead, tableHead } from './rows.js';
import { Summary } from './summary.js';

export function agentsView(app, _, query) {
  return new AgentsView(app, query);
}

/** Rows that are drawn at first, and with each wish for more: a thousand at once hold up a browser for seconds. */
const FEW = 150;
const MORE = 250;

class AgentsView {
  #app;
  #text;
  #phases;
  #sort;
  #rows = new Map();
  #groups = new Map();
  #closed = new Set();
  #limit = FEW;
  #left = 0;
  #table = h('table', { class: 'agents', role: 'table', 'aria-label': 'Agents' });
  #list = h('div', { class: 'list' });
  #chips = h('div', { class: 'chips', role: 'group', 'aria-label': 'Filter by state' });
  #shown = h('p', { class: 'sr-only', role: 'status' });
  #offs;
  #timer;
  #render = eachFrame(() => this.#draw());

  constructor(app, query) {
    this.#app = app;
    this.#text = query.get('q') ?? '';
    this.#phases = new Set((query.get('phase') ?? '').split(',').filter((phase) => PHASES.includes(phase)));
    this.#sort = query.get('sort') in SORTS ? query.get('sort') : 'name';
    this.summary = new Summary(app);
    const search = searchBox('Search agents', { placeholder: 'Name, graph, reason, command  /', value: this.#text, onInput: (text) => { this.#text = text; this.#changed(); } });
    const sort = h('select', { class: 'input', 'aria-label': 'Sort by', on: { change: (event) => { this.#sort = event.target.value; this.#changed(); } } },
      Object.entries(SORTS).map(([name, { label }]) => h('option', { value: name, selected: name === this.#sort }, `Sort: ${label}`)));
    this.element = h('div', { class: 'view' }, h('h1', { class: 'sr-only', tabindex: -1 }, 'Agents'), this.summary.element,
      h('div', { class: 'toolbar' }, search, sort, this.#chips), this.#shown, this.#list);
    put(this.#list, skeleton(6));
    this.#offs = [
      app.store.on('agents', () => this.#render()),
      app.store.on('usage', () => this.#usage()),
    ];
    this.#timer = setInterval(() => this.#tick(), 1000);
    this.#draw();
  }

  end() {
    this.#offs.forEach((off) => off());
    clearInterval(this.#timer);
    this.summary.end();
  }

  /** What is chosen is in the address, so that it can be kept and sent. */
  #changed() {
    const parts = new URLSearchParams();
    if (this.#text) parts.set('q', this.#text);
    if (this.#phases.size > 0) parts.set('phase', [...this.#phases].join(','));
    if (this.#sort !== 'name') parts.set('sort', this.#sort);
    history.replaceState(null, '', `#/${parts.size > 0 ? `?${parts}` : ''}`);
    this.#render();
  }

  #draw() {
    const { store, usage } = this.#app;
    const all = [...store.agents.values()];
    this.#drawChips(all);
    if (!store.agentsKnown) return;
    if (all.length === 0) {
      put(this.#list, empty('No agents yet', 'An agent is a program that a graph declares. Apply a manifest on the host:', 'stratoswarm apply examples/hello.json'));
      return;
    }
    const groups = grouped(all, { text: this.#text, phases: this.#phases, sort: this.#sort }, (id, kind) => usage.of(id, kind));
    const number = groups.reduce((sum, [, list]) => sum + list.length, 0);
    setText(this.#shown, `${plural(number, 'agent')} of ${all.length} shown`);
    if (number === 0) {
      put(this.#list, h('div', {}, empty('No agent matches', 'Nothing has all of these words and one of these states.'),
        h('p', { class: 'centred' }, button('Clear the filters', { action: () => this.#clear() }))));
      return;
    }
    this.#drop(store.agents);
    const byGraph = byGraphs(all);
    this.#left = this.#limit;
    const bodies = groups.map(([graph, list]) => this.#group(graph, list, byGraph.get(graph)));
    const hidden = groups.reduce((sum, [graph, list]) => sum + (this.#closed.has(graph) ? 0 : list.length), 0) - (this.#limit - this.#left);
    arrange(this.#table, [this.#head ??= tableHead(), ...bodies, ...(hidden > 0 ? [this.#more(hidden)] : [])]);
    if (this.#table.parentNode !== this.#list) put(this.#list, this.#table);
  }

  #head = null;

  #foot = null;
  #footText = h('span', { class: 'hint' });

  #more(hidden) {
    this.#foot ??= h('tbody', { role: 'rowgroup' }, h('tr', { class: 'more-rows', role: 'row' }, h('td', { colspan: 7, role: 'cell' },
      this.#footText, ' ', button('Show more', { action: () => this.#showMore() }))));
    setText(this.#footText, `${plural(hidden, 'more agent')} not drawn here; search and filters look at all.`);
    return this.#foot;
  }

  /** The focus goes to the first of the new rows, for whoever came by keyboard. */
  #showMore() {
    const before = new Set(this.#table.querySelectorAll('tr[data-id]'));
    this.#limit += MORE;
    this.#draw();
    for (const row of this.#table.querySelectorAll('tr[data-id]')) {
      if (!before.has(row)) {
        row.querySelector('[data-row]').focus();
        return;
      }
    }
  }

  #group(graph, list, all) {
    if (!this.#groups.has(graph)) this.#groups.set(graph, { body: h('tbody', { role: 'rowgroup' }), head: new GraphHead(this.#app, graph, () => this.#toggle(graph)) });
    const { body, head } = this.#groups.get(graph);
    const open = !this.#closed.has(graph);
    head.show(list, all, open);
    const drawn = open ? list.slice(0, this.#left) : [];
    this.#left -= drawn.length;
    arrange(body, [head.element, ...drawn.map((agent) => this.#row(agent))]);
    return body;
  }

  #row(agent) {
    let row = this.#rows.get(agent.id);
    if (!row) {
      row = new AgentRow(this.#app, agent);
      this.#rows.set(agent.id, row);
    }
    row.show(agent);
    return row.element;
  }

  #drop(agents) {
    for (const id of this.#rows.keys()) if (!agents.has(id)) this.#rows.delete(id);
  }

  #toggle(graph) {
    if (!this.#closed.delete(graph)) this.#closed.add(graph);
    this.#draw();
  }

  #clear() {
    this.#text = '';
    this.#phases.clear();
    this.element.querySelector('[data-search]').value = '';
    this.#changed();
  }

  #drawChips(all) {
    const counts = new Map();
    for (const agent of all) counts.set(agent.phase, (counts.get(agent.phase) ?? 0) + 1);
    const wanted = PHASES.filter((phase) => counts.has(phase) || this.#phases.has(phase));
    const known = new Map([...this.#chips.children].map((chip) => [chip.dataset.phase, chip]));
    arrange(this.#chips, wanted.map((phase) => {
      const chip = known.get(phase) ?? h('button', { type: 'button', class: `chip phase-${phase}`, data: { phase }, on: { click: () => this.#togglePhase(phase) } },
        phaseIcon(phase), h('span', {}, phase), h('span', { class: 'chip-count' }));
      setText(chip.lastChild, counts.get(phase) ?? 0);
      setAttribute(chip, 'aria-pressed', this.#phases.has(phase) ? 'true' : 'false');
      return chip;
    }));
  }

  #togglePhase(phase) {
    if (!this.#phases.delete(phase)) this.#phases.add(phase);
    this.#changed();
  }

  #tick() {
    const now = Date.now();
    for (const row of this.#rows.values()) if (row.element.isConnected) row.tick(now);
  }

  #usage() {
    for (const row of this.#rows.values()) row.usage();
    if (this.#sort === 'cpu' || this.#sort === 'memory') this.#render();
  }
}

function byGraphs(agents) {
  const found = new Map();
  for (const agent of agents) {
    if (!found.has(agent.graph)) found.set(agent.graph, []);
    found.get(agent.graph).push(agent);
  }
  return found;
}
