// One script: its state, its runs with their traces, its text, and a try of it.

import { get, post, segment } from '../lib/api.js';
import { h, put, setText } from '../lib/dom.js';
import { count, dateTime, moment, nanos, parseTime } from '../lib/format.js';
import { attempt, confirm } from '../ui/dialog.js';
import { button, copyable, empty, facts, failure, heading, jsonView, panel, skeleton } from '../ui/parts.js';
import { namedBadge, stateBadge } from './plugins.js';

const EVERY = 4000;

export function scriptView(app, name) {
  return new ScriptView(app, name);
}

class ScriptView {
  #app;
  #path;
  #name;
  #head = h('div', { class: 'script-head' }, skeleton(3));
  #traces = h('div', {}, skeleton(3));
  #source = h('pre', { class: 'source', tabindex: 0 });
  #result = h('div', { role: 'status' });
  #input = h('textarea', { class: 'input code', rows: 6, spellcheck: 'false', 'aria-label': 'Input, as JSON' }, '{}');
  #timer = 0;
  #over = false;
  #newest = -1;
  #suggested = false;

  constructor(app, name) {
    this.#app = app;
    this.#name = name;
    this.#path = `scripts/${segment(name)}`;
    const may = app.store.may('operator');
    this.element = h('div', { class: 'view' },
      h('nav', { class: 'crumbs', 'aria-label': 'Place' }, h('a', { href: '#/scripts' }, 'Scripts')), heading(name), this.#head,
      panel('Runs', { id: 'traces-title', body: this.#traces }),
      may ? panel('Try it', { id: 'run-title', body: h('div', { class: 'try' },
        h('p', { class: 'hint' }, 'The script is called now with this input. What its kind would do with the output is not done.'),
        this.#input, h('p', {}, button('Run', { name: 'start', look: 'primary', action: () => this.#run() }), ' ', button('Run its examples', { name: 'check', action: () => this.#test() })), this.#result) }) : null,
      panel('Text', { id: 'source-title', body: this.#source }));
    this.#load();
  }

  end() {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  async #load() {
    clearTimeout(this.#timer);
    try {
      const script = await get(this.#path);
      this.#show(script);
      setText(this.#source, script.source);
      this.#suggest(script);
      const { traces } = await get('script-traces', { script: this.#name, limit: 50 });
      this.#showTraces(traces);
    } catch (error) {
      if (error.offline) return;
      put(this.#head, error.status === 404 ? empty('There is no such script', error.message) : failure('The script cannot be read', error, () => this.#load()));
      put(this.#traces);
    } finally {
      if (!this.#over) this.#timer = setTimeout(() => this.#load(), EVERY);
    }
  }

  /** The input of its first example is a good one to begin with. */
  #suggest(script) {
    if (this.#suggested || !script.examples?.length) return;
    this.#suggested = true;
    if (this.#input.value === '{}') this.#input.value = JSON.stringify(script.examples[0].input, null, 2);
  }

  #show(script) {
    const state = JSON.stringify(script);
    if (this.#head.dataset.state === state) return;
    this.#head.dataset.state = state;
    const { phase, state: word } = stateBadge(script.state);
    const disabled = script.state === 'disabled' || script.state === 'quarantined';
    put(this.#head,
      h('div', { class: 'item-head' }, namedBadge(phase, word), h('span', {}, script.reason),
        this.#app.store.may('operator') ? h('div', { class: 'actions' }, disabled
          ? button('Enable', { name: 'start', action: () => this.#switch('enable') }) : button('Disable', { name: 'stop', action: () => this.#switch('disable') })) : null),
      script.problem ? h('p', { class: 'problem' }, script.problem) : null,
      facts([['Kind', script.kind ?? '–'], ['Language', script.language ?? '–'], ['Calls', count(script.calls ?? 0)], ['Failed', count(script.failures ?? 0)],
        ['File', copyable(script.file), true], script.sha256 ? ['Version', copyable(script.sha256, `${script.sha256.slice(0, 12)}…`)] : null,
        script.lastError ? ['Last error', `${script.lastErrorTime ? `${dateTime(parseTime(script.lastErrorTime))}: ` : ''}${script.lastError}`, true] : null]));
  }

  #showTraces(traces) {
    const newest = traces[0]?.number ?? -1;
    if (newest === this.#newest && this.#traces.dataset.shown) return;
    this.#newest = newest;
    this.#traces.dataset.shown = 'yes';
    const open = new Set([...this.#traces.querySelectorAll('details[open]')].map((one) => one.dataset.number));
    put(this.#traces, traces.length === 0 ? empty('No runs yet', 'A run is kept here with what caused it, its input, its output and its log lines.')
      : h('ul', { class: 'traces' }, traces.map((trace) => this.#trace(trace, open.has(String(trace.number))))));
  }

  #trace(trace, open) {
    const { outcome } = trace;
    const good = outcome.status === 'ok';
    return h('li', {}, h('details', { open, data: { number: trace.number } },
      h('summary', {}, h('time', {}, moment(parseTime(trace.time), Date.now())), h('span', { class: good ? 'tone-good' : 'tone-bad' }, outcome.status.replace('-', ' ')),
        h('span', { class: 'trace-trigger' }, trace.trigger), h('span', { class: 'trace-time' }, nanos(outcome.durationMicros * 1000))),
      outcomeView(outcome), h('h4', {}, 'Input'), jsonView(trace.input)));
  }

  async #switch(verb) {
    const sure = verb === 'enable' || await confirm(`Disable ${this.#name}?`, { text: ['Its timers and subscriptions end at once. It stays disabled, also over a restart, until it is enabled.'], verb: 'Disable', danger: true });
    if (sure) await attempt(`${this.#name} ${verb}d`, () => post(`${this.#path}/${verb}`));
    this.#load();
  }

  async #run() {
    let input;
    try {
      input = JSON.parse(this.#input.value);
    } catch (error) {
      put(this.#result, h('p', { class: 'problem' }, `The input is not JSON: ${error.message}`));
      return;
    }
    await this.#ask(() => post(`${this.#path}/run`, { input }), (answer) => outcomeView(answer, true));
  }

  async #test() {
    await this.#ask(() => post(`${this.#path}/test`), (answer) => answer.examples.length === 0
      ? h('p', { class: 'hint' }, 'The script has no examples.')
      : h('ul', {}, answer.examples.map((result) => h('li', { class: result.passed ? 'tone-good' : 'tone-bad' }, `Example ${result.index}: ${result.passed ? 'as expected' : result.difference}`))));
  }

  async #ask(ask, view) {
    put(this.#result, h('p', { class: 'hint' }, 'Running …'));
    try {
      put(this.#result, view(await ask()));
    } catch (error) {
      put(this.#result, h('p', { class: 'problem' }, error.message));
    }
  }
}

function outcomeView(outcome, status = false) {
  return h('div', { class: 'outcome' },
    status ? h('p', { class: outcome.status === 'ok' ? 'tone-good' : 'tone-bad' }, `${outcome.status.replace('-', ' ')} after ${nanos(outcome.durationMicros * 1000)}`) : null,
    outcome.error ? h('p', { class: 'problem' }, outcome.error) : null,
    (outcome.stack ?? []).length > 0 ? h('pre', { class: 'stack' }, outcome.stack.join('\n')) : null,
    (outcome.log ?? []).length > 0 ? [h('h4', {}, 'Printed'), h('pre', { class: 'stack' }, outcome.log.join('\n'))] : null,
    outcome.output !== undefined ? [h('h4', {}, 'Output'), jsonView(outcome.output)] : null);
}
