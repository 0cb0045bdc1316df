// The host: what it uses, and what it can and cannot do.

import { get } from '../lib/api.js';
import { HOST_CHARTS } from '../lib/catalog.js';
import { h, put } from '../lib/dom.js';
import { dateTime, duration, parseTime } from '../lib/format.js';
import { ChartSet, RANGES } from '../ui/chartset.js';
import { copyable, facts, failure, heading, panel, skeleton } from '../ui/parts.js';
import { namedBadge } from './plugins.js';

export function hostView(app) {
  const charts = new ChartSet('host', HOST_CHARTS);
  const doctor = h('div', {}, skeleton(6));
  const daemon = h('div', {});
  const load = async () => {
    try {
      put(doctor, capabilities((await get('doctor')).capabilities));
    } catch (error) {
      put(doctor, failure('The host cannot be probed', error, load));
    }
  };
  load();
  const show = () => {
    const { status } = app.store;
    if (status) {
      put(daemon, facts([
        ['Version', status.version ?? '–'], ['Process', status.pid ?? '–'], ['Up', duration(Date.now() - parseTime(status.started))], ['Started', dateTime(parseTime(status.started))],
        ['Data folder', copyable(status.data ?? '–'), true], ['Programs', copyable(status.home ?? '–'), true], status.journal ? ['Journal', copyable(status.journal.id), true] : null,
      ]));
    }
  };
  show();
  const off = app.store.on('status', show);
  return {
    element: h('div', { class: 'view' }, heading('Host'),
      panel('Metrics', { id: 'host-metrics-title', actions: charts.picker, body: charts.element }),
      panel('Daemon', { id: 'daemon-title', body: daemon }),
      panel('What this host can do', { id: 'doctor-title', body: doctor })),
    key: (key) => {
      const range = RANGES[Number(key) - 1];
      if (!range) return false;
      charts.setRange(range[0]);
      return true;
    },
    end: () => {
      off();
      charts.end();
    },
  };
}

function capabilities(list) {
  const sorted = [...list].sort((a, b) => Number(a.available) - Number(b.available) || a.name.localeCompare(b.name));
  return h('table', { class: 'capabilities', 'aria-label': 'Capabilities' },
    h('thead', { class: 'sr-only' }, h('tr', {}, ['Capability', 'State', 'Detail'].map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, sorted.map((one) => h('tr', {}, h('th', { scope: 'row' }, one.name),
      h('td', {}, one.available ? namedBadge('ready', 'available') : namedBadge('stopped', 'unavailable')), h('td', { class: 'capability-detail' }, one.detail)))));
}
