// Trials on clones: what each way to choose earned on a copy of an agent in which a failure was made.

import { get } from '../lib/api.js';
import { h, put } from '../lib/dom.js';
import { dateTime, moment, parseTime } from '../lib/format.js';
import { share, trialLook } from '../lib/healing.js';
import { failure, panel, skeleton } from '../ui/parts.js';
import { putIfNew } from './healing-parts.js';
import { namedBadge } from './plugins.js';

const MOST = 10;

export class CloneTrials {
  #body = h('div', {}, skeleton(2));
  element = panel('Newest trials on clones', { id: 'clone-trials-title', body: this.#body });

  async load() {
    try {
      const { trials } = await get('healing/clones');
      const shown = trials.slice(0, MOST);
      putIfNew(this.#body, shown, () => (shown.length === 0
        ? h('p', { class: 'hint' }, 'None: an agent with the label healing.clone may be copied to try what is done about a failure, by ', h('code', {}, 'stratoswarm heal validate CLASS --clone'), '.')
        : h('ul', { class: 'plain-items' }, shown.map((one) => this.#row(one)))));
    } catch (error) {
      if (error.offline) return;
      this.#body.shownState = '';
      put(this.#body, error.absent ? h('p', { class: 'hint' }, error.message) : failure('The trials on clones cannot be read', error, () => this.load()));
    }
  }

  #row(one) {
    const { phase, word } = trialLook(one);
    const at = parseTime(one.time);
    return h('li', { class: 'item', data: { trial: one.trial } },
      h('div', { class: 'item-head' }, h('a', { class: 'item-name', href: `#/events/${one.trial}` }, one.class), namedBadge(phase, word),
        h('span', {}, `made in a clone of ${one.agent}: ${one.fault}`), h('time', { class: 'item-numbers', datetime: one.time, title: dateTime(at) }, moment(at, Date.now()))),
      one.why ? h('p', {}, one.why) : null,
      one.tried.map((way) => h('p', { data: { way: way.way } }, h('strong', {}, `${way.way} ${share(way.reward)}`), way.act ? ` ${way.act}` : null, h('span', { class: 'hint' }, ` ${way.why}`))));
  }
}
