// One agent, and the head of one graph, in the list.

import { h, setAttribute, setText } from '../lib/dom.js';
import { bytes, duration, parseTime, percent, plural } from '../lib/format.js';
import { inTrouble } from '../lib/select.js';
import { command, isDown } from '../ui/actions.js';
import { icon } from '../ui/icons.js';
import { badge, iconButton } from '../ui/parts.js';
import { sparkline } from '../ui/sparkline.js';

const COLUMNS = [['state', 'State'], ['name', 'Agent'], ['uptime', 'Up'], ['restarts', 'Restarts'], ['cpu', 'CPU'], ['memory', 'Memory'], ['act', '']];

export function tableHead() {
  return h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, COLUMNS.map(([name, label]) =>
    h('th', { class: `c-${name}`, scope: 'col', role: 'columnheader' }, label || h('span', { class: 'sr-only' }, 'Commands')))));
}

export class AgentRow {
  #app;
  #agent;
  #badge;
  #reason = h('span', { class: 'clip reason' });
  #uptime = h('span', {});
  #restarts = h('span', {});
  #cpu = h('span', { class: 'use' });
  #memory = h('span', { class: 'use' });
  #cpuLine;
  #memoryLine;
  #toggle;
  #started = NaN;

  constructor(app, agent) {
    this.#app = app;
    this.#agent = agent;
    this.#badge = badge(agent.phase);
    this.#cpuLine = sparkline(`CPU of ${agent.id}`);
    this.#memoryLine = sparkline(`memory of ${agent.id}`);
    const cell = (name, ...children) => h('td', { class: `c-${name}`, role: 'cell' }, children);
    this.element = h('tr', { role: 'row', data: { id: agent.id } },
      cell('state', this.#badge),
      cell('name', h('a', { href: `#/agent/${agent.id}`, 'data-row': '', 'aria-label': agent.id }, agent.id.slice(agent.graph.length + 1)), this.#reason),
      cell('uptime', this.#uptime), cell('restarts', this.#restarts),
      cell('cpu', this.#cpuLine, this.#cpu), cell('memory', this.#memoryLine, this.#memory), cell('act', this.#actions()));
    this.element.addEventListener('click', (event) => {
      if (!event.target.closest('a, button') && getSelection().isCollapsed) location.hash = `#/agent/${agent.id}`;
    });
    this.usage();
  }

  #actions() {
    if (!this.#app.store.may('operator')) return [];
    const { id } = this.#agent;
    this.#toggle = iconButton(`Stop ${id}`, 'stop', () => command(this.#app, isDown(this.#agent) ? 'start' : 'stop', id));
    return [iconButton(`Restart ${id}`, 'restart', () => command(this.#app, 'restart', id)), this.#toggle];
  }

  show(agent) {
    const before = this.#agent;
    this.#agent = agent;
    this.#badge.show(agent.phase);
    setText(this.#reason, agent.reason);
    setAttribute(this.#reason, 'title', agent.reason);
    setText(this.#restarts, agent.restarts);
    setAttribute(this.#restarts, 'class', agent.restarts > 0 ? '' : 'faint');
    const runs = agent.pid !== undefined && !isDown(agent);
    this.#started = runs ? parseTime(agent.started) : NaN;
    this.element.classList.toggle('down', !runs);
    if (this.#toggle && (before === agent || isDown(before) !== isDown(agent))) {
      const verb = isDown(agent) ? 'start' : 'stop';
      this.#toggle.firstChild.replaceWith(icon(verb));
      setAttribute(this.#toggle, 'aria-label', `${verb === 'start' ? 'Start' : 'Stop'} ${agent.id}`);
      setAttribute(this.#toggle, 'title', `${verb === 'start' ? 'Start' : 'Stop'} ${agent.id}`);
    }
    this.tick(Date.now());
  }

  tick(now) {
    const up = Number.isFinite(this.#started);
    setText(this.#uptime, up ? duration(now - this.#started) : '–');
    setAttribute(this.#uptime, 'class', up ? '' : 'faint');
  }

  usage() {
    const { usage } = this.#app;
    const found = usage.byAgent.get(this.#agent.id) ?? {};
    this.#cpuLine.show(found.cpu, usage.range, percent, 0.05);
    this.#memoryLine.show(found.memory, usage.range, bytes);
    this.element.classList.toggle('unmeasured', !found.cpu && !found.memory);
    const last = (line) => (line && !isDown(this.#agent) ? line.last : -1);
    setText(this.#cpu, last(found.cpu) >= 0 ? percent(last(found.cpu)) : '–');
    setText(this.#memory, last(found.memory) >= 0 ? bytes(last(found.memory)) : '–');
  }
}

export class GraphHead {
  #toggle;
  #size = h('span', { class: 'hint' });
  #trouble = h('span', { class: 'graph-trouble' });
  #number = 0;

  constructor(app, graph, toggle) {
    this.#toggle = h('button', { type: 'button', class: 'graph-toggle', on: { click: toggle } }, icon('right'), h('span', { class: 'graph-name' }, graph));
    const act = (verb) => iconButton(`${verb[0].toUpperCase()}${verb.slice(1)} all of ${graph}`, verb, () => command(app, verb, graph, this.#number));
    this.element = h('tr', { class: 'graph', role: 'row' }, h('th', { colspan: 6, scope: 'rowgroup', role: 'rowheader' },
      h('div', { class: 'graph-head' }, this.#toggle, this.#size, this.#trouble)),
    h('td', { class: 'c-act', role: 'cell' }, app.store.may('operator') ? ['start', 'restart', 'stop'].map(act) : null));
  }

  show(list, all, open) {
    this.#number = all.length;
    setAttribute(this.#toggle, 'aria-expanded', open ? 'true' : 'false');
    setText(this.#size, list.length === all.length ? plural(all.length, 'agent') : `${list.length} of ${plural(all.length, 'agent')}`);
    const trouble = all.filter(inTrouble).length;
    setText(this.#trouble, trouble > 0 ? `${trouble} in trouble` : '');
  }
}
