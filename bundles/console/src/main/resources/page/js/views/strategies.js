// Strategies: what may be done about each class of failures, how often it was, and what is expected of it.

import { get, post } from '../lib/api.js';
import { h, put, setText } from '../lib/dom.js';
import { count, plural } from '../lib/format.js';
import { className, concernsHealing, share } from '../lib/healing.js';
import { Refresh } from '../lib/refresh.js';
import { words } from '../lib/select.js';
import { askText, attempt, confirm } from '../ui/dialog.js';
import { button, empty, failure, heading, searchBox, skeleton } from '../ui/parts.js';
import { CloneTrials } from './clone-trials.js';
import { putIfNew, tabs } from './healing-parts.js';
import { namedBadge } from './plugins.js';
import { StrategyScripts } from './strategy-scripts.js';

export function strategiesView(app, _match, query) {
  return new StrategiesView(app, query);
}

function met(times) {
  return times === 0 ? 'not met yet' : times === 1 ? 'met once' : `met ${count(times)} times`;
}

class StrategiesView {
  #app;
  #text;
  #all = [];
  #open = new Set();
  #list = h('div', {}, skeleton(6));
  #told = h('p', { class: 'hint', role: 'status' });
  #scripts;
  #trials = new CloneTrials();
  #refresh;

  constructor(app, query) {
    this.#app = app;
    this.#text = query.get('class') ?? '';
    this.#scripts = new StrategyScripts(app);
    if (this.#text) this.#open.add(this.#text);
    this.element = h('div', { class: 'view' }, heading('Strategies'), tabs('strategies'),
      h('p', { class: 'hint' }, 'What may be done about each class of failures. Expected is what an act is thought to be worth, from 0 to 1; the best that is possible then is chosen.'),
      h('div', { class: 'toolbar' }, searchBox('Search classes', { placeholder: 'Class  /', value: this.#text, onInput: (text) => this.#filter(text.trim()) }), this.#told),
      this.#list, this.#scripts.element, this.#trials.element);
    this.#refresh = new Refresh(app.store, () => Promise.all([this.#load(), this.#scripts.load(), this.#trials.load()]), concernsHealing, 30000);
  }

  end() {
    this.#refresh.end();
  }

  #filter(text) {
    this.#text = text;
    history.replaceState(null, '', `#/healing/strategies${text ? `?class=${encodeURIComponent(text)}` : ''}`);
    this.#show();
  }

  async #load() {
    try {
      const { strategies } = await get('healing/strategies');
      // What was met comes first, then what was opened here, then by name.
      this.#all = strategies.sort((a, b) => b.seen - a.seen || Number(b.opened) - Number(a.opened) || a.name.localeCompare(b.name));
      this.#show();
    } catch (error) {
      if (error.offline) return;
      this.#list.shownState = '';
      put(this.#list, error.absent ? empty('Strategies are not available', error.message) : failure('The strategies cannot be read', error, () => this.#refresh.now()));
    }
  }

  #show() {
    const shown = this.#all.filter((one) => words(this.#text).every((word) => className(one).toLowerCase().includes(word)));
    setText(this.#told, plural(shown.length, 'class', 'classes'));
    putIfNew(this.#list, shown, () => (shown.length === 0 ? empty('No class matches', '')
      : h('ul', { class: 'items' }, shown.map((one) => h('li', { class: 'strategy' }, this.#strategy(one))))));
  }

  #strategy(one) {
    const allowed = one.acts.filter((act) => act.on);
    const best = allowed.reduce((a, b) => (b.expected > a.expected ? b : a), allowed[0]);
    const off = one.acts.length - allowed.length;
    return h('details', { open: this.#open.has(one.class), on: { toggle: (event) => this.#open[event.target.open ? 'add' : 'delete'](one.class) } },
      h('summary', { 'data-row': '', 'data-keep': one.class, 'data-class': one.class },
        h('span', { class: 'item-name' }, className(one)), one.opened ? namedBadge('starting', 'opened here') : null,
        off > 0 ? namedBadge('stopped', `${off} forbidden`) : null,
        h('span', { class: 'item-numbers' }, `${met(one.seen)}${best ? `; expected best: ${best.act} ${share(best.expected)}` : ''}`)),
      this.#acts(one));
  }

  #acts(one) {
    const may = this.#app.store.may('operator');
    return [h('table', { class: 'acts', 'aria-label': `Acts about ${className(one)}` },
      h('thead', {}, h('tr', {}, ['Act', 'Tries', 'Mean reward', 'Expected', 'Allowed', may ? 'Change' : null].filter(Boolean).map((name) => h('th', { scope: 'col' }, name === 'Change' ? h('span', { class: 'sr-only' }, name) : name)))),
      h('tbody', {}, one.acts.map((act) => this.#act(one, act, may)))),
    may ? h('p', { class: 'strategy-foot' }, button('Name this class', { look: 'small', action: () => this.#name(one), 'data-act': 'name', 'data-keep': `${one.class}/name` })) : null];
  }

  #act(one, act, may) {
    return h('tr', { class: act.on ? '' : 'off', 'data-act-name': act.act },
      h('th', { scope: 'row' }, act.act, h('span', { class: 'hint' }, act.what)),
      h('td', { data: { label: 'tries' } }, count(act.tries)), h('td', { data: { label: 'mean reward' } }, share(act.reward)), h('td', { data: { label: 'expected' } }, share(act.expected)),
      h('td', { class: 'allowed' }, act.on ? namedBadge('ready', 'yes') : namedBadge('stopped', 'no')),
      // Waiting is what is left where nothing else may be done: it cannot be forbidden.
      may ? h('td', { class: 'c-change' }, act.act === 'wait' ? null : button(act.on ? 'Forbid' : 'Allow',
        { look: 'small', action: () => this.#turn(one, act), 'aria-label': `${act.on ? 'Forbid' : 'Allow'} ${act.act} about ${one.name}`, 'data-keep': `${one.class}/${act.act}` })) : null);
  }

  async #turn(one, act) {
    const on = !act.on;
    const sure = await confirm(`${on ? 'Allow' : 'Forbid'} ${act.act} about ${one.name}?`, {
      text: [on ? `It may be chosen again: ${act.what}.` : `It is not chosen any more until it is allowed: ${act.what}.`], verb: on ? 'Allow' : 'Forbid', danger: !on });
    if (!sure) return;
    await attempt(`${act.act} is ${on ? 'allowed' : 'forbidden'} about ${one.name}`, () => post('healing/turn', { class: one.class, act: act.act, on }));
    this.#refresh.now();
  }

  async #name(one) {
    const name = await askText(`Name ${one.class}`, { text: ['Its label stays; the name is what people see.'], label: 'Name', value: one.name === one.class ? '' : one.name, verb: 'Name', required: true, most: 60 });
    if (name === null) return;
    await attempt(`${one.class} is called ${name}`, () => post('healing/name', { class: one.class, name }));
    this.#refresh.now();
  }
}
