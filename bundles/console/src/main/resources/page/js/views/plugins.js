// Bundles that were dropped into the daemon, and files that it refused.

import { get } from '../lib/api.js';
import { h, put } from '../lib/dom.js';
import { phaseIcon } from '../ui/icons.js';
import { copyable, empty, failure, heading, skeleton } from '../ui/parts.js';

const GOOD = new Set(['active', 'loaded', 'running', 'started']);

/** How a plugin or a script is, as a word with a shape. */
export function stateBadge(state) {
  const phase = GOOD.has(state) ? 'ready' : { failed: 'failed', refused: 'failed', quarantined: 'quarantined', disabled: 'stopped', unavailable: 'waiting', starting: 'starting', loading: 'starting' }[state] ?? 'waiting';
  return { phase, state };
}

export function pluginsView(app) {
  const body = h('div', {}, skeleton(4));
  const load = async () => {
    try {
      const { plugins } = await get('plugins');
      put(body, plugins.length === 0
        ? empty('No plugins', 'A plugin is a bundle that is dropped into the data folder while the daemon runs:', `cp my-plugin.jar ${app.store.status?.data ?? 'DATA'}/deploy/`)
        : h('ul', { class: 'items' }, plugins.map(row)));
    } catch (error) {
      put(body, failure('The plugins cannot be read', error, load));
    }
  };
  load();
  const off = app.store.on('events', (fresh) => { if (fresh.some((event) => event.type.startsWith('Bundle'))) load(); });
  return { element: h('div', { class: 'view' }, heading('Plugins'), body), end: off };
}

function row(plugin) {
  const { phase, state } = stateBadge(plugin.state);
  return h('li', { class: 'item' },
    h('div', { class: 'item-head' }, h('span', { class: 'item-name' }, plugin.symbolicName || plugin.file), h('span', { class: 'hint' }, plugin.version), namedBadge(phase, state),
      h('span', { class: 'item-numbers' }, plugin.sha256 ? copyable(plugin.sha256, `sha256 ${plugin.sha256.slice(0, 12)}…`) : null)),
    plugin.reason ? h('p', { class: phase === 'failed' ? 'problem' : '' }, plugin.reason) : null,
    plugin.symbolicName && plugin.file ? h('p', { class: 'hint' }, plugin.file) : null);
}

/** A badge in the look of a phase with a word of its own. */
export function namedBadge(phase, word) {
  return h('span', { class: `badge phase-${phase}` }, phaseIcon(phase), h('span', {}, word));
}
