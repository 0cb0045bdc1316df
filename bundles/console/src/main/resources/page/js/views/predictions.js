// Predictions: which agents are expected to fail, what is done about it, and how well that came true.

import { get, post } from '../lib/api.js';
import { h, put } from '../lib/dom.js';
import { count, dateTime, duration, moment, parseTime, percent } from '../lib/format.js';
import { concernsHealing, measureOf, predictionLook } from '../lib/healing.js';
import { Refresh } from '../lib/refresh.js';
import { attempt, confirm } from '../ui/dialog.js';
import { copyable, empty, facts, failure, heading, panel, skeleton } from '../ui/parts.js';
import { counts, putIfNew, tabs } from './healing-parts.js';
import { namedBadge } from './plugins.js';
import { recordView } from './record.js';

const SHOWN = 100;

export function predictionsView(app) {
  return new PredictionsView(app);
}

class PredictionsView {
  #app;
  #status = h('div', {}, skeleton(3));
  #outlooks = h('div', {}, skeleton(3));
  #list = h('div', {}, skeleton(3));
  #record = h('div', {}, skeleton(3));
  #refresh;

  constructor(app) {
    this.#app = app;
    this.element = h('div', { class: 'view' }, heading('Predictions'), tabs('predictions'),
      panel('How it is', { id: 'foresight-title', body: this.#status }),
      panel('Expected now', { id: 'outlooks-title', body: this.#outlooks }),
      panel('Predictions', { id: 'predictions-title', body: this.#list }),
      panel('How well it came true', { id: 'record-title', body: this.#record }));
    // Forecasts are no events: they are asked for.
    this.#refresh = new Refresh(app.store, () => this.#load(), concernsHealing, 5000);
  }

  end() {
    this.#refresh.end();
  }

  async #load() {
    try {
      const { status, outlooks, predictions, record } = await get('predictions', { limit: SHOWN });
      putIfNew(this.#status, status, () => statusOf(status));
      // What is still to come is told as a length of time, so it is drawn anew each time.
      put(this.#outlooks, outlooksOf(status, outlooks));
      putIfNew(this.#list, predictions, () => predictionsOf(predictions));
      putIfNew(this.#record, record, () => recordView(record, this.#app.store.may('operator') ? (gain) => this.#turn(gain) : null));
    } catch (error) {
      if (error.offline) return;
      for (const part of [this.#status, this.#outlooks, this.#list, this.#record]) {
        part.shownState = '';
        put(part);
      }
      put(this.#status, error.absent ? empty('Predictions are not available', error.message) : failure('The predictions cannot be read', error, () => this.#refresh.now()));
      for (const part of [this.#outlooks, this.#list, this.#record]) put(part, h('p', { class: 'hint' }, 'Not known.'));
    }
  }

  async #turn(gain) {
    const on = !gain.on;
    const sure = await confirm(`${on ? 'Allow' : 'Forbid'} preventing ${gain.cause}?`, {
      text: [on ? 'Failures of this cause are prevented again. What was measured of that so far is forgotten.' : 'Failures of this cause are foreseen and not prevented until that is allowed.'],
      verb: on ? 'Allow' : 'Forbid', danger: !on });
    if (!sure) return;
    await attempt(`preventing ${gain.cause} is ${on ? 'allowed' : 'forbidden'}`, () => post('predictions/turn', { cause: gain.cause, on }));
    this.#refresh.now();
  }
}

function statusOf(status) {
  if (status.unavailable !== '') {
    return h('div', { class: 'item-head' }, namedBadge('stopped', 'unavailable'), h('span', {}, `Nothing is foreseen: ${status.unavailable}`));
  }
  const acts = status.mode === 'auto' && status.paused === '';
  return [
    h('div', { class: 'item-head' }, acts ? namedBadge('ready', 'on') : namedBadge('waiting', status.paused ? 'paused' : status.mode),
      h('span', {}, status.paused ? `Failures are foreseen and not prevented: ${status.paused}`
        : acts ? `Above ${percent(status.threshold)} something is done, but for a share of ${percent(status.holdout)} that is left alone by lot to compare.`
          : 'Failures are foreseen, and nothing is done about them.')),
    facts([
      ['Agents watched', count(status.watched)], ['Looked at every', duration(status.stepMillis)], ['Looks ahead', duration(status.horizonMillis)],
      ['Predicts above', percent(status.threshold)], ['Left alone', percent(status.holdout)],
      ['Withheld since the daemon began', counts(status.withheld), true],
      status.model ? ['Model', copyable(status.model, `${status.model.slice(0, 12)}…`), true] : null,
    ]),
  ];
}

/** When something is expected, from now on. */
export function ahead(time) {
  const rest = parseTime(time) - Date.now();
  return rest > 0 ? `in ${duration(rest)}` : 'by now';
}

function outlooksOf(status, outlooks) {
  if (status.unavailable !== '') return h('p', { class: 'hint' }, 'Not known: nothing is foreseen.');
  if (outlooks.length === 0) return h('p', { class: 'hint' }, 'No agent is expected to fail.');
  return h('ul', { class: 'outlooks' }, outlooks.map((one) => h('li', {},
    h('a', { class: 'item-name', href: `#/agent/${one.agent}` }, one.agent),
    h('span', {}, h('strong', {}, percent(one.probability)), ` ${one.cause}, ${ahead(one.expected)}`),
    h('span', { class: 'hint' }, one.drivers.length > 0 ? `driven by ${one.drivers.slice(0, 3).join(', ')}` : '', one.prediction === undefined ? '' : ` · prediction ${one.prediction}`))));
}

export function predictionRow(one, { agent = true } = {}) {
  const { phase, word } = predictionLook(one);
  const made = parseTime(one.made);
  return h('li', { class: 'item', data: { prediction: one.prediction } },
    h('div', { class: 'item-head' }, agent ? h('span', { class: 'item-name' }, h('a', { href: `#/agent/${one.agent}` }, one.agent)) : null, namedBadge(phase, word),
      h('span', {}, `${one.cause}, ${percent(one.probability)}`),
      h('span', { class: 'item-numbers' }, h('time', { datetime: one.made, title: dateTime(made) }, moment(made, Date.now())))),
    one.why ? h('p', {}, one.why) : null,
    h('div', { class: 'item-foot hint' }, h('span', {}, `measure: ${measureOf(one)}`),
      one.outcome ? null : h('span', {}, `expected at ${moment(parseTime(one.expected), Date.now())}, judged at ${moment(parseTime(one.until), Date.now())}`),
      one.leadMillis === undefined ? null : h('span', {}, `lead ${duration(one.leadMillis)}`),
      one.downMillis > 0 ? h('span', {}, `not well for ${duration(one.downMillis)}`) : null,
      h('a', { href: `#/events?subject=${encodeURIComponent(`prediction/${one.prediction}`)}` }, `events of prediction ${one.prediction}`)));
}

function predictionsOf(predictions) {
  if (predictions.length === 0) return h('p', { class: 'hint' }, 'No failure was predicted yet.');
  const open = predictions.filter((one) => !one.outcome);
  const past = predictions.filter((one) => one.outcome);
  return [['Open', open], ['Past', past]].map(([title, list]) => (list.length === 0 ? null
    : [h('h3', { class: 'part-title' }, `${title}, newest first`), h('ul', { class: 'plain-items' }, list.map((one) => predictionRow(one)))]));
}

