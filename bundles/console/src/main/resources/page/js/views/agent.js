// One agent: how it is, what it uses, what it prints, what happened to it, what was declared of it.

import { get, segment } from '../lib/api.js';
import { AGENT_CHARTS } from '../lib/catalog.js';
import { eachFrame, h, put, setAttribute, setText } from '../lib/dom.js';
import { duration, moment, parseTime } from '../lib/format.js';
import { command, isDown } from '../ui/actions.js';
import { ChartSet, RANGES } from '../ui/chartset.js';
import { badge, button, copyable, empty, facts, failure, jsonView, panel, skeleton } from '../ui/parts.js';
import { AgentCare } from './agent-care.js';
import { LogPanel } from './log.js';
import { eventRow } from './event-rows.js';

const SHOWN_EVENTS = 30;
const MARKS = {
  AgentStarted: ['started', 'good'], AgentExited: ['ended', 'bad'], AgentFailed: ['failed', 'bad'], AgentSetupFailed: ['could not be started', 'bad'],
  AgentQuarantined: ['quarantined', 'bad'], AgentUnhealthy: ['unhealthy', 'warn'],
};

export function agentView(app, id) {
  return new AgentView(app, id);
}

class AgentView {
  #app;
  #id;
  #badge = badge('waiting');
  #reason = h('p', { class: 'agent-reason' });
  #facts = h('div', {});
  #actions = h('div', { class: 'actions' });
  #spec = h('div', {}, skeleton(4));
  #events = h('div', { class: 'event-list' });
  #history = [];
  #charts;
  #log;
  #care;
  #offs;
  #timer;
  #drawEvents = eachFrame(() => this.#showEvents());

  constructor(app, id) {
    this.#app = app;
    this.#id = id;
    const [graph, ...rest] = id.split('/');
    this.#charts = new ChartSet(id, AGENT_CHARTS);
    this.#log = new LogPanel(id);
    this.#care = new AgentCare(app, id);
    this.element = h('div', { class: 'view agent' },
      h('nav', { class: 'crumbs', 'aria-label': 'Place' }, h('a', { href: '#/' }, 'Agents'), h('span', { 'aria-hidden': 'true' }, '/'),
        h('a', { href: `#/?q=${encodeURIComponent(`graph:${graph}`)}` }, graph)),
      h('header', { class: 'agent-head' }, h('div', { class: 'agent-title' }, h('h1', { tabindex: -1 }, rest.join('/') || id), this.#badge), this.#actions),
      this.#reason, this.#facts, this.#care.head,
      panel('Metrics', { id: 'metrics-title', actions: this.#charts.picker, body: this.#charts.element }),
      this.#log.element,
      this.#care.body,
      panel('Events', { id: 'agent-events-title', actions: h('a', { class: 'button small', href: `#/events?subject=${encodeURIComponent(`agent/${id}`)}` }, 'All of its events'), body: this.#events }),
      panel('Declared', { id: 'spec-title', body: this.#spec }));
    this.#offs = [
      app.store.on('agents', (changed) => { if (!changed || changed.has(id)) this.#show(); }),
      app.store.on('events', (fresh) => this.#fresh(fresh)),
    ];
    this.#timer = setInterval(() => this.#showFacts(), 1000);
    this.#show();
    this.#loadSpec();
    this.#loadEvents();
  }

  end() {
    this.#offs.forEach((off) => off());
    clearInterval(this.#timer);
    this.#charts.end();
    this.#log.end();
    this.#care.end();
  }

  key(key) {
    const agent = this.#agent();
    if (key === 'r') this.#run('restart');
    else if (key === 'x' && agent) this.#run(isDown(agent) ? 'start' : 'stop');
    else if (key === 'p') this.#log.togglePause();
    else if (RANGES[Number(key) - 1]) this.#charts.setRange(RANGES[Number(key) - 1][0]);
    else return false;
    return true;
  }

  #agent() {
    return this.#app.store.agents.get(this.#id);
  }

  #run(verb) {
    command(this.#app, verb, this.#id);
  }

  #show() {
    const agent = this.#agent();
    if (!agent) {
      if (this.#app.store.agentsKnown) {
        setText(this.#reason, 'There is no such agent now. What is below is what was kept of it.');
        this.#badge.hidden = true;
        put(this.#actions);
        put(this.#facts);
      }
      return;
    }
    this.#badge.hidden = false;
    this.#badge.show(agent.phase);
    setText(this.#reason, agent.reason);
    this.#showFacts();
    this.#showActions(agent);
  }

  #showActions(agent) {
    if (!this.#app.store.may('operator')) return;
    const down = isDown(agent);
    const state = `${down}-${agent.pid !== undefined}`;
    if (this.#actions.dataset.state === state) return;
    const focused = this.#actions.contains(document.activeElement);
    this.#actions.dataset.state = state;
    put(this.#actions,
      button('Restart', { name: 'restart', key: 'r', look: 'primary', action: () => this.#run('restart'), 'data-act': 'restart' }),
      down ? button('Start', { name: 'start', key: 'x', action: () => this.#run('start'), 'data-act': 'start' })
        : button('Stop', { name: 'stop', key: 'x', action: () => this.#run('stop'), 'data-act': 'stop' }),
      button('Kill', { name: 'kill', look: 'quiet-danger', action: () => this.#run('kill'), disabled: agent.pid === undefined, 'data-act': 'kill' }));
    if (focused) this.#actions.firstChild.focus();
  }

  #showFacts() {
    const agent = this.#agent();
    if (!agent) return;
    const runs = agent.pid !== undefined && !isDown(agent);
    const values = [
      ['Up', runs ? duration(Date.now() - parseTime(agent.started)) : '–'],
      ['In this state for', duration(Date.now() - parseTime(agent.since))],
      ['Process', agent.pid ?? '–'], ['Incarnation', agent.incarnation], ['Restarts', agent.restarts],
      ['Last exit', agent.lastExit ?? '–'], ['Started', agent.started ? moment(parseTime(agent.started), Date.now()) : '–'],
    ];
    if (!this.#facts.firstChild) {
      put(this.#facts, facts([...values, ['Command', copyable(agent.command), true]]));
      return;
    }
    const cells = this.#facts.querySelectorAll('dd');
    values.forEach(([, value], i) => setText(cells[i], value));
  }

  async #loadSpec() {
    try {
      const { spec } = await get(`agents/${segment(this.#id)}`);
      put(this.#spec, spec ? jsonView(spec) : empty('Nothing is declared of it', ''));
    } catch (error) {
      put(this.#spec, error.status === 404 ? empty('No longer declared', 'Its graph was changed or deleted.') : failure('The declaration cannot be read', error, () => this.#loadSpec()));
    }
  }

  async #loadEvents() {
    try {
      const { events } = await get('events', { subject: `agent/${this.#id}`, newestFirst: true, limit: 200 });
      this.#history = events;
      this.#showEvents();
    } catch (error) {
      put(this.#events, failure('The events cannot be read', error, () => this.#loadEvents()));
    }
  }

  #fresh(fresh) {
    const newest = this.#history[0]?.sequence ?? -1;
    const own = fresh.filter((event) => event.subject === `agent/${this.#id}` && event.sequence > newest);
    if (own.length === 0) return;
    this.#history.unshift(...own.reverse());
    if (own.some((event) => event.type === 'AgentStartRequested')) this.#loadSpec();
    this.#drawEvents();
  }

  #showEvents() {
    put(this.#events, this.#history.length === 0
      ? empty('No events of this agent', 'The journal has none with this subject.')
      : h('ul', { class: 'events' }, this.#history.slice(0, SHOWN_EVENTS).map((event) => h('li', {}, eventRow(event, { subject: false })))));
    this.#charts.setMarks(this.#history.filter((event) => MARKS[event.type]).map((event) => {
      const [label, look] = MARKS[event.type];
      return { at: parseTime(event.time), label: `${label} (event ${event.sequence})`, look };
    }));
    setAttribute(this.#events, 'aria-busy', null);
  }
}
