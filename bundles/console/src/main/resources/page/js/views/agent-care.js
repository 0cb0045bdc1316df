// Who holds an agent, what is expected of it, and what was done about its failures: parts of its page.

import { get, post } from '../lib/api.js';
import { h, put } from '../lib/dom.js';
import { duration, moment, parseTime } from '../lib/format.js';
import { concernsHealing, person } from '../lib/healing.js';
import { Refresh } from '../lib/refresh.js';
import { attempt, confirm } from '../ui/dialog.js';
import { button, empty, facts, failure, panel, skeleton } from '../ui/parts.js';
import { caseRow, putIfNew } from './healing-parts.js';
import { namedBadge } from './plugins.js';
import { ahead, predictionRow } from './predictions.js';

const SHOWN = 5;

export class AgentCare {
  #app;
  #id;
  #lease = h('div', { hidden: true });
  #prediction = h('div', { hidden: true });
  #cases = h('div', { class: 'event-list' }, skeleton(2));
  #refresh;
  #off;
  #timer;
  /** Near the head of the page: what matters now. */
  head = h('div', { class: 'care' }, this.#lease, this.#prediction);
  body;

  constructor(app, id) {
    this.#app = app;
    this.#id = id;
    this.body = panel('Healing', { id: 'agent-healing-title', actions: h('a', { class: 'button small', href: `#/healing?agent=${encodeURIComponent(id)}` }, 'All of its cases'), body: this.#cases });
    this.#off = app.store.on('agents', (changed) => { if (!changed || changed.has(id)) this.#showLease(); });
    this.#timer = setInterval(() => this.#showLease(), 1000);
    this.#showLease();
    this.#refresh = new Refresh(app.store, () => this.#load(), concernsHealing, 10000);
  }

  end() {
    this.#off();
    clearInterval(this.#timer);
    this.#refresh.end();
  }

  #showLease() {
    const lease = this.#app.store.agents.get(this.#id)?.lease;
    const until = parseTime(lease?.until);
    this.#lease.hidden = !lease;
    if (!lease) {
      putIfNew(this.#lease, null, () => null);
      return;
    }
    const own = person(this.#app.store.session?.actor) === lease.holder;
    putIfNew(this.#lease, [lease, own], () => panel('Lease', { id: 'lease-title',
      actions: own && this.#app.store.may('operator') ? button('Release', { look: 'small', action: () => this.#release(), 'data-act': 'release', 'data-keep': 'release' }) : null,
      body: h('div', { class: 'outcome' }, facts([['Holder', lease.holder], ['Until', moment(until, Date.now())], ['For another', h('span', { 'data-left': '' })], ['Why', lease.reason, true]]),
        h('p', { class: 'hint' }, own ? 'Its restart policy does not act until you release it.'
          : 'Its restart policy does not act until the holder releases it. Restart, stop, start or kill of an operator ends the lease.')) }));
    const left = this.#lease.querySelector('[data-left]');
    const text = until > Date.now() ? duration(until - Date.now()) : 'it ends now';
    if (left.textContent !== text) left.textContent = text;
  }

  async #release() {
    if (!await confirm(`Release ${this.#id}?`, { text: ['It goes back to its restart policy, as if what happened meanwhile had happened just then.'], verb: 'Release' })) return;
    await attempt(`${this.#id} released`, () => post('agents/release', { selector: this.#id }));
  }

  async #load() {
    await Promise.all([this.#loadCases(), this.#loadPrediction()]);
  }

  async #loadCases() {
    try {
      const { cases } = await get('healing/cases', { agent: this.#id, limit: SHOWN });
      putIfNew(this.#cases, cases, () => (cases.length === 0 ? h('p', { class: 'hint padded' }, 'Nothing of it has failed that healing knows of.')
        : h('ul', { class: 'cases' }, cases.map((found) => h('li', {}, caseRow(found, { agent: false }))))));
    } catch (error) {
      if (error.offline) return;
      this.#cases.shownState = '';
      put(this.#cases, error.absent ? empty('Healing is not available', error.message) : failure('Its cases cannot be read', error, () => this.#refresh.now()));
    }
  }

  /** Nothing is shown where nothing is expected; why nothing is foreseen at all is told on the page of predictions. */
  async #loadPrediction() {
    try {
      const { outlooks, predictions } = await get('predictions', { agent: this.#id, limit: SHOWN });
      const open = predictions.filter((one) => !one.outcome);
      this.#prediction.hidden = outlooks.length === 0 && open.length === 0;
      if (this.#prediction.hidden) putIfNew(this.#prediction, null, () => null);
      else putIfNew(this.#prediction, [open, outlooks.map(({ expected, ...one }) => one)], () => panel('Expected of it', { id: 'expected-title', body: h('div', { class: 'outcome' },
        outlooks.map((one) => h('p', {}, namedBadge('unhealthy', `${Math.round(one.probability * 100)} %`), ` ${one.cause}, ${ahead(one.expected)}`,
          one.drivers.length > 0 ? h('span', { class: 'hint' }, ` · driven by ${one.drivers.slice(0, 3).join(', ')}`) : null)),
        open.length > 0 ? h('ul', { class: 'plain-items' }, open.map((one) => predictionRow(one, { agent: false }))) : null) }));
    } catch (error) {
      if (error.offline) return;
      this.#prediction.hidden = true;
      putIfNew(this.#prediction, null, () => null);
    }
  }
}
