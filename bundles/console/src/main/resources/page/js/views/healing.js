// Healing: how it is, and the failures that it knows of with what was done about each.

import { get, post } from '../lib/api.js';
import { h, put, setText } from '../lib/dom.js';
import { dateTime, parseTime, plural } from '../lib/format.js';
import { casesOf, concernsHealing } from '../lib/healing.js';
import { Refresh } from '../lib/refresh.js';
import { askText, attempt, confirm } from '../ui/dialog.js';
import { button, copyable, empty, facts, failure, heading, panel, searchBox, skeleton } from '../ui/parts.js';
import { caseHead, caseRow, counts, putIfNew, tabs } from './healing-parts.js';
import { namedBadge } from './plugins.js';

const FIRST = 50;
const MOST = 1000;
const MODES = { auto: ['ready', 'It names failures and does something about them.'], advise: ['waiting', 'It names failures and says what it would do, and does nothing.'], off: ['stopped', 'Failures are not looked at.'] };

export function healingView(app, _match, query) {
  return new HealingView(app, query);
}

class HealingView {
  #app;
  #text;
  #limit = FIRST;
  #cases = [];
  #more = false;
  #status = h('div', {}, skeleton(3));
  #actions = h('div', { class: 'panel-tools' });
  #list = h('div', {}, skeleton(5));
  #told = h('p', { class: 'hint', role: 'status' });
  #refresh;

  constructor(app, query) {
    this.#app = app;
    this.#text = query.get('agent') ?? '';
    this.element = h('div', { class: 'view' }, heading('Healing'), tabs('healing'),
      panel('How it is', { id: 'healing-title', actions: this.#actions, body: this.#status }),
      h('div', { class: 'toolbar' }, searchBox('Filter by agent', { placeholder: 'Agent  /', value: this.#text, onInput: (text) => this.#filter(text.trim()) }), this.#told),
      h('section', { class: 'list', 'aria-label': 'Cases, newest first' }, this.#list));
    this.#refresh = new Refresh(app.store, () => this.#load(), concernsHealing);
  }

  end() {
    this.#refresh.end();
  }

  #filter(text) {
    this.#text = text;
    history.replaceState(null, '', `#/healing${text ? `?agent=${encodeURIComponent(text)}` : ''}`);
    this.#showCases();
    this.#refresh.now();
  }

  async #load() {
    await Promise.all([this.#loadStatus(), this.#loadCases()]);
  }

  async #loadStatus() {
    try {
      const status = await get('healing');
      // Who has paused it, and when, is in the event alone.
      const pause = status.paused === '' ? null : (await get('events', { type: 'HealingPaused', subject: 'healing', newestFirst: true, limit: 1 })).events[0] ?? null;
      putIfNew(this.#status, [status, pause?.sequence], () => this.#statusOf(status, pause));
      putIfNew(this.#actions, [status.paused === '', status.mode], () => this.#commands(status));
    } catch (error) {
      if (error.offline) return;
      this.#status.shownState = '';
      put(this.#status, error.absent ? empty('Healing is not available', error.message) : failure('It cannot be read how healing is', error, () => this.#refresh.now()));
    }
  }

  #statusOf(status, pause) {
    const [phase, meaning] = MODES[status.mode] ?? ['waiting', ''];
    const paused = status.paused !== '';
    return [
      h('div', { class: 'item-head' }, paused ? namedBadge('unhealthy', 'paused') : namedBadge(phase, status.mode),
        h('span', {}, paused ? `Nothing is done: ${status.paused}` : meaning)),
      facts([
        ['Mode', status.mode], ['Healings that go on', status.open],
        paused ? ['Paused by', pause?.actor ?? 'not known'] : null,
        paused && pause ? ['Paused since', h('a', { href: `#/events/${pause.sequence}` }, dateTime(parseTime(pause.time)))] : null,
        ['Withheld since the daemon began', counts(status.withheld), true],
        ['Failures are named by the model', copyable(status.model, `${status.model.slice(0, 12)}…`), true],
      ]),
    ];
  }

  #commands(status) {
    if (!this.#app.store.may('operator') || status.mode === 'off') return null;
    return status.paused === '' ? button('Pause', { name: 'pause', look: 'small', action: () => this.#pause(), 'data-act': 'pause', 'data-keep': 'pause' })
      : button('Resume', { name: 'start', look: 'small', action: () => this.#resume(), 'data-act': 'resume', 'data-keep': 'pause' });
  }

  async #pause() {
    const reason = await askText('Pause healing?', { text: ['Nothing is healed or prevented until it is resumed, also over a restart of the daemon. Restart policies go on.'],
      label: 'Why', placeholder: 'For example: maintenance', verb: 'Pause' });
    if (reason === null) return;
    await attempt('healing paused', () => post('healing/pause', reason ? { reason } : {}));
    this.#refresh.now();
  }

  async #resume() {
    if (!await confirm('Resume healing?', { text: ['What fails from now on is healed again.'], verb: 'Resume' })) return;
    await attempt('healing resumed', () => post('healing/resume'));
    this.#refresh.now();
  }

  async #loadCases() {
    // A whole id is looked for in all of the journal, a part of one among those that were read.
    const agent = this.#app.store.agents.has(this.#text) ? this.#text : undefined;
    try {
      const { cases } = await get('healing/cases', { agent, limit: this.#limit });
      this.#more = cases.length === this.#limit && this.#limit < MOST;
      this.#cases = cases;
      this.#showCases();
    } catch (error) {
      if (error.offline) return;
      this.#list.shownState = '';
      put(this.#list, error.absent ? empty('There are no cases', error.message) : failure('The cases cannot be read', error, () => this.#refresh.now()));
    }
  }

  #showCases() {
    const shown = casesOf(this.#cases, this.#text);
    putIfNew(this.#list, [shown, this.#more, this.#text !== ''], () => [
      shown.length > 0 ? [caseHead(), h('ul', { class: 'cases' }, shown.map((found) => h('li', {}, caseRow(found))))]
        : this.#text === '' ? empty('Nothing has failed', 'Each failure of an agent becomes a case here: what it was taken for, what was done about it, and what that was worth.')
          : empty('No case matches', 'No failure that was read is of such an agent.'),
      this.#more ? h('div', { class: 'list-foot' }, button('Older cases', { action: () => this.#older(), 'data-keep': 'older' })) : null,
    ]);
    setText(this.#told, this.#more ? `${plural(shown.length, 'case')} of the newest ${this.#cases.length}.` : plural(shown.length, 'case'));
  }

  #older() {
    this.#limit = Math.min(MOST, this.#limit * 2);
    this.#refresh.now();
  }
}
