// Scripts and how they are.

import { get } from '../lib/api.js';
import { h, put } from '../lib/dom.js';
import { count, moment, parseTime } from '../lib/format.js';
import { empty, failure, heading, skeleton } from '../ui/parts.js';
import { namedBadge, stateBadge } from './plugins.js';

const EVERY = 5000;

export function scriptsView(app) {
  const body = h('div', {}, skeleton(4));
  let timer = 0;
  let over = false;
  let shown = '';
  const load = async () => {
    clearTimeout(timer);
    try {
      const { scripts } = await get('scripts');
      const state = JSON.stringify(scripts);
      if (state === shown) return;
      shown = state;
      const focused = document.activeElement?.getAttribute?.('href');
      put(body, scripts.length === 0
        ? empty('No scripts', 'A script reacts to events or measures something. Drop a file into the data folder; docs/script-api.md tells its form:', `cp my-reaction.js ${app.store.status?.data ?? 'DATA'}/scripts/`)
        : h('ul', { class: 'items' }, scripts.map(row)));
      if (focused) [...body.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused)?.focus();
    } catch (error) {
      if (error.offline) return;
      shown = '';
      put(body, error.absent ? empty('Scripts are not available', error.message) : failure('The scripts cannot be read', error, load));
    } finally {
      if (!over) timer = setTimeout(load, EVERY);
    }
  };
  load();
  return {
    element: h('div', { class: 'view' }, heading('Scripts'), body),
    end: () => {
      over = true;
      clearTimeout(timer);
    },
  };
}

function row(script) {
  const { phase, state } = stateBadge(script.state);
  const wrong = script.problem || (phase === 'ready' ? '' : script.reason);
  return h('li', { class: 'item' },
    h('div', { class: 'item-head' }, h('a', { class: 'item-name', href: `#/scripts/${script.name}`, 'data-row': '' }, script.name), namedBadge(phase, state),
      h('span', { class: 'hint' }, [script.kind, script.language, script.shipped ? 'shipped' : ''].filter(Boolean).join(' · ')),
      h('span', { class: 'item-numbers' }, `${count(script.calls ?? 0)} calls, ${count(script.failures ?? 0)} failed`)),
    script.description ? h('p', {}, script.description) : null,
    wrong ? h('p', { class: script.problem || phase === 'failed' || phase === 'quarantined' ? 'problem' : 'hint' }, wrong) : null,
    script.lastError ? h('p', { class: 'hint' }, `Last error${script.lastErrorTime ? ` at ${moment(parseTime(script.lastErrorTime), Date.now())}` : ''}: ${script.lastError}`) : null);
}
