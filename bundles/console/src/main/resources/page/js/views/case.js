// One case of healing: what stood out, what it was taken for, what was done, what that was worth, and all events in order.

import { get } from '../lib/api.js';
import { h, put } from '../lib/dom.js';
import { dateTime, parseTime, percent } from '../lib/format.js';
import { caseLook, className, concernsHealing, share } from '../lib/healing.js';
import { Refresh } from '../lib/refresh.js';
import { empty, facts, failure, heading, panel, skeleton } from '../ui/parts.js';
import { eventRow } from './event-rows.js';
import { putIfNew } from './healing-parts.js';
import { namedBadge } from './plugins.js';

export function caseView(app, number) {
  const told = h('div', { class: 'script-head' }, skeleton(3));
  const drivers = h('div', {}, skeleton(2));
  const events = h('div', { class: 'event-list' }, skeleton(3));
  let failed = null;
  let ended = '';
  const load = async () => {
    if (ended) return; // Nothing comes after its end.
    try {
      const found = await get(`healing/cases/${number}`);
      // The failure itself is an event of the agent, not of the case.
      failed ??= (await get('events', { from: number, to: Number(number) + 1, limit: 1 })).events[0] ?? null;
      const all = [failed, ...found.events.filter((event) => event.sequence !== failed?.sequence)].filter(Boolean);
      putIfNew(told, found, () => head(found));
      putIfNew(drivers, found.drivers, () => stoodOut(found));
      putIfNew(events, all.map((event) => event.sequence), () => h('ul', { class: 'events' }, all.map((event) => h('li', {}, eventRow(event, { subject: false })))));
      ended = found.state === 'ended' ? found.state : '';
    } catch (error) {
      if (error.offline) return;
      told.shownState = '';
      put(told, error.absent ? empty('There is no such case', error.message) : failure('The case cannot be read', error, () => refresh.now()));
      put(drivers);
      put(events);
    }
  };
  const refresh = new Refresh(app.store, load, concernsHealing, 10000);
  return {
    element: h('div', { class: 'view' },
      h('nav', { class: 'crumbs', 'aria-label': 'Place' }, h('a', { href: '#/healing' }, 'Healing')), heading(`Case ${number}`), told,
      panel('What stood out', { id: 'drivers-title', body: drivers }),
      panel('Events, in order', { id: 'case-events-title', actions: h('a', { class: 'button small', href: `#/events?subject=${encodeURIComponent(`healing/${number}`)}` }, 'All of its events'), body: events })),
    end: () => refresh.end(),
  };
}

function head(found) {
  const { phase, word } = caseLook(found);
  return [
    h('div', { class: 'item-head' }, namedBadge(phase, word), h('span', {}, found.why),
      found.state === 'waits' ? h('a', { class: 'button small', href: '#/approvals' }, 'Approve or reject it') : null),
    facts([
      ['Agent', h('a', { href: `#/agent/${found.agent}` }, found.agent)],
      ['Taken for', className(found)],
      ['How sure', percent(found.confidence)],
      ['Act', found.act || 'none'],
      ['Reward', Number.isFinite(found.reward) ? `${share(found.reward)} of 1` : found.state === 'ended' ? 'nothing was learned' : '–'],
      ['Failed', h('a', { href: `#/events/${found.case}` }, dateTime(parseTime(found.time)))],
      found.known ? null : ['Known', 'It is far from all that was known then, so it opened a class of its own.', true],
      ['More', h('span', { class: 'causes' }, h('a', { href: `#/healing?agent=${encodeURIComponent(found.agent)}` }, 'other cases of this agent'),
        h('a', { href: `#/healing/strategies?class=${encodeURIComponent(found.class)}` }, 'what is done about this class')), true],
    ]),
  ];
}

function stoodOut(found) {
  return found.drivers.length === 0 ? h('p', { class: 'hint' }, 'No measure stood out.')
    : h('ol', { class: 'drivers' }, found.drivers.map((driver) => h('li', {}, driver)));
}
