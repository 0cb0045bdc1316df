// Scripts that choose acts: how far the trial of each has come, and the steps that an operator takes by hand.

import { get, post } from '../lib/api.js';
import { h, put } from '../lib/dom.js';
import { plural } from '../lib/format.js';
import { share } from '../lib/healing.js';
import { attempt, confirm } from '../ui/dialog.js';
import { button, copyable, failure, panel, skeleton } from '../ui/parts.js';
import { putIfNew } from './healing-parts.js';
import { namedBadge } from './plugins.js';

const LOOKS = { active: 'ready', canary: 'running', shadow: 'starting', candidate: 'waiting', reverted: 'stopped' };
const STEPS = {
  promote: ['Promote', 'The version that is tried goes to its next stage, whatever its trial has shown so far.'],
  revert: ['Take back', 'The version that is tried is taken back, else the one that acts; the choice goes on without it.'],
  trial: ['Try anew', 'The trial of the version in its file begins anew.'],
};

export class StrategyScripts {
  #app;
  #body = h('div', {}, skeleton(2));
  element = panel('Scripts that choose', { id: 'strategy-scripts-title', body: this.#body });

  constructor(app) {
    this.#app = app;
  }

  async load() {
    try {
      const { scripts } = await get('healing/scripts');
      putIfNew(this.#body, scripts, () => (scripts.length === 0 ? h('p', { class: 'hint' }, 'None: acts are chosen by what was learned alone.')
        : h('ul', { class: 'plain-items' }, scripts.map((one) => this.#row(one)))));
    } catch (error) {
      if (error.offline) return;
      this.#body.shownState = '';
      put(this.#body, error.absent ? h('p', { class: 'hint' }, error.message) : failure('The scripts that choose cannot be read', error, () => this.load()));
    }
  }

  #row(one) {
    const figures = Object.entries(one.figures);
    return h('li', { class: 'item', data: { script: one.script } },
      h('div', { class: 'item-head' }, h('a', { class: 'item-name', href: `#/scripts/${encodeURIComponent(one.script)}` }, one.script), namedBadge(LOOKS[one.stage] ?? 'waiting', one.stage),
        h('span', {}, one.class === '*' ? 'about all classes' : `about ${one.class}`), h('span', { class: 'item-numbers' }, `asked in ${plural(one.asked, 'case')} since`)),
      one.reason ? h('p', {}, one.reason) : null,
      figures.length > 0 ? h('p', { class: 'hint' }, figures.map(([name, value]) => `${name} ${Number.isInteger(value) ? value : share(value)}`).join(', ')) : null,
      h('div', { class: 'item-foot hint' }, this.#version('acts', one.active), this.#version('tried', one.trial), this.#steps(one)));
  }

  #version(word, hash) {
    return hash === '' ? null : h('span', {}, `${word}: `, copyable(hash, `${hash.slice(0, 12)}…`));
  }

  #steps(one) {
    if (!this.#app.store.may('operator')) return null;
    const steps = one.stage === 'reverted' ? ['trial'] : one.stage === 'active' ? ['revert'] : ['promote', 'revert'];
    return h('div', { class: 'actions' }, steps.map((step) => button(STEPS[step][0], {
      look: 'small', action: () => this.#take(step, one.script), 'aria-label': `${STEPS[step][0]} ${one.script}`, 'data-act': step, 'data-keep': `${step} ${one.script}` })));
  }

  async #take(step, script) {
    const [title, text] = STEPS[step];
    if (!await confirm(`${title} ${script}?`, { text: [text], verb: title, danger: step === 'revert' })) return;
    await attempt(`${script}: ${title.toLowerCase()} done`, () => post(`healing/${step}`, { script }));
    this.load();
  }
}
